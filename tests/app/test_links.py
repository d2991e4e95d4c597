import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from app.access import links
from app.config import settings
from app.errors import Missing
from app.runtime import wake
from app.store.db import across_tenants
from app.store.tables import events, metadata, users
from tests.app.requests import ask, deliver, instance, shipped, tasks_of
from tests.make import Browser, Cast, User, browser, make_cast

PURCHASE = shipped("purchase-approval")
PURCHASE["steps"]["approval"]["levels"] = [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]
PURCHASE["steps"]["tell"]["who"] = [{"requester": True}]
FORM = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def asked(cast: Cast) -> UUID:
    return ask(cast.ben, PURCHASE, item="MacBooks", amount=7200, why="The old ones are slow")


def link(instance_id: UUID, user: User) -> str:
    return links.make(user.tenant_id, tasks_of(instance_id)[0].id, user.id, 2).removeprefix(settings().base_url)


def rows(tenant_id: UUID) -> dict[str, int]:
    with across_tenants() as db:
        return {
            table.name: db.execute(select(func.count()).where(table.c.tenant_id == tenant_id)).scalar_one()
            for table in metadata.tables.values()
            if "tenant_id" in table.c
        }


def decide(web: Browser, url: str, outcome: str, comment: str = "", **headers: str) -> Any:
    return web.post(url, data={"outcome": outcome, "comment": comment}, headers=FORM | headers)


def test_a_link_of_a_mail_opens_the_question(cast: Cast, asked: UUID) -> None:
    url = next(re.findall(r"http\S+/d/\S+", message.text) for message in deliver(asked))[0]
    with browser() as web:
        page = web.get(url.removeprefix(settings().base_url))
    assert page.status_code == 200
    for words in (
        "MacBooks",
        "7,200.00 EUR",
        "Ben",
        "Cleo",
        "The old ones are slow",
        "If you approve",
        "then it counts as rejected",
    ):
        assert words in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert "no-referrer" in page.headers["referrer-policy"] or "same-origin" in page.headers["referrer-policy"]


def test_looking_changes_nothing(cast: Cast, asked: UUID) -> None:
    url, before = link(asked, cast.cleo), rows(cast.cleo.tenant_id)
    with browser() as web:
        for _ in range(5):
            assert web.get(url).status_code == 200
            assert web.head(url).status_code == 200
            assert web.get(url, headers={"Purpose": "prefetch", "User-Agent": "scanner"}).status_code == 200
        assert web.get(f"{url}?outcome=approved").status_code == 200
        assert web.put(url).status_code == 405
    assert rows(cast.cleo.tenant_id) == before
    assert tasks_of(asked)[0].status == "pending"


@pytest.mark.parametrize(
    ("outcome", "status", "words"),
    [
        ("approved", "approved", "You approved this"),
        ("rejected", "rejected", "You rejected this"),
        ("changes_requested", "running", "You asked for changes"),
    ],
)
def test_a_pressed_button_decides(cast: Cast, asked: UUID, outcome: str, status: str, words: str) -> None:
    url = link(asked, cast.cleo)
    with browser() as web:
        answer = decide(web, url, outcome, "Because of this")
        assert (answer.status_code, answer.headers["location"]) == (303, url)
        assert words in web.get(url).text
    assert instance(asked).status == status
    task = tasks_of(asked)[0]
    assert (task.status, task.closed_by, task.comment) == (outcome, cast.cleo.id, "Because of this")
    with across_tenants() as db:
        event = db.execute(select(events).where(events.c.instance_id == asked, events.c.type == "TaskDecided")).one()
    assert (event.actor_id, event.source) == (cast.cleo.id, "e-mail")
    assert event.address


def test_a_second_answer_is_told_who_was_first(cast: Cast, asked: UUID) -> None:
    url = link(asked, cast.cleo)
    with browser() as web:
        decide(web, url, "approved")
        again = decide(web, url, "rejected", "No!")
    assert again.status_code == 409
    assert "You approved this" in again.text
    assert instance(asked).status == "approved"


