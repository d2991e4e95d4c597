"""What the tables share: one metadata object and the column shapes that recur."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    FromClause,
    MetaData,
    Uuid,
    and_,
    func,
)
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
    """First in the primary key of every row that a tenant has, so that a database sharded by tenant can hold it."""
    return Column("tenant_id", Uuid, ForeignKey("tenants.id"), primary_key=True)


def tenant_reference() -> Column[Any]:
    """Likewise without a foreign key, for the rows of the decision path; why is said at `reference`."""
    return Column("tenant_id", Uuid, primary_key=True)


def link(
    name: str, target: str, *, optional: bool = False, primary: bool = False
) -> tuple[Column[Any], ForeignKeyConstraint]:
    """A reference to a row of the same tenant. primary: a part of the primary key."""
    of_tenant = ForeignKeyConstraint(["tenant_id", name], [f"{target}.tenant_id", f"{target}.id"])
    return Column(name, Uuid, nullable=optional, primary_key=primary), of_tenant


def linked(key: ColumnElement[Any], reference: ColumnElement[Any]) -> ColumnElement[bool]:
    """The condition that joins two columns: the rows are of the same tenant, by whom they are indexed and sharded."""
    return and_(_table(key).c.tenant_id == _table(reference).c.tenant_id, key == reference)


def _table(column: ColumnElement[Any]) -> FromClause:
    table: FromClause = column.table
    return table


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
