"""Requests for programs: start one on a definition, see where it stands."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, RawBody
from sqlalchemy import Row

from app import definitions, instances
from app.access import confidential
from app.access.principal import Principal
from app.api.handlers import Asked, answered, calls, command, lookup, principal, told
from app.api.operation import Call, Schema
from app.api.request import inside, read, refuse_strangers
from app.api.schema_parts import ANY_OBJECT, MAYBE, MAYBE_MOMENT, MOMENT, WORDS, body, shape
from app.errors import Invalid, Missing
from app.runtime import Moved, versions
from app.store.db import Db, transaction
from app.times import moment
from app.web.routes import get, post

FIELDS: dict[str, Schema] = {
    "id": WORDS,
    "number": WORDS,
    "definition": WORDS,
    "version": {"type": "integer"},
    "title": WORDS,
    "status": {**WORDS, "examples": ["running", "waiting_approval", "approved", "rejected", "completed", "cancelled"]},
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
)
SHOW = Call("Where a request stands", shape(**FIELDS), "By its id, its number or the id of a task.", may_miss=True)


@post("/api/instances", status_code=201, call=START)
def start(request: Asked, body: RawBody) -> Response[Any]:
    asked = read(request, body)

    def act(db: Db, who: Principal) -> tuple[int, Any]:
        try:
            version = definitions.newest(db, who, asked["definition"])
        except Missing as missing:
            raise Invalid(missing.message, [{"pointer": "/definition", "message": missing.message}]) from missing
        moved = begin(request, db, who, version.id, asked["data"])
        return 201, shown(db, who, str(moved.instance_id))

    return answered(request, asked, act)


def begin(request: Asked, db: Db, who: Principal, version: UUID, data: dict[str, Any]) -> Moved:
    """A request with the data that the body has under `data`."""
    definition = versions.definition(db, version)
    with inside("/data"):
        refuse_strangers(definition.form(definition.start)[0], data)
        return instances.start(db, who, version, data, command(request, who))


@get("/api/instances/{id:str}", call=SHOW)
def show(request: Asked, id: FromPath[str]) -> Response[bytes]:
    with transaction() as db:
        return told(shown(db, principal(request), id))


def shown(db: Db, who: Principal, id: str) -> dict[str, Any]:
    row = lookup(db, who, id)
    open_tasks = instances.waiting(db, [row.id]).get(row.id, [])
    return {
        "id": str(row.id),
        "number": f"{row.prefix}-{row.number}",
        "definition": row.definition_key,
        "version": row.version,
        "title": row.title,
        "status": row.status,
        "data": _data(db, who, row),
        "reason": row.state.get("reason"),
        "stuck": next((token["blocked"] for token in row.state.get("tokens", []) if token.get("blocked")), None),
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


def _data(db: Db, who: Principal, row: Row[Any]) -> Any:
    if confidential.sees(db, who, row.id, row.requester_id):
        return row.state["data"]
    return confidential.masked(versions.definition(db, row.version_id), row.state["data"])


router = calls("Requests", start, show)
