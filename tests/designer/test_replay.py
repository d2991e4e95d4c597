"""A past request run again over the same document goes the same way, whatever people and other systems did."""

from datetime import timedelta
from typing import Any

import pytest

from designer.trial import play
from designer.trial.replay import Past, differences, past, way
from designer.trial.script import Move
from engine.commands import Cancel, Command, Correct, EffectFailed, EffectSucceeded, MarkUndone, Receive
from engine.effects import Call, Expect
from engine.interpreter import Advance, advance
from tests.engine.cast import Case, flow

DATA = {
    "type": "object",
    "properties": {"item": {"type": "string"}, "amount": {"type": "number"}, "note": {"type": "string"}},
}
ASKED = {
    "type": "approval",
    "name": "Approval",
    "levels": [{"id": "manager", "who": [{"manager": 1}]}],
    "outcomes": {"approved": "approved", "rejected": "rejected"},
}
PAID = {"type": "wait", "name": "Paid", "event": {"name": "paid"}, "outcomes": {"received": "approval"}}
LARGE = {
    "type": "decision",
    "name": "Large?",
    "branches": [{"when": "amount > 500 and note == null", "outcome": "large"}],
    "outcomes": {"large": "approval", "otherwise": "rejected"},
}
ORDER = {
    "type": "action",
    "name": "Order",
    "call": {"url": "https://shop.example/orders"},
    "undo": {"url": "https://shop.example/cancel"},
    "outcomes": {"done": "approval", "failed": "failed"},
}


class Story(Case):
    """With when each event was."""

    def __init__(self, document: dict[str, Any], data: dict[str, Any]) -> None:
        self.events: list[dict[str, Any]] = []
        super().__init__(document, data)

    def send(self, command: Command) -> Advance:
        made = super().send(command)
        self.events += [{"type": one.type, "data": one.data, "at": self.now} for one in made.events]
        return made

    @property
    def call(self) -> str:
        return next(effect.id for effect in self.last.effects if isinstance(effect, Call))

    @property
    def past(self) -> Past:
        state = self.now_state
        ended = [one["data"]["step"] for one in self.events if one["type"] == "InstanceEnded"]
        return past(self.events, state.ended or "", ended or [token.step for token in state.tokens])


def received() -> Story:
    story = Story(flow({"paid": PAID, "approval": ASKED}, DATA), {"item": "Desk"})
    expected = next(effect.id for effect in story.last.effects if isinstance(effect, Expect))
    story.send(Receive(expected, "e1", {"sum": 3}))
    story.decide("ben")
    return story


def emptied() -> Story:
    story = Story(flow({"large": LARGE, "approval": ASKED}, DATA), {"item": "Desk", "note": "x"})
    story.send(Correct("dana", {"amount": 900}, "A slip", cleared=["note"]))
    return story


def cancelled(*answers: str) -> Story:
    story = Story(flow({"order": ORDER, "approval": ASKED}, DATA), {"item": "Desk"})
    story.send(EffectSucceeded(story.call, {"status": 200}))
    story.send(Cancel("Not needed"))
    for answer in answers:
        match answer:
            case "done":
                story.send(EffectSucceeded(story.call, {"status": 200}))
            case "failed":
                story.send(EffectFailed(story.call, "HTTP 500"))
            case "by hand":
                story.send(MarkUndone("Phoned them"))
            case "abandoned":
                story.send(Cancel("Let it be"))
    return story


STORIES = {
    "an event came in": received,
    "a field was emptied": emptied,
    "undone": lambda: cancelled("done"),
    "undone by hand": lambda: cancelled("failed", "by hand"),
    "not undone": lambda: cancelled("failed", "abandoned"),
}


@pytest.mark.parametrize("make", STORIES.values(), ids=STORIES)
def test_over_the_same_document_it_goes_the_same_way(make: Any) -> None:
    story = make()
    will = way(story.definition, story.people, story.past)
    assert differences(story.past, will) == []
    assert (will.path, will.status, set(will.steps)) == (story.past.path, story.past.status, set(story.past.steps))


def test_timers_without_end_are_fired_once_and_not_for_every_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    again = PAID | {"after": "PT1M", "outcomes": {"received": "approval", "elapsed": "paid"}}
    story = Story(flow({"paid": again, "approval": ASKED}, DATA), {"item": "Desk"})
    moves = [(story.now + timedelta(days=number), Move("fail", "paid")) for number in range(1, 31)]
    fired: list[Command] = []

    def counted(*given: Any) -> Advance:
        fired.append(given[2])
        return advance(*given)

    monkeypatch.setattr(play, "advance", counted)
    will = way(story.definition, story.people, story.past._replace(moves=moves))
    assert will.steps == ("paid",) and len(fired) <= play.MOST_COMMANDS
