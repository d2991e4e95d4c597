"""A definition as the interpreter reads it: one JSON document, its steps, its rules compiled once."""

from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from engine import forms
from engine.placeholders import fill
from engine.rules import Rule, compile_rule
from engine.steps import asks_form

FORMAT = "signoff/definition@1"
LONGEST_TITLE = 200


Level = dict[str, Any]


class Step(Struct, frozen=True, dict=True):
    """settings: the whole step as written; what a type means by it is in engine/steps/<type>.py.

    What every decision asks of them is worked out once.
    """

    id: str
    type: str
    name: str
    outcomes: dict[str, str]
    settings: dict[str, Any]

    @cached_property
    def levels(self) -> dict[str, Level]:
        """Of the threshold hierarchy, lowest first, by id. Raises TypeError where an id is no text."""
        levels = {level["id"]: level for level in self.settings.get("levels", [])}
        if not all(isinstance(level, str) for level in levels):
            raise TypeError("the id of a level is a text")
        return levels

    @cached_property
    def quorum_fields(self) -> frozenset[str]:
        """Fields that say how many must sign."""
        policies = [level.get("policy") for level in self.levels.values()]
        quorums = [policy["quorum"] for policy in policies if isinstance(policy, dict)]
        return frozenset(quorum["field"] for quorum in quorums if isinstance(quorum, dict))

    @cached_property
    def told_fields(self) -> frozenset[str]:
        """Fields whose change is told to those who signed, and undoes nothing. A change of a quorum always does."""
        told = {name for name, what in self.settings.get("on_change", {}).items() if what == "tell"}
        return frozenset(told) - self.quorum_fields


class Definition:
    """Immutable; shared by threads, so that a version's rules are compiled once per process."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.key: str = document["key"]
        self.name: str = document["name"]
        self.start: str = document["start"]
        self.data_schema: dict[str, Any] = document["data"]
        self.steps = {
            key: Step(key, step["type"], step["name"], step.get("outcomes", {}), step)
            for key, step in document["steps"].items()
        }
        self.channels: list[str] | None = document.get("channels")
        self._rules: dict[str, Rule] = {}
        self._forms: dict[str, tuple[dict[str, Any], forms.UiSchema]] = {}

    @cached_property
    def zone(self) -> ZoneInfo:
        """Where its days begin: what `$today` is."""
        return ZoneInfo(self.document.get("zone", "UTC"))

    def title(self, data: dict[str, Any]) -> str:
        """What a request with this data is called."""
        return (fill(self.document.get("title", ""), data).strip() or self.name)[:LONGEST_TITLE]

    def rule(self, text: str) -> Rule:
        """Raises RuleError when the text is no rule over this definition's data."""
        if text not in self._rules:
            self._rules[text] = compile_rule(text, self.data_schema, self.zone)
        return self._rules[text]

    def form(self, step: str) -> tuple[dict[str, Any], forms.UiSchema]:
        """JSON Schema and uiSchema of a step's form; without a schema of its own it asks for the request's data.

        Moments are typed in the definition's zone.
        """
        if step not in self._forms:
            form = self.steps[step].settings.get("form") or {}
            ui = forms.UiSchema(form.get("uiSchema") or {})
            if "zone" in self.document:
                ui["ui:globalOptions"] = {"zone": self.document["zone"], **ui.get("ui:globalOptions", {})}
            self._forms[step] = form.get("schema") or self.data_schema, ui
        return self._forms[step]

    def asked(self, step: str, data: dict[str, Any] | None = None) -> Any:
        """The state that a step's form shows before anybody wrote into it; `data`: of the request, if there is one.

        Who decides starts afresh: of the request's data an approval's form shows what is not to be changed there.
        """
        form = self.form(step)
        if data is not None and asks_form(self.steps[step], deciding=True):
            data = forms.locked_part(*form, data)
        return forms.initial(*form, data)
