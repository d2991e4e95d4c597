"""The effect "notify": one message to one person through one channel, written anew at each attempt.

A question that was answered meanwhile is not asked any more; that is a success and says so.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, desc, select
from sqlalchemy.dialects.postgresql import insert

from app import instances
from app.access import links
from app.channels import Message
from app.config import settings
from app.effects.results import Done, Effect, GiveUp
from app.errors import Missing
from app.messages.context import About, Question, about, people, question
from app.messages.render import Letter, Written, write
from app.store.db import Db, transaction
from app.store.ids import uuid7
from app.store.tables import messages, tasks, users
from app.web import badges
from engine.registry import discover

# Kinds that ask for something, and so have nothing left to say once their task is closed.
ASKING = {"decide", "reminder", "escalated", "fill", "changes_requested"}


class Skipped(Exception):
    """Nothing is sent, and that is right."""


def perform(effect: Effect) -> Done:
    channel = discover("app.channels").get(effect.payload["channel"])
    if channel is None:
        raise GiveUp(f"There is no channel called {effect.payload['channel']}.")
    try:
        with transaction() as db:
            person, letter = _load(db, effect)
    except Skipped as skipped:
        return Done({"skipped": str(skipped)})
    except Missing as gone:
        raise GiveUp(gone.message) from None
    written = write(letter)
    message = Message(
        id=str(effect.id),
        thread=str(effect.instance_id),
        name=person.name,
        address=person.email,
        subject=written.subject,
        text=written.text,
        html=written.html,
    )
    channel.send(message, settings())
    return Done({"to": person.email}, lambda db: keep(db, effect, person, written, effect.payload["channel"]))


def keep(db: Db, effect: Effect, person: Row[Any], written: Written, channel: str) -> None:
    """What was really sent is kept without its link: that one is in the person's own mailbox."""
    kept = links.hidden if settings().smtp_url else str
    row = {
        "id": uuid7(),
        "tenant_id": effect.tenant_id,
        "effect_id": effect.id,
        "user_id": person.id,
        "channel": channel,
        "address": person.email,
        "subject": written.subject,
        "text": kept(written.text),
        "html": kept(written.html),
    }
    db.execute(insert(messages).values(row).on_conflict_do_nothing(index_elements=["effect_id"]))


def _load(db: Db, effect: Effect) -> tuple[Row[Any], Letter]:
    """Raises Skipped where the message would come too late or to nobody."""
    payload = effect.payload
    person = db.execute(
        select(users).where(users.c.id == UUID(payload["to"]), users.c.tenant_id == effect.tenant_id)
    ).first()
    if person is None or not person.active:
        raise Skipped("this person's account is closed")
    if effect.instance_id is None:
        raise Missing("There is no such request.")
    asked = about(db, effect.tenant_id, effect.instance_id, person.id)
    asks = question(db, asked, UUID(payload["task"])) if payload.get("task") else None
    if payload["message"] in ASKING and (asks is None or asks.status != "pending"):
        raise Skipped("the question was closed before the message went out")
    by, comment = _last_answer(db, asked)
    letter = Letter(
        kind=_kind(payload["message"], asks),
        name=person.name,
        url=_url(db, person, asked, asks),
        about=asked,
        question=asks,
        facts=payload.get("facts", {}),
        by=by,
        comment=comment,
        ended=_ended(db, asked, payload.get("facts", {})),
        late=list(people(db, effect.tenant_id, payload.get("facts", {}).get("late", [])).values()),
    )
    return person, letter


def _ended(db: Db, asked: About, facts: dict[str, Any]) -> str:
    status = str(facts.get("status") or "")
    return badges.ended(status, instances.undone_after(db, asked.id) if status == "rolled_back" else "")


def _kind(message: str, asks: Question | None) -> str:
    """A form that is late or was escalated is asked for in the words of a form."""
    return "fill" if asks and asks.kind == "form" and message in ("reminder", "escalated") else message


def _last_answer(db: Db, asked: About) -> tuple[str, str]:
    row = db.execute(
        select(users.c.name, tasks.c.comment)
        .join(users, users.c.id == tasks.c.closed_by)
        .where(tasks.c.instance_id == asked.id, tasks.c.tenant_id == asked.tenant_id)
        .order_by(desc(tasks.c.closed_at))
        .limit(1)
    ).first()
    return (row.name, row.comment or "") if row else ("", "")


def _url(db: Db, person: Row[Any], asked: About, asks: Question | None) -> str:
    """Where this person can act or look; nothing for those who are told of a request that is not theirs."""
    if asks is not None and asks.status == "pending":
        signed = asks.kind == "approval"
        return links.make(asks.id, person.id) if signed else f"{settings().base_url}/tasks/{asks.id}"
    try:
        instances.get(db, links.principal(person), asked.id)
    except Missing:
        return ""
    return f"{settings().base_url}/instances/{asked.id}"
