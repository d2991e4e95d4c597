"""Which fields surely hold a value at a step: what every way to it has asked for (a must-analysis of the data flow).

A field is known by its path ("address.country"); a list that surely has an entry by its path and "[]".
"""

from typing import Any

from engine.definition import Definition, Step
from engine.forms import schema as form_schema
from engine.rules import Rule, RuleError
from engine.schema_keywords import pattern

Known = frozenset[str]
NOTHING: Known = frozenset()
# An empty text is none of these.
TELLING_FORMATS = {"date", "date-time", "time", "email", "uuid", "uri"}


def filled(definition: Definition) -> dict[str, Known]:
    """By step, what is known when it is reached; steps that nothing leads to are left out."""
    known: dict[str, Known] = {definition.start: NOTHING}
    ahead = [definition.start]
    while ahead:
        step = definition.steps[ahead.pop()]
        for outcome, target in step.outcomes.items():
            if target not in definition.steps:
                continue
            after = after_outcome(definition, step, outcome, known[step.id])
            both = known[target] & after if target in known else after
            if known.get(target) != both:
                known[target] = both
                ahead.append(target)
    return known


def after_outcome(definition: Definition, step: Step, outcome: str, before: Known) -> Known:
    """What is known when the step is left that way."""
    if step.type == "decision":
        return _decided(definition, step, outcome, before)
    if step.type == "action" and outcome == "done" and "save" in step.settings:
        return _without(before, {step.settings["save"]}) | {step.settings["save"]}
    if step.type not in ("start", "form") and "form" not in step.settings:
        return before
    schema = definition.form(step.id)[0]
    asked, answered = _names(schema), answers(schema)
    if step.type in ("start", "form"):
        return _without(before, asked) | answered if outcome == "submitted" else before
    kept = _without(before, asked) | (before & answered)
    return kept | answered if outcome == "approved" and _always_answered(step) else kept


def branch_knows(definition: Definition, step: Step, number: int, before: Known) -> Known:
    """What is known when a branch's rule is asked: those above it did not hold."""
    for branch in step.settings["branches"][:number]:
        if rule := _rule(definition, branch["when"]):
            before |= rule.needed | _proven(rule.if_false)
    return before


def answers(schema: dict[str, Any]) -> Known:
    """What data that fit a form's schema surely hold."""
    return frozenset(_answers(schema, schema, ""))


def _answers(schema: Any, root: dict[str, Any], path: str) -> set[str]:
    resolved = form_schema.resolve(schema, root)[0]
    required, found = resolved.get("required") or [], set()
    for name, part in (resolved.get("properties") or {}).items():
        inside = form_schema.resolve(part, root)[0]
        if name not in required or not _never_empty(inside, root):
            continue
        found.add(f"{path}{name}")
        if form_schema.types(inside) == ["object"]:
            found |= _answers(part, root, f"{path}{name}.")
        if form_schema.types(inside) == ["array"] and inside.get("minItems", 0) > 0:
            found.add(f"{path}{name}[]")
    return found


def _never_empty(resolved: dict[str, Any], root: dict[str, Any]) -> bool:
    choices = [resolved["const"]] if "const" in resolved else None
    if choices is None and (found := form_schema.choices(resolved)):
        choices = [choice.value for choice in found]
    if choices is not None:
        return not any(value is None or value == "" for value in choices)
    types = form_schema.types(resolved)
    if not types and (options := resolved.get("anyOf") or resolved.get("oneOf")):
        return all(_never_empty(form_schema.resolve(option, root)[0], root) for option in options)
    if "string" in types and not resolved.get("minLength") and resolved.get("format") not in TELLING_FORMATS:
        return "pattern" in resolved and not pattern(resolved["pattern"]).search("")
    return bool(types) and "null" not in types


def _names(schema: dict[str, Any]) -> set[str]:
    return set(form_schema.resolve(schema, schema)[0].get("properties") or {})


def _without(known: Known, names: set[str]) -> Known:
    return frozenset(path for path in known if path.partition(".")[0].removesuffix("[]") not in names)


def _always_answered(step: Step) -> bool:
    """Whether nobody can pass without having filled in the approval's form."""
    policy = step.settings.get("timeout") or {}
    by_clock = any(
        policy.get(field) == "approve" or isinstance(policy.get(field), dict) for field in ("then", "finally")
    )
    return not by_clock and "automatic" not in step.settings and step.settings.get("resubmit") != "keep"


def _decided(definition: Definition, step: Step, outcome: str, before: Known) -> Known:
    branches = step.settings["branches"]
    if outcome == "otherwise":
        return branch_knows(definition, step, len(branches), before)
    ways = [
        _taken(definition, branch, branch_knows(definition, step, number, before))
        for number, branch in enumerate(branches)
        if branch["outcome"] == outcome
    ]
    return frozenset.intersection(*ways) if ways else before


def _taken(definition: Definition, branch: dict[str, Any], before: Known) -> Known:
    rule = _rule(definition, branch["when"])
    if rule:
        before |= rule.needed | _proven(rule.if_true)
    given = branch.get("set", {})
    full = {name for name, value in given.items() if value is not None and value not in ("", [])}
    return _without(before, set(given)) | full


def _proven(names: Known) -> set[str]:
    return set(names) | {f"{name}[]" for name in names}


def _rule(definition: Definition, text: str) -> Rule | None:
    """None for what is no rule, which is told elsewhere."""
    try:
        return definition.rule(text)
    except RuleError:
        return None
