"""Forms and data, field by field: JSON Schema with its uiSchema, of any shape."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from designer.diff.setting import ABSENT, NOT_SET, Setting, changed, same
from engine.wording.values import clean, either, listed, plain_name, quote, value

Json = dict[str, Any]
Path = tuple[str, ...]
TYPES = {
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "yes or no",
    "array": "a list",
    "object": "a group of fields",
}
NAMED_LONGEST = 60


class Field(NamedTuple):
    """title: with those of the groups around it. parts: keywords of its schema and its uiSchema but nested fields."""

    title: str
    parts: Json


def form_changes(before: Json, after: Json, pointer: str, lead: str) -> Iterator[Setting]:
    """before, after: `schema` and `uiSchema`. lead: stands before the name of each part."""
    old, new = _form(before), _form(after)
    for path in dict.fromkeys((*new, *old)):
        if path:
            yield from _field(old.get(path), new.get(path), pointer, lead)
        else:
            yield from _whole(old[path].parts, new[path].parts, pointer, lead)


def _whole(old: Json, new: Json, pointer: str, lead: str) -> Iterator[Setting]:
    """What is about no one field."""
    for key in dict.fromkeys((*new, *old)):
        was, now = old.get(key, ABSENT), new.get(key, ABSENT)
        title = "Order of the fields" if key == "ui:order" else plain_name(key.removeprefix("ui:")).capitalize()
        told = "" if was is ABSENT else value(was), "" if now is ABSENT else value(now)
        yield from changed(_titled(lead, title), was, now, told, pointer)


def _field(old: Field | None, new: Field | None, pointer: str, lead: str) -> Iterator[Setting]:
    shown = new or old
    if shown is None or (old and new and same(old.parts, new.parts)):
        return
    what = _titled(lead, f"Field {quote(shown.title)}")
    if not old or not new:
        before, after = _told(old.parts, None) if old else "", _told(new.parts, None) if new else ""
        yield Setting(what, before, after, pointer)
        return
    keys = [key for key in dict.fromkeys((*new.parts, *old.parts)) if not same(*_pair(old, new, key))]
    was, now = ({key: field.parts[key] for key in keys if key in field.parts} for field in (old, new))
    yield from changed(what, was, now, (_told(was, keys), _told(now, keys)), pointer)


def _pair(old: Field, new: Field, key: str) -> tuple[Any, Any]:
    return old.parts.get(key, ABSENT), new.parts.get(key, ABSENT)


def _titled(lead: str, title: str) -> str:
    return f"{lead}{title[:1].lower()}{title[1:]}" if lead else title


def _told(parts: Json, keys: list[str] | None) -> str:
    """keys: those to be told, of which some may be missing; None: all there are, of a field that is new or gone."""
    told = [_part(key, given) for key, given in parts.items() if keys is not None or key != "title"]
    if keys is not None and "required" in keys and "required" not in parts:
        told.append("may be left empty")
    return ", ".join(filter(None, told)) or (NOT_SET if keys is not None else "a field")


def _part(key: str, given: Any) -> str:
    if key in WORDS:
        try:
            return WORDS[key](given)
        except (AttributeError, KeyError, TypeError, ValueError):
            return f"{plain_name(key)} {value(given)}"
    return f"{plain_name(key.removeprefix('ui:'))} {value(given)}"


def _form(form: Json) -> dict[Path, Field]:
    found: dict[Path, Field] = {}
    rest = {key: part for key, part in form.items() if key not in ("schema", "uiSchema")}
    _walk(form.get("schema", ABSENT), form.get("uiSchema", ABSENT), (), "", rest, found)
    return found


def _walk(schema: Any, ui: Any, path: Path, title: str, own: Json, found: dict[Path, Field]) -> None:
    """own: what is known of the field from outside of its schema."""
    children, shown = _children(schema), ui if isinstance(ui, dict) else {}
    needed = _names(schema.get("required")) if isinstance(schema, dict) else []
    found[path] = Field(title, {**own, **_schema_parts(schema, children, needed), **_ui_parts(ui, children)})
    for name, child in children.items():
        inside = f"{title} › {_label(name, child)}" if title else _label(name, child)
        asked = {"required": True} if name in needed else {}
        _walk(child, _inner(shown, name), (*path, name), inside, asked, found)
    if entries := _entries(schema):
        _walk(entries, _inner(shown, "items"), (*path, "[]"), f"{title} › each", {}, found)


def _schema_parts(schema: Any, children: Json, needed: list[str]) -> Json:
    """All but the fields inside, which are fields of their own."""
    if schema is ABSENT:
        return {}
    if not isinstance(schema, dict):
        return {"schema": schema}
    strange = [name for name in needed if name not in children]
    apart = {"required"} | ({"properties"} if children else set()) | ({"items"} if _entries(schema) else set())
    return {key: part for key, part in schema.items() if key not in apart} | ({"needs": strange} if strange else {})


def _ui_parts(ui: Any, children: Json) -> Json:
    if ui is ABSENT:
        return {}
    if not isinstance(ui, dict):
        return {"uiSchema": ui}
    return {
        key: part for key, part in ui.items() if not ((key in children or key == "items") and isinstance(part, dict))
    }


def _inner(shown: Json, name: str) -> Any:
    part = shown.get(name)
    return part if isinstance(part, dict) else ABSENT


def _entries(schema: Any) -> Json | None:
    items = schema.get("items") if isinstance(schema, dict) else None
    return items if isinstance(items, dict) and isinstance(items.get("properties"), dict) else None


def _children(schema: Any) -> Json:
    found = schema.get("properties") if isinstance(schema, dict) else None
    return found if isinstance(found, dict) else {}


def _names(given: Any) -> list[str]:
    return [name for name in given if isinstance(name, str)] if isinstance(given, list) else []


def _label(name: str, schema: Any) -> str:
    title = schema.get("title") if isinstance(schema, dict) else None
    return clean(str(title or plain_name(name).capitalize()), NAMED_LONGEST)


def _choices(given: Any) -> str:
    return "one of " + either(str(choice.get("title", choice["const"])) for choice in given)


def _said(pattern: str) -> Callable[[Any], str]:
    return lambda given: pattern.format(value(given))


WORDS: Mapping[str, Callable[[Any], str]] = {
    "title": lambda given: f"called {quote(given)}",
    "type": lambda given: TYPES[given],
    "required": lambda _: "must be answered",
    "minimum": _said("at least {}"),
    "maximum": _said("at most {}"),
    "exclusiveMinimum": _said("more than {}"),
    "exclusiveMaximum": _said("less than {}"),
    "minLength": _said("at least {} characters"),
    "maxLength": _said("at most {} characters"),
    "minItems": _said("at least {} entries"),
    "maxItems": _said("at most {} entries"),
    "multipleOf": _said("in steps of {}"),
    "default": _said("begins as {}"),
    "description": lambda given: f"described as {quote(given)}",
    "enum": lambda given: "one of " + either(map(value, given)),
    "oneOf": _choices,
    "format": lambda given: f"written as a {plain_name(given)}",
    "needs": lambda given: f"needs {listed(given)}",
    "ui:help": lambda given: f"help {quote(given)}",
    "ui:placeholder": lambda given: f"example {quote(given)}",
    "ui:widget": lambda given: f"shown as {plain_name(given)}",
    "ui:money": lambda given: f"money in {value(given)}",
}
