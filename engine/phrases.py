"""Phrases: a text of the message catalogue with its parameters, before it is told in somebody's language (gettext).

The text is English and the msgid at once; `{name}` stands for a parameter as engine/wording/sentences.py reads it. It
stands in the source as it is, so that tools which gather the texts of a program find it.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Plural(NamedTuple):
    """Which of the two is told depends on a number among the parameters. by: its name."""

    one: str
    many: str
    by: str


class Phrase(NamedTuple):
    """params: ids, numbers, texts, other phrases or a list of them."""

    text: str | Plural
    params: Mapping[str, Any]


def msgid(text: str) -> str:
    """Marks a text that reaches `phrase` by a name."""
    return text


def phrase(text: str | Plural, /, **params: Any) -> Phrase:
    return Phrase(text, params)


def remarked(told: Phrase, said: str | None) -> Phrase:
    """With what somebody wrote about it, if anything."""
    return phrase("{told}: “{said}”", told=told, said=said) if said else told
