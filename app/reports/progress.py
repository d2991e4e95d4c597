"""How far a long piece of work is, told no more often than somebody would look."""

import time
from collections.abc import Callable

SECONDS = 0.7


class Progress:
    """Called with percents as they come; `save` gets those that are worth a write."""

    def __init__(self, save: Callable[[int], None]) -> None:
        self._save = save
        self._last, self._at = 0, time.monotonic()

    def __call__(self, percent: int) -> None:
        now = time.monotonic()
        if percent > self._last and now - self._at >= SECONDS:
            self._last, self._at = percent, now
            self._save(percent)
