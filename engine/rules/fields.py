"""The fields of a request that a rule can ask about, by their path, with kind and title."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from engine import json_text
from engine.forms import schema as form_schema
from engine.forms.settled import Conditions
from engine.rules import types as rule_types
from engine.rules.vocabulary import title

MOST, DEEPEST = 300, 4
# What is kept of an upload; nobody decides by its parts.
UPLOAD = {"file", "name", "size"}


class Field(NamedTuple):
    """choices: value and label of each that it offers."""

    path: str
    kind: str
    title: str
    choices: tuple[tuple[str, str], ...] = ()


def fields(schema: Any) -> dict[str, Field]:
    """schema: of the data, in any shape."""
    return _fields(json_text.dumps(schema)) if isinstance(schema, dict) else {}


@lru_cache(maxsize=256)
def _fields(text: bytes) -> dict[str, Field]:
    schema = json_text.loads(text)
    found: dict[str, Field] = {}
    for field in _inside(schema, schema, ""):
        if len(found) == MOST:
            break
        found[field.path] = field
    return found


def _inside(group: Any, root: dict[str, Any], around: str) -> Iterator[Field]:
    claimed = Conditions(root).claimed(form_schema.resolve(group, root)[0])
    for name, schema in claimed.items():
        path = f"{around}{name}"
        if rule_types.is_group(schema, root):
            parts = Conditions(root).claimed(form_schema.resolve(schema, root)[0])
            if path.count(".") < DEEPEST and not parts.keys() >= UPLOAD:
                yield from _inside(schema, root, f"{path}.")
        elif kind := rule_types.kind(schema, root):
            resolved = form_schema.resolve(schema, root)[0]
            yield Field(path, kind, title(path, root), tuple(_choices(resolved)))


def _choices(schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for choice in form_schema.choices(schema):
        if isinstance(choice.value, str):
            yield choice.value, choice.label
