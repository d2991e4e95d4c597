"""The record: search with filters, the chart of decisions, and the CSV of everything that matches."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from litestar import Response, Router
from litestar.params import FromQuery
from litestar.response import Stream
from sqlalchemy import Row

from app.access.permissions import require
from app.access.principal import Principal
from app.audit import search, tenant_log
from app.audit.erased import erased_words
from app.audit.filters import AREAS, Filters, filters_of, params_of, period_name
from app.errors import Invalid
from app.exports import csv, exports
from app.reports import charts
from app.store.cursors import snapshot
from app.store.db import transaction
from app.web.badges import shown
from app.web.html import page
from app.web.request import Asked, by_field, principal
from app.web.routes import get
from engine.events.reading import RecordExported
from engine.json_text import dumps
from engine.wording.event_types import icon, kind, kinds, tone
from engine.wording.values import quote

DAYS_SHOWN = 30
LONGEST = 200
CHART = (900, 120)
OUTCOMES = ("approved", "rejected", "changes_requested", "submitted", "timed_out", "escalated", "cancelled")
TONES = {"good": "success", "bad": "danger", "late": "warning", "plain": "neutral"}


@get("/audit", include_in_schema=False)
def index(request: Asked, cursor: FromQuery[str | None] = None) -> Response[Any]:
    who = principal(request)
    asked = _asked(request)
    filters, refused = Filters(), None
    try:
        filters = filters_of(asked)
    except Invalid as invalid:
        refused = invalid
    with transaction(who.tenant_id) as db:
        people, definitions = search.choices(db, who)
        found = search.Page([], None) if refused else search.search(db, who, filters, cursor)
        days = [] if refused or cursor else search.decisions_per_day(db, who, filters)
    return page(
        request,
        "audit/list.html",
        block="found",
        status=422 if refused else 200,
        found=found,
        chart=charts.decisions(days, filters.since, filters.until, *CHART),
        asked=asked,
        narrowed=bool(_given(request)),
        told=_in_words(filters, people, definitions),
        errors=by_field(refused),
        query=urlencode(asked),
        people=people,
        definitions=definitions,
        kinds=sorted((name, type_) for type_, name in kinds().items()),
        areas=AREAS.items(),
        outcomes=OUTCOMES,
        first=cursor is None,
        kind=kind,
        icon=icon,
        paper=next(iter(exports().values())).LABEL,
        tone=lambda event: TONES[tone({"type": event.type, "data": event.data})],
        record=lambda line: dumps(line.data).decode(),
        erased=erased_words,
    )


def _in_words(filters: Filters, people: Sequence[Row[Any]], known: Sequence[Row[Any]]) -> list[str]:
    """What is searched for, to be read while the form is folded."""
    names = {row.id: row.name for row in people}
    keys = {row.key: row.name for row in known}
    found = (
        period_name(filters),
        filters.request,
        quote(filters.text) if filters.text else "",
        names.get(filters.person),
        keys.get(filters.definition),
        AREAS.get(filters.area or ""),
        kinds().get(filters.type or ""),
        shown(filters.outcome).word if filters.outcome else "",
    )
    return [words for words in found if words]


@get("/audit/events.csv", include_in_schema=False)
def events(request: Asked) -> Stream:
    who = principal(request)
    require(who, "audit:export")
    filters = filters_of(_given(request))
    with transaction(who.tenant_id) as db:
        exported = RecordExported(format=csv.EXTENSION, filters=params_of(filters))
        tenant_log.note(db, who.tenant_id, who, exported)
    name = f"events-{datetime.now(UTC):%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Stream(_pieces(who, filters), media_type=csv.MEDIA_TYPE, headers=headers)


def _pieces(who: Principal, filters: Filters) -> Iterator[bytes]:
    """On a connection of its own: the request's transaction is over when the body is sent."""
    with snapshot(who.tenant_id) as db:
        yield from csv.pieces(search.everything(db, who, filters))


def _asked(request: Asked) -> dict[str, str]:
    """The filters of the address; without any, what happened lately."""
    given = _given(request)
    if given:
        return {name: value for name, value in given.items() if value}
    return params_of(Filters(since=datetime.now(UTC).date() - timedelta(days=DAYS_SHOWN - 1)))


def _given(request: Asked) -> dict[str, str]:
    names = [field.name for field in fields(Filters) if field.name in request.query_params]
    return {name: request.query_params[name].strip()[:LONGEST] for name in names}


router = Router("/", route_handlers=[index, events])
