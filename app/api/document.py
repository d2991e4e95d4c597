"""The OpenAPI document: told by the calls themselves, so that it holds every call and says what is really checked."""

from collections.abc import Iterable, Iterator
from typing import Any

from litestar.handlers import HTTPRouteHandler
from litestar.routes import BaseRoute, HTTPRoute
from msgspec import Struct

from app.api.json_schema import PLACE, Schema, components, schema_of
from app.api.operation import Call
from app.api.problem import EXAMPLE, Problem
from app.idempotency import MAX_KEY

JSON, PROBLEM_JSON = "application/json", "application/problem+json"
WHY = {
    "401": "No key, or one that is unknown, revoked or expired.",
    "403": "The key or the person may not do this.",
    "404": "There is no such thing, or it is somebody else's.",
    "409": "Too late, or the same call is being done right now.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "422": "Some fields need another look; `errors` names each by its place.",
    "429": "Too many requests in this minute or hour.",
    "503": "The database is not answering. Send it again in a moment, with the same Idempotency-Key.",
    "default": "Anything else that went wrong.",
}
NAMED: dict[str, dict[str, Any]] = {
    "id": {
        "description": "Its id, its number, or the id of one of its tasks.",
        "schema": {"type": "string", "examples": ["PUR-12"]},
    },
    "key": {
        "description": "The key that is written in the definition.",
        "schema": {"type": "string", "examples": ["purchase-approval"]},
    },
}
# As they stand in the document; the routes know no order.
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ABOUT = """Programs ask for approvals and requests, and people answer.

Every call takes an API key: `Authorization: Bearer sk_…`. Keys are made on the page API keys; a key acts for the person
who made it, within its scopes. Every refusal is a problem document (RFC 9457). A call that is sent again with the same
`Idempotency-Key` within 24 hours is done once and answered alike."""


Shapes = dict[type[Struct], Schema]


def document(routes: Iterable[BaseRoute]) -> dict[str, Any]:
    """Every Struct is a component by its own name, so that what is generated from this has names, too."""
    known = sorted((route for route in routes if isinstance(route, HTTPRoute)), key=lambda route: route.path)
    calls = [handler.opt["call"] for route in known for _, handler in _handlers(route)]
    places, schemas = components([Problem, *(shape for call in calls for shape in (call.answer, call.body) if shape)])
    schemas["Problem"]["examples"] = [EXAMPLE]
    paths: dict[str, Any] = {}
    for route in known:
        operations = {
            method.lower(): _operation(route, method, handler, places) for method, handler in _handlers(route)
        }
        if operations:
            paths[route.path_format] = operations
    return {
        "openapi": "3.1.0",
        "info": {"title": "Signoff", "version": "1", "description": ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An API key, sk_…"}},
            "responses": {f"Problem-{status}": _refusal(status) for status in WHY},
        },
    }


def _handlers(route: HTTPRoute) -> list[tuple[str, HTTPRouteHandler]]:
    """Of calls, with their method."""
    found = [(method, handler) for method, (handler, _) in route.route_handler_map.items() if "call" in handler.opt]
    return sorted(found, key=lambda one: METHODS.index(one[0]))


def _operation(route: HTTPRoute, method: str, handler: HTTPRouteHandler, places: Shapes) -> dict[str, Any]:
    tag, call = handler.resolve_tags()[0], handler.opt["call"]
    told: dict[str, Any] = {
        "tags": [tag],
        "operationId": f"{tag.lower()}-{handler.handler_name}",
        "summary": call.summary,
        "parameters": list(_parameters(route, method, call)),
        "responses": _responses(handler, method, call, places),
    }
    if call.details:
        told["description"] = call.details
    if call.body is not None:
        schema = {**places[call.body], "examples": [call.example]}
        told["requestBody"] = {"required": call.body_needed, "content": {JSON: {"schema": schema}}}
    return {name: value for name, value in told.items() if value}


def _parameters(route: HTTPRoute, method: str, call: Call) -> Iterator[dict[str, Any]]:
    for name in route.path_parameters:
        yield {"name": name, "in": "path", "required": True, **NAMED[name]}
    for name, shape in schema_of(call.query)["properties"].items():
        schema = dict(shape)
        about = {"description": schema.pop("description")} if "description" in schema else {}
        yield {"name": name, "in": "query", **about, "allowEmptyValue": True, "schema": schema}
    if method == "POST":
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "New for every new call, the same when a call is sent again.",
            "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY},
        }


def _responses(handler: HTTPRouteHandler, method: str, call: Call, places: Shapes) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done.", "content": {JSON: {"schema": places[call.answer]}}}
    if method == "POST":
        replayed = {"description": "Done before; this is the answer of that time.", "schema": {"const": "true"}}
        good["headers"] = {"Idempotency-Replayed": replayed}
    refusals = {status: {"$ref": f"#/components/responses/Problem-{status}"} for status in _refusals(method, call)}
    return {str(handler.status_code): good, **refusals}


def _refusals(method: str, call: Call) -> list[str]:
    found = ["401", "403", "422", "503", "default"]
    if call.may_miss:
        found.append("404")
    if call.starts:
        found.append("429")
    if method != "GET":
        found += ["409", "413", "415"]
    return sorted(found)


def _refusal(status: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "description": WHY[status],
        "content": {PROBLEM_JSON: {"schema": {"$ref": f"{PLACE}Problem"}}},
    }
    if status in ("429", "503"):
        made["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
    return made
