"""HTML to PDF (PDF/A-3) in a process of its own, which is killed when it takes too much time or memory.

`python -m app.reports.printing` is that process: a msgpack document on its input, lines on its output. WeasyPrint and
what it loads are imported there alone.
"""

import logging
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from resource import RLIMIT_AS, RLIMIT_CPU, setrlimit
from threading import Timer

import msgspec
from msgspec import Struct

from app.errors import TooLarge, Unavailable

ROOT = Path(__file__).resolve().parent.parent.parent
VARIANT = "pdf/a-3a"
MAX_SECONDS = 300
# The layout of a long report takes a gigabyte.
MAX_BYTES = 3 * 1024**3
# A line of the output, with what follows it: percents, a refusal's text, or the length of the file.
PROGRESS, TOO_LARGE, UNAVAILABLE, MADE = b"progress", b"too_large", b"unavailable", b"made"


class Attached(Struct, frozen=True):
    name: str
    description: str
    content: bytes


class Document(Struct, frozen=True):
    """text: HTML. pages: how many are expected; max_pages: how many it may have. seconds: after which it is killed.

    instead: what to do where it is too long.
    """

    text: str
    attached: list[Attached]
    pages: int
    max_pages: int
    seconds: int = MAX_SECONDS
    instead: str = "Choose a shorter period, or a CSV, which takes more."


def print_(document: Document, progress: Callable[[float], None]) -> bytes:
    """`progress`: the part that is laid out, of 1. Raises TooLarge, and Unavailable without the library for text."""
    command = [sys.executable, "-m", "app.reports.printing"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        limit = Timer(document.seconds, process.kill)
        limit.start()
        try:
            return _answer(process, document, progress)
        finally:
            limit.cancel()
            process.kill()


def _answer(process: subprocess.Popen[bytes], document: Document, progress: Callable[[float], None]) -> bytes:
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(msgspec.msgpack.encode(document))
        process.stdin.close()
    except BrokenPipeError:
        pass  # what it said before it ended is read all the same
    for line in process.stdout:
        word, _, rest = line.rstrip(b"\n").partition(b" ")
        if word == PROGRESS:
            progress(float(rest))
        elif word == TOO_LARGE:
            raise TooLarge(rest.decode())
        elif word == UNAVAILABLE:
            raise Unavailable(rest.decode())
        elif word == MADE and len(made := process.stdout.read(int(rest))) == int(rest):
            return made
    raise TooLarge(
        f"This takes more than {document.seconds} seconds or {MAX_BYTES // 1024**3} GB to lay out. {document.instead}"
    )


def main() -> None:
    document = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Document)
    setrlimit(RLIMIT_AS, (MAX_BYTES, MAX_BYTES))
    setrlimit(RLIMIT_CPU, (document.seconds, document.seconds))
    try:
        made = _laid_out(document)
    except TooLarge as refused:
        _say(TOO_LARGE, refused.message)
    except Unavailable as refused:
        _say(UNAVAILABLE, refused.message)
    else:
        _say(MADE, str(len(made)))
        sys.stdout.buffer.write(made)


def _say(word: bytes, rest: str) -> None:
    sys.stdout.buffer.write(word + b" " + rest.encode() + b"\n")
    sys.stdout.buffer.flush()


def _laid_out(document: Document) -> bytes:
    """Nothing is fetched but our own stylesheet and fonts."""
    try:
        from weasyprint import CSS, HTML, Attachment
        from weasyprint.text.fonts import FontConfiguration

        from app.reports.assets import ASSETS, OwnAssets
    except (ImportError, OSError) as missing:
        raise Unavailable("A PDF needs the Pango library on the machine that makes it; see the README.") from missing
    _follow(document.pages)
    fetcher, fonts = OwnAssets(), FontConfiguration()
    style = CSS(url=f"{ASSETS}report.css", url_fetcher=fetcher, font_config=fonts)
    files = [
        Attachment(file_obj=BytesIO(one.content), name=one.name, description=one.description, relationship="Source")
        for one in document.attached
    ]
    html = HTML(string=document.text, base_url=ASSETS, url_fetcher=fetcher)
    made = html.render(font_config=fonts, stylesheets=[style], pdf_variant=VARIANT)
    if len(made.pages) > document.max_pages:
        raise TooLarge(
            f"This would have {len(made.pages):,} pages, and a PDF takes up to {document.max_pages}. {document.instead}"
        )
    _say(PROGRESS, "1")
    return bytes(made.write_pdf(pdf_variant=VARIANT, attachments=files))


def _follow(pages: int) -> None:
    """The layout's own log says at which page it is."""

    class Follow(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if isinstance(record.args, tuple) and "Page %d" in str(record.msg):
                _say(PROGRESS, str(min(1.0, int(str(record.args[0])) / pages)))

    log = logging.getLogger("weasyprint.progress")
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(Follow())


if __name__ == "__main__":
    main()
