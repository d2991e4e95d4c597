"""Activities and ends of other tools as steps: who does what, until when, and where it leads."""

from collections.abc import Callable

from designer.bpmn.conditions import bare
from designer.bpmn.model import Shape, attribute, extensions
from designer.bpmn.people import who_of
from designer.bpmn.reading import LONGEST_DESCRIPTION, Json, Reading
from designer.bpmn.routes import CHOOSING, answers, decision
from designer.bpmn.symbols import left_by_of
from designer.bpmn.xml import local, parts, text
from designer.edits.step_types import new_step
from designer.forms.names import is_name
from engine.reasons import reason
from engine.timers import DurationError, parse_duration
from engine.wording.values import clean

# A form that asks for nothing: there is only to say that it is done.
DONE: Json = {"schema": {"type": "object", "properties": {}}}
LONGEST_URL = 2000
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# How an end is called says what a request ends as; the first that fits.
STATUSES = {"reject": "rejected", "declin": "rejected", "denied": "rejected", "refus": "rejected", "not ": "rejected"}
STATUSES |= {"cancel": "cancelled", "withdr": "cancelled", "abort": "cancelled", "fail": "failed", "error": "failed"}


def step_of(reading: Reading, shape: Shape) -> Json:
    """The shape, one that BUILDERS has, as a step with its ways out."""
    step = BUILDERS[shape.tag](reading, shape)
    step["name"] = clean(shape.name, 80) or step["name"]
    if shape.description:
        step["description"] = shape.description[:LONGEST_DESCRIPTION]
    if "outcomes" in step:
        _at_edge(reading, shape, step)
        step["outcomes"] = {way: target for way, target in step["outcomes"].items() if target}
    return step


def _person(reading: Reading, shape: Shape) -> Json:
    """An approval where a gateway asks what was decided, else a form."""
    found = answers(reading, shape)
    who = who_of(reading, shape)
    repeated = next(parts(shape.element, "multiInstanceLoopCharacteristics"), None)
    if attribute(shape.element, "formKey") or any(extensions(shape.element, "formDefinition")):
        reading.note(reason("bpmn_form", name=reading.name(shape)))
    if found is None:
        if repeated is not None:
            reading.note(reason("bpmn_repeated", name=reading.name(shape)))
        return {**new_step("form"), "who": who, "form": DONE, "outcomes": {"submitted": onward(reading, shape)}}
    level: Json = {"id": "level-1", "who": who}
    if repeated is not None:
        level["policy"] = "all"
        if next(parts(repeated, "completionCondition"), None) is not None:
            reading.note(reason("bpmn_completion", name=reading.name(shape)))
    outcomes = {answer: reading.led(line.target) for answer, line in found[1].items()}
    return {**new_step("approval"), "levels": [level], "outcomes": outcomes}


def _call(reading: Reading, shape: Shape) -> Json:
    step = new_step("action")
    given = {attribute(one, "target"): _plain(attribute(one, "source")) for one in extensions(shape.element, "input")}
    given |= {attribute(one, "name"): text(one) for one in extensions(shape.element, "inputParameter")}
    url, method = given.get("url", ""), given.get("method", "").upper()
    if url.startswith(("https://", "http://")):
        step["call"] = {"url": url[:LONGEST_URL], **({"method": method} if method in METHODS else {})}
    else:
        reading.note(reason("bpmn_call", name=reading.name(shape)))
    return {**step, "outcomes": {"done": onward(reading, shape)}}


def _plain(source: str) -> str:
    return bare(source).strip('"') if source.startswith("=") else source


def _message(reading: Reading, shape: Shape) -> Json:
    reading.note(reason("bpmn_message", name=reading.name(shape)))
    subject = {"subject": clean(shape.name, 200)} if shape.name else {}
    return {**new_step("notify"), **subject, "outcomes": {"sent": onward(reading, shape)}}


def _end(reading: Reading, shape: Shape) -> Json:
    if shape.event not in ("", "terminate", "error", "cancel"):
        reading.note(reason("bpmn_end", name=reading.name(shape), event=shape.event))
    called = shape.name.casefold()
    status = {"error": "failed", "cancel": "cancelled"}.get(shape.event)
    status = status or next((status for word, status in STATUSES.items() if word in called), "approved")
    return {**new_step("end"), "name": status.capitalize(), "status": status}


def onward(reading: Reading, shape: Shape) -> str:
    """The step that it leads to, where only one way is meant."""
    lines = reading.leaving(shape.id)
    if len(lines) > 1:
        reading.note(reason("bpmn_several", name=reading.name(shape)))
    return reading.led(lines[0].target) if lines else ""


def _at_edge(reading: Reading, shape: Shape, step: Json) -> None:
    """Time limits, reminders and failures; other events at its edge are left out."""
    left_by = {event: outcome for outcome, event in left_by_of(step["type"]).items()}
    for event in reading.model.events.get(shape.id, []):
        outcome, lines = left_by.get(event.event), reading.leaving(event.id)
        span = _span(reading, event) if event.event == "timer" and outcome else None
        if event.element.get("cancelActivity") == "false" and isinstance(span, str):
            step.setdefault("timeout", {}).setdefault("remind", []).append(span)
            reading.note(reason("bpmn_reminder", name=reading.name(shape)))
        elif outcome and outcome not in step["outcomes"] and lines and (span or event.event != "timer"):
            step["outcomes"][outcome] = reading.led(lines[0].target)
            if span:
                step["timeout"] = {**step.get("timeout", {}), "after": span, "then": "timed_out"}
        else:
            reading.note(reason("bpmn_edge", name=reading.name(shape), event=event.event, text=reading.name(event)))
    if "timer" in left_by and "timeout" not in step:
        step["timeout"] = {"after": None}
    if "error" in left_by and left_by["error"] not in step["outcomes"]:
        step["outcomes"][left_by["error"]] = _failed(reading)


def _failed(reading: Reading) -> str:
    """The end for what fails where the file does not say what happens then."""
    if not reading.failed:
        reading.failed = reading.free("failed")
        reading.added[reading.failed] = new_step("end", "failed")
    return reading.failed


def _span(reading: Reading, event: Shape) -> str | Json | None:
    """A length of time, also of a cycle; or the field that holds it."""
    told = [text(part) for one in event.element for part in one if local(part) in ("timeDuration", "timeCycle")]
    plain = bare(told[0]).strip("\"'").rpartition("/")[2] if told else ""
    if is_name(plain) and told[0][:1] in "$#=":
        reading.fields.setdefault(plain, {})["type"] = "string"
        return {"field": plain}
    try:
        parse_duration(plain)
    except DurationError:
        return None
    return plain


PEOPLE = ("userTask", "manualTask", "task")
BUILDERS: dict[str, Callable[[Reading, Shape], Json]] = {
    **dict.fromkeys(PEOPLE, _person),
    "serviceTask": _call,
    "sendTask": _message,
    **dict.fromkeys(CHOOSING, decision),
    "endEvent": _end,
}
