"""Shapes of other tools as new steps of a flow; what there is no step for is passed by, and told."""

from designer.bpmn.kept import drawn
from designer.bpmn.model import NESTED, Shape, attribute
from designer.bpmn.reading import Json, Reading
from designer.bpmn.routes import CHOOSING, answers
from designer.bpmn.symbols import Diagram
from designer.bpmn.work import BUILDERS, PEOPLE, onward, step_of
from designer.bpmn.xml import parts
from designer.edits.draft_flow import MAX_NAME, MAX_STEPS
from designer.edits.step_types import new_step
from engine.reasons import reason
from engine.wording.values import clean

# Of them nothing is told: others do the same, or nothing happens there.
SILENT = ("startEvent", "endEvent", *CHOOSING)
KEPT_FOR_LATER = 2


def begin(reading: Reading) -> str:
    """The id of a request form, for the first start event; all else is still to come."""
    key = reading.free("request")
    reading.added[key] = new_step("start")
    starts = [shape for shape in reading.model.shapes.values() if shape.tag == "startEvent" and not shape.inside]
    if len(starts) > 1:
        reading.note(reason("bpmn_starts", count=len(starts)))
    for start in starts[:1]:
        reading.keys[start.id] = key
        reading.added[key]["name"] = clean(start.name, MAX_NAME) or reading.added[key]["name"]
        if start.event:
            reading.note(reason("bpmn_start", event=start.event))
        if attribute(start.element, "formKey"):
            reading.note(reason("bpmn_form", name=reading.name(start)))
    return key


def lead_in(reading: Reading, key: str) -> None:
    """Where the request form leads; without a start event to what nothing else leads to."""
    shapes = reading.model.shapes
    start = next((shape for shape, step in reading.keys.items() if step == key), None)
    if start:
        target = onward(reading, shapes[start])
    else:
        free = (shape for shape in shapes.values() if not shape.host and not reading.model.entering.get(shape.id))
        target = next((found for shape in free if (found := reading.led(shape.id))), "")
    reading.added[key]["outcomes"] = {"submitted": target} if target else {}


def add(reading: Reading, was: Diagram) -> None:
    """A step for each shape that is new and means one, with its ways out."""
    shapes = [shape for shape in reading.model.shapes.values() if shape.id not in was.nodes]
    asking = [shape for shape in shapes if shape.tag in PEOPLE and not shape.kept]
    gateways = {found[0] for shape in asking if (found := answers(reading, shape))}
    new: list[Shape] = []
    for shape in shapes:
        if shape.id in reading.keys:
            continue
        if not _is_step(reading, shape, gateways):
            _pass(reading, shape, shape.id in gateways)
        elif len(was.ids) + len(new) >= MAX_STEPS - KEPT_FOR_LATER:
            reading.note(reason("bpmn_too_many", most=MAX_STEPS))
        else:
            reading.keys[shape.id] = reading.key(shape)
            new.append(shape)
    for shape in new:
        reading.added[reading.keys[shape.id]] = _copied(reading, shape) if shape.kept else step_of(reading, shape)


def _is_step(reading: Reading, shape: Shape, gateways: set[str]) -> bool:
    if shape.kept:
        return isinstance(shape.kept.get("step"), dict)
    if shape.tag not in BUILDERS or shape.id in gateways or shape.element.get("isForCompensation") == "true":
        return False
    if shape.tag in CHOOSING:
        return len(reading.leaving(shape.id)) > 1
    return not (shape.tag == "endEvent" and shape.inside)


def _copied(reading: Reading, shape: Shape) -> Json:
    """A step of ours that was copied in another tool."""
    kept = (shape.kept or {}).get("step")
    step: Json = {**(kept if isinstance(kept, dict) else {}), "outcomes": {}}
    step["name"] = clean(shape.name, MAX_NAME) or step.get("name")
    for line in reading.leaving(shape.id):
        drawn(reading, shape, reading.keys[shape.id], step, line)
    return step


def _pass(reading: Reading, shape: Shape, answers_a_task: bool) -> None:
    """The flow goes on behind it."""
    name, ways = reading.name(shape), len(reading.leaving(shape.id))
    if shape.tag == "parallelGateway" and ways > 1:
        reading.note(reason("bpmn_parallel", name=name, count=ways))
    elif shape.tag == "eventBasedGateway":
        reading.note(reason("bpmn_events", name=name))
    elif shape.host and shape.host not in reading.keys:
        host = reading.model.shapes.get(shape.host)
        reading.note(reason("bpmn_edge", name=reading.name(host) if host else shape.host, event=shape.event, text=name))
    elif shape.tag in NESTED and next(parts(shape.element, "multiInstanceLoopCharacteristics"), None) is not None:
        reading.note(reason("bpmn_repeated", name=name))
    elif not _is_silent(reading, shape) and not answers_a_task:
        reading.note(reason("bpmn_left_out", name=name, element=shape.tag))


def _is_silent(reading: Reading, shape: Shape) -> bool:
    if shape.tag in ("intermediateThrowEvent", "intermediateCatchEvent"):
        return shape.event in ("", "link")
    if shape.tag in NESTED:
        return reading.holds(shape.id)
    return shape.tag in SILENT or shape.tag == "parallelGateway" or bool(shape.host)
