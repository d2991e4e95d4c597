"""What is to be done outside, what was sent, and the files people attach."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text, Uuid, text

from app.store.tables.base import document, key, link, metadata, moment, reference, tenant, tenant_reference

# seq: the newest event of the command that asked for it.
# lease_token fences a late worker: a result counts only while its token is the row's.
# history: [{"attempt", "at", "error"}] of the attempts that failed.
effects = Table(
    "effects",
    metadata,
    tenant_reference(),
    key(),
    reference("instance_id", optional=True),
    Column("seq", Integer),
    Column("kind", Text, nullable=False),
    document("payload"),
    Column("status", Text, nullable=False, server_default="pending"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("max_attempts", Integer, nullable=False, server_default="4"),
    moment("next_attempt_at", default=True),
    moment("lease_until", optional=True),
    Column("lease_token", Uuid),
    document("history", optional=True),
    moment("created_at", default=True),
    moment("finished_at", optional=True),
    Index("ix_effects_pending", "next_attempt_at", postgresql_where=text("status = 'pending'")),
    Index("ix_effects_dead", "tenant_id", "id", postgresql_where=text("status = 'dead'")),
    postgresql_with={"fillfactor": 70},
)

# In the demo these are read on a page; with SMTP they are the record of what went out.
messages = Table(
    "messages",
    metadata,
    tenant_reference(),
    key(),
    reference("effect_id"),
    reference("user_id"),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    moment("sent_at", default=True),
    Index("uq_messages_effect_id_channel", "tenant_id", "effect_id", "channel", unique=True),
)

files = Table(
    "files",
    metadata,
    tenant(),
    key(),
    *link("instance_id", "instances", optional=True),
    *link("uploaded_by", "users"),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
    moment("created_at", default=True),
    moment("erased_at", optional=True),
    Index("ix_files_loose", "uploaded_by", "id", postgresql_where=text("instance_id IS NULL")),
)
