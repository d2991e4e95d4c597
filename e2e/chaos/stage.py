"""The product as a newcomer runs it, on servers of its own that a test may kill, with the world outside beside it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any

import psutil
import psycopg
from redis import Redis

from app.config import embedded_database_url, embedded_redis_url, socket_dir
from app.processes import embedded
from app.processes.children import Child, Program

ROOT = Path(__file__).parent.parent.parent


class Stage:
    """`with Stage() as stage`: PostgreSQL behind a proxy, Valkey, the sink, and `python -m app run`."""

    def __init__(self, **environ: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="signoff-chaos-"))
        self.folder.chmod(0o711)
        self.port, self.http, self.smtp, self.proxy = (free_port() for _ in range(4))
        self.base = f"http://127.0.0.1:{self.port}"
        self.world = f"http://127.0.0.1:{self.http}"
        self.notes = self.folder / "sink.jsonl"
        self.every = self.folder / "cut-every"
        self.environ = environ
        self.children: dict[str, Child] = {}
        self.over = Event()
        self.held: set[str] = set()
        self.killed: list[int] = []

    def __enter__(self) -> "Stage":
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self) -> None:
        self.notes.touch()
        self.every.write_text("0")
        log = self.folder / "log"
        self._child(embedded.postgres(self.folder, log / "postgres.log", lambda _: None))
        wait(lambda: embedded.postgres_ready(self.folder), "PostgreSQL")
        self._child(embedded.redis(self.folder, log / "redis.log"))
        wait(lambda: embedded.redis_ready(self.folder), "Valkey")
        self._python("sink", "e2e.chaos.sink", str(self.http), str(self.smtp), str(self.notes))
        target = socket_dir(self.folder / "postgres") / ".s.PGSQL.5432"
        self._python("proxy", "e2e.chaos.proxy", str(self.proxy), str(target), str(self.every))
        for port in (self.http, self.smtp, self.proxy):
            wait(partial(answers, port), f"port {port}")
        Thread(target=self._keep_servers, daemon=True).start()
        self._child(self._product())
        wait(self._ready, "the product", 120)

    def _product(self) -> Program:
        environ = {
            "DATABASE_URL": f"postgresql://postgres@127.0.0.1:{self.proxy}/signoff?sslmode=disable&gssencmode=disable",
            "REDIS_URL": embedded_redis_url(self.folder),
            "DATA_DIR": str(self.folder / "data"),
            "PORT": str(self.port),
            "WEB_PROCESSES": "2",
            "WORKER_PROCESSES": "2",
            "OUTGOING_ALLOW": f"127.0.0.1:{self.http}",
            "SMTP_URL": f"smtp://127.0.0.1:{self.smtp}",
            "MAILS_PER_HOUR": "0",
            "RETRY_FACTOR": "0.01",
            "LOG_LEVEL": "WARNING",
            **self.environ,
        }
        command = [sys.executable, "-m", "app", "run"]
        return Program(
            name="run",
            label="run",
            command=command,
            log=self.folder / "log" / "run.log",
            environ=environ,
            folder=ROOT,
            patience=60,
        )

    def _python(self, name: str, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", module, *arguments]
        self._child(
            Program(name=name, label=name, command=command, log=self.folder / "log" / f"{name}.log", folder=ROOT)
        )

    def _child(self, program: Program) -> None:
        self.children[program.name] = Child(program)

    def _keep_servers(self) -> None:
        """A killed PostgreSQL or Valkey comes back, unless a test holds it down."""
        while not self.over.wait(0.1):
            for name in ("postgres", "redis"):
                child = self.children.get(name)
                if child and name not in self.held and child.process.poll() is not None:
                    child.start()

    def _ready(self) -> bool:
        with suppress(OSError, ValueError, KeyError):
            return bool(self.demo["url"]) and answers(self.port)
        return False

    @property
    def demo(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "data" / "demo.json").read_text())
        return found

    def pids(self, name: str) -> list[int]:
        return [process["pid"] for process in self.demo["processes"] if process["name"] == name]

    def kill(self, name: str, which: int = 0) -> int:
        """SIGKILL one of the product's processes; the supervisor starts it again. 0 where none runs just now."""
        pids = self.pids(name)
        if not pids:
            return 0
        pid = pids[which % len(pids)]
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.killed.append(pid)
        return pid

    def crash_postgres(self) -> None:
        """As `pg_ctl -m immediate`: every connection dies, recovery follows."""
        child = self.children["postgres"]
        child.process.send_signal(signal.SIGQUIT)
        child.process.wait(30)

    def database(self) -> psycopg.Connection[Any]:
        """Directly, not by the proxy; waits while the server is still coming back."""
        wait(lambda: embedded.postgres_ready(self.folder), "PostgreSQL")
        return psycopg.connect(embedded_database_url(self.folder), autocommit=True)

    def drop_connections(self) -> int:
        with self.database() as db:
            rows = db.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = 'signoff'"
            ).fetchall()
        return len(rows)

    def redis(self) -> "Redis":
        return Redis.from_url(embedded_redis_url(self.folder))

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for name in ("run", "proxy", "sink", "redis", "postgres"):
            child = self.children.get(name)
            if child:
                child.stop()
                try:
                    child.process.wait(60)
                except subprocess.TimeoutExpired:
                    child.end()
        shutil.rmtree(self.folder, ignore_errors=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as made:
        port: int = made.getsockname()[1]
        return port


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def wait(true: Callable[[], bool], what: str, seconds: float = 60) -> float:
    """Returns the seconds it took."""
    begin, never = monotonic(), Event()
    while not true():
        if monotonic() - begin > seconds:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        never.wait(0.05)
    return monotonic() - begin


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid)
