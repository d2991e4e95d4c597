"""Signatures: what each covers, and which of them still count.

A signature counts as long as every value that it covers is what the request says now.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from engine import json_text
from engine.definition import Definition
from engine.state import Signature, State

Settings = dict[str, Any]


def digest(state: State, field: str, data: dict[str, Any]) -> str:
    """128 bits of SHA-256 over instance, field and value as canonical JSON; a field that is not there has no value."""
    value = [data[field]] if field in data else []
    return sha256(json_text.canonical([state.instance, field, *value])).hexdigest()[:32]


def fields(settings: Settings, data: dict[str, Any]) -> list[str]:
    """What a signature at this step is over: the fields the step lists, else all that are filled in.

    How many must sign is always part of it. A change of a field with `on_change: tell` undoes nothing.
    """
    listed = settings.get("covers")
    wanted = [name for name, value in data.items() if value is not None] if listed is None else listed
    counted = quorum_fields(settings)
    told = told_fields(settings) - counted
    return [name for name in dict.fromkeys([*wanted, *sorted(counted)]) if name not in told]


def quorum_fields(settings: Settings) -> set[str]:
    policies = [level.get("policy") for level in settings["levels"]]
    quorums = [policy["quorum"] for policy in policies if isinstance(policy, dict)]
    return {quorum["field"] for quorum in quorums if isinstance(quorum, dict)}


def told_fields(settings: Settings) -> set[str]:
    return {name for name, what in settings.get("on_change", {}).items() if what == "tell"}


def covers(settings: Settings, state: State, data: dict[str, Any]) -> dict[str, str]:
    return {name: digest(state, name, data) for name in fields(settings, data)}


def unchanged(state: State, signature: Signature) -> bool:
    """Only what changed since is compared: that is nearly always nothing."""
    if state.changed.keys().isdisjoint(signature.covers):
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
    for signature in reversed(state.signed):
        of_another = signature.person not in state.stand_ins
        approves = signature.outcome == "approved" and of_another and unchanged(state, signature)
        if approves and not _replaced(definition, signature, found):
            found.append(signature)
    return found[::-1]


def _replaced(definition: Definition, signature: Signature, later: Iterable[Signature]) -> bool:
    return signature.person is not None and any(
        one.person == signature.person
        and (one.step, one.level) != (signature.step, signature.level)
        and not definition.steps[one.step].settings.get("same_person_twice")
        for one in later
    )


def at(signatures: Iterable[Signature], step: str, level: str) -> list[Signature]:
    return [one for one in signatures if one.step == step and one.level == level]


def signers(signatures: Iterable[Signature], step: str, level: str) -> list[str]:
    """The people who signed a level, each once."""
    return list(dict.fromkeys(one.person for one in at(signatures, step, level) if one.person))


def stale(settings: Settings, state: State, seen: int) -> list[str]:
    """The fields that a signature would cover and that changed after `seen`."""
    told = told_fields(settings) - quorum_fields(settings)
    listed = settings.get("covers")
    wanted = state.changed.keys() if listed is None else {*listed, *quorum_fields(settings)}
    return sorted(name for name in wanted if state.changed.get(name, 0) > seen and name not in told)