def test_a_question_that_somebody_else_answered_says_who(cast: Cast) -> None:
    both = shipped("purchase-approval")
    both["steps"]["approval"]["levels"] = [
        {"id": "anyone", "name": "Anyone", "who": [{"user": cast.cleo.email}, {"user": cast.ben.email}]}
    ]
    asked = ask(cast.ada, both, item="MacBooks", amount=7200)
    mine = {task.assignee_id: task.id for task in tasks_of(asked)}
    to_ben, to_cleo = (
        links.make(user.tenant_id, mine[user.id], user.id, 2).removeprefix(settings().base_url)
        for user in (cast.ben, cast.cleo)
    )
    with browser() as web:
        decide(web, to_ben, "approved")
        page = web.get(to_cleo)
        late = decide(web, to_cleo, "approved")
    assert (page.status_code, late.status_code) == (200, 409)
    for answer in (page, late):
        assert "Ben already approved this" in answer.text
        assert "7,200.00" not in answer.text


def test_what_is_wrong_stands_beside_the_words_that_were_typed(cast: Cast, asked: UUID) -> None:
    url = link(asked, cast.cleo)
    with browser() as web:
        for outcome, comment in (("rejected", ""), ("nonsense", "x"), ("", "x"), ("approved", "y" * 5000)):
            answer = decide(web, url, outcome, comment)
            assert answer.status_code == 422
            assert "field__error" in answer.text
            assert comment[:4000] in answer.text
        twice = web.post(
            url,
            content="outcome=approved&outcome=rejected",
            headers=FORM | {"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert twice.status_code == 422
        assert web.post(url, content=b"\xff\x00", headers=FORM).status_code in (400, 422)
    assert tasks_of(asked)[0].status == "pending"


def test_other_sites_cannot_press_the_button(cast: Cast, asked: UUID) -> None:
    url = link(asked, cast.cleo)
    with browser() as web:
        assert decide(web, url, "approved", **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert decide(web, url, "approved", Origin="https://evil.example").status_code == 403
        assert decide(web, url, "approved", Origin="null").status_code == 403
    assert tasks_of(asked)[0].status == "pending"


def broken(token: str) -> list[str]:
    body, rest = token.split(".", 1)
    return [
        token[:-1],
        f"{token}A",
        token[1:],
        f"{body}.{rest[::-1]}",
        "x",
        "a.b.c",
        "é",
        "%00",
        body,
        "." * 30,
        "A" * 5000,
    ]


def test_wrong_links_are_not_found(cast: Cast, asked: UUID) -> None:
    token = link(asked, cast.cleo).removeprefix("/d/")
    for wrong in broken(token):
        with browser() as web:
            assert web.get(f"/d/{wrong}").status_code == 404
            assert decide(web, f"/d/{wrong}", "approved").status_code == 404
    assert tasks_of(asked)[0].status == "pending"


def test_a_link_is_for_one_person_and_one_task(cast: Cast, asked: UUID) -> None:
    task = tasks_of(asked)[0]
    acme, other = cast.cleo.tenant_id, cast.eve.tenant_id
    for tenant_id, task_id, user_id in (
        (acme, task.id, cast.ben.id),
        (acme, task.id, cast.eve.id),
        (other, task.id, cast.eve.id),
        (other, task.id, cast.cleo.id),
        (acme, uuid4(), cast.cleo.id),
        (acme, task.id, uuid4()),
    ):
        url = links.make(tenant_id, task_id, user_id, 2).removeprefix(settings().base_url)
        with browser() as web:
            assert web.get(url).status_code == 404
            assert decide(web, url, "approved").status_code == 404


def test_a_token_for_another_purpose_is_no_link(cast: Cast, asked: UUID) -> None:
    from itsdangerous import URLSafeTimedSerializer

    other = URLSafeTimedSerializer(settings().secret_key, salt="something else")
    with pytest.raises(Missing):
        links.read(other.dumps([cast.cleo.tenant_id.hex, tasks_of(asked)[0].id.hex, cast.cleo.id.hex, 2]))


def test_a_link_ends_after_a_month(cast: Cast, asked: UUID) -> None:
    token = link(asked, cast.cleo).removeprefix("/d/")
    assert links.read(token).user_id == cast.cleo.id
    assert links.read(token, datetime.now(UTC) + timedelta(days=29)).user_id == cast.cleo.id
    with pytest.raises(links.Expired):
        links.read(token, datetime.now(UTC) + timedelta(days=31))


def test_the_link_of_a_closed_account_is_dead(cast: Cast, asked: UUID) -> None:
    url = link(asked, cast.cleo)
    with across_tenants() as db:
        db.execute(update(users).where(users.c.id == cast.cleo.id).values(active=False))
    with browser() as web:
        assert web.get(url).status_code == 410
        assert decide(web, url, "approved").status_code == 410
    assert tasks_of(asked)[0].status == "pending"


def test_somebody_who_lost_the_role_cannot_decide(cast: Cast, asked: UUID) -> None:
    url = link(asked, cast.cleo)
    with across_tenants() as db:
        db.execute(update(users).where(users.c.id == cast.cleo.id).values(roles=["requester"]))
    with browser() as web:
        assert decide(web, url, "approved").status_code == 403
    assert tasks_of(asked)[0].status == "pending"


def test_wrong_signatures_for_one_content_are_slowed_down_and_no_right_one_ever(cast: Cast, asked: UUID) -> None:
    url = link(asked, cast.cleo)
    with browser() as web:
        answers = [web.get(f"{url[:-3]}{number:03}").status_code for number in range(25)]
        assert answers == [404] * 20 + [429] * 5
        slowed = web.get(f"{url[:-3]}zzz")
        assert 0 < int(slowed.headers["retry-after"]) <= 60
        counts = [wake.redis().get(key) for key in wake.redis().scan_iter("signoff:wrong-links:*")]
        assert b"26" in counts, "all processes count together"
        assert web.get("/d/another.wrong.one").status_code == 404
        assert web.get(url).status_code == 200
        assert decide(web, url, "approved").status_code == 303
    assert tasks_of(asked)[0].status == "approved"


def test_who_is_logged_in_as_somebody_else_cannot_answer(cast: Cast, asked: UUID) -> None:
    url = link(asked, cast.cleo)
    with browser(cast.ben) as web:
        page = web.get(url)
        assert "This link is for Cleo alone" in page.text
        assert 'value="approved"' not in page.text
        assert decide(web, url, "approved").status_code == 403
    assert tasks_of(asked)[0].status == "pending"
    with browser(cast.cleo) as own:
        assert decide(own, url, "approved").status_code == 303


def test_after_the_role_is_lost_no_button_is_offered(cast: Cast, asked: UUID) -> None:
    with across_tenants() as db:
        db.execute(update(users).where(users.c.id == cast.cleo.id).values(roles=["requester"]))
    with browser() as web:
        page = web.get(link(asked, cast.cleo))
    assert 'value="approved"' not in page.text
    assert "You cannot decide on requests at present" in page.text


def test_a_decision_with_a_form_of_its_own_asks_to_log_in(cast: Cast) -> None:
    document = shipped(
        "purchase-approval",
        approval={
            "form": {"schema": {"type": "object", "required": ["code"], "properties": {"code": {"type": "string"}}}}
        },
    )
    document["steps"]["approval"]["levels"] = [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]
    asked = ask(cast.ben, document, item="MacBooks", amount=7200)
    url = link(asked, cast.cleo)
    with browser() as web:
        page = web.get(url)
        assert 'value="approved"' not in page.text
        assert f'href="/tasks/{tasks_of(asked)[0].id}"' in page.text
        assert decide(web, url, "approved").status_code == 422
        assert decide(web, url, "rejected", "No").status_code == 303


PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><script>alert(1)</script>",
    "{{1234*4321}}${1234*4321}",
    '<a hx-get="/admin" hx-trigger="load">',
    "javascript:alert(1)",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_words_of_people_stay_words(cast: Cast, payload: str) -> None:
    asked = ask(cast.ben, PURCHASE, item=payload, amount=7200, why=payload)
    with browser() as web:
        for page in (
            web.get(link(asked, cast.cleo)),
            decide(web, link(asked, cast.cleo), "nonsense", payload),
        ):
            assert "49" not in page.text or "{{7*7}}" not in payload
            for raw in ("<script>alert", "<img src=x", '<a hx-get="/admin"', 'href="javascript:'):
                assert raw not in page.text
