"""Drafts of definitions: the document as it is now, and every edit that made it."""

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from app.store.tables.base import metadata, moment, reference, tenant

# base: the version it began as, 0 for none. revision rises with every change, from `begun`: higher than that of any
# draft that was discarded, so that a page of one is no page of this. position: how many edits count now;
# those above it were undone. document: JSON text, of which the edits keep the replaced pieces to the letter.
drafts = Table(
    "drafts",
    metadata,
    tenant(),
    Column("definition_id", Uuid, primary_key=True),
    Column("base", Integer, nullable=False, server_default="0"),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("begun", Integer, nullable=False, server_default="0"),
    Column("position", Integer, nullable=False, server_default="0"),
    Column("document", Text, nullable=False),
    moment("opened_at", default=True),
    moment("changed_at", default=True),
)

# revision: the one it made. based_on: the one its author saw. kind: edit, undo or redo. edit: JSON text, with its
# SHA-256. place: its position among the edits; not live: another edit took that place after it was undone.
draft_edits = Table(
    "draft_edits",
    metadata,
    tenant(),
    Column("definition_id", Uuid, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("based_on", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("place", Integer),
    Column("live", Boolean, nullable=False),
    Column("edit", Text, nullable=False, server_default=""),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("touched", ARRAY(Text), nullable=False),
    Column("words", Text, nullable=False),
    Column("focus", Text, nullable=False, server_default=""),
    Column("offset", Integer, nullable=False, server_default="0"),
    Column("removed", Text, nullable=False, server_default=""),
    Column("inserted", Text, nullable=False, server_default=""),
    reference("edited_by"),
    moment("at", default=True),
    Index("uq_draft_edits_place", "tenant_id", "definition_id", "place", unique=True, postgresql_where=text("live")),
)
