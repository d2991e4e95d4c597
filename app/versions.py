"""Published versions as the engine reads them. A version never changes, so each process compiles it once."""

from collections import OrderedDict
from threading import Lock
from uuid import UUID

from sqlalchemy import select

from app.db import Db
from app.errors import Missing
from app.tables import versions
from engine.definition import Definition

KEPT = 500
_cache: OrderedDict[UUID, Definition] = OrderedDict()
_lock = Lock()


def definition(db: Db, version_id: UUID) -> Definition:
    with _lock:
        if version_id in _cache:
            _cache.move_to_end(version_id)
            return _cache[version_id]
    document = db.execute(select(versions.c.document).where(versions.c.id == version_id)).scalar()
    if document is None:
        raise Missing("There is no such version.")
    made = Definition(document)
    with _lock:
        _cache[version_id] = made
        while len(_cache) > KEPT:
            _cache.popitem(last=False)
    return made
