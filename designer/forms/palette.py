"""The kinds of fields that a form can be built of: every control that offers itself, by discovery."""

from copy import deepcopy
from typing import Any, NamedTuple

from engine.forms import schema as form_schema
from engine.forms.controls import Control, controls, widget
from engine.forms.offer import Offer
from engine.forms.ui import options as ui_options

Json = dict[str, Any]
USUAL_CURRENCY = "EUR"


class Entry(NamedTuple):
    kind: str
    offer: Offer


def palette() -> list[Entry]:
    offered = [Entry(control.name, control.offer) for control in controls() if control.offer]
    return sorted(offered, key=lambda entry: (entry.offer.rank, entry.kind))


def offer_of(kind: str) -> Offer | None:
    return next((entry.offer for entry in palette() if entry.kind == kind), None)


def begun(offer: Offer, document: Json) -> tuple[Json, Json]:
    """Schema and uiSchema of a new field of that kind."""
    currency = document.get("currency")
    known = currency if isinstance(currency, str) and currency else USUAL_CURRENCY
    ui = {word: known if value == "{currency}" else deepcopy(value) for word, value in offer.ui.items()}
    return {"title": offer.label, **deepcopy(offer.begins)}, ui


def control_of(schema: Any, ui: Any, root: Json) -> Control:
    """The control that asks for a field."""
    resolved = form_schema.resolve(schema, root)[0]
    items = form_schema.resolve(resolved.get("items"), root)[0]
    return widget(resolved, items, ui_options(ui))
