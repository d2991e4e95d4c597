"""Finding events: by period, person, kind, request, definition, outcome and text; in pages or all of them."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Text, and_, cast, func, literal_column, or_, select, tuple_
from sqlalchemy.dialects.postgresql import DATE, JSONPATH

from app.access import confidential
from app.access.permissions import require
from app.access.principal import Principal
from app.audit.filters import Filters
from app.audit.lines import Day, Line, Lines
from app.audit.names import Naming
from app.errors import Invalid
from app.people import zones
from app.runtime import versions as published
from app.store.cursors import AT_ONCE
from app.store.db import Db
from app.store.tables import definitions, events, instances, users, versions
from app.store.tables.base import linked
from engine import json_text
from engine.reasons import reason

PAGE = 50
SCALARS = 'strict $.** ? (@.type() == "string" || @.type() == "number")'


@dataclass(frozen=True)
class Page:
    """next: the cursor of the page after, None at the end."""

    lines: Sequence[Line]
    next: str | None


_found = (
    select(
        events,
        instances.c.prefix,
        instances.c.number,
        instances.c.title,
        instances.c.version_id,
        definitions.c.name.label("definition"),
    )
    .outerjoin(instances, linked(instances.c.id, events.c.instance_id))
    .outerjoin(versions, linked(versions.c.id, instances.c.version_id))
    .outerjoin(definitions, linked(definitions.c.id, versions.c.definition_id))
)
_order = (events.c.at, events.c.instance_id, events.c.seq)


def search(db: Db, principal: Principal, filters: Filters, cursor: str | None = None) -> Page:
    """Newest first. Raises Invalid for a cursor that is none."""
    require(principal, "audit:read")
    query = matching(principal, filters)
    if cursor:
        query = query.where(tuple_(*_order) < tuple_(*_position(cursor)))
    rows = db.execute(query.order_by(*(column.desc() for column in _order)).limit(PAGE + 1)).all()
    shown, masked = rows[:PAGE], not confidential.sees_all(principal)
    naming = Naming(db, principal.tenant_id, masked=masked, clock=zones.clock(principal.zone, own=True))
    naming.learn(shown)
    lines = [_line(naming, row) for row in shown]
    if masked:
        lines = [_without_sensitive(db, line) for line in lines]
    return Page(lines, _cursor(shown[-1]) if len(rows) > PAGE else None)


def _without_sensitive(db: Db, line: Line) -> Line:
    if line.event.version_id is None:
        return line
    definition = published.definition(db, line.event.tenant_id, line.event.version_id)
    return replace(line, data=confidential.masked(definition, line.data))


def everything(db: Db, principal: Principal, filters: Filters, *more: ColumnElement[bool]) -> Lines:
    """All that match, oldest first, each with the hash before it (None before the first); constant memory."""
    require(principal, "audit:export")
    before = events.alias("before")
    of_before = linked(before.c.instance_id, events.c.instance_id) & (before.c.seq == events.c.seq - 1)
    query = matching(principal, filters).add_columns(before.c.hash.label("hash_before"))
    query = query.outerjoin(before, of_before).where(*more).order_by(*_order)
    naming = Naming(db, principal.tenant_id)
    found = db.execute(query.execution_options(stream_results=True, yield_per=AT_ONCE))
    for rows in found.partitions():
        naming.learn(rows)
        for row in rows:
            yield _line(naming, row), row.hash_before


def by_person() -> ColumnElement[bool]:
    return events.c.type == "TaskDecided"


def by_rule() -> ColumnElement[bool]:
    """A level approved by its rule, or a rule that led straight to an end."""
    target = events.c.data["to"].astext
    leads = func.json_extract_path_text(versions.c.document, "steps", target, "type")
    ended = and_(events.c.type == "StepCompleted", events.c.data.has_key("why"), leads == "end")
    return or_(events.c.type == "ApprovedByRule", ended)


def by_clock() -> ColumnElement[bool]:
    """A level that counted as approved, because the time was up."""
    return and_(events.c.type == "TimedOut", events.c.data["then"].astext == "approve")


def decisions_per_day(db: Db, principal: Principal, filters: Filters) -> list[Day]:
    """For the chart: the days on which something was decided."""
    require(principal, "audit:read")
    outcome = events.c.data["outcome"].astext

    def how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(condition)

    day = cast(func.timezone("UTC", events.c.at), DATE).label("day")
    counted = matching(principal, filters).with_only_columns(
        day,
        how_many(and_(by_person(), outcome == "approved")).label("approved"),
        how_many(by_rule()).label("by_rule"),
        how_many(and_(by_person(), outcome == "rejected")).label("rejected"),
        how_many(and_(by_person(), outcome == "changes_requested")).label("changes"),
    )
    query = counted.where(or_(by_person(), by_rule())).group_by(day).order_by(day)
    return [Day(**row._mapping) for row in db.execute(query)]


def choices(db: Db, principal: Principal) -> tuple[Sequence[Row[Any]], Sequence[Row[Any]]]:
    """What the filters offer: people (id, name) and definitions (key, name), but for those that programs made."""
    require(principal, "audit:read")
    people = select(users.c.id, users.c.name).where(users.c.tenant_id == principal.tenant_id).order_by(users.c.name)
    known = (
        select(definitions.c.key, definitions.c.name)
        .where(definitions.c.tenant_id == principal.tenant_id, definitions.c.internal.is_(False))
        .order_by(definitions.c.name)
    )
    return db.execute(people).all(), db.execute(known).all()


def matching(principal: Principal, filters: Filters) -> Select[Any]:
    """Events with their requests, in no order."""
    return _found.where(*_conditions(principal, filters))


def _conditions(principal: Principal, filters: Filters) -> list[ColumnElement[bool]]:
    """Of each filter that is given."""
    outside = events.c.instance_id == events.c.tenant_id
    given: dict[str, Callable[[Any], ColumnElement[bool]]] = {
        "since": lambda day: events.c.at >= midnight(day),
        "until": lambda day: events.c.at < midnight(day) + timedelta(days=1),
        "person": lambda key: events.c.actor_id == key,
        "type": lambda name: events.c.type == name,
        "instance": lambda key: events.c.instance_id == key,
        "request": lambda name: events.c.instance_id.in_(named(principal, name)),
        "definition": lambda key: definitions.c.key == key,
        "outcome": _came_to,
        "text": _mentions if confidential.sees_all(principal) else _says,
        "area": lambda area: outside if area == "log" else ~outside,
    }
    asked = ((condition, getattr(filters, name)) for name, condition in given.items())
    own = events.c.tenant_id == principal.tenant_id
    return [own, *(condition(value) for condition, value in asked if value)]


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def named(principal: Principal, request: str) -> Select[Any]:
    """PUR-12 is one request, 12 the twelfth of every series. A number that is none finds nothing."""
    prefix, _, digits = request.strip().rpartition("-")
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 18 else -1
    found = select(instances.c.id).where(instances.c.tenant_id == principal.tenant_id, instances.c.number == number)
    return found.where(instances.c.prefix == prefix.upper()) if prefix else found


def _came_to(outcome: str) -> ColumnElement[bool]:
    said = or_(events.c.data["outcome"].astext == outcome, events.c.data["status"].astext == outcome)
    by_people = and_(events.c.type.in_(("TaskDecided", "TaskSubmitted", "InstanceEnded")), said)
    other = {"approved": "ApprovedByRule", "timed_out": "TimedOut", "escalated": "TaskEscalated"}.get(outcome)
    return or_(by_people, events.c.type == other) if other else by_people


def _mentions(text: str) -> ColumnElement[bool]:
    """In who acted, the title, or any value of the event; names of fields do not count."""
    values = func.jsonb_path_query(events.c.data, cast(SCALARS, JSONPATH))
    value = values.column_valued("value")
    words = value.op("#>>", return_type=Text())(literal_column("'{}'"))
    inside = select(value).where(words.icontains(text, autoescape=True)).correlate(events).exists()
    return or_(
        events.c.actor_name.icontains(text, autoescape=True),
        instances.c.title.icontains(text, autoescape=True),
        inside,
    )


def _says(text: str) -> ColumnElement[bool]:
    """In who acted, the title, or what somebody said: for those who are not told all values, none is searched."""
    words: tuple[Any, ...] = ("comment", "reason", "subject", ("reason", "params", "text"))
    said = [events.c.data[name].astext.icontains(text, autoescape=True) for name in words]
    return or_(
        events.c.actor_name.icontains(text, autoescape=True),
        instances.c.title.icontains(text, autoescape=True),
        *said,
    )


def _line(naming: Naming, row: Row[Any]) -> Line:
    story = naming.tell(row, row.version_id)
    request = f"{row.prefix}-{row.number}" if row.version_id else ""
    return Line(row, request, row.title or "", row.definition or "", story, row.data)


def _cursor(row: Row[Any]) -> str:
    return urlsafe_b64encode(json_text.dumps([row.at.isoformat(), str(row.instance_id), row.seq])).decode().rstrip("=")


def _position(cursor: str) -> tuple[datetime, UUID, int]:
    try:
        at, instance_id, seq = json_text.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return datetime.fromisoformat(at), UUID(instance_id), int(seq)
    except (ValueError, TypeError, AttributeError) as odd:
        raise Invalid.because("/cursor", reason("no_cursor")) from odd
