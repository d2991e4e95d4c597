"""Each type of event says all about itself in one place, and the published schema says the same of what is stored."""

import re
from pathlib import Path
from typing import Any

import pytest
from msgspec import ValidationError

from engine.apply import fold
from engine.event_schema import event_schema
from engine.events import Event, Recorded, all_types, read
from engine.record.fields import Kind, fields_of
from engine.schemas import validate
from tests.engine.cast import Case, purchase

ICONS = re.findall(r'<symbol id="([^"]+)"', (Path(__file__).parents[2] / "static/icons.svg").read_text())
DECIDED: dict[str, Any] = {
    "token": 1,
    "step": "approval",
    "task": "t",
    "level": "manager",
    "person": "ben",
    "for": None,
    "outcome": "approved",
    "comment": None,
    "seen": 3,
    "need": 1,
    "covers": {"amount": "00", "item": None},
}


@pytest.mark.parametrize("kind", all_types().values(), ids=lambda kind: kind.__name__)
def test_a_type_of_event_brings_label_icon_tone_sentence_effect_and_schema(kind: type[Recorded]) -> None:
    assert kind.LABEL and kind.ICON in ICONS and kind.__doc__
    assert kind.TONE in ("good", "bad", "late", "plain")
    assert "sentence" in vars(kind)
    assert ("apply" in vars(kind)) == issubclass(kind, Event)
    assert kind.__name__ in event_schema()["$defs"]


def test_what_happens_outside_requests_is_of_its_published_shape_too() -> None:
    made = {"group": "g", "key": "board", "name": None, "members": ["p"]}
    assert validate(event_schema(), {"type": "GroupAdded", "data": made}) == []
    assert validate(event_schema(), {"type": "GroupAdded", "data": made | {"members": "p"}})
    assert event_schema()["$defs"]["GroupAdded"]["properties"]["name"]["x-personal"] == "whole"
    with pytest.raises(KeyError, match="GroupAdded"):
        fold([("GroupAdded", made)])


def test_the_schema_takes_what_is_stored_and_what_is_left_after_an_erasure() -> None:
    assert validate(event_schema(), {"type": "TaskDecided", "data": DECIDED}) == []
    assert event_schema()["$defs"]["TaskDecided"]["properties"]["comment"]["x-personal"] == "whole"


def test_descriptions_have_no_breaks_and_indents_of_the_source() -> None:
    told = [part["description"] for part in event_schema()["$defs"].values() if "description" in part]
    assert len(told) > 50
    assert not [text for text in told if "  " in text or "\n" in text.replace("\n\n", "")]
    assert "a digest by field.\n\nthrough: the group" in event_schema()["$defs"]["TaskDecided"]["description"]


@pytest.mark.parametrize("wrong", [{"seen": "3"}, {"person": None}, {"covers": ["amount"]}])
def test_what_is_not_of_its_shape_is_neither_published_nor_replayed(wrong: dict[str, Any]) -> None:
    assert validate(event_schema(), {"type": "TaskDecided", "data": DECIDED | wrong})
    with pytest.raises(ValidationError):
        read("TaskDecided", DECIDED | wrong)


def test_a_type_that_nobody_knows_is_not_replayed() -> None:
    with pytest.raises(KeyError, match="TaskPainted"):
        fold([("TaskPainted", {})])


def test_fields_of_a_later_release_are_read_over() -> None:
    assert read("TaskDecided", DECIDED | {"mood": "good"}) == read("TaskDecided", DECIDED)


def test_what_is_personal_stands_beside_the_field() -> None:
    fields = fields_of("StepCompleted") or {}
    assert fields["why"] == {"rule": Kind.PLAIN, "values": Kind.EACH, "text": Kind.PLAIN}
    assert fields["reason"] == {"code": Kind.PLAIN, "params": Kind.EACH}
    assert (fields["outcome"], fields["set"]) == (Kind.PLAIN, Kind.EACH)


def test_a_command_changes_nothing_of_the_state_it_is_given() -> None:
    case = Case(purchase(), {"item": "Desk", "amount": 12_000})
    for who in ("ben", "dana", "fay"):
        before, log = case.now_state, list(case.log)
        case.decide(who)
        assert before == fold(log) and before is not case.now_state
