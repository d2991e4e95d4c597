"""One of the two documents that are compared, read as far as it can be read."""

from collections.abc import Mapping
from typing import Any

from designer.drawable import drawable
from designer.drawing.words import outcome_label
from designer.edits.draft_flow import name_of, steps_of
from engine.definition import Definition
from engine.people import Directory
from engine.reasons import Coded
from engine.steps import step_types
from engine.wording.steps import Telling
from engine.wording.values import clean, plain_name, quote

Json = dict[str, Any]
# What a draft may lack while it is being written.
UNFINISHED = (AttributeError, Coded, IndexError, KeyError, TypeError, ValueError)
LONGEST = 80


class Side:
    def __init__(self, document: Mapping[str, Any], people: Directory | None) -> None:
        self.document: Json = dict(document)
        self.steps = steps_of(self.document)
        readable = drawable(self.document)
        data = document.get("data")
        known = {"key": "", "name": "", "zone": "UTC", "data": data if isinstance(data, dict) else {}, **readable}
        self._definition = Definition(known)
        self._telling = Telling(self._definition, people)

    @property
    def strange(self) -> Any:
        """What stands among the steps and is none, or in their place."""
        found = self.document.get("steps", {})
        return {key: one for key, one in found.items() if key not in self.steps} if isinstance(found, dict) else found

    @property
    def start(self) -> str:
        return str(self.document.get("start", ""))

    def name(self, key: str) -> str:
        return clean(name_of(self.steps.get(key, {}), key), LONGEST)

    def outcome(self, key: str, way: str) -> str:
        return f"{quote(outcome_label(self.steps[key], way))} leads to"

    def type(self, key: str) -> str:
        kind = str(self.steps[key].get("type", ""))
        return step_types()[kind].LABEL if kind in step_types() else plain_name(kind).capitalize()

    def icon(self, key: str) -> str:
        kind = str(self.steps[key].get("type", ""))
        return step_types()[kind].ICON if kind in step_types() else "circle"

    def schema(self, key: str) -> Json:
        """Of the settings of the step's type."""
        kind = str(self.steps.get(key, {}).get("type", ""))
        return step_types()[kind].SCHEMA.get("properties", {}) if kind in step_types() else {}

    def setting(self, key: str, name: str, value: Any) -> str:
        """In words, or nothing where there are none for it."""
        try:
            return self._telling.setting(self._definition.steps[key], name, value) or ""
        except UNFINISHED:
            return ""

    def row(self, name: str, value: Any) -> str:
        """An entry of a list of settings in words, or nothing."""
        try:
            return self._telling.row(name, value) or ""
        except UNFINISHED:
            return ""


def strange_outcomes(step: Json) -> Any:
    """What stands among the outcomes of a step and leads nowhere, or in their place."""
    found = step.get("outcomes", {})
    return {way: to for way, to in found.items() if not isinstance(to, str)} if isinstance(found, dict) else found
