"""Routes the request by rules, first match wins, and may set data on the way."""

from collections.abc import Iterator
from typing import Any

from engine.card_rows import Row, in_words
from engine.clauses import Clause, field_title, rule_words
from engine.context import Run
from engine.definition import Definition, Step
from engine.events.steps import Why
from engine.filled import Known, after_rule, without
from engine.people import Directory
from engine.problems import Problem, check_rule, problem
from engine.reasons import said
from engine.request_data import misfits
from engine.state import Token
from engine.stops import Stop
from engine.wording.values import clean, plain_name, quote, value

LABEL, ICON, SHAPE = "Decision", "split", "diamond"
ROLE = "step"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["branches"],
    "properties": {
        "branches": {
            "title": "Branches",
            "format": "branches",
            "default": [{"outcome": "yes", "label": "Yes", "when": ""}],
            "type": "array",
            "minItems": 1,
            "maxItems": 100,
            "items": {
                "title": "Branch",
                "type": "object",
                "required": ["outcome", "when"],
                "properties": {
                    "outcome": {
                        "title": "Id",
                        "type": "string",
                        "pattern": "^[a-z][a-z0-9_-]{0,59}$",
                        "not": {"const": "otherwise"},
                    },
                    "label": {"title": "Name", "type": "string", "maxLength": 120},
                    "when": {"title": "When", "type": "string", "format": "rule", "maxLength": 2000},
                    "set": {
                        "title": "Sets",
                        "description": "Values of the request from here on, by field.",
                        "type": "object",
                        "format": "pairs",
                        "propertyNames": {"format": "data-field"},
                        "maxProperties": 50,
                    },
                },
                "additionalProperties": False,
            },
        }
    },
}


def outcomes(step: Step) -> list[str]:
    names = [branch["outcome"] for branch in step.settings.get("branches", [])]
    return [*dict.fromkeys(names), "otherwise"]


def sentence(step: Step, _: Directory | None = None) -> str:
    branches = step.settings.get("branches", [])
    return " · ".join(branch.get("label") or branch["when"] for branch in branches)


def rows(definition: Definition, step: Step, _: Directory | None = None) -> list[Row]:
    """The rules in words, with the name of their branch where there are several."""
    branches = step.settings.get("branches", [])
    names = [f"{branch.get('label') or branch['outcome']}: " if len(branches) > 1 else "" for branch in branches]
    rules = [in_words(definition, branch["when"]) for branch in branches]
    return [Row(f"{'w' if name else 'W'}hen {rule}", lead=name) for name, rule in zip(names, rules, strict=True)]


def clauses(definition: Definition, step: Step, _: Directory | None = None) -> Iterator[Clause]:
    """A clause for each branch, and one for the rest."""
    branches = step.settings["branches"]
    if len(branches) > 1:
        yield Clause("The first of these rules that applies decides")
    for branch in branches:
        label = f"{clean(branch['label'], 120)}: when" if branch.get("label") else "When"
        yield Clause(f"{label} {rule_words(definition, branch['when'])}", branch["outcome"], _given(definition, branch))
    yield Clause("In every other case", "otherwise")


def _given(definition: Definition, branch: dict[str, Any]) -> tuple[str, ...]:
    given = branch.get("set", {}).items()
    return tuple(
        f"The reason on record is {quote(one)}"
        if name == "reason"
        else f"{field_title(definition, name)} is set to {one}"
        for name, one in ((name, value(one)) for name, one in given)
    )


def check(definition: Definition, step: Step) -> Iterator[Problem]:
    for number, branch in enumerate(step.settings.get("branches", [])):
        yield from check_rule(definition, step, f"/branches/{number}/when", branch["when"])


def nowhere(step: Step, outcome: str) -> Problem:
    place = f"/outcomes/{outcome}"
    if outcome == "otherwise":
        return problem("otherwise_missing", step.id, place)
    labels = {branch["outcome"]: branch.get("label") for branch in step.settings["branches"]}
    return problem("branch_missing", step.id, place, branch=labels.get(outcome) or plain_name(outcome))


def known_after(definition: Definition, step: Step, outcome: str, before: Known) -> Known:
    branches = step.settings["branches"]
    if outcome == "otherwise":
        return _known_at_branch(definition, step, len(branches), before)
    ways = [
        _taken(definition, branch, _known_at_branch(definition, step, number, before))
        for number, branch in enumerate(branches)
        if branch["outcome"] == outcome
    ]
    return frozenset.intersection(*ways) if ways else before


def _taken(definition: Definition, branch: dict[str, Any], before: Known) -> Known:
    given = branch.get("set", {})
    full = {name for name, value in given.items() if value is not None and value not in ("", [])}
    return without(after_rule(definition, branch["when"], before, held=True), set(given)) | full


def routed(step: Step, outcome: str) -> Iterator[list[tuple[str, bool]]]:
    """The first branch whose rule holds is taken, so those above it did not."""
    given = step.settings.get("branches")
    branches = [branch for branch in given if isinstance(branch, dict)] if isinstance(given, list) else []
    above: list[tuple[str, bool]] = []
    for branch in branches:
        rule = str(branch.get("when", ""))
        if branch.get("outcome") == outcome:
            yield [*above, (rule, True)]
        above.append((rule, False))
    if outcome == "otherwise":
        yield above


def known_at(definition: Definition, step: Step, field: str, before: Known) -> Known:
    return _known_at_branch(definition, step, int(field.split("/")[2]), before)


def _known_at_branch(definition: Definition, step: Step, number: int, before: Known) -> Known:
    """When its rule is asked: those above it did not hold."""
    for branch in step.settings["branches"][:number]:
        before = after_rule(definition, branch["when"], before, held=False)
    return before


def enter(run: Run, token: Token) -> None:
    for branch in run.step(token).settings["branches"]:
        rule = run.definition.rule(branch["when"])
        if rule.holds(run.state.data, run.now):
            _take(run, token, branch, rule.reads(run.state.data))
            return
    run.leave(token, "otherwise", by="rule")


def _take(run: Run, token: Token, branch: dict[str, Any], values: dict[str, Any]) -> None:
    why = Why(branch["when"], values, branch.get("label", ""))
    run.leave(token, branch["outcome"], by="rule", why=why, **_set(run, token, branch.get("set", {})))


def _set(run: Run, token: Token, values: dict[str, Any]) -> dict[str, Any]:
    """What a branch sets, checked against the data. `reason` is also why the request ends."""
    why = values.get("reason", "")
    if not isinstance(why, str):
        raise Stop("reason_no_text", step=token.step)
    if wrong := misfits(run.definition.data_schema, run.state.data, values) if values else []:
        raise Stop("set_unfit", step=token.step, pointer=wrong[0].pointer, why=wrong[0].reason)
    facts: dict[str, Any] = {"values": values}
    return facts | ({"reason": said("stated", why)} if "reason" in values else {})
