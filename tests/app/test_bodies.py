"""How much of a form is read, by whom, and that nothing is parsed before it is known to be small."""

from time import process_time
from typing import Any

import pytest
from sqlalchemy import select

from app.access import addresses, bodies, csrf, middleware
from app.store.db import across_tenants
from app.store.tables import events, sessions
from tests.app.environment import environment
from tests.app.pages import send
from tests.app.requests import ask, shipped, tasks_of
from tests.make import PASSWORD, Browser, Cast, browser, make_cast

FORM = {"content-type": bodies.URL_ENCODED}
PURCHASE = shipped(
    "purchase-approval", approval={"levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]}
)
MANY = b"a=1&" * 3_000_000


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def post(client: Browser, path: str, body: bytes, **headers: str) -> Any:
    return client.post(path, content=body, headers={**FORM, "sec-fetch-site": "same-origin", **headers})


@pytest.mark.parametrize("path", ["/login", "/d/x.y.z", "/instances/new/purchase-approval", "/people"])
def test_a_large_form_of_a_stranger_is_refused_unread(path: str) -> None:
    with browser() as client:
        client.get("/login")
        began = process_time()
        answer = post(client, path, MANY)
        assert process_time() - began < 2, "parsed, it takes more than twice as long"
    assert answer.status_code in (303, 404, 413)


@pytest.mark.parametrize("path", ["/login", "/logout", "/password"])
def test_forms_of_a_few_words_take_no_more(path: str, cast: Cast) -> None:
    with browser(cast.ben) as client:
        token = client.headers.pop(csrf.HEADER)
        body = f"{csrf.FIELD}={token}&email=".encode() + b"a" * bodies.SMALL
        assert post(client, path, body).status_code == 413


def test_without_a_file_a_form_is_small_and_has_a_number_of_fields(cast: Cast) -> None:
    with browser(cast.ben) as client:
        client.headers.pop(csrf.HEADER)
        for body in (b"a=" + b"b" * bodies.WITHOUT_FILES, b"a=1&" * bodies.MOST_FIELDS):
            answer = post(client, "/instances/new/purchase-approval", body)
            assert answer.status_code == 413
            assert "at most" in answer.text


def test_what_is_no_text_is_refused_in_words(cast: Cast) -> None:
    with browser(cast.cleo) as client:
        client.headers.pop(csrf.HEADER)
        assert post(client, "/people", b"name=%FF&x=\xff").status_code == 422


def test_who_may_not_publish_is_told_before_the_document_is_read(cast: Cast) -> None:
    with browser(cast.ben) as client:
        client.headers.pop(csrf.HEADER)
        answer = post(client, "/definitions/new/file", b"document={", **{"content-length": "11000000"})
        assert answer.status_code == 403
        assert "publish definitions" in answer.text


def test_head_is_answered_like_get_without_a_body(cast: Cast) -> None:
    with browser(cast.ben) as client:
        for path in ("/tasks", "/people", "/login", "/keys", "/mail"):
            found = client.head(path)
            assert (path, found.status_code) == (path, client.get(path).status_code)
            assert found.content == b""


def test_the_form_token_is_another_one_on_each_page(cast: Cast) -> None:
    with browser(cast.ben) as client:
        session = client.cookies[middleware.session_cookie()]
        tokens = {csrf.token(session, str(cast.ben.id)) for _ in range(3)}
    assert len({token[start : start + 16] for token in tokens for start in range(0, csrf.LENGTH - 15, 16)}) == 21
    for token in tokens:
        assert csrf.fits(token, session)
        assert csrf.is_of(token, str(cast.ben.id))
        assert not csrf.fits(token, "another")
        assert not csrf.is_of(token, str(cast.ada.id))
        assert not csrf.fits(f"{token}a", session)


TRUSTED = frozenset({"10.0.0.0/8", "192.0.2.7"})


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6", "198.51.100.1, 192.0.2.7"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6, nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["10.2.0.1"], "10.2.0.1"),
    ],
)
def test_of_a_proxy_alone_the_address_is_believed(peer: str, forwarded: list[str], found: str) -> None:
    assert addresses.client_address(peer, forwarded, TRUSTED) == found


def test_the_record_has_the_persons_address_and_not_the_proxys(cast: Cast) -> None:
    asked = ask(cast.ben, PURCHASE, item="Desk", amount=5000)
    (task,) = tasks_of(asked)
    with environment(TRUSTED_PROXIES="10.0.0.0/8"), browser(cast.cleo, "10.0.0.1") as web:
        web.headers["x-forwarded-for"] = "6.6.6.6, 198.51.100.23"
        sent = web.post(f"/tasks/{task.id}/decision", data={"outcome": "approved"})
        assert sent.status_code == 303
        web.cookies.clear()
        page = web.get("/login").text
        send(web, page, "/login", email=cast.cleo.email, password=PASSWORD)
    with across_tenants() as db:
        decided = db.execute(select(events).where(events.c.instance_id == asked, events.c.type == "TaskDecided")).one()
        newest = select(sessions.c.address).where(sessions.c.user_id == cast.cleo.id)
        session = db.execute(newest.order_by(sessions.c.created_at.desc()).limit(1)).scalar_one()
    assert decided.address == session == "198.51.100.23"
