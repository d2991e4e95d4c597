"""Rules: compiled once against the types of the request's data, then asked yes or no. With rule_guard.py the only
place that knows rule_engine. A rule over missing or odd data is undecidable, never true.
"""

import decimal
from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

import rule_engine
from rule_engine import DataType, errors

from engine.rules.lexer import RuleError, Word, check_names, symbols, with_moments, words_of

__all__ = ["Rule", "RuleError", "Undecidable", "compile_rule"]

TYPES = {
    "number": DataType.FLOAT,
    "integer": DataType.FLOAT,
    "string": DataType.STRING,
    "boolean": DataType.BOOLEAN,
    "null": DataType.NULL,
}
MOMENT_TYPES = {"now__": DataType.DATETIME, "today__": DataType.DATETIME}
SENTENCE = {
    "EQ": "is",
    "NE": "is not",
    "LT": "is below",
    "LE": "is at most",
    "GT": "is above",
    "GE": "is at least",
    "IN": "is one of",
    "AND": "and",
    "OR": "or",
    "NOT": "not",
    "TRUE": "yes",
    "FALSE": "no",
    "NULL": "empty",
    "LBRACKET": "(",
    "RBRACKET": ")",
}
BROKEN = (
    rule_engine.EngineError,
    ArithmeticError,
    OverflowError,
    RecursionError,
    AttributeError,
    TypeError,
    ValueError,
)


class Undecidable(ValueError):
    """The data does not answer the rule; says which field."""


class Rule:
    """Immutable and safe to share between threads."""

    def __init__(self, text: str, words: list[Word], schema: dict[str, Any]) -> None:
        self.text = text
        self._words = words
        self._properties: dict[str, Any] = schema.get("properties", {})
        self.names = list(dict.fromkeys(word.text for word in symbols(words)))
        self._readers = {name: _reader(self._properties[name]) for name in self.names}
        self._rule = _compiled(with_moments(words, text), {name: _type(self._properties[name]) for name in self.names})

    def holds(self, data: dict[str, Any], now: datetime) -> bool:
        """Raises Undecidable naming the field that is missing or does not fit."""
        facts = self._facts(data, now)
        try:
            answer = self._rule.evaluate(facts)
        except errors.SymbolTypeError as wrong:
            name = self._title(str(wrong.symbol_name))
            raise Undecidable(f"“{name}” is not what the rule “{self.text[:80]}” expects") from wrong
        except BROKEN as wrong:
            raise Undecidable(f"the rule “{self.text[:80]}” has no answer for this data") from wrong
        if not isinstance(answer, bool):
            raise Undecidable(f"the rule “{self.text[:80]}” is neither true nor false")
        return answer

    def _facts(self, data: dict[str, Any], now: datetime) -> dict[str, Any]:
        midnight = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
        facts: dict[str, Any] = {"now__": now, "today__": midnight}
        for name, read in self._readers.items():
            value = data.get(name)
            if value is None or value == "":
                raise Undecidable(f"“{self._title(name)}” is empty, and the rule “{self.text[:80]}” needs it")
            try:
                facts[name] = read(value)
            except (ValueError, TypeError) as wrong:
                raise Undecidable(f"“{self._title(name)}” is not what the rule “{self.text[:80]}” expects") from wrong
        return facts

    def reads(self, data: dict[str, Any]) -> dict[str, Any]:
        """The values the rule looks at, by name; fields that are not there are left out."""
        return {name: data[name] for name in self.names if name in data}

    def sentence(self) -> str:
        """In words: "Amount is at most 500 and department is “it”"."""
        text = " ".join(self._word(word) for word in self._words)
        return text.replace("( ", "(").replace(" )", ")").replace(" ,", ",")

    def _word(self, word: Word) -> str:
        if word.kind == "FLOAT":
            return f"{decimal.Decimal(word.text):,}"
        if word.kind == "STRING":
            return f"“{word.text.strip(chr(39) + chr(34))}”"
        if word.kind == "SYMBOL":
            return self._title(word.text)
        return SENTENCE.get(word.kind, word.text)

    def _title(self, name: str) -> str:
        title = self._properties.get(name, {}).get("title")
        return str(title).rstrip("?") if title else name.lstrip("$").replace("_", " ")


def compile_rule(text: str, schema: dict[str, Any]) -> Rule:
    """`schema`: the JSON Schema of the data, whose types the rule must fit. Raises RuleError."""
    words = words_of(text)
    check_names(words, schema)
    return Rule(text, words, schema)


def _compiled(text: str, types: dict[str, Any]) -> rule_engine.Rule:
    context = rule_engine.Context(
        type_resolver=rule_engine.type_resolver_from_dict(types | MOMENT_TYPES),
        default_timezone="utc",
        mapping_attribute_lookup=False,
        decimal_context=decimal.Context(prec=38, Emax=999, Emin=-999),
    )
    try:
        made = rule_engine.Rule(text, context=context)
    except errors.RuleSyntaxError as wrong:
        at = getattr(getattr(wrong, "token", None), "lexpos", None)
        raise RuleError("The rule is not finished or has a word too many", None if at is None else at + 1) from wrong
    except errors.AttributeResolutionError as wrong:
        raise RuleError(f"There is nothing called “{str(wrong.attribute_name)[:40]}” to ask for") from wrong
    except BROKEN as wrong:
        raise RuleError("The rule compares things of different kinds, such as a number with a text") from wrong
    result = made.statement.expression.result_type
    if result not in (DataType.BOOLEAN, DataType.UNDEFINED):
        raise RuleError("A rule must come out as yes or no; compare the value with something")
    return made


def _type(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return DataType.UNDEFINED
    if _is_moment(schema):
        return DataType.DATETIME
    named = schema.get("type")
    if named == "array":
        items = schema.get("items")
        return DataType.ARRAY(_type(items)) if isinstance(items, dict) else DataType.UNDEFINED
    return TYPES.get(named, DataType.UNDEFINED) if isinstance(named, str) else DataType.UNDEFINED


def _is_moment(schema: dict[str, Any]) -> bool:
    return schema.get("type") == "string" and schema.get("format") in ("date", "date-time")


def _reader(schema: Any) -> Callable[[Any], Any]:
    """How a value of the data becomes one the rule can compare; callables never reach a rule."""
    return _moment if isinstance(schema, dict) and _is_moment(schema) else _value


def _moment(value: Any) -> datetime:
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_value(item) for item in value)
    if isinstance(value, bool | int | str | decimal.Decimal | dict):
        return value
    raise TypeError(type(value).__name__)
