"""Message correlation: events that came in from outside, and what waits for one."""

from sqlalchemy import Boolean, Column, Index, LargeBinary, Table, Text, text

from app.store.tables.base import document, key, link, metadata, moment, reference, tenant, tenant_reference

# source: the sender's own id. about: the correlation key. digest: of all that was sent, to know it again.
# taken_at: when something waited for it. met: whether a request went on with it.
external_events = Table(
    "external_events",
    metadata,
    tenant(),
    key(),
    *link("sent_by", "users"),
    Column("source", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    document("data"),
    moment("created_at", default=True),
    moment("taken_at", optional=True),
    Column("met", Boolean, nullable=False, server_default="false"),
    Index("uq_external_events_source", "tenant_id", "source", unique=True),
    Index("ix_external_events_created_at", "created_at", postgresql_using="brin"),
    Index("ix_external_events_early", "tenant_id", "name", "about", postgresql_where=text("taken_at IS NULL")),
)

# id: the one that the wait has in the request's state.
expectations = Table(
    "expectations",
    metadata,
    tenant_reference(),
    key(),
    reference("instance_id"),
    Column("name", Text, nullable=False),
    Column("about", Text, nullable=False),
    moment("created_at", default=True),
    Index("ix_expectations_name_about", "tenant_id", "name", "about"),
)
