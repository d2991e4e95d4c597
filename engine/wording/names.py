"""What the ids in a record stand for, gathered once for whatever is to be told of it. Pure."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.wording.values import clean, listed, plain_name, quote, value

HIDDEN = "•••"


@dataclass(frozen=True)
class Names:
    """levels: by step and number. hidden: fields whose values are not told. opened: since when a task waited.

    rule: tells a rule as a sentence.
    """

    people: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[tuple[str, int], str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    hidden: Set[str] = frozenset()
    opened: Mapping[str, datetime] = field(default_factory=dict)
    definition: str = ""
    rule: Callable[[str], str] = str

    def person(self, key: Any) -> str:
        return clean(self.people.get(str(key), "somebody who left"), 80)

    def persons(self, keys: Any) -> str:
        return listed(self.person(key) for key in keys)

    def step(self, key: Any) -> str:
        return quote(self.steps.get(str(key), str(key)))

    def level(self, step: Any, number_: Any) -> str:
        return clean(self.levels.get((str(step), number_), ""), 80) if isinstance(number_, int) else ""

    def value(self, key: str, given: Any) -> str:
        return HIDDEN if key in self.hidden and given not in (None, "") else value(given)

    def field(self, key: str) -> str:
        return clean(self.fields.get(key) or plain_name(key), 80)
