"""Settings tried on values before they are kept: who would sign, and whether a rule holds. Pure.

Who signs is found by running the interpreter on the step by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from designer.blank import blank
from designer.edits.step_types import sound
from designer.simulate import Stop, from_start
from engine import numbers
from engine.definition import Definition
from engine.interpreter import World
from engine.level_bands import bands
from engine.people import Directory
from engine.pointers import control_name, look, split
from engine.rules import RuleError, compile_rule
from engine.rules.fields import fields
from engine.rules.intervals import highest
from engine.rules.tried import sample, tried
from engine.who import who_text
from engine.wording.labels import level_name
from engine.wording.sentences import sentence
from engine.wording.values import clean, either, listed, value

Json = dict[str, Any]
Pairs = Sequence[tuple[str, Any]]
MOST_NAMED, MOST_OFFERED, MOST_VALUES = 4, 50, 8
STEP = "tried"


def answers(document: Json, step: str, settings: Json, posted: Pairs, did: str, world: World) -> dict[str, Json]:
    """What the controls of a step's panel say of what they were tried on, by their pointer.

    settings: of the step, as they are being edited. posted: names and values, beside them. did: the button.
    """
    found = {}
    if isinstance(settings.get("levels"), list):
        found["/levels"] = _levels(document, step, settings, _Tries("/levels", posted), world)
    verb, _, pointer = did.partition(":")
    rule = look(settings, split(pointer)) if verb == "try" and pointer != "/levels" else None
    if isinstance(rule, str):
        found[pointer] = _rule(document, rule, _Tries(pointer, posted), world)
    return found


class _Tries:
    """What was typed to try a control on, by the path of the field; and other texts beside it."""

    def __init__(self, pointer: str, posted: Pairs) -> None:
        self._name, self._posted = control_name(pointer), posted
        self.typed = dict(zip(self.all("try-field"), self.all("try-value"), strict=False))

    def all(self, word: str) -> list[str]:
        return [text for name, text in self._posted if name == f"{word}:{self._name}" and isinstance(text, str)]

    def one(self, word: str) -> str:
        return "".join(self.all(word)[-1:]).strip()


def _levels(document: Json, step: str, settings: Json, tries: _Tries, world: World) -> Json:
    known, found = fields(document.get("data")), bands(document, step, settings)
    rules = [level.get("when") for level in settings["levels"] if isinstance(level, dict)]
    paths = [path for path in _read(document, rules) if path in known][:MOST_VALUES]
    top = highest(known[found.path], rules) if found.path in known else None
    usual = {found.path: numbers.written(numbers.plain(top + top / 5))} if top else {}
    typed = {path: tries.typed.get(path, usual.get(path, "")) for path in paths}
    offered = _requesters(world.directory)
    asked = tries.one("try-who") or next(iter(offered.values()), "")
    requester = _person(world.directory, asked)
    if requester is None:
        words = f"Nobody here is called “{clean(asked, 60)}”."
    else:
        data = _data(typed, known)
        told = value(look(data, found.path.split("."))) if typed.get(found.path) else "A request"
        words = who_signs(document, settings, requester, data, told, world)
    slider = numbers.written(numbers.plain(top + top / 2)) if top else ""
    return {
        "tries": [(path, known[path].title, typed[path], slider if path == found.path else "") for path in paths],
        "requester": asked,
        "people": [(name, _title(world.directory, key)) for key, name in offered.items()],
        "words": words,
        "settings": settings,
        "pasted": tries.one("paste"),
    }


def _rule(document: Json, rule: str, tries: _Tries, world: World) -> Json:
    known, schema = fields(document.get("data")), document.get("data")
    if not isinstance(schema, dict):
        return {}
    found = tried(rule, schema, _data(tries.typed, known), world.now.astimezone(_zone(document)))
    if found.holds is None:
        words = f"No answer: {sentence(found.why)}." if found.why else ""
    else:
        words = f"{found.holds}, because {'; '.join(found.because)}." if found.because else f"{found.holds}."
    return {"typed": tries.typed, "words": words}


def _read(document: Json, rules: Iterable[Any]) -> list[str]:
    """The fields that the rules ask about."""
    paths: dict[str, None] = {}
    schema = document.get("data")
    for rule in rules:
        if isinstance(rule, str) and rule and isinstance(schema, dict):
            try:
                paths |= dict.fromkeys(compile_rule(rule, schema).names)
            except RuleError:
                continue
    return list(paths)


def _data(typed: Mapping[str, str], known: Mapping[str, Any]) -> Json:
    """What was typed as data; what is empty is left out, and what cannot be read stays text."""
    data: Json = {}
    for path, text in typed.items():
        if path not in known or not text.strip():
            continue
        at = data
        *groups, name = path.split(".")
        for group in groups:
            at = at.setdefault(group, {})
        at[name] = sample(text, known[path].kind)
    return data


def _requesters(directory: Directory) -> dict[str, str]:
    """Some who could ask, by id: those who have a manager first."""
    able = [one for one in directory.people.values() if one.active]
    ordered = sorted(able, key=lambda one: (one.manager is None, one.decides, one.name.casefold()))
    return {one.id: one.name for one in ordered[:MOST_OFFERED]}


def _title(directory: Directory, key: str) -> str:
    return directory.people[key].title or directory.people[key].email


def _person(directory: Directory, text: str) -> str | None:
    found = directory.find(text)
    named = [one.id for one in directory.people.values() if one.name.casefold() == text.casefold()]
    return found.id if found else named[0] if named else None


def _zone(document: Json) -> ZoneInfo:
    try:
        return ZoneInfo(str(document.get("zone", "UTC")))
    except (ValueError, LookupError, OSError):
        return ZoneInfo("UTC")


def who_signs(document: Json, settings: Json, requester: str, data: Json, told: str, world: World) -> str:
    """Whom a request with this data goes to at one step, one after the other, when everybody agrees.

    settings: of the step, with its type. told: what is tried, as the sentence calls it ("7,200").
    """
    if not sound(str(settings.get("type")), settings):
        return "Complete the levels first."
    stops = from_start(_alone(document, settings), requester, data, world)
    levels = {level_name(level): level for level in settings.get("levels", [])}
    asked = [_asked(stop, levels.get(stop.name, {}), requester, world) for stop in stops if stop.kind == "level"]
    if asked:
        sentence = f"{told} goes to {', then to '.join(asked)}."
        return sentence if stops[-1].kind == "end" else f"{sentence} There it stops: nobody else can sign."
    if stops and stops[-1].kind == "end":
        return f"{told} goes to nobody: it is approved by itself."
    return f"{told} goes to nobody, and the request would stop here."


def _alone(document: Json, settings: Json) -> Definition:
    """The step by itself between a start and an end, whatever the rest of the draft is like."""
    frame = blank("tried", "Tried")
    given = document.get("data")
    data = {**given, "required": []} if isinstance(given, dict) else frame["data"]
    (first, last) = frame["steps"]
    way = next(iter(frame["steps"][first]["outcomes"]))
    ways = dict.fromkeys(settings.get("outcomes", {}), last) | {"approved": last, "rejected": last}
    steps = {
        first: {**frame["steps"][first], "outcomes": {way: STEP}},
        STEP: {**settings, "name": "Tried", "outcomes": ways},
        last: frame["steps"][last],
    }
    return Definition({**frame, "zone": _zone(document).key, "data": data, "steps": steps})


def _asked(stop: Stop, level: Mapping[str, Any], requester: str, world: World) -> str:
    """ "Ann's manager (Bob Fischer)": whom the setting means, and who that is."""
    directory = world.directory
    name = clean(directory.name(requester), 80)
    meant = who_text(level["who"], directory).replace("the requester", name) if "who" in level else ""
    people = [clean(directory.name(key), 80) for key in stop.people[:MOST_NAMED]]
    if len(stop.people) > MOST_NAMED:
        people.append(f"{len(stop.people) - MOST_NAMED} more")
    if stop.need == 1:
        named = either(people)
    elif stop.need == len(stop.people):
        named = listed(people)
    else:
        named = f"{stop.need} of {listed(people)}"
    return f"{meant} ({named})" if meant and meant != named else named
