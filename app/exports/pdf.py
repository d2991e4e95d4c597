"""The report on paper: one request or a period, as PDF/A-3 with the evidence inside."""

from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.audit.erased import erased_words
from app.audit.filters import filters_of
from app.exports import csv
from app.reports import charts
from app.reports.model import Material, OneRequest, Period
from app.reports.printing import Attached, Document, print_
from app.reports.stage import PaperIcons, for_paper
from app.web.badges import shown
from engine import json_text
from engine.record import offline
from engine.wording import values
from engine.wording.clock import WORLD
from engine.wording.event_types import tone

LABEL = "PDF"
MEDIA_TYPE = "application/pdf"
EXTENSION = "pdf"
HINT = "A report to read, print and file, with the evidence attached inside."
PLACE = 1

ROOT = Path(__file__).parent.parent.parent
MAX_PAGES = 300
PAPER_TONES = {"success": "good", "danger": "bad", "warning": "late", "info": "now"}
SOURCES = {
    "web": "on the web page",
    "api": "through a program",
    "e-mail": "from a link in a mail",
    "worker": "by the server",
    "timer": "by the clock",
}
# The part of the work that laying out pages is, in percent, and what a page of a report holds.
LAYOUT_FROM, LAYOUT_TO = 10, 85
ROWS_ON_A_PAGE, FURTHER_PAGES = 21, 3
_layout = Lock()


def write(material: Material, progress: Callable[[int], None]) -> bytes:
    """Raises TooLarge, and Unavailable where the libraries that lay out text are missing."""
    about = material.about()
    progress(5)
    attached = list(_attached(material, about))
    facts: dict[str, Any] = {
        "report": material,
        "about": about,
        "attached": [(one.name, one.description, sha256(one.content).hexdigest()) for one in attached],
    }
    if isinstance(about, OneRequest):
        template, rows = "paper_request.html", len(about.lines)
    else:
        template, rows = "paper_period.html", len(about.requests) + len(about.decisions)
        asked = filters_of(dict(material.params))
        facts["chart"] = charts.decisions(about.days, asked.since, asked.until)
    text = environment().get_template(f"reports/{template}").render(facts)
    if isinstance(about, OneRequest):
        text = for_paper(text, about.drawing)
    progress(LAYOUT_FROM)
    pages = rows // ROWS_ON_A_PAGE + FURTHER_PAGES
    # One at a time for each worker: the layout of a long one takes a gigabyte.
    with _layout:
        return print_(
            Document(text, attached, pages, MAX_PAGES),
            lambda part: progress(LAYOUT_FROM + int((LAYOUT_TO - LAYOUT_FROM) * part)),
        )


def _attached(material: Material, about: OneRequest | Period) -> Iterator[Attached]:
    if isinstance(about, OneRequest):
        yield Attached(f"{about.request.name}.json", "Every event with its hash", about.evidence)
        pieces = csv.pieces(about.lines)
        yield Attached(f"{about.request.name}.csv", "Every event as a line", b"".join(pieces))
    else:
        pieces = csv.pieces(material.lines())
        yield Attached("events.csv", "Every event as a line, with its hash", b"".join(pieces))
    yield Attached("verify.py", "A program that checks them", Path(offline.__file__).read_bytes())


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "moment": WORLD.moment,
        "second": lambda at: f"{at:%Y-%m-%d %H:%M:%S}",
        "day": values.day,
        "count": values.count,
        "clean": values.clean,
        "listed": values.listed,
        "shown": shown,
        "tone": lambda status: PAPER_TONES.get(shown(status).tone, "plain"),
        "event_tone": lambda event: tone({"type": event.type, "data": event.data}),
        "how": lambda source: SOURCES.get(source, f"by {source}"),
        "json": lambda value: json_text.dumps(value).decode(),
        "span": values.span,
        "erased": erased_words,
    }
    made.globals["ui"] = PaperIcons()
    return made
