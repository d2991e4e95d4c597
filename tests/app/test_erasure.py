"""Erasing a person: nothing that identifies them stays in any table or file, and the chains still verify."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb
from sqlalchemy import insert, text
from sqlalchemy.exc import ProgrammingError

from app import people, tasks
from app.access import auth, keys, sessions
from app.audit import chains, tenant_log
from app.errors import Conflict, Forbidden
from app.people import erasure
from app.people.erase_command import main
from app.runtime import Actor
from app.store.db import Db, across_tenants
from app.store.ids import uuid7
from app.store.tables import files
from engine.events.access import LoggedIn
from engine.record import offline
from tests.app.api import Api
from tests.app.decided import intruder, report
from tests.app.requests import ask, attempt, shipped, tasks_of
from tests.make import Cast, User, browser, make_cast, make_group, make_key, make_user

NAME, PLACE, AGENT = "Zebediah Quince", "198.51.100.77", "ZebBrowser/9"
COST = Decimal("900.25")
COMMENT, FILE, ITEM = "kumquat marmalade for all", b"%PDF- the scan of Zebediah", "Chair"


@dataclass(frozen=True)
class Stage:
    cast: Cast
    zeb: User
    decided: UUID
    asked: UUID
    report: UUID


def acting(user: User) -> Actor:
    return Actor("user", user.id, user.name, "web", PLACE, AGENT)


@pytest.fixture(scope="module")
def stage() -> Stage:
    """Zebediah decided on a request, made one, wrote and got mails, attached a file, logged in, had a key; and left."""
    cast = make_cast()
    with across_tenants() as db:
        zeb = make_user(db, cast.ada.tenant_id, NAME, "requester", "approver", manager=cast.cleo)
        mia = make_user(db, cast.ada.tenant_id, "Mia", "requester", manager=zeb)
        make_group(db, cast.ada.tenant_id, "Board", [zeb])
        keys.issue(db, zeb.tenant_id, zeb.id, keys.Wanted(f"ERP of {NAME}", {"instance:start"}))
        sessions.begin(db, zeb.tenant_id, zeb.id, PLACE, AGENT)
        tenant_log.note(db, zeb.tenant_id, sessions.person(_row(db, zeb)), LoggedIn(str(zeb.id)))
    decided = ask(mia, shipped("purchase-approval"), item="Desk", amount=COST, why=f"As {NAME.upper()} said")
    asked = ask(zeb, shipped("purchase-approval"), item=f"{ITEM} for {NAME}", amount=700)
    with across_tenants() as db:
        (task,) = tasks_of(decided)
        tasks.decide(db, zeb.principal, task.id, "rejected", COMMENT, {}, acting(zeb))
        (task,) = tasks_of(asked)
        tasks.decide(db, cast.cleo.principal, task.id, "approved", "fine", {}, acting(cast.cleo))
        _attach(db, zeb, asked)
    _deliver(cast)
    made = report(cast.dov, "csv", since="2020-01-01", text=NAME)
    return Stage(cast, zeb, decided, asked, made)


def _row(db: Db, user: User) -> Any:
    return people.get(db, user.principal.__class__(**{**vars(user.principal), "permissions": {"people:read"}}), user.id)


def _attach(db: Db, zeb: User, instance: UUID) -> None:
    row: dict[str, Any] = {"id": uuid7(), "tenant_id": zeb.tenant_id, "uploaded_by": zeb.id, "instance_id": instance}
    row |= {"name": f"{NAME}.pdf", "media_type": "application/pdf", "size": len(FILE)}
    db.execute(insert(files).values(**row, content=FILE, sha256=sha256(FILE).digest()))


def _deliver(cast: Cast) -> None:
    with across_tenants() as db:
        rows = db.query("SELECT id FROM effects WHERE tenant_id = %s AND kind = 'notify'", [cast.ada.tenant_id])
    for row in rows:
        attempt(row["id"])


def everything(db: Db) -> Iterator[tuple[str, bytes]]:
    """All rows of all tables, as an intruder reads them: texts as they are, bytes as they are."""
    named = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    for table in [row["table_name"] for row in db.query(named)]:
        for row in db.query(f"SELECT t.*, t::text AS whole FROM {table} t"):
            yield (
                table,
                b"\0".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row.values()),
            )


def told(values: list[str]) -> list[str]:
    """Where the values stand: tables, and files of the installation besides the database's own."""
    needles = [value.encode().lower() for value in values]
    with intruder() as db:
        found = [table for table, row in everything(db) if any(needle in row.lower() for needle in needles)]
    folder = Path(os.environ["DATA_DIR"])
    kept = (path for path in folder.rglob("*") if path.is_file() and not {"postgres", "redis"} & set(path.parts))
    return found + [path.name for path in kept if any(needle in path.read_bytes().lower() for needle in needles)]


