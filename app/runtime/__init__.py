"""The only bridge between engine and database: load and lock, advance, write everything it produced in one statement.

State, events, tasks, timers and effects of a command stand or fall together. Workers are woken after the commit.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from msgspec import convert
from msgspec.structs import asdict

from app.access.principal import Moment
from app.channels import channels_of
from app.errors import Missing, Unavailable
from app.runtime import sql, wake
from app.runtime.directories import directory
from app.runtime.versions import definition
from app.store.db import Db
from app.store.ids import uuid7
from engine.commands import Command, Start
from engine.effects import Call, ClearTimer, CloseTasks, Expect, OpenTask, SetTimer, Tell
from engine.interpreter import Advance, World, advance
from engine.json_text import dumps
from engine.record.chain import GENESIS, body, moment_text, seal
from engine.record.disclosure import KEY_BYTES
from engine.state import FORMAT, State

log = structlog.get_logger()

TELL_ATTEMPTS, EXPECT_ATTEMPTS = 4, 10
EVENT_COLUMNS = ("seq", "type", "actor_kind", "actor_id", "actor_name", "source", "address", "agent", "data")


@dataclass(frozen=True)
class Actor:
    """Who sent a command and from where; stands in the record of what it caused.

    kind: user, key, timer, worker or system. source: web, api, e-mail, demo, timer, worker, command line.
    key: id and owner of the API key it came through; stands in the event's data.
    cause: the timer, effect or message that led to the command; none where a person acted unasked.
    """

    kind: str
    id: UUID | None
    name: str
    source: str
    address: str | None = None
    agent: str | None = None
    key: dict[str, str] | None = None
    cause: UUID | None = None


WORKER = Actor("worker", None, "Signoff", "worker")
TIMER = Actor("timer", None, "Signoff", "timer")


@dataclass(frozen=True)
class Moved:
    """What a command did. changed is False where it came too late to matter."""

    instance_id: UUID
    number: int
    state: State
    changed: bool
    now: datetime


@dataclass(frozen=True)
class New:
    """What a new instance is besides its state."""

    tenant_id: UUID
    version_id: UUID
    prefix: str
    asked: dict[str, Any] | None = None


def start(
    db: Db,
    new: New,
    command: Start,
    actor: Actor,
    at: datetime | None = None,
    moment: Moment | None = None,
) -> Moved:
    """The first events of a new instance. `at`: as for `send`. `moment`: where this transaction has read it."""
    read = moment or Moment(**db.query(sql.MOMENT, {"tenant": new.tenant_id})[0])
    world = World(at or read.now, directory(db, new.tenant_id, read.rev))
    result = advance(definition(db, new.tenant_id, new.version_id), None, command, world)
    _log_faults(result, command.instance)
    row: dict[str, Any] = {
        "id": UUID(command.instance),
        "tenant_id": new.tenant_id,
        "version_id": new.version_id,
        "prefix": new.prefix,
        "requester_id": UUID(command.requester),
        "asked": new.asked,
        "seq": 0,
        "head": GENESIS,
    }
    number = _write(db, sql.INSERT, row, result, world, actor)
    return Moved(row["id"], number, result.state, True, world.now)


def lock(db: Db, tenant_id: UUID, instance_id: UUID) -> dict[str, Any]:
    """The instance's row, locked until the transaction ends: commands on one instance happen one after the other."""
    return _one(db.query(sql.LOCK, {"tenant": tenant_id, "id": instance_id}))


def lock_by_task(db: Db, tenant_id: UUID, task_id: UUID) -> dict[str, Any]:
    return _one(db.query(sql.LOCK_BY_TASK, {"task": task_id, "tenant": tenant_id}))


def lock_to_answer(db: Db, tenant_id: UUID, person_id: UUID, place: dict[str, Any]) -> dict[str, Any]:
    """A request, by `some_id` (its own or a task's) or by `prefix` and `number`; and as `task`, if there is one, what
    this person is asked in it, or was.
    """
    known = {"tenant": tenant_id, "person": person_id, **place}
    return _one(db.query(sql.LOCK_BY_ID if "some_id" in place else sql.LOCK_BY_NUMBER, known))


def _one(rows: list[dict[str, Any]]) -> dict[str, Any]:
    if not rows:
        raise Missing("There is no such request.")
    return rows[0]


def send(
    db: Db,
    row: dict[str, Any],
    command: Command,
    actor: Actor,
    at: datetime | None = None,
) -> Moved:
    """Advance a locked instance by one command. Raises engine.commands.Refused; then nothing is written.

    The moment is the database's, never earlier than the instance's newest event; `at` moves it for tests.
    """
    now = max(at or row["now"], row["updated_at"])
    world = World(now, directory(db, row["tenant_id"], row["rev"]))
    result = advance(definition(db, row["tenant_id"], row["version_id"]), state_of(row["state"]), command, world)
    _log_faults(result, str(row["id"]))
    if result.events:
        _write(db, sql.UPDATE, row, result, world, actor)
    return Moved(row["id"], row["number"], result.state, bool(result.events), now)


def _log_faults(result: Advance, instance: str) -> None:
    """Steps that stopped for a reason that nobody foresaw: the record has a code, the log the traceback."""
    for fault in result.faults:
        log.error("step failed", instance=instance, exc_info=fault)


