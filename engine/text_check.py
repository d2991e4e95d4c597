"""Texts of a definition as people will read them: names that can be seen, places that can be filled, words for all."""

import unicodedata
from collections.abc import Iterator
from typing import Any

from engine.definition import Definition, Step
from engine.people import Directory
from engine.placeholders import PLACE
from engine.problems import Problem, problem, settings_named
from engine.wording.steps import explain

NAMES = ("name", "title", "category", "icon", "currency")
JOINERS = "\u200c\u200d"
UNSAID = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def name_problems(document: dict[str, Any]) -> Iterator[Problem]:
    """Names are one line that can be read."""
    for field in NAMES:
        yield from _name(None, f"/{field}", document.get(field))
    for field, title in settings_named(document["data"], "title", str, "/data"):
        yield from _name(None, field, title)
    for key, step in document["steps"].items():
        yield from _name(key, "/name", step["name"])
        for field, title in settings_named(step.get("form", {}).get("schema"), "title", str, "/form/schema"):
            yield from _name(key, field, title)
        yield from _name(key, "/subject", step.get("subject"))
        for number, level in enumerate(step.get("levels", [])):
            yield from _name(key, f"/levels/{number}/name", level.get("name"))
        for number, branch in enumerate(step.get("branches", [])):
            yield from _name(key, f"/branches/{number}/label", branch.get("label"))


def _name(step: str | None, field: str, text: str | None) -> Iterator[Problem]:
    if text is None:
        return
    if not text.strip() and field.endswith("/name"):
        yield problem("name_empty", step, field, pointer=field)
    if any(_unseen(letter, text) for letter in text):
        shown = "".join(letter if not _unseen(letter, text) else "·" for letter in text[:80])
        yield problem("name_unseen", step, field, pointer=field, text=shown)


def _unseen(letter: str, text: str) -> bool:
    """Joiners are part of some scripts and of some emoji, and a trick between plain letters."""
    if letter in JOINERS:
        return text.isascii() or text.replace("\u200c", "").replace("\u200d", "").isascii()
    return unicodedata.category(letter) in ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")


def place_problems(definition: Definition) -> Iterator[Problem]:
    """Places in templates name fields that there are."""
    yield from _places(definition, None, "/title", definition.document.get("title", ""), {"request"})
    for step in definition.steps.values():
        for field in ("subject", "message", "event"):
            yield from _places(definition, step, f"/{field}", step.settings.get(field, ""), set())
        for field in ("call", "undo"):
            known = {"requester", "request", "base_url", *(("result",) if field == "undo" else ())}
            yield from _places(definition, step, f"/{field}", step.settings.get(field), known)


def word_problems(definition: Definition) -> Iterator[Problem]:
    """Everything that pages say about a sound definition, said once before it can be published."""
    try:
        explain(definition, Directory({}, {}, {}))
    except UNSAID as wrong:
        yield problem("unsaid", None, error=str(wrong))


def _places(definition: Definition, step: Step | None, field: str, value: Any, also: set[str]) -> Iterator[Problem]:
    """Data that name no field at all take whatever comes."""
    fields = definition.data_schema.get("properties")
    known = {*(fields or {}), *also}
    for pointer, text in _texts(value, field):
        for name in dict.fromkeys(PLACE.findall(text)):
            if fields and name.partition(".")[0] not in known:
                code = "place_no_field" if step else "title_no_field"
                yield problem(code, step.id if step else None, pointer, name=name)


def _texts(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield pointer, key
            yield from _texts(item, f"{pointer}/{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _texts(item, f"{pointer}/{number}")
