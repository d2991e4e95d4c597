"""What the tables share: one metadata object and the column shapes that recur."""

from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, MetaData, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def key() -> Column[Any]:
    return Column("id", Uuid, primary_key=True)


def tenant() -> Column[Any]:
    return Column("tenant_id", Uuid, ForeignKey("tenants.id"), nullable=False)


def link(name: str, target: str, *, optional: bool = False) -> Column[Any]:
    return Column(name, Uuid, ForeignKey(f"{target}.id"), nullable=optional)


def reference(name: str, *, optional: bool = False) -> Column[Any]:
    """An id without a foreign key, for the rows of the decision path.

    A foreign key locks the row it points to at each insert: every decision of a tenant would write to that
    tenant's one row. One module writes these tables, inside one transaction.
    """
    return Column(name, Uuid, nullable=optional)


def moment(name: str, *, optional: bool = False, default: bool = False) -> Column[Any]:
    server_default = func.now() if default else None
    return Column(name, DateTime(timezone=True), nullable=optional, server_default=server_default)


def document(name: str, *, optional: bool = False) -> Column[Any]:
    return Column(name, JSONB, nullable=optional)


def count(name: str) -> Column[Any]:
    return Column(name, BigInteger, nullable=False, server_default="0")
