"""Which fields surely hold a value at a step: what every way to it has asked for (a must-analysis of the data flow).

A field is known by its path ("address.country"); a list that surely has an entry by its path and "[]".
"""

from typing import Any

from engine.definition import Definition, Step
from engine.forms import schema as form_schema
from engine.forms.settled import Conditions
from engine.registry import some
from engine.rules import RuleError
from engine.schema_keywords import pattern
from engine.steps import Fills

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
    filling = some("engine.steps", Fills)
    return filling[step.type].known_after(definition, step, outcome, before) if step.type in filling else before


def after_form(definition: Definition, step: Step, before: Known, *, answered: bool = True) -> Known:
    """answered: whether somebody surely filled it in."""
    schema = definition.form(step.id)[0]
    asked, given = _names(schema), answers(schema)
    return without(before, asked) | (given if answered else before & given)


def after_rule(definition: Definition, text: str, before: Known, *, held: bool) -> Known:
    """When it was answered, with yes (held) or no. What is no rule, which is told elsewhere, changes nothing."""
    try:
        rule = definition.rule(text)
    except RuleError:
        return before
    proven = rule.if_true if held else rule.if_false
    return before | rule.needed | proven | {f"{name}[]" for name in proven}


def answers(schema: dict[str, Any]) -> Known:
    """What data that fit a form's schema surely hold: nothing that is asked for only under a condition."""
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
    """Those under conditions, too: what such a form hides, it clears."""
    return set(Conditions(schema).claimed(form_schema.resolve(schema, schema)[0]))


def without(known: Known, names: set[str]) -> Known:
    return frozenset(path for path in known if path.partition(".")[0].removesuffix("[]") not in names)
