"""The product as somebody at a terminal starts it: `python -m app run` on a port and a folder of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from e2e.chaos.stage import ROOT, free_port
from tests.servers import wait_until


class Run:
    """One start of the product. What it prints is kept in a file beside its data."""

    def __init__(self, data_dir: Path, port: int, **environ: str) -> None:
        self.data_dir, self.port = data_dir, port
        self.printed = data_dir.with_suffix(".out")
        self.before = len(self.said()) if self.printed.exists() else 0
        ours = {key: value for key, value in os.environ.items() if not key.endswith("_URL")}
        environ = {
            "DATA_DIR": str(data_dir),
            "PORT": str(port),
            "WEB_PROCESSES": "1",
            "WORKER_PROCESSES": "1",
            **environ,
        }
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
        wait_until(lambda: self._introduced() or self.process.poll() is not None, "the start", 180)
        assert self.process.poll() is None, self.said()
        return self

    def _introduced(self) -> bool:
        """Another run on the same folder may have said so too."""
        return "Ctrl-C stops everything" in self.said()[self.before :]

    def is_ready(self) -> bool:
        with suppress(OSError):
            return self.status() == 200
        return False

    def until_over(self) -> int:
        return self.process.wait(60)

    def said(self) -> str:
        return self.printed.read_text()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

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
        wait_until(lambda: self.pid(name) not in (None, pid), f"a new {name}", 60)
        return pid

    def status(self, path: str = "/ready") -> int:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=90)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def tenants(self) -> list[str]:
        with psycopg.connect(self.demo["database_url"]) as db:
            return [row[0] for row in db.execute("SELECT key FROM tenants ORDER BY key")]

    def last_words(self, lines: int = 15) -> Iterator[tuple[str, str]]:
        """The end of what it printed and of each log, for whoever looks into a failure."""
        for path in (self.printed, *sorted((self.data_dir / "log").glob("*.log"))):
            if path.exists() and (said := path.read_text(errors="replace").splitlines()[-lines:]):
                yield path.stem, "\n".join(said)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.until_over()


@contextmanager
def running(**environ: str) -> Iterator[Run]:
    """A folder that PostgreSQL's account can walk to when we are root, and that is short enough for a socket."""
    with TemporaryDirectory(prefix="signoff-run-") as made:
        folder = Path(made)
        folder.chmod(0o711)
        run = Run(folder / "shared", free_port(), **environ)
        try:
            yield run.until_ready()
        finally:
            run.end()
