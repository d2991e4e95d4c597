"""A request, and a task of it, as a question: what is asked, how much, who asks, by when, what a yes does.

For messages and decision links, which are made and read where nobody is logged in.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from app import instances as instances_of
from app import overview, runtime
from app.access import confidential
from app.errors import Missing
from app.people.zones import clock
from app.runtime import versions
from app.runtime.directories import directory
from app.store.db import Db
from designer import ahead
from designer.simulate import after_approval
from engine.approvals import level_of
from engine.definition import Definition
from engine.forms import describe
from engine.interpreter import World
from engine.people import Directory
from engine.signatures import counting
from engine.state import Signature, State
from engine.wording.changes import Change, changes
from engine.wording.clock import Clock
from engine.wording.labels import level_name
from engine.wording.values import clean, quote

DECISIONS = ("approved", "rejected", "changes_requested")


# last_by, last_comment: of the newest answer. was_asked: whether the person of a message has or had a task in it.
# FROM wanted(wanted, tenant, instance, person, task).
FACTS = """
SELECT w.wanted, i.id AS instance_id, i.tenant_id, i.version_id, i.prefix, i.number, i.title, i.status, i.created_at,
       i.requester_id, i.state, t.name AS tenant, t.directory_rev AS rev,
       coalesce((SELECT zone FROM users WHERE tenant_id = w.tenant AND id = w.person), t.zone) AS zone,
       k.id AS task_id, k.kind AS task_kind, k.name AS task, k.status AS task_status, k.step, k.assignee_id, k.due_at,
       l.closed_by AS last_by, l.comment AS last_comment,
       EXISTS (SELECT FROM tasks
               WHERE tenant_id = w.tenant AND instance_id = i.id AND assignee_id = w.person) AS was_asked
FROM wanted w
JOIN instances i ON i.tenant_id = w.tenant AND i.id = w.instance
JOIN tenants t ON t.id = i.tenant_id
LEFT JOIN tasks k ON k.tenant_id = w.tenant AND k.id = w.task AND k.instance_id = i.id
LEFT JOIN LATERAL (SELECT closed_by, comment FROM tasks
                   WHERE tenant_id = w.tenant AND instance_id = i.id AND closed_by IS NOT NULL
                   ORDER BY closed_at DESC LIMIT 1) l ON true
"""
_OF_ONE = f"""
WITH wanted AS (SELECT %(task)s::uuid AS wanted, %(tenant)s::uuid AS tenant, %(instance)s::uuid AS instance,
                       %(person)s::uuid AS person, %(task)s::uuid AS task)
{FACTS}
"""


@dataclass(frozen=True)
class About:
    """The request. fields: (label, shown, kind) of what was asked for. clock: the reader's, with a label."""

    id: UUID
    tenant_id: UUID
    tenant: str
    flow: str
    title: str
    reference: str
    asked_at: datetime
    requester_id: UUID
    requester: str
    requester_title: str
    amount: str
    fields: list[tuple[str, str, str]]
    definition: Definition
    state: State
    people: Directory
    clock: Clock

    @property
    def what(self) -> str:
        """With the amount first where there is one: "7,200.00 EUR: MacBooks"."""
        return f"{self.amount}: {self.title}" if self.amount else self.title


@dataclass(frozen=True)
class Question:
    """A task. before: what was answered so far. silence: what happens when nobody answers. seen: the seq it tells."""

    id: UUID
    kind: str
    name: str
    status: str
    assignee_id: UUID
    due: datetime | None
    before: list[str]
    yes: str
    silence: str
    outcomes: list[str]
    comment: str
    has_form: bool
    seen: int


def facts(db: Db, tenant: UUID, instance: UUID, person: UUID, task: UUID | None) -> Any:
    """What `about` and `question` are made of, for one person. Raises Missing."""
    found = db.query(_OF_ONE, {"tenant": tenant, "instance": instance, "person": person, "task": task})
    if not found:
        raise Missing("There is no such request.")
    return SimpleNamespace(**found[0])


def about(db: Db, row: Any) -> About:
    """`row`: of `facts`."""
    definition = versions.definition(db, row.tenant_id, row.version_id)
    people = directory(db, row.tenant_id, row.rev)
    requester = people.people.get(str(row.requester_id))
    data = confidential.masked(definition, row.state["data"])
    return About(
        id=row.instance_id,
        tenant_id=row.tenant_id,
        tenant=clean(row.tenant, 100),
        flow=clean(definition.name, 100),
        title=clean(row.title, 200),
        reference=f"{row.prefix}-{row.number}",
        asked_at=row.created_at,
        requester_id=row.requester_id,
        requester=clean(people.name(str(row.requester_id)), 100),
        requester_title=clean(requester.title if requester else "", 100),
        amount=overview.amount(definition, data),
        fields=fields(definition, data),
        definition=definition,
        state=runtime.state_of(row.state),
        people=people,
        clock=clock(row.zone, own=False),
    )


def fields(definition: Definition, data: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What the requester's form asked for. What it calls sensitive stays hidden: these words leave us."""
    schema, ui_schema = definition.form(definition.start)
    told = describe(schema, ui_schema, data)
    return [(clean(label, 100), clean(shown), kind) for label, shown, kind in told]


def question(asked: About, row: Any) -> Question:
    """`row`: of `facts`, with its task. Raises Missing."""
    if row.task_id is None:
        raise Missing("There is no such question.")
    step = asked.definition.steps[row.step]
    late = World(row.due_at, asked.people) if row.due_at else None
    return Question(
        id=row.task_id,
        kind=row.task_kind,
        name=clean(row.task, 100),
        status=row.task_status,
        assignee_id=row.assignee_id,
        due=row.due_at,
        before=_before(asked),
        yes=on_yes(asked.definition, asked.state, asked.people, str(row.task_id), masked=True),
        silence=ahead.silence(asked.definition, asked.state, late, row.step) if late else "",
        outcomes=[outcome for outcome in DECISIONS if outcome in step.outcomes],
        comment=step.settings.get("comment", "required_on_reject"),
        has_form="form" in step.settings,
        seen=asked.state.seq,
    )


def changes_for(db: Db, asked: About, person: UUID, seen: int = 0) -> list[Change]:
    """What changed since this person decided or since `seen`, whichever is later; nothing for who saw none of it."""
    if not asked.state.changed:
        return []
    story = [dict(event._mapping) for event in instances_of.story(db, asked.tenant_id, asked.id)]
    decided = [event["seq"] for event in story if event["data"].get("person") == str(person)]
    since = max([*decided, seen])
    return changes(asked.definition, story, since, masked=True) if since else []


def _before(asked: About) -> list[str]:
    """What counts so far, with what a rule or the clock said in people's place."""
    signed = counting(asked.definition, asked.state)
    return [_approved(asked, one) for one in signed]


def _approved(asked: About, one: Signature) -> str:
    if one.by == "rule":
        return f"{quote(asked.definition.steps[one.step].name)} was approved by its rule"
    level = clean(level_name(level_of(asked.definition, one.step, one.level)), 60)
    if one.by == "timer":
        return f"{quote(level)} counted as approved, because the time was up"
    name = clean(asked.people.name(one.person or ""), 100)
    return f"{name[:1].upper()}{name[1:]} approved as {level}"


def on_yes(definition: Definition, state: State, directory: Directory, task: str, *, masked: bool) -> str:
    """What an approval of this task leads to, in names. masked: for readers who are not told sensitive values."""
    stops = after_approval(definition, state, World(datetime.now(UTC), directory), task)
    return ahead.sentence(definition, directory, stops, masked=masked)
