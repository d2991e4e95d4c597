"""What a person sees of a request: what is asked, how much, whom it waits for, its route so far and its story."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from app import instances, runtime
from app.access import confidential
from app.access.principal import Principal
from app.audit.names import Naming
from app.people import zones
from app.runtime import versions
from app.runtime.directories import current
from app.store.db import Db
from designer import ahead
from designer.drawing.canvas import draw
from designer.drawing.faces import faces_of
from designer.drawing.path import Path, path
from designer.drawing.shapes import Layout
from designer.drawing.signed import with_signers
from designer.simulate import when_all_agree
from engine.definition import Definition
from engine.forms import Shown, describe
from engine.interpreter import World
from engine.json_text import dumps
from engine.people import Directory
from engine.signatures import counting
from engine.state import State
from engine.wording import event_types
from engine.wording.changes import Change, changes
from engine.wording.clock import Clock
from engine.wording.endings import unanswered, why_ended
from engine.wording.labels import labels_of
from engine.wording.values import count, listed, quote
from engine.wording.waiting import Waits, first_due, waits

TONES = {"good": "success", "bad": "danger", "late": "warning", "plain": "neutral"}
# Bookkeeping between two things that people did; the audit has it all.
QUIET = {"StepCompleted", "TasksClosed", "UndoRequested"}
LIGHT = {"LevelOpened", "TaskOpened", "ReminderSent", "PeopleTold", "CallRequested", "CallDone", "CompensationStarted"}


@dataclass(frozen=True)
class Moment:
    """One line of the timeline. light: bookkeeping, beside what people said and did."""

    at: datetime
    text: str
    facts: tuple[str, ...]
    icon: str
    tone: str
    light: bool


@dataclass(frozen=True)
class Revision:
    """Sent again after somebody asked for changes. asked: that event."""

    asked: Row[Any]
    changes: list[Change]


@dataclass(frozen=True)
class Overview:
    """facts: under the name of the form that asked for them. amount: the figure a decision is about, as text.

    story: all events. decision: the newest event of somebody who decided. tasks: the open ones. ahead: who signs
    after those, and the end. unanswered: what passed though not everybody answered. masked: this person is not told
    sensitive values.
    """

    row: Row[Any]
    definition: Definition
    state: State
    facts: list[tuple[str, list[Shown]]]
    amount: str
    drawing: Layout
    path: Path
    story: Sequence[Any]
    timeline: list[Moment]
    decision: Row[Any] | None
    revision: Revision | None
    tasks: list[Row[Any]]
    waits: Waits
    ahead: list[str]
    unanswered: str
    masked: bool

    @property
    def verdict(self) -> Row[Any] | None:
        """The decision that ended it, where one did."""
        ends = {"completed": "approved", "rolled_back": "rejected"}.get(self.state.ended or "", self.state.ended)
        return self.decision if self.decision and self.decision.data["outcome"] == ends else None

    def changes_for(self, person: UUID, seen: int = 0) -> list[Change]:
        """What changed since `seen` or since this person decided, where the revision does not tell it already."""
        decided = max((event.seq for event in self.story if event.data.get("person") == str(person)), default=0)
        told = self.revision is not None and decided <= self.revision.asked.seq
        begin = seen or (0 if told else decided)
        return _changes(self.definition, self.story, begin, self.masked) if begin else []

    @property
    def reason(self) -> str:
        """Why it ended as it did, where somebody or something said so."""
        return why_ended(self.state.reason)

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
        signed = len(counting(self.definition, self.state))
        found = [
            f"{self.waits.who} {'is' if len(self.tasks) == 1 else 'are'} no longer asked." if self.waits.who else "",
            f"{count(signed, 'approval')} so far no longer count{'s' if signed == 1 else ''}." if signed else "",
            f"What was done is undone: {listed(undone)}." if undone else "",
        ]
        return [loss for loss in found if loss]


def overview(db: Db, row: Row[Any], principal: Principal) -> Overview:
    """`row`: of instances.get, which says that this person may see it."""
    definition, state = versions.definition(db, row.tenant_id, row.version_id), runtime.state_of(row.state)
    story = instances.story(db, row.tenant_id, row.id)
    tasks = instances.waiting(db, row.tenant_id, [row.id]).get(row.id, [])
    directory = current(db, row.tenant_id)
    masked = not confidential.sees(db, principal, row.id, row.requester_id)
    facts = all_facts(definition, confidential.masked(definition, state.data) if masked else state.data)
    return Overview(
        row=row,
        definition=definition,
        state=state,
        facts=facts,
        amount=_first_amount(facts[0][1]),
        drawing=drawing(definition, directory, state),
        path=path({"type": event.type, "data": event.data} for event in story),
        story=story,
        timeline=_timeline(db, row, story, masked, zones.clock(principal.zone, own=True)),
        decision=next((event for event in reversed(story) if event.type == "TaskDecided"), None),
        revision=_revision(definition, story, masked),
        tasks=tasks,
        waits=waiting_for(definition, state, tasks, directory),
        ahead=_ahead(definition, state, directory, masked),
        unanswered=unanswered(definition, state, labels_of(definition.document, directory)),
        masked=masked,
    )


def waiting_for(definition: Definition, state: State, tasks: list[Row[Any]], directory: Directory) -> Waits:
    then = ""
    if tasks and (first := first_due(tasks)).due_at:
        then = ahead.silence(definition, state, World(first.due_at, directory), first.step)
    return waits(definition, state, tasks, directory, then)


def _ahead(definition: Definition, state: State, directory: Directory, masked: bool) -> list[str]:
    if not any(token.wait for token in state.tokens):
        return []
    stops = when_all_agree(definition, state, World(datetime.now(UTC), directory))
    shown = [stop for stop in stops if stop.waits or stop.kind == "end"]
    return [f"Then {ahead.sentence(definition, directory, [stop], masked=masked)}" for stop in shown]


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
    """The first sum of money that was filled in in the request's form; empty where there is none."""
    schema, ui_schema = definition.form(definition.start)
    written = dumps([schema, ui_schema])
    if b"money" not in written and b"currency" not in written:
        return ""  # no field of such a form is one, and every mail asks
    return _first_amount(describe(schema, ui_schema, data))


