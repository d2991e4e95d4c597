"""Finds the names for the ids in events: people, steps, levels, since when a task waited."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.runtime.directories import current
from app.runtime.versions import definition
from app.store.db import Db
from app.store.tables import tasks, users
from engine.people import Directory
from engine.wording.clock import WORLD, Clock
from engine.wording.events import Line, line, tell
from engine.wording.names import Names, names_of


class Naming:
    """For one tenant, within one transaction. Remembers; `learn` of the events before asking about them."""

    def __init__(self, db: Db, tenant_id: UUID, *, masked: bool = False, clock: Clock = WORLD) -> None:
        """masked: for readers who are not told what a form calls sensitive. clock: the readers'."""
        self._db, self._tenant_id, self._masked, self._clock = db, tenant_id, masked, clock
        self._people: dict[str, str] = {}
        self._opened: dict[str, Any] = {}
        self._names: dict[UUID, Names] = {}
        self._directory: Directory | None = None

    def learn(self, events: Sequence[Any]) -> None:
        """Two queries, and one where an incident names groups, however many events."""
        told = [event.data for event in events]
        if self._directory is None and any("who" in _params(data) for data in told):
            self._directory = current(self._db, self._tenant_id)
        # Tasks are asked about once; people and steps come back.
        self._opened.clear()
        people = {key for data in told for key in _people(data)} - self._people.keys()
        answered = {key for data in told for key in _tasks(data)}
        if people:
            wanted = select(users.c.id, users.c.name).where(
                users.c.tenant_id == self._tenant_id, users.c.id.in_(_ids(people))
            )
            self._people |= {str(row.id): row.name for row in self._db.execute(wanted)}
        if answered:
            wanted = select(tasks.c.id, tasks.c.opened_at).where(
                tasks.c.tenant_id == self._tenant_id, tasks.c.id.in_(_ids(answered))
            )
            self._opened |= {str(row.id): row.opened_at for row in self._db.execute(wanted)}

    def names(self, version_id: UUID | None) -> Names:
        """Without a version: of what happened outside requests."""
        if version_id is None:
            return Names(people=self._people)
        if version_id not in self._names:
            about = definition(self._db, self._tenant_id, version_id)
            how: Any = {"masked": self._masked, "clock": self._clock, "directory": self._directory}
            self._names[version_id] = names_of(about, self._people, self._opened, **how)
        return self._names[version_id]

    def tell(self, event: Any, version_id: UUID | None) -> str:
        """`event`: a row of the events table."""
        return tell(event._mapping, self.names(version_id))

    def line(self, event: Any, version_id: UUID) -> Line:
        return line(event._mapping, self.names(version_id))


def _people(data: dict[str, Any]) -> Iterable[str]:
    yield from _texts([data.get(key) for key in ("requester", "assignee", "person", "for", "user")])
    yield from _texts([_params(data).get("person")])
    yield from _texts(data.get("people"))
    yield from _texts(data.get("late"))
    for task in data.get("tasks") or []:
        if isinstance(task, dict):
            yield from _texts([task.get("assignee")])


def _params(data: dict[str, Any]) -> dict[str, Any]:
    """Of the reason that an event gives, or is."""
    reason = data.get("reason")
    found = reason if isinstance(reason, dict) else data
    return found.get("params") or {}


def _tasks(data: dict[str, Any]) -> list[str]:
    """Those whose waiting is over."""
    return [*_texts(data.get("from")), *_texts([data.get("task")])]


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _ids(texts: Iterable[str]) -> list[UUID]:
    """Those that are ids; another product's record may hold anything."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
