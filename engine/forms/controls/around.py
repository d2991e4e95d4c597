"""What is chosen from what is around the form: a group, a role, a field of the request, or several fields.

A value that is not there any more stays, and is marked.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from engine.forms.controls import Control
from engine.forms.field import Option
from engine.forms.schema import Schema
from engine.forms.surroundings import Surroundings

if TYPE_CHECKING:
    from engine.forms.nodes import Node
    from engine.forms.read import Reader

GONE = "(not there any more)"


class Offered(Control):
    """One of what there is."""

    asks = frozenset({"string"})

    def offered(self, around: Surroundings) -> Mapping[str, str]:
        """What can be chosen, by the value that stands for it, as people call it."""
        raise NotImplementedError

    def template(self, node: "Node", text: str) -> str:
        there = self.offered(node.form.around)
        return super().template(node, text) if node.read_only else "select" if there else "text"

    def options(self, node: "Node", value: Any) -> Iterator[Option]:
        there, chosen = self.offered(node.form.around), value if isinstance(value, str) else ""
        if not chosen or not node.required:
            yield Option("", "Choose…", not chosen, False)
        if chosen and chosen not in there:
            yield Option(chosen, f"{chosen} {GONE}", True, False)
        yield from (Option(key, name, key == chosen, False) for key, name in there.items())


class Group(Offered):
    name = form = "group"

    def offered(self, around: Surroundings) -> Mapping[str, str]:
        found = around.directory
        return {key: found.group_names.get(key, key) for key in found.groups} if found else {}


class Role(Offered):
    name = form = "role"

    def offered(self, around: Surroundings) -> Mapping[str, str]:
        return {role: role.capitalize() for role in around.roles}


class DataField(Offered):
    name = form = "data-field"

    def offered(self, around: Surroundings) -> Mapping[str, str]:
        return around.fields


class NewField(Control):
    """A field that there is, or the name of a new one."""

    name = form = "new-field"
    asks = frozenset({"string"})
    suggests = True

    def template(self, node: "Node", text: str) -> str:
        return "readonly" if node.read_only else "text"

    def examples(self, node: "Node") -> list[Any]:
        return list(node.form.around.fields)


class DataFields(Control):
    """Several of them, as boxes to tick."""

    name = form = "data-fields"
    asks = frozenset({"array"})
    grouped = silent = wordless = whole = listed = True

    def fits(self, schema: Schema, items: Schema) -> bool:
        return schema.get("type") == "array"

    def template(self, node: "Node", text: str) -> str:
        return "readonly" if node.read_only else "checkboxes"

    def options(self, node: "Node", value: Any) -> Iterator[Option]:
        chosen = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
        there = node.form.around.fields
        gone = {one: f"{one} {GONE}" for one in chosen if one not in there}
        yield from (Option(key, name, key in chosen, False) for key, name in {**there, **gone}.items())

    def read(self, node: "Node", reader: "Reader", held: Any) -> Any:
        """In the order in which they stood, the new ones after them."""
        ticked = list(dict.fromkeys(filter(None, reader.texts(node))))
        before = [one for one in held if one in ticked] if isinstance(held, list) else []
        return [*before, *(one for one in ticked if one not in before)] or (held if held == [] else UNSET)


CONTROLS: tuple[Control, ...] = (Group(), Role(), DataField(), NewField(), DataFields())
