"""Reports of what people typed: long prose takes no longer than it must, and no title breaks a file's name."""

import io
import json
from email.message import Message
from resource import RUSAGE_CHILDREN, getrusage
from uuid import UUID

import pytest
from pypdf import PdfReader

from app.reports import queries
from app.reports.printing import Document, print_
from app.reports.room import ROWS, TOTAL, VALUE, Room
from app.store.db import across_tenants
from tests.app.decided import report
from tests.app.requests import ask, shipped
from tests.make import Cast, browser, make_cast

PROSE = "The quick brown fox jumps over the lazy dog. " * 5_000
BASE_AND = 2.0


@pytest.fixture(scope="module")
def cast() -> Cast:
    return make_cast()


def spent() -> float:
    """Processor time of the processes that printed: what else the machine does meanwhile does not count."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def seconds(text: str) -> float:
    began = spent()
    answers = f"<dl class='answers'><div><dt>Why</dt><dd>{text}</dd></div></dl><blockquote>{text}</blockquote>"
    html = f"<!doctype html><html lang=en><head><title>x</title></head><body>{answers}</body></html>"
    print_(Document(html, [], 1, 300), lambda _: None)
    return spent() - began


@pytest.mark.parametrize("text", [PROSE[:2_000], "x" * 2_000], ids=["prose", "one word"])
def test_long_text_is_laid_out_quickly(text: str) -> None:
    assert seconds(text) < seconds("short") + BASE_AND


def test_a_value_is_cut_where_a_report_has_no_room_and_says_so() -> None:
    room = Room()
    cut = room.text(PROSE)
    assert cut.startswith(PROSE[:VALUE].rstrip()) and "225,000 letters in all" in cut
    pairs = room.pairs(("a", PROSE) for _ in range(ROWS + 5))
    assert sum(len(text) for _, text in pairs) < TOTAL + 100 * len(pairs)
    assert pairs[-1] == ("More", "5 more answers are in the attached files")


def test_a_request_with_long_prose_is_printed_and_its_attachment_has_all_of_it(cast: Cast) -> None:
    document = shipped("purchase-approval")
    document["data"]["properties"]["why"] = {"type": "string", "title": "Why"}
    key = ask(cast.ada, document, item="Desk", amount=900, why=PROSE[:200_000])
    began = spent()
    made = report(cast.dov, "pdf", instance=str(key))
    assert spent() - began < 20
    with across_tenants() as db:
        reader = PdfReader(io.BytesIO(db.query("SELECT content FROM reports WHERE id = %s", [made])[0]["content"]))
    evidence = next(content[0] for name, content in reader.attachments.items() if name.endswith(".json"))
    assert json.loads(evidence)["events"][0]["data"]["data"]["why"] == PROSE[:200_000]
    assert "200,000 letters in all" in " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_a_request_with_too_many_events_is_refused_in_words(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MAX_EVENTS", 1)
    key = ask(cast.ada, shipped("purchase-approval"), item="Desk", amount=900)
    made = report(cast.dov, "pdf", instance=str(key))
    with browser(cast.dov) as client:
        assert "a PDF takes up to 1. Choose a CSV" in client.get(f"/reports/{made}").text


@pytest.mark.parametrize(
    "title",
    [
        "a\"; filename*=UTF-8''evil.hta; x=\"",
        "two\nlines\r\nSet-Cookie: a=b",
        "../../etc/passwd",
        "png.\u202eath",
        "Möbel für Zoë",
        "x" * 3_000,
    ],
)
def test_no_title_breaks_the_name_of_a_report(cast: Cast, title: str) -> None:
    made = report(cast.dov, "csv", instance=str(titled(cast, title)))
    with browser(cast.dov) as client:
        answer = client.get(f"/reports/{made}/file")
    assert answer.status_code == 200 and "set-cookie" not in answer.headers
    header = Message()
    header["Content-Disposition"] = answer.headers["content-disposition"]
    name = header.get_filename() or ""
    assert name.startswith("PUR-") and name.endswith(".csv") and len(name) < 130
    assert not set(name) & set('"/\\\r\n\u202e')


def titled(cast: Cast, title: str) -> UUID:
    key = ask(cast.ada, shipped("purchase-approval"), item="Desk", amount=900)
    with across_tenants() as db:
        db.query("UPDATE instances SET title = %s WHERE id = %s", [title, key])
    return key
