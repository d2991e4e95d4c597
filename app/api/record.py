"""The record for programs: events with their hashes, of one request or of everything that matches."""

from typing import Annotated, Any

from litestar import Response
from litestar.params import FromPath
from msgspec import UNSET, Meta, to_builtins
from sqlalchemy import Row

from app import instances
from app.access import confidential
from app.api.handlers import V1, calls, instance_id, lookup, told
from app.api.operation import Call
from app.api.request import query
from app.audit import search, tenant_log
from app.audit.filters import Filters, filters_of, params_of
from app.audit.names import Naming
from app.people import zones
from app.reports.queries import evidence_of
from app.runtime import versions
from app.shapes import Count, Day, Json, Maybe, Moment, Page, Shape
from app.store.db import transaction
from app.times import moment
from app.web.request import Asked, principal
from app.web.routes import get
from engine.events.reading import RecordExported
from engine.record.chain import event_id

AT_ONCE = 200
Word = Annotated[str, Meta(max_length=100)]


class Event(Shape):
    """Something that happened, and stays as it is."""

    id: Annotated[str, Meta(description="Its chain and its place in it, as chain:seq.")]
    chain: Annotated[str, Meta(description="The id of the request; of the tenant, for what happened outside of any.")]
    seq: Count
    at: Moment
    type: Annotated[str, Meta(examples=["TaskDecided"])]
    text: Annotated[str, Meta(description="The same in words.")]
    actor: str | None
    source: Annotated[str, Meta(description="Where it came from.", examples=["web", "api", "e-mail", "timer"])]
    data: Json
    erased: Annotated[list[str], Meta(description="Pointers to what is null because it was erased, from the event on.")]
    hash: Annotated[str, Meta(description="SHA-256 over the hash before and the event's record, in hex.")]


class EventPage(Page):
    events: list[Event]


class EventQuery(Shape):
    since: Maybe[Annotated[Day, Meta(description="This day and later, in UTC.")]] = UNSET
    until: Maybe[Annotated[Day, Meta(description="This day and earlier.")]] = UNSET
    person: Maybe[Annotated[Word, Meta(description="The id of whoever did it.")]] = UNSET
    type: Maybe[Word] = UNSET
    request: Maybe[Annotated[Word, Meta(description="PUR-12; 12 stands for the twelfth of every series.")]] = UNSET
    definition: Maybe[Annotated[Word, Meta(description="Its key.")]] = UNSET
    outcome: Maybe[Word] = UNSET
    text: Maybe[Annotated[Word, Meta(description="In who acted, in the title or in what was said.")]] = UNSET
    area: Maybe[Annotated[Word, Meta(description="requests, or log for what happened outside of them.")]] = UNSET
    after: Maybe[Annotated[str, Meta(max_length=300, description="What `next` said on the page before.")]] = UNSET


class StoryQuery(Shape):
    after: Maybe[Annotated[str, Meta(max_length=10, description="What `next` said on the page before.")]] = UNSET


class Evidence(Shape):
    """All that the chain of a request was made of."""

    format: str
    check: Annotated[str, Meta(description="How it is checked.")]
    request: Json
    definition: Annotated[Json, Meta(description="With the text of its document and the hash of that.")]
    events: Annotated[list[Json], Meta(description="Each with its record, the text that was hashed.")]


SEARCH = Call(
    "Search the record",
    EventPage,
    "Newest first. Whoever may not read what forms call sensitive gets it as •••.",
    query=EventQuery,
)
STORY = Call("List the events of a request", EventPage, "Oldest first.", query=StoryQuery, may_miss=True)


EVIDENCE = Call(
    "Get the evidence of a request",
    Evidence,
    "To be kept elsewhere and checked without this server. That it was handed out stands in the record.",
    may_miss=True,
)


@get("/events", call=SEARCH)
def index(request: Asked) -> Response[bytes]:
    asked: dict[str, Any] = to_builtins(query(request))
    after = asked.pop("after", None)
    who = principal(request)
    with transaction(who.tenant_id) as db:
        found = search.search(db, who, filters_of(asked), after)
    return told(EventPage(events=[_event(line.event, line.story, line.data) for line in found.lines], next=found.next))


@get("/instances/{id:str}/events", call=STORY)
def story(request: Asked, id: FromPath[str]) -> Response[bytes]:
    asked: StoryQuery = query(request)
    after = int(asked.after) if asked.after and asked.after.isascii() and asked.after.isdigit() else 0
    who = principal(request)
    with transaction(who.tenant_id) as db:
        row = lookup(db, who, id)
        events = [event for event in instances.story(db, who.tenant_id, row.id) if event.seq > after]
        shown = events[:AT_ONCE]
        masked = not confidential.sees(db, who, row.id, row.requester_id)
        naming = Naming(db, who.tenant_id, masked=masked, clock=zones.clock(who.zone, own=True))
        naming.learn(shown)
        texts = [naming.tell(event, row.version_id) for event in shown]
        definition = versions.definition(db, who.tenant_id, row.version_id)
    data = [confidential.masked(definition, event.data) if masked else event.data for event in shown]
    following = str(shown[-1].seq) if len(events) > len(shown) else None
    return told(EventPage(events=[_event(*one) for one in zip(shown, texts, data, strict=True)], next=following))


@get("/instances/{id:str}/evidence", call=EVIDENCE)
def evidence(request: Asked, id: FromPath[str]) -> Response[bytes]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        found = instance_id(db, who, id)
        made = evidence_of(db, who, found)
        exported = RecordExported(format="json", filters=params_of(Filters(instance=found)))
        tenant_log.note(db, who.tenant_id, who, exported)
    return Response(made, media_type="application/json")


def _event(row: Row[Any], text: str, data: dict[str, Any]) -> Event:
    return Event(
        id=event_id(row.instance_id, row.seq),
        chain=str(row.instance_id),
        seq=row.seq,
        at=moment(row.at),
        type=row.type,
        text=text,
        actor=row.actor_name or None,
        source=row.source,
        data=data,
        erased=sorted(row.erased["gone"]) if row.erased else [],
        hash=bytes(row.hash).hex(),
    )


router = calls("Record", index, story, evidence, path=V1)
