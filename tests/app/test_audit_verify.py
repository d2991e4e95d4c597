"""Whatever is done to the record behind the product's back is found and named."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from msgspec import to_builtins
from psycopg.types.json import Jsonb
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.audit import chains, evidence
from app.audit.command import main
from app.store.db import Db, across_tenants
from engine.interpreter import fold
from engine.record.chain import link
from engine.record.verify import Result
from tests.app.decided import history, intruder, keep, purchase, report
from tests.make import Cast, make_cast

Row = dict[str, Any]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def check(db: Db, cast: Cast) -> Result:
    """What verify says of the tenant, seen from inside the intruder's transaction."""
    return chains.check_tenant(db, cast.ada.tenant_id)


def events_of(db: Db, key: UUID) -> list[Row]:
    return db.query("SELECT * FROM events WHERE instance_id = %s ORDER BY seq", [key])


def rewrite(db: Db, key: UUID, row: Row, before: bytes) -> bytes:
    digest = link(before, row)
    sql = "UPDATE events SET data = %s, hash = %s WHERE instance_id = %s AND seq = %s"
    db.query(sql, [Jsonb(row["data"]), digest, key, row["seq"]])
    return digest


def edit_data(db: Db, key: UUID) -> None:
    change = """UPDATE events SET data = jsonb_set(data, '{comment}', '"never"') WHERE instance_id = %s AND seq = 4"""
    db.query(change, [key])


def edit_actor(db: Db, key: UUID) -> None:
    db.query("UPDATE events SET actor_name = 'Somebody' WHERE instance_id = %s AND seq = 4", [key])


def move_clock(db: Db, key: UUID) -> None:
    change = "UPDATE events SET at = at - interval '1 day' WHERE instance_id = %s AND seq = 4"
    db.query(change, [key])


def edit_and_hash(db: Db, key: UUID) -> None:
    """Its own hash is right again; those after it are not."""
    rows = events_of(db, key)
    rows[3]["data"]["comment"] = "never"
    rewrite(db, key, rows[3], rows[2]["hash"])


def rehash_to_the_end(db: Db, key: UUID) -> None:
    rows = events_of(db, key)
    rows[3]["data"]["comment"] = "never"
    before = rows[2]["hash"]
    for row in rows[3:]:
        before = rewrite(db, key, row, before)


def delete_middle(db: Db, key: UUID) -> None:
    db.query("DELETE FROM events WHERE instance_id = %s AND seq = 4", [key])


def delete_and_close_up(db: Db, key: UUID) -> None:
    delete_middle(db, key)
    for seq in range(5, 20):
        db.query("UPDATE events SET seq = %s WHERE instance_id = %s AND seq = %s", [seq - 1, key, seq])


def delete_last(db: Db, key: UUID) -> None:
    last = len(events_of(db, key))
    db.query("DELETE FROM events WHERE instance_id = %s AND seq = %s", [key, last])


def delete_first(db: Db, key: UUID) -> None:
    db.query("DELETE FROM events WHERE instance_id = %s AND seq = 1", [key])


def delete_all(db: Db, key: UUID) -> None:
    db.query("DELETE FROM events WHERE instance_id = %s", [key])


def swap(db: Db, key: UUID) -> None:
    for old, new in ((4, 1000), (5, 4), (1000, 5)):
        db.query("UPDATE events SET seq = %s WHERE instance_id = %s AND seq = %s", [new, key, old])


def forge(db: Db, key: UUID) -> None:
    """One more event at the end, well made."""
    last = events_of(db, key)[-1]
    forged = {**last, "seq": last["seq"] + 1, "data": {**last["data"], "status": "approved"}}
    forged["hash"], forged["data"] = link(last["hash"], forged), Jsonb(forged["data"])
    places = ", ".join(f"%({name})s" for name in forged)
    db.query(f"INSERT INTO events ({', '.join(forged)}) VALUES ({places})", forged)


def repeat(db: Db, key: UUID) -> None:
    db.query("ALTER TABLE events DROP CONSTRAINT pk_events")
    db.query("INSERT INTO events SELECT * FROM events WHERE instance_id = %s AND seq = 4", [key])


