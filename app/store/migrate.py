"""`python -m app migrate`: brings the schema to head. Several at once wait for each other."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from app.config import settings
from app.logs import configure

ROOT = Path(__file__).parent.parent.parent
# Any number that nobody else uses for an advisory lock on this database.
LOCK = 7_331_004


def main(_: Sequence[str]) -> int:
    configure()
    upgrade(settings().owner_database_url)
    return 0


def upgrade(database_url: str) -> None:
    """On a connection of its own: the role the app runs as may not change tables."""
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        with engine.begin() as connection:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def at_head(connection: Connection) -> bool:
    return set(MigrationContext.configure(connection).get_current_heads()) == _heads()


@cache
def _heads() -> set[str]:
    return set(ScriptDirectory.from_config(_config()).get_heads())


def _config() -> Config:
    return Config(toml_file=ROOT / "pyproject.toml")
