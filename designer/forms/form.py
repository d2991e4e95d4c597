"""The form of one step of a draft: its schema and uiSchema where they stand in the document, and their fields."""

from typing import Any

from designer.edits.draft_flow import DraftFlow
from designer.edits.edit import EditRefused
from designer.forms import schemas
from engine.forms import schema as form_schema
from engine.forms.ui import in_order
from engine.forms.ui import options as ui_options
from engine.pointers import MAX_KEYS, split
from engine.registry import some
from engine.steps import Forms

Json = dict[str, Any]


def has_form(kind: object) -> bool:
    """Whether steps of that type can have a form."""
    return isinstance(kind, str) and kind in some("engine.steps", Forms)


def asks_all(kind: object) -> bool:
    """Whether such a step without a schema of its own asks for all of the request's data."""
    return isinstance(kind, str) and not some("engine.steps", Forms)[kind].DECIDES


class StepForm:
    """Parts of the document itself, to be changed. Raises EditRefused where they have another shape."""

    def __init__(self, flow: DraftFlow, step: str) -> None:
        self.flow, self.key, self.step = flow, step, flow.step(step)
        if not has_form(self.step.get("type")):
            raise EditRefused("no_form", step)

    @property
    def own(self) -> bool:
        """Whether it has a schema of its own; without one it asks for the request's data."""
        form = self.step.get("form")
        return isinstance(form, dict) and bool(form.get("schema"))

    @property
    def schema(self) -> Json:
        """Made where it is missing. A step at which somebody decides begins with no fields."""
        if self.own or not asks_all(self.step["type"]):
            return _object(self._form().setdefault("schema", {"type": "object", "properties": {}}), self.key)
        return self.data

    @property
    def data(self) -> Json:
        """The schema of the request's data."""
        return _object(self.flow.document.setdefault("data", {"type": "object", "properties": {}}), self.key)

    @property
    def ui(self) -> Json:
        """As it is; nothing where there is none."""
        return self.shown()[1]

    def shown(self) -> tuple[Json, Json]:
        """Schema and uiSchema as they are, without making any; nothing where they are no objects."""
        form = self.step.get("form")
        form = form if isinstance(form, dict) else {}
        data = self.flow.document.get("data") if asks_all(self.step["type"]) else {}
        schema = form.get("schema") or data
        ui = form.get("uiSchema")
        return schema if isinstance(schema, dict) else {}, ui if isinstance(ui, dict) else {}

    def _form(self) -> Json:
        return _object(self.step.setdefault("form", {}), self.key)

    def holder(self, keys: list[str]) -> Json:
        """The schema of the group or list around a field."""
        found = schemas.at(self.schema, keys[:-1])
        if not isinstance(found, dict) or not isinstance(schemas.child(found, keys[-1]), dict | bool):
            raise EditRefused("field_gone", self.key, name=keys[-1][:60])
        return found

    def field(self, keys: list[str]) -> Json:
        found = schemas.child(self.holder(keys), keys[-1])
        if not isinstance(found, dict):
            raise EditRefused("custom_field", self.key, name=keys[-1][:60])
        return found

    def group(self, keys: list[str]) -> Json:
        """The properties of a group; of the entries of a list, if the keys lead to one. Made where they are missing."""
        found = schemas.at(self.schema, keys)
        if not isinstance(found, dict) or "$ref" in found or form_schema.types(found) not in ([], ["object"]):
            raise EditRefused("no_group", self.key, name=keys[-1][:60] if keys else "")
        found.setdefault("type", "object")
        return _object(found.setdefault("properties", {}), self.key)

    def ui_of(self, keys: list[str]) -> Json:
        """Its place in the uiSchema, made where it is missing."""
        at = _object(self._form().setdefault("uiSchema", {}), self.key)
        for key in keys:
            at = _object(at.setdefault(key, {}), self.key)
        return at


def keys_of(address: str) -> list[str]:
    """Raises EditRefused."""
    keys = split(address)
    if not address.startswith("/") or len(keys) > MAX_KEYS:
        raise EditRefused("no_address")
    return keys


def names(schema: Json, ui: Json) -> list[str]:
    """The properties of a group in the order in which they are asked."""
    properties = schema.get("properties")
    return in_order(list(properties) if isinstance(properties, dict) else [], ui_options(ui).get("order"))


def set_word(ui: Json, word: str, value: Any) -> None:
    """A word of a field's uiSchema, where it stands already; None takes it out."""
    options = ui.get("ui:options")
    inside = isinstance(options, dict) and word in options
    holder, key = (options, word) if inside and isinstance(options, dict) else (ui, f"ui:{word}")
    if value is None:
        holder.pop(key, None)
    else:
        holder[key] = value


def set_required(schema: Json, name: str, required: bool) -> None:
    listed = schema.get("required")
    listed = listed if isinstance(listed, list) else []
    if required and name not in listed:
        schema["required"] = [*listed, name]
    elif not required and name in listed:
        schema["required"] = [one for one in listed if one != name]
        if not schema["required"]:
            del schema["required"]


def _object(found: Any, step: str) -> Json:
    if not isinstance(found, dict):
        raise EditRefused("form_odd", step)
    return found
