"""`python -m app run`: everything at once, and alive until Ctrl-C.

Servers where none are set, the schema, the demo tenant, then web, workers and scheduler as children. None of
the product's work happens in this process, so none of it can take the others down.
"""

import fcntl
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psycopg

from app.config import Settings, is_loopback, reachable, settings
from app.processes import embedded
from app.processes.account import Unusable
from app.processes.children import Family, Program, launch, stop_orphans, write_private
from app.processes.listening import HANDED_DOWN, listen
from app.processes.signals import Signals

READY_SECONDS = 90.0
LOOK_AGAIN = 0.05
DEMO_FILE = "demo.json"
STOP_ORDER = (("scheduler", "web", "worker"), ("redis",), ("postgres",))


class Refusal(Exception):
    """Why nothing was started."""


class Interrupted(Exception):
    """Asked to stop before everything ran."""


def main(_: Sequence[str]) -> int:
    os.environ.setdefault("DEMO", "yes" if is_loopback(os.environ.get("HOST") or "127.0.0.1") else "no")
    given = settings()
    try:
        with alone(given), port_of(given) as listener, Signals() as signals:
            return Supervisor(given, listener, signals).run()
    except (Refusal, Unusable) as refused:
        print(refused, file=sys.stderr)
        return 2


def say(text: str) -> None:
    print(text, flush=True)


