"""Past requests run through a draft: which of the newest would go another way, and where. Nothing is kept.

Only requests that one may see, and of these only those of which one may see every value: otherwise a draft could ask
for what is hidden, one rule at a time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from app import instances, runtime
from app.access import confidential
from app.access.principal import Principal
from app.drafts import past as past_requests
from app.errors import Missing
from app.runtime import versions
from app.store.db import Db
from designer.trial.replay import MOST_EVENTS, Past, differences, past, together, way
from engine.definition import Definition
from engine.people import Directory
from engine.reasons import Reason, reason
from engine.wording.labels import Labels, labels_of
from engine.wording.names import sensitive
from engine.wording.sentences import sentence

MOST = 20
# For all of them together; each is short.
SECONDS = 3.0


@dataclass(frozen=True)
class Taken:
    """A request as it was. definition: of the version it ran on. lacks: why it cannot be run again."""

    row: Row[Any]
    definition: Definition
    past: Past | None = None
    lacks: Reason | None = None


@dataclass(frozen=True)
class Replayed:
    """differences: in words, none where it goes the same way. lacks: why that is not known."""

    row: Row[Any]
    differences: Sequence[str] = ()
    lacks: str = ""


def newest(db: Db, who: Principal, definition: Row[Any]) -> list[Taken]:
    return [_taken(db, who, row) for row in past_requests.newest(db, who, definition, MOST)]


def one(db: Db, who: Principal, definition: Row[Any], instance_id: UUID) -> list[Taken]:
    """Raises Missing, also for a request on another definition."""
    row = instances.get(db, who, instance_id)
    if row.definition_key != definition.key:
        raise Missing("There is no such request.")
    return [_taken(db, who, row)]


def _taken(db: Db, who: Principal, row: Row[Any]) -> Taken:
    definition = versions.definition(db, who.tenant_id, row.version_id)
    if row.seq > MOST_EVENTS:
        return Taken(row, definition, lacks=reason("replay_long"))
    story = instances.story(db, who.tenant_id, row.id)
    if any(event.erased for event in story):
        return Taken(row, definition, lacks=reason("replay_erased"))
    events = [{"type": event.type, "data": event.data, "at": event.at} for event in story]
    if _holds(events, sensitive(definition)) and not confidential.sees(db, who, row.id, row.requester_id):
        return Taken(row, definition, lacks=reason("replay_hidden"))
    ended = [event["data"]["step"] for event in events if event["type"] == "InstanceEnded"]
    state = runtime.state_of(row.state)
    return Taken(
        row, definition, past(events, state.status if ended else "", ended or [token.step for token in state.tokens])
    )


def _holds(data: Any, names: frozenset[str]) -> bool:
    """Whether a value of that name stands anywhere in it."""
    if isinstance(data, Mapping):
        return any((key in names and item not in (None, "")) or _holds(item, names) for key, item in data.items())
    return isinstance(data, list) and any(_holds(item, names) for item in data)


def replayed(draft: Definition, directory: Directory, taken: Sequence[Taken]) -> list[Replayed]:
    """In no transaction. What there is no time left for is said to be so."""
    until = monotonic() + SECONDS
    return [_replayed(draft, directory, each, late=monotonic() > until) for each in taken]


def _replayed(draft: Definition, directory: Directory, taken: Taken, *, late: bool) -> Replayed:
    labels = _labels(draft, taken.definition, directory)
    lacks = taken.lacks or (reason("replay_late") if late else None)
    if lacks or taken.past is None:
        return Replayed(taken.row, lacks=sentence(lacks or reason("replay_long"), labels))
    people = together(directory, taken.past)
    will = way(draft, people, taken.past)
    found = differences(taken.past, will)
    if found:  # what today's people alone change is not the draft's doing
        now = way(taken.definition, people, taken.past)
        found = found if now.refused and not will.refused else differences(now, will) if not now.refused else []
    return Replayed(taken.row, [sentence(each, labels) for each in found])


def _labels(draft: Definition, before: Definition, directory: Directory) -> Labels:
    """Of what only the older one has, too."""
    old, new = labels_of(before.document, directory), labels_of(draft.document, directory)
    return replace(new, steps={**old.steps, **new.steps}, levels={**old.levels, **new.levels})
