"""The rules by which PostgreSQL can be sharded by tenant (Citus): keys and references stay within one tenant.

Distributed tables are split by `tenant_id`, reference tables stand on every machine, local ones on one.
"""

import pytest
from sqlalchemy import ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, UniqueConstraint

from app.store.tables import metadata

REFERENCE = {"tenants"}
LOCAL = {"leases", "login_failures"}
DISTRIBUTED = sorted(table.name for table in metadata.sorted_tables if table.name not in REFERENCE | LOCAL)


def unique(table: Table) -> list[list[str]]:
    """The columns of everything that must not be there twice."""
    keys: list[PrimaryKeyConstraint | UniqueConstraint | Index] = [
        key for key in table.constraints if isinstance(key, PrimaryKeyConstraint | UniqueConstraint)
    ]
    keys += [index for index in table.indexes if index.unique]
    return [[column.name for column in key.columns] for key in keys]


def references(table: Table) -> list[tuple[str, list[tuple[str, str]]]]:
    """The table that is referred to, and which columns must be equal."""
    return [
        (key.referred_table.name, [(one.parent.name, one.column.name) for one in key.elements])
        for key in table.constraints
        if isinstance(key, ForeignKeyConstraint)
    ]


@pytest.mark.parametrize("name", DISTRIBUTED)
def test_a_tenants_rows_are_known_by_the_tenant_first(name: str) -> None:
    table = metadata.tables[name]
    assert next(iter(table.primary_key)).name == "tenant_id"
    assert not table.c.tenant_id.nullable
    assert [columns for columns in unique(table) if "tenant_id" not in columns] == []


@pytest.mark.parametrize("name", DISTRIBUTED)
def test_a_tenants_rows_refer_to_their_own_tenant_alone(name: str) -> None:
    for target, columns in references(metadata.tables[name]):
        if target in REFERENCE:
            continue
        assert target in DISTRIBUTED, f"{name} refers to a table that stands on one machine"
        assert ("tenant_id", "tenant_id") in columns


@pytest.mark.parametrize("name", sorted(REFERENCE | LOCAL))
def test_what_all_tenants_share_refers_to_no_row_of_one(name: str) -> None:
    table = metadata.tables[name]
    assert "tenant_id" not in table.c
    assert not references(table)
