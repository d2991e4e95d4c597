"""Reads and writes of the request's data, proved before publishing: what is read is there, what is written fits."""

from collections.abc import Iterator
from typing import Any

from engine.definition import Definition, Step
from engine.filled import Known, filled
from engine.forms import schema as form_schema
from engine.forms.settled import Conditions
from engine.problems import Problem, problem, settings_named
from engine.registry import some
from engine.rules import Rule, RuleError
from engine.rules.types import LIST, TEXT, inside, kind
from engine.schemas import validate
from engine.steps import Rules, asks_form
from engine.timers import ACTIONS

Schema = dict[str, Any]
# What a setting may be read from: by its name, the problem where the field is something else.
READ_AS = {
    "after": "reads_duration",
    "within": "reads_duration",
    "then": "reads_action",
    "finally": "reads_action",
    "quorum": "reads_count",
    "who": "reads_people",
}


def data_problems(definition: Definition) -> Iterator[Problem]:
    known = filled(definition)
    for key, step in definition.steps.items():
        if key in known:
            yield from _rules(definition, step, known[key])
            yield from _fields(definition, step, known[key])
        yield from _writes(definition, step)
    yield from _start_form(definition)


def _rules(definition: Definition, step: Step, known: Known) -> Iterator[Problem]:
    asking = some("engine.steps", Rules)
    for field, text in settings_named(step.settings, "when", str):
        try:
            rule = definition.rule(text)
        except RuleError:
            continue
        here = asking[step.type].known_at(definition, step, field, known) if step.type in asking else known
        yield from _unknown(definition, step, field, rule, here)


def _unknown(definition: Definition, step: Step, field: str, rule: Rule, known: Known) -> Iterator[Problem]:
    for name in sorted(rule.needed - known):
        code = "rule_reads_text" if _is_required_text(definition, name) else "rule_reads_empty"
        yield problem(code, step.id, field, rule=rule.text, name=name)
    for name in sorted(name for name in rule.filled if f"{name}[]" not in known and name in known):
        yield problem("rule_reads_list", step.id, field, rule=rule.text, name=name)


def _is_required_text(definition: Definition, name: str) -> bool:
    """A required text may still be an empty one."""
    top = name.partition(".")[0]
    forms = [definition.form(step.id)[0] for step in definition.steps.values() if asks_form(step, deciding=False)]
    part = form_schema.resolve(_field(definition, top), definition.data_schema)[0]
    return any(top in form.get("required", []) for form in forms) and part.get("type") == "string"


def _fields(definition: Definition, step: Step, known: Known) -> Iterator[Problem]:
    """Settings that are read from a field of the data."""
    for pointer, name in settings_named(step.settings, "field", str):
        setting = _setting(pointer)
        part, place = _field(definition, name), pointer.removesuffix("/field")
        if setting is None or (setting == "who" and part is None):
            continue
        if part is None:
            yield problem("setting_no_field", step.id, place, setting=setting, name=name)
        elif not _fits(setting, part, definition.data_schema):
            yield problem(READ_AS[setting], step.id, place, setting=setting, name=name, offered=ACTIONS)
        elif name not in known and not (setting == "who" and _has_others(step.settings, place)):
            code = "setting_reads_text" if _is_required_text(definition, name) else "setting_reads_empty"
            yield problem(code, step.id, place, setting=setting, name=name)
        if setting in ("then", "finally") and "timed_out" in _choices(part) and "timed_out" not in step.outcomes:
            yield problem("timed_out_missing", step.id, "/outcomes/timed_out", name=name)


def _setting(pointer: str) -> str | None:
    """The name of the setting that a {"field": …} stands for; None for one that means something else."""
    parts = pointer.split("/")[:-1]
    if parts[-1].isdecimal() and len(parts) > 1 and parts[-2] in ("who", "to"):
        return "who"
    return parts[-1] if parts[-1] in READ_AS and (parts[1] in ("timeout", "levels") or len(parts) == 2) else None


def _fits(setting: str, part: Schema, root: Schema) -> bool:
    of, resolved = kind(part, root), form_schema.resolve(part, root)[0]
    if setting in ("then", "finally"):
        return bool(_choices(part)) and set(_choices(part)) <= set(ACTIONS)
    if setting == "quorum":
        return all(_is_count(option) for option in resolved.get("anyOf") or resolved.get("oneOf") or [resolved])
    return of in ((TEXT, LIST + TEXT) if setting == "who" else (TEXT,))


def _is_count(option: Schema) -> bool:
    return option.get("const") == "all" or (option.get("type") == "integer" and option.get("minimum", 0) >= 1)


def _choices(part: Any) -> list[Any]:
    return [choice.value for choice in form_schema.choices(part) or []] if isinstance(part, dict) else []


def _has_others(settings: Schema, place: str) -> bool:
    """Whether somebody else is asked, too, where this entry names nobody."""
    entries: Any = settings
    for part in place.split("/")[1:-1]:
        entries = entries[int(part)] if isinstance(entries, list) else entries[part]
    return len(entries) > 1


def _writes(definition: Definition, step: Step) -> Iterator[Problem]:
    for number, branch in enumerate(step.settings.get("branches", [])):
        for name, value in branch.get("set", {}).items():
            field = f"/branches/{number}/set/{name}"
            if name == "reason" and not isinstance(value, str):
                yield problem("reason_type", step.id, field)
            elif name != "reason" or _field(definition, name) is not None:
                yield from _written(definition, step, field, name, value)
    if "save" in step.settings:
        name, part = step.settings["save"], _field(definition, step.settings["save"])
        if part is None:
            yield problem("save_no_field", step.id, "/save", name=name)
        elif "object" not in (form_schema.types(form_schema.resolve(part, definition.data_schema)[0]) or ["object"]):
            yield problem("save_no_object", step.id, "/save", name=name)


def _written(definition: Definition, step: Step, field: str, name: str, value: Any) -> Iterator[Problem]:
    part = _field(definition, name)
    if part is None:
        yield problem("set_no_field", step.id, field, name=name)
        return
    whole = {**definition.data_schema, "required": [], "allOf": [], "properties": {name: part}}
    for error in validate(whole, {name: value})[:1]:
        yield problem("set_wrong", step.id, field, name=name, why=error.reason)


def _start_form(definition: Definition) -> Iterator[Problem]:
    """A request form that asks for all of the data would let the requester write, and erase, what steps fill in."""
    start = definition.steps[definition.start]
    if "schema" in (start.settings.get("form") or {}):
        return
    for step in definition.steps.values():
        theirs = [name for name in _written_by(definition, step) if _field(definition, name) is not None]
        if step.id != start.id and theirs:
            yield problem("start_asks_all", start.id, "/form/schema", steps=[step.id], name=theirs[0])
            return


def _written_by(definition: Definition, step: Step) -> list[str]:
    names = [name for branch in step.settings.get("branches", []) for name in branch.get("set", {})]
    names += [step.settings["save"]] if "save" in step.settings else []
    if asks_form(step) and "form" in step.settings:
        schema = definition.form(step.id)[0]
        names += Conditions(schema).claimed(form_schema.resolve(schema, schema)[0])
    return names


def _field(definition: Definition, name: str) -> Any:
    return inside(definition.data_schema, name, definition.data_schema)
