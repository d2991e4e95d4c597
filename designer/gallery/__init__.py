"""Templates: the definitions that ship with the product, ready to be published or changed."""

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from engine import json_text
from engine.steps import role

HERE = Path(__file__).parent


@cache
def templates() -> dict[str, dict[str, Any]]:
    """Documents by key, in the order of their names; to be read only."""
    found = [json_text.loads(path.read_bytes()) for path in HERE.glob("*.json")]
    return {document["key"]: document for document in sorted(found, key=lambda document: str(document["name"]))}


def template(key: str) -> dict[str, Any] | None:
    """A copy of the document, for the caller to change."""
    return deepcopy(templates().get(key))


class Card(Struct, frozen=True):
    """A template in the gallery. steps: without its ends. signs: the names of its levels, in their order."""

    key: str
    name: str
    description: str
    category: str
    icon: str
    steps: int
    signs: tuple[str, ...]

    def fits(self, words: str) -> bool:
        """Whether each of these words stands somewhere on it."""
        text = " ".join((self.name, self.description, self.category, *self.signs)).casefold()
        return all(word in text for word in words.casefold().split())


@cache
def cards() -> tuple[Card, ...]:
    return tuple(map(_card, templates().values()))


def categories() -> list[str]:
    return sorted({card.category for card in cards()})


def _card(document: dict[str, Any]) -> Card:
    steps = document["steps"].values()
    levels = [level["name"] for step in steps for level in step.get("levels", [])]
    return Card(
        key=document["key"],
        name=document["name"],
        description=document["description"],
        category=document["category"],
        icon=document["icon"],
        steps=sum(role(step["type"]) != "end" for step in steps),
        signs=tuple(dict.fromkeys(levels)),
    )


def groups_asked(document: dict[str, Any]) -> list[str]:
    """Keys of the groups that its steps name, in the order in which they come up."""
    return list(dict.fromkeys(_groups(document["steps"])))


def _groups(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["group"]] if set(value) == {"group"} else []
        return own + [group for inner in value.values() for group in _groups(inner)]
    return [group for inner in value for group in _groups(inner)] if isinstance(value, list) else []
