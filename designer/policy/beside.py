"""Two policies side by side, as an alignment: which sentences stayed, changed, came and went. Pure."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

from msgspec import Struct

from designer.policy import Line, Policy, Section

# So many sentences further on the new wording of one is looked for; this part of its words is still there.
NEAR, ALIKE = 20, 0.4

Kind = Literal["same", "changed", "added", "removed"]


class Sentence(Struct, frozen=True):
    """number: "3.2", empty for a point under a sentence. meant: the text without the numbers of steps, which move."""

    number: str
    text: str
    meant: str


class Pair(Struct, frozen=True):
    kind: Kind
    old: Sentence | None = None
    new: Sentence | None = None


class Part(Struct, frozen=True):
    """kind: same only where each of its sentences is."""

    name: str
    kind: Kind
    pairs: tuple[Pair, ...]


def beside(old: Policy, new: Policy) -> tuple[Part, ...]:
    """Step by step as the newer one has them, what went after what stood before it; last how it ends."""
    before, after = _told(old), _told(new)
    return tuple(_part(before.get(step), after.get(step)) for step in _order(list(before), list(after)))


def _told(policy: Policy) -> dict[str, tuple[str, list[Sentence]]]:
    """By step: its name, and what is said about it."""
    names = {section.step: section.name for section in policy.sections} | {step: name for step, name, _ in policy.ends}
    told = {one.step: (one.name, list(_sentences(one, policy, names))) for one in policy.sections}
    ends = [f"{name}: {text}" if text else name for _, name, text in policy.ends]
    # A step's id is never empty.
    return {**told, "": ("How it ends", [Sentence("", text, text) for text in ends])}


def _sentences(section: Section, policy: Policy, names: dict[str, str]) -> Iterator[Sentence]:
    name = f"{section.name} ({section.kind})"
    yield Sentence(str(section.number), name, name)
    if section.description:
        yield Sentence("", section.description, section.description)
    for line in section.lines:
        yield Sentence(line.number, *_ending(line, policy, names))
        yield from (Sentence("", point, point) for point in line.points)


def _ending(line: Line, policy: Policy, names: dict[str, str]) -> tuple[str, str]:
    if not line.to:
        return line.text, line.text
    return f"{line.text} {policy.names[line.to]}.", f"{line.text} {names[line.to]}."


def _order(old: list[str], new: list[str]) -> list[str]:
    order = list(new)
    for place, step in enumerate(old):
        if step not in order:
            order.insert(order.index(old[place - 1]) + 1 if place else 0, step)
    return order


def _part(old: tuple[str, list[Sentence]] | None, new: tuple[str, list[Sentence]] | None) -> Part:
    pairs = tuple(_pairs(old[1] if old else [], new[1] if new else []))
    name = new[0] if new else old[0] if old else ""
    if not old or not new:
        return Part(name, "added" if new else "removed", pairs)
    return Part(name, "same" if all(pair.kind == "same" for pair in pairs) else "changed", pairs)


def _pairs(old: Sequence[Sentence], new: Sequence[Sentence]) -> Iterator[Pair]:
    meant, now = [one.meant for one in old], [one.meant for one in new]
    for word, start, stop, begin, end in SequenceMatcher(None, meant, now, autojunk=False).get_opcodes():
        if word == "equal":
            yield from (Pair("same", *both) for both in zip(old[start:stop], new[begin:end], strict=True))
        else:
            yield from _other(old[start:stop], new[begin:end])


def _other(old: Sequence[Sentence], new: Sequence[Sentence]) -> Iterator[Pair]:
    """Two with most words in common are one that was changed."""
    at = 0
    for one in old:
        near = new[at : at + NEAR]
        best = max(range(len(near)), key=lambda place: _likeness(one, near[place]), default=0)
        if not near or _likeness(one, near[best]) < ALIKE:
            yield Pair("removed", old=one)
            continue
        yield from (Pair("added", new=came) for came in near[:best])
        yield Pair("changed", one, near[best])
        at += best + 1
    yield from (Pair("added", new=came) for came in new[at:])


def _likeness(one: Sentence, other: Sentence) -> float:
    """The part of the words of the longer one that both have. A point never becomes a sentence."""
    if bool(one.number) != bool(other.number):
        return 0
    words = set(one.meant.split()), set(other.meant.split())
    return len(words[0] & words[1]) / max(1, *map(len, words))
