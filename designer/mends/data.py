"""Quick fixes of data: what steps read and nobody fills in, fields that are not there, values that do not fit."""

from collections.abc import Iterator
from typing import Any

from designer.edits import Edit, apply_edit
from designer.edits.draft_flow import steps_of
from designer.edits.settings import Set, Unset
from designer.forms.form import asks_all, has_form
from designer.mends import Json, Mend, Mender
from engine.data_check import data_problems
from engine.definition import Definition
from engine.forms import schema as form_schema
from engine.pointers import join, look, split
from engine.problems import Problem
from engine.wording.values import plain_name, quote

Found = tuple[str, Json]


def required(problem: Problem, document: Json) -> Iterator[Mend]:
    """In the request form, or in whichever form asks for it. A text has a letter then, a list an entry."""
    path = str(problem.params["name"]).split(".")
    for place, schema in _asking(document, path[0]):
        edits = tuple(_needed(place, schema, path))
        if edits and _helps(edits, problem, document):
            words = "Make the field {} required" if problem.code != "rule_reads_list" else "Ask for at least one {}"
            yield Mend(words.format(quote(_title(schema, path))), edits)
            return


def add_field(problem: Problem, document: Json) -> Iterator[Mend]:
    name, fields = str(problem.params["name"]).partition(".")[0], (document.get("data") or {}).get("properties")
    if isinstance(fields, dict) and name not in fields:
        kind = "object" if problem.code == "save_no_field" or "." in str(problem.params["name"]) else "string"
        made = {"type": kind, "title": plain_name(name).capitalize()}
        asked = problem.step is None or problem.code == "place_no_field"
        apart = () if asked else tuple(_asking_apart(document))
        yield Mend(f"Add the field {quote(made['title'])}", (*apart, Set(join("/data/properties", name), made)))


def set_field(problem: Problem, document: Json) -> Iterator[Mend]:
    """A text is what most fields are; a value of another kind is left out."""
    value = look(document, split(_place(problem)))
    if isinstance(value, str):
        yield from add_field(problem, document)
    yield from leave_out(problem, document)


def save_field(problem: Problem, document: Json) -> Iterator[Mend]:
    yield from add_field(problem, document)
    yield Mend("Don’t keep the answer", (Unset(_place(problem)),))


def leave_out(problem: Problem, _: Json) -> Iterator[Mend]:
    name = problem.params.get("name") or "reason"
    yield Mend(f"Don’t set {quote(plain_name(str(name)))}", (Unset(_place(problem)),))


def ask_less(problem: Problem, document: Json) -> Iterator[Mend]:
    """The request form asks for what no other step fills in."""
    data = document["data"]
    kept = {name: part for name, part in data["properties"].items() if name != problem.params["name"]}
    schema = {**data, "properties": kept, "required": [name for name in data.get("required", []) if name in kept]}
    words = f"Leave {quote(plain_name(problem.params['name']))} out of the request form"
    needed = [name for name in data.get("required", []) if name in kept]
    edits: tuple[Edit, ...] = (Set(f"/steps/{problem.step}/form/schema", schema), Set("/data/required", needed))
    yield Mend(words, edits)


def an_object(problem: Problem, _: Json) -> Iterator[Mend]:
    place = _place(problem) if problem.step else problem.field
    yield Mend("Make it a form of fields", (Set(place, "object"),))


def _place(problem: Problem) -> str:
    return f"/steps/{problem.step}{problem.field}"


def _asking_apart(document: Json) -> Iterator[Set]:
    """Forms that ask for all of the data go on asking for what they do, and not for what a step fills in."""
    for key, step in steps_of(document).items():
        kind, form = step.get("type"), step.get("form") or {}
        if has_form(kind) and asks_all(kind) and isinstance(form, dict) and "schema" not in form:
            yield Set(f"{join('/steps', key)}/form/schema", document["data"])


def _asking(document: Json, name: str) -> Iterator[Found]:
    """Schemas that ask for the field, the request form's first, and where they stand."""
    start = str(document.get("start"))
    steps = steps_of(document)
    for key in dict.fromkeys((start, *steps)):
        form = steps.get(key, {}).get("form")
        schema = form.get("schema") if isinstance(form, dict) else None
        if isinstance(schema, dict) and name in (schema.get("properties") or {}):
            yield f"/steps/{key}/form/schema", schema
        elif key == start and schema is None and name in (document["data"].get("properties") or {}):
            yield "/data", document["data"]


def _needed(place: str, schema: Json, path: list[str]) -> Iterator[Edit]:
    """Every field on the way, and that the last one is not empty."""
    part: Any = schema
    for name in path:
        needed = part.get("required") or []
        if name not in needed:
            yield Set(f"{place}/required", [*needed, name])
        place, part = join(f"{place}/properties", name), part["properties"][name]
        if "$ref" in part:
            return
    types = form_schema.types(part)
    if types == ["string"] and not part.get("minLength") and "format" not in part and "enum" not in part:
        yield Set(f"{place}/minLength", 1)
    if types == ["array"] and not part.get("minItems"):
        yield Set(f"{place}/minItems", 1)


def _helps(edits: tuple[Edit, ...], problem: Problem, document: Json) -> bool:
    """Whether the field is known then where it is read: another step may have emptied it, or may be passed by."""
    for edit in edits:
        document = apply_edit(document, edit)
    return problem not in data_problems(Definition(document))


def _title(schema: Json, path: list[str]) -> str:
    part: Any = schema
    for name in path:
        part = part["properties"][name]
    return str(part.get("title") or plain_name(path[-1]))


MENDS: dict[str, Mender] = {
    "rule_reads_empty": required,
    "rule_reads_text": required,
    "rule_reads_list": required,
    "title_no_field": add_field,
    "place_no_field": add_field,
    "save_no_field": save_field,
    "save_no_object": save_field,
    "set_no_field": set_field,
    "set_wrong": leave_out,
    "reason_type": leave_out,
    "start_asks_all": ask_less,
    "data_no_object": an_object,
    "form_no_object": an_object,
}
