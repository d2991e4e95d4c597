"""The difference between two texts as one replaced piece: small for an edit, exact both ways."""

from msgspec import Struct


class Delta(Struct, frozen=True):
    """At `offset`, in characters, `removed` made place for `inserted`."""

    offset: int
    removed: str
    inserted: str


def between(before: str, after: str) -> Delta:
    offset = _same(before, after)
    rest, new = before[offset:], after[offset:]
    same = _same(rest[::-1], new[::-1])
    return Delta(offset, rest[: len(rest) - same], new[: len(new) - same])


def redone(text: str, delta: Delta) -> str:
    return text[: delta.offset] + delta.inserted + text[delta.offset + len(delta.removed) :]


def undone(text: str, delta: Delta) -> str:
    return text[: delta.offset] + delta.removed + text[delta.offset + len(delta.inserted) :]


def _same(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (a, b) in pairs if a != b), min(len(one), len(other)))
