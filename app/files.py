"""Files that people attach: limited in size and kind, stored in the database, never shown inside a page of ours."""

from hashlib import sha256
from typing import Any
from uuid import UUID

from litestar.datastructures import UploadFile
from sqlalchemy import Row, insert, select

from app.db import Db
from app.errors import Invalid, Missing
from app.ids import uuid7
from app.principal import Principal
from app.tables import files, instances
from engine.forms import UploadRef

MAX_SIZE = 5 * 1024 * 1024
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


def keep(db: Db, principal: Principal, posted: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """The posted form with each upload stored and told by its reference. Raises Invalid naming the field."""
    return [
        (name, _store(db, principal, name, value)) if isinstance(value, UploadFile) else (name, value)
        for name, value in posted
        if not (isinstance(value, UploadFile) and not value.filename)
    ]


def _store(db: Db, principal: Principal, field: str, upload: UploadFile) -> UploadRef:
    content = upload.file.read(MAX_SIZE + 1)
    name = _safe_name(upload.filename)
    _check(field, name, content)
    row = {
        "id": uuid7(),
        "tenant_id": principal.tenant_id,
        "uploaded_by": principal.user_id,
        "name": name,
        "media_type": PLAIN.get(_ending(name), "application/octet-stream"),
        "size": len(content),
        "sha256": sha256(content).digest(),
        "content": content,
    }
    db.execute(insert(files).values(row))
    return UploadRef(str(row["id"]), name, len(content), str(row["media_type"]))


def _check(field: str, name: str, content: bytes) -> None:
    ending, message = _ending(name), None
    if len(content) > MAX_SIZE:
        message = f"This file is larger than {MAX_SIZE // 1024 // 1024} MB."
    elif ending not in KINDS:
        message = f"Files of this kind are not taken. Possible are {', '.join(KINDS)}."
    elif ending in MAGIC and not content.startswith(MAGIC[ending]):
        message = f"The name says {ending}, but the content is something else."
    if message:
        raise Invalid("The file cannot be taken.", [{"pointer": field, "message": message}])


def _safe_name(name: str) -> str:
    """The last part of the name, without anything that could break a header or hide its ending."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable() and letter not in '"<>:|?*')[-120:] or "file"


def _ending(name: str) -> str:
    return f".{name.rsplit('.', 1)[-1].lower()}" if "." in name else ""


def get(db: Db, principal: Principal, file_id: UUID) -> Row[Any]:
    """A file of one's own, or of a request that one may see (checked by the caller through `used_by`)."""
    row = db.execute(select(files).where(files.c.id == file_id, files.c.tenant_id == principal.tenant_id)).first()
    if row is None:
        raise Missing("There is no such file.")
    return row


def used_by(db: Db, principal: Principal, file_id: UUID, instance_id: UUID) -> bool:
    """Whether a request's data names this file."""
    query = select(instances.c.state).where(
        instances.c.id == instance_id, instances.c.tenant_id == principal.tenant_id
    )
    state = db.execute(query).scalar()
    return state is not None and str(file_id) in _ids(state["data"])


def _ids(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["file"]} if isinstance(value.get("file"), str) else set()
        return own.union(*(_ids(item) for item in value.values()))
    return set().union(*(_ids(item) for item in value)) if isinstance(value, list) else set()
