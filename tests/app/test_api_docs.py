"""The OpenAPI document says what is so, and its page needs neither a login nor anybody else's server."""

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.app.api import company, operation_of, told
from tests.make import browser, make_cast

METHODS = {"get", "post"}


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


def test_all_refusals_are_problems_and_all_references_lead_somewhere() -> None:
    responses = told()["components"]["responses"]
    for response in responses.values():
        assert response["content"] == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for _, _, operation in operations():
        for status, response in operation["responses"].items():
            assert response.get("$ref", "").rpartition("/")[2] in responses or status.startswith("2")
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
    """But for people and documents, which differ from place to place."""
    with company() as shop:
        made = shop["ann"].post("/api/purchase", _example("/api/purchase"))
        assert made.status == 200
        number = made.body["data"]["id"]
        bodies = {path: _example(path) for _, path, found in operations() if "requestBody" in found}
        bodies["/api/approvals"] |= {"notifyUsers": [shop.email("bob")]}
        people = {"approve": "bob", "reject": "bob", "cancel": "ann"}
        sent = {}
        for path, body in bodies.items():
            if path == "/api/definitions":
                continue
            one = shop["ann"].post("/api/approvals", bodies["/api/approvals"]).body["request"]["id"]
            verb = path.rpartition("/")[2]
            body.pop("userId", None)
            sent[path] = shop[people.get(verb, "ann")].post(path.replace("{id}", one), body).status
        assert set(sent.values()) <= {200, 201}, sent
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


def test_the_page_loads_its_own_files_and_only_its_styles_are_looser() -> None:
    with browser() as client:
        page = client.get("/api/docs")
        assert client.get("/api/openapi.json").json() == told()
        assert "unsafe" not in client.get("/api/openapi.json").headers["content-security-policy"]
        files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
        assert {client.get(file).status_code for file in files} == {200}
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", page.text)
    assert any("swagger-ui-bundle.js" in file for file in files)
    policy = dict(part.split(" ", 1) for part in page.headers["content-security-policy"].split("; "))
    assert (policy["script-src"], policy["style-src"]) == ("'self'", "'self' 'unsafe-inline'")
    assert (policy["default-src"], policy["connect-src"]) == ("'none'", "'self'")


def test_the_page_of_keys_leads_there() -> None:
    with browser(make_cast().ada) as client:
        assert 'href="/api/docs"' in client.get("/keys").text
