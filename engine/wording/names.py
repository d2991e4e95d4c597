"""What the ids in a record stand for, gathered once for whatever is to be told of it. Pure."""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from msgspec import UNSET

from engine.definition import Definition
from engine.forms.display import HIDDEN, shown
from engine.forms.nodes import Node, tree
from engine.forms.schema import is_number
from engine.people import Directory
from engine.rules import RuleError
from engine.wording.catalogue import phrases
from engine.wording.clock import WORLD, Clock
from engine.wording.labels import Labels, labels_of
from engine.wording.values import LONGEST_VALUE, clean, plain_name, value


@dataclass(frozen=True)
class Names(Labels):
    """opened: since when a task waited. hidden: fields whose values are not told.

    nodes: the fields of the forms, which know how their values read. rule: tells a rule as a sentence.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    hidden: Set[str] = frozenset()
    nodes: Mapping[str, Node] = field(default_factory=dict)
    opened: Mapping[str, datetime] = field(default_factory=dict)
    definition: str = ""
    rule: Callable[[str], str] = str
    clock: Clock = WORLD

    def value(self, key: str, given: Any, beside: Mapping[str, Any] | None = None) -> str:
        """As its form shows it. beside: the other fields, one of which may name the currency."""
        if key in self.hidden and given not in (None, ""):
            return HIDDEN
        node = self.nodes.get(key)
        if node and node.widget != "money" and not node.choices and is_number(given):
            return value(given, self.language)
        text = shown(node, given, dict(beside or {}), masked=bool(self.hidden)) if node else ""
        return clean(text, LONGEST_VALUE) or value(given, self.language)

    def because(self, rule: str, values: Mapping[str, Any]) -> str:
        """Why a rule held: "7,200.00 EUR is at least 5,000"; of several values, each after the rule."""
        said = self.rule(rule)
        if len(values) == 1:
            key, given = next(iter(values.items()))
            label = self.field(key).rstrip("?")
            if said.lower().startswith(f"{label.lower()} ") and said.lower().count(label.lower()) == 1:
                return f"{self.value(key, given)}{said[len(label) :]}"
        was, held = self.language.gettext(phrases.WAS), self.language.gettext(phrases.HELD)
        told = [was.format(item=self.field(key), content=self.value(key, it, values)) for key, it in values.items()]
        return held.format(rule=said, values=", ".join(told)) if told else said

    def field(self, key: str) -> str:
        return clean(self.fields.get(key) or plain_name(key), 80)


def names_of(
    about: Definition,
    people: Mapping[str, str],
    opened: Mapping[str, datetime],
    *,
    masked: bool = False,
    clock: Clock = WORLD,
    directory: Directory | None = None,
) -> Names:
    """masked: without the values that a form calls sensitive."""
    properties = about.data_schema.get("properties", {})
    labels = labels_of(about.document, directory)
    return Names(
        people=people,
        steps=labels.steps,
        levels=labels.levels,
        groups=labels.groups,
        who=labels.who,
        fields={key: field["title"] for key, field in properties.items() if isinstance(field.get("title"), str)},
        hidden=sensitive(about) if masked else frozenset(),
        nodes=_nodes(about),
        opened=opened,
        definition=about.name,
        rule=partial(_sentence, about),
        clock=clock,
    )


@lru_cache(maxsize=256)
def sensitive(about: Definition) -> frozenset[str]:
    """Fields that some form of the definition calls sensitive: they are so on every page, in every file and mail."""
    return frozenset(node.key for node in _asked(about) if node.options.get("sensitive"))


@lru_cache(maxsize=256)
def _nodes(about: Definition) -> dict[str, Node]:
    """By name; where several forms have a field, as the first of them shows it."""
    found: dict[str, Node] = {}
    for node in _asked(about):
        found.setdefault(node.key, node)
    return found


def _asked(about: Definition) -> Iterator[Node]:
    asking = [key for key, step in about.steps.items() if key == about.start or "form" in step.settings]
    for key in sorted(asking, key=lambda key: key != about.start):
        yield from (node for node, _ in tree(*about.form(key)).children(UNSET))


def _sentence(about: Definition, text: str) -> str:
    try:
        return about.rule(text).sentence()
    except RuleError:
        return text
