"""The record: append-only events, and the reports made from them."""

from sqlalchemy import Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text, Uuid

from app.store.tables.base import document, key, link, metadata, moment, reference, tenant

# hash = SHA-256 over the hash before it and the canonical JSON of the row (engine/record/chain.py says how).
# command_id: set on the first event of a command, so that a repeat is known.
events = Table(
    "events",
    metadata,
    reference("instance_id"),
    Column("seq", Integer, nullable=False),
    reference("tenant_id"),
    Column("type", Text, nullable=False),
    moment("at"),
    Column("actor_kind", Text, nullable=False),
    Column("actor_id", Uuid),
    Column("actor_name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("address", Text),
    Column("agent", Text),
    Column("command_id", Text),
    document("data"),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("instance_id", "seq"),
    Index("ix_events_tenant_id_at", "tenant_id", "at"),
)

# params: the question (instance or period and filters); progress in percent.
reports = Table(
    "reports",
    metadata,
    key(),
    tenant(),
    link("requested_by", "users"),
    Column("format", Text, nullable=False),
    Column("name", Text, nullable=False),
    document("params"),
    Column("status", Text, nullable=False, server_default="pending"),
    Column("progress", Integer, nullable=False, server_default="0"),
    Column("error", Text),
    Column("content", LargeBinary),
    Column("sha256", LargeBinary),
    moment("created_at", default=True),
    moment("finished_at", optional=True),
    Index("ix_reports_tenant_id_id", "tenant_id", "id"),
)
