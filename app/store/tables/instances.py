"""Running cases and what they wait for. Rows of these tables are written by app/runtime/__init__.py alone.

Few indexes on purpose: every one is paid for in each decision.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)

from app.store.tables.base import count, document, key, metadata, moment, reference, tenant_reference

# seq, head: number and hash of the newest event. asked: the call that made it, for programs (workflowId, jobId, ...).
# blocked_at: since when an administrator is needed.
instances = Table(
    "instances",
    metadata,
    tenant_reference(),
    key(),
    reference("version_id"),
    Column("number", BigInteger, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("status", Text, nullable=False),
    reference("requester_id"),
    document("state"),
    document("asked", optional=True),
    Column("seq", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),
    moment("created_at", default=True),
    moment("updated_at", default=True),
    moment("ended_at", optional=True),
    moment("blocked_at", optional=True),
    Index("ix_instances_blocked", "tenant_id", "blocked_at", postgresql_where=text("blocked_at IS NOT NULL")),
    Index("uq_instances_number", "tenant_id", "prefix", "number", unique=True),
    Index("ix_instances_requester", "tenant_id", "requester_id", "id"),
    postgresql_with={"fillfactor": 70},
)

# The newest number that a prefix has given. definition_id: whose prefix it is; none for those several share.
series = Table(
    "series",
    metadata,
    tenant_reference(),
    Column("prefix", Text, primary_key=True),
    count("last"),
    reference("definition_id", optional=True),
    postgresql_with={"fillfactor": 50},
)

tasks = Table(
    "tasks",
    metadata,
    tenant_reference(),
    key(),
    reference("instance_id"),
    Column("step", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    reference("assignee_id"),
    Column("status", Text, nullable=False),
    moment("opened_at"),
    moment("due_at", optional=True),
    moment("closed_at", optional=True),
    reference("closed_by", optional=True),
    Column("comment", Text),
    moment("viewed_at", optional=True),
    Index("ix_tasks_inbox", "assignee_id", "id", postgresql_where=text("status = 'pending'")),
    Index("ix_tasks_instance_id", "instance_id"),
    postgresql_with={"fillfactor": 80},
)

# A row is an armed timer: fired or disarmed ones are deleted, their story is in the events.
timers = Table(
    "timers",
    metadata,
    tenant_reference(),
    key(),
    reference("instance_id"),
    moment("due_at"),
    Index("ix_timers_due_at", "due_at"),
)

# principal: who used the key; the same key of another principal is another key.
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    tenant_reference(),
    Column("principal", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Text, nullable=False),
    moment("created_at", default=True),
    Index("ix_idempotency_keys_created_at", "created_at", postgresql_using="brin"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    count("term"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)