def _first_amount(facts: list[Shown]) -> str:
    return next((fact.value for fact in facts if fact.kind == "money"), "")


def drawing(definition: Definition, people: Directory | None = None, state: State | None = None) -> Layout:
    """people: gives those their names who are asked by id or address. state: of a request: who signed, who is asked."""
    faces = faces_of(definition, people)
    if state and people:
        faces = with_signers(faces, definition, state, people)
    return draw(definition.document, faces)


def _revision(definition: Definition, story: Sequence[Any], masked: bool) -> Revision | None:
    """What the last sending again changed; nothing where nobody asked for changes, or they are still being made."""
    sent_back = [
        number
        for number, event in enumerate(story)
        if event.type == "TaskDecided" and event.data["outcome"] == "changes_requested"
    ]
    if not sent_back:
        return None
    answered = [
        number
        for number, event in enumerate(story)
        if number > sent_back[-1] and event.type == "TaskSubmitted" and event.data["step"] == definition.start
    ]
    if not answered:
        return None
    asked = story[sent_back[-1]]
    return Revision(asked, _changes(definition, story[: answered[0] + 1], asked.seq, masked))


def _changes(definition: Definition, story: Sequence[Any], since: int, masked: bool) -> list[Change]:
    return changes(definition, [dict(event._mapping) for event in story], since, masked=masked)


def _timeline(db: Db, row: Row[Any], story: Sequence[Any], masked: bool, reader: Clock) -> list[Moment]:
    naming = Naming(db, row.tenant_id, masked=masked, clock=reader)
    naming.learn(story)
    return [
        Moment(
            event.at,
            *naming.line(event, row.version_id),
            icon=event_types.icon(event.type),
            tone=TONES[event_types.tone(event._mapping)],
            light=event.type in LIGHT,
        )
        for event in story
        if event.type not in QUIET
    ]
