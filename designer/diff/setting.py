"""One setting, before and after, in words that are never the same where the values are not."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from designer.edits.delta import between
from engine.json_text import canonical
from engine.wording.values import clean, plain_name, value

ABSENT: Any = type("Absent", (), {"__repr__": lambda _: "absent"})()
NOT_SET = "not set"
AROUND, LONGEST, MOST_PARTS = 24, 60, 6
# Where words may be cut.
LONG = 400


class Setting(NamedTuple):
    """what: "Time limit". before, after: in words, empty where there was or is nothing. pointer: into the document."""

    what: str
    before: str
    after: str
    pointer: str


def same(one: Any, other: Any) -> bool:
    if one is ABSENT or other is ABSENT:
        return one is other
    return canonical(one) == canonical(other)


def changed(what: str, old: Any, new: Any, told: tuple[str, str], pointer: str) -> Iterator[Setting]:
    """Nothing where it is the same. told: in words, which may be too few to tell them apart."""
    if same(old, new):
        return
    before, after = told
    if before == after:
        before, after = _parts(old, new)
    if before == after:
        before, after = _written(old, new)
    yield Setting(what, clean(before, LONG), clean(after, LONG), pointer)


def _parts(old: Any, new: Any) -> tuple[str, str]:
    """The parts that are not the same, each by its name."""
    found = list(_leaves(old, new, ""))[:MOST_PARTS]
    pairs = [(name, _word(was), _word(now)) for name, was, now in found]
    lead = [f"{plain_name(name)} " if name else "" for name, _, _ in pairs]
    before = ", ".join(f"{name}{was}" for name, (_, was, _) in zip(lead, pairs, strict=True))
    after = ", ".join(f"{name}{now}" for name, (_, _, now) in zip(lead, pairs, strict=True))
    return before, after


def _leaves(old: Any, new: Any, name: str) -> Iterator[tuple[str, Any, Any]]:
    if same(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*new, *old)):
            yield from _leaves(old.get(key, ABSENT), new.get(key, ABSENT), key)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for was, now in zip(old, new, strict=True):
            yield from _leaves(was, now, name)
    else:
        yield name, old, new


def _word(given: Any) -> str:
    return NOT_SET if given is ABSENT else value(given)


def _written(old: Any, new: Any) -> tuple[str, str]:
    """As JSON, around the first place at which they part; what cannot be seen is written out."""
    texts = ["" if given is ABSENT else canonical(given).decode() for given in (old, new)]
    at = max(0, between(*texts).offset - AROUND)
    before, after = (ascii(text[at : at + LONGEST])[1:-1] for text in texts)
    return (f"…{before}", f"…{after}") if at else (before, after)
