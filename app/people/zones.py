"""Time zones: which clock a person reads, chosen by themselves or, until then, by their company."""

from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from sqlalchemy import ColumnElement, select, update

from app.access.permissions import require
from app.access.principal import Principal
from app.audit import tenant_log
from app.errors import Invalid
from app.store.db import Db
from app.store.tables import tenants, users
from engine.events.tenant import ZoneChanged
from engine.reasons import reason
from engine.wording.clock import Clock

AREAS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


@cache
def names() -> tuple[str, ...]:
    """Those with a city, and UTC."""
    return ("UTC", *sorted(name for name in available_timezones() if name.startswith(AREAS)))


def clock(zone: str, *, own: bool) -> Clock:
    """own: it is told to the person whose zone it is. A zone that this machine does not know is UTC, and says so."""
    try:
        return Clock(ZoneInfo(zone), own)
    except (ZoneInfoNotFoundError, ValueError):
        return Clock()


def company(db: Db, principal: Principal) -> str:
    zone: str = db.execute(select(tenants.c.zone).where(tenants.c.id == principal.tenant_id)).scalar_one()
    return zone


def own(db: Db, principal: Principal) -> str:
    """Empty where the person chose none."""
    return db.execute(select(users.c.zone).where(_me(principal))).scalar_one() or ""


def suggest(db: Db, principal: Principal, zone: str) -> None:
    """What the browser says, kept where nothing was chosen yet."""
    if zone in names():
        db.execute(update(users).where(_me(principal), users.c.zone.is_(None)).values(zone=zone))


def choose(db: Db, principal: Principal, zone: str) -> None:
    """One's own; empty for the company's."""
    if zone:
        _check(zone)
    db.execute(update(users).where(_me(principal)).values(zone=zone or None))


def choose_for_company(db: Db, principal: Principal, zone: str) -> None:
    require(principal, "people:manage")
    _check(zone)
    db.execute(update(tenants).where(tenants.c.id == principal.tenant_id).values(zone=zone))
    tenant_log.note(db, principal.tenant_id, principal, ZoneChanged(zone))


def _check(zone: str) -> None:
    if zone not in names():
        raise Invalid.because("/zone", reason("choose_zone"))


def _me(principal: Principal) -> ColumnElement[bool]:
    return (users.c.id == principal.user_id) & (users.c.tenant_id == principal.tenant_id)
