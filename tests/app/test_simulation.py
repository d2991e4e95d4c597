"""Simulation by program and from the command line; and that the runtime does the very same."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app import definitions_command
from app.drafts import begin
from app.runtime.directories import current
from app.store.db import across_tenants
from app.store.tables import events
from designer.gallery import template
from designer.trial.play import Turn, run
from designer.trial.script import MONDAY, Move, Script
from engine.definition import Definition
from engine.json_text import canonical
from tests.app.api import Company, company
from tests.app.requests import MANAGER, ask, decide, fire, shipped
from tests.make import make_cast

HERE = "/api/v1/definitions/purchase-approval/draft"
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
DIGESTS = re.compile(r'"content_hash":"[^"]*"|[0-9a-f]{32}')
MOMENTS = re.compile(r"\d{4}-\d{2}-\d{2}T[0-9:.]+(\+00:00|Z)")
YES = {"do": "decide", "outcome": "approved"}


@pytest.fixture
def shop() -> Iterator[Company]:
    with company() as made:
        with across_tenants() as db:
            begin.from_version(db, made.people["alex"].principal, "purchase-approval")
        yield made


def told(turns: list[Turn], people: set[str]) -> list[str]:
    return [alike(one.type, one.data, people) for turn in turns for one in turn.events]


def alike(kind: str, data: Any, people: set[str]) -> str:
    """Without what is another one in every request: ids of its own, digests that are salted with them, and moments."""
    text = MOMENTS.sub("AT", canonical(data).decode())
    text = IDS.sub(lambda found: found[0] if found[0] in people else "ID", text)
    return f"{kind} " + DIGESTS.sub("", text)


@pytest.mark.parametrize("outcome", ["approved", "rejected", "changes_requested", "late"])
def test_the_runtime_does_what_the_simulation_said(outcome: str) -> None:
    cast = make_cast()
    document = shipped("purchase-approval", approval={"levels": [MANAGER]})
    one = ask(cast.ben, document, item="Desk", amount=900)
    if outcome == "late":
        fire(one)
        move = Move("wait", length="P1D")
    else:
        decide(cast.cleo, one, outcome, "because")
        move = Move("decide", outcome=outcome, comment="because")
    with across_tenants() as db:
        people = current(db, cast.ben.tenant_id)
        query = select(events.c.type, events.c.data).where(events.c.instance_id == one).order_by(events.c.seq)
        real = [alike(row.type, row.data, set(people.people)) for row in db.execute(query)]
    script = Script({"item": "Desk", "amount": 900}, str(cast.ben.id), MONDAY, [move])
    assert told(run(Definition(document), people, script), set(people.people)) == real


def test_a_program_tries_a_draft(shop: Company) -> None:
    body = {"data": {"item": "Desk", "amount": 900}, "requester": str(shop.people["ann"].id), "moves": [YES]}
    answer = shop["alex"].post(f"{HERE}/simulate", body)
    assert answer.status == 200, answer.body
    assert answer.body["status"] == "approved"
    assert answer.body["path"][:2] == ["request:submitted", "amount:otherwise"]
    first, second = answer.body["turns"]
    assert first["refused"] is None and first["messages"][0]["subject"].startswith("Approve 900.00 EUR: Desk")
    assert "TaskDecided" in [event["type"] for event in second["events"]]


def test_a_move_that_cannot_be_made_is_answered_with_why(shop: Company) -> None:
    body = {"data": {"item": "Desk", "amount": 100}, "moves": [YES]}
    answer = shop["alex"].post(f"{HERE}/simulate", body)
    assert answer.status == 200 and answer.body["turns"][-1]["refused"] == "Nobody is asked anything there."


@pytest.mark.parametrize("wrong", [{"at": "tomorrow"}, {"moves": [{"do": "dance"}]}, {"data": 5}, {"what": 1}])
def test_a_call_that_is_wrong_is_answered_with_where(shop: Company, wrong: dict[str, Any]) -> None:
    answer = shop["alex"].post(f"{HERE}/simulate", {"data": {}, **wrong})
    assert answer.status in (400, 422) and answer.body["errors"][0]["pointer"].startswith(f"/{next(iter(wrong))}")


def written(folder: Path, value: Any, name: str = "flow.json") -> str:
    (folder / name).write_text(json.dumps(value, default=float))
    return str(folder / name)


def test_a_file_is_checked_with_its_tests(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = template("purchase-approval")
    assert document
    document["tests"] = [{"name": "Small", "data": {"item": "Pen", "amount": 5}, "expect": {"status": "approved"}}]
    assert definitions_command.main(["check", written(tmp_path, document)]) == 0
    document["tests"][0]["expect"] = {"status": "rejected"}
    assert definitions_command.main(["check", written(tmp_path, document), "--json"]) == 1
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["problems"]
    assert [(one["code"], one["pointer"]) for one in found] == [("test_status", "/tests/0")]
    (tmp_path / "broken.json").write_text("{")
    assert definitions_command.main(["check", str(tmp_path / "broken.json")]) == 2
    assert definitions_command.main(["dance"]) == 2


def test_a_file_is_tried_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow = written(tmp_path, template("purchase-approval"))
    script = written(tmp_path, {"data": {"item": "Desk", "amount": 900}, "moves": [YES]}, "script.json")
    assert definitions_command.main(["simulate", flow, script]) == 0
    shown = capsys.readouterr().out
    assert "Manager approves" in shown and "Ended as approved" in shown
    assert definitions_command.main(["simulate", flow, script, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "approved"
    twice = written(tmp_path, {"data": {"item": "Desk", "amount": 900}, "moves": [YES, YES]}, "script.json")
    assert definitions_command.main(["simulate", flow, twice]) == 1
    assert "Refused: Nobody is asked anything there." in capsys.readouterr().out
