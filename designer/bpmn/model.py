"""A BPMN file as flow nodes and sequence flows, whoever wrote it, before any of it means something here."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from msgspec import DecodeError

from designer.bpmn import Unread
from designer.bpmn.xml import OWN, local, parts, text
from engine.json_text import loads

NESTED = ("subProcess", "transaction", "adHocSubProcess")
NODES = frozenset(
    """startEvent endEvent intermediateThrowEvent intermediateCatchEvent boundaryEvent task userTask manualTask
    serviceTask sendTask receiveTask scriptTask businessRuleTask callActivity exclusiveGateway inclusiveGateway
    parallelGateway eventBasedGateway complexGateway""".split()
) | set(NESTED)
# What explains a drawing and does nothing.
ASIDE = ("dataObject", "dataObjectReference", "dataStoreReference", "textAnnotation", "group")


@dataclass(frozen=True, slots=True)
class Shape:
    """host: the activity at whose edge an event is. inside: the embedded process it stands in. lane: its name.

    kept: what a file of ours keeps of the step.
    """

    id: str
    tag: str
    name: str
    element: Element
    host: str = ""
    inside: str = ""
    lane: str = ""
    kept: dict[str, object] | None = None

    @property
    def event(self) -> str:
        """What kind of event it is: timer, message, error and so on; nothing for a plain one."""
        named = (local(part) for part in self.element if local(part).endswith("EventDefinition"))
        return next(named, "").removesuffix("EventDefinition")

    @property
    def description(self) -> str:
        return _documentation(self.element)


@dataclass(frozen=True, slots=True)
class Line:
    """outcome: the way out that a file of ours says it is."""

    id: str
    source: str
    target: str
    name: str
    rule: str
    outcome: str | None = None


@dataclass(slots=True)
class Model:
    """kept: what a file of ours keeps of the definition. others: names of processes that were not read."""

    process: Element
    name: str
    kept: dict[str, object] | None = None
    shapes: dict[str, Shape] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    leaving: dict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))
    entering: dict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))
    events: dict[str, list[Shape]] = field(default_factory=lambda: defaultdict(list))
    others: list[str] = field(default_factory=list)
    aside: int = 0

    @property
    def description(self) -> str:
        return _documentation(self.process)


def model_of(root: Element) -> Model:
    """Of the process with the most in it. Raises Unread where there is none."""
    processes = list(parts(root, "process"))
    if local(root) != "definitions" or not processes:
        raise Unread("bpmn_no_process")
    chosen = max(processes, key=lambda process: sum(local(part) in NODES for part in process))
    pools = {
        part.get("processRef", ""): part.get("name", "")
        for collaboration in parts(root, "collaboration")
        for part in parts(collaboration, "participant")
    }
    model = Model(chosen, _named(chosen) or pools.get(chosen.get("id", ""), ""), _kept(chosen, "definition"))
    model.others = [_named(other) or pools.get(other.get("id", ""), "") for other in processes if other is not chosen]
    model.aside = sum(len(list(parts(one, "messageFlow"))) for one in parts(root, "collaboration"))
    _read(model, chosen, "", _lanes(chosen))
    for line in model.lines.values():
        model.leaving[line.source].append(line)
        model.entering[line.target].append(line)
    return model


def _read(model: Model, process: Element, inside: str, lanes: dict[str, str]) -> None:
    for part in process:
        name, key = local(part), part.get("id", "")
        if name in NODES and key and key not in model.shapes:
            host, lane = part.get("attachedToRef", ""), lanes.get(key, lanes.get(inside, ""))
            shape = Shape(key, name, _named(part), part, host, inside, lane, _kept(part, "settings"))
            model.shapes[key] = shape
            if host:
                model.events[host].append(shape)
            if name in NESTED:
                _read(model, part, key, lanes | ({key: lane} if lane else {}))
        elif name == "sequenceFlow":
            rule = text(next(parts(part, "conditionExpression"), None))
            ends = part.get("sourceRef", ""), part.get("targetRef", "")
            model.lines[key or f"line {len(model.lines)}"] = Line(
                key, *ends, _named(part), rule, part.get(f"{{{OWN}}}outcome")
            )
        model.aside += name in ASIDE


def _lanes(process: Element) -> dict[str, str]:
    """The name of the lane that each node is in; the innermost one, where lanes hold lanes."""
    return {
        text(reference): lane.get("name", "").strip()
        for lane in process.iter()
        if local(lane) == "lane"
        for reference in parts(lane, "flowNodeRef")
    }


def _documentation(element: Element) -> str:
    return text(next(parts(element, "documentation"), None))


def _named(element: Element) -> str:
    return " ".join(element.get("name", "").split())


def _kept(element: Element, name: str) -> dict[str, object] | None:
    for extension in parts(element, "extensionElements"):
        for kept in extension.iter(f"{{{OWN}}}{name}"):
            try:
                found = loads(text(kept))
            except (DecodeError, ValueError, RecursionError):
                return None
            return found if isinstance(found, dict) else None
    return None


def extensions(element: Element, name: str) -> Iterator[Element]:
    """Elements of other tools in what they may add, by their name alone."""
    for extension in parts(element, "extensionElements"):
        yield from (part for part in extension.iter() if part.tag.rpartition("}")[2] == name)


def attribute(element: Element, name: str) -> str:
    """An attribute of another tool, by its name alone."""
    return next((value.strip() for key, value in element.items() if key.rpartition("}")[2] == name), "")
