"""Files that people attach: limited in size and kind, stored in the database, never shown inside a page of ours.

An upload belongs to whoever sent it until a request takes it over; from then on to that request alone.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from litestar.datastructures import UploadFile
from sqlalchemy import Row, delete, func, insert, or_, select, tuple_, update

from app.access.principal import Principal
from app.errors import Missing
from app.store.db import Db
from app.store.ids import uuid7
from app.store.tables import files
from engine.forms import FormError, UploadRef, takes_files
from engine.forms.uploads import named_by_id
from engine.pointers import named_pointer
from engine.reasons import Reason, reason

MAX_SIZE = 5 * 1024 * 1024
# What was sent with a form that never got finished.
LOOSE_FOR = timedelta(days=1)
# Of one person; of all people at one sweep.
MAX_LOOSE, MAX_LOOSE_FILES = 50 * 1024 * 1024, 100
SWEPT = 1000
# First bytes of the kinds that claim to be something; a name that lies about its content is refused.
MAGIC = {
    ".pdf": b"%PDF-",
    ".png": b"\x89PNG",
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".gif": b"GIF8",
    ".zip": b"PK",
    ".docx": b"PK",
    ".xlsx": b"PK",
}
PLAIN = {".txt": "text/plain", ".csv": "text/csv", ".json": "application/json"}
KINDS = sorted([*MAGIC, *PLAIN])

Posted = list[tuple[str, Any]]
Form = tuple[dict[str, Any], dict[str, Any]]


def keep(
    db: Db, principal: Principal, form: Form, posted: Posted
) -> tuple[list[tuple[str, str | UploadRef]], list[FormError]]:
    """The posted form with each upload stored and told by its reference, without those that are not taken, and why.

    Uploads where the form asks for no file are nobody's, and left out.
    """
    kept: list[tuple[str, str | UploadRef]] = []
    refused = []
    asks = takes_files(*form)
    for name, value in posted:
        if not isinstance(value, UploadFile):
            kept.append((name, value))
        elif value.filename and asks(named_pointer(name)):
            stored = _store(db, principal, value)
            if isinstance(stored, UploadRef):
                kept.append((name, stored))
            else:
                refused.append(FormError(named_pointer(name), "file", stored))
    if any(isinstance(value, UploadRef) for _, value in kept):
        _make_room(db, principal)
    return kept, refused


def _store(db: Db, principal: Principal, upload: UploadFile) -> UploadRef | Reason:
    """Its reference, or why it is not taken."""
    content = upload.file.read(MAX_SIZE + 1)
    name = safe_name(upload.filename)
    wrong = _problem(name, content)
    if wrong:
        return wrong
    made = UploadRef(str(uuid7()), name, len(content), PLAIN.get(_ending(name), "application/octet-stream"))
    row = {
        "id": UUID(made.id),
        "tenant_id": principal.tenant_id,
        "uploaded_by": principal.user_id,
        "name": name,
        "media_type": made.media_type,
        "size": made.size,
        "sha256": sha256(content).digest(),
        "content": content,
    }
    db.execute(insert(files).values(row))
    return made


def _problem(name: str, content: bytes) -> Reason | None:
    ending = _ending(name)
    if len(content) > MAX_SIZE:
        return reason("file_large", name=name, megabytes=MAX_SIZE // 1024 // 1024)
    if ending not in KINDS:
        return reason("file_kind", name=name, offered=KINDS)
    if ending in MAGIC and not content.startswith(MAGIC[ending]):
        return reason("file_content", name=name, ending=ending)
    return None


def safe_name(name: str) -> str:
    """The last part of the name, without anything that could break a header or hide its ending."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable() and letter not in '"<>:|?*')[-120:] or "file"


def _ending(name: str) -> str:
    return f".{name.rsplit('.', 1)[-1].lower()}" if "." in name else ""


def _make_room(db: Db, principal: Principal) -> None:
    """The oldest of a person's loose files go when there are too many of them."""
    own = files.c.tenant_id == principal.tenant_id, files.c.uploaded_by == principal.user_id
    mine = *own, files.c.instance_id.is_(None)
    newer = func.sum(files.c.size).over(order_by=files.c.id.desc())
    number = func.row_number().over(order_by=files.c.id.desc())
    counted = select(files.c.id, newer.label("size"), number.label("number")).where(*mine).subquery()
    beyond = select(counted.c.id).where(or_(counted.c.size > MAX_LOOSE, counted.c.number > MAX_LOOSE_FILES))
    db.execute(delete(files).where(*mine, files.c.id.in_(beyond)))


def sweep(db: Db) -> None:
    """Take away what was sent with forms that never got finished."""
    place = tuple_(files.c.tenant_id, files.c.id)
    old = select(files.c.tenant_id, files.c.id).where(
        files.c.instance_id.is_(None), files.c.created_at < func.now() - LOOSE_FOR
    )
    db.execute(delete(files).where(place.in_(old.limit(SWEPT)), files.c.instance_id.is_(None)))


def strangers(
    db: Db, principal: Principal, named: Iterable[tuple[str, dict[str, Any]]], instance_id: UUID | None
) -> list[FormError]:
    """The places of files that this form may not name: a post can hold any id. `named`: of engine.forms.files."""
    places = list(named)
    ids = {key for _, file in places if (key := _id(file))}
    if not places:
        return []
    own = (files.c.uploaded_by == principal.user_id) & files.c.instance_id.is_(None)
    usable = or_(own, files.c.instance_id == instance_id) if instance_id else own
    query = select(files.c.id, files.c.name, files.c.size).where(
        files.c.id.in_(ids), files.c.tenant_id == principal.tenant_id, usable
    )
    known = {row.id: (row.name, row.size) for row in db.execute(query)}
    return [
        FormError(place, "file", reason("file_lost")) for place, file in places if not _same(known.get(_id(file)), file)
    ]


def _same(row: tuple[str, int] | None, file: dict[str, Any]) -> bool:
    """A file that the data names by its id alone says nothing of its name and size."""
    return row is not None and (row == (file.get("name"), file.get("size")) or file == named_by_id(file["file"]))


def _id(file: dict[str, Any]) -> UUID | None:
    try:
        return UUID(file["file"])
    except ValueError:
        return None


Named = Sequence[tuple[str, dict[str, Any]]]


def digests(db: Db, principal: Principal, named: Named) -> dict[str, str]:
    """SHA-256 of each file in hex, by its id, for the record."""
    ids = [key for _, file in named if (key := _id(file))]
    if not ids:
        return {}
    wanted = select(files.c.id, files.c.sha256).where(files.c.id.in_(ids), files.c.tenant_id == principal.tenant_id)
    return {str(row.id): bytes(row.sha256).hex() for row in db.execute(wanted)}


def hand_over(db: Db, principal: Principal, named: Named, instance_id: UUID) -> None:
    """From now on they are the request's: whoever may see it may open them, and nobody else."""
    ids = [key for _, file in named if (key := _id(file))]
    if ids:
        own = files.c.tenant_id == principal.tenant_id, files.c.uploaded_by == principal.user_id
        loose = files.c.id.in_(ids), files.c.instance_id.is_(None)
        db.execute(update(files).where(*own, *loose).values(instance_id=instance_id))


def get(db: Db, principal: Principal, instance_id: UUID, file_id: UUID) -> Row[Any]:
    """A file of a request; that this person may see the request is for the caller to know."""
    of_request = files.c.instance_id == instance_id, files.c.tenant_id == principal.tenant_id
    row = db.execute(select(files).where(files.c.id == file_id, *of_request)).first()
    if row is None:
        raise Missing("There is no such file.")
    return row
