"""Reports: asked for, built by a worker, kept and downloaded; and what stands in them."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.audit import chains
from app.audit.command import main
from app.errors import Conflict, Forbidden, Invalid, Missing, TooLarge
from app.exports import csv, pdf
from app.reports import jobs, queries
from app.reports.assets import ASSETS, Foreign, OwnAssets
from app.reports.printing import Document, print_
from app.reports.progress import Progress
from app.store.db import across_tenants
from app.store.ids import uuid7
from app.store.tables import effects as effect_rows
from tests.app.decided import history, intruder, keep, purchase, report
from tests.app.requests import ask, attempt, shipped
from tests.app.sink import Sink, answer, running
from tests.make import Browser, Cast, browser, make_cast

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src="{canary}/img">',
    "<link rel=attachment href='file:///etc/passwd'>",
    "<a rel=attachment href='file:///etc/hostname'>x</a>",
    "<style>@import url({canary}/css); body {{ background: url({canary}/bg) }}</style>",
    "<svg><image href='{canary}/svg'/></svg>",
    "{{{{ 7*7 }}}} {{% raw %}}",
    "\u202egnp.exe",
    "=HYPERLINK('{canary}')",
    "x" * 3000,
]


@pytest.fixture(scope="module")
def cast() -> Cast:
    return history()


def row_of(cast: Cast, key: UUID) -> Any:
    with across_tenants() as db:
        return jobs.get(db, cast.dov.principal, key)


def content_of(cast: Cast, key: UUID) -> bytes:
    with across_tenants() as db:
        return jobs.content(db, cast.dov.principal, key)[2]


def create(cast: Cast, format: str, **params: str) -> UUID:
    with across_tenants() as db:
        return jobs.create(db, cast.dov.principal, format, params)


def words(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@pytest.fixture(scope="module")
def request_id() -> tuple[Cast, UUID]:
    cast = make_cast()
    return cast, purchase(cast, 1200, "Three laptops", why="The old ones are broken.")


@pytest.fixture(scope="module")
def paper(request_id: tuple[Cast, UUID]) -> PdfReader:
    """The report of one request."""
    cast, key = request_id
    return PdfReader(io.BytesIO(content_of(cast, report(cast.dov, "pdf", instance=str(key)))))


@pytest.fixture(scope="module")
def period(cast: Cast) -> PdfReader:
    return PdfReader(io.BytesIO(content_of(cast, report(cast.dov, "pdf", since="2020-01-01"))))


def test_a_report_is_built_by_the_worker_and_kept(cast: Cast) -> None:
    key = create(cast, "csv", since="2020-01-01")
    assert row_of(cast, key).status == "pending"
    attempt(key)
    row = row_of(cast, key)
    assert (row.status, row.progress, row.error, row.name) == ("done", 100, None, "Since 1 January 2020")
    kept = content_of(cast, key)
    assert (row.size, bytes(row.sha256)) == (len(kept), sha256(kept).digest())
    with across_tenants() as db:
        status = db.execute(select(effect_rows.c.status).where(effect_rows.c.id == key)).scalar()
    assert status == "done"


def test_it_is_not_there_before_it_is_done(cast: Cast) -> None:
    key = create(cast, "csv")
    with pytest.raises(Conflict, match="not ready yet"):
        content_of(cast, key)


@pytest.mark.parametrize(
    ("format", "params", "field"),
    [("docx", {}, "/format"), ("pdf", {"since": "x"}, "/since"), ("csv", {"instance": "x"}, "/instance")],
)
def test_what_makes_no_sense_is_refused(cast: Cast, format: str, params: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        create(cast, format, **params)
    assert refused.value.errors[0]["pointer"] == field


def test_only_requests_of_the_own_tenant(cast: Cast, request_id: tuple[Cast, UUID]) -> None:
    for key in (request_id[1], uuid7()):
        with pytest.raises(Missing):
            create(cast, "pdf", instance=str(key))


def test_only_those_who_may_export(cast: Cast) -> None:
    key = create(cast, "csv")
    for user in (cast.ada, cast.ben, cast.cleo):
        with across_tenants() as db:
            for call in (
                lambda: jobs.create(db, user.principal, "csv", {}),  # noqa: B023 - called at once
                lambda: jobs.get(db, user.principal, key),  # noqa: B023
                lambda: jobs.recent(db, user.principal),  # noqa: B023
                lambda: jobs.content(db, user.principal, key),  # noqa: B023
            ):
                with pytest.raises(Forbidden):
                    call()
    with across_tenants() as db:
        assert jobs.recent(db, cast.eve.principal) == []
        with pytest.raises(Missing):
            jobs.get(db, cast.eve.principal, key)


def test_too_much_for_a_pdf_fails_with_a_way_out(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MAX_REQUESTS", 2)
    row = row_of(cast, report(cast.dov, "pdf", since="2020-01-01"))
    assert row.status == "failed"
    assert "This holds 4 requests" in str(jobs.trouble(row)) and "or a CSV" in str(jobs.trouble(row))


def test_too_many_pages_fail_with_a_way_out(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PAGES", 1)
    row = row_of(cast, report(cast.dov, "pdf", since="2020-01-01"))
    assert "a PDF takes up to 1. Choose a shorter period" in str(jobs.trouble(row))


def test_too_many_events_to_keep_are_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv, "MAX_EVENTS", 3)
    row = row_of(cast, report(cast.dov, "csv", since="2020-01-01"))
    assert "Download it from the audit page" in str(jobs.trouble(row))


def test_a_build_that_broke_for_good_says_why(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    key = create(cast, "csv")
    monkeypatch.setattr(csv, "write", lambda *_: 1 / 0)
    for number in range(1, jobs.ATTEMPTS + 1):
        attempt(key)
        assert (jobs.trouble(row_of(cast, key)) is None) == (number < jobs.ATTEMPTS)
        with across_tenants() as db:
            db.query("UPDATE effects SET next_attempt_at = clock_timestamp() WHERE id = %s", [key])
    assert jobs.trouble(row_of(cast, key)) == "It could not be built: ZeroDivisionError: division by zero"


def test_progress_is_saved_now_and_then_and_never_backwards(monkeypatch: pytest.MonkeyPatch) -> None:
    saved: list[int] = []
    clock = iter([0.0, 0.1, 1.0, 2.0, 3.0, 4.0])
    monkeypatch.setattr("app.reports.progress.time.monotonic", lambda: next(clock))
    progress = Progress(saved.append)
    for percent in (5, 10, 8, 40, 40):
        progress(percent)
    assert saved == [10, 40]


def test_the_layout_says_how_far_it_is() -> None:
    seen: list[float] = []
    pages = "".join(f"<p style='break-before: page'>{number}</p>" for number in range(4))
    text = f"<html lang=en><title>x</title><body>{pages}</body></html>"
    print_(Document(text, [], pages=4, max_pages=4), seen.append)
    assert seen == sorted(seen) and seen[-1] == 1 and len({part for part in seen if 0 < part < 1}) >= 2


def test_a_layout_that_takes_too_long_is_killed_and_says_so() -> None:
    rows = "<p>A long report.</p>" * 200_000
    with pytest.raises(TooLarge, match="more than 2 seconds"):
        print_(Document(f"<html lang=en><body>{rows}</body></html>", [], 1, 300, seconds=2), lambda _: None)


def test_without_the_libraries_a_report_fails_in_words(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "weasyprint.py").write_text("raise OSError('no Pango')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    row = row_of(cast, report(cast.dov, "pdf", since="2019-01-01", until="2019-01-31"))
    assert "needs the Pango library" in str(jobs.trouble(row))


def test_the_paper_of_a_request_tells_all_of_it(paper: PdfReader, request_id: tuple[Cast, UUID]) -> None:
    text = words(paper)
    for told in (
        "Approval record",
        "Three laptops",
        "1,200.00 EUR",
        "Asked by Ada",
        "Cleo as Manager",
        "ok for Q3",
        "on the web page, from 192.0.2.7",
        "The record is whole.",
        "Why do you need it? The old ones are broken.",
        "Cleo (Manager) approved: “ok for Q3”",
        "Ended as approved",
        "How to check this report",
        f"Page {len(paper.pages)} of {len(paper.pages)}",
    ):
        assert told in text, told
    with across_tenants() as db:
        rows = db.query("SELECT hash FROM events WHERE instance_id = %s", [request_id[1]])
    packed = text.replace(" ", "")
    assert all(row["hash"].hex() in packed for row in rows)


def test_each_page_after_the_first_names_the_request(paper: PdfReader) -> None:
    assert len(paper.pages) > 1
    for page in paper.pages[1:]:
        assert re.search(r"PUR-\d+ Three laptops\s+Acme", page.extract_text())


@pytest.mark.parametrize("which", ["paper", "period"])
def test_it_is_tagged_archivable_and_has_its_fonts_inside(which: str, request: pytest.FixtureRequest) -> None:
    reader: PdfReader = request.getfixturevalue(which)
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/OutputIntents"]
    metadata = root["/Metadata"].get_data().decode()
    assert re.search("part.{1,2}3", metadata) and re.search("conformance.{1,2}A", metadata)
    assert reader.metadata and reader.metadata.title and reader.metadata.author == "Acme"
    resources: list[Any] = [page["/Resources"] for page in reader.pages]
    fonts = [font.get_object() for one in resources for font in one["/Font"].values()]
    descriptors = [font["/DescendantFonts"][0]["/FontDescriptor"] for font in fonts]
    assert descriptors and all("/FontFile2" in one or "/FontFile3" in one for one in descriptors)


def test_the_drawing_is_a_figure_with_words(paper: PdfReader) -> None:
    root: Any = paper.trailer["/Root"]
    tree = _structure(root["/StructTreeRoot"])
    alts = [str(entry["/Alt"]) for entry in tree if "/Alt" in entry]
    assert any(re.fullmatch(r"Route of PUR-\d+ through Purchase approval", alt) for alt in alts)


def _structure(entry: Any) -> Iterator[Any]:
    entry = entry.get_object()
    if isinstance(entry, dict):
        yield entry
        children = entry.get("/K", [])
        for child in children if isinstance(children, list) else [children]:
            yield from _structure(child)


def test_its_evidence_is_inside_and_holds(paper: PdfReader, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = sorted(paper.attachments)
    assert [Path(name).suffix for name in names] == [".csv", ".json", ".py"]
    for name in names:
        content = paper.attachments[name][0]
        assert sha256(content).hexdigest() in words(paper).replace(" ", "")
        (tmp_path / name).write_bytes(content)
    command = [sys.executable, "-I", names[2], *names[:2]]
    ran = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout.count(": whole, ")) == (0, 2)
    assert main(["verify", "--file", *(str(tmp_path / name) for name in names[:2])]) == 0
    evidence = json.loads((tmp_path / names[1]).read_text())
    assert evidence["events"][-1]["hash"] == evidence["request"]["head"]
    with across_tenants() as db:
        own = "SELECT key FROM tenants WHERE id = (SELECT tenant_id FROM instances WHERE id = %(id)s)"
        tenant = db.query(own, {"id": evidence["events"][-1]["chain"]})[0]["key"]
    assert main(["verify", "--tenant", tenant, "--anchor", str(tmp_path / names[1])]) == 0
    assert "The record is whole" in capsys.readouterr().out


def test_the_paper_of_a_period_sums_up_and_lists(period: PdfReader) -> None:
    text = words(period)
    for told in (
        "Report on approvals",
        "Since 1 January 2020",
        "Requests 4",
        "Decisions by people 2",
        "Decisions by a rule 1",
        "Rejected 1",
        "The chains of 4 requests with",
        "Where the requests stand",
        "Waiting for approval",
        "Laptop Purchase approval",
        "1,200.00 EUR",
        "too expensive",
        "Below approval threshold",
    ):
        assert told in text, told
    assert list(period.attachments) == ["events.csv", "verify.py"]


def test_an_empty_period_is_a_report_too(cast: Cast) -> None:
    key = report(cast.dov, "pdf", since="2019-01-01", until="2019-01-31")
    text = words(PdfReader(io.BytesIO(content_of(cast, key))))
    assert "January 2019" in text and "Nothing was decided in this time." in text


def test_one_that_waits_says_for_whom(cast: Cast) -> None:
    key = ask(cast.ada, shipped("purchase-approval"), item="Chair", amount=700)
    made = report(cast.dov, "pdf", instance=str(key))
    text = words(PdfReader(io.BytesIO(content_of(cast, made))))
    assert "Waits for Cleo" in text and "Nothing has been decided yet." in text


def test_a_broken_record_is_said_on_the_first_page() -> None:
    cast = make_cast()
    key = purchase(cast)
    with intruder() as db:
        change = "UPDATE events SET actor_name = %s WHERE instance_id = %s AND seq = 4"
        db.query(change, ["Somebody", key])
        keep(db)
        made = report(cast.dov, "pdf", instance=str(key))
        db.query(change, ["Cleo", key])
        keep(db)
    first = PdfReader(io.BytesIO(content_of(cast, made))).pages[0].extract_text()
    assert "The record has been changed." in first and "event 4: it is not what was written" in " ".join(first.split())
    with across_tenants() as db:
        assert chains.check_tenant(db, cast.ada.tenant_id).broken == 0


@pytest.fixture(scope="module")
def canary() -> Iterator[Sink]:
    with running() as sink:
        for path in ("/img", "/css", "/bg", "/svg", "/attached", "/"):
            sink.replies[path] = answer(200, b"hit")
        yield sink


def test_nothing_that_was_typed_reaches_out_or_reads_files(canary: Sink) -> None:
    cast = make_cast()
    for text in HOSTILE:
        typed = text.format(canary=canary.url(""))
        purchase(cast, item=typed[:200], comment=typed, why=typed[:2000])
    one = ask(cast.ada, shipped("purchase-approval"), item="".join(HOSTILE)[:200], amount=700)
    for params in ({"instance": str(one)}, {"since": "2020-01-01"}):
        reader = PdfReader(io.BytesIO(content_of(cast, report(cast.dov, "pdf", **params))))
        assert all(re.fullmatch(r"(PUR-\d+|events)\.(json|csv)|verify\.py", name) for name in reader.attachments)
        assert "root:" not in words(reader)
    text = words(reader)
    assert "<script>alert(1)</script>" in text and "{{ 7*7 }}" in text
    assert "gnp.exe" in text and "\u202e" not in text
    assert canary.got == []


RAW = [
    '<img src="{canary}/img">',
    '<link rel="stylesheet" href="{canary}/css">',
    "<style>@import url({canary}/css); body {{ background: url({canary}/bg) }}</style>",
    "<style>@font-face {{ font-family: x; src: url({canary}/bg) }} p {{ font-family: x }}</style><p>x</p>",
    "<svg xmlns='http://www.w3.org/2000/svg'><image href='{canary}/svg'/></svg>",
    '<link rel="attachment" href="{canary}/attached">',
    '<link rel="attachment" href="file:///etc/passwd">',
    '<a rel="attachment" href="file:///etc/passwd">x</a>',
    '<img src="file:///etc/passwd">',
    '<object data="{canary}/img"></object><embed src="{canary}/img">',
    '<base href="{canary}/"><img src="img">',
    f'<img src="{ASSETS}../pyproject.toml"><link rel="attachment" href="{ASSETS}../pyproject.toml">',
]


@pytest.mark.parametrize("markup", RAW)
def test_even_markup_that_slipped_through_loads_nothing(markup: str, canary: Sink) -> None:
    canary.got.clear()
    html = f"<html lang=en><title>x</title><body>{markup.format(canary=canary.url(''))}</body></html>"
    reader = PdfReader(io.BytesIO(print_(Document(html, [], 1, 1), lambda _: None)))
    assert canary.got == []
    assert list(reader.attachments) == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "https://example.com/x.css",
        "file:///etc/passwd",
        "ftp://example.com/x",
        f"{ASSETS}../app/main.py",
        f"{ASSETS}%2e%2e/pyproject.toml",
        f"{ASSETS}/etc/passwd",
        f"{ASSETS}fonts",
        "gopher://x",
        "javascript:1",
    ],
)
def test_only_own_assets_are_loaded(url: str) -> None:
    with pytest.raises(Foreign):
        OwnAssets().fetch(url)


def test_own_assets_and_data_are_loaded() -> None:
    assert b"@page" in OwnAssets().fetch(f"{ASSETS}report.css").read()
    assert OwnAssets().fetch("data:text/plain,hello").read() == b"hello"


@pytest.fixture
def auditor(cast: Cast) -> Iterator[Browser]:
    with browser(cast.dov) as client:
        yield client


def test_from_the_form_to_the_download(cast: Cast, auditor: Browser) -> None:
    assert "What should it cover?" in auditor.get("/reports/new").text
    made = auditor.post("/reports", data={"about": "period", "since": "2020-01-01", "format": "csv"})
    assert made.status_code == 303
    place = made.headers["location"]
    waiting = auditor.get(place).text
    assert 'hx-trigger="every 1s"' in waiting and "In progress." in waiting
    assert 'hx-trigger="every 1s"' in auditor.get("/reports").text
    attempt(UUID(place.rsplit("/", 1)[1]))
    headers = {"hx-request": "true", "hx-target": "report"}
    done = auditor.get(place, headers=headers).text
    assert done.lstrip().startswith('<section id="report"') and "every 1s" not in done and "Download CSV" in done
    file = auditor.get(f"{place}/file")
    assert file.headers["content-disposition"].startswith('attachment; filename="Since 1 January 2020.csv"')
    assert file.content.startswith(b"\xef\xbb\xbf")


def test_a_request_by_its_number(cast: Cast, auditor: Browser) -> None:
    name = re.findall(r"(PUR-\d+) Desk", auditor.get("/audit?text=Desk").text)[0]
    made = auditor.post("/reports", data={"about": "request", "request": name, "format": "pdf"})
    assert f"{name} Desk" in auditor.get(made.headers["location"]).text


@pytest.mark.parametrize(
    ("data", "words_"),
    [
        ({"about": "request", "request": "PUR-999999999"}, "There is no request “PUR-999999999”."),
        ({"about": "request"}, "Say which request"),
        ({"about": "period", "since": "soon"}, "Write the day as"),
        ({"about": "period", "format": "docx"}, "Choose one of"),
    ],
)
def test_a_form_that_needs_another_look(auditor: Browser, data: dict[str, str], words_: str) -> None:
    answered = auditor.post("/reports", data=data)
    assert answered.status_code == 422
    assert words_ in answered.text


def test_a_failed_one_says_why_on_both_pages(cast: Cast, auditor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv, "MAX_EVENTS", 0)
    key = report(cast.dov, "csv")
    for path in ("/reports", f"/reports/{key}"):
        assert "Download it from the audit page" in auditor.get(path).text
    assert auditor.get(f"/reports/{key}/file").status_code == 409


def test_strangers_find_no_reports(cast: Cast) -> None:
    key = report(cast.dov, "csv")
    with browser(cast.eve) as eve:
        assert eve.get(f"/reports/{key}").status_code == 404
        assert eve.get(f"/reports/{key}/file").status_code == 404
        assert str(key) not in eve.get("/reports").text
    for user in (cast.ada, cast.ben, cast.cleo):
        with browser(user) as other:
            for path in ("/reports", "/reports/new", f"/reports/{key}", f"/reports/{key}/file"):
                assert other.get(path).status_code == 403
            assert other.post("/reports", data={"format": "csv"}).status_code == 403


def test_a_get_makes_nothing(cast: Cast, auditor: Browser) -> None:
    with across_tenants() as db:
        before = len(jobs.recent(db, cast.dov.principal))
    for path in ("/reports", "/reports/new?about=period&format=pdf", "/audit"):
        auditor.get(path)
    with across_tenants() as db:
        assert len(jobs.recent(db, cast.dov.principal)) == before
