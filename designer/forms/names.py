"""Names of fields: what rules and templates can say, and nobody else has."""

import re
from collections.abc import Collection

from engine.rules import RuleError
from engine.rules.lexer import words_of

MAX_NAME = 60
# What texts and calls can name besides fields, and what a branch sets to say why.
TAKEN = ("request", "requester", "base_url", "result", "reason")
_SHAPE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def is_name(text: str) -> bool:
    """Whether a rule can read a field of that name: it is one word, and none of the language's own."""
    if not _SHAPE.fullmatch(text) or len(text) > MAX_NAME:
        return False
    try:
        return [word.kind for word in words_of(text)] == ["SYMBOL"]
    except RuleError:
        return False


def name_for(label: str, taken: Collection[str]) -> str:
    """A free name that is made of the label."""
    base = re.sub(r"[^a-z0-9]+", "_", label.lower(), flags=re.ASCII).strip("_")[: MAX_NAME - 4].rstrip("_")
    base = base if base[:1].isalpha() and is_name(base) else f"field_{base}".strip("_")
    number, name = 1, base
    while name in taken or name in TAKEN:
        number += 1
        name = f"{base}_{number}"
    return name
