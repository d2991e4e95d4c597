"""Signals as something to wait for: a stop that was asked for, or a child that ended."""

import os
import select
import signal
from types import FrameType
from typing import Self

STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    def __init__(self) -> None:
        self.stops = 0

    def __enter__(self) -> Self:
        self._heard, self._bell = os.pipe()
        for end in (self._heard, self._bell):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._bell, warn_on_full_buffer=False)
        for name in STOP:
            signal.signal(name, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        return self

    def _stop(self, *_: int | FrameType | None) -> None:
        self.stops += 1

    def wait(self, seconds: float | None) -> None:
        """Until a signal that was not waited for yet, at the longest `seconds`."""
        ready, _, _ = select.select([self._heard], [], [], seconds)
        if ready:
            os.read(self._heard, 4096)

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(-1)
        for name in (*STOP, signal.SIGCHLD):
            signal.signal(name, signal.SIG_DFL)
        os.close(self._heard)
        os.close(self._bell)
