"""Places inside a JSON Schema and its uiSchema, by keys: a property's name, or "items" for the entries of a list.

The same keys name a field's place in the uiSchema, and joined to a pointer they are its address.
"""

from collections.abc import Callable, Iterator
from typing import Any

from engine.forms import schema as form_schema

Json = dict[str, Any]
ITEMS = "items"
_SAME_VALUE = ("allOf", "anyOf", "oneOf", "if", "then", "else", "not")
_BY_NAME = ("dependentSchemas", "dependencies")


def is_list(schema: Json) -> bool:
    return "array" in form_schema.types(schema)


def child(schema: Any, key: str) -> Any:
    """The schema inside, or None; references are not followed."""
    if not isinstance(schema, dict):
        return None
    if is_list(schema):
        return schema.get("items") if key == ITEMS else None
    properties = schema.get("properties")
    return properties.get(key) if isinstance(properties, dict) else None


def at(schema: Any, keys: list[str]) -> Any:
    for key in keys:
        schema = child(schema, key)
    return schema


def ui_at(ui: Any, keys: list[str]) -> Json:
    """What a uiSchema says there; nothing where it says nothing that can be read."""
    for key in keys:
        ui = ui.get(key) if isinstance(ui, dict) else None
    return ui if isinstance(ui, dict) else {}


def reads_as(schema: Any, keys: list[str]) -> tuple[str, ...] | None:
    """The path under which rules and templates read it; None for what is inside of a list."""
    for number, _ in enumerate(keys):
        inside = at(schema, keys[:number])
        if not isinstance(inside, dict) or is_list(inside):
            return None
    return tuple(keys)


def about(schemas: list[Any]) -> Iterator[Json]:
    """These schemas, and all inside of them that speak of the same value."""
    ahead = [one for one in schemas if isinstance(one, dict)]
    while ahead:
        one = ahead.pop(0)
        yield one
        for word in _SAME_VALUE:
            parts = one.get(word)
            ahead += [part for part in (parts if isinstance(parts, list) else [parts]) if isinstance(part, dict)]
        for word in _BY_NAME:
            parts = one.get(word)
            ahead += [part for part in (parts.values() if isinstance(parts, dict) else ()) if isinstance(part, dict)]


def around(schema: Any, keys: list[str]) -> list[Any]:
    """The groups that hold a field, as each part of the schema speaks of them."""
    found = [schema]
    for key in keys[:-1]:
        found = [inside for one in about(found) if (inside := child(one, key)) is not None]
    return found


def rename(schema: Any, keys: list[str], name: str) -> bool:
    """A property, under every condition. Whether there was one."""
    old, found = keys[-1], False
    for level in list(about(around(schema, keys))):
        found |= isinstance(level.get("properties"), dict) and old in level["properties"]
        _rename_in(level, old, name)
    return found


def _rename_in(level: Json, old: str, new: str) -> None:
    for word in ("properties", "dependentRequired", *_BY_NAME, "default"):
        if isinstance(level.get(word), dict):
            level[word] = renamed_key(level[word], old, new)
    if isinstance(level.get("required"), list):
        level["required"] = renamed_entry(level["required"], old, new)
    for word in ("dependentRequired", "dependencies"):
        for key, part in level[word].items() if isinstance(level.get(word), dict) else ():
            if isinstance(part, list):
                level[word][key] = renamed_entry(part, old, new)
    if isinstance(level.get("examples"), list):
        level["examples"] = [renamed_key(one, old, new) if isinstance(one, dict) else one for one in level["examples"]]
    discriminator = level.get("discriminator")
    if isinstance(discriminator, dict) and discriminator.get("propertyName") == old:
        level["discriminator"] = {**discriminator, "propertyName": new}


def rename_ui(ui: Any, keys: list[str], name: str) -> None:
    """A field's place in a uiSchema, and what names it beside."""
    inside = ui_at(ui, keys[:-1])
    old = keys[-1]
    variants = [one for word in ("anyOf", "oneOf") for one in _listed(inside.get(word)) if isinstance(one, dict)]
    for one in (inside, *variants):
        if isinstance(one.get(old), dict):
            _replace(one, renamed_key(one, old, name))
        for holder, prefix in ((one, "ui:"), (one.get("ui:options"), "")):
            if isinstance(holder, dict):
                if isinstance(order := holder.get(f"{prefix}order"), list):
                    holder[f"{prefix}order"] = renamed_entry(order, old, name)
                if holder.get(f"{prefix}optionsSchemaSelector") == old:
                    holder[f"{prefix}optionsSchemaSelector"] = name
        _each_option(one, "money", lambda value: name if value == old else value)


def _each_option(ui: Json, word: str, change: Callable[[Any], Any]) -> None:
    """That word of every field of a group."""
    for part in ui.values():
        for holder, key in ((part, f"ui:{word}"), (part.get("ui:options") if isinstance(part, dict) else None, word)):
            if isinstance(holder, dict) and key in holder:
                holder[key] = change(holder[key])


def renamed_key(given: Json, old: str, new: str) -> Json:
    return {new if key == old else key: value for key, value in given.items()}


def renamed_entry(given: list[Any], old: str, new: str) -> list[Any]:
    return [new if one == old else one for one in given]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _replace(holder: Json, content: Json) -> None:
    holder.clear()
    holder.update(content)
