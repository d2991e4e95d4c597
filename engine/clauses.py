"""Clauses of a policy document: what a step does, as plain sentences that need no drawing beside them."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import UNSET, Struct

from engine.definition import Definition, Step
from engine.forms.nodes import Node, tree
from engine.forms.schema import resolve
from engine.forms.settled import Conditions
from engine.people import Directory
from engine.placeholders import PLACE
from engine.rules import RuleError
from engine.timers import DEFAULT
from engine.who import Who, fields_read, who_text
from engine.wording.relative_time import duration
from engine.wording.values import clean, either, listed, plain_name, quote

LAST = {"approve": "it counts as approved", "reject": "it counts as rejected"}


class Clause(Struct, frozen=True):
    """One sentence without its full stop, and the points under it.

    outcome: the way out that it speaks of; where that leads is said behind it.
    """

    text: str
    outcome: str = ""
    points: tuple[str, ...] = ()


def people_asked(definition: Definition, who: Who, directory: Directory | None) -> str:
    """Any of whom may answer: "the requester or Purchasing"."""
    return either(_people(definition, who, directory))


def people_told(definition: Definition, who: Who, directory: Directory | None) -> str:
    return listed(_people(definition, who, directory))


def _people(definition: Definition, who: Who, directory: Directory | None) -> list[str]:
    """A field that says who it is by its title."""
    told = [{name: _title_for(definition, entry, value) for name, value in entry.items()} for entry in who]
    return [who_text([entry], directory) for entry in told]


def _title_for(definition: Definition, entry: dict[str, Any], value: Any) -> Any:
    return field_title(definition, value) if value in fields_read(entry) else value


def field_title(definition: Definition, name: str) -> str:
    part = definition.data_schema.get("properties", {}).get(name)
    return clean(str(part.get("title") or plain_name(name)) if isinstance(part, dict) else plain_name(name), 80)


def limit_clauses(
    definition: Definition, step: Step, directory: Directory | None, rejected: str = "it counts as rejected"
) -> Iterator[Clause]:
    """What happens when nobody answers. rejected: what that comes to where the policy rejects."""
    policy: dict[str, Any] = step.settings.get("timeout") or DEFAULT
    after = policy.get("after", DEFAULT["after"])
    if after is None:
        yield Clause("There is no time limit")
        return
    yield Clause(f"An answer is due within {limit_words(definition, after)}{_reminded(policy.get('remind') or [])}")
    then, silent = policy.get("then", "reject"), "If nobody answers by then"
    if then == "escalate":
        yield Clause(_escalated(definition, policy, after, directory))
        then, silent = policy.get("finally", "reject"), "If still nobody answers"
    if isinstance(then, dict):
        yield Clause(f"{silent}, “{field_title(definition, then['field'])}” says what happens")
    elif "timed_out" not in (then, *step.outcomes):
        yield Clause(f"{silent}, {rejected if then == 'reject' else LAST.get(then, rejected)}")


def _reminded(after: list[str]) -> str:
    reminders = "reminders" if len(after) > 1 else "a reminder"
    return f", with {reminders} after {listed(map(duration, after))}" if after else ""


def _escalated(definition: Definition, policy: dict[str, Any], after: Any, directory: Directory | None) -> str:
    to = people_asked(definition, policy["to"], directory) if policy.get("to") else "the manager of whoever was asked"
    times, within = policy.get("times", 1), limit_words(definition, policy.get("within") or after)
    if times > 1:
        up = "" if policy.get("to") else ", and on up the line"
        often = "twice" if times == 2 else f"{times} times"
        return f"After that it goes to {to}{up}, at most {often}, with {within} each"
    return f"After that it goes to {to}, with another {within}"


def limit_words(definition: Definition, given: Any) -> str:
    """A length of time, or the field that says it."""
    return (
        f"as long as “{field_title(definition, given['field'])}” says" if isinstance(given, dict) else duration(given)
    )


def form_clauses(definition: Definition, step: Step) -> Iterator[Clause]:
    """What must be filled in, what may be, and what is asked only after some answers."""
    schema, ui = definition.form(step.id)
    asked = [node for node, _ in tree(schema, ui, {}).children(UNSET) if node.widget != "hidden" and not node.locked]
    must = [node for node in asked if node.required]
    rest = [node for node in asked if not node.required]
    if must:
        yield Clause(f"{_these(must)} must be filled in: {listed(map(_field, must))}")
    if rest:
        yield Clause(f"{_these(rest)} may be left empty: {listed(map(_field, rest))}")
    if hidden := _under_conditions(schema, {node.key for node in asked}):
        yield Clause(f"Some answers lead to further questions: {listed(hidden)}")


def _these(nodes: list[Node]) -> str:
    return "These" if len(nodes) > 1 else "This"


def _field(node: Node) -> str:
    return quote(clean(node.label or plain_name(node.key), 80))


def _under_conditions(schema: dict[str, Any], asked: set[str]) -> list[str]:
    there = Conditions(schema).claimed(resolve(schema, schema)[0])
    parts = {name: part for name, part in there.items() if name not in asked}
    return [quote(str(part.get("title") or plain_name(name))) for name, part in parts.items() if isinstance(part, dict)]


def rule_words(definition: Definition, rule: str) -> str:
    """Titles stay capitalised, as the terms of a policy are; sums have their currency."""
    try:
        said = definition.rule(rule).sentence()
    except RuleError:
        return rule
    for title, currency in _sums(definition):
        said = re.sub(
            rf"({re.escape(title)} is (?:not )?(?:at least |at most |above |below )?)([\d,.]*\d)",
            rf"\1\2 {currency}",
            said,
        )
    return said


def _sums(definition: Definition) -> list[tuple[str, str]]:
    """Titles and currencies of the fields that are sums of money."""
    form = tree(*definition.form(definition.start), {}) if definition.start in definition.steps else None
    nodes = [node for node, _ in form.children(UNSET) if node.widget == "money"] if form else []
    return [(field_title(definition, node.key), node.control.unit(node, {})) for node in nodes]


def filled(definition: Definition, text: str) -> str:
    """A template with the titles of its fields in brackets."""
    return PLACE.sub(lambda match: f"[{field_title(definition, match[1].partition('.')[0])}]", text)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def titles(definition: Definition, names: Sequence[str]) -> str:
    return listed(quote(field_title(definition, name)) for name in names)
