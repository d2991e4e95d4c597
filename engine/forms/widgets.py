"""Which control asks for a value: the uiSchema's wish where it fits the type, else the type's own."""

from typing import Any

from engine.forms import schema as form_schema
from engine.forms.schema import Schema

_BY_FORMAT = {
    "email": "email",
    "uri": "url",
    "date": "date",
    "time": "time",
    "date-time": "datetime",
}
# Several names for one control; a range or a colour is typed, since its own control always posts a value.
_ALIASES = {
    "uri": "url",
    "data-url": "file",
    "files": "file",
    "date-time": "datetime",
    "alt-date": "date",
    "alt-datetime": "datetime",
    "updown": "number",
    "range": "number",
    "password": "text",
    "hostname": "text",
    "ipv4": "text",
    "ipv6": "text",
    "color": "text",
}
_TEXT = {"text", "textarea", "email", "url", "date", "time", "datetime", "hidden"}
_FITTING = {
    "string": _TEXT,
    "number": {"number", "money", "text", "hidden"},
    "integer": {"number", "money", "text", "hidden"},
    "boolean": {"checkbox", "radio", "select", "hidden"},
    "object": {"object", "file", "json", "hidden"},
    "array": {"array", "file", "json", "hidden"},
    "any": {"json", "hidden"},
}
_CHOOSING = {"checkboxes", "radio", "select"}
_OWN = {"number": "number", "integer": "number", "boolean": "checkbox", "any": "json"}


def known(name: Any) -> bool:
    return _plain_name(name) in _CHOOSING.union(_ALIASES, *_FITTING.values())


def widget(schema: Schema, items: Schema, ui: dict[str, Any]) -> str:
    """`items`: what the rows of a list must be, resolved."""
    wish = _wish(ui)
    if "const" in schema and not _asks_for_consent(schema):
        return "hidden" if wish == "hidden" else "const"
    kind = form_schema.kind(schema)
    if kind != "boolean" and form_schema.has_choices(schema):
        return wish if wish in ("radio", "hidden") else "select"
    if kind == "array" and (group := _group(schema, items, wish)):
        return group
    if wish in _FITTING[kind] or (wish == "file" and kind == "string"):
        return _drawable(wish, schema, items)
    return _drawable(_usual(kind, schema, items), schema, items)


def is_file(schema: Schema) -> bool:
    return schema.get("format") in ("data-url", "file")


def _asks_for_consent(schema: Schema) -> bool:
    """A box that must be ticked: ticking it is the person's to do."""
    return schema["const"] is True and schema.get("type") == "boolean"


def _wish(ui: dict[str, Any]) -> str:
    if "money" in ui and "widget" not in ui:
        return "money"
    name = _plain_name(ui.get("widget"))
    return _ALIASES.get(name, name)


def _plain_name(name: Any) -> str:
    if not isinstance(name, str):
        return ""
    return name.removesuffix("Widget").lower() if name[:1].isupper() else name


def _group(schema: Schema, items: Schema, wish: str) -> str | None:
    """A list of different choices is ticked, not typed row by row."""
    if not form_schema.has_choices(items) or wish not in ("", "checkboxes", "select"):
        return None
    if wish == "select":
        return "multiselect"
    return "checkboxes" if wish == "checkboxes" or schema.get("uniqueItems") else None


def _usual(kind: str, schema: Schema, items: Schema) -> str:
    if kind in ("string", "object") and is_file(schema):
        return "file"
    if kind == "string":
        return _BY_FORMAT.get(str(schema.get("format")), "text")
    if kind == "array" and is_file(items):
        return "file"
    return _OWN.get(kind, kind)


def _drawable(name: str, schema: Schema, items: Schema) -> str:
    if name == "object" and not isinstance(schema.get("properties"), dict):
        return "json"
    if name == "array" and not items and not schema.get("prefixItems"):
        return "json"
    return name
