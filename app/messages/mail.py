"""Messages that were written, to be read again: one's own, or everybody's for those who may."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from app.access.principal import Principal
from app.channels import Headed, Message
from app.config import settings
from app.demo import powers
from app.errors import Missing
from app.store.db import Db
from app.store.tables import effects, messages, users
from app.store.tables.base import linked
from engine.registry import some

PAGE = 30

_shown = (
    select(messages, users.c.name, effects.c.instance_id)
    .join(users, linked(users.c.id, messages.c.user_id))
    .join(effects, linked(effects.c.id, messages.c.effect_id))
)


def list_messages(db: Db, principal: Principal, person: str = "", before: UUID | None = None) -> Sequence[Row[Any]]:
    """Newest first, one page and one row more. `person`: part of a name or an address."""
    query = _shown.where(*_visible(principal))
    if person.strip():
        part = person.strip()[:100].replace("\x00", "")
        named = users.c.name.icontains(part, autoescape=True)
        query = query.where(named | messages.c.address.icontains(part, autoescape=True))
    if before:
        query = query.where(messages.c.id < before)
    return db.execute(query.order_by(messages.c.id.desc()).limit(PAGE + 1)).all()


def get(db: Db, principal: Principal, message_id: UUID) -> Row[Any]:
    row = db.execute(_shown.where(*_visible(principal), messages.c.id == message_id)).first()
    if row is None:
        raise Missing("There is no such message.")
    return row


def _visible(principal: Principal) -> list[Any]:
    here = [messages.c.tenant_id == principal.tenant_id]
    return here if principal.may("mail:read") else [*here, messages.c.user_id == principal.user_id]


def links_shown(db: Db, principal: Principal, row: Row[Any]) -> bool:
    """Only its owner learns a link that decides in the owner's name; in the demo one person plays all."""
    return row.user_id == principal.user_id or powers.on(db)


def headers(row: Row[Any]) -> list[tuple[str, str]]:
    ids, told = (str(row.effect_id), str(row.instance_id)), (row.subject, row.text, row.html)
    headed = some("app.channels", Headed)
    message = Message(*ids, row.name, row.address, *told)
    return headed[row.channel].headers(message, settings()) if row.channel in headed else []


def pieces(text: str) -> list[tuple[str, bool]]:
    """The text in order, each piece with whether it is an address of ours, to be shown as a link."""
    ours = re.compile(rf"({re.escape(settings().base_url)}/[\w./-]+)(?![\w./…-])")
    return [(piece, ours.fullmatch(piece) is not None) for piece in ours.split(text) if piece]
