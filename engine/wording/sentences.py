"""Codes and phrases in words: where they become sentences, in the reader's language and with today's names."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from engine.phrases import Phrase, Plural
from engine.reasons import Reason
from engine.registry import discover
from engine.wording.catalogue import CATALOGUE, PHRASES, phrases
from engine.wording.labels import NOBODY, Labels
from engine.wording.values import clean, number, plain_name

PLUGINS = ("engine.steps", "engine.who", "engine.forms.controls")
UNKNOWN = "“{code}” was recorded"
LONGEST_RULE, LONGEST_TEXT = 80, 400


def sentence(reason: Reason, labels: Labels = NOBODY) -> str:
    """Never raises: a code of another version is told as it is, and what was erased is left out."""
    text = CATALOGUE.get(reason.code) or of_plugins().get(reason.code, UNKNOWN)
    return Told(labels).text(text, reason.params | {"code": reason.code})


def tell(phrase: Phrase, labels: Labels = NOBODY) -> str:
    return Told(labels).text(*phrase)


def of_plugins() -> dict[str, str | Plural]:
    """What plug-ins say of their own: a file with codes that are not in the catalogue has their TEXTS."""
    modules = (module for package in PLUGINS for module in discover(package).values())
    return {code: text for module in modules for code, text in getattr(module, "TEXTS", {}).items()}


Readers = Mapping[str, Callable[[Any], str]]


class Told:
    """Texts of the catalogue with their parameters, each read as its name says.

    readers: further ones. known: parameters of every text, words already.
    """

    def __init__(self, labels: Labels, readers: Readers | None = None, known: Mapping[str, str] | None = None) -> None:
        self._labels, self._readers, self._known = labels, readers or {}, known or {}

    def text(self, text: str | Plural, params: Mapping[str, Any]) -> str:
        language = self._labels.language
        if isinstance(text, Plural):
            counted = params.get(text.by)
            told = language.ngettext(text.one, text.many, counted if isinstance(counted, int) else 2)
        else:
            told = language.gettext(text)
        return told.format_map(_Params({**self._known, **params}, self._labels, self, self._readers))


class _Params:
    """The parameters of one text."""

    def __init__(self, params: Mapping[str, Any], labels: Labels, told: Told, readers: Readers) -> None:
        self._params, self._labels, self._language, self._told = params, labels, labels.language, told
        self._readers: Readers = {
            "step": labels.step,
            "next": labels.step,
            "steps": self._steps,
            "others": self._steps,
            "level": self._level,
            "person": labels.person,
            "Person": lambda person: labels.person(person, phrases.SOMEBODY_FIRST),
            "people": labels.persons,
            "People": lambda people: labels.persons(people, phrases.SOMEBODY_FIRST),
            "late": labels.persons,
            "group": labels.group,
            "who": labels.who,
            "why": self._why,
            "types": lambda types: labels.joined((self._phrase("types", one) for one in types), phrases.OR),
            "instead": labels.joined,
            "words": labels.joined,
            "format": self._format,
            "rule": lambda rule: clean(rule, LONGEST_RULE),
            "pointer": lambda pointer: clean(pointer.strip("/")),
            **readers,
        }

    def __getitem__(self, name: str) -> str:
        """What is missing was erased."""
        value = self._params.get(name)
        if name in self._readers and value is not None:
            return self._readers[name](value)
        return "…" if value is None else self._phrase(name, value)

    def _phrase(self, name: str, value: Any) -> str:
        if isinstance(value, Phrase):
            return self._told.text(*value)
        if isinstance(value, str):
            phrase = PHRASES.get(name, {}).get(value)
            return self._language.gettext(phrase) if phrase else self._text(name, value)
        if isinstance(value, list):
            return self._list(value)
        return number(value) if isinstance(value, int | Decimal) else str(value)

    def _list(self, items: list[Any]) -> str:
        if any(isinstance(item, Phrase) for item in items):
            return self._labels.joined(self._phrase("", item) for item in items)
        return ", ".join(clean(str(item)) for item in items)

    def _text(self, name: str, value: str) -> str:
        """A definition's own word for an outcome or a status reads as words."""
        return plain_name(value) if name in ("outcome", "status") else clean(value, LONGEST_TEXT)

    def _steps(self, steps: Iterable[str]) -> str:
        return self._labels.joined(map(self._labels.step, steps))

    def _level(self, level: str) -> str:
        return self._labels.level(self._params.get("step"), level) or plain_name(level).capitalize()

    def _why(self, why: Reason | dict[str, Any]) -> str:
        """Another reason, about the same step where it names none."""
        about = {"step": self._params["step"]} if "step" in self._params else {}
        other = why if isinstance(why, Reason) else Reason(why["code"], why.get("params", {}))
        return sentence(Reason(other.code, about | other.params), self._labels)

    def _format(self, name: str) -> str:
        if name in PHRASES["format"]:
            return self._phrase("format", name)
        return self._language.gettext(phrases.ANY_FORMAT).format(text=clean(name))
