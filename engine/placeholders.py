"""Filling {field} places of titles, messages and calls from a request's data."""

import re
from typing import Any
from urllib.parse import quote

from engine.forms.display import moment

PLACE = re.compile(r"\{([\w.]+)\}")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
# Known to the worker only, so left as they are.
LATER = {"base_url"}
LATER_IN_VALUES = re.compile(r"\{(?=secret:|base_url\})")


def value_at(data: dict[str, Any], path: str) -> Any:
    value: Any = data
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def fill(text: str, data: dict[str, Any]) -> str:
    """For people to read: a day as they would say it."""
    return PLACE.sub(lambda match: _said(_shown(value_at(data, match[1]))), text)


def _fill_exactly(text: str, data: dict[str, Any]) -> str:
    return PLACE.sub(lambda match: _shown(value_at(data, match[1])), text)


def fill_url(text: str, data: dict[str, Any]) -> str:
    """Values are percent-encoded, so that none can change the path or the host."""

    def encoded(match: re.Match[str]) -> str:
        return match[0] if match[1] in LATER else quote(_shown(value_at(data, match[1])), safe="")

    return PLACE.sub(encoded, text)


def fill_json(value: Any, data: dict[str, Any]) -> Any:
    """A text that is one place becomes the value itself, a number stays a number."""
    if isinstance(value, dict):
        return {key: fill_json(item, data) for key, item in value.items()}
    if isinstance(value, list):
        return [fill_json(item, data) for item in value]
    if not isinstance(value, str):
        return value
    whole = PLACE.fullmatch(value)
    return value_at(data, whole[1]) if whole else _fill_exactly(value, data)


def fill_call(call: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    data = _defused(data)
    filled = {"method": call.get("method", "POST"), "url": fill_url(call["url"], data)}
    if call.get("headers"):
        filled["headers"] = {name: _fill_exactly(text, data) for name, text in call["headers"].items()}
    if "body" in call:
        filled["body"] = fill_json(call["body"], data)
    return filled


def _defused(value: Any) -> Any:
    """A place that a worker fills in is plain text in a value, or people could type the name of a secret."""
    if isinstance(value, dict):
        return {key: _defused(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_defused(item) for item in value]
    return LATER_IN_VALUES.sub("{ ", value) if isinstance(value, str) else value


def _said(text: str) -> str:
    return moment(text) if DAY.fullmatch(text) else text


def _shown(value: Any) -> str:
    return "" if value is None else str(value)
