"""Definitions and their published versions: list, read, publish, import and export. A version never changes."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import Row, desc, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app import definition_checks
from app.access.permissions import require
from app.access.principal import Principal
from app.audit import tenant_log
from app.errors import Invalid, Missing
from app.store.db import Db
from app.store.ids import uuid7
from app.store.tables import definitions, instances, series, users, versions
from app.store.tables.base import linked
from designer.drawable import as_listed
from engine.events.definitions import DefinitionPublished
from engine.json_text import canonical, dumps
from engine.reasons import reason

KEPT = 500

# By tenant and content.
_internal: OrderedDict[tuple[UUID, bytes], UUID] = OrderedDict()
_lock = Lock()
_of_newest = linked(versions.c.definition_id, definitions.c.id) & (versions.c.number == definitions.c.latest)


def catalogue(db: Db, principal: Principal) -> Sequence[Row[Any]]:
    """What can be asked for: published, not retired, made by people."""
    require(principal, "instance:start")
    return db.execute(_listed(principal).where(definitions.c.latest > 0, definitions.c.retired_at.is_(None))).all()


def list_definitions(db: Db, principal: Principal) -> Sequence[Row[Any]]:
    """Each with `publisher` and moment of its newest version, and how many requests are `running` and in `total`."""
    require(principal, "definition:read")
    counted = (
        select(
            versions.c.definition_id,
            func.count().label("total"),
            func.count().filter(instances.c.ended_at.is_(None)).label("running"),
        )
        .join(versions, linked(versions.c.id, instances.c.version_id))
        .where(instances.c.tenant_id == principal.tenant_id)
        .group_by(versions.c.definition_id)
        .subquery()
    )
    listed = (
        _listed(principal)
        .add_columns(
            func.coalesce(counted.c.running, 0).label("running"),
            func.coalesce(counted.c.total, 0).label("total"),
            versions.c.published_at,
            users.c.name.label("publisher"),
        )
        .outerjoin(counted, counted.c.definition_id == definitions.c.id)
        .outerjoin(versions, _of_newest)
        .outerjoin(users, linked(users.c.id, versions.c.published_by))
    )
    return db.execute(listed).all()


def _listed(principal: Principal) -> Any:
    return (
        select(definitions)
        .where(definitions.c.tenant_id == principal.tenant_id, definitions.c.internal.is_(False))
        .order_by(definitions.c.category, definitions.c.name)
    )


def find(db: Db, principal: Principal, key: str) -> Row[Any] | None:
    return db.execute(
        select(definitions).where(definitions.c.tenant_id == principal.tenant_id, definitions.c.key == key)
    ).first()


def get(db: Db, principal: Principal, key: str) -> Row[Any]:
    found = find(db, principal, key)
    if found is None:
        raise Missing(f"There is no definition “{key[:80]}”.")
    return found


def offered(db: Db, principal: Principal, key: str) -> tuple[Row[Any], Row[Any]]:
    """A definition that can be asked for, and its newest version. Raises Missing."""
    require(principal, "instance:start")
    found = get(db, principal, key)
    if found.internal or found.retired_at or not found.latest:
        raise Missing(f"“{found.name}” cannot be asked for.")
    return found, _numbered(db, found, found.latest)


def list_versions(db: Db, definition: Row[Any]) -> Sequence[Row[Any]]:
    """Of a row of `get`, the newest first; each with its `publisher` (None for programs) and how many are `running`."""
    own = versions.c.tenant_id == definition.tenant_id, versions.c.definition_id == definition.id
    running = (
        select(instances.c.version_id, func.count().label("running"))
        .where(instances.c.tenant_id == definition.tenant_id, instances.c.ended_at.is_(None))
        .where(instances.c.version_id.in_(select(versions.c.id).where(*own)))
        .group_by(instances.c.version_id)
        .subquery()
    )
    return db.execute(
        select(versions, users.c.name.label("publisher"), func.coalesce(running.c.running, 0).label("running"))
        .outerjoin(users, linked(users.c.id, versions.c.published_by))
        .outerjoin(running, running.c.version_id == versions.c.id)
        .where(*own)
        .order_by(desc(versions.c.number))
    ).all()


def version(db: Db, principal: Principal, key: str, number: int | None = None) -> Row[Any]:
    """A version of a definition by its number, the newest without one. Raises Missing."""
    found = get(db, principal, key)
    return _numbered(db, found, number or found.latest)


def _numbered(db: Db, found: Row[Any], number: int) -> Row[Any]:
    own = versions.c.tenant_id == found.tenant_id, versions.c.definition_id == found.id
    row = db.execute(select(versions).where(*own, versions.c.number == number)).first()
    if row is None:
        raise Missing(f"“{found.name}” has no version {number}.")
    return row


def newest(db: Db, principal: Principal, key: str) -> Row[Any]:
    """The version that new requests run on. Raises Missing for what nobody can ask for: unknown, retired, internal."""
    offered = (definitions.c.internal.is_(False), definitions.c.retired_at.is_(None), definitions.c.key == key)
    row = db.execute(
        select(versions).join(definitions, _of_newest).where(definitions.c.tenant_id == principal.tenant_id, *offered)
    ).first()
    if row is None:
        raise Missing(f"There is no definition “{key[:80]}” to make a request on.")
    return row


def publish(db: Db, principal: Principal, document: Any, note: str = "") -> Row[Any]:
    """Check a document and make it the newest version of its key. The same text again makes no new version.

    Raises Invalid whose errors name the step or the field and how to mend it.
    """
    kept = definition_checks.checked(db, principal, document)
    return store(db, principal.tenant_id, kept, published_by=principal.user_id, note=note, by=principal)


def published_before(db: Db, principal: Principal, key: str) -> Row[Any] | None:
    """The newest version of a key, where there is one."""
    found = find(db, principal, key)
    return _numbered(db, found, found.latest) if found and found.latest else None


def store(
    db: Db,
    tenant_id: UUID,
    document: dict[str, Any],
    *,
    published_by: UUID | None = None,
    note: str = "",
    internal: bool = False,
    at: datetime | None = None,
    by: Principal | None = None,
) -> Row[Any]:
    """A checked document as a version: the one with this content if there is one, else a new one.

    at: when it was published, where that is not now.
    by: who publishes it, for the log; what programs make of their calls is in the requests themselves.
    """
    digest = sha256(canonical(document)).digest()
    if internal and (known := _with_content(db, tenant_id, document["key"], digest)):
        return known
    definition_id, latest = _definition_row(db, tenant_id, document, internal)
    if "prefix" in document and not internal:
        _claim(db, tenant_id, document["prefix"], definition_id)
    same = _with_content(db, tenant_id, document["key"], digest)
    if same is not None and (internal or (same.number == latest and dumps(same.document) == dumps(document))):
        return same
    row = {
        "id": uuid7(),
        "tenant_id": tenant_id,
        "definition_id": definition_id,
        "number": latest + 1,
        "document": document,
        "content_hash": digest,
        "note": note,
        "published_by": published_by,
    } | ({"published_at": at} if at else {})
    made = db.execute(insert(versions).values(row).returning(versions)).one()
    own = definitions.c.tenant_id == tenant_id, definitions.c.id == definition_id
    db.execute(update(definitions).where(*own).values(latest=latest + 1))
    if by:
        tenant_log.note(db, tenant_id, by, DefinitionPublished(document["key"], made.number, digest.hex(), note))
    return made


def internal_version(db: Db, tenant_id: UUID, document: dict[str, Any]) -> UUID:
    """The version of an internal document. Versions stay, so the database is asked once for each."""
    place = (tenant_id, sha256(canonical(document)).digest())
    known = _internal.get(place)
    if known is None:
        known = store(db, tenant_id, document, internal=True).id
        db.after_commit(lambda: _remember(place, known))
    return known


def _remember(place: tuple[UUID, bytes], version: UUID) -> None:
    with _lock:
        _internal[place] = version
        while len(_internal) > KEPT:
            _internal.popitem(last=False)


def _claim(db: Db, tenant_id: UUID, prefix: str, definition_id: UUID) -> None:
    """Make a prefix this definition's own, so that its numbers have no gaps. Raises Invalid where it is another's."""
    row = {"tenant_id": tenant_id, "prefix": prefix, "definition_id": definition_id}
    db.execute(insert(series).values(row).on_conflict_do_nothing())
    here = (series.c.tenant_id == tenant_id, series.c.prefix == prefix)
    owner = db.execute(
        select(series.c.definition_id, definitions.c.name)
        .outerjoin(definitions, linked(definitions.c.id, series.c.definition_id))
        .where(*here)
    ).one()
    if owner.definition_id == definition_id:
        return
    taken = reason("prefix_taken" if owner.name else "prefix_of_others", prefix=prefix, name=owner.name)
    raise Invalid.because("/prefix", taken, heading="This definition cannot be published yet.")


def _with_content(db: Db, tenant_id: UUID, key: str, digest: bytes) -> Row[Any] | None:
    """The newest with this hash, which does not tell in which order outcomes stand."""
    return db.execute(
        select(versions)
        .join(definitions, linked(definitions.c.id, versions.c.definition_id))
        .where(definitions.c.tenant_id == tenant_id, definitions.c.key == key, versions.c.content_hash == digest)
        .order_by(desc(versions.c.number))
    ).first()


def _definition_row(db: Db, tenant_id: UUID, document: dict[str, Any], internal: bool) -> tuple[UUID, int]:
    """The definition's row, locked, so that two publishers get two numbers."""
    told = as_listed(document)
    made = insert(definitions).values(id=uuid7(), tenant_id=tenant_id, key=document["key"], internal=internal, **told)
    row = db.execute(
        made.on_conflict_do_update(index_elements=["tenant_id", "key"], set_=told).returning(
            definitions.c.id, definitions.c.latest
        )
    ).one()
    return row.id, row.latest
