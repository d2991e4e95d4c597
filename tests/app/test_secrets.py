"""Secrets of calls: whose they are, where they go, and that nothing of them comes back."""

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest

from app import definitions
from app.effects.results import Done, Effect, GiveUp, Retry
from app.errors import Invalid
from app.outgoing.calls import perform
from app.outgoing.client import Way
from app.store.db import across_tenants
from engine.placeholders import fill_call
from tests.app.environment import environment
from tests.app.sink import Sink, answer, running
from tests.make import make_tenant, make_user

VALUE = "geheim/123+4"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running() as found:
        yield found


@pytest.fixture
def tenant(tmp_path: Path, sink: Sink) -> Iterator[UUID]:
    """A company with a secret for the sink's host, a broken one, and one of somebody else's beside it."""
    with across_tenants() as db:
        own, other = make_tenant(db), make_tenant(db, "Other")
        keys = {row["id"]: row["key"] for row in db.query("SELECT id, key FROM tenants")}
    path = tmp_path / "secrets.toml"
    path.write_text(
        f"""
[{keys[own]}.ERP]
value = "{VALUE}"
hosts = ["127.0.0.1", "erp.example.com"]

[{keys[own]}.BROKEN]
value = "geheim\\r\\nX: y"
hosts = ["{sink.place}"]

[{keys[own]}.SHORT]
value = "x"
hosts = ["{sink.place}"]

[{keys[own]}.ELSEWHERE]
value = "somewhere else"
hosts = ["erp.example.com"]

[{keys[other]}.THEIRS]
value = "not for you at all"
hosts = ["{sink.place}"]
"""
    )
    with environment(SECRETS_FILE=str(path), SECRET_ERP="of the environment"):
        yield own


def call(sink: Sink, tenant: UUID, template: dict[str, Any], data: dict[str, Any] | None = None) -> Effect:
    filled = fill_call({"url": sink.url("/"), **template}, data or {})
    return Effect(uuid4(), tenant, uuid4(), "call", {"step": "create", "call": filled, "first": 120.0}, 1)


def do(sink: Sink, asked: Effect, **way: Any) -> Done:
    return perform(asked, replace(Way(allow={sink.place}, total=5.0), **way))


def bearer(name: str) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {{secret:{name}}}"}}


def test_a_secret_goes_out_in_a_header(sink: Sink, tenant: UUID) -> None:
    sink.replies["/"] = answer(200, b"{}")
    do(sink, call(sink, tenant, bearer("ERP")))
    assert sink.got[0].headers["authorization"] == f"Bearer {VALUE}"


@pytest.mark.parametrize(
    "repeated",
    [
        VALUE,
        f"Bearer {VALUE}",
        quote(VALUE, safe=""),
        quote(VALUE, safe="").lower(),
        b64encode(VALUE.encode()).decode(),
        b64encode(f"user:{VALUE}".encode()).decode(),
        b64encode(f"ab:{VALUE}:more".encode()).decode(),
        VALUE.encode().hex(),
    ],
)
def test_an_answer_that_repeats_it_is_kept_without_it(sink: Sink, tenant: UUID, repeated: str) -> None:
    sink.replies["/"] = answer(200, json.dumps({"said": repeated, repeated: [repeated]}).encode())
    kept = do(sink, call(sink, tenant, bearer("ERP"))).result
    assert "{secret:ERP}" in kept["body"]["said"]
    assert repeated not in json.dumps(kept)
    assert VALUE not in json.dumps(kept)


@pytest.mark.parametrize("status", [400, 500])
def test_errors_hold_no_secrets(sink: Sink, tenant: UUID, status: int) -> None:
    sink.replies["/"] = answer(status, f"bad token {VALUE}, really {quote(VALUE, safe='')}".encode())
    with pytest.raises((GiveUp, Retry)) as failed:
        do(sink, call(sink, tenant, bearer("ERP")))
    assert "geheim" not in str(failed.value)
    assert "{secret:ERP}" in str(failed.value)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("THEIRS", "no secret called THEIRS"),
        ("GONE", "no secret called GONE"),
        ("ELSEWHERE", "ELSEWHERE is not for 127.0.0.1"),
        ("BROKEN", "line break"),
    ],
)
def test_a_secret_of_others_or_for_another_host_is_not_sent(sink: Sink, tenant: UUID, name: str, words: str) -> None:
    sink.replies["/"] = answer(200, b"{}")
    with pytest.raises(GiveUp, match=words) as failed:
        do(sink, call(sink, tenant, bearer(name)))
    assert "geheim" not in str(failed.value)
    assert sink.got == []