@contextmanager
def alone(given: Settings) -> Iterator[None]:
    """Holds DATA_DIR for as long as we live; the system lets go of it even after a kill -9."""
    given.data_dir.mkdir(mode=0o711, parents=True, exist_ok=True)
    with (given.data_dir / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Refusal(
                f"Signoff already runs on {given.data_dir} (process {lock.read().strip()}). "
                "Stop it first, or set DATA_DIR and PORT to start a second one."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        (given.data_dir / DEMO_FILE).unlink(missing_ok=True)
        if left := stop_orphans(given.data_dir / "processes.json"):
            say(f"The last run ended without stopping its processes; {left} of them had to be stopped now.")
        yield


@contextmanager
def port_of(given: Settings) -> Iterator[socket.socket]:
    try:
        listener = listen(given)
    except OSError as taken:
        raise Refusal(
            f"Port {given.port} on {given.host} cannot be used: {taken.strerror}. "
            f"Stop the program that has it, or choose another: PORT={given.port + 1} make run"
        ) from taken
    with listener:
        yield listener


class Supervisor:
    def __init__(self, given: Settings, listener: socket.socket, signals: Signals) -> None:
        self.given, self.listener, self.signals = given, listener, signals
        self.logs = given.data_dir / "log"
        self.demo_file = given.data_dir / DEMO_FILE
        self.demo: dict[str, Any] = {}
        self.family = Family(given.data_dir / "processes.json", say, self._publish)

    def run(self) -> int:
        say(f"Signoff is starting. Its data is in {self.given.data_dir}")
        try:
            self._start()
            self._watch()
        except Interrupted:
            pass
        finally:
            self._stop()
        return 0

    def _start(self) -> None:
        self._start_servers()
        self._once("migrate", "Bringing the database up to date …")
        if self.given.demo and self._is_empty():
            self._once("seed", "Loading the demo tenant …")
        self._start_parts()
        self._wait(self._web_ready, "the web server", self.logs / "web*.log")
        self._introduce()

    def _start_servers(self) -> None:
        """What the variables name is used as it is; the rest is ours."""
        data_dir = self.given.data_dir
        if not os.environ.get("DATABASE_URL"):
            log = self.logs / "postgres.log"
            self.family.add(embedded.postgres(data_dir, log, say))
            self._wait(lambda: embedded.postgres_ready(data_dir), "PostgreSQL", log)
        if not os.environ.get("REDIS_URL"):
            log = self.logs / "redis.log"
            self.family.add(embedded.redis(data_dir, log))
            self._wait(lambda: embedded.redis_ready(data_dir), "Valkey", log)

    def _start_parts(self) -> None:
        self._add("worker", self.given.worker_processes)
        self._add("scheduler", 1)
        # Whoever sees /ready finds the file for tools; who finds the file earlier waits at the socket.
        self.demo = self._for_tools()
        self._add("web", self.given.web_processes)

    def _add(self, verb: str, count: int) -> None:
        for number in range(1, count + 1):
            self.family.add(self._part(verb, f"{verb}-{number}" if count > 1 else verb))

    def _part(self, verb: str, label: str) -> Program:
        environ = {
            "DATABASE_URL": self.given.database_url,
            "REDIS_URL": self.given.redis_url,
            "DATA_DIR": str(self.given.data_dir),
            **({"OWNER_DATABASE_URL": self.given.owner_database_url} if verb == "migrate" else {}),
            HANDED_DOWN: str(self.listener.fileno()) if verb == "web" else "",
        }
        return Program(
            name=verb,
            label=label,
            command=[sys.executable, "-m", "app", verb],
            log=self.logs / f"{label}.log",
            environ=environ,
            files=[self.listener.fileno()] if verb == "web" else [],
            patience=25.0,
        )

    def _once(self, verb: str, sentence: str) -> None:
        """A part that does its work and ends."""
        say(sentence)
        program = self._part(verb, verb)
        process = launch(program)
        try:
            self._wait(lambda: process.poll() is not None, f"`{verb}`", program.log, patience=600.0)
        finally:
            process.kill()
            process.wait()
        if process.returncode:
            raise Refusal(f"`{verb}` ended with code {process.returncode}. Why is at the end of {program.log}")

    def _is_empty(self) -> bool:
        with psycopg.connect(self._plain_database_url()) as connection:
            return not connection.execute("SELECT FROM tenants LIMIT 1").fetchall()

    def _wait(self, done: Callable[[], bool], what: str, log: Path, patience: float = READY_SECONDS) -> None:
        until = time.monotonic() + patience
        while not done():
            if time.monotonic() > until:
                raise Refusal(f"{what} did not get ready in {patience:.0f} s. Why may be at the end of {log}")
            self._tend(LOOK_AGAIN)

    def _tend(self, longest: float | None) -> None:
        """Looks after the children until a signal, the next thing due, or `longest` seconds."""
        due = self.family.tend()
        waits = [seconds for seconds in (due, longest) if seconds is not None]
        self.signals.wait(min(waits, default=None))
        if self.signals.stops:
            raise Interrupted

    def _watch(self) -> None:
        while True:
            self._tend(None)

    def _web_ready(self) -> bool:
        connection = HTTPConnection(reachable(self.given.host), self.given.port, timeout=1)
        try:
            connection.request("GET", "/ready")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def _for_tools(self) -> dict[str, Any]:
        from app.demo.seed import credentials

        cast = credentials() if self.given.demo else {"users": [], "api_keys": {}}
        return {
            "url": self.given.base_url,
            **cast,
            "database_url": self._plain_database_url(),
            "redis_url": self.given.redis_url,
        }

    def _introduce(self) -> None:
        say(f"\nSignoff is ready: {self.given.base_url}\n")
        for user in self.demo["users"]:
            say(f"  {user['name']:<16} {user['email']:<28} {user['password']:<24} {', '.join(user['roles'])}")
        if self._is_empty():
            say('  Nobody can log in yet: python -m app tenant "Our company" "Ada Lund" ada@example.com')
        say(f"\nLogs are in {self.logs}. Ctrl-C stops everything.")

    def _publish(self) -> None:
        if self.demo:
            write_private(self.demo_file, json.dumps({**self.demo, "processes": self.family.running()}, indent=1))

    def _plain_database_url(self) -> str:
        """As the owner: tools look at everything."""
        return self.given.owner_database_url.replace("postgresql+psycopg://", "postgresql://", 1)

    def _stop(self) -> None:
        say("\nStopping …")
        self.demo = {}
        self.demo_file.unlink(missing_ok=True)
        for names in STOP_ORDER:
            self.family.stop(names, self.signals)
        say("Stopped.")
