"""Bodies and queries, read against the schemas of their call. Whatever is wrong is named by its place."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from app.api.operation import Call, Schema
from app.errors import Invalid, Unreadable
from app.web.request import Asked
from engine.json_text import Unfit, normal
from engine.pointers import join
from engine.schemas import validate
from engine.wording.values import listed

MAX_DEPTH = 64
# A whole number longer than this is looked at before it is worked out.
MAX_DIGITS = 20
MAX_STRANGERS = 20
# How curl's -d and a browser's fetch label a body when nobody says what it is.
UNLABELLED = ("application/x-www-form-urlencoded", "text/plain")
NEEDED = "Some fields need another look."

Errors = list[dict[str, str]]


class Twice(dict[str, Any]):
    """An object in which a name stood more than once, which readers understand in different ways."""

    name = ""


def read(request: Asked, body: bytes) -> dict[str, Any]:
    """The JSON body, as the call wants it. Raises Invalid with a pointer for every field that does not fit."""
    call = call_of(request)
    if not body and not call.body_needed:
        return {}
    _require_json(request, body)
    given = _parsed(body)
    errors = list(_unfit(given, "", 0))
    if not errors:
        given = normal(given)
        errors = [_error(error.pointer, error.message) for error in validate(call.body or {}, given)]
    if errors:
        raise Invalid(NEEDED, errors)
    checked: dict[str, Any] = given
    return checked


def call_of(request: Asked) -> Call:
    call: Call = request.route_handler.opt["call"]
    return call


def _require_json(request: Asked, body: bytes) -> None:
    """A browser's session is held to the label, which no other site can set in its name."""
    kind = request.content_type[0].lower()
    taken = not kind or kind == "application/json" or kind.endswith("+json")
    if kind in UNLABELLED:
        state = request.scope["state"]
        taken = "secret" in state or state["principal"].via == "key"
    if body and not taken:
        raise Unreadable(f"This call takes application/json, not {kind[:80]}.")


def _parsed(body: bytes) -> Any:
    if not body.strip():
        raise Invalid.at("", "The body is empty. Send a JSON object.")
    try:
        return json.loads(
            body.decode(),
            object_pairs_hook=_object,
            parse_float=_number,
            parse_int=_whole,
            parse_constant=_number,
        )
    except UnicodeDecodeError:
        raise Invalid.at("", "The body is not UTF-8.") from None
    except json.JSONDecodeError as wrong:
        raise Invalid.at(
            "", f"The body is not JSON: {wrong.msg} in line {wrong.lineno}, column {wrong.colno}."
        ) from None
    except RecursionError:
        raise Invalid.at("", "The body is nested too deeply.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    counted = Counter(name for name, _ in pairs)
    twice = Twice(made)
    twice.name = counted.most_common(1)[0][0]
    return twice


def _whole(text: str) -> int | Decimal:
    return int(text) if len(text) <= MAX_DIGITS else Decimal(text)


def _number(text: str) -> Decimal:
    """NaN and Infinity, too: they are refused by their place, like numbers too long to keep."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("Infinity")


def _unfit(value: Any, pointer: str, depth: int) -> Iterator[dict[str, str]]:
    if depth > MAX_DEPTH:
        yield _error(pointer, f"This is nested deeper than {MAX_DEPTH} levels.")
    elif isinstance(value, dict):
        odd = [error for name in value for error in _unfit_leaf(name, pointer)]
        if odd:
            yield odd[0]  # a name that is no text makes no pointer either
        elif isinstance(value, Twice):
            yield _error(join(pointer, value.name), "This is given more than once.")
        else:
            for name, item in value.items():
                yield from _unfit(item, join(pointer, name), depth + 1)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _unfit(item, join(pointer, place), depth + 1)
    else:
        yield from _unfit_leaf(value, pointer)


def _unfit_leaf(value: Any, pointer: str) -> Iterator[dict[str, str]]:
    try:
        normal(value)
    except Unfit as unfit:
        yield _error(pointer, f"This {unfit}.")


def _error(pointer: str, message: str) -> dict[str, str]:
    return {"pointer": pointer, "message": message}


def query(request: Asked) -> dict[str, Any]:
    """What the address asks for after its question mark; empty ones count as not given."""
    shapes = call_of(request).query
    found: dict[str, Any] = {}
    errors: Errors = []
    for name, shape in shapes.items():
        texts = request.query_params.getall(name, [])
        if len(texts) > 1:
            errors.append(_error(f"/{name}", "This is given more than once."))
        elif texts and texts[0]:
            found[name] = _typed(texts[0], shape)
            errors += _unfit_leaf(found[name], f"/{name}")
    errors += [
        _error(error.pointer, error.message) for error in validate({"type": "object", "properties": shapes}, found)
    ]
    if errors:
        raise Invalid("Some parameters need another look.", errors)
    return found


async def refuse_unknown_parameters(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """A guard. Whoever sent a parameter that the call does not have would take the answer for a narrower one."""
    known = handler.opt["call"].query
    strangers = [name for name in dict.fromkeys(connection.query_params) if name not in known][:MAX_STRANGERS]
    if strangers:
        has = f"It has {listed(known)}." if known else "It has none."
        words = f"This call has no such parameter. {has}"
        raise Invalid("Some parameters need another look.", [_error(f"/{name[:80]}", words) for name in strangers])


def _typed(text: str, shape: Schema) -> int | str:
    whole = shape.get("type") == "integer" and text.isascii() and text.removeprefix("-").isdigit() and len(text) < 10
    return int(text) if whole else text


@contextmanager
def inside(pointer: str) -> Iterator[None]:
    """Errors of what is checked in here are about a part of the body, and their places are inside of it."""
    try:
        yield
    except Invalid as invalid:
        moved = [{**error, "pointer": f"{pointer}{error['pointer']}"} for error in invalid.errors]
        raise Invalid(invalid.message, moved) from invalid
