"""Action steps and their compensations: one HTTP call, told apart into done, worth another try, and hopeless.

Secrets are filled in here and nowhere else, and taken out again of whatever comes back.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, DecimalException
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import UUID

from app.config import settings
from app.effects.results import Done, Effect, GiveUp, Retry
from app.outgoing.client import OUTSIDE, Answer, Unreachable, Way, check_headers, check_url, send
from app.outgoing.secrets import Secret, SecretsError, hidden, of_tenant
from app.outgoing.url_policy import Unsafe, place, read
from app.store.db import transaction
from engine.json_text import Unfit, dumps, normal, plain
from engine.placeholders import OWN, SECRET, Parts, misplaced
from engine.problems import Problem, problem
from engine.settings import is_call
from engine.steps import step_types

AGAIN = {408, 425, 429}
LONGEST_WAIT = timedelta(hours=12)
# Our own web processes answer soon after the workers start, so a call to them is first tried again at once.
OWN_ATTEMPTS, OWN_WAIT = 3, timedelta(seconds=5)
EXCERPT = 200
LONGEST_TEXT = 10_000


def perform(effect: Effect, way: Way = OUTSIDE) -> Done:
    call = effect.payload["call"]
    allow = settings().outgoing_allow if way.allow is None else way.allow
    url, way = _with_own_address(call["url"], replace(way, allow=allow))
    secrets = _secrets(effect.tenant_id, call, url, allow)
    headers = {name: _joined(parts, secrets) for name, parts in call.get("headers", {}).items()}
    body = dumps(call["body"]) if "body" in call else None
    try:
        answer = send(call.get("method", "POST"), url, headers=headers, body=body, key=str(effect.id), way=way)
    except Unsafe as refused:
        raise GiveUp(hidden(str(refused), secrets)) from None
    except Unreachable as failed:
        own = call["url"].startswith(OWN) and effect.attempts <= OWN_ATTEMPTS
        raise Retry(hidden(str(failed), secrets), OWN_WAIT if own else None) from None
    return Done({"status": answer.status, "body": _body(answer, secrets)})


def _with_own_address(written: str, way: Way) -> tuple[str, Way]:
    """Our own address may be inside a private network, but only where it was written as {base_url}."""
    if not written.startswith(OWN):
        return written, way
    own = settings().base_url
    return f"{own}/{written.removeprefix(OWN)}", replace(way, allow={*(way.allow or ()), place(own)})


def _secrets(tenant_id: UUID, call: Mapping[str, Any], url: str, allow: Collection[str]) -> dict[str, Secret]:
    """Those that the call's headers name, if they may be sent there. Raises GiveUp or Retry."""
    parts = [part for header in call.get("headers", {}).values() if isinstance(header, list) for part in header]
    names = {part["secret"] for part in parts if isinstance(part, dict)}
    if not names:
        return {}
    try:
        target = read(url, allow)
        with transaction(tenant_id) as db:
            known = of_tenant(db, tenant_id, names)
    except Unsafe as refused:
        raise GiveUp(str(refused)) from None
    except SecretsError as wrong:
        raise Retry(str(wrong)) from None
    for name in sorted(names):
        problem = known[name].problem(target, allow) if name in known else unknown_secret(name)
        if problem:
            raise GiveUp(problem)
    return known


def unknown_secret(name: str) -> str:
    return f"There is no secret called {name} here. Whoever runs the server adds it to the file of secrets."


def _joined(parts: str | Parts, secrets: Mapping[str, Secret]) -> str:
    if isinstance(parts, str):
        return parts
    return "".join(part if isinstance(part, str) else secrets[part["secret"]].value for part in parts)


def unsafe_calls(document: Mapping[str, Any], secrets: Mapping[str, Secret]) -> list[Problem]:
    """Calls of a well-formed definition that would be refused when they are made. `secrets`: the tenant's."""
    return [
        problem("call_refused", key, f"/{field}/{part}", error=text)
        for key, step in document["steps"].items()
        for field, schema in step_types()[step["type"]].SCHEMA["properties"].items()
        if is_call(schema)
        for part, text in _unsafe(step.get(field), secrets)
    ]


def _unsafe(call: dict[str, Any] | None, secrets: Mapping[str, Secret]) -> Iterator[tuple[str, str]]:
    if call is None:
        return
    if part := misplaced(call):
        yield part, "A secret stands in a header and nowhere else, {base_url} at the beginning of the address."
    try:
        check_url(call["url"])
    except Unsafe as refused:
        yield "url", str(refused)
    else:
        yield from (("headers", problem) for problem in _secret_problems(call, secrets))
    try:
        check_headers(call.get("headers", {}))
    except Unsafe as refused:
        yield "headers", str(refused)


def _secret_problems(call: Mapping[str, Any], secrets: Mapping[str, Secret]) -> Iterator[str]:
    allow = settings().outgoing_allow
    url, way = _with_own_address(call["url"], Way(allow=allow))
    target = read(url, way.allow or ())
    for name in sorted({name for text in call.get("headers", {}).values() for name in SECRET.findall(text)}):
        problem = secrets[name].problem(target, allow) if name in secrets else unknown_secret(name)
        if problem:
            yield problem


def _texts(value: Any, change: Callable[[str], str]) -> Any:
    """A copy of JSON-like data with every text in it changed, keys included."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {change(key): _texts(item, change) for key, item in value.items()}
    return [_texts(item, change) for item in value] if isinstance(value, list) else value


def _body(answer: Answer, secrets: Mapping[str, Secret]) -> Any:
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
        return normal(_texts(_read(answer, secrets), lambda text: hidden(text, secrets)))
    except (ValueError, RecursionError):
        raise GiveUp(f"The other system answered {answer.status} with something that cannot be read.") from None


def _said(answer: Answer, secrets: Mapping[str, Secret]) -> str:
    text = hidden(answer.body[: 4 * LONGEST_TEXT].decode("utf-8", "replace"), secrets)
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    short = line if len(line) <= EXCERPT else f"{line[:EXCERPT]}…"
    return f"The other system answered {answer.status}{f': {short}' if short else '.'}"


def _read(answer: Answer, secrets: Mapping[str, Secret]) -> Any:
    """Secrets are looked for before it is read, for they may be numbers, and afterwards, for they may be escaped."""
    kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    text = hidden(answer.body.decode("utf-8"), secrets)
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
