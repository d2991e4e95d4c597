from typing import Any

from designer.drawing.canvas import draw
from designer.drawing.shapes import Layout, Row

PURCHASE: dict[str, Any] = {
    "start": "request",
    "steps": {
        "request": {"type": "start", "name": "Request", "outcomes": {"submitted": "amount"}},
        "amount": {
            "type": "decision",
            "name": "How much?",
            "branches": [{"outcome": "small", "label": "Up to 500", "when": "amount <= 500"}],
            "outcomes": {"small": "order", "otherwise": "approval"},
        },
        "approval": {
            "type": "approval",
            "name": "Approval",
            "outcomes": {"approved": "order", "rejected": "end-rejected", "changes_requested": "request"},
        },
        "order": {"type": "action", "name": "Order", "outcomes": {"done": "end-done", "failed": "nowhere"}},
        "end-done": {"type": "end", "name": "Executed", "status": "completed", "outcomes": {}},
        "end-rejected": {"type": "end", "name": "Rejected", "status": "rejected", "outcomes": {}},
        "lost": {"type": "notify", "name": "Tell nobody", "outcomes": {"sent": "end-done"}},
    },
}


def test_what_becomes_of_each_outcome() -> None:
    layout = draw(PURCHASE)
    assert [(line.step, line.outcome) for line in layout.lines] == [
        ("request", "submitted"),
        ("amount", "small"),
        ("amount", "otherwise"),
        ("approval", "approved"),
    ]
    assert {(chip.outcome, chip.kind, chip.below) for chip in layout.chips} == {
        ("rejected", "end", False),
        ("changes_requested", "loop", False),
        ("done", "end", True),
        ("failed", "open", False),
    }
    assert layout.loose == (("lost", "Tell nobody"),)


def test_the_first_outcome_goes_straight_down() -> None:
    places = {card.step: (card.x, card.y) for card in draw(PURCHASE).cards}
    assert places["request"][0] == places["amount"][0] == places["order"][0] < places["approval"][0]
    assert places["amount"][1] < places["approval"][1] < places["order"][1]


def test_words_are_those_of_the_author() -> None:
    layout = draw(PURCHASE)
    assert [line.caption.text if line.caption else "" for line in layout.lines] == [
        "",
        "Up to 500",
        "Otherwise",
        "Approved",
    ]
    titles = {chip.outcome: chip.title for chip in layout.chips}
    assert titles["rejected"] == "Rejected: ends here"
    assert titles["changes_requested"] == "Changes requested: back to Request"
    assert titles["failed"] == "Failed: leads nowhere yet"


def test_a_jump_names_the_step_it_passes_others_to_reach() -> None:
    steps = {
        "start": {"type": "decision", "name": "Start", "outcomes": {"a": "left", "b": "right"}},
        "left": {"type": "form", "name": "Left", "outcomes": {"a": "first", "b": "second"}},
        "right": {"type": "form", "name": "Right", "outcomes": {"a": "first", "b": "second"}},
        "first": {"type": "notify", "name": "First", "outcomes": {"sent": "end"}},
        "second": {"type": "notify", "name": "Second", "outcomes": {"sent": "end"}},
        "end": {"type": "end", "name": "End", "status": "completed", "outcomes": {}},
    }
    layout = draw({"start": "start", "steps": steps})
    assert {(chip.step, chip.goal) for chip in layout.chips if chip.kind == "jump"} == {
        ("left", "Second"),
        ("right", "Second"),
    }
    assert next(card for card in layout.cards if card.step == "second").jumped_from == ("Left", "Right")


def test_the_list_opens_a_branch_and_closes_it_again() -> None:
    assert [told(row) for row in draw(PURCHASE).rows] == [
        "Request",
        "How much?",
        "Up to 500, on to Order",
        "Otherwise",
        "Approval, on to Order",
        "close",
        "Order",
    ]


def test_a_start_that_is_not_there_draws_nothing() -> None:
    layout: Layout = draw({"start": "gone", "steps": PURCHASE["steps"]})
    assert (layout.cards, layout.lines, layout.rows) == ((), (), ())
    assert len(layout.loose) == len(PURCHASE["steps"])


def told(row: Row) -> str:
    if row.kind == "close":
        return "close"
    name = row.card.face.name if row.kind == "card" else row.line.label
    return f"{name}, on to {row.onward}" if row.onward else name
