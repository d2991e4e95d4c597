"""Requests that need an administrator: one that a rule cannot decide, one whose compensation was given up."""

from uuid import UUID

from app import runtime
from app.store.db import across_tenants
from engine.commands import Decide, EffectFailed, EffectSucceeded
from tests.app.requests import ask, effects_of, instance, locked, shipped, tasks_of
from tests.make import User

LEVELS = [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]


def undecidable(who: User) -> UUID:
    """A rule asks for a field, `why`, that nobody had to fill in."""
    document = shipped("purchase-approval", approval={"levels": LEVELS})
    document["steps"]["large"] = {
        "type": "decision",
        "name": "Large?",
        "branches": [{"outcome": "large", "when": "amount > 100000 or why == 'x'"}],
        "outcomes": {"large": "approval", "otherwise": "approval"},
    }
    document["steps"]["request"]["outcomes"] = {"submitted": "large"}
    found = ask(who, document, item="MacBooks", amount=7200, cost_centre="operations")
    assert instance(found).blocked_at is not None
    return found


def not_undone(who: User, boss: User) -> UUID:
    """Done, rejected by the boss, and its compensation failed for the last time."""
    document = shipped("new-supplier", compliance={"levels": LEVELS})
    document["steps"]["request"]["outcomes"] = {"submitted": "create"}
    found = ask(who, document, company="ACME", country="DE", contact="a@b.example")
    result = {"status": 201, "body": {"id": "S-1"}}
    with across_tenants() as db:
        runtime.send(db, locked(db, found), EffectSucceeded(_effect(found, "call"), result), runtime.WORKER)
    no = Decide(str(tasks_of(found)[0].id), str(boss.id), "rejected", "No")
    with across_tenants() as db:
        runtime.send(db, locked(db, found), no, runtime.WORKER)
    with across_tenants() as db:
        runtime.send(db, locked(db, found), EffectFailed(_effect(found, "undo"), "gone"), runtime.WORKER)
    assert instance(found).blocked_at is not None
    return found


def _effect(instance_id: UUID, kind: str) -> str:
    return next(str(row.id) for row in effects_of(instance_id) if row.kind == kind)
