"""A form whose session has ended, and a form that is sent twice: nothing typed is lost, nothing is done twice."""

from typing import Any

import pytest
from sqlalchemy import delete, func, select

from app.access import bodies, csrf, middleware, unsent
from app.store.db import across_tenants
from app.store.tables import instances, sessions
from tests.app.pages import send, words
from tests.app.requests import ask, shipped, tasks_of
from tests.make import PASSWORD, Browser, Cast, User, browser, make_cast

PURCHASE = shipped(
    "purchase-approval", approval={"levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]}
)
NEW = "/instances/new/purchase-approval"
OVER = "Your session had ended. Nothing was sent yet"


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    ask(made.ben, PURCHASE, item="Chair", amount=1)
    return made


def count(user: User) -> int:
    with across_tenants() as db:
        mine = select(func.count()).select_from(instances).where(instances.c.requester_id == user.id)
        return int(db.execute(mine).scalar_one())


def end_sessions(user: User) -> None:
    with across_tenants() as db:
        db.execute(delete(sessions).where(sessions.c.user_id == user.id))


def log_in(web: Browser, page: str, user: User) -> Any:
    return send(web, page, "/login/again", email=user.email, password=PASSWORD)


def typed(web: Browser) -> Any:
    """What Ada typed, sent after her session had ended."""
    page = web.get(NEW).text
    web.headers["sec-fetch-site"] = "same-origin"
    return page, {"/item": "Three desks", "/amount": "7200.50", "/why": "Old ones\r\nbroke"}


@pytest.mark.parametrize("lost", ["row", "cookie"])
def test_what_was_typed_is_given_back_and_sent_by_nobody_but_the_person(cast: Cast, lost: str) -> None:
    with browser(cast.ada) as web:
        page, values = typed(web)
        if lost == "row":
            end_sessions(cast.ada)
        else:
            web.cookies.delete(middleware.session_cookie())
        over = send(web, page, NEW, ("_do", "submit"), **values)
        assert over.status_code == 401
        assert OVER in words(over.text)
        assert "Three desks" not in over.text
        wrong = send(web, over.text, "/login/again", email=cast.ada.email, password="not this one")
        assert wrong.status_code == 422
        entered = log_in(web, wrong.text, cast.ada)
        assert entered.status_code == 200
        assert count(cast.ada) == 0
        back = send(web, entered.text, NEW, ("_do", unsent.RESTORE))
        assert back.status_code == 200
        assert OVER in words(back.text)
        for value in ("Three desks", "7200.50", "Old ones\nbroke"):
            assert value in back.text.replace("\r\n", "\n")
        assert count(cast.ada) == 0
        assert send(web, back.text, NEW, ("_do", "submit")).status_code == 303
    assert count(cast.ada) == 1


def test_somebody_else_who_logs_in_there_learns_nothing_of_it(cast: Cast) -> None:
    with browser(cast.ada) as web:
        page, values = typed(web)
        end_sessions(cast.ada)
        over = send(web, page, NEW, ("_do", "submit"), **values)
        entered = log_in(web, over.text, cast.ben)
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        assert "Three desks" not in entered.text


def test_a_form_of_another_site_is_not_kept(cast: Cast) -> None:
    with browser(cast.ada) as web:
        _, values = typed(web)
        end_sessions(cast.ada)
        web.headers.pop(csrf.HEADER)
        forged = web.post(NEW, data=values | {csrf.FIELD: "0" * csrf.LENGTH})
        assert forged.status_code == 303
        web.headers["sec-fetch-site"] = "cross-site"
        assert web.post(NEW, data=values).status_code in (303, 403)


def test_too_much_is_not_kept(cast: Cast) -> None:
    with browser(cast.ada) as web:
        page, values = typed(web)
        end_sessions(cast.ada)
        values["/why"] = "".join(f"{number:x}" for number in range(bodies.WITHOUT_FILES // 6))
        assert send(web, page, NEW, ("_do", "submit"), **values).status_code == 303


def test_a_decision_is_given_back_with_its_comment_and_nothing_is_decided(cast: Cast) -> None:
    asked = ask(cast.ben, PURCHASE, item="Desk", amount=5000)
    (task,) = tasks_of(asked)
    place = f"/tasks/{task.id}/decision"
    with browser(cast.cleo) as web:
        page = web.get(f"/tasks/{task.id}").text
        web.headers["sec-fetch-site"] = "same-origin"
        end_sessions(cast.cleo)
        over = send(web, page, place, ("outcome", "rejected"), comment="Too dear for a desk")
        entered = log_in(web, over.text, cast.cleo)
        back = send(web, entered.text, place, ("_do", unsent.RESTORE))
        assert OVER in words(back.text)
        assert "Too dear for a desk" in back.text
        assert tasks_of(asked)[0].status == "pending"
        assert send(web, back.text, place, ("outcome", "rejected")).status_code == 303
    assert (tasks_of(asked)[0].status, tasks_of(asked)[0].comment) == ("rejected", "Too dear for a desk")


def test_a_form_counts_once_however_often_it_is_sent(cast: Cast) -> None:
    with browser(cast.ada) as web:
        page, values = typed(web)
        first = send(web, page, NEW, ("_do", "submit"), **values)
        again = send(web, page, NEW, ("_do", "submit"), **values | {"/amount": "1"})
        assert first.headers["location"] == again.headers["location"]
        assert "no second request was made" in web.get(again.headers["location"]).text
        assert count(cast.ada) == 1
        assert send(web, web.get(NEW).text, NEW, ("_do", "submit"), **values).status_code == 303
    assert count(cast.ada) == 2


def test_a_decision_sent_twice_counts_once(cast: Cast) -> None:
    asked = ask(cast.ben, PURCHASE, item="Desk", amount=5000)
    (task,) = tasks_of(asked)
    with browser(cast.cleo) as web:
        page = web.get(f"/tasks/{task.id}").text
        first, second = (
            send(web, page, f"/tasks/{task.id}/decision", ("outcome", "approved"), comment="ok") for _ in range(2)
        )
    assert (first.status_code, second.status_code) == (303, 409)
    assert "You already approved this" in second.text
