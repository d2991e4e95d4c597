"""The uiSchema: its vocabulary as a JSON Schema, and what it says about one place of a form.

The words of react-jsonschema-form that change what is asked or how, and our own: `money` (a currency, or the
field that holds it), `currency` (the same for a whole form, among its globalOptions), `sensitive` (masked outside
of pages), `zone` (an IANA time zone that moments are typed and read in), `section` (a heading before the field),
`columns` (of a group) and `width` (of a field, where there is room for several beside one another). Custom fields,
templates and styles are not among them: they are programs.
"""

from typing import Any

from engine.forms.schema import Schema

_TEXT: Schema = {"type": "string", "maxLength": 2000}
_YES_NO: Schema = {"type": "boolean"}
_LIST: Schema = {"type": "array", "maxItems": 1000}
_TEXTS = "title description help placeholder widget autocomplete accept money currency zone section".split()
_SWITCHES = (
    "disabled readonly autofocus inline hideError label addable removable orderable copyable sensitive "
    "filePreview expandable hideNowButton hideClearButton allowClearTextInputs "
    "enableMarkdownInDescription enableMarkdownInHelp"
).split()

# Of a field, beside others; by the number of columns it is that of one of them.
WIDTHS = ("full", "half", "third")

OPTIONS: dict[str, Schema] = {
    **dict.fromkeys(_TEXTS, _TEXT),
    **dict.fromkeys(_SWITCHES, _YES_NO),
    "order": {**_LIST, "items": _TEXT},
    "enumNames": {**_LIST, "items": _TEXT},
    "enumDisabled": _LIST,
    "emptyValue": {},
    "rows": {"type": "integer", "minimum": 1, "maximum": 50},
    "columns": {"type": "integer", "minimum": 1, "maximum": 3},
    "width": {"enum": list(WIDTHS)},
    "inputType": {"enum": ["text", "search", "tel", "email", "url"]},
    # A prefix of their own: others could be those of our stylesheets, which hide things.
    "classNames": {**_TEXT, "pattern": r"^(form-[a-z0-9-]+ *)+$"},
    "format": {"enum": ["YMD", "MDY", "DMY"]},
    "yearsRange": {**_LIST, "items": {"type": "integer"}},
    "duplicateKeySuffixSeparator": _TEXT,
    "enableOptionalDataFieldForType": {**_LIST, "items": _TEXT},
    "optionsSchemaSelector": _TEXT,
    "submitButtonOptions": {"type": "object"},
}
_WITHIN: Schema = {"type": "object", "properties": OPTIONS}
_PLACE: Schema = {"$ref": "#/$defs/place"}
# Keys that are no property's: what is inside of a list or an object, and the options themselves.
STRUCTURE = ("items", "additionalItems", "additionalProperties", "anyOf", "oneOf", "ui:options")
ROOT_ONLY = ("ui:globalOptions", "ui:rootFieldId")
UI_SCHEMA: Schema = {
    **_PLACE,
    "$defs": {
        "place": {
            "type": "object",
            "properties": {
                **{f"ui:{name}": schema for name, schema in OPTIONS.items()},
                "ui:options": _WITHIN,
                "ui:globalOptions": _WITHIN,
                "ui:rootFieldId": _TEXT,
                **{key: {"anyOf": [_PLACE, {"type": "array", "items": _PLACE}]} for key in ("items", "anyOf", "oneOf")},
            },
            "additionalProperties": _PLACE,
        }
    },
}
_SHAPES = {"string": str, "array": list, "object": dict, "integer": int}


def options(ui: Any, common: dict[str, Any] | None = None) -> dict[str, Any]:
    """What a uiSchema says about its own place; of `ui:x` and `ui:options.x` the later one counts.

    Words with a value of another shape than theirs are left out, but not those that lock.
    """
    folded = dict(common or {})
    for key, value in ui.items() if isinstance(ui, dict) else ():
        if key == "ui:options" and isinstance(value, dict):
            folded.update(value)
        elif key.startswith("ui:"):
            folded[key[3:]] = value
    return {name: value for name, value in folded.items() if isinstance(value, _shape(name))}


def _shape(name: str) -> type:
    return _SHAPES.get(OPTIONS.get(name, {}).get("type", ""), object)


def in_order(keys: list[str], order: Any) -> list[str]:
    """Names that the order forgets come where its star is, or last: no field is ever lost."""
    if not isinstance(order, list):
        return keys
    first = [name for name in dict.fromkeys(map(str, order)) if name == "*" or name in keys]
    star = first.index("*") if "*" in first else len(first)
    rest = [key for key in keys if key not in first]
    return [*first[:star], *rest, *first[star + 1 :]]


def of_variant(ui: dict[str, Any], word: str, at: int) -> dict[str, Any]:
    """What a uiSchema says where this one of the variants under `oneOf` or `anyOf` is taken."""
    parts = ui.get(word)
    own = parts[at] if isinstance(parts, list) and at < len(parts) else None
    return {**ui, **own} if isinstance(own, dict) else ui
