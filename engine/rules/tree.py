"""A rule's expression tree: typed against the data, read as words, and compiled to closures that can't guess.

The library parses; what a rule means is decided here. Only what is typed in full can be asked at all, so that a rule
has an answer for every value its data may hold, or says which value it lacks.
"""

import operator
from collections.abc import Callable, Iterable
from datetime import tzinfo
from functools import reduce
from typing import Any

from engine.forms import schema as form_schema
from engine.rules import types as rule_types
from engine.rules.lexer import RuleError
from engine.rules.node import (
    AND,
    ATOM,
    COMPARED,
    NOBODY,
    NOT,
    OR,
    PRODUCT,
    SUM,
    Node,
    about,
    attribute,
    compared,
    constant,
    has,
)
from engine.rules.types import KINDS, LIST, MOMENT, NUMBER, SPAN, TEXT, YES_NO
from engine.rules.vocabulary import EXACT, FUNCTIONS, RATIO, YEAR, comparison, quoted, title

COMPARE = {
    "EQ": operator.eq,
    "NE": operator.ne,
    "LT": operator.lt,
    "LE": operator.le,
    "GT": operator.gt,
    "GE": operator.ge,
}
ARITHMETIC = {
    "ADD": (EXACT.add, "+", SUM),
    "SUB": (EXACT.subtract, "−", SUM),
    "MUL": (EXACT.multiply, "×", PRODUCT),
    "TDIV": (RATIO.divide, "÷", PRODUCT),
    "FDIV": (EXACT.divide_int, "÷ (whole)", PRODUCT),
    "MOD": (EXACT.remainder, "modulo", PRODUCT),
}
MOMENTS = {
    (MOMENT, "ADD", SPAN): MOMENT,
    (SPAN, "ADD", MOMENT): MOMENT,
    (MOMENT, "SUB", SPAN): MOMENT,
    (MOMENT, "SUB", MOMENT): SPAN,
    (SPAN, "ADD", SPAN): SPAN,
    (SPAN, "SUB", SPAN): SPAN,
}


