"""The effect "notify": one message to one person through one channel, written anew at each attempt.

A question that was answered meanwhile is not asked any more; that is a success and says so.
"""

from typing import Any
from uuid import UUID

from app import instances
from app.access import links, rates
from app.access.permissions import permissions_of
from app.channels import Message, channels
from app.config import settings
from app.effects.results import Done, Effect, GiveUp
from app.errors import Missing
from app.messages import context
from app.messages.context import About, Question
from app.messages.render import Letter, Written, write
from app.store.db import Db, decision
from app.store.ids import uuid7
from app.web import badges
from engine.people import Person
from engine.reasons import Reason
from engine.wording.changes import Change
from engine.wording.endings import unanswered, why_ended
from engine.wording.labels import labels_of
from engine.wording.values import clean

# Kinds that ask for something, and so have nothing left to say once their task is closed.
ASKING = {"decide", "reminder", "escalated", "fill", "changes_requested"}


TOO_MANY = "they had more mails within an hour than are sent"


class Skipped(Exception):
    """Nothing is sent, and that is right."""


# One statement with the one that marks the effect as done, so that both stand or neither.
KEPT = """
INSERT INTO messages (id, tenant_id, effect_id, user_id, channel, address, subject, text, html)
SELECT %(message)s, tenant_id, id, %(user)s, %(channel)s, %(address)s, %(subject)s, %(text)s, %(html)s FROM done
ON CONFLICT (tenant_id, effect_id, channel) DO NOTHING
"""


def perform(effect: Effect) -> Done:
    name = effect.payload["channel"]
    channel = channels().get(name)
    if channel is None:
        raise GiveUp(f"There is no channel called {name}.")
    try:
        with decision(effect.tenant_id) as db:
            person, letter = _load(db, effect)
    except Skipped as skipped:
        return Done({"skipped": str(skipped)})
    except Missing as gone:
        raise GiveUp(gone.message) from None
    address = channel.address(person)
    if not address:
        return Done({"skipped": f"this person has no address for {channel.LABEL}"})
    written = write(letter)
    message = Message(
        id=str(effect.id),
        thread=str(effect.instance_id),
        name=person.name,
        address=address,
        subject=written.subject,
        text=written.text,
        html=written.html,
    )
    held = rates.mail_is_held(UUID(person.id))
    if not held:
        channel.send(message, settings())
    told = {"kept for": address, "because": TOO_MANY} if held else {"to": address}
    return Done(told, kept=kept(UUID(person.id), address, written, name, sent=not held))


def kept(user: UUID, address: str, written: Written, channel: str, *, sent: bool = True) -> tuple[str, dict[str, Any]]:
    """What was really sent is kept without its link: that one is where the person reads it."""
    without = links.hidden if channels()[channel].is_set_up(settings()) and sent else str
    row = {
        "message": uuid7(),
        "user": user,
        "channel": channel,
        "address": address,
        "subject": written.subject,
        "text": without(written.text),
        "html": without(written.html),
    }
    return KEPT, row


def _load(db: Db, effect: Effect) -> tuple[Person, Letter]:
    """Raises Skipped where the message would come too late or to nobody."""
    payload = effect.payload
    row = effect.facts
    if row is None:
        raise Missing("There is no such request.")
    asked = context.about(db, row)
    person = asked.people.people.get(payload["to"])
    if person is None or not person.active:
        raise Skipped("this person's account is closed")
    asks = context.question(asked, row) if payload.get("task") else None
    if payload["message"] in ASKING and (asks is None or asks.status != "pending"):
        raise Skipped("the question was closed before the message went out")
    url = _url(person, asked, asks, was_asked=row.was_asked)
    by = asked.people.name(str(row.last_by)) if row.last_by else ""
    changes = context.changes_for(db, asked, UUID(person.id))
    return person, letter(
        asked, asks, payload, person.name, url=url, changes=changes, last=(by, row.last_comment or "")
    )


def letter(
    asked: About,
    asks: Question | None,
    payload: dict[str, Any],
    name: str,
    *,
    url: str,
    changes: list[Change],
    last: tuple[str, str],
) -> Letter:
    """payload: message and facts. changes: since the person decided. last: who answered last, and their comment."""
    told, (by, comment) = payload.get("facts", {}), last
    return Letter(
        kind=_kind(payload["message"], asks),
        name=name,
        url=url,
        about=asked,
        question=asks,
        facts=told,
        by=by,
        comment=comment,
        ended=badges.ended(str(told.get("status") or ""), asked.state.undone_after or ""),
        unanswered=unanswered(asked.definition, asked.state, labels_of(asked.definition.document, asked.people)),
        changes=[change for change in changes if "fields" not in told or change.field in told["fields"]],
        why=_why(asked, told, comment),
        late=[clean(asked.people.name(late), 100) for late in told.get("late", [])],
    )


def _kind(message: str, asks: Question | None) -> str:
    """A form that is late or was escalated is asked for in the words of a form."""
    return "fill" if asks and asks.kind == "form" and message in ("reminder", "escalated") else message


def _why(asked: About, told: dict[str, Any], comment: str) -> str:
    """Nothing where the comment of whoever answered last says it."""
    words = why_ended(Reason.of(told.get("reason")), labels=labels_of(asked.definition.document, asked.people))
    return "" if words == comment else words


def _url(person: Person, asked: About, asks: Question | None, *, was_asked: bool) -> str:
    """Where this person can act or look; nothing for those who are told of a request that is not theirs."""
    if asks is not None and asks.status == "pending":
        if asks.kind == "approval":
            return links.make(asked.tenant_id, asks.id, UUID(person.id), asks.seen)
        return f"{settings().base_url}/tasks/{asks.id}"
    sees = instances.sees(permissions_of(person.roles), was_asked=was_asked)
    own = str(asked.requester_id) == person.id
    return f"{settings().base_url}/instances/{asked.id}" if own or sees else ""
