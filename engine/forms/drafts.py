"""JSON Schemas of older drafts as 2020-12 writes them, so that what a form shows and what is checked agree."""

from typing import Any

from engine.forms.schema import Schema

_MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLE = ("items", "contains", "not", "if", "then", "else", "additionalProperties", "propertyNames")


def modern(schema: Any) -> Any:
    """A copy: fixed positions as `prefixItems`, `dependencies` by their kind. Raises RecursionError."""
    if not isinstance(schema, dict):
        return schema
    made = _inside(schema)
    if isinstance(made.get("items"), list):
        rest = made.pop("additionalItems", True)
        made |= {"prefixItems": [modern(one) for one in made["items"]], "items": modern(rest)}
    dependencies = made.pop("dependencies", None)
    if isinstance(dependencies, dict):
        names = {key: value for key, value in dependencies.items() if isinstance(value, list)}
        schemas = {key: modern(value) for key, value in dependencies.items() if key not in names}
        made |= {"dependentRequired": names} if names else {}
        made |= {"dependentSchemas": schemas} if schemas else {}
    return made


def _inside(schema: Schema) -> Schema:
    made = dict(schema)
    for word in _MAPS:
        if isinstance(made.get(word), dict):
            made[word] = {key: modern(part) for key, part in made[word].items()}
    for word in _LISTS:
        if isinstance(made.get(word), list):
            made[word] = [modern(part) for part in made[word]]
    for word in _SINGLE:
        if word in made:
            made[word] = modern(made[word])
    return made