def change_head(db: Db, key: UUID) -> None:
    db.query("UPDATE instances SET head = decode(repeat('ab', 32), 'hex') WHERE id = %s", [key])


def other_tenant(db: Db, key: UUID) -> None:
    foreign = "(SELECT id FROM tenants WHERE name = 'Other' ORDER BY created_at LIMIT 1)"
    change = f"UPDATE events SET tenant_id = {foreign} WHERE instance_id = %s AND seq = 4"
    db.query(change, [key])


def unreadable(db: Db, key: UUID) -> None:
    """A number that the product could never have written."""
    change = "UPDATE events SET data = jsonb_set(data, '{level}', '1e400') WHERE instance_id = %s AND seq = 4"
    db.query(change, [key])


def drop_instance(db: Db, key: UUID) -> None:
    db.query("DELETE FROM instances WHERE id = %s", [key])


CHANGED = "it is not what was written"
MUTATIONS = [
    (edit_data, 4, CHANGED),
    (edit_actor, 4, CHANGED),
    (move_clock, 4, CHANGED),
    (edit_and_hash, 5, CHANGED),
    (rehash_to_the_end, None, "another hash is kept for the chain's last event"),
    (delete_middle, 4, "it is missing, event 5 comes next"),
    (delete_and_close_up, 4, CHANGED),
    (delete_last, None, "it is missing, and so is all up to event"),
    (delete_first, 1, "it is missing, event 2 comes next"),
    (delete_all, 1, "it is missing, and so is all up to event"),
    (swap, 4, CHANGED),
    (forge, None, "it was added, the chain ends with event"),
    (repeat, 4, "it is there twice"),
    (change_head, None, "another hash is kept for the chain's last event"),
    (other_tenant, 4, CHANGED),
    (unreadable, 4, CHANGED),
    (drop_instance, 1, "the request they belong to is gone"),
]


@pytest.mark.parametrize(("mutation", "seq", "what"), MUTATIONS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_change_is_found_and_named(cast: Cast, mutation: Any, seq: int | None, what: str) -> None:
    key = purchase(cast)
    purchase(cast, 800, "Desk")
    with across_tenants() as db:
        number = db.query("SELECT number FROM instances WHERE id = %(id)s", {"id": key})[0]["number"]
    with intruder() as db:
        last = len(events_of(db, key))
        assert check(db, cast).broken == 0
        mutation(db, key)
        result = check(db, cast)
    named = f"Request with id {key}" if mutation is drop_instance else f"Request PUR-{number}"
    assert result.broken == 1
    assert result.breaks[0].where == named
    assert result.breaks[0].what.startswith(what) or what in result.breaks[0].what
    assert result.breaks[0].seq == (seq or last + (mutation is forge))


def test_the_first_of_several_is_named_first_and_all_are_counted(cast: Cast) -> None:
    keys = [purchase(cast, item=f"Laptop {number}") for number in range(3)]
    with intruder() as db:
        for key in keys[1:]:
            edit_data(db, key)
        result = check(db, cast)
    assert (result.requests, result.broken) == (3, 2)
    assert [found.where for found in result.breaks] == sorted(found.where for found in result.breaks)


def test_a_changed_definition_is_named(cast: Cast) -> None:
    purchase(cast)
    with intruder() as db:
        change = "UPDATE versions SET document = jsonb_set(document::jsonb, '{name}', '\"Mine\"') WHERE tenant_id = %s"
        db.query(change, [cast.ada.tenant_id])
        result = check(db, cast)
    assert [found.where for found in result.breaks] == ["Definition purchase-approval, version 1"]
    assert "its document is not the one that was published" in str(result.breaks[0])


def test_a_definition_changed_with_its_hash_no_longer_fits_the_requests(cast: Cast) -> None:
    purchase(cast)
    with intruder() as db:
        change = "UPDATE versions SET content_hash = decode(repeat('ab', 32), 'hex') WHERE tenant_id = %s"
        db.query(change, [cast.ada.tenant_id])
        result = check(db, cast)
    assert "the definition's version is not the one it was started with" in [found.what for found in result.breaks]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ("UPDATE instances SET state = jsonb_set(state, '{data,amount}', '12') WHERE id = %s", "data"),
        ("UPDATE instances SET status = 'rejected' WHERE id = %s", "status"),
        ("UPDATE instances SET title = 'A car' WHERE id = %s", "title"),
        ("UPDATE instances SET requester_id = gen_random_uuid() WHERE id = %s", "requester_id"),
    ],
)
def test_what_the_events_do_not_lead_to_is_named(cast: Cast, change: str, field: str) -> None:
    key = purchase(cast)
    with intruder() as db:
        db.query(change, [key])
        result = check(db, cast)
    assert result.breaks[0].what == f"it is not what its events lead to (differs in {field})"


