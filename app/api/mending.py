"""What an administrator's program does about requests that are stuck: try again, correct, undo by hand."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, RawBody
from msgspec import Meta, field

from app import instances
from app.access.permissions import require
from app.access.principal import Principal
from app.api.handlers import V1, answered, answering, calls, command, told
from app.api.instances import Instance, InstanceLine, line_of, of_moved
from app.api.operation import Call
from app.api.request import inside
from app.idempotency import Answer
from app.shapes import Json, Names, Nothing, Shape
from app.store.db import Db, transaction
from app.web.request import Asked, principal
from app.web.routes import get

Why = Annotated[str, Meta(pattern=r"\S", max_length=4000)]


class UndoneByHand(Shape):
    reason: Why


class CorrectInstance(Shape):
    data: Annotated[Json, Meta(description="The fields that get other values.")]
    reason: Why
    clear: Annotated[Names, Meta(description="The fields that are emptied.")] = field(default_factory=list)


class StuckList(Shape):
    """Requests that wait for an administrator."""

    instances: list[InstanceLine]


STUCK = Call("List stuck requests, longest first", StuckList, "At most one page: the others follow when these go on.")
RETRY = Call(
    "Retry a stuck request",
    Instance,
    "After the cause was mended: a person, a group, another system.",
    body=Nothing,
    body_needed=False,
    may_miss=True,
    needs="effect:manage",
)
CORRECT = Call(
    "Correct the data of a stuck request",
    Instance,
    "Only while it is stuck, never one's own request, and with a reason; then it tries again.",
    body=CorrectInstance,
    example={"data": {"hours": "PT24H"}, "reason": "The time limit was typed as a number."},
    may_miss=True,
    needs="effect:manage",
)
UNDONE = Call(
    "Record a compensation done by hand",
    Instance,
    "For the one that is stuck; the next one goes on.",
    body=UndoneByHand,
    example={"reason": "Cancelled by telephone."},
    may_miss=True,
    needs="effect:manage",
)


@get("/stuck", call=STUCK)
def stuck(request: Asked) -> Response[bytes]:
    who = principal(request)
    require(who, "effect:manage")
    with transaction(who.tenant_id) as db:
        found = [line_of(db, stuck.request) for stuck in instances.list_stuck(db, who)]
    return told(StuckList(instances=found))


@answering("/instances/{id:str}/retry", status_code=200, call=RETRY)
def retry(request: Asked, id: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, _: Nothing) -> Answer:
        return of_moved(db, who, id, lambda one: instances.retry(db, who, one, command(request)))

    return answered(request, body, act)


@answering("/instances/{id:str}/correct", status_code=200, call=CORRECT)
def correct(request: Asked, id: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: CorrectInstance) -> Answer:
        def move(found: UUID) -> None:
            with inside("/data"):
                instances.correct(db, who, found, asked.data, asked.reason, command(request), cleared=asked.clear)

        return of_moved(db, who, id, move)

    return answered(request, body, act)


@answering("/instances/{id:str}/undone", status_code=200, call=UNDONE)
def undone(request: Asked, id: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: UndoneByHand) -> Answer:
        return of_moved(db, who, id, lambda one: instances.mark_undone(db, who, one, asked.reason, command(request)))

    return answered(request, body, act)


router = calls("Requests", stuck, retry, correct, undone, path=V1)