def test_a_file_that_cannot_be_used_waits_for_its_mending(sink: Sink, tenant: UUID) -> None:
    with pytest.raises(Retry, match="SHORT needs a value of at least 8"):
        do(sink, call(sink, tenant, bearer("SHORT")))
    with environment(SECRETS_FILE="/nowhere/secrets.toml"), pytest.raises(Retry, match="cannot be read"):
        do(sink, call(sink, tenant, bearer("ERP")))


def test_without_https_it_goes_only_where_tests_say_so(sink: Sink, tenant: UUID) -> None:
    asked = call(sink, tenant, {**bearer("ERP"), "url": "http://erp.example.com/"})
    with pytest.raises(GiveUp, match="https"):
        do(sink, asked)


def test_people_cannot_ask_for_a_secret_by_typing_its_name(sink: Sink, tenant: UUID) -> None:
    sink.replies["/%7Bsecret%3AERP%7D"] = answer(200)
    template = {
        "url": sink.url("/{name}"),
        "headers": {"X-Name": "{name}", "X-Pair": "{one}:{two}", **bearer("ERP")["headers"]},
        "body": {"name": "{name}", "all": "{deep}", "word": "{{inner}}", "pair": "{one}:{two}"},
    }
    data = {"name": "{secret:ERP}", "deep": {"{secret:ERP}": ["{base_url}"]}}
    data |= {"one": "{secret", "two": "ERP}", "inner": "secret:ERP"}
    do(sink, call(sink, tenant, template, data))
    got = sink.got[0]
    assert got.headers["authorization"] == f"Bearer {VALUE}"
    assert "geheim" not in got.headers["x-name"] + got.headers["x-pair"]
    assert b"geheim" not in got.body
    assert b"http" not in got.body


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"headers": {"X": "{secret:THEIRS}"}}, "/call/headers", "no secret called THEIRS"),
        ({"headers": {"X": "{secret:ERP}"}, "url": "https://other.example.com/"}, "/call/headers", "not for other"),
        ({"headers": {"X": "{secret:ERP}"}, "url": "http://erp.example.com/"}, "/call/headers", "https"),
        ({"url": "https://erp.example.com/?key={secret:ERP}"}, "/call/url", "in a header"),
        ({"body": {"key": "{secret:ERP}"}}, "/call/body", "in a header"),
    ],
)
def test_publishing_refuses_what_would_not_be_sent(
    tenant: UUID, changed: dict[str, Any], field: str, words: str
) -> None:
    with across_tenants() as db:
        who = make_user(db, tenant, "Ada", "designer").principal
        with pytest.raises(Invalid) as refused:
            definitions.publish(db, who, document({"url": "https://erp.example.com/", **changed}))
        assert [error["pointer"] for error in refused.value.errors] == [f"/steps/order{field}"]
        assert words in refused.value.errors[0]["message"]
        right = document({"url": "https://erp.example.com/", "headers": {"X": "Bearer {secret:ERP}"}})
        assert definitions.publish(db, who, right).number == 1


def document(call: dict[str, Any]) -> dict[str, Any]:
    steps = {
        "request": {"type": "start", "name": "Request", "outcomes": {"submitted": "order"}},
        "order": {"type": "action", "name": "Order", "call": call, "outcomes": {"done": "done", "failed": "done"}},
        "done": {"type": "end", "name": "Done", "status": "done"},
    }
    data = {"type": "object", "properties": {"item": {"type": "string"}}}
    head = {"format": "signoff/definition@1", "key": "calling", "name": "Calling", "data": data, "start": "request"}
    return {**head, "steps": steps}
