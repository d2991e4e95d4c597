"""The record: append-only events, and the reports made from them."""

from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
)

from app.store.tables.base import document, key, link, metadata, moment, tenant, tenant_reference

# instance_id: the request whose chain it is, or the tenant itself for what happened outside requests.
# hash: over the hash before it and the record of the row (engine/record/chain.py). v: format of that record.
# key: salts what is hashed of personal values (engine/record/disclosure.py); gone once a value was erased, and `erased`
# holds the digests of those that are gone and the salts of those that stay.
# correlation_id: the conversation, where that is not the own request. causation_id: the timer, effect or mail before.
events = Table(
    "events",
    metadata,
    tenant_reference(),
    Column("instance_id", Uuid, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("type", Text, nullable=False),
    moment("at"),
    Column("actor_kind", Text, nullable=False),
    Column("actor_id", Uuid),
    Column("actor_name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("address", Text),
    Column("agent", Text),
    Column("v", SmallInteger, nullable=False),
    Column("correlation_id", Uuid),
    Column("causation_id", Uuid),
    document("data"),
    Column("key", LargeBinary),
    Column("hash", LargeBinary, nullable=False),
    document("erased", optional=True),
    Index("ix_events_tenant_id_at", "tenant_id", "at"),
)

# seq, head: number and hash of the newest event of a tenant's own chain; at: its moment, which never goes back.
tenant_chains = Table(
    "tenant_chains",
    metadata,
    tenant(),
    Column("seq", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),
    moment("at"),
    postgresql_with={"fillfactor": 50},
)

# params: the question (instance or period and filters); progress in percent.
reports = Table(
    "reports",
    metadata,
    tenant(),
    key(),
    *link("requested_by", "users"),
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
)
