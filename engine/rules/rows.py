"""A rule as conditions in rows, joined by all or any with groups one deep; every other rule stays text."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from engine import numbers
from engine.rules.fields import Field
from engine.rules.lexer import MAX_TEXT, PLAIN_NUMBER, RuleError, Word, words_of
from engine.rules.types import LIST, MOMENT, NUMBER, YES_NO

SIGNS = {"GE": ">=", "GT": ">", "LE": "<=", "LT": "<", "EQ": "==", "NE": "!="}
ALONE = {"EMPTY": "== null", "FILLED": "!= null"}
INSIDE = {"IN": "in", "NOT_IN": "not in", "HAS": "in", "LACKS": "not in"}
CLOCK = ("$today", "$now")
_WORDS = {"yes": "true", "no": "false"}
_ESCAPED = re.compile(r"\\(.)")
_BARE = re.compile(r"[^,\s](?:[^,]*[^,\s])?")
Kinds = Mapping[str, str]


class Row(NamedTuple):
    """A condition. field: its path. operator: a key of SIGNS, ALONE or INSIDE.

    value: as people type it; several with commas between. other: the field, or CLOCK, that takes its place.
    """

    field: str
    operator: str
    value: str = ""
    other: str = ""


class Conditions(NamedTuple):
    """parts: rows, and groups of rows that are joined the other way round. any: one of the parts is enough."""

    parts: tuple[Row | tuple[Row, ...], ...] = ()
    any: bool = False

    def rows(self) -> Iterator[Row]:
        for part in self.parts:
            yield from (part,) if isinstance(part, Row) else part


def in_one(parts: Sequence[Row | tuple[Row, ...]], any_of: bool) -> Conditions:
    """As `conditions` would read it: a group that is all there is needs no brackets."""
    if len(parts) == 1:
        only = parts[0]
        return Conditions((only,)) if isinstance(only, Row) else Conditions(only, not any_of)
    return Conditions(tuple(parts), any_of and bool(parts))


def kinds_of(known: Mapping[str, Field]) -> Kinds:
    return {path: field.kind for path, field in known.items()}


def conditions(text: str, kinds: Kinds) -> Conditions | None:
    """None for a rule that rows cannot show exactly. kinds: of the fields, by their path."""
    if not text.strip():
        return Conditions()
    return _conditions(text, tuple(kinds.items())) if len(text) <= MAX_TEXT else None


@lru_cache(maxsize=1024)
def _conditions(text: str, by_path: tuple[tuple[str, str], ...]) -> Conditions | None:
    """The rules of a flow are read for each of its steps."""
    kinds = dict(by_path)
    try:
        words = words_of(text)
    except RuleError:
        return None
    try:
        found = _Reader(words).whole()
        again = words_of(written(found, kinds))
    except (_Other, RuleError):
        return None
    return found if _meant(words) == _meant(again) else None


def written(found: Conditions, kinds: Kinds) -> str:
    """The rule's text. A row whose value is missing gives a rule that is not complete, and reads back the same."""
    inner, outer = (" and ", " or ") if found.any else (" or ", " and ")
    texts = []
    for part in found.parts:
        rows = (part,) if isinstance(part, Row) else part
        several = inner.join(_row(row, kinds) for row in rows)
        texts.append(f"({several})" if len(rows) > 1 else several)
    return outer.join(texts)


def _row(row: Row, kinds: Kinds) -> str:
    kind = kinds.get(row.field)
    if row.operator in ALONE:
        return f"{row.field} {ALONE[row.operator]}"
    if row.operator in ("IN", "NOT_IN"):
        values = ", ".join(_literal(item, kind) for item in _items(row.value))
        return f"{row.field} {INSIDE[row.operator]} {row.other or f'[{values}]'}"
    of = kind.removeprefix(LIST) if kind else None
    value = row.other or (_literal(row.value, of) if row.value.strip() else "")
    if row.operator in INSIDE:
        return f"{value} {INSIDE[row.operator]} {row.field}".strip()
    return f"{row.field} {SIGNS[row.operator]} {value}".strip()


def _items(value: str) -> list[str]:
    return [item for item in (part.strip() for part in value.split(",")) if item]


def _literal(value: str, kind: str | None) -> str:
    """As the field's kind wants it; what it cannot be is written as text, which the check will name."""
    value = value.strip()
    if kind == YES_NO and value.lower() in (*_WORDS, *_WORDS.values()):
        return _WORDS.get(value.lower(), value.lower())
    if kind in (NUMBER, None) and (number := _number(value)):
        return number
    if kind == MOMENT and _is_moment(value):
        return f"d'{value}'"
    mark = '"' if "'" in value and '"' not in value else "'"
    return mark + value.replace("\\", "\\\\").replace(mark, f"\\{mark}") + mark


