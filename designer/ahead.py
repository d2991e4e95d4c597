"""What happens next, in names: "Dana Okafor or David Brandt signs as Director, because 7,200 is at least 5,000"."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from designer.simulate import Stop, in_silence
from engine.approvals import policy_text
from engine.definition import Definition
from engine.interpreter import World
from engine.people import Directory
from engine.state import State
from engine.who import assignees, fields_read, who_text
from engine.wording.names import Names, names_of
from engine.wording.values import clean, either, listed, plain_name, quote

MOST_NAMED = 4
UNKNOWN = "the request goes on"
SILENCE = {
    "approve": "it counts as approved",
    "reject": "it counts as rejected",
    "timed_out": "it goes on without an answer",
    "stop": "it stops until an administrator helps",
}


def sentence(definition: Definition, directory: Directory, stops: Sequence[Stop], *, masked: bool = False) -> str:
    """All stops in turn, to stand after "If you approve,". masked: for readers who are not told sensitive values."""
    people = {key: directory.name(key) for stop in stops for key in stop.people}
    names = names_of(definition, people, {}, masked=masked)
    return ", then ".join(_told(stop, names) for stop in stops) or UNKNOWN


def signers(definition: Definition, directory: Directory, stops: Sequence[Stop], *, masked: bool = False) -> list[str]:
    """One line for each stop that waits for people, and one for the end."""
    return [
        line[:1].upper() + line[1:]
        for stop in stops
        if stop.waits or stop.kind == "end"
        for line in [sentence(definition, directory, [stop])]
    ]


class Level(NamedTuple):
    """who: names, where the data does not decide. when: the rule in words, empty where it always signs."""

    name: str
    who: str
    when: str


def who_signs(definition: Definition, directory: Directory, requester: str) -> list[Level]:
    """All levels of all approvals, as they would be for a request of this person."""
    names = names_of(definition, {}, {})
    return [
        Level(
            clean(level.get("name") or step.name, 60),
            _whoever(level, directory, requester),
            names.rule(level["when"]) if "when" in level else "",
        )
        for step in definition.steps.values()
        for level in step.settings.get("levels", [])
    ]


def _whoever(level: dict[str, Any], directory: Directory, requester: str) -> str:
    if any(fields_read(entry) for entry in level["who"]):
        return who_text(level["who"], directory)
    found = list(assignees(level["who"], directory, requester, {}, (requester,), deciding=True))
    people = [clean(directory.name(key), 80) for key in found[:MOST_NAMED]]
    if len(found) > MOST_NAMED:
        people.append(f"{len(found) - MOST_NAMED} more")
    policy = level.get("policy", "any")
    if policy == "any" or len(found) < 2:
        return either(people)
    return listed(people) if policy == "all" else f"{policy_text(policy).removesuffix(' of them')} of {listed(people)}"


def silence(definition: Definition, state: State, world: World, step: str) -> str:
    """What happens to a question that nobody answers in time, to stand after "then". world: at its due moment."""
    outcome, people = in_silence(definition, state, world, step)
    if outcome == "escalate":
        return f"it goes to {either(clean(world.directory.name(key), 80) for key in people)}"
    return SILENCE.get(outcome, "")


def _told(stop: Stop, names: Names) -> str:
    match stop.kind:
        case "rest":
            return f"{_must(stop, names)} as well"
        case "level":
            because = f", because {names.because(stop.rule, stop.values)}" if stop.rule else ""
            return f"{_must(stop, names)} as {clean(stop.name, 60)}{because}"
        case "form":
            return f"{either(_some(stop.people, names))} fills in {quote(stop.name)}"
        case "told":
            were = "is" if len(stop.people) == 1 else "are"
            told = f"{listed(_some(stop.people, names))} {were} told"
            return told if stop.people else f"{names.step(stop.step)} reaches nobody"
        case "call":
            return f"{names.step(stop.step)} is carried out"
        case "stuck":
            return f"it stops at {names.step(stop.step)} until an administrator helps"
    return f"the request is {plain_name(stop.status)}"


def _must(stop: Stop, names: Names) -> str:
    people = _some(stop.people, names)
    if stop.need == 1:
        return f"{either(people)} signs"
    if stop.need == len(stop.people):
        return f"{listed(people)} sign"
    return f"{stop.need} of {listed(people)} sign"


def _some(people: Iterable[str], names: Names) -> list[str]:
    """Of many, the first few and how many more."""
    keys = list(people)
    named = [names.person(key) for key in keys[:MOST_NAMED]]
    return [*named, f"{len(keys) - MOST_NAMED} more"] if len(keys) > MOST_NAMED else named
