from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from app import tasks
from app.store.db import across_tenants
from app.store.tables import tasks as task_rows
from app.store.tables import users
from tests.app.pages import send, statements, words
from tests.app.requests import ask, decide, fire, instance, shipped, tasks_of
from tests.make import Cast, User, browser, let_decide, make_cast, make_user

MANAGER = {"levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]}
TELL = {"who": [{"requester": True}]}
PURCHASE = shipped("purchase-approval", approval=MANAGER, tell=TELL)
APPROVE, REJECT, CHANGES = [("outcome", outcome) for outcome in ("approved", "rejected", "changes_requested")]
SEND = ("_do", "submit")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def asked(cast: Cast) -> UUID:
    return ask(cast.ben, PURCHASE, item="MacBooks", amount=7200, why="The old ones are slow")


def open_task(instance_id: UUID) -> str:
    return f"/tasks/{next(task.id for task in tasks_of(instance_id) if task.status == 'pending')}"


def answer(user: User, place: str, button: tuple[str, str], **changes: str) -> Any:
    with browser(user) as web:
        return send(web, web.get(place).text, f"{place}/decision", button, **changes)


def test_my_work_says_what_how_much_who_and_by_when(cast: Cast, asked: UUID) -> None:
    with browser(cast.cleo) as web:
        page = words(web.get("/tasks").text)
    for text in ("1 thing is waiting for you", "MacBooks", "7,200.00 EUR", "Ben", "Purchase approval", "2 d 23 h left"):
        assert text in page


def test_my_work_is_mine(cast: Cast, asked: UUID) -> None:
    for user in (cast.ada, cast.ben, cast.eve):
        with browser(user) as web:
            page = web.get("/tasks").text
        assert "MacBooks" not in page
        assert "Nothing is waiting for you" in page


def test_the_most_urgent_comes_first_page_by_page(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "PAGE", 2)
    for number in range(5):
        due = "P1D" if number == 3 else f"P{9 - number}D" if number < 3 else None
        timeout = {"timeout": {"after": due, "then": "reject"}}
        ask(cast.ben, shipped("purchase-approval", approval={**MANAGER, **timeout}), item=f"No{number}", amount=900)
    seen, place = [], "/tasks"
    with browser(cast.cleo) as web:
        while place:
            page = web.get(place).text
            seen += [
                number for number in sorted(range(5), key=lambda one: page.find(f"No{one}<")) if f"No{number}<" in page
            ]
            place = page.split('rel="next" href="')[1].split('"')[0] if 'rel="next"' in page else ""
    assert seen == [3, 2, 1, 0, 4]


def test_a_cursor_that_nobody_made_shows_the_first_page(cast: Cast, asked: UUID) -> None:
    with browser(cast.cleo) as web:
        assert "MacBooks" in web.get("/tasks?after=nonsense~7").text


def test_my_work_is_renewed_in_place(cast: Cast, asked: UUID) -> None:
    with browser(cast.cleo) as web:
        part = web.get("/tasks", headers={"HX-Request": "true", "HX-Target": "work"}).text
    assert part.lstrip().startswith('<div id="work"')
    assert "MacBooks" in part


def test_what_i_decided_is_kept_in_sight(cast: Cast, asked: UUID) -> None:
    decide(cast.cleo, asked, "rejected", "No budget")
    with browser(cast.cleo) as web:
        page = words(web.get("/tasks").text)
    assert "Recently decided by you MacBooks" in page
    assert "Rejected" in page


def test_my_work_takes_few_statements(cast: Cast) -> None:
    for number in range(6):
        decide_first = ask(cast.ben, PURCHASE, item=f"Thing {number}", amount=900 + number)
        if number % 2:
            decide(cast.cleo, decide_first, "approved")
    with browser(cast.cleo) as web:
        web.get("/tasks")
        with statements() as said:
            web.get("/tasks")
    assert len(said) <= 5


def test_a_task_answers_the_five_questions(cast: Cast, asked: UUID) -> None:
    with browser(cast.cleo) as web:
        page = words(web.get(open_task(asked)).text)
    for text in (
        "Ben asks for your decision",
        "MacBooks",
        "7,200.00 EUR",
        "2 d 23 h left",
        "then it counts as rejected",
        "If you approve, Ben is told, then the request is approved",
        "Approve 7,200.00 EUR",
        "The old ones are slow",
    ):
        assert text in page


@pytest.mark.parametrize(
    ("button", "status", "said"),
    [
        (APPROVE, "approved", "You approved this"),
        (REJECT, "rejected", "You rejected"),
        (CHANGES, "running", "sent this back"),
    ],
)
def test_a_button_decides(cast: Cast, asked: UUID, button: tuple[str, str], status: str, said: str) -> None:
    place = open_task(asked)
    with browser(cast.cleo) as web:
        page = web.get(place).text
        done = send(web, page, f"{place}/decision", button, comment="Because of this")
        assert (done.status_code, done.headers["location"]) == (303, f"/instances/{asked}")
        assert said in web.get(done.headers["location"]).text
    assert instance(asked).status == status
    task = tasks_of(asked)[0]
    assert (task.status, task.closed_by, task.comment) == (button[1], cast.cleo.id, "Because of this")


def test_to_reject_takes_words(cast: Cast, asked: UUID) -> None:
    refused = answer(cast.cleo, open_task(asked), REJECT, comment="  ")
    assert refused.status_code == 422
    assert "Say why" in refused.text
    assert 'id="rejected-comment-error"' in refused.text
    assert '<dialog class="dialog why" id="rejected" aria-labelledby="rejected-title" open>' in refused.text
    assert tasks_of(asked)[0].status == "pending"


def test_to_approve_takes_words_where_the_definition_says_so(cast: Cast) -> None:
    asked = ask(
        cast.ben, shipped("purchase-approval", approval={**MANAGER, "comment": "required"}), item="X", amount=900
    )
    refused = answer(cast.cleo, open_task(asked), APPROVE)
    assert refused.status_code == 422
    assert 'id="comment-error"' in refused.text
    assert answer(cast.cleo, open_task(asked), APPROVE, comment="Fine").status_code == 303


@pytest.mark.parametrize(
    ("outcome", "comment"), [("nonsense", "x"), ("", "x"), ("approved", "y" * 5000), ("rejected", "a\0b")]
)
def test_what_cannot_be_kept_is_refused(cast: Cast, asked: UUID, outcome: str, comment: str) -> None:
    place = open_task(asked)
    with browser(cast.cleo) as web:
        refused = web.post(f"{place}/decision", data={"outcome": outcome, "comment": comment})
    assert refused.status_code == 422
    assert tasks_of(asked)[0].status == "pending"


def test_a_second_answer_is_told_who_was_first(cast: Cast) -> None:
    both = {"levels": [{"id": "both", "name": "Both", "who": [{"user": cast.ben.email}, {"user": cast.cleo.email}]}]}
    asked = ask(cast.ada, shipped("purchase-approval", approval=both), item="Desk", amount=900)
    mine, other = (
        next(task.id for task in tasks_of(asked) if task.assignee_id == user.id) for user in (cast.ben, cast.cleo)
    )
    with browser(cast.cleo) as web:
        before = web.get(f"/tasks/{other}").text
        answer(cast.ben, f"/tasks/{mine}", APPROVE)
        late = send(web, before, f"/tasks/{other}/decision", REJECT, comment="No!")
        page = words(web.get(f"/tasks/{other}").text)
    assert late.status_code == 409
    assert "Ben already approved this at " in words(late.text)
    assert "not needed any more" in words(late.text)
    assert "Approve 900.00 EUR" not in late.text
    assert "An answer is not needed any more" in page
    assert instance(asked).status == "approved"


def test_deciding_twice_is_told_as_mine(cast: Cast, asked: UUID) -> None:
    place = open_task(asked)
    with browser(cast.cleo) as web:
        page = web.get(place).text
        send(web, page, f"{place}/decision", APPROVE)
        again = send(web, page, f"{place}/decision", REJECT, comment="Wait")
    assert again.status_code == 409
    assert "You already approved this" in again.text


def test_a_withdrawn_request_has_no_decider(cast: Cast, asked: UUID) -> None:
    place = open_task(asked)
    with browser(cast.ben) as web:
        web.post(f"/instances/{asked}/withdrawal", data={"reason": ""})
    with browser(cast.cleo) as web:
        late = web.post(f"{place}/decision", data={"outcome": "approved"})
    assert late.status_code == 409
    assert "approved this" not in late.text
    assert "This request has ended: cancelled." in late.text


def test_who_is_not_asked_looks_only(cast: Cast, asked: UUID) -> None:
    for user in (cast.ben, cast.dov):
        with browser(user) as web:
            page = web.get(open_task(asked)).text
            assert "Waiting for Cleo (Manager)" in words(page)
            assert "/decision" not in page
            assert web.post(f"{open_task(asked)}/decision", data={"outcome": "approved"}).status_code == 403
    assert tasks_of(asked)[0].status == "pending"


def test_strangers_learn_nothing(cast: Cast, asked: UUID) -> None:
    with across_tenants() as db:
        kim = make_user(db, cast.ada.tenant_id, "Kim", "requester", "approver")
    for user in (cast.eve, kim):
        with browser(user) as web:
            place = open_task(asked)
            for refused in (
                web.get(place),
                web.post(f"{place}/decision", data={"outcome": "approved"}),
                web.post(f"{place}/submission", data={"/item": "Mine"}),
            ):
                assert refused.status_code == 404
                assert "MacBooks" not in refused.text


def test_a_decided_task_says_who_and_when(cast: Cast, asked: UUID) -> None:
    place = open_task(asked)
    decide(cast.cleo, asked, "rejected", "No budget")
    with browser(cast.ben) as web:
        page = words(web.get(place).text)
    assert "Cleo rejected this No budget just now" in page


def test_an_escalated_task_says_so(cast: Cast) -> None:
    with across_tenants() as db:
        db.execute(update(users).where(users.c.id == cast.ben.id).values(manager_id=cast.cleo.id))
    late = {**MANAGER, "timeout": {"after": "P1D", "then": "escalate", "finally": "reject"}}
    asked = ask(cast.ben, shipped("purchase-approval", approval=late), item="Desk", amount=900)
    place = open_task(asked)
    fire(asked)
    with browser(cast.cleo) as web:
        assert "Not answered in time" in web.get(place).text


def test_without_the_role_nobody_decides(cast: Cast, asked: UUID) -> None:
    with across_tenants() as db:
        db.execute(update(users).where(users.c.id == cast.cleo.id).values(roles=["requester"]))
    with browser(cast.cleo) as web:
        page = web.get(open_task(asked)).text
        assert "your role does not decide" in page
        assert "Approve 7,200.00" not in page
        assert web.post(f"{open_task(asked)}/decision", data={"outcome": "approved"}).status_code == 403


def test_hostile_words_stay_words(cast: Cast) -> None:
    hostile = '<img src=x onerror="x()">{{ 7 * 7 }}'
    asked = ask(cast.ben, PURCHASE, item=hostile, amount=900, why=hostile)
    with browser(cast.cleo) as web:
        for page in (web.get("/tasks").text, web.get(open_task(asked)).text):
            assert "<img" not in page
            assert "&lt;img" in page
            assert "{{ 7 * 7 }}" in page


def test_changes_are_asked_for_and_made(cast: Cast, asked: UUID) -> None:
    answer(cast.cleo, open_task(asked), CHANGES, comment="A second quote, please")
    place = open_task(asked)
    with browser(cast.ben) as web:
        page = web.get(place).text
        assert "Cleo asked for changes A second quote, please" in words(page)
        assert 'value="7200.00"' in page
        done = send(web, page, f"{place}/submission", SEND, **{"/amount": "6900"})
    assert (done.status_code, done.headers["location"]) == (303, f"/instances/{asked}")
    row = instance(asked)
    assert (row.status, row.state["data"]["amount"], row.state["data"]["item"]) == (
        "waiting_approval",
        6900,
        "MacBooks",
    )


def test_a_wrong_answer_keeps_what_was_typed(cast: Cast, asked: UUID) -> None:
    answer(cast.cleo, open_task(asked), CHANGES, comment="More")
    place = open_task(asked)
    with browser(cast.ben) as web:
        wrong = send(web, web.get(place).text, f"{place}/submission", SEND, **{"/amount": "a lot", "/why": "Because"})
    assert wrong.status_code == 422
    assert 'value="a lot"' in wrong.text
    assert "Because" in wrong.text
    assert 'id="field-amount:error"' in wrong.text
    assert instance(asked).state["data"]["amount"] == 7200


def test_a_form_is_filled_in(cast: Cast) -> None:
    ben = {"who": [{"user": cast.ben.email}]}
    bank = shipped("new-supplier", purchasing=MANAGER, bank=ben, compliance=MANAGER)
    asked = ask(cast.ada, bank, company="Acme", country="DE", contact="a@b.example")
    decide(cast.cleo, asked, "approved")
    place = open_task(asked)
    with browser(cast.ben) as web:
        assert "Fill in" in web.get("/tasks").text
        page = web.get(place).text
        assert "Please fill in “Bank data”" in page
        assert 'value="30"' in page
        wrong = send(web, page, f"{place}/submission", SEND, **{"/iban": "short"})
        assert wrong.status_code == 422
        assert 'value="short"' in wrong.text
        done = send(web, wrong.text, f"{place}/submission", SEND, **{"/iban": "DE89370400440532013000"})
    assert done.status_code == 303
    assert instance(asked).state["data"]["iban"] == "DE89370400440532013000"


ASKS_MORE = {
    **MANAGER,
    "form": {
        "schema": {
            "type": "object",
            "required": ["account"],
            "properties": {"account": {"type": "string", "title": "Account", "minLength": 4}},
        }
    },
}


def test_an_approval_may_ask_for_more(cast: Cast) -> None:
    document = shipped("purchase-approval", approval=ASKS_MORE)
    document["data"]["properties"]["account"] = {"type": "string", "title": "Account"}
    asked = ask(cast.ben, document, item="Desk", amount=900)
    place = open_task(asked)
    wrong = answer(cast.cleo, place, APPROVE, **{"/account": "12", "comment": "Yes"})
    assert wrong.status_code == 422
    assert 'value="12"' in wrong.text
    assert "Yes</textarea>" in wrong.text
    assert tasks_of(asked)[0].status == "pending"
    assert answer(cast.cleo, place, APPROVE, **{"/account": "4711", "/amount": "1"}).status_code == 303
    data = instance(asked).state["data"]
    assert (data["account"], data["amount"]) == ("4711", 900)


def test_a_rejection_needs_none_of_it(cast: Cast) -> None:
    asked = ask(cast.ben, shipped("purchase-approval", approval=ASKS_MORE), item="Desk", amount=900)
    assert answer(cast.cleo, open_task(asked), REJECT, comment="No").status_code == 303
    assert instance(asked).status == "rejected"


def test_values_that_no_form_asked_for_are_dropped(cast: Cast, asked: UUID) -> None:
    with browser(cast.cleo) as web:
        web.post(f"{open_task(asked)}/decision", data={"outcome": "approved", "/amount": "1"})
    assert instance(asked).state["data"]["amount"] == 7200


def test_a_form_from_another_site_decides_nothing(cast: Cast, asked: UUID) -> None:
    with browser(cast.cleo) as web:
        web.headers.pop("x-csrftoken")
        assert web.post(f"{open_task(asked)}/decision", data={"outcome": "approved"}).status_code == 403
    assert tasks_of(asked)[0].status == "pending"


def test_looking_changes_nothing(cast: Cast, asked: UUID) -> None:
    with browser(cast.cleo) as web:
        for _ in range(2):
            web.get(f"{open_task(asked)}?outcome=approved")
        assert web.get(f"{open_task(asked)}/decision").status_code == 405
    with across_tenants() as db:
        row = db.execute(task_rows.select().where(task_rows.c.instance_id == asked)).one()
    assert row.status == "pending"


def test_what_is_cleared_is_gone(cast: Cast, asked: UUID) -> None:
    answer(cast.cleo, open_task(asked), CHANGES, comment="Less words")
    place = open_task(asked)
    with browser(cast.ben) as web:
        send(web, web.get(place).text, f"{place}/submission", SEND, **{"/why": ""})
    assert "why" not in instance(asked).state["data"]


def test_what_changed_since_the_remark_stands_on_the_task(cast: Cast, asked: UUID) -> None:
    answer(cast.cleo, open_task(asked), CHANGES, comment="A second quote, please")
    place = open_task(asked)
    with browser(cast.ben) as web:
        send(web, web.get(place).text, f"{place}/submission", SEND, **{"/amount": "6900.50"})
    with browser(cast.cleo) as web:
        page = words(web.get(open_task(asked)).text)
    assert "You asked for changes: A second quote, please Ben changed this just now" in page
    assert "Amount was 7,200.00 EUR is now 6,900.50 EUR" in page
    assert "What do you need? before" not in page


def test_money_in_the_story_is_money(cast: Cast) -> None:
    level = {"levels": [{"id": "manager", "name": "Manager", "when": "amount > 500", "who": [{"manager": 1}]}]}
    asked = ask(cast.ben, shipped("purchase-approval", approval=level), item="Desk", amount=Decimal("7200.5"))
    with browser(cast.ben) as web:
        page = words(web.get(f"/instances/{asked}").text)
    assert "because 7,200.50 EUR is above 500" in page


def test_who_of_several_has_signed_stands_in_the_head(cast: Cast) -> None:
    let_decide(cast.ada, cast.dov)
    users = [{"user": user.email} for user in (cast.cleo, cast.ada, cast.dov)]
    board = {"levels": [{"id": "board", "name": "Board", "who": users, "policy": {"quorum": 2}}]}
    asked = ask(cast.ben, shipped("purchase-approval", approval=board), item="Desk", amount=7200)
    decide(cast.cleo, asked, "approved")
    with browser(cast.ben) as web:
        page = words(web.get(f"/instances/{asked}").text)
    assert "1 of 2 have signed (Cleo)" in page
    assert "Then the request is approved" in page


def test_title_and_amount_stand_on_the_task_once(cast: Cast, asked: UUID) -> None:
    with browser(cast.cleo) as web:
        page = web.get(open_task(asked)).text
    facts = page[page.index('id="facts"') :]
    assert "What do you need?" not in facts[: facts.index("</section>")]
    assert "The old ones are slow" in facts[: facts.index("</section>")]


def test_auditors_land_on_the_audit(cast: Cast) -> None:
    for user, place in ((cast.dov, "/audit"), (cast.ben, "/tasks"), (cast.cleo, "/tasks")):
        with browser(user) as web:
            assert web.get("/").headers["location"] == place


PRICE = {"schema": {"type": "object", "properties": {"amount": {"type": "number", "title": "Amount"}}}}


@pytest.fixture
def quorum(cast: Cast) -> UUID:
    """Ben and Cleo must both approve, and may change the amount while they do."""
    both = [{"user": cast.ben.email}, {"user": cast.cleo.email}]
    level = {"id": "board", "name": "Board", "who": both, "policy": "all"}
    document = shipped("purchase-approval", approval={"levels": [level], "form": PRICE})
    return ask(cast.ada, document, item="Van", amount=900)


def place_of(user: User, asked: UUID) -> str:
    mine = [task.id for task in tasks_of(asked) if task.assignee_id == user.id and task.status == "pending"]
    return f"/tasks/{mine[0]}"


def test_a_decision_about_what_was_changed_meanwhile_is_shown_the_change_and_keeps_the_comment(
    cast: Cast, quorum: UUID
) -> None:
    place = place_of(cast.cleo, quorum)
    with browser(cast.cleo) as web:
        old = web.get(place).text
        answer(cast.ben, place_of(cast.ben, quorum), APPROVE, **{"/amount": "950"})
        before = instance(quorum)
        late = send(web, old, f"{place}/decision", APPROVE, comment="As agreed")
        assert late.status_code == 409
        assert "This was changed while you looked at it" in late.text
        assert "was 900.00 EUR is now 950.00 EUR" in words(late.text)
        assert "As agreed</textarea>" in late.text
        assert instance(quorum).seq == before.seq
        assert send(web, late.text, f"{place}/decision", APPROVE, **{"/amount": "950"}).status_code == 303
    assert instance(quorum).status == "approved"


def test_whoever_is_asked_again_sees_what_changed_since(cast: Cast, quorum: UUID) -> None:
    answer(cast.ben, place_of(cast.ben, quorum), APPROVE, **{"/amount": "900"})
    answer(cast.cleo, place_of(cast.cleo, quorum), APPROVE, **{"/amount": "50000"})
    assert instance(quorum).status == "waiting_approval"
    with browser(cast.ben) as web:
        page = web.get(place_of(cast.ben, quorum)).text
    assert "What changed since you decided" in page
    assert "was 900.00 EUR is now 50,000.00 EUR" in words(page)
    assert "Cleo" in words(page)
