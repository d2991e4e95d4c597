"""The panel's own controls over the wire: people found while a name is typed, and calls tried from it."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.drafts import begin
from app.outgoing import tried as trying
from app.outgoing.client import Way
from app.outgoing.tried import tried
from app.store.db import across_tenants
from tests.app.pages import send, words
from tests.app.sink import Sink, answer, running, silent
from tests.app.test_pages_designer import HERE, document, insert
from tests.make import Browser, Cast, browser, make_cast


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def web(cast: Cast) -> Iterator[Browser]:
    with across_tenants() as db:
        begin.blank_flow(db, cast.ada.principal, "Spending")
    with browser(cast.ada) as client:
        insert(client, "request:submitted", "action")
        yield client


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    with running() as server:
        monkeypatch.setattr(trying, "_way", Way(allow={server.place}, total=5.0))
        yield server


def panel(web: Browser, do: str, **changes: str) -> Any:
    page = web.get(f"{HERE}?step=action").text
    return send(web, page, f"{HERE}/settings?step=action", ("_do", do), **changes)


def test_people_are_found_by_the_beginning_of_their_words(cast: Cast, web: Browser) -> None:
    found = web.get(f"{HERE}/people", params={"/who/0/user": cast.ben.name[:3]}).text
    assert f'<option value="{cast.ben.email}">' in found and cast.ada.email not in found
    assert "option" not in web.get(f"{HERE}/people", params={"q": ""}).text
    with browser(cast.ben) as other:
        assert other.get(f"{HERE}/people", params={"q": "ada"}).status_code == 403


def test_a_call_is_tried_with_made_up_data_and_its_answer_can_be_picked_from(web: Browser, sink: Sink) -> None:
    sink.replies["/orders"] = answer(201, b'{"id": "O-7", "lines": [1], "by": {"name": "x"}}')
    shown = panel(web, "call:/call", **{"/call/url": sink.url("/orders"), "key:/call/body": "for"})
    told = words(shown.text)
    assert "It answered 201." in told and "{result.body.id} O-7" in told and "{result.body.by.name} x" in told
    assert [(got.method, got.path) for got in sink.got] == [("POST", "/orders")]
    assert f'value="{sink.url("/orders")}"' in shown.text


def test_trying_a_call_stores_nothing(cast: Cast, web: Browser, sink: Sink) -> None:
    before = document(cast.ada)
    sink.replies["/orders"] = answer(200, b"{}")
    panel(web, "call:/call", **{"/call/url": sink.url("/orders")})
    assert document(cast.ada) == before


def test_a_call_into_our_own_network_is_refused(web: Browser) -> None:
    shown = panel(web, "call:/call", **{"/call/url": "http://169.254.169.254/"})
    assert "169.254.169.254" in shown.text and "It answered" not in words(shown.text)


def test_a_call_that_hangs_is_given_up_within_seconds(cast: Cast, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "_way", Way(allow={sink.place}, total=0.2))
    sink.replies["/"] = silent
    told = tried(cast.ada.principal, {"url": sink.url("/")}, {})
    assert not told.good and "did not answer within 0.2 seconds" in told.said


@pytest.mark.parametrize("call", [None, {}, {"url": 5}, {"url": "https://example.com/{nothing}"}])
def test_a_call_that_is_not_complete_says_what_it_lacks(cast: Cast, call: Any) -> None:
    told = tried(cast.ada.principal, call, {})
    assert not told.good and told.said and not told.sent
