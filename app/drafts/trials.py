"""Simulations of a draft: each person has one at hand for each draft, which is run anew whenever it is looked at.

Nothing is sent, kept or called; only the script is stored.
"""

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Row, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app import drafts
from app.access.principal import Principal
from app.drafts import Changes, Draft
from app.errors import Conflict, Invalid
from app.runtime.directories import seen
from app.store.db import Db
from app.store.tables import trials
from designer.edits.tests import SaveTest
from designer.trial.company import company
from designer.trial.keep import as_case
from designer.trial.play import Turn, run
from designer.trial.runnable import runnable
from designer.trial.script import Case, Script
from engine.definition import Definition
from engine.json_text import dumps, loads
from engine.people import Directory
from engine.reasons import reason

MOST_MOVES = 100
LONGEST = 256 * 1024
NOT_YET = "This flow cannot be tried yet: mend the problems of its shape first."
NOT_KEPT = "Made-up people cannot go the same way, so this run cannot be kept as a test."


@dataclass(frozen=True)
class Trial:
    """A draft as it is tried. definition: None while it has no shape that can be run. turns: none before the start.

    directory: the tenant's; of a test that is looked at, its made-up people.
    """

    draft: Draft
    definition: Definition | None
    directory: Directory
    script: Script | None
    turns: list[Turn]


def get(db: Db, who: Principal, key: str) -> Trial:
    """Raises Missing where the definition has no draft."""
    draft = drafts.get(db, who, key)
    definition, directory = runnable(draft.document), seen(db, who.tenant_id)
    written = db.execute(select(trials.c.script).where(*_own(who, draft.definition))).scalar()
    script = _read(written) if written else None
    if definition and isinstance(script, Case):
        directory = company(definition, script)
    turns = run(definition, directory, script, draft.definition.latest + 1) if definition and script else []
    return Trial(draft, definition, directory, script, turns)


def _read(written: str) -> Script | None:
    """Nothing where another release wrote it."""
    try:
        given = loads(written)
        return msgspec.convert(given, Case if "expect" in given else Script)
    except msgspec.ValidationError:
        return None


def people(db: Db, who: Principal) -> Directory:
    """Those who can be played: the tenant's."""
    return seen(db, who.tenant_id)


def keep(db: Db, who: Principal, draft: Draft, script: Script) -> None:
    """As the one at hand. Raises Invalid where it is too long."""
    text = dumps(script).decode()
    if len(script.moves) > MOST_MOVES:
        raise Invalid.because("/moves", reason("simulation_moves", most=MOST_MOVES))
    if len(text) > LONGEST:
        raise Invalid.because("/moves", reason("simulation_size", kilobytes=LONGEST // 1024))
    own = {"tenant_id": who.tenant_id, "definition_id": draft.definition.id, "user_id": who.user_id}
    adding = insert(trials).values(own | {"script": text})
    changed = {"script": text, "changed_at": func.now()}
    db.execute(adding.on_conflict_do_update(index_elements=list(own), set_=changed))


def clear(db: Db, who: Principal, draft: Draft) -> None:
    db.execute(delete(trials).where(*_own(who, draft.definition)))


def save_test(db: Db, who: Principal, key: str, name: str) -> Changes:
    """The run at hand as a test of the draft. Raises Invalid, Conflict."""
    tried = get(db, who, key)
    if not tried.definition or not tried.script or not tried.turns or tried.turns[-1].refused:
        raise Conflict("There is no run to keep.")
    case = as_case(tried.definition, tried.directory, tried.script, name.strip())
    if case is None:
        raise Conflict(NOT_KEPT)
    return drafts.edit(db, who, key, tried.draft.revision, SaveTest(loads(dumps(case))))


def _own(who: Principal, definition: Row[Any]) -> tuple[Any, ...]:
    return (
        trials.c.tenant_id == definition.tenant_id,
        trials.c.definition_id == definition.id,
        trials.c.user_id == who.user_id,
    )
