"""The OpenAPI document says what is so, and its page needs neither a login nor anybody else's server."""

import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from html import unescape
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.api.docs_model import reference
from tests.app.api import approval, company, drafted, operation_of, published, sent_back, task_of, told
from tests.make import browser, make_cast

METHODS = {"get", "post", "delete"}


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [(method, path, found) for path, item in told()["paths"].items() for method, found in item.items()]


def schemas() -> list[tuple[str, dict[str, Any]]]:
    found = [(name, schema) for name, schema in told()["components"]["schemas"].items()]
    for method, path, operation in operations():
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for place in bodies:
            found += [(f"{method} {path}", media["schema"]) for media in place.get("content", {}).values()]
        found += [(f"{method} {path}", parameter["schema"]) for parameter in operation.get("parameters", [])]
    return found


def test_every_operation_tells_what_it_does_takes_and_answers() -> None:
    assert told()["openapi"].startswith("3.1")
    assert len({operation["operationId"] for _, _, operation in operations()}) == len(operations()) > 15
    for method, path, operation in operations():
        assert method in METHODS
        assert operation["summary"]
        assert operation["tags"]
        declared = [parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "path"]
        assert declared == re.findall(r"{(\w+)}", path)
        assert {"401", "403", "422", "503", "default"} <= operation["responses"].keys()
        assert ("404" in operation["responses"]) or not declared
        if method == "post":
            assert {"409", "413", "415"} <= operation["responses"].keys()
            assert "Idempotency-Key" in [parameter["name"] for parameter in operation["parameters"]]
            (media,) = operation["requestBody"]["content"].values()
            assert media["schema"]["examples"]


def test_no_text_has_the_breaks_and_indents_of_the_source() -> None:
    def texts(part: Any) -> Iterator[str]:
        inside = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        yield from ([part] if isinstance(part, str) else (text for one in inside for text in texts(one)))

    assert not [text for text in texts(told()) if "\n  " in text or "   " in text]


def test_all_refusals_are_problems_and_all_references_lead_somewhere() -> None:
    responses = published()["components"]["responses"]
    for response in responses.values():
        assert response["content"] == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for _, _, operation in operations():
        for status, response in operation["responses"].items():
            assert response.get("$ref", "").rpartition("/")[2] in responses or status.startswith("2")
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(published())))
    assert named == published()["components"]["schemas"].keys() > {"Instance", "Problem"}
    assert told()["components"]["securitySchemes"] == {
        "key": {"type": "http", "scheme": "bearer", "description": "An API key, sk_…"}
    }


def test_schemas_are_schemas_and_examples_fit_them() -> None:
    for place, schema in schemas():
        Draft202012Validator.check_schema(schema)
        for example in _examples(schema):
            assert not list(Draft202012Validator(example[0]).iter_errors(example[1])), (place, example)


def _examples(schema: Any) -> list[tuple[Any, Any]]:
    if isinstance(schema, list):
        return [found for item in schema for found in _examples(item)]
    if not isinstance(schema, dict):
        return []
    listed = schema.get("examples")
    own = [(schema, example) for example in listed] if isinstance(listed, list) else []
    return own + [found for name, item in schema.items() if name != "examples" for found in _examples(item)]


def test_examples_of_bodies_can_be_sent_as_they_are() -> None:
    """But for people, who differ from place to place."""
    with company() as shop:
        made = shop["ann"].post("/api/purchase", _example("/api/purchase"))
        assert made.status == 200
        number = made.body["data"]["id"]
        bodies = {path: _example(path) for _, path, found in operations() if "requestBody" in found}
        bodies["/api/approvals"] |= {"notifyUsers": [shop.email("bob")]}
        mending = dict.fromkeys(("retry", "correct", "undone"), "alex")
        others = dict.fromkeys(("cancel", "definitions", "check", "drafts", "external-events"), "alex") | {
            "reports": "olga"
        }
        people = {**dict.fromkeys(("approve", "reject", "decide"), "bob"), **others, **mending}
        sent = {}
        for path, body in bodies.items():
            one = sent_back(shop) if path.endswith("/submit") else approval(shop)
            place = path.replace("{id}", task_of(shop, one) if path.endswith("/decide") else one)
            place = place.replace("{key}", drafted(shop, path) if "{key}" in path else "")
            verb = "definitions" if "{key}" in path else path.rpartition("/")[2]
            body.pop("userId", None)
            sent[path] = shop[people.get(verb, "ann")].post(place, body).status
        assert {status for path, status in sent.items() if path.rpartition("/")[2] in mending} == {409}
        assert {status for path, status in sent.items() if path.rpartition("/")[2] not in mending} <= {200, 201, 202}, (
            sent
        )
        assert shop["ann"].get(f"/api/purchase/{number}").status == 200


def _example(path: str) -> dict[str, Any]:
    operation = operation_of("POST", path)
    assert operation
    found: dict[str, Any] = operation["requestBody"]["content"]["application/json"]["schema"]["examples"][0]
    return dict(found)