def test_all_that_happened_to_a_tenant_is_whole() -> None:
    cast = history()
    with across_tenants() as db:
        result = chains.check_tenant(db, cast.ada.tenant_id)
    assert (result.requests, result.versions, result.broken) == (4, 1, 0)
    assert result.events > 15


@pytest.mark.parametrize("table", ["events", "versions"])
@pytest.mark.parametrize("change", ["UPDATE {} SET data = '{{}}'", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_application_may_not_change_the_record(cast: Cast, table: str, change: str) -> None:
    purchase(cast)
    statement = change.format(table).replace("SET data", "SET document" if table == "versions" else "SET data")
    with pytest.raises(ProgrammingError, match="permission denied"), across_tenants() as db:
        db.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION postgres",
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "DROP TRIGGER events_stay ON events",
        "ALTER TABLE events RENAME TO other",
    ],
)
def test_the_application_may_not_lift_its_own_limits(statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), across_tenants() as db:
        db.execute(text(statement))


@pytest.mark.parametrize("change", ["UPDATE events SET seq = 9", "DELETE FROM events", "TRUNCATE events"])
def test_the_trigger_stops_even_the_owner(change: str) -> None:
    with intruder() as db:
        db.query("SET session_replication_role = origin")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="rows of events are never changed"):
            db.query(change)


def tenant_key(cast: Cast) -> str:
    with across_tenants() as db:
        return str(db.query("SELECT key FROM tenants WHERE id = %(id)s", {"id": cast.ada.tenant_id})[0]["key"])


@pytest.fixture
def broken() -> Iterator[tuple[Cast, UUID]]:
    """A tenant with a change that stays until the test is over."""
    cast = make_cast()
    key = purchase(cast)
    with intruder() as db:
        kept = events_of(db, key)[3]["data"]
        edit_data(db, key)
        keep(db)
        yield cast, key
        db.query("UPDATE events SET data = %s WHERE instance_id = %s AND seq = 4", [Jsonb(kept), key])
        keep(db)


def test_the_command_ends_with_1_and_names_the_place(
    broken: tuple[Cast, UUID], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "--tenant", tenant_key(broken[0])]) == 1
    words = capsys.readouterr().out
    assert words.startswith("The record is BROKEN. First: Request PUR-")
    assert ", event 4: it is not what was written" in words


