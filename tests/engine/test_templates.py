"""Texts for people and for programs, filled from the same data."""

from engine.placeholders import fill, fill_call

DATA = {"first_day": "2026-12-09", "order": "20261209", "odd": "2026-13-99", "days": 3}


def test_people_read_days_and_programs_get_them_as_they_are() -> None:
    assert fill("{days} days from {first_day}", DATA) == "3 days from 9 Dec 2026"
    assert fill("{order} {odd} {none}", DATA) == "20261209 2026-13-99 "
    call = fill_call({"url": "https://x/{first_day}", "body": {"text": "From {first_day}"}}, DATA)
    assert call == {"method": "POST", "url": "https://x/2026-12-09", "body": {"text": "From 2026-12-09"}}
