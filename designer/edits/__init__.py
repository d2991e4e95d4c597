"""Edits of a draft: commands that change a definition's document, whatever shape it has. Pure.

One file per family, found by discovery: any subclass of Edit in a file of this package is an edit.
"""

from decimal import Decimal
from functools import cache
from inspect import isclass
from typing import Any, Union

import msgspec

from designer.edits.draft_flow import MAX_STEPS, DraftFlow, steps_of, too_many_steps
from designer.edits.edit import EVERYTHING, Done, Edit, EditRefused
from engine import json_text
from engine.reasons import Reason
from engine.registry import discover

MAX_DOCUMENT, MAX_DEPTH = 256 * 1024, 100
Json = dict[str, Any]

__all__ = [
    "EVERYTHING",
    "Done",
    "Edit",
    "EditRefused",
    "apply_edit",
    "edited",
    "encode",
    "kinds",
    "read_edit",
    "tidy",
    "union",
]


def apply_edit(document: Json, edit: Edit) -> Json:
    """The changed document; the given one stays as it is. Raises EditRefused, and nothing else."""
    return edited(document, edit)[0]


def edited(document: Json, edit: Edit) -> tuple[Json, Done]:
    """As `apply_edit`, with what the edit touched and what there is to say of it."""
    flow = DraftFlow(tidy(document))
    done = edit.apply(flow)
    changed = tidy(flow.document)
    if len(steps_of(changed)) > max(MAX_STEPS, len(steps_of(document))):
        raise too_many_steps()
    return changed, done


def tidy(document: Any) -> Json:
    """The document as it is kept: a copy with plain numbers. Raises EditRefused where it is too much or no document."""
    if not isinstance(document, dict):
        raise EditRefused("document")
    if _depth_over(document, MAX_DEPTH):
        raise EditRefused("too_deep")
    try:
        kept: Json = json_text.normal(document)
        size = len(json_text.dumps(kept))
    except ValueError as unfit:
        why = unfit.reason if isinstance(unfit, json_text.Unfit) else Reason("value_no_text")
        raise EditRefused("value", why=why) from unfit
    if size > MAX_DOCUMENT:
        raise EditRefused("draft_large", kilobytes=MAX_DOCUMENT // 1024)
    return kept


def read_edit(given: Any, *, strict: bool = True) -> Edit:
    """An edit from JSON-like data, `edit` being its kind. strict: texts are no numbers and no booleans."""
    try:
        found: Edit = msgspec.convert(given, union(), strict=strict)
    except (msgspec.ValidationError, RecursionError, ValueError) as wrong:
        raise EditRefused("edit", error=str(wrong)) from wrong
    return found


def encode(edit: Edit) -> Json:
    found: Json = msgspec.to_builtins(edit, builtin_types=(Decimal,))
    return found


@cache
def kinds() -> dict[str, type[Edit]]:
    """By tag."""
    members = [member for module in discover("designer.edits").values() for member in vars(module).values()]
    found = {member for member in members if isclass(member) and issubclass(member, Edit) and member is not Edit}
    return {str(kind.__struct_config__.tag): kind for kind in sorted(found, key=lambda kind: kind.__name__)}


@cache
def union() -> Any:
    """The type of any edit: all kinds, told apart by `edit`."""
    return Union[tuple(kinds().values())]  # noqa: UP007 - made at run time


def _depth_over(value: Any, limit: int) -> bool:
    """Level by level, without recursion."""
    level = [value]
    for _ in range(limit + 1):
        level = [
            item
            for part in level
            if isinstance(part, dict | list)
            for item in (part.values() if isinstance(part, dict) else part)
        ]
        if not level:
            return False
    return True