@pytest.fixture(scope="module")
def erased(stage: Stage) -> erasure.Erased:
    values = [NAME, stage.zeb.email, COMMENT, PLACE, AGENT, FILE.decode()]
    assert {"events", "instances", "tasks", "users", "messages", "files", "reports", "sessions"} <= set(told(values))
    with across_tenants() as db:
        people.deactivate(db, stage.cast.cleo.principal, stage.zeb.id)
        return erasure.erase(db, stage.cast.cleo.principal, stage.zeb.id)


def test_no_table_and_no_file_names_the_person_any_more(stage: Stage, erased: erasure.Erased) -> None:
    own = [NAME, stage.zeb.email, COMMENT, FILE.decode(), stage.zeb.principal.name]
    assert told(own) == []
    with intruder() as db:
        own_rows = "SELECT * FROM events WHERE actor_id = %s"
        assert {(row["address"], row["agent"], row["actor_name"]) for row in db.query(own_rows, [stage.zeb.id])} == {
            (None, None, "")
        }
    assert erased.left == []
    assert (erased.files, erased.reports) == (1, 1) and erased.values >= 9 and erased.messages >= 2


def test_the_chains_verify_and_say_what_was_erased(stage: Stage, erased: erasure.Erased) -> None:
    with across_tenants() as db:
        result = chains.check_tenant(db, stage.zeb.tenant_id)
    assert (result.breaks, result.erased) == ([], erased.values)
    with browser(stage.cast.dov) as client:
        page = client.get("/audit?since=").text
        assert "comment" in page and "erased on" in page
        assert client.get(f"/instances/{stage.decided}").status_code == 200
        assert client.get(f"/instances/{stage.asked}").status_code == 200


def test_what_others_wrote_and_what_was_decided_stays(stage: Stage, erased: erasure.Erased) -> None:
    with across_tenants() as db:
        rows = {
            row["id"]: row for row in db.query("SELECT * FROM instances WHERE tenant_id = %s", [stage.zeb.tenant_id])
        }
        comments = db.query("SELECT comment FROM tasks WHERE instance_id = %s", [stage.asked])
    assert (rows[stage.decided]["status"], rows[stage.asked]["status"]) == ("rejected", "approved")
    assert rows[stage.decided]["state"]["data"] == {"item": "Desk", "amount": COST, "why": None}
    assert rows[stage.asked]["title"] == "" and comments[0]["comment"] == "fine"


def test_programs_tell_what_was_erased_from_what_was_empty(stage: Stage, erased: erasure.Erased) -> None:
    with across_tenants() as db:
        secret = make_key(db, stage.cast.dov)
    with browser() as client:
        api = Api(client, secret)
        told = api.get(f"/api/v1/instances/{stage.decided}").body
        events = api.get(f"/api/v1/instances/{stage.decided}/events").body["events"]
        found = api.get("/api/v1/events?area=requests").body["events"]
    assert (told["data"]["why"], told["erased"]) == (None, ["why"])
    assert events[0]["erased"] == ["/data/data/why"]
    assert {"/actor_name", "/data/comment"} <= set(
        next(one for one in events if one["type"] == "TaskDecided")["erased"]
    )
    listed = {one["id"]: one["erased"] for one in found}
    assert all(listed[one["id"]] == one["erased"] for one in events)


def test_an_export_made_afterwards_verifies_without_the_server(
    stage: Stage, erased: erasure.Erased, tmp_path: Path
) -> None:
    key = report(stage.cast.dov, "csv", since="2020-01-01")
    with across_tenants() as db:
        content = db.query("SELECT content FROM reports WHERE id = %s", [key])[0]["content"]
    path = tmp_path / "events.csv"
    path.write_bytes(content)
    found = offline.check(path)
    assert (found.wrong, found.erased) == ([], erased.values)
    assert NAME.encode() not in content


def test_reports_that_held_the_person_are_gone_and_say_why(stage: Stage, erased: erasure.Erased) -> None:
    with browser(stage.cast.dov) as client:
        assert "personal data that was erased" in client.get(f"/reports/{stage.report}").text


