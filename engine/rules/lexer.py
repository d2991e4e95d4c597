"""A rule's words, read before anything is evaluated: the library folds constants while it parses, and could hang."""

import difflib
import re
from collections.abc import Iterable
from typing import Any

import rule_engine
from msgspec import Struct

from engine.reasons import Coded, reason

MAX_TEXT, MAX_TOKENS, MAX_JOINED, MAX_DEPTH, MAX_DIGITS = 2000, 400, 100, 50, 30
JOINING = {"AND", "OR", "NOT", "ADD", "SUB", "MUL", "TDIV", "FDIV", "MOD", "ATTR"}
BUILT_IN = {"$abs", "$all", "$any", "$max", "$min", "$now", "$sum", "$today"}
PLAIN_NUMBER = re.compile(r"\d+(\.\d+)?", re.ASCII)
FORBIDDEN = {
    **dict.fromkeys(("EQ_FZM", "EQ_FZS", "NE_FZM", "NE_FZS"), "rule_patterns"),
    **dict.fromkeys(("BWLSH", "BWRSH"), "rule_shifts"),
    **dict.fromkeys(("BWAND", "BWOR", "BWXOR"), "rule_bits"),
    **dict.fromkeys(("QMARK", "COLON", "COALESCE", "IF"), "rule_choice"),
    **dict.fromkeys(("FLOAT_INF", "FLOAT_NAN"), "rule_no_value"),
    **dict.fromkeys(("LBRACE", "RBRACE"), "rule_braces"),
    "ATTR_SAFE": "rule_safe_attribute",
    "BYTES": "rule_bytes",
    "COMMENT": "rule_comment",
    "FOR": "rule_loops",
    "POW": "rule_powers",
}


class RuleError(Coded, ValueError):
    """The text is no rule. column: where, from 1, if it is known."""

    def __init__(self, code: str, column: int | None = None, **params: Any) -> None:
        super().__init__(code, **params)
        self.column = column
        if column:
            self.reason = reason("rule_at", why=self.reason, column=column)


class Word(Struct, frozen=True):
    """A token: kind as the library names it, its text, and where it begins in the rule."""

    kind: str
    text: str
    at: int


def words_of(text: str) -> list[Word]:
    """Raises RuleError for anything that is not allowed in a rule, however harmless it would be this time."""
    if not text.strip():
        raise RuleError("rule_empty")
    if len(text) > MAX_TEXT:
        raise RuleError("rule_long", most=MAX_TEXT)
    lexer = rule_engine.Rule.parser._lexer.clone()  # noqa: SLF001 - lexing alone has no public name
    lexer.input(text)
    words: list[Word] = []
    try:
        for token in iter(lexer.token, None):
            words.append(Word(token.type, str(token.value), token.lexpos))
            _check(words, text)
    except (rule_engine.EngineError, ArithmeticError) as wrong:
        raise RuleError("rule_stranger") from wrong
    return words


def _check(words: list[Word], text: str) -> None:
    word = words[-1]
    if len(words) > MAX_TOKENS:
        raise RuleError("rule_words", word.at + 1, most=MAX_TOKENS)
    if word.kind in FORBIDDEN:
        raise RuleError(FORBIDDEN[word.kind], word.at + 1)
    if word.kind == "FLOAT":
        _check_number(word)
    if word.text.startswith("$") and word.text not in BUILT_IN:
        raise RuleError("no_function", word.at + 1, text=word.text[:40], known=sorted(BUILT_IN))
    if word.kind in JOINING and sum(other.kind in JOINING for other in words) > MAX_JOINED:
        raise RuleError("rule_parts", word.at + 1, most=MAX_JOINED)
    opened = sum(other.kind in ("LPAREN", "LBRACKET", "NOT", "SUB") for other in words)
    closed = sum(other.kind in ("RPAREN", "RBRACKET") for other in words)
    if opened - closed > MAX_DEPTH:
        raise RuleError("rule_deep", word.at + 1)


def _check_number(word: Word) -> None:
    if len(word.text) > MAX_DIGITS:
        raise RuleError("rule_number_long", word.at + 1)
    if not PLAIN_NUMBER.fullmatch(word.text):
        raise RuleError("rule_number", word.at + 1, text=word.text)


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
            if close:
                raise RuleError("data_lacks_close", word.at + 1, text=word.text[:60], close=close[0])
            raise RuleError("data_lacks", word.at + 1, text=word.text[:60], known=known[:20])
