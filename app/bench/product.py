"""The product as `python -m app run` starts it, in a folder of its own, and what its processes and its database did."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg

READY_SECONDS = 120.0
# What one kind of process alone sends, to tell its connections by.
SPEAKERS = (("leases", "scheduler"), ("api_keys", "web"), ("lease_token", "worker"))
LINE = re.compile(r"^(\d+) (\S+) LOG: +(?:statement|execute [^:]+): *")


@dataclass(frozen=True)
class Product:
    """A running one. database: as libpq takes it."""

    name: str
    data_dir: Path
    port: int
    keys: dict[str, str]
    database: str

    def seconds(self) -> dict[str, float]:
        """Processor time so far, by name of process."""
        spent: dict[str, float] = defaultdict(float)
        for one in json.loads((self.data_dir / "demo.json").read_text())["processes"]:
            process = psutil.Process(one["pid"])
            spent[one["name"]] += _with_children(process) if one["name"] == "postgres" else own_seconds(process)
        return dict(spent)

    def until_quiet(self) -> None:
        """Until no effect waits."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            while connection.execute("SELECT 1 FROM effects WHERE status = 'pending' LIMIT 1").fetchone():
                time.sleep(0.01)

    @contextmanager
    def counted(self) -> Iterator[dict[str, tuple[int, int]]]:
        """Fills what it yields: statements and transactions, BEGIN and COMMIT among them, by name of process."""
        log = self.data_dir / "log" / "postgres.log"
        told: dict[str, tuple[int, int]] = {}
        self._log("all")
        begin = log.stat().st_size
        yield told
        self._log("none")
        with log.open("rb") as lines:
            lines.seek(begin)
            told |= _counted(lines.read().decode(errors="replace"))

    def _log(self, which: str) -> None:
        with psycopg.connect(self.database, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET log_line_prefix = '%p %v '")
            connection.execute(f"ALTER SYSTEM SET log_statement = '{which}'")
            connection.execute("SELECT pg_reload_conf()")
        time.sleep(0.5)  # until each connection has heard of it


def _counted(said: str) -> dict[str, tuple[int, int]]:
    """By what each connection says: those that say nothing of SPEAKERS are left out, like our own."""
    statements: dict[str, list[str]] = {}
    texts: dict[str, str] = {}
    pid = ""
    for line in said.splitlines():
        found = LINE.match(line)
        if found:
            pid = found[1]
            statements.setdefault(pid, []).append(found[2])
        texts[pid] = texts.get(pid, "") + line
    told: dict[str, tuple[int, int]] = {}
    for backend, sent in statements.items():
        speaker = next((name for word, name in SPEAKERS if word in texts[backend]), None)
        if speaker:
            before = told.get(speaker, (0, 0))
            told[speaker] = (before[0] + len(sent), before[1] + len(set(sent)))
    return told


def own_seconds(process: psutil.Process) -> float:
    """Nothing where it ended just now: its parent has it then."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def _with_children(process: psutil.Process) -> float:
    """Those that have ended as well."""
    times = process.cpu_times()
    return (
        own_seconds(process) + times.children_user + times.children_system + sum(map(own_seconds, process.children()))
    )


@contextmanager
def running(name: str, checkout: Path, smtp_port: int, environ: dict[str, str]) -> Iterator[Product]:
    """With servers and data of its own, which go when it ends. `checkout`: where its code is."""
    with tempfile.TemporaryDirectory(prefix="signoff-bench-") as made:
        folder, port = Path(made), _free_port()
        folder.chmod(0o711)
        kept = {key: value for key, value in os.environ.items() if not key.endswith("_URL")}
        own = {"DATA_DIR": str(folder / "data"), "PORT": str(port), "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}"}
        with (folder / "out").open("w") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "app", "run"],
                cwd=checkout,
                env={**kept, **environ, **own},
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        try:
            told = _until_ready(process, folder)
            yield Product(name, folder / "data", port, told["api_keys"], told["database_url"])
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _until_ready(process: subprocess.Popen[bytes], folder: Path) -> dict[str, Any]:
    until = time.monotonic() + READY_SECONDS
    while "Ctrl-C stops everything" not in (folder / "out").read_text():
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"it did not start: {(folder / 'out').read_text()[-500:]}")
        time.sleep(0.1)
    return dict(json.loads((folder / "data" / "demo.json").read_text()))


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
