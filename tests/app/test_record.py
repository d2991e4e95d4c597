"""What an event says besides its data: its format, what led to it, its files; and what is held against it."""

from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert

from app import instances, tasks
from app.audit import chains
from app.definitions import store
from app.effects import scheduler
from app.effects.results import Done
from app.errors import Unavailable
from app.runtime import Actor, state_of
from app.store.db import across_tenants
from app.store.ids import uuid7
from app.store.tables import files
from engine.state import FORMAT
from tests.app.decided import acting, intruder, purchase
from tests.app.requests import ask, attempt, effects_of, instance, shipped, tasks_of
from tests.make import Cast, make_cast

CONTENT = b"%PDF- an offer"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def events_of(key: UUID, kind: str = "") -> list[dict[str, Any]]:
    with across_tenants() as db:
        sql = "SELECT * FROM events WHERE instance_id = %(key)s AND %(kind)s IN ('', type) ORDER BY seq"
        return db.query(sql, {"key": key, "kind": kind})


def test_state_and_events_say_their_format(cast: Cast) -> None:
    key = purchase(cast)
    assert instance(key).state["v"] == events_of(key)[0]["data"]["v"] == FORMAT
    assert {event["v"] for event in events_of(key)} == {FORMAT}


def test_a_state_of_a_newer_release_is_left_alone(cast: Cast) -> None:
    with pytest.raises(Unavailable, match="Update this process"):
        state_of({**instance(purchase(cast)).state, "v": FORMAT + 1, "later": 1})


def test_what_a_timer_leads_to_names_the_timer(cast: Cast) -> None:
    key = ask(cast.ada, shipped("purchase-approval"), item="Desk", amount=900)
    with across_tenants() as db:
        timer = db.query("SELECT * FROM timers WHERE instance_id = %s", [key])[0]
        ahead = db.query("SELECT max(due_at) - now() + interval '1 s' AS wait FROM timers")[0]["wait"]
    assert scheduler._fire(timer, ahead)
    assert events_of(key)[-1]["causation_id"] == timer["id"]
    assert {event["causation_id"] for event in events_of(key)[:3]} == {None}


def test_an_effect_names_its_event_and_an_answer_its_effect(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    call = {"type": "action", "name": "Order", "call": {"url": "https://shop.example/orders"}}
    document = shipped("purchase-approval", amount={**call, "outcomes": {"done": "approved", "failed": "rejected"}})
    document["steps"] = {name: document["steps"][name] for name in ("request", "amount", "approved", "rejected")}
    document["steps"]["amount"].pop("branches")
    key = ask(cast.ada, document, item="Desk", amount=100)
    effect = effects_of(key)[0]
    assert effect.seq == events_of(key)[-1]["seq"]
    monkeypatch.setattr("app.outgoing.calls.perform", lambda _: Done({"status": 201}))
    attempt(effect.id)
    assert events_of(key, "CallDone")[0]["causation_id"] == effect.id


def test_an_answer_by_mail_names_the_question(cast: Cast) -> None:
    key = ask(cast.ada, shipped("purchase-approval"), item="Desk", amount=900)
    (task,) = tasks_of(key)
    actor = Actor("user", cast.cleo.id, "Cleo", "e-mail")
    with across_tenants() as db:
        tasks.decide(db, cast.cleo.principal, task.id, "approved", "", {}, actor)
    assert events_of(key, "TaskDecided")[0]["causation_id"] == task.id


def attached(cast: Cast) -> tuple[UUID, str]:
    """A request with a file, and the file."""
    row: dict[str, Any] = {"id": uuid7(), "tenant_id": cast.ada.tenant_id, "uploaded_by": cast.ada.id, "size": 14}
    row |= {"name": "offer.pdf", "media_type": "application/pdf", "content": CONTENT}
    file = {"file": str(row["id"]), "name": "offer.pdf", "size": 14}
    with across_tenants() as db:
        db.execute(insert(files).values(**row, sha256=sha256(CONTENT).digest()))
        version = store(db, cast.ada.tenant_id, shipped("purchase-approval"))
        data = {"item": "Desk", "amount": 900, "quote": file}
        moved = instances.start(db, cast.ada.principal, version.id, data, acting(cast.ada))
    return moved.instance_id, str(row["id"])


def test_the_event_has_the_digest_of_each_file(cast: Cast) -> None:
    key, file = attached(cast)
    assert events_of(key)[0]["data"]["files"] == {file: sha256(CONTENT).hexdigest()}
    with across_tenants() as db:
        assert db.query("SELECT instance_id FROM files WHERE id = %s", [file])[0]["instance_id"] == key
        assert chains.check_tenant(db, cast.ada.tenant_id).breaks == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("UPDATE files SET content = 'other'", "a file of event 1 is not the one that was attached"),
        ("UPDATE files SET content = 'other', sha256 = sha256('other')", "a file of event 1"),
        ("DELETE FROM files", "a file of event 1 is not the one that was attached"),
        ("UPDATE tasks SET comment = 'never'", "its answer is not what event 4 says"),
        ("UPDATE tasks SET closed_by = gen_random_uuid()", "its answer is not what event 4 says"),
        ("UPDATE instances SET created_at = now()", "another moment at which it was made"),
    ],
)
def test_what_stands_beside_the_chain_is_held_against_it(cast: Cast, change: str, what: str) -> None:
    key, _ = attached(cast)
    with across_tenants() as db:
        (task,) = tasks_of(key)
        tasks.decide(db, cast.cleo.principal, task.id, "approved", "fine", {}, acting(cast.cleo))
    with intruder() as db:
        db.query(f"{change} WHERE tenant_id = %s", [cast.ada.tenant_id])
        found = [one.what for one in chains.check_tenant(db, cast.ada.tenant_id).breaks]
    assert any(what in one for one in found), found
