"""The statements of the decision path. Each stays prepared on its connection; one statement writes a whole command."""

from functools import cache

MOMENT = "SELECT clock_timestamp() AS now, directory_rev AS rev FROM tenants WHERE id = %(tenant)s"

# Subqueries and no joins: a plan is kept from when the tables were small, and this one has a single order to take.
_INSTANCE = """
SELECT id, tenant_id, version_id, number, state, seq, head, updated_at, clock_timestamp() AS now,
       (SELECT directory_rev FROM tenants WHERE tenants.id = instances.tenant_id) AS rev
FROM instances
"""
LOCK = f"{_INSTANCE} WHERE tenant_id = %(tenant)s AND id = %(id)s FOR UPDATE"
LOCK_BY_TASK = f"""{_INSTANCE}
WHERE tenant_id = %(tenant)s
  AND id = (SELECT instance_id FROM tasks WHERE tasks.tenant_id = %(tenant)s AND tasks.id = %(task)s) FOR UPDATE
"""  # noqa: S608 two constants

# The task that this person is asked to answer in it, else the last one that was.
_ANSWER = _INSTANCE.replace(
    "FROM instances",
    """, (SELECT a.id FROM tasks a
       WHERE a.tenant_id = instances.tenant_id AND a.instance_id = instances.id AND a.assignee_id = %(person)s
         AND a.kind = 'approval'
       ORDER BY (a.status = 'pending') DESC, a.id DESC LIMIT 1) AS task
FROM instances""",
)
LOCK_BY_ID = f"""{_ANSWER} WHERE tenant_id = %(tenant)s AND id = (
    SELECT i.id FROM instances i WHERE i.tenant_id = %(tenant)s AND i.id = %(some_id)s
    UNION ALL SELECT k.instance_id FROM tasks k WHERE k.tenant_id = %(tenant)s AND k.id = %(some_id)s LIMIT 1)
FOR UPDATE
"""  # noqa: S608 two constants
LOCK_BY_NUMBER = f"""{_ANSWER} WHERE tenant_id = %(tenant)s AND prefix = %(prefix)s AND number = %(number)s FOR UPDATE
"""

# What a command can write besides the instance's own row; a statement has the parts that its command needs.
# Rows come as JSON, also where an array would do: of an array the planner guesses a length, and plans anew each time.
PARTS = {
    "events": """
    INSERT INTO events (instance_id, seq, tenant_id, type, at, actor_kind, actor_id, actor_name, source, address, agent,
                        causation_id, data, key, hash, v)
    SELECT %(id)s, e.seq, %(tenant)s, e.type, %(now)s, e.actor_kind, e.actor_id, e.actor_name, e.source,
           e.address, e.agent, %(cause)s, e.data, decode(e.key, 'hex'), decode(e.hash, 'hex'), %(v)s
    FROM jsonb_to_recordset(%(events)s::jsonb) AS e(seq int, type text, actor_kind text, actor_id uuid, actor_name text,
         source text, address text, agent text, data jsonb, key text, hash text)
""",
    "opened": """
    INSERT INTO tasks (id, tenant_id, instance_id, step, kind, name, assignee_id, status, opened_at, due_at,
                       closed_at, closed_by, comment)
    SELECT o.id, %(tenant)s, %(id)s, o.step, o.kind, o.name, o.assignee, coalesce(o.status, 'pending'), %(now)s, o.due,
           CASE WHEN o.status IS NOT NULL THEN %(now)s::timestamptz END, o.by, o.comment
    FROM jsonb_to_recordset(%(opened)s::jsonb)
         AS o(id uuid, step text, kind text, name text, assignee uuid, due timestamptz, status text, by uuid,
              comment text)
""",
    "closed": """
    UPDATE tasks t SET status = c.status, closed_at = %(now)s, closed_by = c.by, comment = c.comment
    FROM jsonb_to_recordset(%(closed)s::jsonb) AS c(id uuid, status text, by uuid, comment text)
    WHERE t.tenant_id = %(tenant)s AND t.instance_id = %(id)s AND t.id = c.id AND t.closed_at IS NULL
""",
    "disarmed": """
    DELETE FROM timers USING jsonb_to_recordset(%(disarmed)s::jsonb) AS d(id uuid)
    WHERE timers.tenant_id = %(tenant)s AND timers.id = d.id
""",
    "armed": """
    INSERT INTO timers (id, tenant_id, instance_id, due_at)
    SELECT a.id, %(tenant)s, %(id)s, a.due FROM jsonb_to_recordset(%(armed)s::jsonb) AS a(id uuid, due timestamptz)
""",
    "effects": """
    INSERT INTO effects (id, tenant_id, instance_id, seq, kind, payload, max_attempts, next_attempt_at, created_at)
    SELECT f.id, %(tenant)s, %(id)s, %(seq)s, f.kind, f.payload, f.max_attempts, least(%(now)s, clock_timestamp()),
           %(now)s
    FROM jsonb_to_recordset(%(effects)s::jsonb) AS f(id uuid, kind text, payload jsonb, max_attempts int)
""",
}
# A part like the others, for which the row waits: numbers without gaps are given one after the other.
INSERT = """
, series_ AS (
    INSERT INTO series (tenant_id, prefix, last) VALUES (%(tenant)s, %(prefix)s, 1)
    ON CONFLICT (tenant_id, prefix) DO UPDATE SET last = series.last + 1 RETURNING last
)
INSERT INTO instances (number, id, tenant_id, version_id, prefix, title, status, requester_id, state, asked, seq, head,
                       created_at, updated_at, ended_at, blocked_at)
VALUES ((SELECT last FROM series_), %(id)s, %(tenant)s, %(version)s, %(prefix)s, %(title)s, %(status)s,
        %(requester)s, %(state)s::jsonb, %(asked)s::jsonb, %(seq)s, %(head)s, %(now)s, %(now)s, %(ended)s,
        CASE WHEN %(blocked)s THEN %(now)s END)
RETURNING number
"""
UPDATE = """
UPDATE instances SET title = %(title)s, status = %(status)s, state = %(state)s::jsonb, seq = %(seq)s,
       head = %(head)s, updated_at = %(now)s, ended_at = %(ended)s,
       blocked_at = CASE WHEN %(blocked)s THEN coalesce(blocked_at, %(now)s) END
WHERE tenant_id = %(tenant)s AND id = %(id)s RETURNING number
"""


@cache
def together(last: str, parts: tuple[str, ...]) -> str:
    """One statement that writes a command's parts and then the instance's row."""
    named = ",".join(f" {part}_ AS ({PARTS[part]})" for part in parts)
    return f"WITH{named}{last}"
