"""Display names and language: what the ids in a record or in a reason stand for, looked up when it is told.

The language is a gettext catalogue, read by the shell; without one it is English.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from gettext import NullTranslations
from typing import Any

from engine.people import Directory
from engine.who import Who, who_text
from engine.wording.catalogue import phrases
from engine.wording.values import ENGLISH, clean, joined, quote


@dataclass(frozen=True)
class Labels:
    """By id: the names of people, steps and groups, of levels by step and id. who: tells entries of `who`."""

    people: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    who: Callable[[Who], str] = who_text
    language: NullTranslations = ENGLISH

    def person(self, key: Any, unknown: str = phrases.SOMEBODY) -> str:
        """unknown: what somebody is called whose name nobody knows any more."""
        name = self.people.get(str(key))
        return self.language.gettext(unknown) if name is None else clean(name, 80)

    def persons(self, keys: Iterable[Any], unknown: str = phrases.SOMEBODY) -> str:
        """unknown: of the first of them."""
        first, *others = list(keys) or [None]
        if first is None:
            return self.language.gettext(phrases.NOBODY)
        return self.joined([self.person(first, unknown), *map(self.person, others)])

    def joined(self, items: Iterable[str], pattern: str = phrases.AND) -> str:
        return joined(list(items), pattern, self.language)

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