def _number(value: str) -> str:
    if PLAIN_NUMBER.fullmatch(value.removeprefix("-")):
        return value
    try:
        return numbers.written(numbers.typed(value))
    except numbers.Unreadable:
        return ""


def _is_moment(value: str) -> bool:
    try:
        date.fromisoformat(value) if len(value) == len("2026-11-21") else datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _meant(words: list[Word]) -> list[tuple[str, str]]:
    """What the words say, however they are written; brackets are the reader's to understand."""
    told: dict[str, Callable[[str], str]] = {
        "STRING": _unquoted,
        "FLOAT": lambda text: str(Decimal(text).normalize()),
    }
    return [(word.kind, told.get(word.kind, str)(word.text)) for word in words if word.kind not in ("LPAREN", "RPAREN")]


def _unquoted(text: str) -> str:
    if text[0] not in "'\"" or any(letter not in "\\'\"" for letter in _ESCAPED.findall(text)):
        raise _Other
    return _ESCAPED.sub(r"\1", text[1:-1])


class _Other(Exception):
    """No row can say this."""


class _Joined(NamedTuple):
    """word: AND or OR."""

    word: str
    parts: list["Row | _Joined"]


class _Reader:
    """Recursive descent over the words: "and" binds closer than "or", brackets closest."""

    def __init__(self, words: list[Word]) -> None:
        self._words, self._at = words, 0

    def whole(self) -> Conditions:
        found = self._joined("OR")
        if self._at < len(self._words):
            raise _Other
        if isinstance(found, Row):
            return Conditions((found,))
        return Conditions(tuple(_part(part) for part in found.parts), found.word == "OR")

    def _joined(self, word: str) -> Row | _Joined:
        parts = [self._inner(word)]
        while self._next() == word:
            self._at += 1
            parts.append(self._inner(word))
        if len(parts) == 1:
            return parts[0]
        flat = [part.parts if isinstance(part, _Joined) and part.word == word else [part] for part in parts]
        return _Joined(word, [part for several in flat for part in several])

    def _inner(self, word: str) -> Row | _Joined:
        if word == "OR":
            return self._joined("AND")
        if self._next() != "LPAREN":
            return self._row()
        self._at += 1
        found = self._joined("OR")
        self._take("RPAREN")
        return found

    def _row(self) -> Row:
        left, field = self._operand()
        sign = self._take(*SIGNS, "IN", "NOT").kind
        if sign == "NOT":
            self._take("IN")
        if sign in SIGNS:
            return self._compared(field, sign)
        if self._next() != "LBRACKET":
            other = self._path()
            return Row(other, "HAS" if sign == "IN" else "LACKS", left, field)
        if not field:
            raise _Other
        return Row(field, "IN" if sign == "IN" else "NOT_IN", self._list())

    def _compared(self, field: str, sign: str) -> Row:
        if not field or field in CLOCK:
            raise _Other
        if self._next() == "NULL" and sign in ("EQ", "NE"):
            self._at += 1
            return Row(field, "EMPTY" if sign == "EQ" else "FILLED")
        if self._next() in ("", "AND", "OR", "RPAREN"):
            return Row(field, sign)
        return Row(field, sign, *self._operand())

    def _operand(self) -> tuple[str, str]:
        """A value as people type it, or a field."""
        if self._next() == "SYMBOL":
            return "", self._path()
        minus = self._next() == "SUB"
        self._at += minus
        word = self._take("FLOAT") if minus else self._take("FLOAT", "STRING", "TRUE", "FALSE", "DATETIME")
        told: dict[str, Callable[[str], str]] = {
            "STRING": _unquoted,
            "TRUE": lambda _: "yes",
            "FALSE": lambda _: "no",
        }
        value = told.get(word.kind, str)(word.text)
        if value != value.strip() or not value:
            raise _Other
        return f"{'-' if minus else ''}{value}", ""

    def _path(self) -> str:
        path = self._take("SYMBOL").text
        while self._next() == "ATTR":
            self._at += 1
            path += f".{self._take('SYMBOL').text}"
        if self._next() == "LPAREN":
            raise _Other
        return path

    def _list(self) -> str:
        self._take("LBRACKET")
        items = []
        while self._next() != "RBRACKET":
            item, other = self._operand()
            if other or not _BARE.fullmatch(item):
                raise _Other
            items.append(item)
            if self._next() != "RBRACKET":
                self._take("COMMA")
        self._at += 1
        return ", ".join(items)

    def _next(self) -> str:
        return self._words[self._at].kind if self._at < len(self._words) else ""

    def _take(self, *kinds: str) -> Word:
        if self._next() not in kinds:
            raise _Other
        self._at += 1
        return self._words[self._at - 1]


def _part(part: Row | _Joined) -> Row | tuple[Row, ...]:
    if isinstance(part, Row):
        return part
    rows = tuple(one for one in part.parts if isinstance(one, Row))
    if len(rows) < len(part.parts):
        raise _Other
    return rows
