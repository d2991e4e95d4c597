"""Renewing the leases of what this process is doing, so that long work keeps its claim: one thread for all of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Lock, Thread
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError

from app.config import settings
from app.store.db import statement
from engine.json_text import dumps

log = structlog.get_logger()

# Work that was lost to another worker is not told: its result is refused.
RENEW = """
UPDATE effects SET lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
FROM jsonb_to_recordset(%(held)s::jsonb) AS h(id uuid, token uuid)
WHERE effects.tenant_id = %(tenant)s AND effects.id = h.id AND lease_token = h.token AND status = 'pending'
"""


class Keeper:
    def __init__(self) -> None:
        self._held: dict[UUID, tuple[UUID, UUID]] = {}
        self._lock = Lock()
        self._runs = False

    @contextmanager
    def holding(self, tenant_id: UUID, effects: Sequence[UUID], token: UUID) -> Iterator[None]:
        with self._lock:
            self._held |= dict.fromkeys(effects, (tenant_id, token))
            if effects and not self._runs:
                self._runs = True
                Thread(target=self._renew_for_ever, name="leases", daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                for effect in effects:
                    self._held.pop(effect, None)

    def release(self, effect: UUID) -> None:
        """It is done or failed, and what is recorded of that stands."""
        with self._lock:
            self._held.pop(effect, None)

    def _renew_for_ever(self) -> None:
        while True:
            Event().wait(settings().lease_seconds / 3)
            with self._lock:
                held: dict[UUID, list[dict[str, UUID]]] = {}
                for effect, (tenant_id, token) in self._held.items():
                    held.setdefault(tenant_id, []).append({"id": effect, "token": token})
            for tenant_id, leases in held.items():
                self._renew(tenant_id, leases)

    def _renew(self, tenant_id: UUID, held: list[dict[str, UUID]]) -> None:
        facts = {"tenant": tenant_id, "held": dumps(held).decode(), "lease": settings().lease_seconds}
        try:
            statement(tenant_id, RENEW, facts)
        except DBAPIError as lost:
            log.warning("leases not renewed", effects=len(held), error=type(lost).__name__)


keeper = Keeper()
