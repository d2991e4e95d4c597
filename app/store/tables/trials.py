"""Simulations of drafts: what somebody is trying out."""

from sqlalchemy import Column, Table, Text, Uuid

from app.store.tables.base import metadata, moment, tenant

# One for each person and draft. script: JSON text of designer/trial/script.py.
trials = Table(
    "trials",
    metadata,
    tenant(),
    Column("definition_id", Uuid, primary_key=True),
    Column("user_id", Uuid, primary_key=True),
    Column("script", Text, nullable=False),
    moment("changed_at", default=True),
)
