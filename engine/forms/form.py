"""What all places of one form share: resolved schemas, choices and the places themselves, each worked out once."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from engine.forms import schema as form_schema
from engine.forms.controls import Control, named, widget
from engine.forms.schema import Choice, Schema
from engine.forms.settled import Conditions
from engine.forms.surroundings import NOWHERE, Surroundings
from engine.forms.ui import options as ui_options

# Places and combinations of conditions that are kept from one reading to the next; beyond, all begin anew.
MAX_KEPT = 4_000


@dataclass(frozen=True, slots=True)
class Form:
    """What all places of one form share: thousands of rows have the same schema, and the same choices.

    `made` counts the nodes: a small schema can unfold to millions of places. `nodes`: by pointer and schema.
    """

    conditions: Conditions
    common: dict[str, Any]
    around: Surroundings = NOWHERE
    made: Iterator[int] = field(default_factory=count)
    choices: dict[tuple[int, int, str], dict[str, Choice]] = field(default_factory=dict)
    nodes: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    places: dict[tuple[Any, ...], dict[str, Any]] = field(default_factory=dict)

    def offered(self, schema: Schema, control: Control, names: list[Any] | None) -> dict[str, Choice]:
        """What can be chosen, by the name that a post gives it. `names`: labels by position."""
        place = id(schema), id(names), control.name
        if place not in self.choices:
            found: dict[str, Choice] = {}
            for choice in control.offers(schema, names):
                found.setdefault(form_schema.digest(choice.value), choice)
            self.choices[place] = found
        return self.choices[place]

    def asked(self, schema: Schema, ui: dict[str, Any], inherited: tuple[bool, bool], *, cut: bool) -> dict[str, Any]:
        """What a node says that follows from its schema and uiSchema as they are decided."""
        place = id(schema), id(ui), inherited, cut
        if place not in self.places:
            items, _ = self.conditions.resolve(schema.get("items"))
            options = ui_options(ui, self.common)
            locked = options.get("readonly") or options.get("disabled") or schema.get("readOnly")
            self.places[place] = {
                "schema": schema,
                "items": items,
                "ui": ui,
                "options": options,
                "control": named("json")[0] if cut else widget(schema, items, options),
                "read_only": bool(locked or inherited[0]),
                "hide_errors": bool(options.get("hideError", inherited[1])),
            }
        return self.places[place]

    @property
    def is_full(self) -> bool:
        return len(self.places) + len(self.choices) + len(self.conditions.merged) > MAX_KEPT


class UiSchema(dict[str, Any]):
    """A uiSchema that never changes, with what was worked out of it and the schema it is for.

    Threads share it: a place that two work out at once is the same for both.
    """

    kept: Form | None = None


def begun(schema: Schema, ui_schema: dict[str, Any], around: Surroundings = NOWHERE) -> Form:
    """For one reading, with what earlier ones have worked out where the form is known never to change."""
    kept = ui_schema.kept if isinstance(ui_schema, UiSchema) else None
    if kept is None or kept.is_full or kept.conditions.root is not schema:
        common = ui_schema.get("ui:globalOptions")
        kept = Form(Conditions(schema), common if isinstance(common, dict) else {})
        if isinstance(ui_schema, UiSchema):
            ui_schema.kept = kept
    return replace(kept, around=around, made=count(), nodes={})
