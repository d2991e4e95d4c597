"""Quick fixes of who is asked: somebody who is there, or nobody in their place; as many as there are."""

from collections.abc import Iterator
from typing import Any

from designer.edits.settings import Set, Unset
from designer.mends import Json, Mend, Mender
from engine.pointers import look, split
from engine.problems import Problem
from engine.who import fields_read
from engine.wording.values import quote

MANAGER: Json = {"manager": 1}


def other(problem: Problem, document: Json) -> Iterator[Mend]:
    """The entry that is wrong: another group of nearly that name, the requester's manager, or nobody."""
    place = f"/steps/{problem.step}{problem.field}"
    if close := problem.params.get("close"):
        yield Mend(f"Ask the group {quote(close)}", (Set(place, {"group": close}),))
    yield from _instead(place, document)


def no_field(problem: Problem, document: Json) -> Iterator[Mend]:
    """The entry that reads the field."""
    place = f"/steps/{problem.step}{problem.field}"
    entries = look(document, split(place))
    for number, entry in enumerate(entries):
        if problem.params["name"] in fields_read(entry):
            yield from _instead(f"{place}/{number}", document)
            return


def setting_field(problem: Problem, document: Json) -> Iterator[Mend]:
    """A setting that is read from a field: its usual value in place of that."""
    place = f"/steps/{problem.step}{problem.field}"
    if problem.params["setting"] == "who":
        yield from _instead(place, document)
    elif problem.params["setting"] == "quorum":
        yield Mend("Need all of them", (Set(place.removesuffix("/quorum"), "all"),))
    else:
        yield Mend("Use the usual time limit", (Unset(f"/steps/{problem.step}/timeout"),))


def fewer(problem: Problem, _: Json) -> Iterator[Mend]:
    place, count = f"/steps/{problem.step}{problem.field}", problem.params["count"]
    yield Mend("Need all who are asked", (Set(place.removesuffix("/quorum"), "all"),))
    yield Mend(f"Need {count}", (Set(place, count),))


def _instead(place: str, document: Json) -> Iterator[Mend]:
    entries: Any = look(document, split(place.rpartition("/")[0]))
    others = len(entries) > 1
    if MANAGER not in entries:
        yield Mend("Give it to the requester’s manager", (Set(place, dict(MANAGER)),))
    if others:
        yield Mend("Ask only the others", (Unset(place),))


MENDS: dict[str, Mender] = {
    "person_unknown": other,
    "person_left": other,
    "group_unknown": other,
    "group_unknown_close": other,
    "group_empty": other,
    "role_unknown": other,
    "who_no_field": no_field,
    "setting_no_field": setting_field,
    "setting_reads_empty": setting_field,
    "setting_reads_text": setting_field,
    "reads_duration": setting_field,
    "reads_action": setting_field,
    "reads_count": setting_field,
    "reads_people": setting_field,
    "quorum_large": fewer,
}
