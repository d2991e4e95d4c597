"""The published schemas: whoever reads an export can fetch them without a key."""

from engine.events import all_types
from tests.make import browser


def test_the_schema_of_the_events_is_public_and_names_every_type() -> None:
    with browser() as client:
        answer = client.get("/schemas/event-1.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/schema+json")
    assert {one["properties"]["type"]["const"] for one in answer.json()["oneOf"]} == set(all_types())


def test_the_page_of_the_api_leads_to_it() -> None:
    with browser() as client:
        assert 'href="/schemas/event-1.json"' in client.get("/api/docs").text