def test_an_erasure_that_nobody_announced_is_found(stage: Stage, erased: erasure.Erased) -> None:
    gone = {
        "gone": {"/data/comment": {"digest": "00" * 32, "by": 999, "at": "2026-01-01T00:00:00.000000Z"}},
        "salts": {},
    }
    with intruder() as db:
        db.query("UPDATE events SET erased = %s WHERE instance_id = %s AND seq = 1", [Jsonb(gone), stage.decided])
        what = [found.what for found in chains.check_tenant(db, stage.zeb.tenant_id).breaks]
    assert "its value /data/comment is gone, and no erasure says so" in what


@pytest.mark.parametrize("column", ["data = '{}'", "actor_name = 'Ben'", "hash = NULL", "key = NULL"])
def test_the_application_can_erase_by_the_function_alone(column: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), across_tenants() as db:
        db.execute(text(f"UPDATE events SET {column}"))


def test_the_function_puts_nothing_in_the_place_of_what_it_takes(stage: Stage) -> None:
    sql = "SELECT erase_values(%s, %s, 1, %s, %s)"
    with intruder() as db:
        before = db.query("SELECT * FROM events WHERE instance_id = %s AND seq = 1", [stage.decided])[0]
        db.query(sql, [before["tenant_id"], stage.decided, ["/data/data/item", "/data/absent", "/agent"], Jsonb({})])
        after = db.query("SELECT * FROM events WHERE instance_id = %s AND seq = 1", [stage.decided])[0]
    assert after["data"] == {**before["data"], "data": {**before["data"]["data"], "item": None}}
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"data", "agent", "key", "erased"}


def test_whoever_is_active_or_has_something_running_is_not_erased() -> None:
    cast = make_cast()
    admin = cast.cleo.principal
    with pytest.raises(Conflict, match="Deactivate the account first"), across_tenants() as db:
        erasure.erase(db, admin, cast.ada.id)
    ask(cast.ada, shipped("purchase-approval"), item="Desk", amount=900)
    with across_tenants() as db:
        people.deactivate(db, admin, cast.ada.id)
    with pytest.raises(Conflict, match=r"still part of what runs: PUR-\d+"), across_tenants() as db:
        erasure.erase(db, admin, cast.ada.id)
    with pytest.raises(Forbidden), across_tenants() as db:
        erasure.erase(db, cast.ben.principal, cast.ada.id)


def test_an_erased_person_cannot_come_back(stage: Stage, erased: erasure.Erased) -> None:
    with pytest.raises(Conflict), across_tenants() as db:
        people.activate(db, stage.cast.cleo.principal, stage.zeb.id)
    with across_tenants() as db:
        assert auth.is_none(people.get(db, stage.cast.cleo.principal, stage.zeb.id).password_hash)


def test_the_page_asks_for_the_address_and_then_erases() -> None:
    cast = make_cast()
    with across_tenants() as db:
        people.deactivate(db, cast.cleo.principal, cast.ben.id)
    place = f"/people/{cast.ben.id}/erasure"
    with browser(cast.ada) as other:
        assert other.get(place).status_code == other.post(place).status_code == 403
    with browser(cast.cleo) as client:
        assert place in client.get(f"/people/{cast.ben.id}").text
        assert client.post(place, data={"email": "somebody@example.com"}).status_code == 422
        assert client.post(place, data={"email": cast.ben.email, "also": "x"}).status_code == 422
        assert told_of(cast.ben) == cast.ben.name
        answer = client.post(place, data={"email": cast.ben.email})
        assert answer.status_code == 200 and "still verifies" in answer.text
        assert "Erased on" in client.get(f"/people/{cast.ben.id}").text
    assert told_of(cast.ben) == erasure.NOBODY


def told_of(user: User) -> str:
    with across_tenants() as db:
        return str(db.query("SELECT name FROM users WHERE id = %s", [user.id])[0]["name"])


def test_the_command_erases_and_says_what_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    cast = make_cast()
    document = shipped("purchase-approval")
    document["description"] = "Ask Uncle Bob"
    with across_tenants() as db:
        people.deactivate(db, cast.cleo.principal, cast.ben.id)
        key = db.query("SELECT key FROM tenants WHERE id = %s", [cast.ada.tenant_id])[0]["key"]
    ask(cast.ada, document, item="Desk of uncle  bob", amount=100)
    assert main(["erase", key, "nobody@example.com", "--yes"]) == 1
    assert main(["erase", key, cast.ben.email, "--also", "Uncle Bob", "--yes"]) == 0
    words = capsys.readouterr().out
    assert "Nobody in the tenant" in words
    assert "Still named in “Purchase approval”, version 1: a published definition never changes" in words
    with across_tenants() as db:
        assert chains.check_tenant(db, cast.ada.tenant_id).breaks == []
