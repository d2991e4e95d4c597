"""Field-level write access: of what is given for a form, only what it shows and does not lock may change.

Pages, API and engine ask here, so there is one answer to who may set what. `stored` is always the state that
the form was made from. A value that the form locks is taken from there; so is, in groups below the root, what
the form's schema does not name, since nobody saw it.
"""

from typing import Any, Final

from msgspec import UNSET

from engine.forms import identity, rows
from engine.forms.field import FormError
from engine.forms.nodes import Node, tree
from engine.forms.places import grown, without
from engine.forms.schema import Schema, same
from engine.forms.uploads import FILE_FACTS
from engine.forms.values import Picked, Typed
from engine.pointers import join
from engine.reasons import Reason, reason


class Trusted:
    """Stands for a store that nobody knows: whatever is given there is taken for what was shown."""


TRUSTED: Final = Trusted()


def admitted(schema: Schema, ui_schema: dict[str, Any], given: Any, stored: Any) -> tuple[Any, list[FormError]]:
    """The data with what is locked as it is stored, and an error for each place that was to change and may not."""
    admission = Admission()
    data = admission.value(tree(schema, ui_schema, given), given, stored)
    return data, admission.errors


def locked_part(schema: Schema, ui_schema: dict[str, Any], data: Any) -> Any:
    """Of the data only what this form shows and locks, or does not show."""
    found = identity.locked(tree(schema, ui_schema, data), data)
    return {} if found is UNSET else found


def covered(schema: Schema, ui_schema: dict[str, Any], data: dict[str, Any]) -> list[str]:
    """The names in the data that this form speaks of: what it leaves out of them, or hides, is cleared."""
    root = tree(schema, ui_schema, data)
    return [name for name in data if name in root.claimed or root.takes_more]


def origins(node: Node, given: list[Any], stored: Any) -> list[int | None]:
    """Which stored row each given one is, None for a new one."""
    return identity.origins(node, given, stored if isinstance(stored, list) else [], _fits)


def _fits(node: Node, given: Any, held: Any) -> bool:
    trial = Admission(trial=True)
    trial.value(node, given, held)
    return not trial.errors


def stored_of(child: Node, held: Any) -> Any:
    """What is stored of a field in a stored group; of one that a condition makes appear, what it begins with."""
    if held is TRUSTED:
        return TRUSTED
    before = held.get(child.key, UNSET) if isinstance(held, dict) else UNSET
    return rows.begun(child) if before is UNSET and child.conditional else before


class Admission:
    """`trial`: rows inside of rows are compared as they are, so that a trial leads to no further ones."""

    def __init__(self, *, trial: bool = False) -> None:
        self.errors: list[FormError] = []
        self._fits = None if trial else _fits

    def value(self, node: Node, given: Any, held: Any) -> Any:
        node = node.at(given)
        if isinstance(given, Picked):
            node, given = node.at(given, node.variant), node.nothing
        if node.locked and not node.fixed and held is not TRUSTED:
            if given is not UNSET and not same(given, held):
                self._refuse(node.pointer, "readOnly", reason("locked"))
            return held
        if node.has_fields:
            return self._group(node, given, held)
        if node.has_rows and not isinstance(given, Typed):
            return self._list(node, given, held)
        if node.control.uploads:
            self._check_file(node, given)
        self._check_closed(node, given, held)
        return given

    def _group(self, node: Node, given: Any, held: Any) -> Any:
        known = held if isinstance(held, dict) else {}
        if not isinstance(given, dict):
            left = identity.locked(node, held)
            if left is UNSET or isinstance(given, Typed):
                return given
            if given is not UNSET:
                self._refuse(node.pointer, "readOnly", reason("locked"))
            return left
        data = {key: item for key, item in known.items() if node.keeps(key)}
        before = len(self.errors)
        node, found, left = grown(
            node, given, lambda child: self.value(child, given.get(child.key, UNSET), stored_of(child, held))
        )
        inside, self.errors[before:] = without(self.errors[before:], left), []
        for key, item in given.items():
            if key in node.named:
                continue
            if node.takes_more and key not in node.claimed:
                data[key] = item
            elif not node.keeps(key) or not same(item, known.get(key, UNSET)):
                self._refuse(join(node.pointer, key), "additionalProperties", reason("no_field"))
        self.errors += inside
        return data | found

    def _list(self, node: Node, given: Any, held: Any) -> Any:
        if isinstance(given, list):
            return self._rows(node, given, held)
        if not held or held is TRUSTED or node.options.get("removable", True):
            return given
        if given is not UNSET:
            self._refuse(node.pointer, "rows", reason("rows_stay"))
        return held

    def _rows(self, node: Node, given: list[Any], held: Any) -> list[Any]:
        if held is TRUSTED:
            return [self.value(row, item, held) for row, item in node.children(given)]
        stored = held if isinstance(held, list) else []
        found = identity.origins(node, given, stored, self._fits)
        self._check_rows(node, found, len(stored))
        return [
            self.value(row, item, rows.new_row(row) if at is None else stored[at])
            for (row, item), at in zip(node.children(given), found, strict=True)
        ]

    def _check_rows(self, node: Node, found: list[int | None], stored: int) -> None:
        kept = [at for at in found if at is not None]
        if not node.options.get("addable", True) and len(found) > max(stored, node.least_rows):
            self._refuse(node.pointer, "rows", reason("rows_full"))
        if not node.options.get("removable", True) and len(set(kept)) < stored:
            self._refuse(node.pointer, "rows", reason("rows_stay"))
        if not node.options.get("orderable", True) and kept != sorted(kept):
            self._refuse(node.pointer, "rows", reason("rows_ordered"))

    def _check_closed(self, node: Node, given: Any, held: Any) -> None:
        closed = node.options.get("enumDisabled")
        if held is TRUSTED or not isinstance(closed, list) or not node.choices:
            return
        chosen = given if node.is_list and isinstance(given, list) else [given]
        before = held if node.is_list and isinstance(held, list) else [held]
        if any(_among(closed, one) and not _among(before, one) for one in chosen):
            self._refuse(node.pointer, "enum", reason("option_closed"))

    def _check_file(self, node: Node, given: Any) -> None:
        for file in given if isinstance(given, list) else [given]:
            strangers = [key for key in file if key not in FILE_FACTS] if isinstance(file, dict) else []
            for key in strangers:
                self._refuse(join(node.pointer, key), "additionalProperties", reason("no_field"))

    def _refuse(self, pointer: str, keyword: str, why: Reason) -> None:
        self.errors.append(FormError(pointer, keyword, why))


def _among(values: list[Any], value: Any) -> bool:
    return any(same(value, one) for one in values)
