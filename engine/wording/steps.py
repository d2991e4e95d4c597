"""The steps of a definition in words, for people who would rather read than follow lines. Pure.

A setting is told by its name, so a new step type that uses the common ones is explained without a line here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.approvals import policy_text
from engine.clauses import filled
from engine.definition import Definition, Step
from engine.forms import fields
from engine.people import Directory
from engine.rules import RuleError
from engine.steps import step_types
from engine.who import who_text
from engine.wording.relative_time import duration
from engine.wording.values import called, clean, listed, plain_name, quote, value

THEN = {
    "escalate": "it goes to the next person in line",
    "approve": "it counts as approved",
    "reject": "it counts as rejected",
    "timed_out": "it goes on without an answer",
}
COMMENTS = {
    "required": "Always needed",
    "required_on_reject": "Needed unless somebody approves",
}
Words = list[tuple[str, str]]


@dataclass(frozen=True)
class Explained:
    """facts: what is set, as (what, how). levels: (name, when, who, how many). leads: (outcome, where to, its step)."""

    id: str
    name: str
    kind: str
    icon: str
    description: str
    facts: Words
    levels: list[tuple[str, str, str, str]]
    leads: list[tuple[str, str, str]]


def explain(definition: Definition, directory: Directory) -> list[Explained]:
    """In the order in which the document has them."""
    telling = Telling(definition, directory)
    return [telling.step(step) for step in definition.steps.values()]


class Telling:
    """Tells the settings of one definition. Those of a draft may raise what reading them raises."""

    def __init__(self, definition: Definition, directory: Directory | None) -> None:
        self._definition, self._directory = definition, directory
        self._types = step_types()
        self._tellers: dict[str, Callable[[Step, Any], str | None]] = {
            "who": lambda _, who: self._who(who),
            "automatic": lambda _, given: f"When {self._rule(given['when'])}: {clean(given['reason'])}",
            "call": lambda _, call: called(call),
            "retry": lambda _, retry: f"{retry.get('attempts', 5)} tries, each later than the one before",
            "undo": lambda _, call: called(call) if isinstance(call, dict) else value(call),
            "subject": lambda _, text: quote(filled(definition, text)),
            "message": lambda _, text: quote(filled(definition, text)),
            "status": lambda step, status: _ending(step, plain_name(status).capitalize()),
            "comment": lambda _, rule: COMMENTS.get(rule),
            "covers": lambda _, names: listed(map(plain_name, names)),
            "on_change": lambda _, told: listed(plain_name(name) for name, what in told.items() if what == "tell"),
            "same_person_twice": lambda _, may: "May sign at more than one level" if may else None,
            "timeout": lambda _, policy: self._timeout(policy),
            "form": lambda step, _: self._form(step),
        }

    def step(self, step: Step) -> Explained:
        module = self._types[step.type]
        return Explained(
            id=step.id,
            name=step.name,
            kind=module.LABEL,
            icon=module.ICON,
            description=str(step.settings.get("description", "")),
            facts=[*self._branches(step), *self._facts(step)],
            levels=[self._level(number, level) for number, level in enumerate(step.settings.get("levels", []))],
            leads=[
                (self._outcome(step, outcome), self._definition.steps[to].name, to)
                for outcome, to in step.outcomes.items()
            ],
        )

    def setting(self, step: Step, name: str, value: Any) -> str | None:
        """None where there are no words for it."""
        return self._tellers[name](step, value) if name in self._tellers else None

    def row(self, name: str, row: dict[str, Any]) -> str | None:
        """One level or one branch, without its name."""
        if name == "levels":
            _, when, _, many = self._level(0, row)
            return f"{when}: {who_text(row['who'], self._directory)}, {many.lower()}"
        return f"When {self._rule(row['when'])}" if name == "branches" else None

    def _facts(self, step: Step) -> Iterator[tuple[str, str]]:
        for name, title in TITLES.items():
            if name in step.settings and (told := self._tellers[name](step, step.settings[name])):
                yield title, told
        yield from self._others(step)
        if step.settings.get("levels") and len(step.settings["levels"]) > 1:
            highest = step.settings.get("reading") == "highest"
            yield "Reading", "Only the last level whose rule holds signs" if highest else "All levels sign, in turn"

    def _others(self, step: Step) -> Iterator[tuple[str, str]]:
        """Plain settings that are a type's own, by the titles that its schema gives them."""
        for name, part in self._types[step.type].SCHEMA.get("properties", {}).items():
            given = step.settings.get(name)
            if name not in TITLES and name not in TOLD_ELSEWHERE and isinstance(given, str | int | Decimal):
                yield part["title"], value(given)

    def _branches(self, step: Step) -> Iterator[tuple[str, str]]:
        for branch in step.settings.get("branches", []):
            yield (
                branch.get("label") or plain_name(branch["outcome"]).capitalize(),
                f"When {self._rule(branch['when'])}",
            )

    def _level(self, number: int, level: dict[str, Any]) -> tuple[str, str, str, str]:
        when = f"When {self._rule(level['when'])}" if "when" in level else "Always"
        many = policy_text(level.get("policy", "any"))
        return level.get("name") or f"Level {number + 1}", when, self._who(level["who"]), many.capitalize()

    def _outcome(self, step: Step, outcome: str) -> str:
        labels = {branch["outcome"]: branch.get("label") for branch in step.settings.get("branches", [])}
        return labels.get(outcome) or plain_name(outcome).capitalize()

    def _who(self, who: Any) -> str:
        text = who_text(who, self._directory)
        return text[:1].upper() + text[1:]

    def _rule(self, text: str) -> str:
        try:
            said = self._definition.rule(text).sentence()
        except RuleError:
            return text
        return said[:1].lower() + said[1:] if said[1:2].islower() else said

    def _form(self, step: Step) -> str | None:
        shown = fields(*self._definition.form(step.id), {})
        return " · ".join(clean(field.label, 80) for field in shown.children if field.widget != "hidden") or None

    def _timeout(self, policy: dict[str, Any]) -> str:
        after = policy.get("after", "P3D")
        if after is None:
            return "None"
        remind = f", with reminders after {listed(map(_length, policy['remind']))}" if policy.get("remind") else ""
        first = f"{_length(after)}{remind}. "
        if policy.get("then") != "escalate":
            return f"{first}Then {_action(policy.get('then', 'reject'))}."
        return first + self._escalation(policy, after)

    def _escalation(self, policy: dict[str, Any], after: Any) -> str:
        times, within = policy.get("times", 1), _length(policy.get("within") or after)
        to = f"to {who_text(policy['to'], self._directory)}" if policy.get("to") else "to the next person in line"
        often = f", up to {times} times, with {within} each" if times > 1 else f", with {within} more"
        return f"Then it goes {to}{often}. If still nobody answers, {_action(policy.get('finally', 'reject'))}."


def _ending(step: Step, status: str) -> str | None:
    return None if status == step.name else status


def _length(given: Any) -> str:
    return f"as long as “{given['field']}” says" if isinstance(given, dict) else duration(given)


def _action(given: Any) -> str:
    return f"what “{given['field']}” says" if isinstance(given, dict) else THEN[given]


TOLD_ELSEWHERE = ("reading", "resubmit")
# In the order in which they are told.
TITLES = {
    "form": "Asks for",
    "who": "Who",
    "automatic": "Approves by itself",
    "comment": "Comment",
    "same_person_twice": "One person",
    "covers": "A signature covers",
    "on_change": "Changes that are only told",
    "call": "Calls",
    "retry": "When that fails",
    "undo": "Undone by",
    "subject": "Subject",
    "message": "Message",
    "timeout": "Time limit",
    "status": "Ends as",
}
