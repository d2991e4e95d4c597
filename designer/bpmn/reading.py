"""The state of an import: which shapes become steps, where a line leads past those that do not, and the notes."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from designer.bpmn.conditions import Fields
from designer.bpmn.model import NESTED, Line, Model, Shape, attribute
from designer.bpmn.xml import local
from designer.edits.draft_flow import MAX_ID, MAX_NAME
from designer.edits.step_types import slug
from engine.reasons import Reason

MOST_NOTES = 200
# Of a definition; the description of a step, too.
LONGEST_NAME, LONGEST_DESCRIPTION = 120, 2000
GENERATED = re.compile(r"(sid|[A-Z][A-Za-z]*)[_-][0-9A-Za-z-]+")
Json = dict[str, Any]


class Reading:
    """keys: ids of steps by shape. added: the new ones. fields: of the data that rules and people need, by name.

    notes: what did not map. failed: the id of the end that was made for what fails.
    """

    def __init__(self, model: Model, taken: Iterable[str]) -> None:
        """taken: ids that are not free."""
        self.model = model
        self.added: Json = {}
        self.keys: dict[str, str] = {}
        self.fields: Fields = {}
        self.notes: list[Reason] = []
        self.failed = ""
        self._led: dict[str, str] = {}
        self._taken = set(taken)
        self._inner: dict[str, list[Shape]] = defaultdict(list)
        self._caught: dict[str, str] = {}
        for shape in model.shapes.values():
            if shape.inside and not shape.host:
                self._inner[shape.inside].append(shape)
            if shape.tag == "intermediateCatchEvent" and shape.event == "link":
                self._caught.setdefault(_link(shape), shape.id)

    def note(self, reason: Reason) -> None:
        if len(self.notes) < MOST_NOTES and reason not in self.notes:
            self.notes.append(reason)

    def name(self, shape: Shape) -> str:
        """As people know it: its name, or its id."""
        return (shape.name or shape.id)[:MAX_NAME]

    def key(self, shape: Shape) -> str:
        """An id of its own: as the file has it, where that says something."""
        told = shape.name if GENERATED.fullmatch(shape.id) else shape.id
        return self.free(told or shape.tag)

    def free(self, wanted: str) -> str:
        base = slug(wanted, MAX_ID - 5)
        key, number = base, 1
        while key in self._taken:
            number += 1
            key = f"{base}-{number}"
        self._taken.add(key)
        return key

    def holds(self, shape: str) -> bool:
        """Whether shapes stand inside of it."""
        return bool(self._inner.get(shape))

    def leaving(self, shape: str) -> list[Line]:
        return self.model.leaving.get(shape, [])

    def led(self, target: str) -> str:
        """The step that a line to this shape comes to; "" where there is none."""
        path: list[str] = []
        while target in self.model.shapes and target not in self.keys and target not in self._led:
            path.append(target)
            self._led[target] = ""
            target = self._onward(self.model.shapes[target])
        found = self.keys.get(target) or self._led.get(target, "")
        self._led |= dict.fromkeys(path, found)
        return found

    def _onward(self, shape: Shape) -> str:
        """Into an embedded process and out of it, across a link, else along the first line or the default."""
        if shape.tag in NESTED:
            inner = self._inner.get(shape.id, [])
            begins = [one for one in inner if one.tag == "startEvent"] or inner
            if begins:
                return begins[0].id
        if shape.tag == "endEvent" and shape.inside:
            return self._along(self.model.shapes[shape.inside])
        if shape.tag == "intermediateThrowEvent" and shape.event == "link":
            return self._caught.get(_link(shape), "")
        return self._along(shape)

    def _along(self, shape: Shape) -> str:
        lines = self.leaving(shape.id)
        chosen = [line for line in lines if line.id == shape.element.get("default")] or lines
        return chosen[0].target if chosen else ""


def _link(shape: Shape) -> str:
    definitions = (part for part in shape.element if local(part) == "linkEventDefinition")
    return next((attribute(part, "name") for part in definitions), "") or shape.name
