"""`python -m app run` as somebody at a terminal meets it: started, hurt, stopped, started again."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time
from typing import Any

import psutil
import psycopg
import pytest
from redis import Redis

from e2e.chaos.stage import ROOT, free_port
from tests.servers import wait_until


class Run:
    """One start of the product. What it prints is kept in a file beside its data."""

    def __init__(self, data_dir: Path, port: int, **environ: str) -> None:
        self.data_dir, self.port = data_dir, port
        self.since = time()
        self.printed = data_dir.with_suffix(".out")
        ours = {key: value for key, value in os.environ.items() if not key.endswith("_URL")}
        environ = {"DATA_DIR": str(data_dir), "PORT": str(port), "WORKER_PROCESSES": "1", **environ}
        with self.printed.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app", "run"],
                cwd=ROOT,
                env={**ours, **environ},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def until_ready(self) -> "Run":
        wait_until(lambda: self._introduced() or self.process.poll() is not None, "the start", 120)
        assert self.process.poll() is None, self.said()
        return self

    def _introduced(self) -> bool:
        """A run that was killed left its file behind."""
        return self.demo_file.exists() and self.demo_file.stat().st_mtime > self.since

    def until_over(self) -> int:
        return self.process.wait(60)

    def said(self) -> str:
        return self.printed.read_text()

    @property
    def demo_file(self) -> Path:
        return self.data_dir / "demo.json"

    @property
    def demo(self) -> dict[str, Any]:
        return dict(json.loads(self.demo_file.read_text()))

    def pid(self, name: str) -> int | None:
        return next((one["pid"] for one in self.demo["processes"] if one["name"] == name), None)

    def kill(self, name: str) -> int:
        """SIGKILL; returns once another process has its place."""
        pid = self.pid(name)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: self.pid(name) not in (None, pid), f"a new {name}")
        return pid

    def status(self, path: str = "/ready") -> int:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def tenants(self) -> list[str]:
        with psycopg.connect(self.demo["database_url"]) as db:
            return [row[0] for row in db.execute("SELECT key FROM tenants ORDER BY key")]

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.until_over()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Walkable for the account PostgreSQL gets when we are root, and short enough for a socket."""
    with TemporaryDirectory(prefix="signoff-run-") as made:
        Path(made).chmod(0o711)
        yield Path(made)


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Run]:
    run = Run(folder / "shared", free_port()).until_ready()
    yield run
    run.end()


def test_it_says_where_it_is_and_who_can_log_in(running: Run) -> None:
    demo = running.demo
    assert running.status() == 200
    assert demo["url"] == f"http://127.0.0.1:{running.port}"
    assert demo["url"] in running.said()
    assert demo["users"]
    for user in demo["users"]:
        assert set(user) == {"email", "password", "name", "roles"}
        assert user["email"] in running.said()
        assert user["password"] in running.said()
    assert {"admin", "requester", "approver", "designer", "auditor"} <= set(demo["api_keys"])


def test_its_file_is_for_tools_of_the_same_person(running: Run) -> None:
    assert running.demo_file.stat().st_mode & 0o777 == 0o600
    assert running.tenants() == ["demo"]
    assert Redis.from_url(running.demo["redis_url"]).ping()
    names = [one["name"] for one in running.demo["processes"]]
    assert sorted(names) == ["postgres", "redis", "scheduler", "web", "worker"]


@pytest.mark.parametrize("name", ["worker", "scheduler", "redis"])
def test_what_dies_is_started_again(running: Run, name: str) -> None:
    killed = running.kill(name)
    assert f"(process {killed}) was ended by SIGKILL" in running.said()
    wait_until(lambda: running.status() == 200, "/ready")


def test_nobody_is_turned_away_while_the_web_server_restarts(running: Run) -> None:
    pid = running.pid("web")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=10)
    assert running.status("/health") == 200


def test_a_killed_database_comes_back_with_its_data(running: Run) -> None:
    running.kill("postgres")
    wait_until(lambda: running.status() == 200, "/ready")
    assert running.tenants() == ["demo"]


def test_a_second_start_on_the_same_data_is_refused_in_words(running: Run) -> None:
    second = Run(running.data_dir, free_port())
    assert second.until_over() == 2
    assert f"already runs on {running.data_dir} (process {running.process.pid})" in second.said()
    assert running.status() == 200


def test_a_taken_port_is_named_before_anything_starts(running: Run, folder: Path) -> None:
    second = Run(folder / "other", running.port)
    assert second.until_over() == 2
    assert f"Port {running.port} on 127.0.0.1 cannot be used: Address already in use" in second.said()
    assert not (folder / "other" / "postgres").exists()


def test_a_wrong_setting_is_named_before_anything_starts(folder: Path) -> None:
    run = Run(folder / "wrong", free_port(), WORKER_THREADS="four")
    assert run.until_over() == 2
    assert run.said() == "WORKER_THREADS is 'four'; it takes a whole number.\n"


def test_its_data_outlives_ctrl_c_and_a_kill(folder: Path) -> None:
    data_dir, port = folder / "kept", free_port()
    first = Run(data_dir, port, DEMO="no").until_ready()
    with psycopg.connect(first.demo["database_url"], autocommit=True) as db:
        db.execute("INSERT INTO tenants (id, key, name) VALUES (gen_random_uuid(), 'kept', 'Kept')")
    processes = [one["pid"] for one in first.demo["processes"]]
    first.process.send_signal(signal.SIGINT)
    assert first.until_over() == 0
    assert not any(psutil.pid_exists(pid) for pid in processes)
    assert not first.demo_file.exists()

    second = Run(data_dir, port, DEMO="no").until_ready()
    left = [one["pid"] for one in second.demo["processes"]]
    second.process.kill()
    second.until_over()

    third = Run(data_dir, port, DEMO="no").until_ready()
    assert third.tenants() == ["kept"]
    assert not any(psutil.pid_exists(pid) for pid in left)
    third.end()
