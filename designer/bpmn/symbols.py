"""The flow nodes and sequence flows of BPMN that a definition, or any draft, is drawn with."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from designer.drawable import drawable
from designer.drawing.words import outcome_label
from engine.definition import Step
from engine.registry import some
from engine.steps import Notated, Routes, role, step_types
from engine.timers import DEFAULT, DurationError
from engine.wording.relative_time import duration
from engine.wording.values import clean

# An id of XML without a point: those with one are made here, so that none is there twice.
NCNAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
LONGEST = 80
Part = Literal["step", "begin", "result", "timer", "error"]


@dataclass(frozen=True, slots=True)
class Node:
    """part: what it is of its step. host: the task at whose edge an event is. limit: how long, as the step has it.

    interrupts: whether the task ends when the event comes.
    """

    id: str
    tag: str
    name: str
    step: str
    part: Part = "step"
    host: str = ""
    limit: Any = None
    interrupts: bool = True


@dataclass(frozen=True, slots=True)
class Flow:
    """outcome: the way out of the step that it is; None where it only joins the parts of one. rule: when it is taken.

    default: of a gateway, the way for all that no other is taken for.
    """

    id: str
    source: str
    target: str
    outcome: str | None = None
    name: str = ""
    rule: str = ""
    default: bool = False


class Diagram:
    """In the order of the document. ids: of the nodes that are steps, by the id of the step."""

    def __init__(self, ids: Mapping[str, str]) -> None:
        self.ids = ids
        self.nodes: dict[str, Node] = {}
        self.flows: list[Flow] = []
        self.leaving: dict[str, list[Flow]] = defaultdict(list)
        self.entering: dict[str, list[Flow]] = defaultdict(list)

    def add(self, node: Node) -> None:
        self.nodes[node.id] = node

    def lead(self, flow: Flow) -> None:
        self.flows.append(flow)
        self.leaving[flow.source].append(flow)
        self.entering[flow.target].append(flow)


def diagram(document: dict[str, Any]) -> Diagram:
    """document: any JSON object; what is no step in it is left out."""
    drawn = drawable(document)
    steps: dict[str, dict[str, Any]] = drawn["steps"]
    ids = {key: key if NCNAME.fullmatch(key) else f"step.{number}" for number, key in enumerate(steps)}
    made = Diagram(ids)
    if drawn["start"] and drawn["start"] in steps:
        first = ids[drawn["start"]]
        made.add(Node(f"start.{first}", "startEvent", "", drawn["start"], "begin"))
        made.lead(Flow(f"begin.{first}", f"start.{first}", first))
    for key, step in steps.items():
        _add(made, key, step)
    return made


def tag_of(kind: str) -> str:
    """The element that a type of step is."""
    known = some("engine.steps", Notated)
    if kind in known:
        return known[kind].BPMN
    if role(kind) == "end":
        return "endEvent"
    return "exclusiveGateway" if kind in step_types() and step_types()[kind].SHAPE == "diamond" else "task"


def _add(made: Diagram, key: str, step: dict[str, Any]) -> None:
    kind, own = step["type"], made.ids[key]
    made.add(Node(own, tag_of(kind), clean(step["name"], LONGEST), key))
    if role(kind) == "end":
        return
    left_by = left_by_of(kind)
    through = own
    if made.nodes[own].tag != "exclusiveGateway" and len(step["outcomes"].keys() - left_by.keys()) > 1:
        through = f"result.{own}"
        made.add(Node(through, "exclusiveGateway", "", key, "result"))
        made.lead(Flow(f"done.{own}", own, through))
    events: dict[str, Node] = {event.part: event for event in _events(key, own, step)}
    for event in events.values():
        made.add(event)
    if "timer" in events and events["timer"].interrupts and "timed_out" not in step["outcomes"]:
        made.lead(Flow(f"late.{own}", events["timer"].id, through))
    for number, (outcome, target) in enumerate(step["outcomes"].items()):
        source = events[left_by[outcome]].id if outcome in left_by else through
        if target and target in made.ids:
            made.lead(_flow(made, key, step, number, source, outcome))


def left_by_of(kind: object) -> Mapping[str, str]:
    """Of a type of step: the events on which it is left, by the way out."""
    known = some("engine.steps", Notated)
    return known[kind].LEFT_BY if isinstance(kind, str) and kind in known else {}


def _events(key: str, own: str, step: dict[str, Any]) -> Iterator[Node]:
    """At the edge of its task: a timer where it has a time limit, and whatever its ways out are left on."""
    parts = {part for outcome, part in left_by_of(step["type"]).items() if outcome in step["outcomes"]}
    if "timeout" in _settings(step["type"]) or "timer" in parts:
        limit = step.get("timeout") or DEFAULT
        after, then = limit.get("after", DEFAULT["after"]), limit.get("then", "reject")
        if after is not None or "timer" in parts:
            leaves = then in ("approve", "reject") or "timer" in parts
            yield Node(f"timer.{own}", "boundaryEvent", _within(after), key, "timer", own, after, interrupts=leaves)
    if "error" in parts:
        yield Node(f"error.{own}", "boundaryEvent", "", key, "error", own)


def _settings(kind: str) -> Mapping[str, Any]:
    settings: dict[str, Any] = step_types()[kind].SCHEMA.get("properties", {}) if kind in step_types() else {}
    return settings


def _within(after: Any) -> str:
    try:
        return duration(after) if isinstance(after, str) else ""
    except DurationError:
        return str(after)


def _flow(made: Diagram, key: str, step: dict[str, Any], number: int, source: str, outcome: str) -> Flow:
    named = outcome if NCNAME.fullmatch(outcome) else str(number)
    branches = made.nodes[source].tag == "exclusiveGateway"
    rules = _rules(key, step, outcome) if branches else []
    return Flow(
        id=f"flow.{made.ids[key]}.{named}",
        source=source,
        target=made.ids[step["outcomes"][outcome]],
        outcome=outcome,
        name=outcome_label(step, outcome) if branches else "",
        rule=" or ".join(rules),
        default=branches and rules == [],
    )


def _rules(key: str, step: dict[str, Any], outcome: str) -> list[str]:
    """Any of which takes that way; none for the way that is left. Only of its answer what leads on is said."""
    routing = some("engine.steps", Routes)
    if step["type"] not in routing:
        return [f"outcome == {outcome!r}"]
    settings = Step(key, step["type"], step["name"], step["outcomes"], step)
    taken = [[rule for rule, held in each if held] for each in routing[step["type"]].routed(settings, outcome)]
    alternatives = [" and ".join(rules) for rules in taken if rules]
    return alternatives if len(alternatives) == 1 else [f"({rule})" for rule in alternatives]
