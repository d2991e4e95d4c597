"""No statistics of columns that no plan asks about: gathering them read every document of the growing tables."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UNSEARCHED = {
    "effects": ("payload", "history"),
    "events": ("actor_name", "address", "agent", "data", "hash"),
    "instances": ("title", "state", "asked", "head"),
    "tasks": ("name", "comment"),
}


def upgrade() -> None:
    for table, columns in UNSEARCHED.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")
