"""Action steps and their compensations: one HTTP call, told apart into done, worth another try, and hopeless.

Secrets are filled in here and nowhere else, and taken out again of whatever comes back.
"""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, DecimalException
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from app.config import settings
from app.effects.results import Done, Effect, GiveUp, Retry
from app.outgoing.client import OUTSIDE, Answer, Unreachable, Way, check_headers, check_url, send
from app.outgoing.url_policy import Unsafe, place
from engine.json_text import Unfit, dumps, normal, plain
from engine.problems import Problem

SECRET = re.compile(r"\{secret:([A-Z][A-Z0-9_]{0,60})\}")
AGAIN = {408, 425, 429}
LONGEST_WAIT = timedelta(hours=12)
EXCERPT = 200
LONGEST_TEXT = 10_000
# Shorter values are too likely to occur by chance to be looked for.
SHORTEST_SECRET = 4


def perform(effect: Effect, way: Way = OUTSIDE, environment: Mapping[str, str] = os.environ) -> Done:
    call = effect.payload["call"]
    secrets = _secrets(call, environment)
    url = _filled(call["url"].replace("{base_url}", settings().base_url), secrets, lambda value: quote(value, safe=""))
    headers = {name: _filled(value, secrets) for name, value in call.get("headers", {}).items()}
    body = dumps(_filled_in(call["body"], secrets)) if "body" in call else None
    way = _own_way(call["url"], way)
    try:
        answer = send(call.get("method", "POST"), url, headers=headers, body=body, key=str(effect.id), way=way)
    except Unsafe as refused:
        raise GiveUp(_hidden(str(refused), secrets)) from None
    except Unreachable as failed:
        raise Retry(_hidden(str(failed), secrets)) from None
    return Done({"status": answer.status, "body": _body(answer, secrets)})


def unsafe_calls(document: Mapping[str, Any]) -> list[Problem]:
    """Calls of a well-formed definition that would be refused when they are made."""
    actions = {key: step for key, step in document["steps"].items() if step["type"] == "action"}
    return [
        Problem(key, f"/{field}/{part}", text)
        for key, step in actions.items()
        for field in ("call", "undo")
        for part, text in _unsafe(step.get(field))
    ]


def _unsafe(call: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    if call is None:
        return
    try:
        check_url(call["url"])
    except Unsafe as refused:
        yield "url", str(refused)
    try:
        check_headers(call.get("headers", {}))
    except Unsafe as refused:
        yield "headers", str(refused)


def _own_way(written: str, way: Way) -> Way:
    """Our own address may be inside a private network, but only where it was written as {base_url}."""
    if not written.startswith("{base_url}/"):
        return way
    allow = settings().outgoing_allow if way.allow is None else way.allow
    return replace(way, allow={*allow, place(settings().base_url)})


def _secrets(call: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name in set(SECRET.findall(json.dumps(call, default=str))):
        value = environment.get(f"SECRET_{name}")
        if not value:
            raise GiveUp(f"There is no secret called {name}. Set SECRET_{name} where the worker runs.")
        found[name] = value
    return found


def _filled(text: str, secrets: Mapping[str, str], write: Callable[[str], str] = str) -> str:
    return SECRET.sub(lambda match: write(secrets[match[1]]), text)


def _filled_in(value: Any, secrets: Mapping[str, str]) -> Any:
    return _texts(value, lambda text: _filled(text, secrets).replace("{base_url}", settings().base_url))


def _texts(value: Any, change: Callable[[str], str]) -> Any:
    """A copy of JSON-like data with every text in it changed, keys included."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {change(key): _texts(item, change) for key, item in value.items()}
    return [_texts(item, change) for item in value] if isinstance(value, list) else value


def _hidden(text: str, secrets: Mapping[str, str]) -> str:
    for name, value in secrets.items():
        if len(value) >= SHORTEST_SECRET:
            for written in {value, quote(value, safe="")}:
                text = text.replace(written, f"{{secret:{name}}}")
    return text


def _body(answer: Answer, secrets: Mapping[str, str]) -> Any:
    """What the instance keeps of a good answer. Raises Retry or GiveUp for the others."""
    if answer.status >= 500 or answer.status in AGAIN:
        raise Retry(_said(answer, secrets), _retry_after(answer))
    if 300 <= answer.status < 400:
        raise GiveUp(f"The other system answered {answer.status}, sending us elsewhere, and we do not follow.")
    if not 200 <= answer.status < 300:
        raise GiveUp(_said(answer, secrets))
    if answer.cut:
        raise GiveUp(f"The other system answered {answer.status} with more text than we take.")
    try:
        return normal(_texts(_read(answer), lambda text: _hidden(text, secrets)))
    except (ValueError, RecursionError):
        raise GiveUp(f"The other system answered {answer.status} with something that cannot be read.") from None


def _said(answer: Answer, secrets: Mapping[str, str]) -> str:
    text = _hidden(answer.body[: 4 * LONGEST_TEXT].decode("utf-8", "replace"), secrets)
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    short = line if len(line) <= EXCERPT else f"{line[:EXCERPT]}…"
    return f"The other system answered {answer.status}{f': {short}' if short else '.'}"


def _read(answer: Answer) -> Any:
    kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    text = answer.body.decode("utf-8")
    if kind == "application/json" or kind.endswith("+json"):
        return (
            json.loads(text, parse_int=_number, parse_float=_number, parse_constant=_refuse) if text.strip() else None
        )
    return text[:LONGEST_TEXT]


def _number(written: str) -> Any:
    """Exact, or the text as written where we cannot keep it exactly: an id must not lose its last digits."""
    try:
        return plain(Decimal(written))
    except (Unfit, DecimalException):
        return written


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _retry_after(answer: Answer) -> timedelta | None:
    """Seconds or a date (RFC 9110); nothing where it was not asked for or cannot be read."""
    asked = answer.headers.get("retry-after", "").strip()
    if answer.status not in (429, 503) or not asked:
        return None
    if asked.isascii() and asked.isdigit():
        return min(timedelta(seconds=min(int(asked[:9]), 10**8)), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(asked)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(moment - datetime.now(UTC), timedelta(0)), LONGEST_WAIT)
