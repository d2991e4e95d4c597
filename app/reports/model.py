"""What a report is made of, gathered and named: exports make a file of it and look nothing up themselves."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.audit.lines import Day, Line, Lines
from designer.drawing.path import Path
from designer.drawing.shapes import Layout
from engine.record.verify import Result


@dataclass(frozen=True)
class Decision:
    """By a person, by a rule (then `who` is the rule in words), or by the clock, where nobody answered in time.

    asked_at: when the question was put.
    """

    request: str
    title: str
    at: datetime
    who: str
    level: str
    outcome: str
    comment: str
    values: Sequence[tuple[str, str]]
    by: Literal["person", "rule", "clock"]
    source: str
    address: str | None
    asked_at: datetime | None


@dataclass(frozen=True)
class Request:
    id: str
    name: str
    title: str
    amount: str
    definition: str
    version: int
    status: str
    requester: str
    requester_title: str
    made_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Filled:
    """A form as somebody filled it in: labels and values as people read them."""

    name: str
    who: str
    at: datetime
    answers: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class OneRequest:
    """waiting: who is asked now. head: hash of the last event."""

    request: Request
    version_hash: str
    head: str
    forms: Sequence[Filled]
    waiting: Sequence[str]
    decisions: Sequence[Decision]
    lines: Sequence[tuple[Line, bytes | None]]
    drawing: Layout
    path: Path
    chain: Result
    evidence: bytes


@dataclass(frozen=True)
class Period:
    """figures: (what, how many). chains: of all its requests, whole."""

    requests: Sequence[Request]
    decisions: Sequence[Decision]
    days: Sequence[Day]
    figures: Sequence[tuple[str, str]]
    statuses: Sequence[tuple[str, int]]
    chain: Result


@dataclass(frozen=True)
class Material:
    """events: how many `lines` there are. about: reads the rest, for formats that tell more than events.

    params: the question as it is kept. filters: the same in words, without the period.
    """

    name: str
    tenant: str
    made_by: str
    made_at: datetime
    events: int
    lines: Callable[[], Lines]
    about: Callable[[], OneRequest | Period]
    params: Mapping[str, str]
    filters: Sequence[tuple[str, str]]
