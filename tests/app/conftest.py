import pytest


@pytest.fixture(scope="session", autouse=True)
def _database(database: None) -> None:
    """Everything below talks to a real PostgreSQL and Valkey."""
