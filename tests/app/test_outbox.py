from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Row, select, update

from app.store.db import across_tenants
from app.store.tables import effects as effect_rows
from app.store.tables import events
from tests.app.environment import environment
from tests.app.requests import ask, attempt, claim, decide, deliver, effects_of, instance, messages_of, shipped
from tests.app.sink import Sink, answer, running
from tests.make import Cast, browser, make_cast

LEVELS = [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running() as found:
        yield found


def unheard(cast: Cast) -> Row[Any]:
    """A message whose channel does not exist, given up."""
    document = shipped("purchase-approval", approval={"levels": LEVELS})
    asked = ask(cast.ben, document | {"channels": ["pigeon"]}, item="MacBooks", amount=7200)
    deliver(asked)
    return effects_of(asked)[0]


def calling(cast: Cast, url: str) -> Row[Any]:
    """A request that waits for a call."""
    document = shipped("new-supplier", compliance={"levels": LEVELS})
    document["steps"]["request"]["outcomes"] = {"submitted": "create"}
    document["steps"]["create"]["call"]["url"] = url
    document["steps"]["create"]["undo"]["url"] = url
    asked = ask(cast.ben, document, company="ACME", country="DE", contact="a@b.example")
    return effects_of(asked, step="create")[0]


def now(row: Row[Any]) -> Row[Any]:
    with across_tenants() as db:
        return db.execute(select(effect_rows).where(effect_rows.c.id == row.id)).one()


def logged(cast: Cast, kind: str) -> list[tuple[Any, ...]]:
    """Of the tenant's chain: the request, by whom and what it says."""
    told = select(events.c.correlation_id, events.c.actor_id, events.c.data)
    with across_tenants() as db:
        found = db.execute(told.where(events.c.instance_id == cast.ada.tenant_id, events.c.type == kind))
        return [tuple(row) for row in found]


def test_what_was_given_up_is_shown_with_its_reason(cast: Cast) -> None:
    row = unheard(cast)
    assert row.status == "dead"
    with browser(cast.cleo) as admin:
        listed = admin.get("/effects")
        shown = admin.get(f"/effects/{row.id}")
    for words in ("Question to Cleo", "no channel called pigeon", "MacBooks", "1 of 4"):
        assert words in listed.text
    for words in ("no channel called pigeon", "Attempt 1", "Retry now", "Discard this message", str(row.id)):
        assert words in shown.text


@pytest.mark.parametrize("name", ["ada", "ben", "dov", "eve"])
def test_only_admins_of_the_tenant_see_and_touch_it(cast: Cast, name: str) -> None:
    row, user = unheard(cast), getattr(cast, name)
    expected = 404 if name == "eve" else 403
    with browser(user) as web:
        assert str(row.id) not in web.get("/effects").text
        assert web.get(f"/effects/{row.id}").status_code == expected
        assert web.post(f"/effects/{row.id}/attempts").status_code == expected
        assert web.post(f"/effects/{row.id}/discard", data={"reason": "x"}).status_code == expected
    assert now(row).status == "dead"


def test_retry_begins_anew(cast: Cast) -> None:
    row = unheard(cast)
    with across_tenants() as db:
        mended = update(effect_rows).where(effect_rows.c.id == row.id)
        db.execute(mended.values(payload=row.payload | {"channel": "email"}))
    with browser(cast.cleo) as admin:
        answered = admin.post(f"/effects/{row.id}/attempts")
        assert (answered.status_code, answered.headers["location"]) == (303, "/effects")
    again = now(row)
    assert (again.status, again.attempts, again.finished_at) == ("pending", 0, None)
    assert again.history[-1]["error"] == "Tried again by Cleo"
    said = {"effect": str(row.id), "subject": "Question to Cleo"}
    assert logged(cast, "DeliveryRetried") == [(row.instance_id, cast.cleo.id, said)]
    attempt(row.id)
    assert now(row).status == "done"
    assert len(messages_of(row.instance_id)) == 1
    with browser(cast.cleo) as admin:
        assert admin.post(f"/effects/{row.id}/attempts").status_code == 409


def test_discarding_takes_a_reason(cast: Cast) -> None:
    row = unheard(cast)
    with browser(cast.cleo) as admin:
        silent = admin.post(f"/effects/{row.id}/discard", data={"reason": "  "})
        assert silent.status_code == 422
        assert now(row).status == "dead"
        assert admin.post(f"/effects/{row.id}/discard", data={"reason": "She knows"}).status_code == 303
        listed = admin.get("/effects?status=discarded").text
    assert now(row).status == "discarded"
    assert "Discarded by Cleo: She knows" in listed
    said = {"effect": str(row.id), "subject": "Question to Cleo", "reason": "She knows"}
    assert logged(cast, "DeliveryDiscarded") == [(row.instance_id, cast.cleo.id, said)]


def test_what_is_being_done_is_left_alone(cast: Cast, sink: Sink) -> None:
    row = calling(cast, sink.url("/"))
    assert claim([row.id], uuid4())
    with browser(cast.cleo) as admin:
        assert admin.post(f"/effects/{row.id}/attempts").status_code == 409
        assert admin.post(f"/effects/{row.id}/discard", data={"reason": "x"}).status_code == 409
        assert "ACME" in admin.get("/effects?status=doing").text
        assert "Retry now" not in admin.get(f"/effects/{row.id}").text
    assert now(row).status == "pending"
    assert instance(row.instance_id).status == "running"


def test_a_waiting_call_can_be_tried_now(cast: Cast, sink: Sink) -> None:
    row = calling(cast, sink.url("/"))
    attempt(row.id)
    waiting = now(row)
    assert (waiting.status, waiting.attempts) == ("dead", 1), "an address inside is given up at once"
    row = calling(cast, "http://name.invalid/")
    attempt(row.id)
    waiting = now(row)
    assert (waiting.status, waiting.attempts) == ("pending", 1)
    attempt(row.id)
    assert now(row).attempts == 1
    with browser(cast.cleo) as admin:
        page = admin.get("/effects?status=waiting").text
        assert "POST http://name.invalid/" in page
        assert "no host called name.invalid" in page
        assert admin.post(f"/effects/{row.id}/attempts").status_code == 303
    attempt(row.id)
    assert now(row).attempts == 2


def test_giving_a_call_up_lets_the_request_go_on(cast: Cast) -> None:
    row = calling(cast, "http://name.invalid/")
    with browser(cast.cleo) as admin:
        assert admin.post(f"/effects/{row.id}/discard", data={"reason": "Done by hand"}).status_code == 303
    assert now(row).status == "discarded"
    assert instance(row.instance_id).status == "failed"
    with across_tenants() as db:
        told = db.execute(
            select(events).where(events.c.instance_id == row.instance_id, events.c.type == "CallFailed")
        ).one()
    assert told.data["error"] == "Given up by Cleo: Done by hand"


def test_a_dead_call_cannot_be_tried_again(cast: Cast, sink: Sink) -> None:
    row = calling(cast, sink.url("/"))
    attempt(row.id)
    assert instance(row.instance_id).status == "failed"
    with browser(cast.cleo) as admin:
        page = admin.get(f"/effects/{row.id}")
        assert "Retry now" not in page.text
        refused = admin.post(f"/effects/{row.id}/attempts")
        assert refused.status_code == 409
        assert "took its way for failed calls" in refused.text
        assert admin.post(f"/effects/{row.id}/discard", data={"reason": "Seen"}).status_code == 303
    assert instance(row.instance_id).status == "failed"


def test_a_dead_compensation_is_asked_for_anew(cast: Cast, sink: Sink) -> None:
    with environment(OUTGOING_ALLOW=sink.place):
        sink.replies["/"] = answer(200, b'{"id": "S-1"}')
        row = calling(cast, sink.url("/"))
        attempt(row.id)
        sink.replies["/"] = answer(410, b"gone")
        decide(cast.cleo, row.instance_id, "rejected", "No")
        undo = _undo(row.instance_id)[0]
        attempt(undo.id)
        assert now(undo).status == "dead"
        sink.replies["/"] = answer(200, b"{}")
        with browser(cast.cleo) as admin:
            assert "Undo: DELETE" in admin.get("/effects").text
            assert admin.post(f"/effects/{undo.id}/attempts").status_code == 303
        first, second = _undo(row.instance_id)
        assert (first.status, second.status) == ("discarded", "pending")
        attempt(second.id)
    assert instance(row.instance_id).status == "rolled_back"


def _undo(instance_id: UUID) -> list[Row[Any]]:
    return [row for row in effects_of(instance_id) if row.kind == "undo"]


def test_the_page_has_words_for_nothing(cast: Cast) -> None:
    with browser(cast.cleo) as admin:
        for state in ("dead", "waiting", "doing", "discarded", "nonsense"):
            page = admin.get(f"/effects?status={state}")
            assert page.status_code == 200
            assert 'class="empty"' in page.text
        assert admin.get(f"/effects/{uuid4()}").status_code == 404
        assert admin.get("/effects?before=nonsense").status_code == 200
