"""Requests for programs: start one on a definition, see where it stands."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, RawBody
from sqlalchemy import Row

from app import definitions, instances
from app.access import confidential
from app.access.principal import Principal
from app.api.handlers import answered, answering, calls, command, instance_id, lookup, told
from app.api.operation import Call, Schema
from app.api.request import inside
from app.api.schema_parts import ANY_OBJECT, MAYBE, MAYBE_MOMENT, MOMENT, WORDS, body, shape
from app.errors import Invalid, Missing
from app.runtime import Moved, state_of, versions
from app.store.db import Db, transaction
from app.times import moment
from app.web.request import Asked, principal, tenant_of
from app.web.routes import get

REASON: Schema = {**WORDS, "pattern": r"\S", "maxLength": 4000}
FIELDS: dict[str, Schema] = {
    "id": WORDS,
    "number": WORDS,
    "definition": WORDS,
    "version": {"type": "integer"},
    "title": WORDS,
    "status": {**WORDS, "examples": ["running", "waiting_approval", "approved", "rejected", "completed", "cancelled"]},
    "seen": {"type": "integer", "description": "How far it had come when this was read; send it with a decision."},
    "data": ANY_OBJECT,
    "reason": MAYBE,
    "stuck": {**MAYBE, "description": "Why it waits for an administrator."},
    "createdAt": MOMENT,
    "endedAt": MAYBE_MOMENT,
    "waitingFor": {
        "type": "array",
        "items": shape(taskId=WORDS, step=WORDS, name=WORDS, person=WORDS, expiresAt=MAYBE_MOMENT),
    },
}
START = Call(
    "Start a request",
    shape(**FIELDS),
    "On the newest version of a published definition. The data are the answers to its first form.",
    body=body(
        {"definition": "purchase-approval", "data": {"item": "Three laptops", "amount": 4200}},
        ("definition", "data"),
        definition={"type": "string", "minLength": 1, "maxLength": 80},
        data=ANY_OBJECT,
    ),
    needs="instance:start",
    starts=True,
)
RETRY = Call(
    "Try again what is stuck",
    shape(**FIELDS),
    "After the cause was mended: a person, a group, another system.",
    body=body({}),
    body_needed=False,
    may_miss=True,
)
CORRECT = Call(
    "Correct the data of a stuck request",
    shape(**FIELDS),
    "Only while it is stuck, never one's own request, and with a reason; then it tries again.",
    body=body(
        {"data": {"hours": "PT24H"}, "reason": "The time limit was typed as a number."},
        ("data", "reason"),
        data=ANY_OBJECT,
        reason=REASON,
    ),
    may_miss=True,
)
UNDONE = Call(
    "Say that a compensation was done by hand",
    shape(**FIELDS),
    "For the one that is stuck; the next one goes on.",
    body=body({"reason": "Cancelled by telephone."}, ("reason",), reason=REASON),
    may_miss=True,
)
SHOW = Call("Where a request stands", shape(**FIELDS), "By its id, its number or the id of a task.", may_miss=True)


@answering("/api/instances", status_code=201, call=START)
def start(request: Asked, body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: dict[str, Any]) -> tuple[int, Any]:
        try:
            version = definitions.newest(db, who, asked["definition"])
        except Missing as missing:
            raise Invalid.at("/definition", missing.message) from missing
        moved = begin(request, db, who, version.id, asked["data"])
        return 201, shown(db, who, str(moved.instance_id))

    return answered(request, body, act)


def begin(request: Asked, db: Db, who: Principal, version: UUID, data: dict[str, Any]) -> Moved:
    """A request with the data that the body has under `data`."""
    with inside("/data"):
        return instances.start(db, who, version, data, command(request))


@get("/api/instances/{id:str}", call=SHOW)
def show(request: Asked, id: FromPath[str]) -> Response[bytes]:
    with transaction(tenant_of(request)) as db:
        return told(shown(db, principal(request), id))


def shown(db: Db, who: Principal, id: str) -> dict[str, Any]:
    row = lookup(db, who, id)
    open_tasks = instances.waiting(db, [row.id]).get(row.id, [])
    stopped = state_of(row.state).blocked
    return {
        "id": str(row.id),
        "number": f"{row.prefix}-{row.number}",
        "definition": row.definition_key,
        "version": row.version,
        "title": row.title,
        "status": row.status,
        "seen": row.seq,
        "data": _data(db, who, row),
        "reason": row.state.get("reason"),
        "stuck": stopped.reason if stopped else None,
        "createdAt": moment(row.created_at),
        "endedAt": moment(row.ended_at),
        "waitingFor": [
            {
                "taskId": str(task.id),
                "step": task.step,
                "name": task.name,
                "person": task.assignee,
                "expiresAt": moment(task.due_at),
            }
            for task in open_tasks
        ],
    }


@answering("/api/instances/{id:str}/retry", status_code=200, call=RETRY)
def retry(request: Asked, id: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, _: dict[str, Any]) -> tuple[int, Any]:
        return _shown_again(db, who, instances.retry(db, who, instance_id(db, who, id), command(request)))

    return answered(request, body, act)


@answering("/api/instances/{id:str}/correct", status_code=200, call=CORRECT)
def correct(request: Asked, id: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: dict[str, Any]) -> tuple[int, Any]:
        found = instance_id(db, who, id)
        with inside("/data"):
            moved = instances.correct(db, who, found, asked["data"], asked["reason"], command(request))
        return _shown_again(db, who, moved)

    return answered(request, body, act)


@answering("/api/instances/{id:str}/undone", status_code=200, call=UNDONE)
def undone(request: Asked, id: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: dict[str, Any]) -> tuple[int, Any]:
        found = instance_id(db, who, id)
        return _shown_again(db, who, instances.mark_undone(db, who, found, asked["reason"], command(request)))

    return answered(request, body, act)


def _shown_again(db: Db, who: Principal, moved: Moved) -> tuple[int, Any]:
    return 200, shown(db, who, str(moved.instance_id))


def _data(db: Db, who: Principal, row: Row[Any]) -> Any:
    if confidential.sees(db, who, row.id, row.requester_id):
        return row.state["data"]
    return confidential.masked(versions.definition(db, row.version_id), row.state["data"])


router = calls("Requests", start, show, retry, correct, undone)
