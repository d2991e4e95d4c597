"""What a person sees of a request: what is asked, how much, whom it waits for, its way so far and its story."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from app import instances, runtime
from app.audit.names import Naming
from app.runtime import versions
from app.store.db import Db
from designer.drawing.canvas import draw
from designer.drawing.path import Path, path
from designer.drawing.shapes import Layout, Look
from engine.definition import Definition
from engine.forms import Shown, describe
from engine.json_text import dumps
from engine.registry import discover
from engine.state import State
from engine.wording import event_types
from engine.wording.values import count, listed, quote
from engine.wording.waiting import Waits, waits

TONES = {"good": "success", "bad": "danger", "late": "warning", "plain": "neutral"}
REASONS = {"timeout": "Nobody answered in time."}
# Reasons that only repeat what the request ended as.
SILENT = ("rejected", "changes_requested", "withdrawn", "cancelled")
# Bookkeeping between two things that people did; the audit has it all.
QUIET = {"StepCompleted", "TasksClosed", "UndoRequested"}


@dataclass(frozen=True)
class Moment:
    """One line of the timeline."""

    at: datetime
    text: str
    icon: str
    tone: str


@dataclass(frozen=True)
class Overview:
    """facts: under the name of the form that asked for them. amount: the figure a decision is about, as text.

    decision: the newest event of somebody who decided. tasks: the open ones.
    """

    row: Row[Any]
    definition: Definition
    state: State
    facts: list[tuple[str, list[Shown]]]
    amount: str
    drawing: Layout
    path: Path
    timeline: list[Moment]
    decision: Row[Any] | None
    tasks: list[Row[Any]]
    waits: Waits

    @property
    def verdict(self) -> Row[Any] | None:
        """The decision that ended it, where one did."""
        ends = {"completed": "approved", "rolled_back": "rejected"}.get(self.state.ended or "", self.state.ended)
        return self.decision if self.decision and self.decision.data["outcome"] == ends else None

    @property
    def reason(self) -> str:
        """Why it ended as it did, where somebody or something said so."""
        said = self.state.reason or ""
        return "" if said in SILENT or said == self.state.ended else REASONS.get(said, said)

    @property
    def remains(self) -> str:
        """What an administrator left as it was, though it should have been undone."""
        return listed(quote(self.definition.steps[step].name) for step in self.state.remains)

    @property
    def losses(self) -> list[str]:
        """What is lost when the request is stopped now."""
        undone = [quote(self.definition.steps[undo.step].name) for undo in reversed(self.state.undo)]
        if self.state.closing:
            return [f"Not undone: {listed(undone)}."]
        signed = len(self.state.signed)
        found = [
            f"{self.waits.who} {'is' if len(self.tasks) == 1 else 'are'} no longer asked." if self.waits.who else "",
            f"{count(signed, 'approval')} so far no longer count{'s' if signed == 1 else ''}." if signed else "",
            f"What was done is undone: {listed(undone)}." if undone else "",
        ]
        return [loss for loss in found if loss]


def overview(db: Db, row: Row[Any]) -> Overview:
    """`row`: of instances.get."""
    definition, state = versions.definition(db, row.version_id), runtime.state_of(row.state)
    story = instances.story(db, row.id)
    tasks = instances.waiting(db, [row.id]).get(row.id, [])
    facts = all_facts(definition, state.data)
    return Overview(
        row=row,
        definition=definition,
        state=state,
        facts=facts,
        amount=_first_amount(facts[0][1]),
        drawing=drawing(definition),
        path=path({"type": event.type, "data": event.data} for event in story),
        timeline=_timeline(db, row, story),
        decision=next((event for event in reversed(story) if event.type == "TaskDecided"), None),
        tasks=tasks,
        waits=waits(definition, state, tasks),
    )


def all_facts(definition: Definition, data: dict[str, Any]) -> list[tuple[str, list[Shown]]]:
    """What the request's form asked for, then what other forms added, each field once."""
    found, told = [], set()
    for key in [definition.start, *(key for key in definition.steps if key != definition.start)]:
        step = definition.steps[key]
        if key != definition.start and "schema" not in step.settings.get("form", {}):
            continue
        schema, ui_schema = definition.form(key)
        fresh = {name: value for name, value in data.items() if name not in told}
        shown = describe(schema, ui_schema, fresh)
        told |= set(schema.get("properties", {}))
        if shown or key == definition.start:
            found.append((step.name, shown))
    return found


def amount(definition: Definition, data: dict[str, Any]) -> str:
    """The first sum of money in the request's form; empty where there is none."""
    schema, ui_schema = definition.form(definition.start)
    written = dumps([schema, ui_schema])
    if b"money" not in written and b"currency" not in written:
        return ""  # no field of such a form is one, and every mail asks
    return _first_amount(describe(schema, ui_schema, data))


def _first_amount(facts: list[Shown]) -> str:
    return next((fact.value for fact in facts if fact.kind == "money"), "")


def drawing(definition: Definition) -> Layout:
    types = discover("engine.steps")
    sentences = {key: types[step.type].sentence(step) for key, step in definition.steps.items()}
    looks = {name: Look(module.LABEL, module.ICON, module.SHAPE) for name, module in types.items()}
    return draw(definition.document, sentences, looks)


def _timeline(db: Db, row: Row[Any], story: Sequence[Any]) -> list[Moment]:
    naming = Naming(db, row.tenant_id)
    naming.learn(story)
    return [
        Moment(
            at=event.at,
            text=naming.tell(event, row.version_id),
            icon=event_types.icon(event.type),
            tone=TONES[event_types.tone(event._mapping)],
        )
        for event in story
        if event.type not in QUIET
    ]
