import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.effects.results import Done, Effect, GiveUp, Retry
from app.outgoing.calls import perform, unsafe_calls
from app.outgoing.client import Way
from engine.json_text import canonical
from tests.app.environment import environment
from tests.app.requests import shipped
from tests.app.sink import Sink, answer, endless, raw, running, silent


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running() as found:
        yield found


def effect(sink: Sink, tenant: UUID | None = None, **call: Any) -> Effect:
    told = {"method": "POST", "url": sink.url("/"), "body": {"name": "ACME"}} | call
    return Effect(uuid4(), tenant or uuid4(), uuid4(), "call", {"step": "create", "call": told, "first": 120.0}, 1)


def do(sink: Sink, asked: Effect, **way: Any) -> Done:
    return perform(asked, replace(Way(allow={sink.place}, total=5.0), **way))


def test_a_good_answer_is_kept(sink: Sink) -> None:
    sink.replies["/"] = answer(201, b'{"id": "S-1", "price": 12.50, "long": 12345678901234567890, "n": 3}')
    asked = effect(sink)
    body = {"id": "S-1", "price": Decimal("12.5"), "long": "12345678901234567890", "n": 3}
    assert do(sink, asked).result == {"status": 201, "body": body}
    got = sink.got[0]
    assert got.headers["idempotency-key"] == str(asked.id)
    assert got.headers["content-type"] == "application/json"
    assert json.loads(got.body) == {"name": "ACME"}


def test_every_attempt_has_the_same_key(sink: Sink) -> None:
    sink.replies["/"] = answer(503)
    asked = effect(sink)
    for _ in range(2):
        with pytest.raises(Retry):
            do(sink, asked)
    assert {got.headers["idempotency-key"] for got in sink.got} == {str(asked.id)}


@pytest.mark.parametrize(
    ("body", "kind", "kept"),
    [
        (b"", "application/json", None),
        (b"", "text/plain", ""),
        (b"fine", "text/plain", "fine"),
        (b"[1, null]", "application/vnd.x+json; charset=utf-8", [1, None]),
        (b'"\xc3\xbc"', "application/json", "ü"),
        (b'{"a": 1e400, "b": -0}', "application/json", {"a": "1e400", "b": 0}),
        (b'{"a": 1e99999999999999999999}', "application/json", {"a": "1e99999999999999999999"}),
    ],
)
def test_what_an_answer_may_look_like(sink: Sink, body: bytes, kind: str, kept: Any) -> None:
    sink.replies["/"] = answer(200, body, kind)
    result = do(sink, effect(sink)).result
    assert result["body"] == kept
    canonical(result)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{broken", "application/json"),
        (b'{"a": NaN}', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"a": "\\u0000"}', "application/json"),
        (b'{"a": "\\ud800"}', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"\xff\xfe", "text/plain"),
        (b"a\x00b", "text/plain"),
    ],
)
def test_what_cannot_be_read_is_said_so(sink: Sink, body: bytes, kind: str) -> None:
    sink.replies["/"] = answer(200, body, kind)
    with pytest.raises(GiveUp, match="200 with something that cannot be read"):
        do(sink, effect(sink))


def test_too_much_text_is_said_so(sink: Sink) -> None:
    sink.replies["/"] = endless
    with pytest.raises(GiveUp, match="more text than we take"):
        do(sink, effect(sink), size=100_000)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_worth_another_try(sink: Sink, status: int) -> None:
    sink.replies["/"] = answer(status, b"busy\x00\n<b>now</b>" + b"!" * 5000, "text/html")
    with pytest.raises(Retry, match=rf"answered {status}: busy <b>now</b>!!") as failed:
        do(sink, effect(sink))
    assert failed.value.after is None
    assert len(str(failed.value)) < 300


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 422])
def test_hopeless(sink: Sink, status: int) -> None:
    sink.replies["/"] = answer(status, b'{"error": "no such country"}')
    with pytest.raises(GiveUp, match=rf"answered {status}: .*no such country"):
        do(sink, effect(sink))


def test_a_redirect_is_not_followed(sink: Sink) -> None:
    sink.replies["/"] = answer(307, Location=sink.url("/inside"))
    with pytest.raises(GiveUp, match="sending us elsewhere"):
        do(sink, effect(sink))
    assert len(sink.got) == 1


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        ("99999999999999999999", 12 * 3600),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("٣", None),
    ],
)
def test_retry_after_in_seconds(sink: Sink, asked: str, seconds: int | None) -> None:
    sink.replies["/"] = answer(429, Retry_After=asked.encode().decode("latin-1"))
    with pytest.raises(Retry) as failed:
        do(sink, effect(sink))
    assert failed.value.after == (None if seconds is None else timedelta(seconds=seconds))


def test_retry_after_as_a_date(sink: Sink) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
    sink.replies["/"] = answer(503, Retry_After=later)
    with pytest.raises(Retry) as failed:
        do(sink, effect(sink))
    assert failed.value.after is not None
    assert timedelta(minutes=4) < failed.value.after <= timedelta(minutes=5)


def test_the_other_side_is_not_there(sink: Sink) -> None:
    sink.replies["/"] = silent
    with pytest.raises(Retry, match="did not answer"):
        do(sink, effect(sink), total=0.2)
    sink.replies["/"] = raw(b"\x00\x01 no HTTP \r\n\r\n")
    with pytest.raises(Retry, match="not HTTP"):
        do(sink, effect(sink))


def test_an_address_inside_is_given_up(sink: Sink) -> None:
    with pytest.raises(GiveUp, match="private network"):
        do(sink, effect(sink), allow=())
    assert sink.got == []


def test_our_own_address_may_be_inside_where_it_is_written_so(sink: Sink) -> None:
    sink.replies["/demo"] = answer(200, b"{}")
    with environment(BASE_URL=f"http://{sink.place}"):
        assert do(sink, effect(sink, url="{base_url}/demo"), allow=()).result["status"] == 200
        with pytest.raises(GiveUp, match="private network"):
            do(sink, effect(sink, url=sink.url("/demo")), allow=())
        for url in ("{base_url}@127.0.0.1/", "{base_url}1/demo", "{base_url}"):
            with pytest.raises(GiveUp):
                do(sink, effect(sink, url=url), allow=())


def test_our_own_web_processes_are_asked_again_soon(sink: Sink) -> None:
    sink.replies["/demo"] = silent
    with environment(BASE_URL=f"http://{sink.place}"):
        asked = effect(sink, url="{base_url}/demo")
        for attempts, after in ((1, timedelta(seconds=5)), (3, timedelta(seconds=5)), (4, None)):
            with pytest.raises(Retry, match="did not answer") as failed:
                do(sink, replace(asked, attempts=attempts), total=0.2)
            assert failed.value.after == after


def test_unsafe_calls_are_found_when_a_definition_is_saved() -> None:
    document = shipped("new-supplier")
    assert unsafe_calls(document, {}) == []
    document["steps"]["create"]["call"] |= {"url": "http://169.254.169.254/", "headers": {"X": "1\r\nY: 2"}}
    document["steps"]["create"]["undo"]["url"] = "https://{country}.example.com/"
    found = unsafe_calls(document, {})
    assert [(problem.step, problem.field) for problem in found] == [
        ("create", "/call/url"),
        ("create", "/call/headers"),
        ("create", "/undo/url"),
    ]
