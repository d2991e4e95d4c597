"""Events as CSV (RFC 4180, UTF-8 with a byte order mark), one a line, with all it takes to check the chain.

`record` is the very text that was hashed: SHA-256 over the bytes of previous_hash and that text gives hash.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from app.audit.csv_safe import cell
from app.audit.evidence import record
from app.audit.lines import Line
from app.errors import TooLarge
from app.reports.model import Material
from engine import json_text
from engine.record.chain import GENESIS, moment_text
from engine.wording.event_types import kind

LABEL = "CSV"
MEDIA_TYPE = "text/csv"
EXTENSION = "csv"
HINT = "Every event as a line, for spreadsheets and programs."

COLUMNS = (
    "request",
    "title",
    "definition",
    "seq",
    "at",
    "type",
    "what",
    "story",
    "actor",
    "actor_kind",
    "source",
    "address",
    "data",
    "hash",
    "previous_hash",
    "record",
)
BOM = "\ufeff"
AT_ONCE = 500
MAX_EVENTS = 100_000

Lines = Iterable[tuple[Line, bytes | None]]


def write(material: Material, progress: Callable[[int], None]) -> bytes:
    """Raises TooLarge."""
    if material.events > MAX_EVENTS:
        raise TooLarge(
            f"This holds {material.events:,} events, and a file that is kept takes up to {MAX_EVENTS:,}. "
            "Download it from the audit page, which takes any number, or choose a shorter period."
        )
    made = bytearray()
    for done, piece in enumerate(pieces(material.lines())):
        made += piece
        progress(min(99, done * AT_ONCE * 100 // max(material.events, 1)))
    return bytes(made)


def pieces(lines: Lines) -> Iterator[bytes]:
    """The file, a few hundred lines at a time."""
    text = io.StringIO()
    text.write(BOM)
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for number, (line, before) in enumerate(lines):
        writer.writerow([cell(value) for value in _row(line, before)])
        if number % AT_ONCE == AT_ONCE - 1:
            yield _taken(text)
    yield _taken(text)


def _row(line: Line, before: bytes | None) -> tuple[Any, ...]:
    event = line.event
    return (
        line.request,
        line.title,
        line.definition,
        event.seq,
        moment_text(event.at),
        event.type,
        kind(event.type),
        line.story,
        event.actor_name,
        event.actor_kind,
        event.source,
        event.address,
        json_text.canonical(event.data).decode(),
        bytes(event.hash).hex(),
        bytes(before or GENESIS).hex(),
        record(event._mapping).decode(),
    )


def _taken(text: io.StringIO) -> bytes:
    piece = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return piece