def test_the_command_tells_figures_to_programs(broken: tuple[Cast, UUID], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--json", "--tenant", tenant_key(broken[0])]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["whole"], told["broken"], told["breaks"][0]["event"]) == (False, 1, 4)


def test_a_whole_record_ends_with_0_and_figures(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    purchase(cast)
    assert main(["verify", "--tenant", tenant_key(cast)]) == 0
    words = capsys.readouterr().out
    assert words.startswith("The record is whole. ") and "1 request on 1 version, 0 values erased, checked in" in words


def test_an_unknown_tenant_is_said() -> None:
    with pytest.raises(SystemExit, match="There is no tenant “nowhere”"):
        main(["verify", "--tenant", "nowhere"])


def build_evidence(cast: Cast, key: UUID, path: Path) -> Path:
    with across_tenants() as db:
        instance = db.query("SELECT * FROM instances WHERE id = %(id)s", {"id": key})[0]
        rows = db.query("SELECT * FROM events WHERE instance_id = %(id)s ORDER BY seq", {"id": key})
        version = db.query(
            "SELECT d.key, d.name, v.* FROM versions v JOIN definitions d ON d.id = v.definition_id WHERE v.id = %(v)s",
            {"v": instance["version_id"]},
        )[0]
    path.write_bytes(evidence.build(instance, version, rows))
    return path


def test_evidence_is_checked_without_a_database(cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = build_evidence(cast, purchase(cast), tmp_path / "evidence.json")
    assert main(["verify", "--file", str(path)]) == 0
    assert "1 request on 1 version" in capsys.readouterr().out
    path.write_text(path.read_text().replace("ok for Q3", "ok for Q4"))
    assert main(["verify", "--file", str(path)]) == 1
    assert "event 4: its value /data/comment is not what was written" in capsys.readouterr().out


def test_evidence_with_another_definition_is_refused(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = build_evidence(cast, purchase(cast), tmp_path / "evidence.json")
    path.write_text(path.read_text().replace("amount <= 500", "amount <= 9000"))
    assert main(["verify", "--file", str(path)]) == 1
    assert "its definition is not the one that was published" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["", "[]", "{", '{"format": "other"}', '{"format": "signoff/evidence@1"}'])
def test_a_file_that_is_no_evidence_is_said(content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "evidence.json"
    path.write_text(content)
    assert main(["verify", "--file", str(path)]) == 1
    assert "evidence.json: it is not an export of events" in capsys.readouterr().out
    assert main(["verify", "--file", str(tmp_path / "none.json")]) == 1


def test_an_anchor_finds_a_record_cut_short_together_with_its_request(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = purchase(cast)
    path, tenant = build_evidence(cast, key, tmp_path / "evidence.json"), tenant_key(cast)
    assert main(["verify", "--tenant", tenant, "--anchor", str(path)]) == 0
    with intruder() as db:
        rows, whole = events_of(db, key), db.query("SELECT * FROM instances WHERE id = %s", [key])[0]
        delete_last(db, key)
        before = fold((row["type"], row["data"]) for row in rows[:-1])
        cut = "UPDATE instances SET seq = seq - 1, head = %s, status = %s, state = %s WHERE id = %s"
        db.query(cut, [rows[-2]["hash"], before.status, Jsonb(to_builtins(before)), key])
        keep(db)
        assert main(["verify", "--tenant", tenant]) == 0
        assert main(["verify", "--tenant", tenant, "--anchor", str(path)]) == 1
        restore = "UPDATE instances SET seq = seq + 1, head = %s, status = %s, state = %s WHERE id = %s"
        db.query(restore, [rows[-1]["hash"], whole["status"], Jsonb(whole["state"]), key])
        last = {**rows[-1], "data": Jsonb(rows[-1]["data"])}
        places = ", ".join(f"%({name})s" for name in last)
        db.query(f"INSERT INTO events ({', '.join(last)}) VALUES ({places})", last)
        keep(db)
    assert "evidence.json holds it, the database does not" in capsys.readouterr().out


def csv_of(cast: Cast, path: Path) -> Path:
    key = report(cast.dov, "csv", since="2020-01-01")
    with across_tenants() as db:
        kept = db.query("SELECT content FROM reports WHERE id = %(id)s", {"id": key})[0]["content"]
    path.write_bytes(kept)
    return path


def changed(path: Path, number: int, **values: str) -> None:
    """Another value in a line of the file."""
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    rows[number] |= values
    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"record": '{"seq":4}'}, "its record does not give its hash"),
        ({"actor": "Somebody"}, "what it shows is not what its record says"),
        ({"data": "{}"}, "what it shows is not what its record says"),
        ({"hash": "00" * 32}, "its record does not give its hash"),
    ],
)
def test_a_csv_is_checked_without_a_database(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str], values: dict[str, str], what: str
) -> None:
    purchase(cast, comment="=1+1")
    path = csv_of(cast, tmp_path / "events.csv")
    assert main(["verify", "--file", str(path)]) == 0
    changed(path, 3, **values)
    assert main(["verify", "--file", str(path)]) == 1
    assert f"event 4: {what}" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["", "a,b\r\n1,2\r\n", "\x00"])
def test_a_csv_of_something_else_is_said(content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "events.csv"
    path.write_text(content)
    assert main(["verify", "--file", str(path)]) == 1
    assert "it is not an export of events: it lacks actor" in capsys.readouterr().out
