"""Filling {field} places of titles, messages and calls from a request's data.

A call's template is taken apart before a value comes near it: no value can name a secret, move the path or leave it.
"""

import re
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from engine.forms.moments import moment
from engine.json_text import dumps
from engine.stops import Stop

PLACE = re.compile(r"\{([\w.]+)\}")
SECRET = re.compile(r"\{secret:([A-Z][A-Z0-9_]{0,60})\}")
HEADER_PLACE = re.compile(rf"{SECRET.pattern}|{PLACE.pattern}")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
# Our own address, which the worker knows; only at the very beginning of a call's address.
OWN = "{base_url}/"
# What is filled in by the worker and so has no business among data.
LATER = re.compile(r"\{secret:|\{base_url\}")

# Text, and the names of secrets between it.
Parts = list[str | dict[str, str]]


def value_at(data: dict[str, Any], path: str) -> Any:
    value: Any = data
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def fill(text: str, data: dict[str, Any]) -> str:
    """For people to read: a day as they would say it."""
    return PLACE.sub(lambda match: _in_words(value_at(data, match[1])), text)


def fill_url(text: str, data: dict[str, Any]) -> str:
    """Raises Stop where a value is missing or would change the path: a call never goes to a neighbour."""
    own = OWN if text.startswith(OWN) else ""
    path, question, query = text.removeprefix(own).partition("?")
    return own + "/".join(_segment(part, data) for part in path.split("/")) + question + _encoded(query, data)


def _segment(text: str, data: dict[str, Any]) -> str:
    filled = _encoded(text, data)
    if filled != text and filled in (".", ".."):
        raise Stop("path_segment", text=text)
    return filled


def _encoded(text: str, data: dict[str, Any]) -> str:
    return PLACE.sub(lambda match: quote(_url_text(match[1], value_at(data, match[1])), safe=""), text)


def _url_text(field: str, value: Any) -> str:
    if value is None or value == "":
        raise Stop("missing_field", field=field)
    if _is_group(value):
        raise Stop("address_type", field=field)
    text = _exact(value)
    if any(part in (".", "..") for part in re.split(r"[/\\]", text)):
        raise Stop("path_value", field=field)
    return text


def fill_exact(text: str, data: dict[str, Any]) -> str:
    """For machines to compare."""
    return PLACE.sub(lambda match: _exact(value_at(data, match[1])), text)


def empty_place(text: str, data: dict[str, Any]) -> str | None:
    """The first field named in the text that holds nothing, or no text and no number."""
    names = (match[1] for match in PLACE.finditer(text))
    return next((name for name in names if value_at(data, name) in (None, "") or _is_group(value_at(data, name))), None)


def _is_group(value: Any) -> bool:
    return isinstance(value, dict | list)


def fill_json(value: Any, data: dict[str, Any]) -> Any:
    """A text that is one place becomes the value itself, a number stays a number."""
    if isinstance(value, dict):
        return {key: fill_json(item, data) for key, item in value.items()}
    if isinstance(value, list):
        return [fill_json(item, data) for item in value]
    if not isinstance(value, str):
        return value
    whole = PLACE.fullmatch(value)
    if whole:
        return value_at(data, whole[1])
    return fill_exact(value, data)


def _header(text: str, data: dict[str, Any]) -> str | Parts:
    """A text; where the template names secrets, its parts, so that a value beside them is never read again."""
    parts: Parts = []
    end = 0
    for match in HEADER_PLACE.finditer(text):
        parts.append(text[end : match.start()])
        parts.append({"secret": match[1]} if match[1] else _exact(value_at(data, match[2])))
        end = match.end()
    parts.append(text[end:])
    if SECRET.search(text):
        return [part for part in parts if part]
    return "".join(part for part in parts if isinstance(part, str))


def misplaced(call: dict[str, Any]) -> str | None:
    """The part of a call's template, url, headers or body, that names what may not stand there."""
    if LATER.search(call["url"].removeprefix(OWN)):
        return "url"
    if any(LATER.search(SECRET.sub("", text)) for text in call.get("headers", {}).values()):
        return "headers"
    return "body" if LATER.search(dumps(call.get("body")).decode()) else None


def fill_call(call: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """Raises Stop. A header with secrets in it is a list: texts, and {"secret": name} in between."""
    part = misplaced(call)
    if part:
        raise Stop("secret_place", part=part)
    filled = {"method": call.get("method", "POST"), "url": fill_url(call["url"], data)}
    if call.get("headers"):
        filled["headers"] = {name: _header(text, data) for name, text in call["headers"].items()}
    if "body" in call:
        filled["body"] = fill_json(call["body"], data)
    return filled


def _exact(value: Any) -> str:
    """For machines: as JSON writes it, texts without their quotes."""
    if value is None or isinstance(value, str):
        return value or ""
    return f"{value:f}" if isinstance(value, Decimal) else dumps(value).decode()


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_in_words(item) for item in value)
    text = _exact(value)
    return moment(text) if DAY.fullmatch(text) else text
