"""Requests for programs: start one, list them, see where one stands, end it."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, RawBody
from msgspec import UNSET, Meta
from sqlalchemy import Row

from app import definitions, incidents, instances
from app.access import confidential
from app.access.permissions import require_of_key
from app.access.principal import Principal
from app.api.handlers import V1, answered, answering, calls, command, identity, instance_id, lookup, told
from app.api.operation import Call
from app.api.request import inside, query
from app.audit.erased import erased_fields
from app.errors import Invalid, Missing
from app.idempotency import Answer
from app.runtime import Moved, state_of, versions
from app.shapes import Json, Long, Maybe, Moment, Page, Shape
from app.store.db import Db, transaction
from app.times import moment
from app.web.request import Asked, principal, tenant_of
from app.web.routes import get
from engine.reasons import reason
from engine.wording.sentences import sentence

Status = Annotated[
    str, Meta(examples=["running", "waiting_approval", "approved", "rejected", "completed", "cancelled"])
]


class WaitingFor(Shape):
    task_id: str
    step: str
    name: str
    person_id: str
    person: str
    expires_at: Moment | None


class InstanceLine(Shape):
    """A request in a list."""

    id: str
    number: Annotated[str, Meta(examples=["PUR-12"])]
    definition: Annotated[str, Meta(description="Its key.", examples=["purchase-approval"])]
    version: int
    title: str
    status: Status
    requester_id: str
    requester: str
    created_at: Moment
    ended_at: Moment | None
    stuck: Annotated[str | None, Meta(description="Why it waits for an administrator.")]


class Instance(InstanceLine):
    """A request as it stands now."""

    seen: Annotated[int, Meta(description="How far it had come when this was read; send it with a decision.")]
    data: Json
    erased: Annotated[list[str], Meta(description="Fields of `data` that are null because they were erased.")]
    reason: Annotated[str | None, Meta(description="Why it ended as it did, where that was said.")]
    waiting_for: list[WaitingFor]


class InstancePage(Page):
    instances: list[InstanceLine]


class InstanceQuery(Shape):
    everybody: Annotated[bool, Meta(description="Also other people's, for readers of the record.")] = False
    ended: Maybe[Annotated[bool, Meta(description="Only those that have ended, or have not.")]] = UNSET
    after: Maybe[Annotated[str, Meta(max_length=40, description="`next` of the page before.")]] = UNSET


class StartInstance(Shape):
    definition: Annotated[str, Meta(min_length=1, max_length=80)]
    data: Annotated[Json, Meta(description="The answers to its first form.")]


class MayGiveReason(Shape):
    reason: Long = ""


LIST = Call("List requests, newest first", InstancePage, query=InstanceQuery)
START = Call(
    "Start a request",
    Instance,
    "On the newest version of a published definition.",
    body=StartInstance,
    example={"definition": "purchase-approval", "data": {"item": "Three laptops", "amount": 4200}},
    needs="instance:start",
    starts=True,
)
SHOW = Call("Get a request", Instance, "By its id, its number or the id of a task.", may_miss=True)
WITHDRAW = Call(
    "Withdraw your own request",
    Instance,
    body=MayGiveReason,
    example={"reason": "Not needed any more"},
    body_needed=False,
    may_miss=True,
)
CANCEL = Call(
    "Cancel a request",
    Instance,
    body=MayGiveReason,
    example={"reason": "Asked twice"},
    body_needed=False,
    may_miss=True,
    needs="approval:cancel",
)


@get("/instances", call=LIST)
def index(request: Asked) -> Response[bytes]:
    asked: InstanceQuery = query(request)
    after = identity(asked.after, "/after") if asked.after else None
    ended = None if asked.ended is UNSET else asked.ended
    with transaction(tenant_of(request)) as db:
        find = instances.everybodys if asked.everybody else instances.mine
        rows = find(db, principal(request), after, ended=ended)
        shown = rows[: instances.PAGE]
        lines = [line_of(db, row) for row in shown]
    following = str(shown[-1].id) if len(rows) > len(shown) else None
    return told(InstancePage(instances=lines, next=following))


@answering("/instances", status_code=201, call=START)
def start(request: Asked, body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: StartInstance) -> Answer:
        try:
            version = definitions.newest(db, who, asked.definition)
        except Missing as missing:
            raise Invalid.because("/definition", reason("no_such_definition", key=asked.definition[:80])) from missing
        moved = begin(request, db, who, version.id, asked.data)
        return 201, of_id(db, who, moved.instance_id)

    return answered(request, body, act)


def begin(request: Asked, db: Db, who: Principal, version: UUID, data: dict[str, Any]) -> Moved:
    """A request with the data that the body has under `data`."""
    with inside("/data"):
        return instances.start(db, who, version, data, command(request))


@get("/instances/{id:str}", call=SHOW)
def show(request: Asked, id: FromPath[str]) -> Response[bytes]:
    with transaction(tenant_of(request)) as db:
        who = principal(request)
        return told(Instance(**shown(db, who, lookup(db, who, id))))


def of_moved(db: Db, who: Principal, id: str, move: Callable[[UUID], object]) -> Answer:
    """A request as it stands after a move."""
    found = instance_id(db, who, id)
    move(found)
    return 200, of_id(db, who, found)


def of_id(db: Db, who: Principal, instance_id: UUID) -> Instance:
    return Instance(**shown(db, who, instances.get(db, who, instance_id)))


def shown(db: Db, who: Principal, row: Row[Any]) -> dict[str, Any]:
    """The fields of `Instance`."""
    open_tasks = instances.waiting(db, who.tenant_id, [row.id]).get(row.id, [])
    data = _data(db, who, row)
    return {
        **_line(db, row),
        "seen": row.seq,
        "data": data,
        "erased": erased_fields(db, who.tenant_id, row.id, data),
        "reason": _reason(row),
        "waiting_for": [
            WaitingFor(
                task_id=str(task.id),
                step=task.step,
                name=task.name,
                person_id=str(task.assignee_id),
                person=task.assignee,
                expires_at=moment(task.due_at),
            )
            for task in open_tasks
        ],
    }


def line_of(db: Db, row: Row[Any]) -> InstanceLine:
    return InstanceLine(**_line(db, row))


def _reason(row: Row[Any]) -> str | None:
    reason = state_of(row.state).reason
    return sentence(reason) if reason else None


def _line(db: Db, row: Row[Any]) -> dict[str, Any]:
    blocked = state_of(row.state).blocked
    return {
        "id": str(row.id),
        "number": f"{row.prefix}-{row.number}",
        "definition": row.definition_key,
        "version": row.version,
        "title": row.title,
        "status": row.status,
        "requester_id": str(row.requester_id),
        "requester": row.requester,
        "created_at": moment(row.created_at),
        "ended_at": moment(row.ended_at),
        "stuck": incidents.words(db, row, blocked) if blocked else None,
    }


def _data(db: Db, who: Principal, row: Row[Any]) -> Any:
    if confidential.sees(db, who, row.id, row.requester_id):
        return row.state["data"]
    return confidential.masked(versions.definition(db, who.tenant_id, row.version_id), row.state["data"])


@answering("/instances/{id:str}/withdraw", status_code=200, call=WITHDRAW)
def withdraw(request: Asked, id: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: MayGiveReason) -> Answer:
        require_of_key(who, "instance:start", "approval:create")
        return of_moved(db, who, id, lambda one: instances.withdraw(db, who, one, asked.reason, command(request)))

    return answered(request, body, act)


@answering("/instances/{id:str}/cancel", status_code=200, call=CANCEL)
def cancel(request: Asked, id: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: MayGiveReason) -> Answer:
        return of_moved(db, who, id, lambda one: instances.cancel(db, who, one, asked.reason, command(request)))

    return answered(request, body, act)


router = calls("Requests", index, start, show, withdraw, cancel, path=V1)
