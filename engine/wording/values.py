"""Values in words for people: numbers, moments, spans, lists and quoted text. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from gettext import NullTranslations
from typing import Any

from engine.phrases import Plural
from engine.wording.catalogue import phrases

LONGEST_QUOTE = 400
LONGEST_VALUE = 80
# Controls, and the marks that turn the direction of the text after them.
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
SPANS = ((phrases.DAYS, 86_400), (phrases.HOURS, 3_600), (phrases.MINUTES, 60))
ENGLISH = NullTranslations()


def clean(text: str, longest: int = LONGEST_QUOTE) -> str:
    """One line that cannot change how the words around it are read."""
    line = " ".join(UNSEEN.sub(" ", text).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def quote(text: Any) -> str:
    return f"“{clean(str(text))}”"


def remark(decided: Mapping[str, Any]) -> str:
    """What was said with a decision. decided: the data of TaskDecided; what was erased of it is left out."""
    return ": ".join(filter(None, (decided.get("reason"), decided.get("comment"))))


def listed(items: Iterable[str]) -> str:
    """a, b and c."""
    words = list(items)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else "nobody"


def joined(items: Sequence[str], pattern: str = phrases.AND, language: NullTranslations = ENGLISH) -> str:
    """a, b and c; pattern: how the last one is joined."""
    *others, last = items or ["…"]
    return language.gettext(pattern).format(one=", ".join(others), other=last) if others else last


def either(items: Iterable[str]) -> str:
    """a, b or c."""
    words = list(items)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}" if words else "nobody"


def number(value: int | Decimal) -> str:
    return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"


def value(given: Any, language: NullTranslations = ENGLISH) -> str:
    """A value of a request's data, short enough to stand inside a sentence."""
    if given is None or given in ("", [], {}):
        return language.gettext(phrases.EMPTY)
    if isinstance(given, bool):
        return language.gettext(phrases.YES if given else phrases.NO)
    if isinstance(given, int | Decimal):
        return number(given)
    if isinstance(given, list):
        return clean(joined([value(item, language) for item in given], phrases.AND, language), LONGEST_VALUE)
    if isinstance(given, Mapping):
        return clean(", ".join(f"{key}: {value(item, language)}" for key, item in given.items()), LONGEST_VALUE)
    return clean(str(given), LONGEST_VALUE)


def plain_name(key: str) -> str:
    """cost_centre and costCentre become cost centre."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", key).replace("_", " ").replace("-", " ")
    return clean(spaced.lower(), LONGEST_VALUE)


def day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def span(length: timedelta, language: NullTranslations = ENGLISH) -> str:
    """The largest unit that fits, in whole numbers: 3 days, 5 hours, less than a minute."""
    seconds = int(length.total_seconds())
    for unit, size in SPANS:
        if seconds >= size:
            return counted(unit, seconds // size, language)
    return language.gettext(phrases.SHORTEST)


def counted(unit: Plural, how_many: int, language: NullTranslations = ENGLISH) -> str:
    """unit: a text in which {count} stands for the number."""
    return language.ngettext(unit.one, unit.many, how_many).format(count=number(how_many))


def count(how_many: int, noun: str, plural: str | None = None) -> str:
    return f"{how_many:,} {noun if how_many == 1 else plural or noun + 's'}"


def initials(name: str) -> str:
    """Of the first and the last word: Ann Marie Meyer is AM."""
    words = [word for word in re.split(r"[^\w]+", clean(name)) if word]
    return "".join(word[0] for word in (words if len(words) < 2 else (words[0], words[-1]))).upper() or "?"


def called(call: Mapping[str, Any]) -> str:
    """A call to another system, with the address of ours left out."""
    url = str(call["url"]).replace("{base_url}", "this server: ")
    return f"{call.get('method', 'POST')} {clean(url, 120)}"
