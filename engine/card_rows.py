"""Rows of a step's card in the drawing: a level and who signs it, a rule in words, a time limit."""

import re
from typing import Any, Literal

from msgspec import Struct

from engine.approvals import policy_text
from engine.definition import Definition, Step
from engine.people import Directory
from engine.rules import RuleError
from engine.timers import DEFAULT
from engine.who import who_text
from engine.wording.labels import level_name
from engine.wording.relative_time import duration
from engine.wording.values import number, plain_name

RowState = Literal["", "done", "waiting", "blocked"]
BAND = re.compile(r"\s*([\w.]+)\s*(>=|>|<=|<)\s*(\d{1,15})\s*")
BANDS = {">=": "from", ">": "over", "<=": "up to", "<": "below"}
MOST_FIELDS = 4
AT_LAST = {"approve": "approved", "timed_out": "on without an answer"}


class Row(Struct, frozen=True):
    """lead, text, note: in front, what it says, at the end. timed: about a time limit.
    key: id of the level that it is about.

    state, more: on the page of a request, how far this row is, and who signed or is asked.
    """

    text: str
    lead: str = ""
    note: str = ""
    timed: bool = False
    key: str = ""
    state: RowState = ""
    more: str = ""

    @property
    def signs(self) -> bool:
        """Whether it says who signs."""
        return bool(self.key)


def level_rows(definition: Definition, step: Step, directory: Directory | None) -> list[Row]:
    """Who signs, from which amount, and how many of them."""
    rows = []
    for level in step.settings.get("levels", []):
        when = band(definition, level["when"]) if "when" in level else "always"
        name = level.get("name") or who_text(level["who"], directory)
        many = policy_text(level.get("policy", "any")).replace("one of them", "one")
        rows.append(Row(name, when, many, key=str(level.get("id") or level_name(level))))
    return rows


def band(definition: Definition, rule: str) -> str:
    """A rule over one number in short: "from 5,000", "over 500 up to 5,000". Any other in full."""
    parts = [BAND.fullmatch(part) for part in re.split(r"\band\b", rule)]
    found = [part for part in parts if part]
    if len(found) == len(parts) and len({part[1] for part in found}) == 1:
        return " ".join(f"{BANDS[part[2]]} {number(int(part[3]))}" for part in found)
    return f"when {in_words(definition, rule)}"


def in_words(definition: Definition, rule: str) -> str:
    """As it is written, where it is no rule yet."""
    try:
        said = definition.rule(rule).sentence()
    except RuleError:
        return rule
    return said[:1].lower() + said[1:] if said[1:2].islower() else said


def limit_rows(step: Step, directory: Directory | None, *, rejected: str = "rejected") -> list[Row]:
    """The time limit, where there is one: "3 days, then up the line, then rejected".

    rejected: what `reject` comes to at this step.
    """
    policy: dict[str, Any] = step.settings.get("timeout") or DEFAULT
    after = policy.get("after", DEFAULT["after"])
    if after is None:
        return []
    then = policy.get("then", "reject")
    parts = [limit_length(after)]
    if then == "escalate":
        parts.append(f"then {who_text(policy['to'], directory)}" if policy.get("to") else "then up the line")
        then = policy.get("finally", "reject")
    parts.append(
        f"then what “{then['field']}” says" if isinstance(then, dict) else f"then {AT_LAST.get(then, rejected)}"
    )
    return [Row(", ".join(parts), timed=True)]


def limit_length(given: Any) -> str:
    """A length of time, or the field that says it."""
    return f"as long as “{given['field']}” says" if isinstance(given, dict) else duration(given)


def field_rows(definition: Definition, step: Step) -> list[Row]:
    """What a form asks for, by the titles of its fields."""
    properties = definition.form(step.id)[0].get("properties", {})
    titles = [str(schema.get("title") or plain_name(key)) for key, schema in properties.items()]
    left = len(titles) - MOST_FIELDS
    if left > 1:
        return [Row(f"{' · '.join(titles[:MOST_FIELDS])} and {left} more")]
    return [Row(" · ".join(titles))] if titles else []
