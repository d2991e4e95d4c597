"""Every event in the words of the people who read them."""

from typing import Any

import pytest

from engine.events import all_types
from engine.wording.event_types import kind, tone
from engine.wording.events import tell
from engine.wording.names import Names
from tests.engine.told_events import NAMES, TOLD, event, raw
from tests.engine.told_log import LOGGED


@pytest.mark.parametrize(("happened", "words"), [*TOLD, *LOGGED], ids=lambda value: str(value)[:40])
def test_each_event_reads_as_a_sentence(happened: dict[str, Any], words: str) -> None:
    assert tell(happened, NAMES) == words


def test_every_type_is_told_named_and_shown_here() -> None:
    assert {happened["type"] for happened, _ in (*TOLD, *LOGGED)} == set(all_types())


def test_what_it_does_not_know_it_says() -> None:
    words = "Parcel lost was recorded; the exact data is in the record"
    assert tell(raw("ParcelLost"), NAMES) == words
    assert kind("ParcelLost") == "ParcelLost"


@pytest.mark.parametrize("data", [{}, {"step": "approval"}, {"tasks": 4, "people": 3, "outcome": None}])
@pytest.mark.parametrize("type_", sorted(all_types()))
def test_data_of_another_shape_never_breaks_the_page(type_: str, data: dict[str, Any]) -> None:
    assert tell(raw(type_, **data), NAMES)
    assert tone(raw(type_, **data)) in ("good", "bad", "late", "plain")


def test_a_comment_cannot_turn_or_break_the_line() -> None:
    comment = "fine\u202e\n\ndevorppa\x00" + "x" * 1000
    words = tell(event("TaskDecided", step="approval", level="director", outcome="rejected", comment=comment), NAMES)
    assert "\u202e" not in words and "\n" not in words and "\x00" not in words
    assert words.startswith("Dana Reed (Director) rejected it: “fine devorppa xxx") and words.endswith("…”")
    assert len(words) < 500


def test_people_who_left_and_steps_without_names_are_still_told() -> None:
    words = tell(event("TaskOpened", step="old-step", tasks=[{"id": "t", "assignee": "gone"}]), Names())
    assert words == "Somebody who left was asked to fill in “old-step”"


def test_tones_go_with_what_was_said() -> None:
    decided = [event("TaskDecided", outcome=said) for said in ("approved", "rejected", "changes_requested")]
    assert [tone(happened) for happened in decided] == ["good", "bad", "late"]
    assert tone(event("InstanceEnded", status="rolled_back")) == "late"
    assert tone(event("ReminderSent", timer="t")) == "late"


def test_what_a_form_calls_sensitive_is_not_told() -> None:
    names = Names(steps={"fix": "Bank data"}, fields={"iban": "IBAN"}, hidden={"iban"})
    happened = event("TaskSubmitted", "Kim Lee", "k", step="fix", data={"iban": "DE02", "days": 30})
    assert tell(happened, names) == "Kim Lee filled in “Bank data”: IBAN •••, days 30"


def test_how_many_must_agree_is_said_where_several_are_asked() -> None:
    def asked(need: int, *people: str) -> str:
        tasks = [{"id": person, "assignee": person} for person in people]
        return tell(
            event("LevelOpened", step="approval", level="director", name="Board", need=need, tasks=tasks), NAMES
        )

    assert asked(1, "b") == "Bo Ek was asked to decide as Board"
    assert asked(1, "b", "c") == "Bo Ek and Cy Fox were asked to decide as Board (one is enough)"
    assert asked(2, "b", "c", "d").endswith("(2 must approve)")
