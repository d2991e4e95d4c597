"""A rule's words, read before anything is evaluated: the library folds constants while it parses, and could hang."""

import difflib
import re
from collections.abc import Iterable
from typing import Any

import rule_engine
from msgspec import Struct

MAX_TEXT, MAX_TOKENS, MAX_JOINED, MAX_DEPTH, MAX_DIGITS = 2000, 400, 100, 50, 30
JOINING = {"AND", "OR", "NOT", "ADD", "SUB", "MUL", "TDIV", "FDIV", "MOD", "ATTR"}
BUILT_IN = {"$abs", "$all", "$any", "$max", "$min", "$now", "$sum", "$today"}
PLAIN_NUMBER = re.compile(r"\d+(\.\d+)?", re.ASCII)
FORBIDDEN = {
    **dict.fromkeys(("EQ_FZM", "EQ_FZS", "NE_FZM", "NE_FZS"), "Patterns are"),
    **dict.fromkeys(("BWLSH", "BWRSH"), "Shifting bits is"),
    **dict.fromkeys(("BWAND", "BWOR", "BWXOR"), "Arithmetic with bits is"),
    **dict.fromkeys(("QMARK", "COLON", "COALESCE", "IF"), "Choosing between values is"),
    **dict.fromkeys(("FLOAT_INF", "FLOAT_NAN"), "A number without a value is"),
    **dict.fromkeys(("LBRACE", "RBRACE"), "Braces are"),
    "ATTR_SAFE": "“&.” is",
    "BYTES": "Bytes are",
    "COMMENT": "A comment is",
    "FOR": "Loops are",
    "POW": "Powers are",
}


class RuleError(ValueError):
    """The text is no rule; says why in plain words. column: where, from 1, if it is known."""

    def __init__(self, message: str, column: int | None = None) -> None:
        super().__init__(f"{message} (at character {column})" if column else message)
        self.column = column


class Word(Struct, frozen=True):
    """A token: kind as the library names it, its text, and where it begins in the rule."""

    kind: str
    text: str
    at: int


def words_of(text: str) -> list[Word]:
    """Raises RuleError for anything that is not allowed in a rule, however harmless it would be this time."""
    if not text.strip():
        raise RuleError("The rule is empty")
    if len(text) > MAX_TEXT:
        raise RuleError(f"The rule is longer than {MAX_TEXT} characters")
    lexer = rule_engine.Rule.parser._lexer.clone()  # noqa: SLF001 - lexing alone has no public name
    lexer.input(text)
    words: list[Word] = []
    try:
        for token in iter(lexer.token, None):
            words.append(Word(token.type, str(token.value), token.lexpos))
            _check(words, text)
    except (rule_engine.EngineError, ArithmeticError) as wrong:
        raise RuleError("There is something here that is not part of any rule") from wrong
    return words


def _check(words: list[Word], text: str) -> None:
    word = words[-1]
    if len(words) > MAX_TOKENS:
        raise RuleError(f"The rule has more than {MAX_TOKENS} words", word.at + 1)
    if word.kind in FORBIDDEN:
        raise RuleError(f"{FORBIDDEN[word.kind]} not allowed in a rule", word.at + 1)
    if word.kind == "FLOAT":
        _check_number(word)
    if word.text.startswith("$") and word.text not in BUILT_IN:
        known = ", ".join(sorted(BUILT_IN))
        raise RuleError(f"There is no function “{word.text[:40]}”. Known are {known}", word.at + 1)
    if word.kind in JOINING and sum(other.kind in JOINING for other in words) > MAX_JOINED:
        raise RuleError(f"The rule joins more than {MAX_JOINED} parts", word.at + 1)
    opened = sum(other.kind in ("LPAREN", "LBRACKET", "NOT", "SUB") for other in words)
    closed = sum(other.kind in ("RPAREN", "RBRACKET") for other in words)
    if opened - closed > MAX_DEPTH:
        raise RuleError("The rule is nested too deeply", word.at + 1)


def _check_number(word: Word) -> None:
    if len(word.text) > MAX_DIGITS:
        raise RuleError("This number is too long", word.at + 1)
    if not PLAIN_NUMBER.fullmatch(word.text):
        raise RuleError(
            f"“{word.text}” is not how a number is written here. Write it in digits, as 1250.50", word.at + 1
        )


def symbols(words: Iterable[Word]) -> list[Word]:
    """The names of data that a rule reads: no attributes, no functions."""
    found, before = [], None
    for word in words:
        if word.kind == "SYMBOL" and not word.text.startswith("$") and before != "ATTR":
            found.append(word)
        before = word.kind
    return found


def check_names(words: list[Word], schema: dict[str, Any]) -> None:
    known = list(schema.get("properties", {}))
    for word in symbols(words):
        if word.text not in known:
            close = difflib.get_close_matches(word.text, known, 1)
            meant = f" Did you mean “{close[0]}”?" if close else f" Known are: {', '.join(known[:20])}."
            raise RuleError(f"There is no “{word.text[:60]}” in the data.{meant}", word.at + 1)
