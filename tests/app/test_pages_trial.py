"""Trying a draft as somebody without scripts does: links, forms and the words on the page."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from app import drafts
from app.drafts import begin, finish
from app.errors import Invalid
from app.store.db import across_tenants
from app.store.tables import drafts as draft_rows
from app.store.tables import effects, instances, trials
from designer.edits.settings import Set
from engine.json_text import loads
from tests.app.pages import send, words
from tests.app.requests import shipped
from tests.make import Browser, Cast, User, browser, make_cast, make_group, make_user

HERE = "/definitions/spending/draft"
TRY = f"{HERE}/try"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def web(cast: Cast) -> Iterator[Browser]:
    """Ada, whose manager is Cleo, at a draft of the shipped purchase approval; Dana is the only director."""
    with across_tenants() as db:
        dana = make_user(db, cast.ada.tenant_id, "Dana", "approver")
        make_group(db, cast.ada.tenant_id, "Directors", [dana])
        make_group(db, cast.ada.tenant_id, "Board", [dana, make_user(db, cast.ada.tenant_id, "Fay", "approver")])
        make_group(db, cast.ada.tenant_id, "Purchasing", [dana])
        document = shipped("purchase-approval") | {"key": "spending"}
        document.pop("tests", None)
        begin.from_file(db, cast.ada.principal, document)
    with browser(cast.ada) as client:
        yield client


def document(user: User) -> dict[str, Any]:
    with across_tenants() as db:
        query = select(draft_rows.c.document).where(draft_rows.c.tenant_id == user.tenant_id)
        return dict(loads(db.execute(query).scalar_one()))


def begun(web: Browser, **data: str) -> str:
    """The page after the form was sent."""
    answer = send(web, web.get(TRY).text, f"{TRY}/start", None, **({"/item": "Desks", "/amount": "7200"} | data))
    assert answer.status_code == 303, words(answer.text)
    return str(web.get(TRY).text)


def pressed(web: Browser, page: str, action: str, button: tuple[str, str], **fields: str) -> str:
    answer = send(web, page, f"{TRY}/{action}", button, **fields)
    assert answer.status_code == 303, words(answer.text)
    return str(web.get(answer.headers["location"]).text)


def answer_of(page: str, name: str, outcome: str) -> tuple[str, str]:
    """The button by which somebody of that name says so."""
    found = re.search(rf'name="_answer" value="([^":]+:{outcome})">[^<]*<span[^>]*> as {name}<', page)
    assert found, words(page)
    return "_answer", found[1]


def with_tests(cast: Cast, *tests: dict[str, Any]) -> None:
    with across_tenants() as db:
        revision = drafts.get(db, cast.ada.principal, "spending").revision
        drafts.edit(db, cast.ada.principal, "spending", revision, Set("/tests", list(tests)))


YES = {"do": "decide", "outcome": "approved"}
SMALL = {"name": "A small one", "data": {"item": "Desk", "amount": 700}, "moves": [YES]}


def test_the_page_of_a_draft_counts_its_tests_and_marks_what_none_comes_to(cast: Cast, web: Browser) -> None:
    assert "/try#tests" not in web.get(HERE).text
    with_tests(cast, SMALL | {"moves": [{"do": "withdraw"}], "expect": {"status": "cancelled"}})
    page = web.get(HERE).text
    assert "1 of 1 test passes" in words(page)
    marked = re.findall(r'is-untested" id="s-([^"]+)"', page)
    assert "tell" in marked and not {"request", "amount", "approval"} & set(marked)
    with_tests(cast, SMALL | {"expect": {"step": "rejected"}}, SMALL | {"name": "B", "expect": {"step": "approved"}})
    assert "1 of 2 tests pass" in words(web.get(HERE).text)


def test_publishing_shows_the_tests_and_is_blocked_by_one_that_fails(cast: Cast, web: Browser) -> None:
    assert "There are no tests yet. Try the flow" in words(web.get(f"{HERE}/publish").text)
    with_tests(cast, SMALL | {"expect": {"step": "approved"}})
    shown = words(web.get(f"{HERE}/publish").text)
    assert "Passes A small one" in shown and "No test reaches" in shown
    with_tests(cast, SMALL | {"expect": {"step": "rejected"}})
    page = web.get(f"{HERE}/publish").text
    assert "Tests must pass before this is published 1 test of 1 fails." in words(page)
    assert f'href="{HERE}/try#tests"' in page and f'action="{HERE}/publish"' not in page


def test_tests_that_cannot_be_run_are_counted_all_the_same(cast: Cast, web: Browser) -> None:
    with_tests(cast, SMALL | {"expect": {"step": "approved"}})
    with across_tenants() as db:
        revision = drafts.get(db, cast.ada.principal, "spending").revision
        drafts.edit(db, cast.ada.principal, "spending", revision, Set("/start", "nowhere"))
    assert "1 test, not run yet" in words(web.get(HERE).text)
    assert web.get(f"{HERE}/publish").status_code == 200


def test_a_request_is_tried_from_form_to_end(cast: Cast, web: Browser) -> None:
    page = begun(web)
    assert "Cleo was asked to decide as Manager" in words(page)
    page = pressed(web, page, "answer", answer_of(page, "Cleo", "approved"))
    shown = words(page)
    assert "Cleo approves" in shown and "Dana was asked to decide as Director" in shown
    assert "because 7,200.00 EUR is at least 5,000" in shown
    page = pressed(web, page, "answer", answer_of(page, "Dana", "approved"))
    assert "This request has ended" in words(page)
    with across_tenants() as db:
        here = instances.c.tenant_id == cast.ada.tenant_id
        assert db.execute(select(func.count()).select_from(instances).where(here)).scalar() == 0
        there = effects.c.tenant_id == cast.ada.tenant_id
        assert db.execute(select(func.count()).select_from(effects).where(there)).scalar() == 0


def test_the_messages_are_those_that_would_go_out(web: Browser) -> None:
    shown = words(begun(web))
    assert "Approve 7,200.00 EUR: Desks, asked by Ada?" in shown
    assert "Hello Cleo, Ada asks for your decision." in shown
    assert "If you approve, Dana signs as Director, because 7,200.00 EUR is at least 5,000" in shown


def test_time_passes_and_what_it_does_is_seen(web: Browser) -> None:
    page = begun(web)
    page = pressed(web, page, "moves", ("for", "P3D"))
    shown = words(page)
    assert "Time passes: 3 days" in shown and "Reminded Cleo of “Approval”" in shown and "Ended as rejected" in shown


def test_back_and_forward_and_another_way_from_there(cast: Cast, web: Browser) -> None:
    page = begun(web)
    pressed(web, page, "moves", ("do", "approve_all"))
    back = web.get(TRY, params={"turn": "1"}).text
    assert "Dana was asked to decide as Director" in words(back) and "Forward" in words(back)
    page = pressed(web, back, "answer", answer_of(back, "Dana", "rejected"))
    assert "Ended as rejected: Trying it out" in words(page)
    with across_tenants() as db:
        query = select(trials.c.script).where(trials.c.tenant_id == cast.ada.tenant_id)
        moves = loads(db.execute(query).scalar_one())["moves"]
    assert [move["outcome"] for move in moves] == ["approved", "rejected"]


def test_what_cannot_be_done_is_said_and_not_kept(web: Browser) -> None:
    page = begun(web)
    answer = send(web, page, f"{TRY}/answer", answer_of(page, "Cleo", "rejected"), _comment="")
    assert answer.status_code == 422 and "Say why" in words(answer.text)
    assert "Cleo was asked to decide" in words(web.get(TRY).text)


def test_a_form_that_lacks_something_is_shown_again(web: Browser) -> None:
    answer = send(web, web.get(TRY).text, f"{TRY}/start", _requester="nobody@nowhere.test")
    assert answer.status_code == 422
    assert "There is nobody called “nobody@nowhere.test” here." in words(answer.text)


def test_a_run_is_kept_as_a_test_and_opened_again(cast: Cast, web: Browser) -> None:
    page = pressed(web, begun(web), "moves", ("do", "approve_all"))
    send(web, page, f"{TRY}/tests", name="Two signatures")
    [test] = document(cast.ada)["tests"]
    assert test["expect"]["status"] == "approved" and "requester" not in test
    assert test["expect"]["asked"] == ["approval/manager", "approval/director"]
    assert str(cast.cleo.id) not in str(test) and "Cleo" not in str(test)
    shown = words(web.get(TRY).text)
    assert "1 of 1 tests pass" in shown and "Untested: “Up to 500 EUR” of Does it need a signature?" in shown
    page = pressed(web, web.get(TRY).text, "tests/open", ("name", "Two signatures"))
    assert "The test “Two signatures”" in words(page) and "Manager approves" in words(page)
    send(web, page, f"{TRY}/tests/delete", ("name", "Two signatures"))
    assert "tests" not in document(cast.ada)


def test_a_draft_whose_test_fails_is_not_published(cast: Cast, web: Browser) -> None:
    page = pressed(web, begun(web), "moves", ("do", "approve_all"))
    send(web, page, f"{TRY}/tests", name="Two signatures")
    with across_tenants() as db:
        who = cast.ada.principal
        revision = drafts.get(db, who, "spending").revision
        drafts.edit(db, who, "spending", revision, Set("/steps/approval/levels/1/when", "amount >= 9000"))
    failing = "In the test “Two signatures”, move 2 cannot be made: Nobody is asked anything there."
    assert failing in words(web.get(f"{HERE}/publish").text)
    assert "0 of 1 tests pass" in words(web.get(TRY).text)
    with pytest.raises(Invalid) as refused, across_tenants() as db:
        finish.publish(db, cast.ada.principal, "spending", 2)
    assert [(error["pointer"], error["code"]) for error in refused.value.facts["errors"]] == [("/tests/0", "test_move")]
    with across_tenants() as db:
        assert drafts.get(db, cast.ada.principal, "spending").definition.latest == 0
