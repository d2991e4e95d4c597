"""A made-up company: the people among whom a definition is tested, the same in every tenant, whoever comes or leaves.

It follows from the definition: a line of managers above the requester, people in every group and role it names, and
everybody whom it, or the data of the test, names in person. A test case may add people and change these.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from designer.trial.script import Case, Played
from engine.definition import Definition, Step
from engine.people import Directory, Person
from engine.problems import settings_named
from engine.who import Cast, cast_of, fields_read
from engine.wording.values import plain_name

REQUESTER, COLLEAGUE, HEAD, ADMIN = "requester", "colleague", "head", "administrator"
# Managers above the highest who is asked, to whom can be escalated. People in each group and role.
ABOVE, MEMBERS, MOST_MEMBERS = 2, 2, 20
Entry = dict[str, Any]


def company(definition: Definition, case: Case) -> Directory:
    entries = list(_entries(definition))
    needs = [cast_of(entry) for entry in entries]
    made = {person.id: person for person in _line(ABOVE + max((need.line for need in needs), default=1))}
    groups = _members(needs, _quorum(definition), made)
    named = [word for need in needs for word in need.people] + list(_named_by_data(entries, case))
    known = Directory(made, {}, {})
    for word in named:
        if known.find(word) is None:
            made.setdefault(word, _person(word, HEAD))
    return _as_played(made, groups, case.people)


def _entries(definition: Definition) -> Iterator[Entry]:
    for step in definition.steps.values():
        for name in ("who", "to"):
            for _, who in settings_named(step.settings, name, list):
                yield from (entry for entry in who if isinstance(entry, dict))


def _line(managers: int) -> Iterator[Person]:
    """The requester and a colleague, their manager, that one's manager and so on; the head of all; an administrator."""
    line = ["manager", *(f"manager-{number}" for number in range(2, managers + 1)), HEAD]
    yield _person(REQUESTER, line[0], "requester")
    yield _person(COLLEAGUE, line[0], "requester")
    yield from (_person(key, above) for key, above in zip(line, [*line[1:], None], strict=True))
    yield _person(ADMIN, HEAD, "admin")


def _members(needs: list[Cast], count: int, made: dict[str, Person]) -> dict[str, list[str]]:
    """Makes the people of all groups and roles. The groups."""
    groups: dict[str, list[str]] = {}
    for need in needs:
        for group in need.groups:
            groups[group] = [f"{group}-{number}" for number in range(1, count + 1)]
            for key in groups[group]:
                made.setdefault(key, _person(key, HEAD))
        for role in need.roles:
            for key in (f"{role}-{number}" for number in range(1, count + 1)):
                person = made.get(key) or _person(key, HEAD)
                made[key] = replace(person, roles=tuple(dict.fromkeys((*person.roles, role))))
    return groups


def _person(key: str, manager: str | None, *roles: str) -> Person:
    email = key if "@" in key else f"{key}@example.com"
    return Person(key, email, key, plain_name(key).capitalize() or key, roles=roles, manager=manager)


def _quorum(definition: Definition) -> int:
    """Enough in each group for the largest number of signatures that a level needs."""
    needs = [_needed(level) for step in definition.steps.values() for level in _levels(step)]
    return min(max([MEMBERS, *needs]), MOST_MEMBERS)


def _levels(step: Step) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = step.settings.get("levels", [])
    return found


def _needed(level: Mapping[str, Any]) -> int:
    policy = level.get("policy")
    quorum = policy.get("quorum") if isinstance(policy, dict) else None
    return quorum if isinstance(quorum, int) else 0


def _named_by_data(entries: list[Entry], case: Case) -> Iterator[str]:
    """Whom the fields name from which people are taken, in whatever the case fills in."""
    for field in {field for entry in entries for field in fields_read(entry)}:
        for data in (case.data, *(move.data for move in case.moves)):
            given = data.get(field)
            words = given if isinstance(given, list) else [given]
            yield from (word for word in words if isinstance(word, str) and word)


def _as_played(made: dict[str, Person], groups: dict[str, list[str]], played: Mapping[str, Played]) -> Directory:
    for key, part in played.items():
        person = made.get(key) or _person(key, HEAD)
        changes: dict[str, Any] = {"active": part.active, "decides": part.decides}
        if part.name is not None:
            changes["name"] = part.name
        if part.roles is not None:
            changes["roles"] = tuple(part.roles)
        if not isinstance(part.manager, msgspec.UnsetType):
            changes["manager"] = part.manager
        made[key] = replace(person, **changes)
        if part.groups is not None:
            _into(groups, key, part.groups)
    return Directory(made, {key: tuple(people) for key, people in groups.items()}, {})


def _into(groups: dict[str, list[str]], person: str, wanted: list[str]) -> None:
    for key, people in groups.items():
        groups[key] = [one for one in people if one != person]
    for key in wanted:
        groups.setdefault(key, []).append(person)
