"""Message codes with their parameters: why something is so, before it is text in somebody's language.

The catalogue of texts is engine/wording/catalogue; engine/wording/sentences.py tells a code in words.
"""

from collections.abc import Container
from typing import Any, Self

from msgspec import Struct, field

# Characters of a text, entries of a list, and what people wrote themselves, which is bounded where it comes in.
MAX_TEXT, MAX_ENTRIES, MAX_SAID = 400, 50, 10_000

Params = dict[str, Any]


class Reason(Struct, frozen=True, omit_defaults=True):
    """params: ids of people, steps, levels and groups, names of fields, numbers, short texts; "why" is another one."""

    code: str
    params: Params = field(default_factory=dict)

    @property
    def data(self) -> dict[str, Any]:
        """As an event, a payload or a parameter holds it."""
        return {"code": self.code, "params": self.params} if self.params else {"code": self.code}

    @classmethod
    def of(cls, data: dict[str, Any] | None) -> Self | None:
        """Of `data`; what was erased of it is missing."""
        return cls(data["code"], data.get("params") or {}) if data else None


def reason(code: str, **params: Any) -> Reason:
    return Reason(code, {name: bounded(value) for name, value in params.items()})


def said(code: str, text: str) -> Reason:
    """For what somebody wrote, which is kept as it is."""
    return Reason(code, {"text": text[:MAX_SAID]})


def bounded(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= MAX_TEXT else value[: MAX_TEXT - 1] + "…"
    if isinstance(value, list | tuple | set | frozenset):
        return [bounded(item) for item in list(value)[:MAX_ENTRIES]]
    if isinstance(value, dict):
        return {key: bounded(item) for key, item in list(value.items())[:MAX_ENTRIES]}
    return value.data if isinstance(value, Reason) else value


def says_more(reason: Reason, silent: Container[str]) -> bool:
    """Whether there is something to tell: what was erased is nothing. silent: codes that only repeat the end."""
    return reason.code not in silent and bool(reason.params.get("text", reason.code))


class Coded(Exception):
    """An exception that says why by a code and its parameters."""

    def __init__(self, code: str, **params: Any) -> None:
        self.reason = reason(code, **params)
        super().__init__(f"{code} {self.reason.params}")

    @property
    def code(self) -> str:
        return self.reason.code

    @property
    def params(self) -> Params:
        return self.reason.params
