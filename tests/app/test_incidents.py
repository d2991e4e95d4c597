"""Requests that stopped: an administrator finds them, and mends them on the page and through the API."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from app import instances, runtime
from app.effects.scheduler import fire_due
from app.errors import Conflict, Forbidden
from app.runtime import Actor
from app.store.db import across_tenants
from tests.app.api import Api
from tests.app.environment import environment
from tests.app.incidents import LEVELS, not_undone, undecidable
from tests.app.pages import send, words
from tests.app.requests import ask, attempt, effects_of, instance, shipped, tasks_of
from tests.app.sink import Sink, answer, running
from tests.make import Cast, browser, make_cast, make_key

ADMIN = Actor("user", None, "Cleo", "web")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running() as found, environment(OUTGOING_ALLOW=found.place):
        yield found


def story(instance_id: UUID) -> list[tuple[str, str, dict[str, Any]]]:
    with across_tenants() as db:
        return [
            (row.type, row.actor_name, row.data)
            for row in instances.story(db, instance(instance_id).tenant_id, instance_id)
        ]


def test_what_is_stuck_is_listed_with_its_reason_and_since_when(cast: Cast) -> None:
    found = undecidable(cast.ben)
    since = instance(found).blocked_at
    with across_tenants() as db:
        (listed,) = instances.list_stuck(db, cast.cleo.principal)
        assert (listed.request.id, listed.since, listed.why.code) == (found, since, "undecidable")
        assert "empty" in listed.words
        instances.retry(db, cast.cleo.principal, found, ADMIN)
        assert instances.list_stuck(db, cast.cleo.principal)[0].since == since
        assert not instances.list_stuck(db, cast.eve.principal)
        assert not instances.list_stuck(db, cast.ben.principal)
        instances.cancel(db, cast.cleo.principal, found, "no use", ADMIN)
        assert not instances.list_stuck(db, cast.cleo.principal)
    assert instance(found).blocked_at is None


def test_data_is_corrected_on_the_page(cast: Cast) -> None:
    found = undecidable(cast.ben)
    with browser(cast.cleo) as admin:
        page = admin.get(f"/instances/{found}").text
        assert f'href="/instances/{found}/correction"' in page
        form = admin.get(f"/instances/{found}/correction").text
        action = f"/instances/{found}/correction"
        unsaid = send(admin, form, action, ("_do", "submit"), **{"/why": "Old ones broke"})
        assert (unsaid.status_code, "Say why" in unsaid.text) == (422, True)
        assert instance(found).state["data"].get("why") is None
        sent = send(admin, form, action, ("_do", "submit"), **{"/why": "Old ones broke", "reason": "Ben told me"})
        assert sent.status_code == 303
        shown = words(admin.get(f"/instances/{found}").text)
    row = instance(found)
    assert row.state["data"] == {
        "item": "MacBooks",
        "amount": 7200,
        "cost_centre": "operations",
        "why": "Old ones broke",
    }
    assert row.blocked_at is None
    assert [task.assignee_id for task in tasks_of(found)] == [cast.cleo.id]
    kind, name, data = next(event for event in story(found) if event[0] == "DataCorrected")
    assert (kind, name, data["reason"]) == ("DataCorrected", "Cleo", "Ben told me")
    assert (data["before"], data["after"]) == ({"why": None}, {"why": "Old ones broke"})
    assert "Cleo corrected" in shown


def test_a_field_is_emptied_on_the_page_and_by_a_program(cast: Cast) -> None:
    found, other = undecidable(cast.ben), undecidable(cast.ben)
    with browser(cast.cleo) as admin:
        action = f"/instances/{found}/correction"
        form = admin.get(action).text
        filled = {"/why": "Old ones broke", "/cost_centre": "", "reason": "It was never theirs"}
        assert send(admin, form, action, ("_do", "submit"), **filled).status_code == 303
        shown = words(admin.get(f"/instances/{found}").text)
    with across_tenants() as db:
        values = {"why": "Old ones broke"}
        instances.correct(db, cast.cleo.principal, other, values, "Not theirs", ADMIN, cleared=["cost_centre"])
    for one in (found, other):
        assert instance(one).state["data"] == {"item": "MacBooks", "amount": 7200, "why": "Old ones broke"}
        (data,) = [data for kind, _, data in story(one) if kind == "DataCorrected"]
        assert data["cleared"] == ["cost_centre"]
        assert data["before"] == {"why": None, "cost_centre": "operations"}
    assert "Cost centre from Operations to empty" in shown


def test_what_changed_since_the_page_was_read_is_not_overwritten(cast: Cast) -> None:
    found = undecidable(cast.ben)
    with browser(cast.cleo) as admin:
        action = f"/instances/{found}/correction"
        form = admin.get(action).text
        with across_tenants() as db:
            instances.correct(db, cast.cleo.principal, found, {"amount": 7300}, "As invoiced", ADMIN)
        late = send(admin, form, action, ("_do", "submit"), **{"/why": "Old ones broke", "reason": "Ben told me"})
        assert (late.status_code, "went on meanwhile" in late.text, "Ben told me" in late.text) == (409, True, True)
        assert (instance(found).state["data"]["amount"], "why" in instance(found).state["data"]) == (7300, False)
        again = {"/why": "Old ones broke", "reason": "Ben told me"}
        assert send(admin, late.text, action, ("_do", "submit"), **again).status_code == 303
    assert instance(found).state["data"]["amount"] == 7300


def test_nobody_corrects_their_own_request_or_without_the_right(cast: Cast) -> None:
    own = undecidable(cast.cleo)
    with browser(cast.cleo) as admin:
        assert admin.get(f"/instances/{own}/correction").status_code == 409
    with across_tenants() as db:
        with pytest.raises(Forbidden):
            instances.correct(db, cast.cleo.principal, own, {"why": "x"}, "because", ADMIN)
        with pytest.raises(Forbidden):
            instances.correct(db, cast.ben.principal, undecidable(cast.ben), {"why": "x"}, "because", ADMIN)
    assert "why" not in instance(own).state["data"]


def test_programs_correct_and_retry(cast: Cast) -> None:
    found = undecidable(cast.ben)
    with across_tenants() as db:
        key = make_key(db, cast.cleo)
    with browser() as client:
        api = Api(client, key)
        assert api.post(f"/api/v1/instances/{found}/retry").body["stuck"]
        wrong = api.post(f"/api/v1/instances/{found}/correct", {"data": {"why": 7}, "reason": "typo"})
        assert (wrong.status, wrong.pointers) == (422, ["/data/why"])
        stranger = api.post(f"/api/v1/instances/{found}/correct", {"data": {"boss": "me"}, "reason": "typo"})
        assert (stranger.status, stranger.pointers) == (422, ["/data/boss"])
        right = api.post(f"/api/v1/instances/{found}/correct", {"data": {"why": "They broke"}, "reason": "typo"})
        assert (right.status, right.body["stuck"]) == (200, None)
        assert api.post(f"/api/v1/instances/{found}/correct", {"data": {"why": "x"}, "reason": "y"}).status == 409
        assert api.post(f"/api/v1/instances/{found}/undone", {"reason": "y"}).status == 409
    assert instance(found).state["data"]["why"] == "They broke"


def test_a_compensation_is_done_by_hand_on_the_page(cast: Cast) -> None:
    found = not_undone(cast.ben, cast.cleo)
    with browser(cast.cleo) as admin:
        page = admin.get(f"/instances/{found}").text
        assert "How was it undone by hand?" in words(page)
        empty = send(admin, page, f"/instances/{found}/undone", reason=" ")
        assert (empty.status_code, "Say why" in empty.text) == (422, True)
        assert send(admin, page, f"/instances/{found}/undone", reason="By telephone").status_code == 303
        assert "Cleo undid" in words(admin.get(f"/instances/{found}").text)
    assert instance(found).status == "rolled_back"
    assert ("UndoneByHand", "Cleo") in [(kind, name) for kind, name, _ in story(found)]


def test_a_request_whose_compensation_is_stuck_is_ended_with_what_remains(cast: Cast) -> None:
    found = not_undone(cast.ben, cast.cleo)
    with browser(cast.cleo) as admin:
        page = admin.get(f"/instances/{found}").text
        assert "End it as it is" in words(page)
        send(admin, page, f"/instances/{found}/cancellation", reason="The shop is bankrupt")
        shown = words(admin.get(f"/instances/{found}").text)
    row = instance(found)
    assert (row.status, row.state["remains"]) == ("rejected", ["create"])
    assert "Not undone: “Create in the books”" in shown
    with across_tenants() as db, pytest.raises(Conflict):
        instances.cancel(db, cast.cleo.principal, found, "again", ADMIN)


def test_an_answer_is_recorded_once_when_the_next_step_stops(cast: Cast, sink: Sink) -> None:
    document = shipped("new-supplier", compliance={"levels": LEVELS, "timeout": {"after": {"field": "country"}}})
    document["steps"]["request"]["outcomes"] = {"submitted": "create"}
    document["steps"]["create"]["call"]["url"] = sink.url("/")
    found = ask(cast.ben, document, company="ACME", country="DE", contact="a@b.example")
    sink.replies["/"] = answer(200, b'{"id": "S-1"}')
    (row,) = effects_of(found, step="create")
    for _ in range(3):
        attempt(row.id)
    assert len(sink.got) == 1
    assert effects_of(found, step="create")[0].status == "done"
    assert [data["result"]["status"] for kind, _, data in story(found) if kind == "CallDone"] == [200]
    with across_tenants() as db:
        assert instances.list_stuck(db, cast.cleo.principal)[0].why.code == "limit_in_field"


def test_a_late_timer_of_a_broken_limit_stops_on_a_page_and_is_not_put_off(cast: Cast) -> None:
    late = {"after": "P1D", "then": {"field": "why"}}
    document = shipped("purchase-approval", approval={"levels": LEVELS, "timeout": late})
    found = ask(cast.ben, document, item="MacBooks", amount=7200, cost_centre="operations")
    with across_tenants() as db:
        db.query("UPDATE timers SET due_at = clock_timestamp() WHERE instance_id = %s", [found])
    fire_due()
    assert runtime.state_of(instance(found).state).blocked
    assert [task.status for task in tasks_of(found)] == ["cancelled"]
    with across_tenants() as db:
        assert not db.query("SELECT FROM timers WHERE instance_id = %s", [found])
