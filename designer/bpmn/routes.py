"""Gateways of other tools: the answer of a task told from a decision by data, and its conditions as branches."""

import re
from collections.abc import Iterable

from designer.bpmn.conditions import Unclear, bare, rule_of
from designer.bpmn.model import Line, Shape
from designer.bpmn.reading import Json, Reading
from designer.edits.step_types import new_step, slug
from engine.reasons import reason
from engine.rules.lexer import MAX_TEXT

CHOOSING = ("exclusiveGateway", "inclusiveGateway", "complexGateway")
MAX_BRANCHES, LONGEST_LABEL = 100, 120
ELSE = {"otherwise", "else", "default"}
# What an answer is called, in conditions and on lines; the first that fits.
ANSWERS = {
    "changes_requested": re.compile(r"chang|rework|revis|correct|clarif|amend|send.?back|more.?info"),
    "rejected": re.compile(
        r"reject|declin|\bden(y|ied)|refus|disapprov|\bno\b|\bfalse\b|!\s*\w*(approv|accept|agree|confirm)"
    ),
    "approved": re.compile(r"approv|accept|agree|grant|confirm|\byes\b|\bok\b|\btrue\b"),
}
NEGATED = re.compile(r"\bnot\b")
ASKING = re.compile(r"approv|review|check|accept|sign|decid|decision|releas|confirm|agree|ok\b")


def answers(reading: Reading, task: Shape) -> tuple[str, dict[str, Line]] | None:
    """The gateway that tells what was decided at a task, and the line of each answer; None where none does."""
    onward = reading.leaving(task.id)
    gateway = reading.model.shapes.get(onward[0].target) if len(onward) == 1 else None
    if not gateway or gateway.tag not in CHOOSING[:1] or len(reading.model.entering[gateway.id]) != 1:
        return None
    lines = reading.leaving(gateway.id)
    if not 2 <= len(lines) <= len(ANSWERS):
        return None
    by_rule = any(line.rule for line in lines)
    if not by_rule and not ASKING.search(
        f"{gateway.name} {task.name} {' '.join(line.name for line in lines)}".casefold()
    ):
        return None
    found: dict[str, Line] = {}
    silent = []
    for line in lines:
        answer = _answer(line.rule if by_rule else line.name)
        if answer and answer not in found:
            found[answer] = line
        else:
            silent.append(line)
    missing = [answer for answer in ("approved", "rejected") if answer not in found]
    if len(silent) == 1 and len(missing) == 1 and not silent[0].rule:
        found[missing[0]] = silent.pop()
    whole = {"approved", "rejected"} <= found.keys() and not silent
    return (gateway.id, {answer: found[answer] for answer in reversed(ANSWERS) if answer in found}) if whole else None


def _answer(told: str) -> str:
    """Of a condition over anything but an answer, such as an amount: none."""
    text = bare(told).casefold()
    if re.search(r"[<>]|\d", text):
        return ""
    found = next((answer for answer, words in ANSWERS.items() if words.search(text)), "")
    return "rejected" if found == "approved" and NEGATED.search(text) else found


def decision(reading: Reading, shape: Shape) -> Json:
    lines = reading.leaving(shape.id)
    if shape.tag != "exclusiveGateway":
        reading.note(reason("bpmn_inclusive", name=reading.name(shape)))
    default = _default(shape, lines)
    branches: list[Json] = []
    outcomes: dict[str, str] = {}
    for line in [line for line in lines if line is not default][:MAX_BRANCHES]:
        branch = _branch(reading, shape, line, outcomes)
        branches.append(branch)
        outcomes[branch["outcome"]] = reading.led(line.target)
    if default:
        outcomes["otherwise"] = reading.led(default.target)
    return {**new_step("decision"), "branches": branches, "outcomes": outcomes}


def _default(shape: Shape, lines: list[Line]) -> Line | None:
    """The one the gateway names, or the only one without a condition."""
    named = [line for line in lines if line.id and line.id == shape.element.get("default")]
    bare_lines = [line for line in lines if not line.rule]
    called = [line for line in bare_lines if line.name.casefold() in ELSE]
    alone = bare_lines if len(bare_lines) == 1 and len(lines) > 1 else []
    return next(iter([*named, *called, *alone]), None)


def _branch(reading: Reading, shape: Shape, line: Line, taken: Iterable[str]) -> Json:
    label = (line.name or line.rule or reading.name(shape))[:LONGEST_LABEL]
    base = slug(line.name or "branch", 50)
    outcome, number = base, 1
    while outcome in taken or outcome in ELSE:
        number += 1
        outcome = f"{base}-{number}"
    return {"outcome": outcome, "label": label, "when": rule_or_note(reading, shape, line)}


def rule_or_note(reading: Reading, shape: Shape, line: Line) -> str:
    """Its condition as a rule; as it stands, with a note, where it is none."""
    if not line.rule:
        reading.note(reason("bpmn_no_condition", name=reading.name(shape), text=line.name or line.target))
        return ""
    try:
        rule, fields = rule_of(line.rule)
    except Unclear:
        reading.note(reason("bpmn_condition", name=reading.name(shape), rule=line.rule))
        return bare(line.rule)[:MAX_TEXT]
    for name, schema in fields.items():
        reading.fields[name] = {**schema, **reading.fields.get(name, {})}
    return rule
