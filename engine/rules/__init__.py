"""Rules: compiled once against the types of the request's data, then asked yes or no.

A rule over missing or odd data is undecidable, never true. What may be empty is asked about first: in
`item == null or item == 'desk'` the second half is looked at only where there is an item.
"""

import decimal
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from typing import Any

import rule_engine
from rule_engine import errors

from engine.reasons import Coded
from engine.rules.lexer import RuleError, check_names, words_of
from engine.rules.node import Facts
from engine.rules.tree import Tree
from engine.rules.types import midnight, reader

__all__ = ["Rule", "RuleError", "Undecidable", "compile_rule"]

BROKEN = (ArithmeticError, AttributeError, IndexError, LookupError, RecursionError, TypeError, ValueError)


class Undecidable(Coded, ValueError):
    """The data does not answer; names the field that is empty or odd."""


class Rule:
    """Immutable and safe to share between threads.

    names: the fields it reads, by their path ("amount", "address.country"). needed: those that must not be empty;
    filled: lists that must have an entry. if_true, if_false: the fields that surely
    hold something where it holds, and where it does not.
    """

    def __init__(self, text: str, schema: dict[str, Any], zone: tzinfo) -> None:
        self.text = text
        tree = _tree(text, schema, zone)
        self.names = list(tree.kinds)
        self.needed = frozenset(tree.needed)
        self.filled = frozenset(tree.filled)
        self.if_true, self.if_false = tree.root.if_true, tree.root.if_false
        self._ask, self._words, self._zone = tree.root.read, tree.root.words, zone
        self._titles, self._timely = tree.titles, tree.timely
        self._readers = [(name, name.split("."), reader(kind, zone)) for name, kind in tree.kinds.items()]

    def holds(self, data: dict[str, Any], now: datetime) -> bool:
        """Raises Undecidable naming the field that is missing or does not fit."""
        facts = self._facts(data, now)
        try:
            return bool(self._ask(facts))
        except BROKEN as wrong:
            raise Undecidable("rule_no_answer", rule=self.text) from wrong

    def _facts(self, data: dict[str, Any], now: datetime) -> Facts:
        facts: Facts = {}
        if self._timely:
            here = now.astimezone(self._zone)
            facts = {"$now": here, "$today": midnight(here.date(), self._zone)}
        for name, path, read in self._readers:
            value = data.get(name) if len(path) == 1 else _at(data, path)
            if value is None or value == "":
                if name in self.needed:
                    raise Undecidable("field_empty", title=self._titles[name], rule=self.text)
                facts[name] = None
                continue
            try:
                facts[name] = read(value)
            except BROKEN as wrong:
                raise Undecidable("field_odd", title=self._titles[name], rule=self.text) from wrong
            if value == [] and name in self.filled:
                raise Undecidable("list_empty", title=self._titles[name], rule=self.text)
        return facts

    def reads(self, data: dict[str, Any]) -> dict[str, Any]:
        """The values the rule looks at, by name; fields that are not there are left out."""
        found = {name: _at(data, path) for name, path, _ in self._readers}
        return {name: value for name, value in found.items() if value is not None}

    def sentence(self) -> str:
        """In words: "Amount is at most 500 and department is “it”"."""
        return self._words


def compile_rule(text: str, schema: dict[str, Any], zone: tzinfo = UTC) -> Rule:
    """`schema`: the JSON Schema of the data, whose types the rule must fit; `zone`: where its days begin.

    Raises RuleError.
    """
    check_names(words_of(text), schema)
    return Rule(text, schema, zone)


def _at(data: Any, path: Iterable[str]) -> Any:
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def _tree(text: str, schema: dict[str, Any], zone: tzinfo) -> Tree:
    try:
        return Tree(_parsed(text, zone), schema, zone)
    except (ArithmeticError, RecursionError) as wrong:
        raise RuleError("rule_beyond") from wrong


def _parsed(text: str, zone: tzinfo) -> Any:
    """The library's tree; what is written out in full is worked out in it already."""
    context = rule_engine.Context(
        default_timezone=zone,
        mapping_attribute_lookup=False,
        decimal_context=decimal.Context(prec=60, Emax=999, Emin=-999),
    )
    try:
        return rule_engine.Rule(text, context=context).statement.expression
    except errors.RuleSyntaxError as wrong:
        at = getattr(getattr(wrong, "token", None), "lexpos", None)
        raise RuleError("rule_syntax", None if at is None else at + 1) from wrong
    except errors.AttributeResolutionError as wrong:
        raise RuleError("no_attribute", text=str(wrong.attribute_name)[:40]) from wrong
    except (rule_engine.EngineError, *BROKEN) as wrong:
        raise RuleError("rule_mixed") from wrong
