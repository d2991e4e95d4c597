"""Routes the request by rules, first match wins, and may set data on the way."""

from collections.abc import Iterator
from typing import Any

from engine.context import Run
from engine.definition import Definition, Step
from engine.problems import Problem, check_rule
from engine.rules import Undecidable
from engine.state import Token

LABEL, ICON, SHAPE = "Decision", "split", "diamond"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["branches"],
    "properties": {
        "branches": {
            "title": "Branches",
            "type": "array",
            "minItems": 1,
            "maxItems": 100,
            "items": {
                "type": "object",
                "required": ["outcome", "when"],
                "properties": {
                    "outcome": {
                        "type": "string",
                        "pattern": "^[a-z][a-z0-9_-]{0,59}$",
                        "not": {"const": "otherwise"},
                    },
                    "label": {"type": "string", "maxLength": 120},
                    "when": {"type": "string", "maxLength": 2000},
                    "set": {"type": "object", "maxProperties": 50},
                },
                "additionalProperties": False,
            },
        }
    },
}


def outcomes(step: Step) -> list[str]:
    names = [branch["outcome"] for branch in step.settings.get("branches", [])]
    return [*dict.fromkeys(names), "otherwise"]


def sentence(step: Step) -> str:
    branches = step.settings.get("branches", [])
    return " · ".join(branch.get("label") or branch["when"] for branch in branches)


def check(definition: Definition, step: Step) -> Iterator[Problem]:
    for number, branch in enumerate(step.settings.get("branches", [])):
        yield from check_rule(definition, step, f"/branches/{number}/when", branch["when"])


def enter(run: Run, token: Token) -> None:
    step = run.step(token)
    try:
        for branch in step.settings["branches"]:
            rule = run.definition.rule(branch["when"])
            if rule.holds(run.state.data, run.now):
                _take(run, token, branch, rule.reads(run.state.data))
                return
    except Undecidable as why:
        run.block(token, f"“{step.name}” cannot choose a way: {why}")
        return
    run.leave(token, "otherwise", by="rule")


def _take(run: Run, token: Token, branch: dict[str, Any], values: dict[str, Any]) -> None:
    facts: dict[str, Any] = {"why": {"rule": branch["when"], "values": values, "text": branch.get("label", "")}}
    if branch.get("set"):
        facts["set"] = branch["set"]
        if "reason" in branch["set"]:
            facts["reason"] = branch["set"]["reason"]
    run.leave(token, branch["outcome"], by="rule", **facts)
