"""A node of a rule's tree: what kind of value it is, how to read it from the facts, and how it reads to people."""

from collections.abc import Callable
from datetime import tzinfo
from typing import Any

from msgspec import Struct

from engine.rules.lexer import RuleError
from engine.rules.types import LIST, MOMENT, NUMBER, SPAN, TEXT, YES_NO
from engine.rules.vocabulary import ATTRIBUTES, literal, quoted

Facts = dict[str, Any]
NOBODY: frozenset[str] = frozenset()
OR, AND, NOT, COMPARED, SUM, PRODUCT, ATOM = range(7)


class Node(Struct, frozen=True):
    """if_true, if_false: the fields that are surely filled where this holds, and where it does not.

    constant: its value, for what is written out in the rule. name: the field that this is, as it is.
    """

    kind: str
    read: Callable[[Facts], Any]
    words: str
    rank: int = ATOM
    if_true: frozenset[str] = NOBODY
    if_false: frozenset[str] = NOBODY
    constant: Any = None
    name: str | None = None

    def inner(self, rank: int) -> str:
        """In brackets where it binds less than what stands around it."""
        return self.words if self.rank > rank else f"({self.words})"


def about(node: Node) -> dict[str, Any]:
    """What stands there and its kind, as parameters of a RuleError."""
    return {"value": node.words if node.words.startswith("“") else quoted(node.words), "kind": node.kind}


def has(value: Any) -> bool:
    return value is not None and value != ()


def compared(work: Callable[[Any, Any], Any], left: Node, right: Node) -> Callable[[Facts], Any]:
    """A field beside a constant, which most rules are, takes two calls less."""
    if left.name is not None and right.constant is not None:
        name, constant = left.name, right.constant
        return lambda facts: work(facts[name], constant)
    one, two = left.read, right.read
    return lambda facts: work(one(facts), two(facts))


def attribute(of: Node, name: str) -> Node:
    found = ATTRIBUTES.get((LIST if of.kind.startswith(LIST) else of.kind, name))
    if found is None:
        raise RuleError("no_attribute_of", text=name[:40], **about(of))
    kind, work, words = found
    read = of.read
    return Node(kind, lambda facts: work(read(facts)), words.format(of.words))


def constant(kind: str, value: Any, zone: tzinfo) -> Node:
    kinds = {"Float": NUMBER, "String": TEXT, "Boolean": YES_NO, "Datetime": MOMENT, "Timedelta": SPAN}
    if kind not in kinds:
        raise RuleError("rule_stranger")
    if kind == "Datetime":
        value = value.astimezone(zone)
    return Node(kinds[kind], lambda _: value, literal(value), constant=value)
