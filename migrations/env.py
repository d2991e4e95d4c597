"""Alembic's entry. Runs on the connection that app/store/migrate.py hands over, or opens its own."""

from alembic import context
from sqlalchemy import Connection, create_engine

from app.store.tables import metadata

config = context.config


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


given = config.attributes.get("connection")
if given is not None:
    run(given)
else:
    from app.config import settings

    with create_engine(settings().database_url).begin() as opened:
        run(opened)
