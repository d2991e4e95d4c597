"""One throw-away PostgreSQL and Valkey for a whole test run, and in them one database for each test process."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import monotonic
from urllib.parse import urlsplit, urlunsplit

import psycopg

from app.config import APP_ROLE, embedded_database_url, embedded_redis_url
from app.processes import embedded
from app.processes.children import Child, Program
from app.store.migrate import upgrade

TEMPLATE = "signoff"
# The data lives as long as the run: nothing of it has to survive a power cut.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Servers:
    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="signoff-tests-"))
        self.folder.chmod(0o711)
        self.children: list[Child] = []

    def start(self) -> None:
        log = self.folder / "log"
        self._run(embedded.postgres(self.folder, log / "postgres.log", lambda _: None, *FAST), embedded.postgres_ready)
        self._run(embedded.redis(self.folder, log / "redis.log"), embedded.redis_ready)
        upgrade(embedded_database_url(self.folder).replace("postgresql:", "postgresql+psycopg:"))

    def _run(self, program: Program, ready: Callable[[Path], bool]) -> None:
        child = Child(program)
        self.children.append(child)
        wait_until(lambda: ready(self.folder), f"{program.label} to answer")

    def stop(self) -> None:
        for child in reversed(self.children):
            child.stop()
            child.process.wait(30)
        shutil.rmtree(self.folder)


def wait_until(true: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    until, never = monotonic() + seconds, Event()
    while not true():
        assert monotonic() < until, f"waited {seconds:.0f} s for {what}"
        never.wait(0.02)


def point_to(folder: Path, process: int) -> None:
    """From here on the settings of this process name its own database and its own part of Redis."""
    parts = urlsplit(embedded_database_url(folder))
    os.environ |= {
        "DATA_DIR": str(folder),
        "DATABASE_URL": urlunsplit(parts._replace(path=f"/test_{process}", netloc=f"{APP_ROLE}@")),
        "OWNER_DATABASE_URL": urlunsplit(parts._replace(path=f"/test_{process}")),
        "REDIS_URL": f"{embedded_redis_url(folder)}?db={process}",
    }


def make_database(folder: Path, process: int) -> None:
    with psycopg.connect(embedded_database_url(folder).replace(f"/{TEMPLATE}?", "/postgres?"), autocommit=True) as db:
        db.execute(f"CREATE DATABASE test_{process} TEMPLATE {TEMPLATE}")