def state_of(document: dict[str, Any]) -> State:
    """Raises Unavailable for a state of a newer release: what this one does not know, it would drop when it writes."""
    if document["v"] > FORMAT:
        raise Unavailable(f"A newer release wrote this request (format {document['v']}). Update this process.")
    return convert(document, State)


def _write(
    db: Db,
    statement: str,
    row: dict[str, Any],
    result: Advance,
    world: World,
    actor: Actor,
) -> int:
    head, events = _event_rows(row, result, world.now, actor)
    outbox = _effect_rows(db, row, result)
    disarmed = [effect for effect in result.effects if isinstance(effect, ClearTimer)]
    cleared = {effect.id for effect in disarmed}
    armed = [effect for effect in result.effects if isinstance(effect, SetTimer) and effect.id not in cleared]
    opened, closed = _tasks(result)
    parts = {
        "events": events,
        "opened": opened,
        "closed": closed,
        "disarmed": disarmed,
        "armed": armed,
        "effects": outbox,
    }
    told: dict[str, Any] = {name: dumps(rows).decode() for name, rows in parts.items() if rows}
    facts = {
        "id": row["id"],
        "tenant": row["tenant_id"],
        "title": result.state.title,
        "status": result.state.status,
        "state": dumps(result.state).decode(),
        "seq": result.state.seq,
        "head": head,
        "cause": actor.cause,
        "v": FORMAT,
        "now": world.now,
        "ended": world.now if result.state.ended else None,
        "blocked": result.state.blocked is not None,
    }
    if statement is sql.INSERT:
        asked = dumps(row["asked"]).decode() if row["asked"] is not None else None
        facts |= {
            "prefix": row["prefix"],
            "version": row["version_id"],
            "requester": row["requester_id"],
            "asked": asked,
        }
    written = db.query(sql.together(statement, tuple(told)), {**facts, **told})
    if outbox:
        db.after_commit(lambda: wake.workers(row["tenant_id"], [effect["id"] for effect in outbox]))
    if armed:
        db.after_commit(lambda: wake.scheduler(min(timer.due for timer in armed), world.now))
    return int(written[0]["number"])


def _event_rows(
    row: dict[str, Any], result: Advance, now: datetime, actor: Actor
) -> tuple[bytes, list[dict[str, Any]]]:
    """The last hash, and the events as rows, each hashed onto the one before.

    Address and agent stand only where the actor acted; a key only where there are personal values to be salted.
    """
    head, rows = bytes(row["head"]), []
    shared = {
        "v": FORMAT,
        "instance_id": str(row["id"]),
        "tenant_id": str(row["tenant_id"]),
        "at": moment_text(now),
        "correlation_id": None,
        "causation_id": str(actor.cause) if actor.cause else None,
        "source": actor.source,
        "erased": None,
    }
    actor_id = str(actor.id) if actor.id else None
    for number, event in enumerate(result.events):
        own = event.by == "actor"
        told: dict[str, Any] = shared | {
            "seq": row["seq"] + number + 1,
            "type": event.type,
            "actor_kind": actor.kind if own else event.by,
            "actor_id": actor_id if own else None,
            "actor_name": actor.name if own else "Signoff",
            "address": actor.address if own else None,
            "agent": actor.agent if own else None,
            "data": event.data | {"key": actor.key} if own and actor.key else event.data,
            "key": os.urandom(KEY_BYTES),
        }
        hashed = body(told)
        head = seal(head, hashed)
        key = told["key"].hex() if hashed["digests"] else None
        rows.append({name: told[name] for name in EVENT_COLUMNS} | {"hash": head.hex(), "key": key})
    return head, rows


def _tasks(result: Advance) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Those to insert and those to close. One statement cannot do both to a row, so it is inserted closed."""
    closed = {
        task: {"id": task, "status": effect.status, "by": effect.by, "comment": effect.comment}
        for effect in result.effects
        if isinstance(effect, CloseTasks)
        for task in effect.ids
    }
    opened = [effect for effect in result.effects if isinstance(effect, OpenTask)]
    return [asdict(task) | closed.pop(task.id, {}) for task in opened], list(closed.values())


def _effect_rows(db: Db, row: dict[str, Any], result: Advance) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for effect in result.effects:
        if isinstance(effect, Call):
            payload = {"step": effect.step, "call": effect.call, "first": effect.first}
            rows.append({"id": effect.id, "kind": effect.kind, "payload": payload, "max_attempts": effect.attempts})
        elif isinstance(effect, Expect):
            payload = {"step": effect.step, "name": effect.name, "about": effect.key}
            rows.append({"id": effect.id, "kind": "expect", "payload": payload, "max_attempts": EXPECT_ATTEMPTS})
        elif isinstance(effect, Tell):
            payload = {
                "message": effect.message,
                "to": effect.person,
                "step": effect.step,
                "task": effect.task,
                "facts": effect.facts,
            }
            for channel in channels_of(definition(db, row["tenant_id"], row["version_id"])):
                told = {"id": str(uuid7()), "kind": "notify", "payload": {**payload, "channel": channel}}
                rows.append({**told, "max_attempts": TELL_ATTEMPTS})
    return rows
