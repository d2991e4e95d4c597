"""Published versions as the engine reads them. A version never changes, so each process compiles it once."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

from sqlalchemy import select

from app.errors import Missing
from app.store.db import Db
from app.store.tables import definitions, versions
from engine.definition import Definition

KEPT = 500


@dataclass(frozen=True)
class Version:
    """content_hash: hex. author: who published it for people to ask on; None for what a program's call made."""

    number: int
    content_hash: str
    definition: Definition
    author: UUID | None


_cache: OrderedDict[UUID, Version] = OrderedDict()
_lock = Lock()


def definition(db: Db, version_id: UUID) -> Definition:
    return published(db, version_id).definition


def published(db: Db, version_id: UUID) -> Version:
    with _lock:
        if version_id in _cache:
            _cache.move_to_end(version_id)
            return _cache[version_id]
    query = select(versions, definitions.c.internal).join(definitions, definitions.c.id == versions.c.definition_id)
    row = db.execute(query.where(versions.c.id == version_id)).first()
    if row is None:
        raise Missing("There is no such version.")
    author = None if row.internal else row.published_by
    made = Version(row.number, bytes(row.content_hash).hex(), Definition(row.document), author)
    with _lock:
        _cache[version_id] = made
        while len(_cache) > KEPT:
            _cache.popitem(last=False)
    return made
