"""Timers with a moved clock: reminders, escalation and the end of the time, without waiting for any of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.effects import scheduler
from app.store.db import across_tenants
from app.store.tables import timers
from tests.app.pages import words
from tests.app.requests import ask, decide, instance, shipped, tasks_of
from tests.make import Cast, browser, make_cast, make_user


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def bought(cast: Cast, **timeout: Any) -> UUID:
    levels = [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]
    document = shipped("purchase-approval", approval={"levels": levels, "timeout": timeout})
    return ask(cast.ben, document, item="Desk", amount=900)


def pass_time(one: UUID, ahead: timedelta) -> bool:
    """Fire this request's timer as if it were that late; false where it is not due by then."""
    with across_tenants() as db:
        timer = db.execute(select(timers).where(timers.c.instance_id == one)).one()
        due = timer.due_at <= db.query("SELECT now() AS now")[0]["now"] + ahead
    return due and scheduler._fire(dict(timer._mapping), ahead)


def test_what_was_due_while_nobody_looked_fires_afterwards(cast: Cast) -> None:
    one = bought(cast, after="PT1S", then="reject")
    assert scheduler.fire_due(timedelta(hours=1)) >= 1
    row = instance(one)
    assert (row.status, row.state["reason"]) == ("rejected", {"code": "timeout"})
    assert row.ended_at - row.created_at >= timedelta(hours=1)
    assert [task.status for task in tasks_of(one)] == ["timed_out"]


def test_reminder_then_escalation_then_the_end(cast: Cast) -> None:
    with across_tenants() as db:
        top = make_user(db, cast.ben.tenant_id, "Tina", "approver")
        db.query("UPDATE users SET manager_id = %s WHERE id = %s", [top.id, cast.cleo.id])
        db.query("UPDATE tenants SET directory_rev = directory_rev + 1 WHERE id = %s", [cast.ben.tenant_id])
    one = bought(cast, after="P3D", remind=["P1D"], then="escalate", within="P1D", times=1)
    assert not pass_time(one, timedelta(hours=23))
    assert pass_time(one, timedelta(days=1, seconds=1))
    assert [task.status for task in tasks_of(one)] == ["pending"]
    assert pass_time(one, timedelta(days=3, seconds=1))
    assert {task.assignee_id: task.status for task in tasks_of(one)} == {cast.cleo.id: "escalated", top.id: "pending"}
    assert pass_time(one, timedelta(days=4, seconds=2))
    assert instance(one).status == "rejected"


def test_a_timer_fires_once_whoever_else_tries(cast: Cast) -> None:
    one = bought(cast, after="PT1S", then="reject")
    with across_tenants() as db:
        timer = db.query("SELECT * FROM timers WHERE instance_id = %s", [one])[0]
    ahead = timedelta(hours=1)
    assert [scheduler._fire(timer, ahead) for _ in range(3)] == [True, False, False]


def test_a_decision_before_the_timer_wins(cast: Cast) -> None:
    one = bought(cast, after="PT1S", then="reject")
    with across_tenants() as db:
        timer = db.query("SELECT * FROM timers WHERE instance_id = %s", [one])[0]
    decide(cast.cleo, one, "approved")
    assert not scheduler._fire(timer, timedelta(hours=1))
    assert instance(one).status == "approved"


def test_one_scheduler_leads_until_its_lease_runs_out() -> None:
    with across_tenants() as db:
        db.query("DELETE FROM leases")
    assert scheduler._lead("one")
    assert scheduler._lead("one")
    assert not scheduler._lead("two")
    with across_tenants() as db:
        db.query("UPDATE leases SET expires_at = now() - interval '1 second'")
    assert scheduler._lead("two")
    assert not scheduler._lead("one")
    with across_tenants() as db:
        assert db.query("SELECT term FROM leases")[0]["term"] == 2


def test_a_backlog_is_left_to_the_next_turn_so_that_the_lease_is_renewed(cast: Cast) -> None:
    one = bought(cast, after="P9D", then="reject")
    with across_tenants() as db:
        db.query(
            """INSERT INTO timers (id, tenant_id, instance_id, due_at)
            SELECT gen_random_uuid(), %s, %s, '2020-01-01' FROM generate_series(1, 401)""",
            [cast.ben.tenant_id, one],
        )

    def left() -> int:
        with across_tenants() as db:
            query = "SELECT count(*) AS late FROM timers WHERE instance_id = %s AND due_at < now()"
            return int(db.query(query, [one])[0]["late"])

    scheduler.fire_due(rounds=1)
    assert left() == 401 - scheduler.BATCH
    scheduler.fire_due()
    assert left() == 0


def test_a_step_that_times_out_into_itself_ends_each_turn(cast: Cast) -> None:
    one = bought(cast, after="PT0S", then="timed_out")
    document = shipped("purchase-approval")
    again = {**document["steps"]["approval"]["outcomes"], "timed_out": "approval"}
    levels = [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]
    changed = {"levels": levels, "timeout": {"after": "PT0S", "then": "timed_out"}, "outcomes": again}
    one = ask(cast.ben, shipped("purchase-approval", approval=changed), item="Desk", amount=900)
    scheduler.fire_due(timedelta(seconds=5))
    assert len(tasks_of(one)) == 2


def test_a_rest_goes_on_by_itself_and_the_page_says_when(cast: Cast) -> None:
    document = shipped("purchase-approval")
    goal = document["steps"]["request"]["outcomes"]["submitted"]
    document["steps"]["rest"] = {"type": "wait", "name": "Cooling off", "after": "P2D", "outcomes": {"elapsed": goal}}
    document["steps"]["request"]["outcomes"]["submitted"] = "rest"
    one = ask(cast.ben, document, item="Desk", amount=900)
    assert not tasks_of(one)
    with browser(cast.ben) as client:
        page = words(client.get(f"/instances/{one}").text)
    assert "“Cooling off” goes on in 2 days" in page and "“Cooling off” waits until" in page
    assert not pass_time(one, timedelta(days=1, hours=23))
    assert pass_time(one, timedelta(days=2, seconds=1))
    assert [task.status for task in tasks_of(one)] == ["pending"]
