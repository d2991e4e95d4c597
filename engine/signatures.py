"""Signatures: what each covers, and which of them still count.

A signature counts as long as every value that it covers is what the request says now.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from engine import json_text
from engine.definition import Definition, Step
from engine.state import Signature, State


def digest(state: State, field: str, data: dict[str, Any]) -> str:
    """128 bits of SHA-256 over instance, field and value as canonical JSON; a field that is not there has no value."""
    value = [data[field]] if field in data else []
    return sha256(json_text.canonical([state.instance, field, *value])).hexdigest()[:32]


def fields(step: Step, data: dict[str, Any]) -> list[str]:
    """What a signature at this step is over: the fields the step lists, else all that are filled in.

    How many must sign is always part of it. A change of a field with `on_change: tell` undoes nothing.
    """
    listed = step.settings.get("covers")
    wanted = [name for name, value in data.items() if value is not None] if listed is None else listed
    counted, told = step.quorum_fields, step.told_fields
    if not counted and not told:
        return list(wanted)
    return [name for name in dict.fromkeys([*wanted, *sorted(counted)]) if name not in told]


def covers(step: Step, state: State, values: dict[str, Any]) -> dict[str, str | None]:
    """values: what the signer changes."""
    data = {**state.data, **values} if values else state.data
    known = _known(state, values)
    return {name: known.get(name) or digest(state, name, data) for name in fields(step, data)}


def _known(state: State, values: dict[str, Any]) -> dict[str, str | None]:
    """The digests of the newest signature, of fields that are the same still."""
    if not state.signed:
        return {}
    newest, changed = state.signed[-1], state.changed
    if not values and not changed:
        return newest.covers
    return {
        name: covered
        for name, covered in newest.covers.items()
        if name not in values and changed.get(name, 0) <= newest.seq
    }


def unchanged(state: State, signature: Signature) -> bool:
    """Only what changed since is compared: that is nearly always nothing."""
    if not state.changed or state.changed.keys().isdisjoint(signature.covers):
        return True
    return all(
        state.changed.get(name, 0) <= signature.seq or digest(state, name, state.data) == covered
        for name, covered in signature.covers.items()
    )


def counting(definition: Definition, state: State) -> list[Signature]:
    """The approvals of the present round that count, oldest first.

    Not those of people who asked in the requester's place later: it is their own request now. Of a person who came
    to stand at two levels, the later one: values that changed and changed back can do that.
    """
    found: list[Signature] = []
    # By person, levels of steps in which nobody counts twice.
    elsewhere: dict[str, set[tuple[str, str]]] = {}
    for signature in reversed(state.signed):
        person, place = signature.person, (signature.step, signature.level)
        if signature.outcome != "approved" or person in state.stand_ins or not unchanged(state, signature):
            continue
        if person is not None:
            if (others := elsewhere.get(person)) and others - {place}:
                continue
            if not definition.steps[signature.step].settings.get("same_person_twice"):
                elsewhere.setdefault(person, set()).add(place)
        found.append(signature)
    return found[::-1]


def at(signatures: Iterable[Signature], step: str, level: str) -> list[Signature]:
    return [one for one in signatures if one.step == step and one.level == level]


def signers(signatures: Iterable[Signature], step: str, level: str) -> list[str]:
    """The people who signed a level, each once."""
    found = [one.person for one in signatures if one.step == step and one.level == level and one.person]
    return list(dict.fromkeys(found)) if len(found) > 1 else found


def stale(step: Step, state: State, seen: int) -> list[str]:
    """The fields that a signature would cover and that changed after `seen`."""
    listed = step.settings.get("covers")
    wanted = state.changed.keys() if listed is None else {*listed, *step.quorum_fields}
    return sorted(name for name in wanted if state.changed.get(name, 0) > seen and name not in step.told_fields)
