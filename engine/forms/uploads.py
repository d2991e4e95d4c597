"""Files in form data: the id, name and size of an upload that is kept elsewhere."""

import re
from typing import Any
from urllib.parse import quote, unquote

import msgspec
from msgspec import Struct

from engine.forms import schema as form_schema
from engine.forms.schema import Schema

StoredFile = dict[str, Any]
FILE_FACTS = ("file", "name", "size")

_AS_TEXT = re.compile(r"file:([^?]+)\?name=([^&]*)&size=(\d{1,15})", re.ASCII)


class UploadRef(Struct, frozen=True):
    """A file that came with a post and has been put away already."""

    id: str
    name: str
    size: int
    media_type: str = ""


def stored(upload: UploadRef) -> StoredFile:
    return {"file": upload.id, "name": upload.name, "size": upload.size}


def entries(value: Any) -> list[StoredFile]:
    """The files in the value of a file field, whatever its shape."""
    if isinstance(value, list):
        return [file for item in value for file in entries(item)]
    if isinstance(value, str) and (match := _AS_TEXT.fullmatch(value)):
        return [{"file": unquote(match[1]), "name": unquote(match[2]), "size": int(match[3])}]
    if isinstance(value, str) and value:
        return [named_by_id(value)]
    return [value] if isinstance(value, dict) and isinstance(value.get("file"), str) else []


def named_by_id(text: str) -> StoredFile:
    return {"file": text, "name": _name_in_data_url(text)}


def kept(text: str) -> StoredFile | None:
    try:
        found = form_schema.from_json(text)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not entries(found):
        return None
    return {fact: found[fact] for fact in FILE_FACTS if fact in found}


def written(schema: Schema, file: StoredFile) -> Any:
    """As the schema wants it: an object, or a text for schemas that can hold nothing else."""
    if form_schema.kind(schema) != "string":
        return file
    if "size" not in file:
        return file["file"]
    identity, name = (quote(str(file.get(part, "")), safe="") for part in ("file", "name"))
    return f"file:{identity}?name={name}&size={file['size']}"


def _name_in_data_url(text: str) -> str:
    match = re.match(r"data:[^,]*;name=([^;,]+)", text)
    return unquote(match[1]) if match else "Attached file"
