"""Child processes that are kept alive: started, watched, started again when they die, stopped in order."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from app.processes.signals import Signals

FIRST_DELAY, LONGEST_DELAY = 0.1, 10.0
# A child that lived this long was no failed start: its next death is met with the first delay again.
SETTLED_SECONDS = 10.0
LARGEST_LOG = 5_000_000
PR_SET_PDEATHSIG = 1
_libc: Any = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, kw_only=True)
class Program:
    name: str
    label: str
    command: Sequence[str]
    log: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    account: str | None = None
    folder: Path | None = None
    files: Sequence[int] = ()
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 20.0


def launch(program: Program) -> subprocess.Popen[bytes]:
    """In a session of its own, so that Ctrl-C in the terminal reaches only us and we decide the order."""
    program.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if program.log.exists() and program.log.stat().st_size > LARGEST_LOG:
        program.log.replace(program.log.with_suffix(".old.log"))
    with program.log.open("ab") as log:
        return subprocess.Popen(
            program.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=program.folder,
            env={**os.environ, **program.environ},
            pass_fds=program.files,
            start_new_session=True,
            preexec_fn=_end_with_parent(program.stop_signal),  # noqa: PLW1509 - we have one thread
            **_as_account(program.account),
        )


def _as_account(account: str | None) -> dict[str, Any]:
    return {"user": account, "group": account, "extra_groups": []} if account else {}


def _end_with_parent(stop_signal: signal.Signals) -> Callable[[], None] | None:
    """Linux signals the child when we vanish without a word. Elsewhere the next start clears up."""
    if _libc is None:
        return None
    parent = os.getpid()

    def prepare() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, stop_signal)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


class Child:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.delay = FIRST_DELAY
        self.due: float | None = None
        self.start()

    def start(self) -> None:
        self.due = None
        self.started = time.monotonic()
        self.process = launch(self.program)

    def has_died(self) -> bool:
        """True once for each death, which also sets when to start again."""
        if self.due is not None or self.process.poll() is None:
            return False
        self._end_group()
        settled = time.monotonic() - self.started > SETTLED_SECONDS
        self.delay = FIRST_DELAY if settled else min(self.delay * 2, LONGEST_DELAY)
        self.due = time.monotonic() + self.delay
        return True

    def stop(self) -> None:
        with suppress(ProcessLookupError):
            self.process.send_signal(self.program.stop_signal)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._end_group()

    def _end_group(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def how_it_ended(self) -> str:
        code = self.process.returncode
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


class Family:
    """The children. `record` keeps their ids for the next start, should we end without a goodbye."""

    def __init__(self, record: Path, say: Callable[[str], None], changed: Callable[[], None]) -> None:
        self.children: list[Child] = []
        self._record, self._say, self._changed = record, say, changed

    def add(self, program: Program) -> Child:
        child = Child(program)
        self.children.append(child)
        self._remember()
        return child

    def tend(self) -> float | None:
        """Notices deaths and starts what is due. Returns the seconds until the next start, if any."""
        for child in self.children:
            if child.has_died():
                self._remember()
                self._say(
                    f"{child.program.label} (process {child.process.pid}) {child.how_it_ended()}; "
                    f"starting it again in {child.delay:.1f} s. Its log: {child.program.log}"
                )
            if child.due is not None and child.due <= time.monotonic():
                child.start()
                self._remember()
                self._say(f"{child.program.label} runs again as process {child.process.pid}.")
        waiting = [child.due for child in self.children if child.due is not None]
        return max(0.0, min(waiting) - time.monotonic()) if waiting else None

    def running(self) -> list[dict[str, Any]]:
        return [{"name": c.program.name, "pid": c.process.pid} for c in self.children if c.due is None]

    def stop(self, names: Sequence[str], signals: Signals) -> None:
        """All of these names at once, until the last is gone. Asked to stop once more, we do not wait."""
        leaving = [child for child in self.children if child.program.name in names]
        for child in leaving:
            child.stop()
        until = time.monotonic() + max((child.program.patience for child in leaving), default=0)
        asked = signals.stops
        while any(child.process.poll() is None for child in leaving) and signals.stops == asked:
            if time.monotonic() > until:
                break
            signals.wait(until - time.monotonic())
        for child in leaving:
            child.end()
        self.children = [child for child in self.children if child not in leaving]
        self._remember()

    def _remember(self) -> None:
        rows = [_row(child) for child in self.children if child.due is None]
        write_private(self._record, json.dumps([row for row in rows if row]))
        self._changed()


def _row(child: Child) -> dict[str, Any] | None:
    try:
        made = psutil.Process(child.process.pid).create_time()
    except psutil.NoSuchProcess:
        return None
    return {"pid": child.process.pid, "made": made, "signal": int(child.program.stop_signal)}


def stop_orphans(record: Path, patience: float = 10.0) -> int:
    """Ends what an earlier run left behind; an id that means another process by now is left alone."""
    if not record.exists():
        return 0
    orphans = [(row, found) for row in json.loads(record.read_text()) if (found := _still_there(row))]
    for row, process in orphans:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(row["signal"])
    _, stubborn = psutil.wait_procs([process for _, process in orphans], timeout=patience)
    for process in stubborn:
        process.kill()
    psutil.wait_procs(stubborn, timeout=patience)
    record.unlink()
    return len(orphans)


def _still_there(row: Mapping[str, Any]) -> psutil.Process | None:
    try:
        process = psutil.Process(row["pid"])
        return process if abs(process.create_time() - row["made"]) < 1 else None
    except psutil.NoSuchProcess:
        return None


def write_private(path: Path, text: str) -> None:
    """Readable by nobody else, and never half written."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
