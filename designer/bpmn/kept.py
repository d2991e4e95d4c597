"""Files of our own: the document that they keep, and what another tool changed in the drawing since."""

from typing import Any

from designer.bpmn.model import Line, Model, Shape
from designer.bpmn.reading import LONGEST_NAME, Json, Reading
from designer.bpmn.routes import rule_or_note
from designer.bpmn.symbols import Diagram, Flow, diagram, left_by_of
from designer.bpmn.write import legal
from designer.edits.draft_flow import MAX_NAME, MAX_STEPS, outcomes_of
from designer.edits.step_types import offered
from engine.reasons import reason


def original(model: Model) -> Json | None:
    """The document as it was exported, without the steps that were taken out since; None for a file of others."""
    if model.kept is None:
        return None
    document: Json = dict(model.kept)
    own = {
        shape.kept["id"]: shape.kept["step"]
        for shape in list(model.shapes.values())
        if shape.kept and isinstance(shape.kept.get("id"), str) and isinstance(shape.kept.get("step"), dict)
    }
    known = document.get("steps")
    if isinstance(known, dict):
        # What was no step stands there itself; a step stands in its element.
        there = {key: own.get(key) if isinstance(value, dict) else value for key, value in known.items()}
        kept = {key: value for key, value in there.items() if value is not None or known[key] is None}
        document["steps"] = dict(list(kept.items())[:MAX_STEPS]) if own else kept
    return document


def recognised(reading: Reading, document: Json) -> Diagram:
    """The diagram of the document as it was; its shapes are those of the file with the same ids."""
    was = diagram(document)
    for node in was.nodes.values():
        if node.part == "step" and node.id in reading.model.shapes:
            reading.keys[node.id] = node.step
    return was


def overlay(reading: Reading, document: Json, was: Diagram) -> None:
    """Names, descriptions, targets and conditions that are not as they were exported."""
    name = document.get("name")
    _renamed(reading.model, name if isinstance(name, str) else "", LONGEST_NAME, document)
    for shape in list(reading.model.shapes.values()):
        node = was.nodes.get(shape.id)
        if node and node.part == "step":
            step = document["steps"][node.step] = dict(document["steps"][node.step])
            _renamed(shape, node.name, MAX_NAME, step)
            _led(reading, shape, was, node.step, step)
    begin = next((flow for flow in was.flows if was.nodes[flow.source].part == "begin"), None)
    line = reading.model.lines.get(begin.id) if begin else None
    target = reading.led(line.target) if line else ""
    if begin and target and target != was.nodes[begin.target].step:
        document["start"] = target


def _renamed(found: Model | Shape, before: str, longest: int, kept: Json) -> None:
    """before: the name that was exported."""
    if found.name and found.name != _one_line(before):
        kept["name"] = found.name[:longest]
    described = kept.get("description")
    written = legal(described).strip() if isinstance(described, str) else ""
    if found.description != written.replace("\r\n", "\n").replace("\r", "\n"):
        kept["description"] = found.description


def _one_line(name: str) -> str:
    return " ".join(legal(name).split())


def _led(reading: Reading, shape: Shape, was: Diagram, key: str, step: Json) -> None:
    result = f"result.{shape.id}"
    events = [event.id for event in reading.model.events.get(shape.id, [])]
    sources = [shape.id, *events, *([result] if result in was.nodes else [])]
    lines = {line.id: line for source in sources for line in reading.leaving(source) if line.target != result}
    ways = [flow for source in sources if source in was.nodes for flow in was.leaving[source]]
    for flow in ways:
        if flow.outcome is None:
            continue
        line = lines.pop(flow.id, None)
        if line is None:
            _lead(step, flow.outcome, "")
            continue
        target = reading.led(line.target)
        if target != was.nodes[flow.target].step:
            _lead(step, flow.outcome, target)
        if line.rule != flow.rule.strip() and line.rule:
            _ruled(reading, shape, step, flow, line)
    for line in lines.values():
        drawn(reading, shape, key, step, line)


def _lead(step: Json, outcome: str, target: str) -> None:
    """In the order in which they were; to no step: the outcome is open."""
    known = step.get("outcomes")
    led = {**(known if isinstance(known, dict) else {}), outcome: target}
    step["outcomes"] = led if target else {name: to for name, to in led.items() if name != outcome}


def _ruled(reading: Reading, shape: Shape, step: Json, flow: Flow, line: Line) -> None:
    known = step.get("branches")
    branches: list[Any] = known if isinstance(known, list) else []
    mine = [one for one in branches if isinstance(one, dict) and one.get("outcome") == flow.outcome]
    if len(mine) == 1:
        new = {**mine[0], "when": rule_or_note(reading, shape, line)}
        step["branches"] = [new if one is mine[0] else one for one in branches]


def drawn(reading: Reading, shape: Shape, key: str, step: Json, line: Line) -> None:
    """A new line: the way out that it says it is, else that of the event it begins at, else the first open one."""
    source = reading.model.shapes.get(line.source)
    event = source.event if source else ""
    left_by = left_by_of(step.get("type"))
    known = set(reading.keys.values())
    led = {name for name, to in outcomes_of(step).items() if to in known}
    ways = [name for name in [*offered(key, step), *left_by] if left_by.get(name, "") == event and name not in led]
    if line.outcome is not None and line.outcome not in led:
        ways.insert(0, line.outcome)
    if ways:
        _lead(step, ways[0], reading.led(line.target))
    else:
        reading.note(reason("bpmn_new_line", name=reading.name(shape)))
