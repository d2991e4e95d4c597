"""The report on paper: one request or a period, as PDF/A-3 with the evidence inside.

WeasyPrint and what it loads are imported when a report is written, never by the web server.
"""

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Lock, get_ident
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.audit.erased import erased_words
from app.audit.filters import filters_of
from app.errors import TooLarge, Unavailable
from app.exports import csv
from app.reports import charts
from app.reports.model import Material, OneRequest, Period
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
VARIANT = "pdf/a-3a"
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

Attached = tuple[str, str, str, bytes]


def write(material: Material, progress: Callable[[int], None]) -> bytes:
    """Raises TooLarge, and Unavailable where the libraries that lay out text are missing."""
    about = material.about()
    progress(5)
    attached = list(_attached(material, about))
    facts: dict[str, Any] = {
        "report": material,
        "about": about,
        "attached": [(name, what, sha256(content).hexdigest()) for name, _, what, content in attached],
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
    # One at a time in a process: the layout of a long one takes a gigabyte.
    with _layout:
        return print_(text, attached, progress, rows // ROWS_ON_A_PAGE + FURTHER_PAGES)


def print_(text: str, attached: list[Attached], progress: Callable[[int], None], pages: int = 1) -> bytes:
    """HTML to PDF. Nothing is fetched but our own stylesheet and fonts. pages: how many are expected."""
    try:
        from weasyprint import CSS, HTML, Attachment
        from weasyprint.text.fonts import FontConfiguration

        from app.reports.assets import ASSETS, OwnAssets
    except (ImportError, OSError) as missing:
        raise Unavailable(
            "A PDF needs the Pango library on the machine that runs the worker; see the README."
        ) from missing
    fetcher, fonts = OwnAssets(), FontConfiguration()
    style = CSS(url=f"{ASSETS}report.css", url_fetcher=fetcher, font_config=fonts)
    files = [
        Attachment(file_obj=io.BytesIO(content), name=name, description=what, relationship="Source")
        for name, _, what, content in attached
    ]
    with _followed(progress, pages):
        html = HTML(string=text, base_url=ASSETS, url_fetcher=fetcher)
        document = html.render(font_config=fonts, stylesheets=[style], pdf_variant=VARIANT)
        if len(document.pages) > MAX_PAGES:
            raise TooLarge(
                f"This would have {len(document.pages):,} pages, and a PDF takes up to {MAX_PAGES}. "
                "Choose a shorter period, or a CSV, which takes more."
            )
        progress(LAYOUT_TO)
        return bytes(document.write_pdf(pdf_variant=VARIANT, attachments=files))


@contextmanager
def _followed(progress: Callable[[int], None], pages: int) -> Iterator[None]:
    """The layout's own log says at which page it is; other threads' reports log to the same place."""
    own = get_ident()

    class Follow(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == own and isinstance(record.args, tuple) and "Page %d" in str(record.msg):
                done = min(1.0, int(str(record.args[0])) / pages)
                progress(LAYOUT_FROM + int((LAYOUT_TO - LAYOUT_FROM) * done))

    log, follow = logging.getLogger("weasyprint.progress"), Follow()
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(follow)
    try:
        yield
    finally:
        log.removeHandler(follow)


def _attached(material: Material, about: OneRequest | Period) -> Iterator[Attached]:
    """Name, media type, description, content."""
    if isinstance(about, OneRequest):
        yield f"{about.request.name}.json", "application/json", "Every event with its hash", about.evidence
        pieces = csv.pieces(about.lines)
        yield f"{about.request.name}.csv", "text/csv", "Every event as a line", b"".join(pieces)
    else:
        pieces = csv.pieces(material.lines())
        yield "events.csv", "text/csv", "Every event as a line, with its hash", b"".join(pieces)
    yield "verify.py", "text/x-python", "A program that checks them", Path(offline.__file__).read_bytes()


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
