"""Timeout policies in words and as moments of a line of time; of a draft, too, in which anything may be wrong."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from engine.people import Directory
from engine.timers import DEFAULT, DurationError, parse_duration
from engine.who import who_text
from engine.wording.relative_time import duration
from engine.wording.values import count, listed

ENDS = {
    "approve": "it counts as approved",
    "reject": "it counts as rejected",
    "timed_out": "it goes on as timed out",
}


class Mark(Struct, frozen=True):
    """kind: "asked", "reminder", "escalation" or "end". after: seconds since somebody was asked."""

    kind: str
    after: float
    text: str


def limit_sentence(policy: Any, directory: Directory | None) -> str:
    """As in "A reminder after 1 day; after 3 days it goes up the line; 1 day later it counts as rejected."."""
    rule = policy if isinstance(policy, dict) else DEFAULT
    after = rule.get("after", DEFAULT["after"])
    if after is None:
        return "It waits as long as it takes, and nobody is reminded."
    parts = [*_reminded(rule), *_then(rule, _length(after), directory)]
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def marks(policy: Any) -> list[Mark]:
    """In their order; none where a field of the request says how long it takes, or something cannot be read."""
    rule = policy if isinstance(policy, dict) else DEFAULT
    due = seconds(rule.get("after", DEFAULT["after"]))
    if due is None:
        return []
    found = [Mark("asked", 0, "asked")]
    found += sorted(
        (Mark("reminder", at, "reminder") for at in map(seconds, _spans(rule)) if at is not None and at < due),
        key=lambda mark: mark.after,
    )
    if rule.get("then", "reject") != "escalate" or not (times := _times(rule)):
        return [*found, Mark("end", due, "time is up")]
    within = seconds(rule.get("within") or rule.get("after", DEFAULT["after"]))
    if within is None:
        return [*found, Mark("escalation", due, "somebody else")]
    found += [Mark("escalation", due + within * at, "somebody else") for at in range(times)]
    return [*found, Mark("end", due + within * times, "time is up")]


def seconds(span: Any) -> float | None:
    try:
        return parse_duration(span).longest.total_seconds() if isinstance(span, str) else None
    except DurationError:
        return None


def _spans(rule: dict[str, Any]) -> list[str]:
    given = rule.get("remind")
    return [span for span in given if seconds(span) is not None] if isinstance(given, list) else []


def _times(rule: dict[str, Any]) -> int:
    times = rule.get("times", 1)
    return times if isinstance(times, int) and 0 <= times <= 10 else 1


def _reminded(rule: dict[str, Any]) -> Iterator[str]:
    spans = [duration(span) for span in sorted(_spans(rule), key=lambda span: seconds(span) or 0)]
    if spans:
        yield f"{'a reminder' if len(spans) == 1 else 'reminders'} after {listed(spans)}"


def _then(rule: dict[str, Any], after: str, directory: Directory | None) -> Iterator[str]:
    then, times = rule.get("then", "reject"), _times(rule)
    if then != "escalate":
        yield f"after {after} {_end(then)}"
        return
    last = _end(rule.get("finally", "reject"))
    if not times:
        yield f"after {after} {last}"
        return
    to = rule.get("to")
    entries = [entry for entry in to if isinstance(entry, dict)] if isinstance(to, list) else []
    yield (
        f"after {after} it goes to {who_text(entries, directory)}" if entries else f"after {after} it goes up the line"
    )
    within = _length(rule["within"]) if rule.get("within") else after
    if times > 1:
        yield f"and on every {within} after that, {count(times, 'time')} in all"
    yield f"{within} later {last}"


def _length(span: Any) -> str:
    if isinstance(span, dict):
        return f"as long as “{span.get('field', '')}” says"
    return duration(span) if seconds(span) is not None else str(span)


def _end(then: Any) -> str:
    if isinstance(then, dict):
        return f"it goes as “{then.get('field', '')}” says"
    return ENDS.get(then, ENDS["reject"]) if isinstance(then, str) else ENDS["reject"]
