"""Codes in words: the one place where a reason becomes a sentence, in the reader's language and with today's names.

The language is a gettext catalogue, read by the shell; without one it is English.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from gettext import NullTranslations
from typing import Any

from engine.reasons import Params, Reason
from engine.registry import discover
from engine.wording.catalogue import CATALOGUE, PHRASES, phrases
from engine.wording.catalogue.plural import Plural
from engine.wording.labels import NOBODY, Labels
from engine.wording.values import clean, number, plain_name

ENGLISH = NullTranslations()
PLUGINS = ("engine.steps", "engine.who", "engine.forms.controls")
UNKNOWN = "“{code}” was recorded"
LONGEST_RULE, LONGEST_TEXT = 80, 400


def sentence(reason: Reason, labels: Labels = NOBODY, language: NullTranslations = ENGLISH) -> str:
    """Never raises: a code of another version is told as it is, and what was erased is left out."""
    text = CATALOGUE.get(reason.code) or of_plugins().get(reason.code, UNKNOWN)
    if isinstance(text, Plural):
        counted = reason.params.get(text.by)
        told = language.ngettext(text.one, text.many, counted if isinstance(counted, int) else 2)
    else:
        told = language.gettext(text)
    return told.format_map(_Params(reason.params | {"code": reason.code}, labels, language))


def of_plugins() -> dict[str, str | Plural]:
    """What plug-ins say of their own: a file with codes that are not in the catalogue has their TEXTS."""
    modules = (module for package in PLUGINS for module in discover(package).values())
    return {code: text for module in modules for code, text in getattr(module, "TEXTS", {}).items()}


class _Params:
    """The parameters of one reason, read as its sentence holds them."""

    def __init__(self, params: Params, labels: Labels, language: NullTranslations) -> None:
        self._params, self._labels, self._language = params, labels, language
        self._readers: dict[str, Callable[[Any], str]] = {
            "step": labels.step,
            "steps": self._steps,
            "others": self._steps,
            "level": self._level,
            "person": labels.person,
            "group": labels.group,
            "who": labels.who,
            "why": self._why,
            "types": lambda types: self._joined((self._phrase("types", one) for one in types), phrases.OR),
            "instead": lambda words: self._joined(words, phrases.AND),
            "format": self._format,
            "rule": lambda rule: clean(rule, LONGEST_RULE),
            "pointer": lambda pointer: clean(pointer.strip("/")),
        }

    def __getitem__(self, name: str) -> str:
        """What is missing was erased."""
        value = self._params.get(name)
        if value is None:
            return "…"
        if name in self._readers:
            return self._readers[name](value)
        return self._phrase(name, value)

    def _phrase(self, name: str, value: Any) -> str:
        if isinstance(value, str):
            phrase = PHRASES.get(name, {}).get(value)
            return self._language.gettext(phrase) if phrase else self._text(name, value)
        if isinstance(value, list):
            return ", ".join(clean(str(item)) for item in value)
        return number(value) if isinstance(value, int | Decimal) else str(value)

    def _text(self, name: str, value: str) -> str:
        """A definition's own word for an outcome or a status reads as words."""
        return plain_name(value) if name in ("outcome", "status") else clean(value, LONGEST_TEXT)

    def _steps(self, steps: Iterable[str]) -> str:
        return self._joined(map(self._labels.step, steps), phrases.AND)

    def _level(self, level: str) -> str:
        return self._labels.level(self._params.get("step"), level) or plain_name(level).capitalize()

    def _why(self, why: dict[str, Any]) -> str:
        """Another reason, about the same step where it names none."""
        about = {"step": self._params["step"]} if "step" in self._params else {}
        return sentence(Reason(why["code"], about | why.get("params", {})), self._labels, self._language)

    def _format(self, name: str) -> str:
        if name in PHRASES["format"]:
            return self._phrase("format", name)
        return self._language.gettext(phrases.ANY_FORMAT).format(text=clean(name))

    def _joined(self, items: Iterable[str], pattern: str) -> str:
        """a, b and c"""
        *first, last = list(items) or ["…"]
        if not first:
            return last
        return self._language.gettext(pattern).format(one=", ".join(first), other=last)
