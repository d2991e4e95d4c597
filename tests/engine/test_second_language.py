"""A second language is a gettext file: an invented one, in which every text of the engine stands in brackets."""

import copy
import struct
from collections.abc import Callable
from gettext import GNUTranslations
from io import BytesIO
from typing import Any

import pytest

from engine.check import check_document
from engine.commands import Cancel, MarkUndone, Refused, Retry, Withdraw
from engine.interpreter import Advance
from engine.reasons import Reason
from engine.schemas import validate
from engine.wording.catalogue import CATALOGUE, PHRASES, phrases
from engine.wording.catalogue.plural import Plural
from engine.wording.labels import labels_of
from engine.wording.sentences import UNKNOWN, sentence
from tests.engine import test_check, test_publishing, test_publishing_data
from tests.engine.cast import Case, purchase

# What people, definitions and other systems said is told as it is, in every language.
SPOKEN = "{text}", "{error}"
OPEN, CLOSE = "⟦", "⟧"


def texts() -> list[str | Plural]:
    words = (text for known in PHRASES.values() for text in known.values())
    found = [*CATALOGUE.values(), *words, phrases.OR, phrases.AND, phrases.ANY_FORMAT, UNKNOWN]
    return [text for text in dict.fromkeys(found) if text not in SPOKEN]


def compiled() -> bytes:
    """The catalogue as msgfmt would write it: sorted, each text with its length and place."""
    pairs = {"": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"}
    for text in texts():
        if isinstance(text, Plural):
            pairs[f"{text.one}\0{text.many}"] = f"{OPEN}{text.one}{CLOSE}\0{OPEN}{text.many}{CLOSE}"
        else:
            pairs[text] = f"{OPEN}{text}{CLOSE}"
    keys = sorted(pairs, key=str.encode)
    columns = [key.encode() for key in keys], [pairs[key].encode() for key in keys]
    head, size = 28, len(keys)
    place = head + 16 * size
    tables, body = b"", b""
    for column in columns:
        for written in column:
            tables += struct.pack("<II", len(written), place + len(body))
            body += written + b"\0"
    return struct.pack("<7I", 0x950412DE, 0, size, head, head + 8 * size, 0, 0) + tables + body


@pytest.fixture(scope="module")
def invented() -> GNUTranslations:
    return GNUTranslations(BytesIO(compiled()))


def is_invented(told: str) -> bool:
    """Nothing of a sentence stands outside the brackets, and each is closed."""
    depth = 0
    for number, letter in enumerate(told):
        depth += (letter == OPEN) - (letter == CLOSE)
        if depth == 0 and number < len(told) - 1:
            return False
    return depth == 0 and told.startswith(OPEN)


@pytest.mark.parametrize("code", [code for code, text in CATALOGUE.items() if text not in SPOKEN])
@pytest.mark.parametrize("count", [1, 7])
def test_every_code_is_told_in_it(code: str, count: int, invented: GNUTranslations) -> None:
    text = CATALOGUE[code]
    params = {text.by: count} if isinstance(text, Plural) else {}
    told = sentence(Reason(code, params), language=invented)
    assert is_invented(told)
    assert told.replace(OPEN, "").replace(CLOSE, "") == sentence(Reason(code, params))


def broken() -> list[Any]:
    made = []
    for break_it, _, _ in test_check.MISTAKES:
        document = copy.deepcopy(purchase())
        break_it(document)
        made.append(document)
    refused = [*test_publishing.REFUSED, *test_publishing_data.REFUSED]
    return [*made, *(document for _, document, _ in refused), None, [], {}, {"steps": []}]


def test_whatever_keeps_a_document_from_being_published_is_told_in_it(invented: GNUTranslations) -> None:
    told, codes = [], set()
    for document in broken():
        for problem in check_document(document):
            told.append(sentence(problem.reason, labels_of(document), invented))
            codes.add(problem.code)
            assert problem.params.get("why") is None or told[-1].count(OPEN) > 1, told[-1]
    assert [text for text in told if not is_invented(text)] == []
    assert len(codes) > 40


@pytest.mark.parametrize("given", [{"type": "integer"}, {"type": ["string", "null"]}, {"format": "date"}])
def test_the_words_for_a_type_or_a_form_are_told_in_it(given: dict[str, Any], invented: GNUTranslations) -> None:
    told = sentence(validate(given, {} if "type" in given else "x")[0].reason, language=invented)
    assert is_invented(told)
    assert told.count(OPEN) > 1


def test_what_refuses_stops_and_closes_is_told_in_it(invented: GNUTranslations) -> None:
    """The record holds codes alone: no reason in it is a text."""
    told = [*refusals(), *reasons()]
    assert len({reason.code for reason in told}) > 10
    assert [text for reason in told if not is_invented(text := sentence(reason, language=invented))] == []


def refusals() -> list[Reason]:
    case = Case(purchase(), {"amount": 900})
    found = []
    over = Case(purchase(), {"amount": 900})
    over.send(Cancel("over"))
    attempts: list[Callable[[], Advance]] = [
        lambda: case.send(Withdraw("ben")),
        lambda: case.send(Retry()),
        lambda: case.send(MarkUndone("by hand")),
        lambda: case.decide("ben", "rejected", ""),
        lambda: case.decide("ben", "perhaps"),
        lambda: case.decide("ben", seen=99),
        lambda: over.send(Cancel("again")),
    ]
    for attempt in attempts:
        with pytest.raises(Refused) as refused:
            attempt()
        found.append(refused.value.reason)
    return found


def reasons() -> list[Reason]:
    """Of closed questions, of stops and of ends that nobody worded."""
    late = Case(purchase(timeout={"after": "P1D", "then": "reject"}), {"amount": 900})
    late.late()
    withdrawn = Case(purchase(), {"amount": 900})
    withdrawn.send(Withdraw("ann"))
    nobody = Case(purchase(levels=[{"id": "board", "who": [{"group": "nobody"}]}]), {"amount": 900})
    unsaid = Case(purchase(levels=[{"id": "boss", "when": "amount > 5", "who": [{"manager": 1}]}]), {})
    events = [data for case in (late, withdrawn, nobody, unsaid) for _, data in case.log]
    given = [data.get("reason") or (data if "code" in data else None) for data in events]
    found = [Reason.of(reason) for reason in given if reason]
    assert all(isinstance(reason, dict) for reason in given if reason)
    return [reason for reason in found if reason]
