"""An event as a sentence for business people: "Dana Reed (Director) approved: “ok for Q3”". Pure wording.

What it says stands in the class of the event (engine/events/), which gives a phrase; here its parameters are read with
the names and the clock of the reader. Request page, audit search, PDF and CSV all tell a request in these words.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from msgspec import ValidationError

from engine.events import Context, recorded
from engine.phrases import Phrase, msgid, phrase
from engine.wording.catalogue import phrases
from engine.wording.names import Names
from engine.wording.sentences import Told
from engine.wording.values import called, clean, plain_name, span

UNKNOWN = msgid("{type} was recorded; the exact data is in the record")
MORE, ANSWERS = msgid("{text}, {facts}"), msgid("{text} {facts}")


class Line(NamedTuple):
    """What happened, and what a reader may want to know besides: until when, and why."""

    text: str
    facts: tuple[str, ...] = ()


def tell(event: Mapping[str, Any], names: Names) -> str:
    """In one line."""
    told, text, facts = _told(event, names)
    if not facts:
        return text
    words = ANSWERS if str(told.text).endswith(":") else MORE
    return names.language.gettext(words).format(text=text, facts=", ".join(facts))


def line(event: Mapping[str, Any], names: Names) -> Line:
    """`event`: a row of the events table."""
    _, text, facts = _told(event, names)
    return Line(text, facts)


def _told(event: Mapping[str, Any], names: Names) -> tuple[Phrase, str, tuple[str, ...]]:
    reader = _reader(event, names)
    try:
        happened = recorded(event["type"], event["data"])
    except (KeyError, ValidationError):
        # Of another version of the product.
        told = phrase(UNKNOWN, type=plain_name(event["type"]).capitalize())
        return told, reader.text(*told), ()
    told = happened.sentence(Context(str(event["actor_id"]), event["at"], names.opened))
    return told, reader.text(*told), tuple(reader.text(*fact) for fact in happened.facts())


def _reader(event: Mapping[str, Any], names: Names) -> Told:
    """Of the parameters that phrases of events have besides those of all others."""
    language = names.language
    actor = clean(event["actor_name"], 80) if event["actor_name"] else language.gettext(phrases.ERASED)
    return Told(
        names,
        readers={
            "item": names.field,
            "content": lambda given: names.value(*given),
            "old": lambda given: names.value(*given),
            "held": lambda held: names.because(*held),
            "due": names.clock.moment,
            "waited": lambda length: span(length, language),
            "call": called,
        },
        known={"actor": actor, "definition": names.definition},
    )
