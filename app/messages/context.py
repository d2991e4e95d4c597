"""A request, and a task of it, as a question: what is asked, how much, who asks, by when, what a yes does.

For messages and decision links, which are made and read where nobody is logged in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app import overview, runtime
from app.access import confidential
from app.errors import Missing
from app.people.zones import clock
from app.runtime import versions
from app.runtime.directories import current
from app.store.db import Db
from app.store.tables import instances, tasks, tenants, users
from designer import ahead
from designer.simulate import after_approval
from engine.definition import Definition
from engine.forms import describe
from engine.interpreter import World
from engine.people import Directory
from engine.state import State
from engine.wording.clock import Clock
from engine.wording.values import clean

DECISIONS = ("approved", "rejected", "changes_requested")
_reading = users.alias("reading")


@dataclass(frozen=True)
class About:
    """The request. fields: (label, shown, kind) of what was asked for. clock: the reader's, with a label."""

    id: UUID
    tenant_id: UUID
    tenant: str
    flow: str
    title: str
    reference: str
    asked_at: datetime
    requester_id: UUID
    requester: str
    requester_title: str
    amount: str
    fields: list[tuple[str, str, str]]
    definition: Definition
    state: State
    clock: Clock

    @property
    def what(self) -> str:
        """With the amount first where there is one: "7,200.00 EUR: MacBooks"."""
        return f"{self.amount}: {self.title}" if self.amount else self.title


@dataclass(frozen=True)
class Question:
    """A task. before: what was answered so far. silence: what happens when nobody answers."""

    id: UUID
    kind: str
    name: str
    status: str
    assignee_id: UUID
    due: datetime | None
    before: list[str]
    yes: str
    silence: str
    outcomes: list[str]
    comment: str
    has_form: bool


def about(db: Db, tenant_id: UUID, instance_id: UUID, reader: UUID) -> About:
    """reader: the person whose clock its moments are told by."""
    row = db.execute(
        select(
            instances,
            tenants.c.name.label("tenant"),
            users.c.name.label("requester"),
            users.c.title.label("requester_title"),
            select(func.coalesce(_reading.c.zone, tenants.c.zone))
            .where(_reading.c.id == reader)
            .scalar_subquery()
            .label("zone"),
        )
        .join(tenants, tenants.c.id == instances.c.tenant_id)
        .join(users, users.c.id == instances.c.requester_id)
        .where(instances.c.id == instance_id, instances.c.tenant_id == tenant_id)
    ).first()
    if row is None:
        raise Missing("There is no such request.")
    definition = versions.definition(db, row.version_id)
    data = confidential.masked(definition, row.state["data"])
    return About(
        id=row.id,
        tenant_id=tenant_id,
        tenant=clean(row.tenant, 100),
        flow=clean(definition.name, 100),
        title=clean(row.title, 200),
        reference=f"{row.prefix}-{row.number}",
        asked_at=row.created_at,
        requester_id=row.requester_id,
        requester=clean(row.requester, 100),
        requester_title=clean(row.requester_title, 100),
        amount=overview.amount(definition, data),
        fields=_fields(definition, data),
        definition=definition,
        state=runtime.state_of(row.state),
        clock=clock(row.zone, own=False),
    )


def _fields(definition: Definition, data: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What the requester's form asked for. What it calls sensitive stays hidden: these words leave us."""
    schema, ui_schema = definition.form(definition.start)
    told = describe(schema, ui_schema, data)
    return [(clean(label, 100), clean(shown), kind) for label, shown, kind in told]


def question(db: Db, asked: About, task_id: UUID) -> Question:
    task = db.execute(
        select(tasks).where(
            tasks.c.id == task_id, tasks.c.instance_id == asked.id, tasks.c.tenant_id == asked.tenant_id
        )
    ).first()
    if task is None:
        raise Missing("There is no such question.")
    step, directory = asked.definition.steps[task.step], current(db, asked.tenant_id)
    signed = [(signature.person, signature.step, signature.level) for signature in asked.state.signed]
    return Question(
        id=task.id,
        kind=task.kind,
        name=clean(task.name, 100),
        status=task.status,
        assignee_id=task.assignee_id,
        due=task.due_at,
        before=_before(db, asked, signed),
        yes=on_yes(asked.definition, asked.state, directory, str(task.id), masked=True),
        silence=ahead.silence(asked.definition, asked.state, World(task.due_at, directory), task.step)
        if task.due_at
        else "",
        outcomes=[outcome for outcome in DECISIONS if outcome in step.outcomes],
        comment=step.settings.get("comment", "required_on_reject"),
        has_form="form" in step.settings,
    )


def _before(db: Db, asked: About, signed: list[tuple[str, str, int]]) -> list[str]:
    names = people(db, asked.tenant_id, (person for person, _, _ in signed))
    said = []
    for person, step, number in signed:
        levels = asked.definition.steps[step].settings.get("levels", [])
        level = levels[number].get("name", "") if number < len(levels) else ""
        said.append(f"{names.get(person, 'Somebody who left')} approved{f' as {clean(level, 60)}' if level else ''}")
    return said


def people(db: Db, tenant_id: UUID, ids: Iterable[str]) -> dict[str, str]:
    wanted = [UUID(person) for person in ids]
    if not wanted:
        return {}
    rows = db.execute(select(users.c.id, users.c.name).where(users.c.tenant_id == tenant_id, users.c.id.in_(wanted)))
    return {str(row.id): clean(row.name, 100) for row in rows}


def on_yes(definition: Definition, state: State, directory: Directory, task: str, *, masked: bool) -> str:
    """What an approval of this task leads to, in names. masked: for readers who are not told sensitive values."""
    stops = after_approval(definition, state, World(datetime.now(UTC), directory), task)
    return ahead.sentence(definition, directory, stops, masked=masked)
