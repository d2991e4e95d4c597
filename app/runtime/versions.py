"""Published versions as the engine reads them. A version never changes, so each process compiles it once."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

from sqlalchemy import select

from app.errors import Missing
from app.store.db import Db
from app.store.tables import definitions, versions
from app.store.tables.base import linked
from engine.definition import Definition

KEPT = 500


@dataclass(frozen=True)
class Version:
    """content_hash: hex. author: who published it for people to ask on; None for what a program's call made."""

    number: int
    content_hash: str
    definition: Definition
    author: UUID | None


_cache: OrderedDict[tuple[UUID, UUID], Version] = OrderedDict()
_lock = Lock()


def definition(db: Db, tenant_id: UUID, version_id: UUID) -> Definition:
    return published(db, tenant_id, version_id).definition


def published(db: Db, tenant_id: UUID, version_id: UUID) -> Version:
    key = (tenant_id, version_id)
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    whose = linked(definitions.c.id, versions.c.definition_id)
    query = select(versions, definitions.c.internal).join(definitions, whose)
    row = db.execute(query.where(versions.c.tenant_id == tenant_id, versions.c.id == version_id)).first()
    if row is None:
        raise Missing("There is no such version.")
    author = None if row.internal else row.published_by
    made = Version(row.number, bytes(row.content_hash).hex(), Definition(row.document), author)
    with _lock:
        _cache[key] = made
        while len(_cache) > KEPT:
            _cache.popitem(last=False)
    return made
