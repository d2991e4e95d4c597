"""How requests that ended are called, and who decided on them: also where what was done had to be undone."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app import instances as service
from app import runtime
from app.approvals.status import status_of_row, status_word
from app.runtime import Actor
from app.store.db import across_tenants
from app.store.tables import instances
from engine.commands import EffectFailed, EffectSucceeded
from tests.app.api import Company, company
from tests.app.requests import ask, decide, effects_of, fire, instance, locked, shipped
from tests.make import make_group

LEVELS = [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]
LATE = {"after": "P1D", "then": "reject"}


@pytest.fixture
def shop() -> Iterator[Company]:
    with company() as made:
        with across_tenants() as db:
            make_group(db, made.tenant_id, "Compliance", [made.people["dana"]])
        yield made


def supplier(shop: Company) -> UUID:
    """Bob approves, then a call is made that can be undone, then dana is asked."""
    document = shipped("new-supplier", purchasing={"levels": LEVELS}, compliance={"timeout": LATE})
    document["steps"]["purchasing"]["outcomes"]["approved"] = "create"
    del document["steps"]["bank"]
    document["steps"]["create"]["call"]["body"].pop("payment_days")
    document["steps"]["tell"]["message"] = "Done."
    made = ask(shop.people["ann"], document, company="ACME", country="DE", contact="a@b.example")
    decide(shop.people["bob"], made, "approved", "fine by me")
    return made


def answer(made: UUID, kind: str, *, fails: bool = False) -> None:
    """The newest call of a request, or the newest that undoes one, is answered."""
    effect = str([row for row in effects_of(made) if row.kind == kind][-1].id)
    done = EffectFailed(effect, "404") if fails else EffectSucceeded(effect, {"status": 201, "body": {"id": "S-1"}})
    with across_tenants() as db:
        runtime.send(db, locked(db, made), done, runtime.WORKER)


def created(shop: Company) -> UUID:
    made = supplier(shop)
    answer(made, "call")
    return made


def cancel(shop: Company, made: UUID) -> None:
    admin = shop.people["alex"]
    with across_tenants() as db:
        service.cancel(db, admin.principal, made, "over", Actor("user", admin.id, admin.name, "web"))


def completed(shop: Company) -> UUID:
    made = created(shop)
    decide(shop.people["dana"], made, "approved", "welcome")
    return made


def rejected(shop: Company) -> UUID:
    made = created(shop)
    decide(shop.people["dana"], made, "rejected", "sanctions")
    return made


def rejected_and_undone(shop: Company) -> UUID:
    made = rejected(shop)
    answer(made, "undo")
    return made


def rejected_and_left(shop: Company) -> UUID:
    """What was done could not be undone, and an administrator ended it."""
    made = rejected(shop)
    answer(made, "undo", fails=True)
    cancel(shop, made)
    return made


def rejected_as_timeout(shop: Company) -> UUID:
    """A person may say this word, too."""
    made = created(shop)
    decide(shop.people["dana"], made, "rejected", "timeout")
    answer(made, "undo")
    return made


def timed_out_and_undone(shop: Company) -> UUID:
    made = created(shop)
    fire(made)
    answer(made, "undo")
    return made


def failed(shop: Company) -> UUID:
    made = supplier(shop)
    answer(made, "call", fails=True)
    return made


def cancelled_and_undone(shop: Company) -> UUID:
    made = created(shop)
    cancel(shop, made)
    answer(made, "undo")
    return made


ENDS: list[tuple[Callable[[Company], UUID], str, str, str | None, str | None, str | None]] = [
    (completed, "completed", "approved", "approved", "dana", "welcome"),
    (rejected_and_undone, "rolled_back", "rejected", "rejected", "dana", "sanctions"),
    (rejected_and_left, "rejected", "rejected", "rejected", "dana", "sanctions"),
    (rejected_as_timeout, "rolled_back", "rejected", "rejected", "dana", "timeout"),
    (timed_out_and_undone, "rolled_back", "timeout", "rejected", None, None),
    (failed, "failed", "failed", None, None, None),
    (cancelled_and_undone, "rolled_back", "cancelled", None, None, None),
]


@pytest.mark.parametrize(("end", "stored", "word", "decision", "by", "comment"), ENDS)
def test_history_names_what_led_to_the_end_and_who_decided(
    shop: Company,
    end: Callable[[Company], UUID],
    stored: str,
    word: str,
    decision: str | None,
    by: str | None,
    comment: str | None,
) -> None:
    made = end(shop)
    assert instance(made).status == stored
    (found,) = shop["trusted"].get("/api/approvals/history", status=word).body["history"]
    person = shop.email(by) if by else None
    assert (found["id"], found["status"], found["decision"]) == (str(made), word, decision)
    assert (found["decidedBy"], found["comment"]) == (person, comment)
    assert shop["ann"].get(f"/api/approvals/{made}").body["request"]["status"] == word
    # The first to decide sees it in the history, and is not called the last.
    (own,) = shop["trusted"].get("/api/approvals/history", userId=shop.email("bob")).body["history"]
    assert own["decidedBy"] == person


def test_rows_and_states_are_called_alike_at_every_end(shop: Company) -> None:
    for end, *_ in ENDS:
        end(shop)
    with across_tenants() as db:
        query = select(instances.c.state, status_of_row().label("word")).where(instances.c.tenant_id == shop.tenant_id)
        found = db.execute(query).all()
    assert sorted(row.word for row in found) == sorted(word for _, _, word, *_ in ENDS)
    assert [row.word for row in found] == [status_word(runtime.state_of(row.state)) for row in found]


def test_what_failed_was_not_rejected(shop: Company) -> None:
    for end in (completed, failed):
        end(shop)
    found: dict[str, Any] = shop["trusted"].get("/api/approvals/statistics").body["statistics"]
    assert (found["byStatus"]["approved"], found["byStatus"]["failed"], found["byStatus"]["rejected"]) == (1, 1, 0)
    assert found["approvalRate"] == 1


def test_a_decision_is_approved_when_nobody_more_has_to_sign_though_the_request_goes_on(shop: Company) -> None:
    people = [shop.email("frank"), shop.email("grace")]
    both = {"kind": "HUMAN", "approvers": people, "requireMinApprovers": 2}
    call = {"kind": "HTTP", "url": "https://example.com/orders"}
    made = shop["alex"].post("/api/workflows", {"steps": [both, call]}).body["id"]
    first, second = (shop[name].post(f"/api/approvals/{made}/approve").body for name in ("frank", "grace"))
    assert (first["decision"]["status"], second["decision"]["status"]) == ("pending", "approved")
    assert shop["alex"].get(f"/api/approvals/{made}").body["request"]["status"] == "pending"


def test_a_decision_is_rejected_while_what_was_done_is_still_being_undone(shop: Company) -> None:
    made = created(shop)
    answered = shop["dana"].post(f"/api/approvals/{made}/reject", {"reason": "sanctions"}).body
    assert answered["decision"]["status"] == "rejected"
    assert shop["ann"].get(f"/api/approvals/{made}").body["request"]["status"] == "pending"
