"""Finding things in the record, as the auditor does it and as nobody else may."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, strategies

from app import definitions
from app.audit import search
from app.audit.csv_safe import cell
from app.audit.filters import Filters, filters_of, params_of, period_name
from app.audit.lines import Line
from app.errors import Forbidden, Invalid
from app.store.db import across_tenants
from engine.record.offline import plain
from tests.app.decided import history, purchase
from tests.app.requests import shipped
from tests.make import Browser, Cast, browser, make_cast

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "|calc",
    "%0a",
    "  =1",
    "\u00a0=1",
    "\ufeff=1",
    "\u2060=1",
    "\u200d\u00ad=1",
    "＝1",
    "＠x",
]
HOSTILE = "<script>alert(1)</script>\"><img src=x onerror=alert(2)> ' {{ 7*7 }}"


@pytest.fixture(scope="module")
def cast() -> Cast:
    return history()


def found(cast: Cast, **filters: Any) -> list[Line]:
    with across_tenants() as db:
        return list(search.search(db, cast.dov.principal, Filters(**filters)).lines)


def types(lines: list[Line]) -> set[str]:
    return {line.event.type for line in lines}


def test_newest_first_with_words_and_the_request(cast: Cast) -> None:
    lines = found(cast)
    order = [(line.event.at, line.event.instance_id, line.event.seq) for line in lines]
    assert order == sorted(order, reverse=True)
    decided = next(line for line in lines if line.event.type == "TaskDecided" and line.title == "Laptop")
    assert decided.story == "Cleo (Manager) approved: “ok for Q3”"
    assert decided.request.startswith("PUR-") and decided.definition == "Purchase approval"


def test_by_person(cast: Cast) -> None:
    assert {line.event.actor_name for line in found(cast, person=cast.cleo.id)} == {"Cleo"}
    assert found(cast, person=cast.eve.id) == []


def test_by_type(cast: Cast) -> None:
    assert types(found(cast, type="TaskDecided")) == {"TaskDecided"}


@pytest.mark.parametrize("name", ["PUR-{}", "{}", " pur-{} "])
def test_by_request_number(cast: Cast, name: str) -> None:
    one = found(cast)[0]
    lines = found(cast, request=name.format(one.request.removeprefix("PUR-")))
    assert {line.event.instance_id for line in lines} == {one.event.instance_id}
    assert min(line.event.seq for line in lines) == 1


@pytest.mark.parametrize("name", ["PUR-999999999", "PUR-", "x", "9" * 40, "१२", "12; DROP TABLE events"])
def test_a_number_that_is_none_finds_nothing(cast: Cast, name: str) -> None:
    assert found(cast, request=name) == []


def test_by_outcome(cast: Cast) -> None:
    rejected = found(cast, outcome="rejected")
    assert types(rejected) == {"TaskDecided", "InstanceEnded"}
    assert {line.title for line in rejected} == {"Desk"}


def test_by_definition(cast: Cast) -> None:
    assert len(found(cast, definition="purchase-approval")) == len(found(cast))
    assert found(cast, definition="leave-request") == []


def test_by_period(cast: Cast) -> None:
    today = datetime.now(UTC).date()
    tomorrow, yesterday = today + timedelta(days=1), today - timedelta(days=1)
    assert found(cast, since=yesterday, until=tomorrow)
    assert found(cast, since=tomorrow) == []
    assert found(cast, until=yesterday) == []


@pytest.mark.parametrize(
    ("text", "title"),
    [("too EXPENSIVE", "Desk"), ("desk", "Desk"), ("1200", "Laptop"), ("ok for", "Laptop"), ("threshold", "Pens")],
)
def test_by_words_in_values_and_titles(cast: Cast, text: str, title: str) -> None:
    assert {line.title for line in found(cast, text=text)} == {title}


@pytest.mark.parametrize("text", ["comment", "outcome", "%", "_", "\\", '"', "'", "too_expensive"])
def test_names_of_fields_and_wildcards_are_no_words(cast: Cast, text: str) -> None:
    assert found(cast, text=text) == []


def test_pages_hold_every_event_once() -> None:
    cast = make_cast()
    for number in range(12):
        purchase(cast, item=f"Thing {number}")
    seen: list[tuple[Any, int]] = []
    cursor = None
    with across_tenants() as db:
        while True:
            page = search.search(db, cast.dov.principal, Filters(), cursor)
            seen += [(line.event.instance_id, line.event.seq) for line in page.lines]
            cursor = page.next
            if cursor is None:
                break
        total = db.query("SELECT count(*) FROM events WHERE tenant_id = %s", [cast.dov.tenant_id])[0]["count"]
    assert len(seen) == len(set(seen)) == total > search.PAGE


@pytest.mark.parametrize("cursor", ["x", "W10", "bm8", "WzEsMiwzXQ", "é"])
def test_a_cursor_that_is_none_is_refused(cast: Cast, cursor: str) -> None:
    with pytest.raises(Invalid), across_tenants() as db:
        search.search(db, cast.dov.principal, Filters(), cursor)


def test_nobody_else_reads_or_exports(cast: Cast) -> None:
    with across_tenants() as db:
        for user in (cast.ada, cast.ben):
            with pytest.raises(Forbidden):
                search.search(db, user.principal, Filters())
            with pytest.raises(Forbidden):
                list(search.everything(db, user.principal, Filters()))
        with pytest.raises(Forbidden):
            list(search.everything(db, cast.cleo.principal, Filters()))
        assert search.search(db, cast.cleo.principal, Filters()).lines


def test_another_tenant_sees_nothing_of_it(cast: Cast) -> None:
    with across_tenants() as db:
        for filters in (Filters(), Filters(text="Laptop"), Filters(request=found(cast)[0].request)):
            assert search.search(db, cast.eve.principal, filters).lines == []
            assert list(search.everything(db, cast.eve.principal, filters)) == []
        assert search.decisions_per_day(db, cast.eve.principal, Filters()) == []


def test_decisions_per_day(cast: Cast) -> None:
    with across_tenants() as db:
        days = search.decisions_per_day(db, cast.dov.principal, Filters())
    assert [(day.approved, day.by_rule, day.rejected, day.changes) for day in days] == [(1, 1, 1, 0)]


@pytest.mark.parametrize(
    ("since", "until", "name"),
    [
        ("2026-11-01", "2026-11-30", "November 2026"),
        ("2026-11-03", "2026-11-09", "3 to 9 November 2026"),
        ("2026-03-01", "2026-11-30", "1 March to 30 November 2026"),
        ("2025-12-01", "2026-01-31", "1 December 2025 to 31 January 2026"),
        ("2026-11-03", "", "Since 3 November 2026"),
        ("", "2026-11-03", "Until 3 November 2026"),
        ("", "", "Everything"),
    ],
)
def test_periods_have_names(since: str, until: str, name: str) -> None:
    assert period_name(filters_of({"since": since, "until": until})) == name


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"since": "yesterday"}, "/since"),
        ({"until": "2026-02-30"}, "/until"),
        ({"person": "Dana"}, "/person"),
        ({"instance": "12"}, "/instance"),
        ({"since": "2026-03-02", "until": "2026-03-01"}, "/until"),
    ],
)
def test_filters_that_make_no_sense_name_their_field(params: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        filters_of(params)
    assert refused.value.errors[0]["pointer"] == field


def test_filters_survive_an_address() -> None:
    asked = {"since": "2026-03-01", "person": "01a1fc66-e391-7e64-9604-904d022c5b97", "text": "a b"}
    assert params_of(filters_of(asked)) == asked
    assert filters_of({"since": "2026-03-01", "other": "x"}) == Filters(since=date(2026, 3, 1))


@pytest.mark.parametrize("text", FORMULAS)
def test_text_is_never_calculated_and_comes_back(text: str) -> None:
    assert cell(text).startswith(f"'{text[0]}")
    assert plain(cell(text)) == text
    assert plain(cell(f"'{text}")) == f"'{text}"


@pytest.mark.parametrize("separator", [";", "\t", "\n"])
def test_what_another_separator_makes_a_cell_is_not_calculated_either(separator: str) -> None:
    text = separator.join(["x", "=1+1", "\u2060=2", "y"])
    assert [part[:1] for part in cell(text).split(separator)] == ["x", "'", "'", "y"]


@given(strategies.text(";\t\n '=-\u2060ab", max_size=12))
def test_every_text_comes_back_out_of_its_cell(text: str) -> None:
    assert plain(cell(text)) == text


@pytest.mark.parametrize("text", ["Laptop", "'quoted'", "a=b", "", "1-2", "{}"])
def test_harmless_text_is_left_alone(text: str) -> None:
    assert cell(text) == text == plain(text)


@pytest.mark.parametrize("number", [-1200, 0, Decimal("-12.50"), None])
def test_numbers_stay_numbers(number: Any) -> None:
    assert cell(number) is number


@pytest.fixture
def auditor(cast: Cast) -> Any:
    with browser(cast.dov) as client:
        yield client


def rows_of(client: Browser, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/audit/events.csv{query}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.content.startswith(b"\xef\xbb\xbf") and b"\r\n" in answer.content
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_the_csv_holds_everything_and_its_chain_can_be_computed(auditor: Browser) -> None:
    heads: dict[str, str] = {}
    rows = rows_of(auditor)
    for row in rows:
        before = heads.get(row["request"], "00" * 32)
        assert row["previous_hash"] == before
        assert sha256(bytes.fromhex(before) + row["record"].encode()).hexdigest() == row["hash"]
        record, data = json.loads(row["record"]), json.loads(row["data"])
        assert record["data"].keys() <= data.keys()
        if row["type"] == "TaskDecided":
            assert "comment" not in record["data"]
            salt, text = json.loads(row["disclosed"])["/data/comment"]
            assert sha256(bytes.fromhex(salt) + text.encode()).hexdigest() == record["digests"]["/data/comment"]
            assert json.loads(text) == data["comment"]
        heads[row["request"]] = row["hash"]
    assert len(heads) == 5  # four requests, and the log, which has this very export
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert "Cleo (Manager) approved: “ok for Q3”" in [row["story"] for row in rows]


def test_the_csv_obeys_the_filters(auditor: Browser) -> None:
    assert {row["type"] for row in rows_of(auditor, "?type=TaskDecided&outcome=rejected")} == {"TaskDecided"}
    assert rows_of(auditor, "?since=2999-01-01") == []


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_in_titles_and_comments_are_text_in_the_csv(text: str) -> None:
    cast = make_cast()
    purchase(cast, item=f"{text} Laptop", comment=f'{text}\nnew line, "quoted"')
    with browser(cast.dov) as client:
        rows = rows_of(client)
    for row in rows:
        for name, value in row.items():
            assert not value.lstrip(" \u00a0\ufeff").startswith(("=", "+", "-", "@", "\t", "\r", "|", "%")), name
    decided = next(row for row in rows if row["type"] == "TaskDecided")
    assert json.loads(decided["data"])["comment"] == f'{text}\nnew line, "quoted"'.strip()


def test_the_page_shows_what_happened_in_words(auditor: Browser) -> None:
    text = auditor.get("/audit").text
    assert "Cleo (Manager) approved: “ok for Q3”" in text
    assert "Decisions per day" in text
    assert "/audit/events.csv?" in text


def test_filters_of_the_page_stay_in_its_links(auditor: Browser) -> None:
    text = auditor.get("/audit?type=TaskDecided&outcome=rejected&text=too+expensive").text
    assert "too expensive" in text and "ok for Q3" not in text
    assert "/audit/events.csv?type=TaskDecided&amp;outcome=rejected&amp;text=too+expensive" in text


def test_htmx_gets_the_results_alone(auditor: Browser) -> None:
    headers = {"hx-request": "true", "hx-target": "found"}
    text = auditor.get("/audit?type=TaskDecided", headers=headers).text
    assert text.lstrip().startswith('<div id="found"')


def test_nothing_found_says_what_to_do(auditor: Browser) -> None:
    assert "Nothing matches" in auditor.get("/audit?text=no+such+thing").text


@pytest.mark.parametrize(
    ("query", "words"),
    [("since=yesterday", "Write the day as"), ("since=2026-03-02&until=2026-03-01", "ends before it begins")],
)
def test_a_filter_that_makes_no_sense_is_said_beside_its_field(auditor: Browser, query: str, words: str) -> None:
    answer = auditor.get(f"/audit?{query}")
    assert answer.status_code == 422
    assert words in answer.text
    assert auditor.get(f"/audit/events.csv?{query}").status_code == 422


def test_a_broken_cursor_is_a_422(auditor: Browser) -> None:
    assert auditor.get("/audit?cursor=x").status_code == 422


@pytest.mark.parametrize("path", ["/audit", "/audit/events.csv"])
def test_others_are_kept_out(cast: Cast, path: str) -> None:
    for user in (cast.ada, cast.ben):
        with browser(user) as client:
            assert client.get(path).status_code == 403
    with browser(cast.eve) as client:
        assert "Laptop" not in client.get(path).text


def test_what_people_typed_is_text_on_the_page() -> None:
    cast = make_cast()
    purchase(cast, item=HOSTILE, comment=HOSTILE)
    with browser(cast.dov) as client:
        text = client.get(f"/audit?text={HOSTILE[:8]}").text
    assert "<script>alert" not in text and "<img src=x" not in text
    assert "&lt;script&gt;alert(1)" in text and "{{ 7*7 }}" in text


def test_the_filter_offers_no_definition_that_a_program_made() -> None:
    cast = history()
    with across_tenants() as db:
        definitions.store(
            db, cast.dov.tenant_id, {**shipped("purchase-approval"), "key": "workflow-0123"}, internal=True
        )
        offered = {row.key for row in search.choices(db, cast.dov.principal)[1]}
    assert offered
    assert "workflow-0123" not in offered


def test_the_last_day_of_the_calendar_is_no_day_to_search_until() -> None:
    with browser(make_cast().dov) as web:
        for name in ("since", "until"):
            answer = web.get(f"/audit?{name}=9999-12-31")
            assert answer.status_code == 422
            assert "Write the day as" in answer.text
