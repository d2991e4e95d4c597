"""Erasing personal values out of the record: which, and how. The digests stay, so the chains still verify.

Events are changed by the function erase_values of the database alone, which can set values to null and nothing else.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from app.store.db import Db
from engine.apply import fold
from engine.json_text import dumps
from engine.record.chain import moment_text
from engine.record.disclosure import without
from engine.record.fields import COLUMNS, split
from engine.record.verify import list_digest, place
from engine.state import as_data
from engine.wording.values import remark

SHORTEST_COMMENT = 3
# What a person writes in their own words, and where they were when they did.
OWN = {f"/{column}" for column in COLUMNS} | {
    "/data/comment",
    "/data/reason",
    "/data/reason/params/text",
    "/data/metadata",
}
EVENTS = """
SELECT e.* FROM events e WHERE e.tenant_id = %(tenant)s AND e.instance_id IN (
    SELECT o.instance_id FROM events o WHERE o.tenant_id = %(tenant)s
       AND (o.actor_id = %(user)s OR o.actor_name || ' ' || o.data::text ILIKE ANY(%(like)s)
            OR o.data->>'user' = %(user)s::text)
) ORDER BY e.instance_id, e.seq
"""
UPLOADS = "SELECT id FROM files WHERE tenant_id = %(tenant)s AND uploaded_by = %(user)s"
INSTANCES = "SELECT id FROM instances WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s) ORDER BY id FOR UPDATE"
TAKE_OUT = "SELECT erase_values(%(tenant)s, %(chain)s, %(seq)s, %(places)s, %(erased)s)"
REFOLD = "UPDATE instances SET state = %(state)s, title = %(title)s WHERE tenant_id = %(tenant)s AND id = %(id)s"

Event = dict[str, Any]


@dataclass(frozen=True)
class Words:
    """What somebody is recognised by; whole words, whatever their case."""

    texts: tuple[str, ...]

    @classmethod
    def of(cls, person: Any, also: Iterable[str] = ()) -> "Words":
        """`person`: a row of the users table. A handle that could be an ordinary word tells nobody apart."""
        handle = [person.handle] if re.search(r"[\d._-]", person.handle) else []
        texts = (person.name, person.email, *handle, *also)
        return cls(tuple(text.strip() for text in texts if text.strip()))

    def more(self, texts: Iterable[str]) -> "Words":
        return Words((*self.texts, *texts))

    @property
    def like(self) -> list[str]:
        """For ILIKE ANY, as they stand in text and in JSON."""
        texts = {form for text in self.texts for form in (text, dumps(text).decode()[1:-1])}
        return [like(text) for text in sorted(texts)]

    def found(self, value: Any) -> bool:
        pattern = "|".join(r"\s+".join(map(re.escape, text.split())) for text in self.texts)
        return re.search(rf"(?<!\w)(?:{pattern})(?!\w)", " ".join(_texts(value)), re.IGNORECASE) is not None

    def taken_out(self, value: Any) -> Any:
        """JSON-like data in which the texts that hold one of them are null, and nothing else is different."""
        if isinstance(value, str):
            return None if self.found(value) else value
        if isinstance(value, Mapping):
            return {key: self.taken_out(item) for key, item in value.items()}
        return [self.taken_out(item) for item in value] if isinstance(value, list) else value


def like(text: str) -> str:
    return "%" + re.sub(r"([%_\\])", r"\\\1", text) + "%"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


@dataclass(frozen=True)
class Found:
    """chains: each event with the places of the values to take out. said: the person's own words, by request."""

    chains: list[list[tuple[Event, set[str]]]]
    said: dict[UUID, tuple[str, ...]]

    @property
    def count(self) -> int:
        return sum(len(places) for chain in self.chains for _, places in chain)

    @property
    def digest(self) -> str:
        events = ((event, at) for chain in self.chains for event, places in chain for at in places)
        return list_digest(place(event["instance_id"], event["seq"], at) for event, at in events)


def find(db: Db, tenant_id: UUID, user_id: UUID, words: Words) -> Found:
    """Locks the requests: what was found is still all there is when it is taken out."""
    asked = {"tenant": tenant_id, "user": user_id, "like": words.like}
    chains = {row["instance_id"] for row in db.query(EVENTS, asked)}
    db.query(INSTANCES, {"tenant": tenant_id, "ids": sorted(chains)})
    rows = db.query(EVENTS, asked)
    uploads = {str(row["id"]) for row in db.query(UPLOADS, asked)}
    found, said = [], {}
    for key, events in groupby(rows, itemgetter("instance_id")):
        chain = list(events)
        said[key] = tuple(sorted(set(_said(chain, user_id))))
        known = words.more(said[key])
        places = [(event, _places(event, user_id, known, uploads)) for event in chain]
        found.append([(event, at | _digests(event, places)) for event, at in places])
    return Found([chain for chain in found if any(places for _, places in chain)], said)


def _said(chain: list[Event], user_id: UUID) -> Iterator[str]:
    """Comments and reasons of this person: other events of the request repeat them."""
    for event in chain:
        if event["actor_id"] == user_id:
            texts = (*(event["data"].get(name) for name in ("comment", "reason")), remark(event["data"]))
            yield from (text for text in texts if isinstance(text, str) and len(text) >= SHORTEST_COMMENT)


def _places(event: Event, user_id: UUID, words: Words, uploads: set[str]) -> set[str]:
    erased = event["erased"]["gone"] if event["erased"] else {}
    _, values = split(event, erased)
    own = event["actor_id"] == user_id
    about = event["data"].get("user") == str(user_id) and event["actor_id"] in (None, user_id)
    return {
        at
        for at, value in values.items()
        if (own and at in OWN)
        or (about and at in ("/address", "/agent"))
        or words.found(value)
        or not uploads.isdisjoint(_texts(value))
    }


def _digests(event: Event, chain: list[tuple[Event, set[str]]]) -> set[str]:
    """What signatures say of a field that goes: its digest would tell whoever tries values what it was."""
    fields = {at.split("/")[3] for _, places in chain for at in places if at.count("/") == 3}
    covered = event["data"].get("covers") or {}
    return {f"/data/covers/{name}" for name in fields if covered.get(name.replace("~1", "/").replace("~0", "~"))}


def take_out(db: Db, found: Found, by: int, at: datetime) -> None:
    """by, at: the event of the tenant's chain that announces it."""
    for chain in found.chains:
        for event, places in ((event, places) for event, places in chain if places):
            erased = without(event, places, by, moment_text(at))
            facts = {
                "tenant": event["tenant_id"],
                "chain": event["instance_id"],
                "seq": event["seq"],
                "places": sorted(places),
            }
            db.query(TAKE_OUT, {**facts, "erased": Jsonb(erased)})
            _forget(event["data"], places)
        first = chain[0][0]
        if first["instance_id"] != first["tenant_id"]:
            _refold(db, [event for event, _ in chain])


def _forget(data: dict[str, Any], places: set[str]) -> None:
    """The same in the copy at hand, for the state to be made of it."""
    for at in places:
        column, *inside = (part.replace("~1", "/").replace("~0", "~") for part in at.split("/")[1:])
        if column == "data":
            *path, name = inside
            found = data
            for part in path:
                found = found[part]
            found[name] = None


def _refold(db: Db, events: list[Event]) -> None:
    state = fold((event["type"], event["data"]) for event in events)
    titles = [event["data"]["title"] for event in events if "title" in event["data"]]
    first = {"tenant": events[0]["tenant_id"], "id": events[0]["instance_id"]}
    db.query(REFOLD, {**first, "state": Jsonb(as_data(state)), "title": titles[-1] or ""})
