"""Events as CSV (RFC 4180, UTF-8 with a byte order mark), one a line, with all it takes to check the chain.

`record` is the very text that was hashed; engine/record/offline.py says how all of it is checked, and does it.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from app.audit.csv_safe import cell
from app.audit.evidence import exported
from app.audit.lines import Line
from app.errors import TooLarge
from app.reports.model import Material
from engine.json_text import canonical
from engine.record.chain import GENESIS
from engine.wording.event_types import kind

LABEL = "CSV"
MEDIA_TYPE = "text/csv"
EXTENSION = "csv"
HINT = "Every event as a line, for spreadsheets and programs."
PLACE = 2

COLUMNS = (
    "request",
    "title",
    "definition",
    "id",
    "chain",
    "seq",
    "at",
    "type",
    "what",
    "story",
    "actor",
    "actor_kind",
    "source",
    "address",
    "agent",
    "data",
    "hash",
    "previous_hash",
    "record",
    "disclosed",
    "erased",
)
AS_JSON = ("data", "disclosed", "erased")
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


def _row(line: Line, before: bytes | None) -> list[Any]:
    event = line.event
    told = exported(event._mapping, before or GENESIS)
    told |= {name: canonical(told[name]).decode() if told[name] else None for name in AS_JSON}
    told |= {"request": line.request, "title": line.title, "definition": line.definition, "story": line.story}
    told |= {"what": kind(event.type), "actor_kind": event.actor_kind, "source": event.source}
    return [told[name] for name in COLUMNS]


def _taken(text: io.StringIO) -> bytes:
    piece = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return piece
