"""The environment of the tests, set before any module of ours reads it.

Servers start when the first test asks for them, so that tests of the engine and the designer need none. With
xdist the controlling process starts them, because its workers end at different times.
"""

import os
import secrets
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engine.context import Run
from engine.event_schema import event_schema
from engine.events import By, Event, LogEvent, all_types, as_data, read, recorded
from engine.schemas import validator
from tests.servers import Servers, make_database, point_to

FOLDER = "SIGNOFF_TEST_SERVERS"
_servers: list[Servers] = []


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        made = Servers()
        _servers.append(made)
        os.environ[FOLDER] = str(made.folder)
        os.environ["SECRET_KEY"] = secrets.token_urlsafe(48)
        if config.getoption("numprocesses", default=None):
            made.start()
    point_to(Path(os.environ[FOLDER]), _process())


def pytest_unconfigure() -> None:
    for made in _servers:
        made.stop()


def _process() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@pytest.fixture(scope="session", autouse=True)
def _classified() -> Iterator[None]:
    """Every event that any test makes happen is as its schema says, and reads back as itself."""
    from app.audit import tenant_log

    published, shapes = cache(lambda types: validator(event_schema())), set[Any]()
    with pytest.MonkeyPatch.context() as patch:
        emit = Run.emit

        def checked(self: Run, event: Event, by: By = "system") -> None:
            kind, data = type(event).__name__, as_data(event)
            assert read(kind, data) == event
            shape = kind, *((name, type(value)) for name, value in data.items())
            if shape not in shapes:
                assert not list(published(len(all_types())).iter_errors({"type": kind, "data": data})), kind
                shapes.add(shape)
            emit(self, event, by)

        patch.setattr(Run, "emit", checked)
        event_of = tenant_log._event

        def checked_event(tenant_id: Any, actor: Any, happened: LogEvent, about: Any) -> dict[str, Any]:
            kind, data = type(happened).__name__, as_data(happened)
            assert recorded(kind, data) == happened
            assert not list(published(len(all_types())).iter_errors({"type": kind, "data": data})), kind
            return event_of(tenant_id, actor, happened, about)

        patch.setattr(tenant_log, "_event", checked_event)
        yield


@pytest.fixture(scope="session")
def database() -> Iterator[None]:
    """A migrated database of this process. Tests share it: each makes its own tenant and looks at nothing else."""
    if _servers and not _servers[0].children:
        _servers[0].start()
    make_database(Path(os.environ[FOLDER]), _process())
    yield
    from app.runtime.wake import redis
    from app.store.db import engine

    engine().dispose()
    redis().close()
