"""Display names: what the ids in a record or in a reason stand for, looked up when it is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.people import Directory
from engine.who import Who, who_text
from engine.wording.values import clean, listed, quote

SOMEBODY = "somebody who left"


@dataclass(frozen=True)
class Labels:
    """By id: the names of people, steps and groups, of levels by step and id. who: tells entries of `who`."""

    people: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    who: Callable[[Who], str] = who_text

    def person(self, key: Any) -> str:
        return clean(self.people.get(str(key), SOMEBODY), 80)

    def persons(self, keys: Any) -> str:
        return listed(self.person(key) for key in keys)

    def step(self, key: Any) -> str:
        return quote(self.steps.get(str(key), str(key)))

    def level(self, step: Any, level: Any) -> str:
        return clean(self.levels.get((str(step), str(level)), ""), 80)

    def group(self, key: Any) -> str:
        return clean(self.groups.get(str(key), str(key)), 80)


NOBODY = Labels()


def labels_of(document: Any, directory: Directory | None = None) -> Labels:
    """`document`: of a definition, in whatever state it is."""
    steps = document.get("steps") if isinstance(document, dict) else None
    named = {key: step for key, step in steps.items() if isinstance(step, dict)} if isinstance(steps, dict) else {}
    people = directory.people.values() if directory else ()
    return Labels(
        people={person.id: person.name for person in people},
        steps={str(key): step["name"] for key, step in named.items() if isinstance(step.get("name"), str)},
        levels={(key, level["id"]): level_name(level) for key, step in named.items() for level in _levels(step)},
        groups=directory.group_names if directory else {},
        who=lambda who: who_text(who, directory),
    )


def _levels(step: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = step.get("levels")
    levels = found if isinstance(found, list) else []
    return [level for level in levels if isinstance(level, dict) and isinstance(level.get("id"), str)]


def level_name(level: Mapping[str, Any]) -> str:
    return str(level.get("name") or level["id"].replace("_", " ").replace("-", " ").capitalize())
