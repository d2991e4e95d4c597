"""Conditions of other tools as rules: what FEEL and JUEL have in common, which is nearly all that gateways ask."""

import re
from typing import Any

from designer.forms.names import is_name
from engine.rules.lexer import MAX_TEXT

MAX_WORDS, MAX_DEPTH = 200, 20
_WORD = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>"[^"\\]*"|'[^'\\]*')|(?P<name>[A-Za-z_][\w.]*)"""
    r"""|(?P<sign>==|!=|<=|>=|&&|\|\||[=<>!()]))"""
)
_COMPARED = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "=": "=="}
_SIGNS = {"==", "!=", "<", "<=", ">", ">="}
Fields = dict[str, dict[str, Any]]


class Unclear(Exception):
    """It says something that rules have no words for."""


def rule_of(condition: str) -> tuple[str, Fields]:
    """The rule, and the fields it asks for with their schemas. Raises Unclear."""
    reading = _Reading(_words(bare(condition)))
    rule = reading.either(0)
    if reading.words or len(rule) > MAX_TEXT:
        raise Unclear
    return rule, reading.fields


def bare(expression: str) -> str:
    """Without the signs that say that it is one: ${…}, #{…}, or = before it."""
    inner = expression.strip()
    if inner[:2] in ("${", "#{") and inner.endswith("}"):
        return inner[2:-1].strip()
    return inner[1:].strip() if inner.startswith("=") else inner


def _words(text: str) -> list[str]:
    words: list[str] = []
    at, text = 0, text.rstrip()
    while at < len(text):
        found = _WORD.match(text, at)
        if not found or len(words) == MAX_WORDS:
            raise Unclear
        words.append(found[0].strip())
        at = found.end()
    return words


class _Reading:
    def __init__(self, words: list[str]) -> None:
        self.words = words[::-1]
        self.fields: Fields = {}

    def either(self, depth: int) -> str:
        parts = [self._both(depth)]
        while self._next("or", "||"):
            parts.append(self._both(depth))
        return " or ".join(parts)

    def _both(self, depth: int) -> str:
        parts = [self._one(depth)]
        while self._next("and", "&&"):
            parts.append(self._one(depth))
        return " and ".join(parts)

    def _one(self, depth: int) -> str:
        if depth > MAX_DEPTH:
            raise Unclear
        if self._next("not", "!"):
            return f"not ({self._one(depth + 1)})"
        if self._next("("):
            inside = self.either(depth + 1)
            if not self._next(")"):
                raise Unclear
            return f"({inside})"
        return self._comparison()

    def _comparison(self) -> str:
        left = self._operand()
        sign = _COMPARED.get(self.words[-1], self.words[-1]) if self.words else ""
        if sign not in _SIGNS:
            self._known(left, "true")
            return left if left in ("true", "false") else f"{left} == true"
        self.words.pop()
        right = self._operand()
        self._known(left, right)
        self._known(right, left)
        return f"{left} {sign} {right}"

    def _operand(self) -> str:
        word = self.words.pop() if self.words else ""
        if word[:1] in "\"'" and word:
            inner = word[1:-1]
            return f"'{inner}'" if "'" not in inner else f'"{inner}"'
        if word in ("true", "false", "null") or word[:1].isdigit():
            return word
        name = word.replace(".", "_")
        if not is_name(name):
            raise Unclear
        return name

    def _known(self, name: str, value: str) -> None:
        """What it is compared with says what kind of field it is."""
        if not is_name(name):
            return
        known = self.fields.setdefault(name, {})
        if value[:1] in "\"'":
            known.setdefault("type", "string")
        elif value in ("true", "false"):
            known.setdefault("type", "boolean")
        elif value[:1].isdigit():
            known.setdefault("type", "number")

    def _next(self, *words: str) -> bool:
        if self.words and self.words[-1] in words:
            self.words.pop()
            return True
        return False