def test_the_document_holds_no_pages() -> None:
    assert all(path.startswith("/api/") for path in told()["paths"])


@pytest.mark.parametrize("path", ["/api/openapi.json", "/api/docs"])
def test_both_are_open_to_everybody(path: str) -> None:
    cast = make_cast()
    for user in (None, cast.ada):
        with browser(user) as client:
            assert client.get(path).status_code == 200
            assert client.post(path).status_code == 405


@cache
def shown() -> str:
    with browser() as client:
        return client.get("/api/docs").text


def test_the_page_shows_every_call_with_all_that_the_document_says_of_it() -> None:
    parts = dict(re.findall(r'<article class="call" id="([^"]+)"(.*?)</article>', shown(), re.DOTALL))
    assert len(parts) == len(operations())
    for method, path, operation in operations():
        part = unescape(parts[operation["operationId"]])
        for said in (f">{method.upper()}<", f">{path}<", operation["summary"], operation.get("description", "")):
            assert said in part
        status, *refusals = operation["responses"]
        fields = {parameter["name"]: parameter for parameter in operation.get("parameters", [])}
        for place in (operation.get("requestBody", {}), operation["responses"][status]):
            fields |= _fields(place["content"]["application/json"]["schema"]) if place else {}
        rows = re.findall(r'<th scope="row"><code>(.*?)</code>', part)
        assert {re.sub("<.*?>", "", row) for row in rows} == fields.keys()
        words = re.sub("</?code>", "`", part)
        assert all(field.get("description", "") in words for field in fields.values())
        assert all(json.dumps(value) in part for field in fields.values() for value in field.get("enum", []))
        assert re.findall(r'href="#refusal-(\w+)"', part) == refusals


def _fields(schema: dict[str, Any], parent: str = "") -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for one in schema.get("anyOf", [schema]):
        counted = dict.fromkeys(one.get("required", []), one.get("additionalProperties"))
        for name, field in (counted | one.get("properties", {})).items():
            found[parent + name] = field
            listed = "items" in field
            found |= _fields(field["items"] if listed else field, f"{parent}{name}{'[]' if listed else ''}.")
    return found


def test_examples_of_calls_are_the_commands_they_look_like() -> None:
    calls = {operation.id: operation for found in reference(told()).sections.values() for operation in found}
    for method, path, operation in operations():
        command = shlex.split(calls[operation["operationId"]].curl)
        address = command[1] if method == "get" else command[3]
        assert re.fullmatch(re.sub(r"{\w+}", "[\\\\w-]+", path), address.removeprefix("$URL"))
        assert "Authorization: Bearer $KEY" in command
        if "requestBody" in operation:
            assert json.loads(command[-1]) == _example(path)


def test_alternatives_are_shown_as_one_object_that_says_what_comes_when() -> None:
    (ask,) = [call for call in reference(told()).sections["Purchases"] if call.id == "purchases-ask"]
    fields = {field.parent + field.name: field for field in ask.answer}
    assert fields["data.status"].limits == 'one of "approved", "pending_approval", "executed", "cancelled"'
    assert (fields["data.id"].required, fields["data.id"].about) == (True, "")
    assert (fields["data.reason"].required, fields["data.reason"].about) == (
        False,
        'With status "approved", "cancelled".',
    )


def test_links_inside_the_page_lead_somewhere_and_all_code_is_in_reach_of_the_keyboard() -> None:
    ids = re.findall(r'\sid="([^"]+)"', shown())
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', shown())) <= set(ids)
    blocks = re.findall(r"<pre([^>]*)>", shown())
    assert len(set(blocks)) == len(blocks) > len(operations())
    assert all('tabindex="0" role="region" aria-label=' in block for block in blocks)


def test_the_page_needs_its_own_files_and_no_script() -> None:
    with browser() as client:
        page = client.get("/api/docs")
        assert client.get("/api/openapi.json").json() == published()
        files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
        assert {client.get(file).status_code for file in files} == {200}
        other = client.get("/login")
    assert page.headers["content-security-policy"] == other.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert 'href="/api/openapi.json"' in page.text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)
    # Those of every page, and nothing they would have to fill in.
    assert re.findall("<script[^>]*>", page.text) == re.findall("<script[^>]*>", other.text)


def test_the_page_of_keys_leads_there() -> None:
    with browser(make_cast().ada) as client:
        assert 'href="/api/docs"' in client.get("/keys").text
        known = client.get("/api/docs").text
    assert 'action="/logout"' in known
    assert 'action="/logout"' not in shown()


def test_a_query_that_is_left_empty_is_told_as_it_is_taken() -> None:
    parameters = [parameter for _, _, operation in operations() for parameter in operation.get("parameters", [])]
    queries = [parameter for parameter in parameters if parameter["in"] == "query"]
    assert queries
    assert all(parameter["allowEmptyValue"] for parameter in queries)
