"""Reports for programs: ask for one, see how far it is. Its file is downloaded at /reports/{id}/file."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, RawBody
from msgspec import UNSET, Meta
from sqlalchemy import Row

from app.access.principal import Principal
from app.api.handlers import V1, answered, answering, calls, given, identity, instance_id, told
from app.api.operation import Call
from app.api.request import query
from app.errors import Invalid, Missing
from app.idempotency import Answer
from app.reports import jobs
from app.shapes import Count, Day, Maybe, Moment, Page, Shape
from app.store.db import Db, transaction
from app.times import moment
from app.web.request import Asked, principal, tenant_of
from app.web.routes import get
from engine.reasons import reason

Word = Annotated[str, Meta(max_length=100)]


class Report(Shape):
    """A question to the record, and the file that answers it."""

    id: str
    format: Annotated[str, Meta(examples=["pdf", "csv"])]
    name: str
    status: Annotated[str, Meta(description="pending, done or failed.", examples=["done"])]
    progress: Annotated[Count, Meta(description="In percent.")]
    trouble: Annotated[str | None, Meta(description="Why it failed.")]
    requester: str
    created_at: Moment
    finished_at: Moment | None
    size: Annotated[int | None, Meta(description="Of the file, in bytes.")]
    sha256: Annotated[str | None, Meta(description="Of the file, in hex.")]
    file: Annotated[str | None, Meta(description="Its address, once it is done; it takes the same key.")]


class ReportPage(Page):
    reports: list[Report]


class ReportQuery(Shape):
    after: Maybe[Annotated[str, Meta(max_length=40, description="What `next` said on the page before.")]] = UNSET


class AskReport(Shape):
    format: Annotated[str, Meta(min_length=1, max_length=20)]
    request: Maybe[Annotated[Word, Meta(description="One request, by id or number; nothing else narrows it then.")]] = (
        UNSET
    )
    since: Maybe[Annotated[Day, Meta(description="This day and later, in UTC.")]] = UNSET
    until: Maybe[Annotated[Day, Meta(description="This day and earlier.")]] = UNSET
    person: Maybe[Annotated[Word, Meta(description="The id of whoever acted.")]] = UNSET
    type: Maybe[Annotated[Word, Meta(description="Of events.")]] = UNSET
    definition: Maybe[Annotated[Word, Meta(description="Its key.")]] = UNSET
    outcome: Maybe[Word] = UNSET
    text: Maybe[Word] = UNSET


LIST = Call("List reports, newest first", ReportPage, query=ReportQuery)
ASK = Call(
    "Ask for a report",
    Report,
    "A worker builds it; look again until its status is done.",
    body=AskReport,
    example={"format": "csv", "since": "2026-11-01", "until": "2026-11-30"},
    needs="audit:export",
)
SHOW = Call("Get a report", Report, may_miss=True)


@get("/reports", call=LIST)
def index(request: Asked) -> Response[bytes]:
    asked: ReportQuery = query(request)
    after = identity(asked.after, "/after") if asked.after else None
    with transaction(tenant_of(request)) as db:
        rows = jobs.recent(db, principal(request), after)
    shown = rows[: jobs.PAGE]
    following = str(shown[-1].id) if len(rows) > len(shown) else None
    return told(ReportPage(reports=[_report(row) for row in shown], next=following))


@answering("/reports", status_code=201, call=ASK)
def ask(request: Asked, body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: AskReport) -> Answer:
        wanted = given(asked)
        wanted.pop("format")
        key = jobs.create(db, who, asked.format, _about_one(db, who, wanted) if asked.request else wanted)
        return 201, _report(jobs.get(db, who, key))

    return answered(request, body, act)


def _about_one(db: Db, who: Principal, wanted: dict[str, Any]) -> dict[str, Any]:
    if len(wanted) > 1:
        raise Invalid.because("/request", reason("one_request"))
    try:
        return {"instance": str(instance_id(db, who, wanted["request"]))}
    except Missing as missing:
        raise Invalid.because("/request", reason("no_such_request", name=str(wanted["request"])[:40])) from missing


@get("/reports/{id:str}", call=SHOW)
def show(request: Asked, id: FromPath[str]) -> Response[bytes]:
    try:
        key = UUID(id)
    except ValueError:
        raise Missing("There is no such report.") from None
    with transaction(tenant_of(request)) as db:
        return told(_report(jobs.get(db, principal(request), key)))


def _report(row: Row[Any]) -> Report:
    trouble = jobs.trouble(row)
    return Report(
        id=str(row.id),
        format=row.format,
        name=row.name,
        status="failed" if trouble else row.status,
        progress=row.progress,
        trouble=trouble,
        requester=row.requester,
        created_at=moment(row.created_at),
        finished_at=moment(row.finished_at),
        size=row.size,
        sha256=bytes(row.sha256).hex() if row.sha256 else None,
        file=f"/reports/{row.id}/file" if row.status == "done" else None,
    )


router = calls("Reports", index, ask, show, path=V1)
