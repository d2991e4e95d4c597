"""What the benches measure is what they say: few statements, and a worker that begins."""

from app.bench import load, statements, wake_up


def test_a_round_trip_is_four_statements() -> None:
    assert statements.statements_per_trip(load.build()) == 4


def test_every_request_wakes_a_worker() -> None:
    found = wake_up.measure(3)
    assert len(found) == 3
    assert all(0 < seconds < wake_up.PATIENCE for seconds in found)
