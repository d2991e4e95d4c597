import os

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.config import settings
from app.store.db import across_tenants
from app.store.migrate import at_head, upgrade
from app.store.tables import metadata


def test_the_migrations_make_the_tables_of_the_code() -> None:
    with across_tenants() as db:
        context = MigrationContext.configure(db.connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_a_database_is_at_head_or_it_is_not() -> None:
    with across_tenants() as db:
        assert at_head(db.connection)
        with db.connection.begin_nested() as aside:
            db.execute(text("DELETE FROM alembic_version"))
            assert not at_head(db.connection)
            aside.rollback()


def test_migrating_again_changes_nothing() -> None:
    upgrade(settings().owner_database_url)
    with across_tenants() as db:
        assert at_head(db.connection)


@pytest.mark.parametrize("statement", ["DROP TABLE tasks", "UPDATE events SET seq = 0", "DELETE FROM versions"])
def test_the_role_of_the_app_may_not(statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"must be owner|permission denied"), across_tenants() as db:
        db.execute(text(statement))


def test_tests_have_a_server_of_their_own() -> None:
    assert os.environ["DATA_DIR"] in settings().database_url
