"""The demo's requests: each is a short story told through the runtime, at moments of the past two weeks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app import runtime
from app.channels import channels, defaults
from app.config import settings
from app.demo.people import PEOPLE
from app.effects import work
from app.effects.scheduler import TAKE
from app.runtime import Actor, New
from app.runtime.versions import published
from app.store.db import Db, transaction
from app.store.ids import uuid7
from app.store.tables import definitions, versions
from app.store.tables.base import linked
from engine.commands import Command, Decide, EffectSucceeded, FireTimer, Start, Submit, Withdraw
from engine.state import State

DID = "UPDATE effects SET status = 'done', finished_at = now() WHERE tenant_id = %s AND id = %s"


@dataclass
class Story:
    """One request, and the hours since it began."""

    teller: "Teller"
    instance: UUID
    state: State
    at: datetime

    def after(self, hours: float) -> "Story":
        self.at += timedelta(hours=hours)
        return self

    def approve(self, who: str, comment: str = "") -> "Story":
        return self._decide(who, "approved", comment)

    def reject(self, who: str, comment: str) -> "Story":
        return self._decide(who, "rejected", comment)

    def send_back(self, who: str, comment: str) -> "Story":
        return self._decide(who, "changes_requested", comment)

    def submit(self, who: str, data: dict[str, Any]) -> "Story":
        task, person = self._task(who)
        return self._send(Submit(task, person, data), who)

    def withdraw(self, who: str, reason: str) -> "Story":
        return self._send(Withdraw(str(self.teller.people[who]), reason), who)

    def answered(self, number: str) -> "Story":
        """The other system answered a call; its effect's row is done with it."""
        effect = next(token.effect for token in self.state.tokens if token.effect)
        with transaction(self.teller.tenant) as db:
            db.query(DID, [self.teller.tenant, effect])
        return self._send(EffectSucceeded(effect, {"status": 201, "body": {"id": number}}))

    def undone(self) -> "Story":
        """The other system took back what it had done."""
        effect = str(self.state.undoing)
        with transaction(self.teller.tenant) as db:
            db.query(DID, [self.teller.tenant, effect])
        return self._send(EffectSucceeded(effect, {"status": 200}))

    def _decide(self, who: str, outcome: str, comment: str) -> "Story":
        task, person = self._task(who)
        return self._send(Decide(task, person, outcome, comment), who)

    def _task(self, who: str) -> tuple[str, str]:
        person = str(self.teller.people[who])
        waits = [token.wait for token in self.state.tokens if token.wait]
        return next(task.id for wait in waits for task in wait.tasks if task.assignee == person), person

    def _send(self, command: Command, who: str | None = None) -> "Story":
        actor = self.teller.actor(who) if who else runtime.WORKER
        with transaction(self.teller.tenant) as db:
            row = runtime.lock(db, self.teller.tenant, self.instance)
            self.state = runtime.send(db, row, command, actor, at=self.at).state
        return self


class Teller:
    def __init__(self, tenant: UUID, people: dict[str, UUID], names: Callable[[str], str]) -> None:
        self.tenant, self.people, self.names = tenant, people, names
        self.now = datetime.now(UTC)

    def actor(self, who: str) -> Actor:
        return Actor("user", self.people[who], self.names(who), "web", "192.0.2.10", "Demo browser")

    def story(self, key: str, who: str, days_ago: float, data: dict[str, Any]) -> Story:
        at = self.now - timedelta(days=days_ago)
        with transaction(self.tenant) as db:
            version = self._version(db, key)
            told = published(db, self.tenant, version)
            command = Start(
                instance=str(uuid7(at)),
                requester=str(self.people[who]),
                data=data,
                title=told.definition.title(data),
                definition=key,
                version=told.number,
                content_hash=told.content_hash,
            )
            new = New(self.tenant, version, told.definition.document["prefix"])
            moved = runtime.start(db, new, command, self.actor(who), at=at)
        return Story(self, moved.instance_id, moved.state, at)

    def _version(self, db: Db, key: str) -> UUID:
        query = select(versions.c.id).join(definitions, linked(definitions.c.id, versions.c.definition_id))
        query = query.where(definitions.c.tenant_id == self.tenant, definitions.c.key == key)
        found: UUID = db.execute(query.order_by(versions.c.number.desc()).limit(1)).scalar_one()
        return found


def make(tenant: UUID, people: dict[str, UUID]) -> None:
    names = {one.handle: one.name for one in PEOPLE}
    teller = Teller(tenant, people, names.__getitem__)
    _purchases(teller)
    _leave(teller)
    _suppliers(teller)
    while fired := _oldest_timer(teller):
        _fire(tenant, **fired)
    if not any(channels()[name].is_set_up(settings()) for name in defaults()):
        _write_mail(tenant)


def _write_mail(tenant: UUID) -> None:
    """The mails of those days, each with its own moment; where none is sent, nobody gets one late."""
    pending = (
        "SELECT id FROM effects WHERE tenant_id = %s AND kind = 'notify' AND status = 'pending' ORDER BY created_at"
    )
    with transaction(tenant) as db:
        waiting = [row["id"] for row in db.query(pending, [tenant])]
    for effect in waiting:
        work.run(tenant, effect)
    dated = "UPDATE messages SET sent_at = e.created_at FROM effects e "
    dated += "WHERE messages.tenant_id = e.tenant_id AND e.id = effect_id AND e.tenant_id = %s"
    with transaction(tenant) as db:
        db.query(dated, [tenant])


