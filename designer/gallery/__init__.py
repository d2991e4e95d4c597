"""Templates: the definitions that ship with the product, ready to be published or changed."""

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@cache
def templates() -> dict[str, dict[str, Any]]:
    """Documents by key, in the order of their names; to be read only."""
    found = [json.loads(path.read_text()) for path in HERE.glob("*.json")]
    return {document["key"]: document for document in sorted(found, key=lambda document: str(document["name"]))}


def template(key: str) -> dict[str, Any] | None:
    """A copy of the document, for the caller to change."""
    return deepcopy(templates().get(key))


def groups_asked(document: dict[str, Any]) -> list[str]:
    """Keys of the groups that its steps name, in the order in which they come up."""
    return list(dict.fromkeys(_groups(document["steps"])))


def _groups(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["group"]] if set(value) == {"group"} else []
        return own + [group for inner in value.values() for group in _groups(inner)]
    return [group for inner in value for group in _groups(inner)] if isinstance(value, list) else []
