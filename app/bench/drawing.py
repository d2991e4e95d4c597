"""`python -m app bench drawing`: what an edit of a large flow costs: edit, layout, and the stage's HTML."""

import argparse
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from app.web.html import environment
from designer.drawable import drawable, faces
from designer.drawing.canvas import draw
from designer.drawing.shapes import Layout
from designer.edits import apply_edit, read_edit

Found = TypeVar("Found")
EDIT = read_edit({"edit": "insert", "at": "s0:approved", "type": "notify"})
_LEVELS: list[dict[str, Any]] = [
    {"id": "manager", "name": "Manager", "when": "amount > 500", "who": [{"manager": 1}]},
    {"id": "board", "name": "Board", "when": "amount >= 10000", "who": [{"group": "board"}], "policy": {"quorum": 2}},
]


def main(argv: Sequence[str]) -> int:
    given = _arguments(argv)
    document = flow(given.steps)
    edited, edit = _best(lambda: apply_edit(document, EDIT), given.rounds)
    layout, drawing = _best(lambda: draw(drawable(edited), faces(edited), plus=True), given.rounds)
    page, rendering = _best(lambda: render(layout), given.rounds)
    elements = page.count("<") - page.count("</")
    print(f"{len(layout.cards)} cards: {len(page.encode()) / 1000:.0f} kB, {elements:,} elements")
    whole = edit + drawing + rendering
    print(f"edit {edit:.0f} ms, layout {drawing:.0f} ms, HTML {rendering:.0f} ms: {whole:.0f} ms")
    return 0


def flow(steps: int) -> dict[str, Any]:
    """Of five steps two are approvals with ways back, one a decision between a step and none, one tells, one calls."""
    made = {f"s{number}": _step(number, steps) for number in range(steps)}
    data = {"type": "object", "properties": {"amount": {"type": "number", "title": "Amount"}}}
    end = {"type": "end", "name": "Rejected", "status": "rejected"}
    return {"key": "bench", "name": "Bench", "data": data, "start": "s0", "steps": {**made, "end": end}}


def render(layout: Layout) -> str:
    module: Any = environment().get_template("parts/stage.html").module
    return str(module.stage(layout, "Steps", mode="edit", link="?step=", post="edits"))


def _step(number: int, steps: int) -> dict[str, Any]:
    following, later = (f"s{min(number + far, steps)}".replace(f"s{steps}", "end") for far in (1, 2))
    if number % 5 == 1:
        branches = [{"outcome": "large", "label": "Large ones", "when": "amount > 5000"}]
        outcomes = {"large": following, "otherwise": later}
        return {"type": "decision", "name": f"How much is it? {number}", "branches": branches, "outcomes": outcomes}
    if number % 5 in (2, 4):
        kind: dict[str, Any] = {"type": "notify", "who": [{"requester": True}], "subject": "So", "message": "And so"}
        if number % 5 == 4:
            kind = {"type": "action", "call": {"url": "https://erp.example.com/orders"}}
        ways = {"sent": following} if number % 5 == 2 else {"done": following, "failed": "end"}
        return {**kind, "name": f"Step {number}", "outcomes": ways}
    outcomes = {"approved": following, "rejected": "end", "changes_requested": "s0" if number else "end"}
    return {"type": "approval", "name": f"Approval {number}", "levels": _LEVELS, "outcomes": outcomes}


def _best(work: Callable[[], Found], rounds: int) -> tuple[Found, float]:
    """What it gives, and the milliseconds of the best round."""
    best = float("inf")
    for _ in range(max(1, rounds)):
        begin = time.process_time()
        found = work()
        best = min(best, time.process_time() - begin)
    return found, best * 1000


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m app bench drawing", description=__doc__)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args(argv)
