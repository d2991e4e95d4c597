"""Quick fixes of settings: rules, time limits, ids, addresses and what no type knows."""

from collections.abc import Iterator

from designer.edits.draft_flow import MAX_NAME, name_of, steps_of
from designer.edits.outcomes import Retarget
from designer.edits.settings import Set, Unset
from designer.edits.step_types import fresh
from designer.mends import Json, Mend, Mender
from engine.level_bands import bands
from engine.pointers import look, split
from engine.problems import Problem
from engine.steps import step_types
from engine.wording.labels import level_name
from engine.wording.values import plain_name, quote


def rule(problem: Problem, document: Json) -> Iterator[Mend]:
    """The level always signs, nothing approves by itself, the branch goes; what it meant nobody can know."""
    place = _place(problem)
    kind, _, rest = problem.field.removeprefix("/").partition("/")
    if kind == "levels":
        yield Mend("Let this level always sign", (Unset(place),))
    elif kind == "automatic":
        yield Mend("Let nothing approve by itself", (Unset(f"/steps/{problem.step}/automatic"),))
    elif kind == "branches":
        number = int(rest.partition("/")[0])
        branches = steps_of(document)[str(problem.step)]["branches"]
        gone = branches[number]
        if len(branches) > 1:
            left = [one for one in branches if one is not gone]
            stays = any(one.get("outcome") == gone.get("outcome") for one in left)
            led = () if stays else (Retarget(str(problem.step), str(gone["outcome"])),)
            words = f"Remove the branch {quote(gone.get('label') or plain_name(gone['outcome']))}"
            yield Mend(words, (Unset(f"/steps/{problem.step}/branches/{number}"), *led))


def close_gap(problem: Problem, document: Json) -> Iterator[Mend]:
    """Whichever level closes it when it always signs, the lowest first."""
    settings = steps_of(document)[str(problem.step)]
    for number, level in enumerate(settings["levels"]):
        always = {name: value for name, value in level.items() if name != "when"}
        levels = [*settings["levels"][:number], always, *settings["levels"][number + 1 :]]
        if "when" in level and not bands(document, str(problem.step), {**settings, "levels": levels}).gaps:
            yield Mend(f"Let {quote(level_name(level))} always sign", (Unset(f"{_place(problem)}/{number}/when"),))
            return


def limit(problem: Problem, _: Json) -> Iterator[Mend]:
    if problem.field == "/timeout/after":
        yield Mend("Make it 3 days", (Set(_place(problem), "P3D"),))
    elif problem.field.startswith("/timeout/remind/"):
        yield Mend("Remove the reminder", (Unset(_place(problem)),))
    else:
        yield Mend("Give as long as at first", (Unset(_place(problem)),))


def own_id(problem: Problem, document: Json) -> Iterator[Mend]:
    levels = look(document, split(f"/steps/{problem.step}/levels"))
    taken, wanted = {level["id"] for level in levels}, str(problem.params["id"])
    free = next(f"{wanted[:56]}-{number}" for number in range(2, 1000) if f"{wanted[:56]}-{number}" not in taken)
    yield Mend("Give it an id of its own", (Set(_place(problem), free),))


def uncover(problem: Problem, document: Json) -> Iterator[Mend]:
    place, name = _place(problem), problem.params["name"]
    named = look(document, split(place))
    words = f"Leave {quote(plain_name(name))} out"
    if len(named) == 1:
        yield Mend(words, (Unset(place),))
    else:
        yield Mend(words, (Unset(f"{place}/{name if isinstance(named, dict) else named.index(name)}"),))


def reject(problem: Problem, _: Json) -> Iterator[Mend]:
    yield Mend("Reject when the time is up", (Set(_place(problem), "reject"),))


def https(problem: Problem, document: Json) -> Iterator[Mend]:
    url = str(look(document, split(_place(problem)))).rpartition("://")[2].lstrip("/")
    yield Mend("Put https:// in front", (Set(_place(problem), f"https://{url}"),))


def usual_wait(problem: Problem, _: Json) -> Iterator[Mend]:
    yield Mend("Wait as long as usual", (Unset(_place(problem)),))


def completed(problem: Problem, _: Json) -> Iterator[Mend]:
    yield Mend("End as “completed”", (Set(_place(problem), "completed"),))


def utc(_: Problem, __: Json) -> Iterator[Mend]:
    yield Mend("Use UTC", (Set("/zone", "UTC"),))


def named(problem: Problem, document: Json) -> Iterator[Mend]:
    """As its kind is called; a level without a name is told by who signs."""
    if problem.step is None:
        yield Mend("Call it “New flow”", (Set(problem.field, "New flow"),))
    elif problem.field == "/name":
        kind = step_types()[steps_of(document)[problem.step]["type"]].LABEL
        yield Mend(f"Call it {quote(kind)}", (Set(_place(problem), kind[:MAX_NAME]),))
    else:
        yield Mend("Take the name away", (Unset(_place(problem)),))


def shape(problem: Problem, document: Json) -> Iterator[Mend]:
    """A setting that is missing begins as it would in a new step; one that nobody knows goes."""
    why = problem.params["why"]["code"]
    name = split(problem.field)[-1]
    if why == "no_field":
        yield Mend(f"Remove {quote(plain_name(name))}", (Unset(_place(problem)),))
    elif why == "needed" and problem.field.count("/") == 1:
        step = steps_of(document)[str(problem.step)]
        if name == "name":
            yield Mend("Name it", (Set(_place(problem), name_of(step, str(problem.step))),))
        elif name in step_types()[step["type"]].SCHEMA.get("properties", {}):
            begun = fresh(step_types()[step["type"]].SCHEMA["properties"][name])
            yield Mend("Begin with the usual", (Set(_place(problem), begun),))


def _place(problem: Problem) -> str:
    return f"/steps/{problem.step}{problem.field}"


MENDS: dict[str, Mender] = {
    "rule_missing": rule,
    "rule_broken": rule,
    "levels_gap": close_gap,
    "limit_wrong": limit,
    "level_twice": own_id,
    "covers_no_field": uncover,
    "form_approves": reject,
    "address_scheme": https,
    "retry_wrong": usual_wait,
    "retry_range": usual_wait,
    "status_reserved": completed,
    "zone": utc,
    "name_empty": named,
    "step_shape": shape,
}
