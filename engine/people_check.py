"""Who a definition asks, looked up among the people there are: nobody can sign for a group that does not exist."""

import difflib
from collections.abc import Collection, Iterator
from typing import Any

from engine.definition import Definition, Step
from engine.people import Directory, assignees
from engine.problems import Problem, settings_named

DEPENDS = ("manager", "field", "requester")


def people_problems(definition: Definition, directory: Directory, roles: Collection[str]) -> Iterator[Problem]:
    """`roles`: those that people can have. A role may have nobody yet: roles come with whoever is invited next."""
    for step in definition.steps.values():
        for name in ("who", "to"):
            for field, who in settings_named(step.settings, name, list):
                yield from _who(step, field, who, directory, roles)
        yield from _quorums(step, directory)


def _who(
    step: Step, field: str, who: list[dict[str, Any]], directory: Directory, roles: Collection[str]
) -> Iterator[Problem]:
    for number, entry in enumerate(who):
        words = _role(entry, roles) if "role" in entry else _unknown(entry, directory)
        if words:
            yield Problem(step.id, f"{field}/{number}", f"“{step.name}” asks {words}")


def _role(entry: dict[str, Any], roles: Collection[str]) -> str:
    if entry["role"] in roles:
        return ""
    return f"whoever has the role “{entry['role']}”, and there is no such role. Choose {' or '.join(sorted(roles))}."


def _unknown(entry: dict[str, Any], directory: Directory) -> str:
    """What is wrong with it, in words that follow "asks"; empty for what is known or depends on the request."""
    if "user" in entry and (person := directory.find(str(entry["user"]))) is None:
        return f"“{entry['user']}”, and there is nobody of that name here. Choose a person, by e-mail address."
    if "user" in entry and person and not person.active:
        return f"{person.name}, who has left. Choose somebody else."
    if "group" in entry and entry["group"] not in directory.groups:
        return f"the group “{entry['group']}”, and there is no such group.{_close(entry['group'], directory.groups)}"
    if "group" in entry and not assignees([entry], directory, "", {}, ()):
        name = directory.group_names.get(entry["group"], entry["group"])
        return f"the group “{name}”, and nobody is in it. Add somebody to the group first."
    return ""


def _close(name: str, groups: dict[str, tuple[str, ...]]) -> str:
    found = difflib.get_close_matches(name, groups, 1)
    return f" Did you mean “{found[0]}”?" if found else " Make the group first, or choose another."


def _quorums(step: Step, directory: Directory) -> Iterator[Problem]:
    """More people than there are can never agree."""
    for number, level in enumerate(step.settings.get("levels", [])):
        policy = level.get("policy")
        need = policy.get("quorum") if isinstance(policy, dict) else None
        if not isinstance(need, int) or _depends(level["who"]):
            continue
        people = len(assignees(level["who"], directory, "", {}, ()))
        if 0 < people < need:
            only = "only one person is" if people == 1 else f"only {people} people are"
            text = (
                f"“{level.get('name', step.name)}” needs {need} signatures, and {only} asked. Ask more, or need fewer."
            )
            yield Problem(step.id, f"/levels/{number}/policy/quorum", text)


def _depends(who: list[dict[str, Any]]) -> bool:
    """Whether the request says who is asked."""
    return any(word in entry for entry in who for word in DEPENDS)
