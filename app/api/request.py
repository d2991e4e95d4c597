"""Bodies and queries, read into the Structs of their call. Whatever is wrong is named by its place, all of it."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from msgspec import Struct, convert

from app.api.json_schema import Schema, schema_of, validator_of
from app.api.operation import Call
from app.errors import Invalid, Unreadable, about
from app.shapes import Nothing
from app.web.request import Asked
from engine.json_text import Unfit, normal
from engine.pointers import join
from engine.reasons import reason
from engine.schemas import MAX_ERRORS, checked

MAX_DEPTH = 64
# A whole number longer than this is looked at before it is worked out.
MAX_DIGITS = 20
MAX_STRANGERS = 20
# How curl's -d and a browser's fetch label a body when nobody says what it is.
UNLABELLED = ("application/x-www-form-urlencoded", "text/plain")
NEEDED = "Some fields need another look."

Errors = list[dict[str, Any]]


class Twice(dict[str, Any]):
    """An object in which a name stood more than once, which readers understand in different ways."""

    name = ""


def read(request: Asked, body: bytes) -> Any:
    """The JSON body as the Struct of its call. Raises Invalid with a pointer for every field that does not fit."""
    call = call_of(request)
    shape = call.body or Nothing
    if not body and not call.body_needed:
        return shape()
    _require_json(request, body)
    errors: Errors = []
    given = _kept(_parsed(body), "", 0, errors)
    if errors := errors or _wrong(shape, given):
        raise Invalid(NEEDED, errors[:MAX_ERRORS])
    return convert(given, shape)


def _wrong(shape: type[Struct], given: Any) -> Errors:
    """All that does not fit at once; msgspec tells the first alone."""
    return [about(error.pointer, error.reason) for error in checked(validator_of(shape), given)]


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
        raise Invalid.because("", reason("empty_body"))
    try:
        return json.loads(
            body.decode(),
            object_pairs_hook=_object,
            parse_float=_number,
            parse_int=_whole,
            parse_constant=_number,
        )
    except UnicodeDecodeError:
        raise Invalid.because("", reason("body_no_utf8")) from None
    except json.JSONDecodeError as wrong:
        raise Invalid.because(
            "", reason("body_no_json", error=wrong.msg, line=wrong.lineno, column=wrong.colno)
        ) from None
    except RecursionError:
        raise Invalid.because("", reason("body_too_deep")) from None


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


def _kept(value: Any, pointer: str, depth: int, errors: Errors) -> Any:
    """As it can be kept; what cannot is added to the errors."""
    if depth > MAX_DEPTH:
        errors.append(about(pointer, reason("too_nested", most=MAX_DEPTH)))
    elif isinstance(value, dict):
        return _kept_object(value, pointer, depth, errors)
    elif isinstance(value, list):
        return [_kept(item, join(pointer, place), depth + 1, errors) for place, item in enumerate(value)]
    else:
        try:
            return normal(value)
        except Unfit as unfit:
            errors.append(about(pointer, unfit.reason))
    return None


def _kept_object(value: dict[str, Any], pointer: str, depth: int, errors: Errors) -> dict[str, Any]:
    try:
        normal(list(value))
    except Unfit as unfit:  # a name that is no text makes no pointer either
        errors.append(about(pointer, unfit.reason))
        return {}
    if isinstance(value, Twice):
        errors.append(about(join(pointer, value.name), reason("given_twice")))
        return {}
    return {name: _kept(item, join(pointer, name), depth + 1, errors) for name, item in value.items()}


def query(request: Asked) -> Any:
    """What the address asks for after its question mark, as the Struct of its call; empty ones count as not given."""
    shape = call_of(request).query
    found: dict[str, Any] = {}
    errors: Errors = []
    for name, schema in schema_of(shape)["properties"].items():
        texts = request.query_params.getall(name, [])
        if len(texts) > 1:
            errors.append(about(f"/{name}", reason("given_twice")))
        elif texts and texts[0]:
            found[name] = _typed(texts[0], schema)
            _kept(found[name], f"/{name}", 0, errors)
    errors += _wrong(shape, found)
    if errors:
        raise Invalid("Some parameters need another look.", errors)
    return convert(found, shape)


async def refuse_unknown_parameters(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """A guard. Whoever sent a parameter that the call does not have would take the answer for a narrower one."""
    known = schema_of(handler.opt["call"].query)["properties"]
    strangers = [name for name in dict.fromkeys(connection.query_params) if name not in known][:MAX_STRANGERS]
    if strangers:
        why = reason("unknown_parameter", words=list(known)) if known else reason("no_parameters")
        raise Invalid("Some parameters need another look.", [about(f"/{name[:80]}", why) for name in strangers])


def _typed(text: str, schema: Schema) -> int | bool | str:
    if schema.get("type") == "boolean":
        return {"true": True, "false": False}.get(text, text)
    whole = schema.get("type") == "integer" and text.isascii() and text.removeprefix("-").isdigit() and len(text) < 10
    return int(text) if whole else text


@contextmanager
def inside(pointer: str) -> Iterator[None]:
    """Errors of what is checked in here are about a part of the body, and their places are inside of it."""
    try:
        yield
    except Invalid as invalid:
        moved = [{**error, "pointer": f"{pointer}{error['pointer']}"} for error in invalid.errors]
        raise Invalid(invalid.message, **invalid.facts | {"errors": moved}) from invalid
