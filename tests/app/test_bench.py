"""What the benches measure is what they say: few statements, and a worker that begins."""

import pytest

from app.bench import advance, load, statements, wake_up
from app.store.db import KEPT_PLANS, decision, engine


def test_a_round_trip_is_four_statements() -> None:
    assert statements.statements_per_trip(load.build()) == 4


def test_every_request_wakes_a_worker() -> None:
    found = wake_up.measure(3)
    assert len(found) == 3
    assert all(0 < seconds < wake_up.PATIENCE for seconds in found)


def test_what_a_decision_sends_is_planned_once() -> None:
    """After five plans made for their values PostgreSQL keeps one, where it guesses no worse without them."""
    stage = load.build()
    engine(KEPT_PLANS).dispose()  # a connection that has planned nothing else
    for _ in range(12):
        load.one(stage, [], [])
    with decision(stage.tenant) as db:
        told = db.query("SELECT statement, custom_plans, generic_plans FROM pg_prepared_statements")
    plans = {row["statement"]: row["generic_plans"] for row in told if row["custom_plans"] + row["generic_plans"] >= 12}
    assert len(plans) == 4
    assert min(plans.values()) >= 7, plans


def test_the_interpreter_alone_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert advance.main(["--seconds", "0.01"]) == 0
    approvals, table = capsys.readouterr().out.splitlines()
    assert approvals.startswith("a request with 5 approvals: ")
    assert table.endswith(" decisions/s")
