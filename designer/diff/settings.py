"""What is set otherwise: setting by setting, levels and branches row by row, forms field by field, calls in parts."""

from collections.abc import Iterator
from typing import Any

from designer.diff.fields import form_changes
from designer.diff.setting import ABSENT, Setting, changed, same
from designer.diff.side import Side, strange_outcomes
from engine.wording.steps import TITLES
from engine.wording.values import called, plain_name, quote, value

__all__ = ["ABSENT", "Setting", "of_flow", "of_step", "same"]

Json = dict[str, Any]
# What has its own place in the difference.
NOT_FLOW = ("steps", "start", "data")
TITLES_OF_CALLS = {"url": "address"}
ROW_KEYS = ("id", "outcome", "name")


def of_flow(before: Side, after: Side) -> Iterator[Setting]:
    old, new = before.document, after.document
    yield from form_changes({"schema": old.get("data")}, {"schema": new.get("data")}, "/data", "")
    for name in dict.fromkeys((*new, *old)):
        if name not in NOT_FLOW:
            yield from _one(_Named(before, after, "", f"/{name}", name), old.get(name, ABSENT), new.get(name, ABSENT))
    yield from changed("What is no step", before.strange, after.strange, ("", ""), "/steps")


def of_step(before: Side, after: Side, key: str) -> Iterator[Setting]:
    old, new = before.steps.get(key, {}), after.steps.get(key, {})
    whole = key not in before.steps or key not in after.steps
    for name in dict.fromkeys((*new, *old)):
        if name == "outcomes":
            yield from changed(
                "What is no way out", strange_outcomes(old), strange_outcomes(new), ("", ""), f"/steps/{key}/outcomes"
            )
        elif not (whole and name in ("type", "name")):
            about = _Named(before, after, key, f"/steps/{key}/{name}", name)
            yield from _one(about, old.get(name, ABSENT), new.get(name, ABSENT))


class _Named:
    """A setting's name and place, and its values in words."""

    def __init__(self, before: Side, after: Side, step: str, pointer: str, name: str) -> None:
        self.before, self.after, self.step, self.pointer, self.name = before, after, step, pointer, name

    @property
    def title(self) -> str:
        if self.name == "type":
            return "Kind"
        schema = self.after.schema(self.step) or self.before.schema(self.step)
        part = schema.get(self.name)
        own = part.get("title") if isinstance(part, dict) else None
        return TITLES.get(self.name) or str(own or plain_name(self.name).capitalize())

    def words(self, side: Side, given: Any) -> str:
        if given is ABSENT:
            return ""
        if self.name == "type" and self.step in side.steps:
            return side.type(self.step)
        return (side.setting(self.step, self.name, given) if self.step else "") or value(given)

    def row(self, side: Side, given: Any) -> str:
        return "" if given is ABSENT else side.row(self.name, given) or value(given)


def _one(about: _Named, old: Any, new: Any) -> Iterator[Setting]:
    if same(old, new):
        return
    parts = [part for part in (old, new) if part is not ABSENT]
    if about.name == "form" and all(isinstance(part, dict) for part in parts):
        forms = {} if old is ABSENT else old, {} if new is ABSENT else new
        told = list(form_changes(forms[0], forms[1], about.pointer, "Form, "))
        yield from told or changed("Form", old, new, ("", ""), about.pointer)
    elif all(isinstance(part, dict) and isinstance(part.get("url"), str) for part in parts):
        yield from _call(about, old, new)
    elif key := _row_key(parts):
        yield from _rows(about, key, [] if old is ABSENT else old, [] if new is ABSENT else new)
    else:
        words = about.words(about.before, old), about.words(about.after, new)
        yield from changed(about.title, old, new, words, about.pointer)


def _call(about: _Named, old: Any, new: Any) -> Iterator[Setting]:
    if ABSENT in (old, new):
        lines = "" if old is ABSENT else called(old), "" if new is ABSENT else called(new)
        yield from changed(about.title, old, new, lines, about.pointer)
        return
    was, now = _parts(old), _parts(new)
    for name in dict.fromkeys((*now, *was)):
        one, other = was.get(name, ABSENT), now.get(name, ABSENT)
        title = f"{about.title}, {TITLES_OF_CALLS.get(name, name)}"
        yield from changed(title, one, other, (_text(one), _text(other)), about.pointer)


def _parts(call: Json) -> Json:
    """With each header as a part of its own."""
    headers = call.get("headers")
    apart = {f"header {name}": one for name, one in headers.items()} if isinstance(headers, dict) else {}
    return {name: part for name, part in call.items() if not apart or name != "headers"} | apart


def _text(given: Any) -> str:
    return "" if given is ABSENT else value(given)


def _row_key(parts: list[Any]) -> str | None:
    """By what the entries of a list are known, where they are."""
    if not parts or not all(isinstance(part, list) for part in parts) or not any(parts):
        return None
    return next((key for key in ROW_KEYS if all(_known_by(key, part) for part in parts)), None)


def _known_by(key: str, rows: list[Any]) -> bool:
    ids = [row.get(key) if isinstance(row, dict) else None for row in rows]
    return all(isinstance(one, str) and one for one in ids) and len(set(ids)) == len(ids)


def _rows(about: _Named, key: str, old: list[Json], new: list[Json]) -> Iterator[Setting]:
    was, now = {row[key]: row for row in old}, {row[key]: row for row in new}
    places = {row[key]: number for rows in (old, new) for number, row in enumerate(rows)}
    for one in dict.fromkeys((*now, *was)):
        before, after = was.get(one, ABSENT), now.get(one, ABSENT)
        title = f"{about.title}: {quote(_row_name(now.get(one) or was[one], one))}"
        words = about.row(about.before, before), about.row(about.after, after)
        yield from changed(title, before, after, words, f"{about.pointer}/{places[one]}")
    order_old, order_new = [one for one in was if one in now], [one for one in now if one in was]
    words = (
        ", ".join(_row_name(was[one], one) for one in order_old),
        ", ".join(_row_name(now[one], one) for one in order_new),
    )
    yield from changed(f"{about.title}: the order", order_old, order_new, words, about.pointer)


def _row_name(row: Json, key: str) -> str:
    return str(row.get("name") or row.get("label") or plain_name(key).capitalize())