def _oldest_timer(tell: Teller) -> dict[str, Any] | None:
    with transaction(tell.tenant) as db:
        due = "SELECT id, instance_id, due_at FROM timers WHERE tenant_id = %s AND due_at <= %s ORDER BY due_at LIMIT 1"
        return next(iter(db.query(due, [tell.tenant, tell.now])), None)


def _fire(tenant: UUID, id: UUID, instance_id: UUID, due_at: datetime) -> None:
    """What nobody answered in time went its way, at its own moment."""
    with transaction(tenant) as db:
        row = runtime.lock(db, tenant, instance_id)
        db.query(TAKE, {"tenant": tenant, "id": id})
        runtime.send(db, row, FireTimer(str(id)), runtime.TIMER, at=due_at)


def _purchases(tell: Teller) -> None:
    def buy(who: str, days_ago: float, item: str, amount: float, centre: str, why: str = "") -> Story:
        data = {"item": item, "amount": amount, "cost_centre": centre}
        return tell.story("purchase-approval", who, days_ago, data | ({"why": why} if why else {}))

    buy("ann", 13, "Keyboard and mouse", 180, "engineering")
    buy("mia", 12, "Stock photos, one month", 95, "marketing")
    buy("leo", 11, "Conference tickets", 1450, "engineering", "Two days on databases.").after(5).approve(
        "bob", "Enjoy it"
    )
    laptops = buy("ann", 9, "Three laptops for the new team", 7200, "engineering", "The team starts on the first.")
    laptops.after(3).approve("bob", "Needed").after(20).approve("dana", "Fine within the budget")
    buy("mia", 8, "Billboard campaign", 9400, "marketing").after(6).reject(
        "nina", "Not this quarter: the budget is spent."
    )
    server = buy("leo", 7, "Server room cooling", 18500, "operations", "The old one fails in summer.")
    server.after(4).approve("bob", "Overdue").after(22).approve("dana", "Agreed")
    server.after(20).approve("frank", "Approved").after(3).approve("grace", "Approved")
    buy("ann", 6, "Standing desks", 2600, "operations").after(2).withdraw("ann", "We found some in the cellar.")
    buy("mia", 8.5, "Podcast equipment", 1900, "marketing")
    buy("leo", 2.2, "Code review tool, yearly", 4300, "engineering", "Replaces two others.")
    buy("ann", 1.4, "AWS credits", 800, "engineering")
    buy("ann", 1.1, "Trade fair stand", 6400, "marketing").after(3).approve("bob", "Good for hiring")
    rack = buy("leo", 1.8, "Second data centre rack", 24000, "operations", "For the backups.")
    rack.after(2).approve("bob", "Please").after(6).approve("dana", "Yes").after(8).approve("henry", "Good plan")
    buy("mia", 0.6, "Print brochures", 1250, "marketing").after(2).send_back("nina", "Please add a second quote.")
    buy("leo", 3.3, "Monitoring licences", 3100, "engineering")


def _leave(tell: Teller) -> None:
    def leave(who: str, days_ago: float, days: float, kind: str = "Holiday") -> Story:
        first = (tell.now + timedelta(days=20 - days_ago)).date()
        last = first + timedelta(days=int(days * 1.4))
        data = {"kind": kind, "first_day": first.isoformat(), "last_day": last.isoformat(), "days": days}
        return tell.story("leave-request", who, days_ago, data | {"handover": "Leo knows where everything is."})

    leave("ann", 10, 5).after(3).approve("bob", "Have a good time")
    leave("mia", 5, 3).after(26).reject("nina", "The campaign starts that week. Can you move it?")
    leave("leo", 1.5, 12)
    leave("ann", 0.3, 2)


def _suppliers(tell: Teller) -> None:
    def supplier(who: str, days_ago: float, company: str, country: str) -> Story:
        domain = sha256(company.encode()).hexdigest()[:6]
        data = {"company": company, "country": country, "contact": f"sales@{domain}.example"}
        return tell.story("new-supplier", who, days_ago, data | {"why": "Better prices and quicker delivery."})

    bank = {"iban": "DE89370400440532013000", "payment_days": 30}
    done = supplier("leo", 12, "Nordwind Optics", "DE")
    done.after(5).approve("pavel").after(20).submit("irene", bank).answered("S-10442")
    done.after(30).approve("david", "Checked")
    supplier("ann", 2, "Atelier Lumière", "FR").after(4).approve("pavel", "We know them")
    waiting = supplier("mia", 4, "Blue Mesa Printing", "US")
    waiting.after(3).approve("pavel").after(9).submit("irene", {**bank, "payment_days": 14}).answered("S-10443")
    undone = supplier("leo", 3, "Quickparts Trading", "other")
    undone.after(3).approve("pavel").after(6).submit("irene", bank).answered("S-10444")
    undone.after(18).reject("carla", "They are on the sanctions list.").undone()
