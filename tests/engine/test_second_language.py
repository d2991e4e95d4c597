"""A second language is a gettext file: an invented one, in which every text of the engine stands in brackets."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from engine.check import check_document
from engine.commands import Cancel, MarkUndone, Refused, Retry, Withdraw
from engine.interpreter import Advance
from engine.phrases import Plural
from engine.reasons import Reason
from engine.schemas import validate
from engine.wording.catalogue import CATALOGUE
from engine.wording.endings import unanswered
from engine.wording.events import tell
from engine.wording.labels import Labels, labels_of
from engine.wording.sentences import sentence
from tests.engine import test_check, test_publishing, test_publishing_data
from tests.engine.cast import Case, purchase
from tests.engine.invented import CLOSE, OPEN, SPOKEN, is_invented, language
from tests.engine.told_events import NAMES, TOLD, raw
from tests.engine.told_log import LOGGED

INVENTED = Labels(language=language())


@pytest.mark.parametrize("code", [code for code, text in CATALOGUE.items() if text not in SPOKEN])
@pytest.mark.parametrize("count", [1, 7])
def test_every_code_is_told_in_it(code: str, count: int) -> None:
    text = CATALOGUE[code]
    params = {text.by: count} if isinstance(text, Plural) else {}
    told = sentence(Reason(code, params), INVENTED)
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


def test_whatever_keeps_a_document_from_being_published_is_told_in_it() -> None:
    told, codes = [], set()
    for document in broken():
        for problem in check_document(document):
            told.append(sentence(problem.reason, replace(labels_of(document), language=language())))
            codes.add(problem.code)
            assert problem.params.get("why") is None or told[-1].count(OPEN) > 1, told[-1]
    assert [text for text in told if not is_invented(text)] == []
    assert len(codes) > 40


@pytest.mark.parametrize("given", [{"type": "integer"}, {"type": ["string", "null"]}, {"format": "date"}])
def test_the_words_for_a_type_or_a_form_are_told_in_it(given: dict[str, Any]) -> None:
    told = sentence(validate(given, {} if "type" in given else "x")[0].reason, INVENTED)
    assert is_invented(told)
    assert told.count(OPEN) > 1


@pytest.mark.parametrize("happened", [event for event, _ in (*TOLD, *LOGGED)], ids=lambda event: event["type"])
def test_every_event_is_told_in_it(happened: dict[str, Any]) -> None:
    assert is_invented(tell(happened, replace(NAMES, language=language())))


def test_what_a_sentence_of_an_event_holds_is_told_in_it() -> None:
    names = replace(NAMES, language=language())
    told = tell(raw("PeopleTold", token=1, step="fix", people=["gone", "d"], subject=None), names)
    assert told == "⟦“Bank data” told ⟦⟦somebody who left⟧ and Dana Reed⟧⟧"
    before, after = {"amount": None}, {"amount": True}
    told = tell(raw("DataCorrected", token=1, step="fix", reason="", person="d", before=before, after=after), names)
    assert told == "⟦Dana Reed corrected ⟦Amount from ⟦empty⟧ to ⟦yes⟧⟧⟧"


def test_what_refuses_stops_and_closes_is_told_in_it() -> None:
    """The record holds codes alone: no reason in it is a text."""
    told = [*refusals(), *reasons()]
    assert len({reason.code for reason in told}) > 10
    assert [text for reason in told if not is_invented(text := sentence(reason, INVENTED))] == []


def test_what_passed_though_not_everybody_answered_is_told_in_it() -> None:
    levels = [{"id": "board", "name": "Board", "who": [{"group": "board"}], "policy": {"quorum": 2}}]
    for signed, only in ((["fay"], "Only Fay"), ([], "Nobody")):
        case = Case(purchase(levels=levels, timeout={"after": "P1D", "then": "approve"}), {"amount": 900})
        for person in signed:
            case.decide(person)
        case.late()
        labels = replace(labels_of(case.definition.document, case.people), language=language())
        told = unanswered(case.definition, case.now_state, labels)
        assert told == f"⟦{only} answered “Board” in time; that counted as approved.⟧"


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
