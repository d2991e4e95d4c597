"""Presence: who looks at a draft at this moment, and who changed it last. Heartbeats stand in Redis alone.

Without Redis nobody is told of who only looks; who changed something stands in the database.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from time import time
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Row, and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.access.principal import Principal
from app.drafts import Draft
from app.drafts.meanwhile import of
from app.runtime import wake
from app.runtime.directories import directory_of
from app.store.db import Db
from app.store.tables import draft_edits, users

# Pages tell themselves every few seconds; one that is behind others does so more rarely.
SECONDS = 30
RECENT = timedelta(minutes=5)
# Of those who look: more are only counted.
MOST_READ, MOST_NAMED = 100, 3
# Of the edits, whose moments no index knows.
MOST_LOOKED_AT = 500


class Other(NamedTuple):
    """at, focus: when they changed something in the last minutes, and the step that it was, or None and ""."""

    name: str
    here: bool
    at: datetime | None = None
    focus: str = ""


class Others(NamedTuple):
    """named: those who changed something first. more: how many there are besides."""

    named: Sequence[Other] = ()
    more: int = 0


def beat(who: Principal, key: str) -> list[UUID]:
    """This person looks at it. Everybody who does, the newest first; in no transaction."""
    place, now = f"{wake.NAMESPACE}:present:{who.tenant_id}:{key}", time()

    def ask() -> list[bytes]:
        with wake.redis().pipeline(transaction=False) as sent:
            sent.zadd(place, {str(who.user_id): now})
            sent.zremrangebyscore(place, 0, now - SECONDS)
            sent.expire(place, SECONDS)
            sent.zrevrange(place, 0, MOST_READ - 1)
            found: list[bytes] = sent.execute()[-1]
            return found

    return [UUID(one.decode()) for one in wake.hint("presence not kept", ask) or []]


def others(db: Db, who: Principal, draft: Draft, present: Sequence[UUID] = ()) -> Others:
    """Who else looks at it, or edited it in the last minutes. present: what `beat` told."""
    edited = {row.edited_by: Other(row.name, row.edited_by in present, row.at, row.focus) for row in _edited(db, draft)}
    people = directory_of(db, who).people
    looking = [one for one in present if one not in edited and str(one) in people and people[str(one)].active]
    found = edited | {one: Other(people[str(one)].name, here=True) for one in looking}
    found.pop(who.user_id, None)
    return Others(list(found.values())[:MOST_NAMED], max(0, len(found) - MOST_NAMED))


def _edited(db: Db, draft: Draft) -> Sequence[Row[tuple[UUID, str, datetime, str]]]:
    newest = (
        select(draft_edits.c.edited_by, users.c.name, draft_edits.c.at, draft_edits.c.focus)
        .ext(distinct_on(draft_edits.c.edited_by))
        .join(users, and_(users.c.tenant_id == draft_edits.c.tenant_id, users.c.id == draft_edits.c.edited_by))
        .where(*of(draft_edits, draft.definition), draft_edits.c.revision > draft.revision - MOST_LOOKED_AT)
        .where(draft_edits.c.at > func.now() - RECENT)
        .order_by(draft_edits.c.edited_by, draft_edits.c.revision.desc())
        .subquery()
    )
    return db.execute(select(newest).order_by(newest.c.at.desc()).limit(MOST_READ)).all()
