"""Definitions as files: JSON as they are kept, or BPMN 2.0; read by what the file holds, not by its name."""

import codecs
from typing import Any, NamedTuple

import msgspec
from litestar import Response

from app import definition_checks
from app.errors import Invalid
from designer.bpmn import Unread
from designer.bpmn.read import read
from designer.bpmn.write import write
from designer.bpmn.xml import MAX_FILE
from engine import json_text
from engine.reasons import Reason, reason

LARGEST = max(MAX_FILE, definition_checks.MAX_DOCUMENT)
# What XML begins with; in UTF-16 a mark stands before it.
XML = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"<")


class Document(NamedTuple):
    """content: any JSON. notes: what did not map, of a file of BPMN. strange: it comes from another tool."""

    content: Any
    notes: tuple[Reason, ...] = ()
    strange: bool = False
    is_bpmn: bool = False


def document_of(content: bytes) -> Document:
    """Raises Invalid where nothing can be read."""
    if not content.strip():
        raise Invalid.because("/document", reason("no_definition_given"))
    if content.removeprefix(codecs.BOM_UTF8).lstrip().startswith(XML):
        return from_bpmn(content, "/document")
    if len(content) > definition_checks.MAX_DOCUMENT:
        raise Invalid.because("/document", reason("definition_size", kilobytes=definition_checks.MAX_DOCUMENT // 1024))
    try:
        return Document(json_text.loads(content))
    except (msgspec.DecodeError, ValueError, RecursionError) as unread:
        raise Invalid.because("/document", reason("no_definition", error=str(unread)[:200])) from unread


def from_bpmn(content: bytes, pointer: str) -> Document:
    """Raises Invalid, about that place of what was sent."""
    try:
        found = read(content)
    except Unread as unread:
        raise Invalid.because(pointer, unread.reason) from unread
    return Document(found.document, found.notes, strange=not found.own, is_bpmn=True)


def bpmn_file(document: dict[str, Any], name: str) -> Response[bytes]:
    """As a download under that name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.bpmn"'}
    return Response(write(document), media_type="application/xml", headers=headers)
