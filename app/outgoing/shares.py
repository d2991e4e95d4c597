"""Bulkheads: how many threads of a worker process calls to other systems may hold, all together and of one tenant.

A slow system holds its callers for seconds. One thread stays free of calls for mail, and one for other tenants' calls.
"""

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock
from uuid import UUID


@dataclass
class Shares:
    """Of one process with so many threads. A call that gets no share is parked until another one is over."""

    threads: int
    _busy: Counter[UUID] = field(default_factory=Counter)
    _parked: dict[UUID, UUID] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def take(self, call: UUID, tenant: UUID) -> bool:
        """Whether the call may be made now."""
        with self._lock:
            if self._is_free(tenant):
                self._parked.pop(call, None)
                self._busy[tenant] += 1
                return True
            return False

    def _is_free(self, tenant: UUID) -> bool:
        return self._busy.total() < max(1, self.threads - 1) and self._busy[tenant] < max(1, self.threads - 2)

    def park(self, call: UUID, tenant: UUID) -> None:
        with self._lock:
            self._parked[call] = tenant

    def is_parked(self, call: UUID) -> bool:
        """Whether a call that is under way will be followed by this one."""
        return call in self._parked and self._busy.total() > 0

    def give_back(self, tenant: UUID) -> None:
        with self._lock:
            self._busy[tenant] -= 1

    def following(self) -> tuple[UUID, UUID] | None:
        """A parked call that may be made now, and its tenant; those first that wait longest. It is parked no longer."""
        with self._lock:
            found = next((parked for parked in self._parked.items() if self._is_free(parked[1])), None)
            if found:
                del self._parked[found[0]]
            return found
