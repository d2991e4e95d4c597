"""Copies of what people did that stand outside the record: mails, reports, effects, answers to calls.

Each function takes a person out of one sort of copy. What cannot be taken apart is removed as a whole.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, Row, Table, Text, cast, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from app.audit.erasure import Found, Words, like
from app.store.db import Db
from app.store.tables import (
    api_keys,
    definitions,
    idempotency_keys,
    instances,
    login_failures,
    metadata,
    tasks,
    versions,
)
from app.store.tables import effects as effect_rows
from app.store.tables import external_events as event_rows
from app.store.tables import messages as message_rows
from app.store.tables import reports as report_rows
from app.store.tables.base import linked

GONE = "(erased)"
REMADE = "It held personal data that was erased since. Ask for it again, and it is made without."
# What somebody wrote is looked for in the mails and effects of the same request alone.
SAID = "unnest(%(requests)s::uuid[], %(patterns)s::text[]) AS said(request, pattern)"
UNSAY = f"""
UPDATE messages m SET subject = %(gone)s, text = %(gone)s, html = %(gone)s FROM effects e, {SAID}
WHERE m.tenant_id = %(tenant)s AND e.tenant_id = %(tenant)s AND e.id = m.effect_id AND e.instance_id = said.request
  AND m.subject || ' ' || m.text ILIKE said.pattern
RETURNING m.id
"""  # noqa: S608 constants
REPEATED = f"""
SELECT DISTINCT e.id, e.instance_id, e.payload FROM effects e, {SAID}
WHERE e.tenant_id = %(tenant)s AND e.instance_id = said.request AND e.payload::text ILIKE said.pattern
"""  # noqa: S608 constants
# Short words stand in many answers; a longer one is somebody's own.
TELLING = 12


def messages(db: Db, person: Row[Any], words: Words, found: Found) -> int:
    """Those to the person go; those that tell others about them keep that they were sent, and lose what they said."""
    own = message_rows.c.tenant_id == person.tenant_id, message_rows.c.user_id == person.id
    removed = db.execute(delete(message_rows).where(*own)).rowcount
    told = update(message_rows).where(*_mentions(message_rows, person, words))
    named = db.execute(told.values(subject=GONE, text=GONE, html=GONE)).rowcount
    return removed + named + len(db.query(UNSAY, {**_said(person, found), "gone": GONE}))


def _said(person: Row[Any], found: Found) -> dict[str, Any]:
    pairs = [(key, like(text)) for key, texts in found.said.items() for text in texts]
    return {
        "tenant": person.tenant_id,
        "requests": [key for key, _ in pairs],
        "patterns": [pattern for _, pattern in pairs],
    }


def reports(db: Db, person: Row[Any], words: Words) -> int:
    """Finished files of the tenant: nobody can tell which of them the person is in, so none of them stays."""
    of_tenant = report_rows.c.tenant_id == person.tenant_id
    named = update(report_rows).where(*_mentions(report_rows, person, words, ("name", "params")))
    db.execute(named.values(name=GONE, params={}))
    made = of_tenant, report_rows.c.content.is_not(None)
    return db.execute(update(report_rows).where(*made).values(content=None, status="failed", error=REMADE)).rowcount


def effects(db: Db, person: Row[Any], words: Words, found: Found) -> None:
    for column in ("payload", "history"):
        _rewrite(db, effect_rows, column, person, words)
    of_tenant = effect_rows.c.tenant_id == person.tenant_id
    for row in db.query(REPEATED, _said(person, found)):
        payload = Words(found.said[row["instance_id"]]).taken_out(row["payload"])
        db.execute(update(effect_rows).where(of_tenant, effect_rows.c.id == row["id"]).values(payload=payload))


def calls(db: Db, person: Row[Any], words: Words, found: Found) -> None:
    """What programs sent with a request, and what is kept for a day of their calls, to answer them again."""
    _rewrite(db, instances, "asked", person, words)
    of_tenant = api_keys.c.tenant_id == person.tenant_id
    keys = select(cast(api_keys.c.id, Text)).where(of_tenant, api_keys.c.user_id == person.id)
    own = or_(idempotency_keys.c.principal == str(person.id), idempotency_keys.c.principal.in_(keys))
    db.execute(delete(idempotency_keys).where(idempotency_keys.c.tenant_id == person.tenant_id, own))
    said = [text for texts in found.said.values() for text in texts if len(text) >= TELLING]
    db.execute(delete(idempotency_keys).where(*_mentions(idempotency_keys, person, words.more(said))))
    db.execute(delete(login_failures).where(login_failures.c.account == person.email.lower()))


def external_events(db: Db, person: Row[Any], words: Words) -> None:
    """What other systems sent about the person; what a request kept of it is in its record."""
    db.execute(delete(event_rows).where(*_mentions(event_rows, person, words)))


def answers(db: Db, person: Row[Any], words: Words) -> None:
    of_tenant = tasks.c.tenant_id == person.tenant_id
    db.execute(update(tasks).where(of_tenant, tasks.c.closed_by == person.id).values(comment=None))
    db.execute(update(tasks).where(*_mentions(tasks, person, words, ("comment",))).values(comment=None))


def left(db: Db, person: Row[Any], words: Words) -> list[str]:
    """Where the person is named still, by a look through every table of the tenant."""
    of_it = linked(versions.c.definition_id, definitions.c.id)
    named = select(definitions.c.name, versions.c.number).join(versions, of_it)
    found = [
        f"“{row.name}”, version {row.number}: a published definition never changes; publish one that does not name them"
        for row in db.execute(named.where(*_mentions(versions, person, words)))
    ]
    for table in metadata.sorted_tables:
        if "tenant_id" in table.c and table is not versions:
            count = db.execute(select(func.count()).where(*_mentions(table, person, words))).scalar_one()
            found += [f"{count} rows of the table {table.name}"] if count else []
    return found


def _mentions(table: Table, person: Row[Any], words: Words, columns: Sequence[str] = ()) -> list[Any]:
    """Rows of the tenant that hold one of the words, in some columns or in any."""
    readable = [column.name for column in table.c if isinstance(column.type, Text | JSON | ARRAY)]
    text = func.concat_ws(" ", "", *(cast(table.c[name], Text) for name in columns or readable))
    return [table.c.tenant_id == person.tenant_id, text.op("ILIKE")(func.any(cast(words.like, ARRAY(Text))))]


def _rewrite(db: Db, table: Table, column: str, person: Row[Any], words: Words) -> None:
    """JSON without the texts that hold one of the words."""
    for row in db.execute(select(table.c.id, table.c[column]).where(*_mentions(table, person, words, (column,)))):
        kept = {column: words.taken_out(row._mapping[column])}
        db.execute(update(table).where(table.c.tenant_id == person.tenant_id, table.c.id == row.id).values(kept))