class Tree:
    """kinds: of the fields it reads, by their path. needed: those it can't do without; filled: lists that must have
    an entry. timely: it asks for the time. root: reads facts that hold every field; it raises ArithmeticError and the
    like for what can't be worked out.
    """

    def __init__(self, expression: Any, schema: dict[str, Any], zone: tzinfo) -> None:
        self.kinds: dict[str, str] = {}
        self.needed: set[str] = set()
        self.filled: set[str] = set()
        self.titles: dict[str, str] = {}
        self._labels: dict[str, dict[str, str]] = {}
        self.timely = False
        self._schema = schema
        self._zone = zone
        self._builders: dict[str, Callable[[Any, frozenset[str]], Node]] = {
            "Logic": self._logic,
            "Comparison": self._comparison,
            "ArithmeticComparison": self._comparison,
            "Contains": self._contains,
            "Unary": self._unary,
            "Add": self._arithmetic,
            "Subtract": self._arithmetic,
            "Arithmetic": self._arithmetic,
            "Symbol": self._name,
            "GetAttribute": self._name,
            "FunctionCall": self._call,
            "Array": self._list,
        }
        self.root = self._node(expression, NOBODY)
        if self.root.kind != YES_NO:
            raise RuleError("rule_no_yes_no")

    def _node(self, part: Any, known: frozenset[str]) -> Node:
        """known: the fields that are surely filled where this is looked at."""
        kind = type(part).__name__.removesuffix("Expression")
        build = self._builders.get(kind)
        return build(part, known) if build else constant(kind, getattr(part, "value", None), self._zone)

    def _logic(self, part: Any, known: frozenset[str]) -> Node:
        both = part.type == "and"
        left = self._yes_no(part.left, known)
        right = self._yes_no(part.right, known | (left.if_true if both else left.if_false))
        one, two = left.read, right.read
        if both:
            surely, perhaps = left.if_true | right.if_true, left.if_false & (left.if_true | right.if_false)
            words = f"{left.inner(OR)} and {right.inner(OR)}"
            return Node(YES_NO, lambda facts: one(facts) and two(facts), words, AND, surely, perhaps)
        surely, perhaps = left.if_false | right.if_false, left.if_true & (left.if_false | right.if_true)
        words = f"{left.words} or {right.words}"
        return Node(YES_NO, lambda facts: one(facts) or two(facts), words, OR, perhaps, surely)

    def _yes_no(self, part: Any, known: frozenset[str]) -> Node:
        found = self._node(part, known)
        if found.kind != YES_NO:
            raise RuleError("yes_no_needed", **about(found))
        return found

    def _comparison(self, part: Any, known: frozenset[str]) -> Node:
        if type(part.left).__name__ == "NullExpression":
            return self._empty(part.right, part.type.upper())
        if type(part.right).__name__ == "NullExpression":
            return self._empty(part.left, part.type.upper())
        left, right = self._node(part.left, known), self._node(part.right, known)
        if left.kind != right.kind:
            raise _different(left, right)
        kind = part.type.upper()
        ordered = kind not in ("EQ", "NE")
        if left.kind.startswith(LIST) or (ordered and left.kind in (TEXT, YES_NO)):
            raise RuleError("no_order", **about(left))
        words = f"{self._beside(left, right)} {comparison(kind, left.kind)} {self._beside(right, left)}"
        return Node(YES_NO, compared(COMPARE[kind], left, right), words, COMPARED)

    def _empty(self, part: Any, kind: str) -> Node:
        """Whether a field is empty: the one question that may be asked of a field that is."""
        name, rest = self._path(part)
        if rest or kind not in ("EQ", "NE"):
            raise RuleError("only_field_null")
        there, words = frozenset((name,)), self.titles[name]
        if kind == "EQ":
            empty = f"{words} is empty"
            return Node(YES_NO, lambda facts: not has(facts[name]), empty, COMPARED, if_false=there)
        return Node(YES_NO, lambda facts: has(facts[name]), f"{words} is not empty", COMPARED, if_true=there)

    def _contains(self, part: Any, known: frozenset[str]) -> Node:
        member, container = self._node(part.member, known), self._node(part.container, known)
        one, several = member.read, container.read
        if container.kind == TEXT == member.kind:
            words = f"{container.inner(COMPARED)} contains {member.inner(COMPARED)}"
        elif container.kind == LIST + member.kind:
            words = f"{self._beside(member, container)} is one of {self._several(container, member)}"
        else:
            raise _different(member, container)
        return Node(YES_NO, lambda facts: one(facts) in several(facts), words, COMPARED)

    def _unary(self, part: Any, known: frozenset[str]) -> Node:
        if part.type.upper() == "NOT":
            right = self._yes_no(part.right, known)
            answer = right.read
            words = f"not {right.inner(AND)}"
            return Node(YES_NO, lambda facts: not answer(facts), words, NOT, right.if_false, right.if_true)
        right = self._node(part.right, known)
        if right.kind != NUMBER:
            raise RuleError("no_negative", **about(right))
        value = right.read
        return Node(NUMBER, lambda facts: EXACT.minus(value(facts)), f"−{right.inner(PRODUCT)}", ATOM)

    def _arithmetic(self, part: Any, known: frozenset[str]) -> Node:
        left, right = self._node(part.left, known), self._node(part.right, known)
        one, two = left.read, right.read
        kind = part.type.upper()
        work, sign, rank = ARITHMETIC[kind]
        words = f"{left.inner(rank - 1)} {sign} {right.inner(rank)}"
        if left.kind == NUMBER == right.kind:
            return Node(NUMBER, lambda facts: work(one(facts), two(facts)), words, rank)
        gives = MOMENTS.get((left.kind, kind, right.kind))
        if gives is None:
            raise _different(left, right)
        if kind == "ADD":
            return Node(gives, lambda facts: one(facts) + two(facts), words, rank)
        return Node(gives, lambda facts: one(facts) - two(facts), words, rank)

    def _name(self, part: Any, known: frozenset[str]) -> Node:
        if _is_builtin(part):
            name = f"${part.name}"
            self.timely = True
            return Node(MOMENT, lambda facts: facts[name], part.name)
        if type(_root(part)).__name__ != "SymbolExpression" or _is_builtin(_root(part)):
            return attribute(self._node(part.object, known), part.name)
        path, rest = self._path(part)
        if path not in known:
            self.needed.add(path)
        words = self.titles[path]
        found = Node(self.kinds[path], lambda facts: facts[path], words, name=path)
        return reduce(attribute, rest, found)

    def _path(self, part: Any) -> tuple[str, list[str]]:
        """A field's path through groups of fields, and the attributes that are asked of its value."""
        names: list[str] = []
        while type(part).__name__ == "GetAttributeExpression":
            names.insert(0, part.name)
            part = part.object
        if type(part).__name__ != "SymbolExpression" or _is_builtin(part):
            raise RuleError("only_field_null")
        schema, path = self._schema["properties"][part.name], part.name
        while rule_types.is_group(schema, self._schema):
            if not names:
                raise RuleError("field_group", field=path)
            path, schema = f"{path}.{names[0]}", rule_types.inside(schema, names[0], self._schema)
            if schema is None:
                raise RuleError("data_field_lacks", field=path)
            names.pop(0)
        kind = rule_types.kind(schema, self._schema)
        if kind is None:
            raise RuleError("field_untyped", field=path)
        self.kinds[path] = kind
        self.titles[path] = title(path, self._schema)
        self._labels[path] = _labels(schema, self._schema)
        return path, names

    def _call(self, part: Any, known: frozenset[str]) -> Node:
        if type(part.function).__name__ == "GetAttributeExpression":
            return self._asked_of_text(part, known)
        if not _is_builtin(part.function):
            raise RuleError("only_function")
        takes, gives, work, words = FUNCTIONS[part.function.name]
        if len(part.arguments) != 1:
            raise RuleError("one_value", function=part.function.name)
        value = self._node(part.arguments[0], known)
        if value.kind != takes:
            raise RuleError("function_needs", function=part.function.name, needed=takes, **about(value))
        if value.name and value.kind.startswith(LIST) and value.name not in known:
            self.filled.add(value.name)
        read = value.read
        return Node(gives, lambda facts: work(read(facts)), words.format(value.words))

    def _asked_of_text(self, part: Any, known: frozenset[str]) -> Node:
        ask = {"starts_with": str.startswith, "ends_with": str.endswith}.get(part.function.name)
        if ask is None or len(part.arguments) != 1:
            raise RuleError("no_attribute", text=part.function.name[:40])
        whole, piece = self._node(part.function.object, known), self._node(part.arguments[0], known)
        if whole.kind != TEXT or piece.kind != TEXT:
            raise RuleError("text_with_text", text=part.function.name)
        one, two = whole.read, piece.read
        words = f"{whole.words} {part.function.name.replace('_', ' ')} {piece.words}"
        return Node(YES_NO, lambda facts: ask(one(facts), two(facts)), words, COMPARED)

    def _beside(self, node: Node, other: Node) -> str:
        """2026 is a year, and 2,026 a number; a choice is called what its form calls it."""
        if node.constant is not None and other.words.startswith(YEAR):
            return node.words.replace(",", "")
        label = self._labels.get(other.name or "", {}).get(node.constant)
        return quoted(label) if label else node.inner(COMPARED)

    def _several(self, container: Node, member: Node) -> str:
        labels = self._labels.get(member.name or "", {})
        if not labels or container.constant is None:
            return container.inner(COMPARED)
        return _bracketed(quoted(labels.get(value, value)) for value in container.constant)

    def _list(self, part: Any, known: frozenset[str]) -> Node:
        items = [self._node(item, known) for item in part.value]
        kinds = {item.kind for item in items}
        if len(kinds) != 1 or items[0].kind not in KINDS:
            raise RuleError("list_mixed")
        words = _bracketed(item.words for item in items)
        kind = LIST + items[0].kind
        if all(item.constant is not None for item in items):
            fixed = tuple(item.constant for item in items)
            return Node(kind, lambda _: fixed, words, constant=fixed)
        reads = [item.read for item in items]
        return Node(kind, lambda facts: [read(facts) for read in reads], words)


def _different(left: Node, right: Node) -> RuleError:
    other = about(right)
    return RuleError("different_kinds", **about(left), other=other["value"], other_kind=other["kind"])


def _root(part: Any) -> Any:
    while type(part).__name__ == "GetAttributeExpression":
        part = part.object
    return part


def _is_builtin(part: Any) -> bool:
    return getattr(part, "scope", None) == "built-in"


def _labels(schema: Any, root: dict[str, Any]) -> dict[str, str]:
    """What the choices of a field, or of a list of them, are called."""
    part = form_schema.resolve(schema, root)[0]
    part = form_schema.resolve(part["items"], root)[0] if isinstance(part.get("items"), dict) else part
    return {one.value: one.label for one in form_schema.choices(part) if isinstance(one.value, str)}


def _bracketed(words: Iterable[str]) -> str:
    return f"({', '.join(words)})"
