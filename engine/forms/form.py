"""What all places of one form share: resolved schemas, choices and the places themselves, each worked out once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from engine.forms import schema as form_schema
from engine.forms.controls import Control
from engine.forms.schema import Choice, Schema


@dataclass(frozen=True, slots=True)
class Form:
    """What all places of one form share: thousands of rows have the same schema, and the same choices.

    `made` counts the nodes: a small schema can unfold to millions of places. `nodes`: by pointer. Of a schema the
    id is remembered, and beside it the schema, so that no other can get the same.
    """

    schema: Schema
    common: dict[str, Any]
    made: Iterator[int] = field(default_factory=count)
    resolved: dict[int, tuple[Any, Schema, frozenset[str]]] = field(default_factory=dict)
    choices: dict[tuple[int, int, str], dict[str, Choice]] = field(default_factory=dict)
    nodes: dict[str, Any] = field(default_factory=dict)

    def resolve(self, schema: Any) -> tuple[Schema, frozenset[str]]:
        known = self.resolved.get(id(schema))
        if known is None:
            known = self.resolved[id(schema)] = (schema, *form_schema.resolve(schema, self.schema))
        return known[1:]

    def offered(self, schema: Schema, control: Control, names: list[Any] | None) -> dict[str, Choice]:
        """What can be chosen, by the name that a post gives it. `names`: labels by position."""
        place = id(schema), id(names), control.name
        if place not in self.choices:
            found: dict[str, Choice] = {}
            for choice in control.offers(schema, names):
                found.setdefault(form_schema.digest(choice.value), choice)
            self.choices[place] = found
        return self.choices[place]
