"""What a person sees of a request: what is asked, how much, who asks, by when, what happens next; and its path so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from app import instances, versions
from app.db import Db
from app.naming import Naming
from app.words import listed, span
from designer.canvas import draw
from designer.path import Path, path
from designer.shapes import Layout, Look
from engine import timers
from engine.definition import Definition
from engine.forms import describe
from engine.money import format_money
from engine.registry import discover

ICONS = {
    "InstanceStarted": "send",
    "TaskDecided": "stamp",
    "ApprovedByRule": "wand",
    "TaskEscalated": "arrow-up",
    "TimedOut": "clock",
    "ReminderSent": "bell",
    "Blocked": "triangle-alert",
    "InstanceEnded": "flag",
}
# Bookkeeping between two things that people did; the audit has it all.
QUIET = {"StepCompleted", "TasksClosed", "LevelPassed", "UndoRequested"}


@dataclass(frozen=True)
class Moment:
    """One line of the timeline."""

    at: datetime
    text: str
    icon: str
    kind: str
    outcome: str


@dataclass(frozen=True)
class Overview:
    """fields: (label, shown, kind) in the form's order. amount: the figure a decision is about, as text."""

    row: Row[Any]
    definition: Definition
    fields: Sequence[Any]
    amount: str
    drawing: Layout
    path: Path
    timeline: list[Moment]
    waiting: str
    due: datetime | None


def overview(db: Db, row: Row[Any]) -> Overview:
    """`row`: of instances.get."""
    definition = versions.definition(db, row.version_id)
    story = instances.story(db, row.id)
    open_tasks = instances.waiting(db, [row.id]).get(row.id, [])
    due = [task.due_at for task in open_tasks if task.due_at]
    told = [{"type": event.type, "data": event.data} for event in story]
    return Overview(
        row=row,
        definition=definition,
        fields=facts(definition, row.state["data"]),
        amount=amount(definition, row.state["data"]),
        drawing=drawing(definition),
        path=path(told),
        timeline=_timeline(db, row, story),
        waiting=waiting_for(definition, open_tasks, row.state),
        due=min(due) if due else None,
    )


def facts(definition: Definition, data: dict[str, Any]) -> Sequence[Any]:
    """Everything asked for in the request's form, then what later forms added."""
    schema, ui_schema = definition.form(definition.start)
    return describe(schema, ui_schema, data)


def amount(definition: Definition, data: dict[str, Any]) -> str:
    """The first money field of the request's form; empty where there is none."""
    _, ui_schema = definition.form(definition.start)
    for name, ui in ui_schema.items():
        if isinstance(ui, dict) and (ui.get("ui:money") or ui.get("ui:widget") == "money"):
            value = data.get(name)
            currency = ui.get("ui:money") or definition.document.get("currency", "")
            return format_money(value, str(currency)) if isinstance(value, int | Decimal) else ""
    return ""


def drawing(definition: Definition) -> Layout:
    types = discover("engine.steps")
    sentences = {key: types[step.type].sentence(step) for key, step in definition.steps.items()}
    looks = {name: Look(module.LABEL, module.ICON, module.SHAPE) for name, module in types.items()}
    return draw(definition.document, sentences, looks)


def _timeline(db: Db, row: Row[Any], story: Sequence[Row[Any]]) -> list[Moment]:
    naming = Naming(db, row.tenant_id)
    naming.learn(story)
    return [
        Moment(
            event.at,
            naming.tell(event, row.version_id),
            ICONS.get(event.type, "dot"),
            event.type,
            str(event.data.get("outcome") or event.data.get("status") or ""),
        )
        for event in story
        if event.type not in QUIET
    ]


def waiting_for(definition: Definition, open_tasks: Sequence[Row[Any]], state: dict[str, Any]) -> str:
    """"Dana Okafor (Director)", with what happens when nobody answers; why it is stuck; or nothing."""
    stuck = next((token["blocked"] for token in state.get("tokens", []) if token.get("blocked")), None)
    if stuck:
        return f"Stuck: {stuck}"
    if not open_tasks:
        return ""
    people = listed(f"{task.assignee} ({task.name})" for task in open_tasks[:4])
    more = f" and {len(open_tasks) - 4} more" if len(open_tasks) > 4 else ""
    return f"Waiting for {people}{more}"


def then(definition: Definition, task: Row[Any], now: datetime) -> str:
    """What happens to a task that nobody answers: "goes to the next manager in 4 hours"."""
    if task.due_at is None:
        return ""
    policy = definition.steps[task.step].settings.get("timeout")
    action = timers.action(policy, task.state["data"], 0)
    words = {
        "escalate": "goes to the next person in line",
        "approve": "counts as approved",
        "reject": "counts as rejected",
        "timed_out": "goes on without an answer",
    }[action]
    left = task.due_at - now
    return f"{words} in {span(left)}" if left > timedelta(0) else f"{words} any moment now"
