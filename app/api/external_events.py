"""Events from outside, for programs: what another system reports to the requests that wait for it."""

from typing import Annotated, Any

from litestar import Response
from litestar.params import RawBody
from msgspec import Meta, field

from app import external_events
from app.access.principal import Principal
from app.api.handlers import V1, answered, answering, calls
from app.api.operation import Call
from app.external_events import ExternalEvent
from app.idempotency import Answer
from app.shapes import Json, Shape, Text, described
from app.store.db import Db
from app.web.request import Asked


class SendEvent(Shape):
    """What happened in another system."""

    id: Annotated[str, Meta(min_length=1, max_length=200, description="Your own id of it: the same one counts once.")]
    name: Annotated[
        str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$", description="As the step that waits names it.")
    ]
    key: Annotated[Text, described("What it is about, as the step says; without a word of it there, the request's id.")]
    data: Annotated[Json, described("What the request may keep of it.")] = field(default_factory=dict)


class EventAccepted(Shape):
    id: str
    awaited: Annotated[bool, described("Whether a request waits for it now. If none does, it is kept for 30 days.")]


SEND = Call(
    "Report an event",
    EventAccepted,
    "Every request that waits for this name and key goes on with it; kept for the first that will, if none does yet.",
    body=SendEvent,
    example={"id": "pay-8812", "name": "payment.received", "key": "PO-4711", "data": {"amount": 1200}},
    needs="event:send",
)


@answering("/external-events", status_code=202, call=SEND)
def send(request: Asked, body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: SendEvent) -> Answer:
        awaited = external_events.accept(db, who, ExternalEvent(asked.id, asked.name, asked.key, asked.data))
        return 202, EventAccepted(id=asked.id, awaited=awaited)

    return answered(request, body, act)


router = calls("Events", send, path=V1)
