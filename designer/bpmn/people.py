"""Who is asked, as other tools write it: assignee, candidates and resource roles of BPMN, else the lane."""

import re
from collections.abc import Iterator

from designer.bpmn.conditions import bare
from designer.bpmn.model import Shape, attribute, extensions
from designer.bpmn.reading import Json, Reading
from designer.bpmn.xml import local, text
from designer.edits.step_types import slug
from designer.forms.names import is_name
from engine.reasons import reason

WHOEVER_ASKED = {"initiator", "starter", "requester", "requestor", "applicant", "creator"}
ROLES = ("humanPerformer", "performer", "potentialOwner", "resourceRole")
MAX_ASKED, LONGEST = 20, 200
_CALLED = re.compile(r"(user|group)\(([^()]*)\)")


def who_of(reading: Reading, shape: Shape) -> list[Json]:
    """Never empty: the requester's manager, with a note, where the file names nobody that could be found here."""
    named = list(_named(shape))
    found = [entry for kind, value in named for entry in _entry(reading, kind, value)]
    if not named and shape.lane:
        return [{"group": slug(shape.lane, LONGEST)}]
    if not named:
        reading.note(reason("bpmn_nobody", name=reading.name(shape)))
    elif not found:
        reading.note(reason("bpmn_who", name=reading.name(shape), text=", ".join(value for _, value in named)))
    return found[:MAX_ASKED] or [{"manager": 1}]


def _named(shape: Shape) -> Iterator[tuple[str, str]]:
    """Kind and value: of Camunda 7 and its kin attributes, of Camunda 8 an element, of BPMN itself resource roles."""
    assigned = [shape.element, *extensions(shape.element, "assignmentDefinition")]
    for element in assigned:
        for name, kind in (("assignee", "user"), ("candidateUsers", "user"), ("candidateGroups", "group")):
            yield from ((kind, value) for value in _listed(attribute(element, name)))
    for part in shape.element:
        if local(part) in ROLES:
            told = [text(one) for one in part.iter() if local(one) in ("formalExpression", "expression")]
            name = part.get("name", "")
            for value in (one for each in told for one in _listed(each)):
                called = _CALLED.fullmatch(value)
                yield (called[1], called[2].strip()) if called else ("user", value)
            if name and not any(told):
                yield "group", name


def _listed(value: str) -> list[str]:
    """One, or several with commas between them; of FEEL a text or a list of texts."""
    if value.startswith("="):
        inner = bare(value).strip("[]")
        parts = [part.strip() for part in inner.split(",")]
        return [part.strip("\"'") if part[:1] in "\"'" else f"${{{part}}}" for part in parts if part]
    if value[:2] in ("${", "#{"):
        return [value]
    return [part.strip() for part in value.split(",") if part.strip()]


def _entry(reading: Reading, kind: str, value: str) -> Iterator[Json]:
    if value[:2] not in ("${", "#{"):
        yield {"group": slug(value, LONGEST)} if kind == "group" else {"user": value[:LONGEST]}
        return
    name = bare(value)
    if name.casefold() in WHOEVER_ASKED:
        yield {"requester": True}
    elif is_name(name):
        reading.fields.setdefault(name, {}).setdefault("type", "string")
        yield {"field": name}
