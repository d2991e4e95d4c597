"""Definitions and their versions. A version's document never changes: content_hash is SHA-256 of its canonical JSON."""

from sqlalchemy import JSON, Boolean, Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from app.store.tables.base import key, link, metadata, moment, tenant

# internal: made by a program's call (approvals without a definition), so not shown in the catalogue.
definitions = Table(
    "definitions",
    metadata,
    tenant(),
    key(),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("category", Text, nullable=False, server_default=""),
    Column("icon", Text, nullable=False, server_default="file"),
    Column("latest", Integer, nullable=False, server_default="0"),
    Column("internal", Boolean, nullable=False, server_default="false"),
    moment("created_at", default=True),
    moment("retired_at", optional=True),
    UniqueConstraint("tenant_id", "key"),
)

versions = Table(
    "versions",
    metadata,
    tenant(),
    key(),
    *link("definition_id", "definitions"),
    Column("number", Integer, nullable=False),
    # Not JSONB, which sorts keys: the order of outcomes and fields is how they are drawn and asked.
    Column("document", JSON, nullable=False),
    Column("content_hash", LargeBinary, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    *link("published_by", "users", optional=True),
    moment("published_at", default=True),
    UniqueConstraint("tenant_id", "definition_id", "number"),
    Index("ix_versions_content_hash", "tenant_id", "definition_id", "content_hash"),
)
