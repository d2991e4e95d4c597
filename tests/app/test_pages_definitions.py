import json
from typing import Any

import pytest
from sqlalchemy import func, select

from app import definitions
from app.store.db import across_tenants
from app.store.tables import versions
from tests.app.pages import send, words
from tests.app.requests import ask, shipped
from tests.make import Browser, Cast, browser, make_cast, make_group

PURCHASE = shipped(
    "purchase-approval", approval={"levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]}
)
PLACE = "/definitions/purchase-approval"


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    with across_tenants() as db:
        make_group(db, made.ada.tenant_id, "Purchasing", [made.ben])
        definitions.store(db, made.ada.tenant_id, PURCHASE, published_by=made.ada.id, note="The first")
    return made


def text(**changes: Any) -> str:
    return json.dumps(PURCHASE | changes)


def test_the_list_says_what_runs(cast: Cast) -> None:
    for amount in (900, 90):
        ask(cast.ben, PURCHASE, item="Desk", amount=amount)
    with browser(cast.ada) as web:
        page = words(web.get("/definitions").text)
    assert "Purchase approval Finance 1 just now" in page
    assert "by Ada 1 2" in page


def test_an_empty_list_says_so() -> None:
    with browser(make_cast().ada) as web:
        assert "No definition yet" in web.get("/definitions").text


def test_a_version_is_drawn_and_told(cast: Cast) -> None:
    with browser(cast.ada) as web:
        page = web.get(PLACE).text
    for said in (
        "Version 1",
        "Does it need a signature?",
        "Up to 500 EUR When amount is at most 500",
        "Manager Always The requester's manager Any one of them",
        "3 days, with reminders after 1 day and 2 days. Then it goes to the next person in line, up to 2 times",
        "If still nobody answers, it counts as rejected.",
        "Approved: Tell purchasing",
        "The first",
    ):
        assert said in words(page)
    assert 'href="#step-approval"' in page
    assert 'id="step-approval"' in page


def test_the_order_of_keys_is_kept(cast: Cast) -> None:
    with browser(cast.ada) as web:
        kept = web.get(f"{PLACE}/versions/1/document.json").json()
    assert list(kept["steps"]) == list(PURCHASE["steps"])
    assert list(kept["steps"]["approval"]["outcomes"]) == ["approved", "rejected", "changes_requested"]
    assert list(kept["data"]["properties"]) == list(PURCHASE["data"]["properties"])


def test_an_export_is_imported_as_it_is(cast: Cast) -> None:
    with browser(cast.ada) as web:
        out = web.get(f"{PLACE}/versions/1/document.json")
        assert out.headers["content-disposition"] == 'attachment; filename="purchase-approval-v1.json"'
        imported(web, out.text)
        page = web.get(f"{PLACE}/draft/publish").text
        assert "Nothing: version 1 says the same." in words(page)
        done = send(web, page, f"{PLACE}/draft/publish")
        assert done.headers["location"] == f"{PLACE}?version=1"
    assert version_count(cast) == 1


def test_a_changed_document_becomes_the_next_version(cast: Cast) -> None:
    with browser(cast.ada) as web:
        imported(web, text(name="Buying"))
        assert version_count(cast) == 1
        page = web.get(f"{PLACE}/draft/publish").text
        done = send(web, page, f"{PLACE}/draft/publish", note="Another name")
        assert (done.status_code, done.headers["location"]) == (303, f"{PLACE}?version=2")
        shown = words(web.get(done.headers["location"]).text)
        old = words(web.get(f"{PLACE}?version=1").text)
    assert "Another name" in shown
    assert "This is version 1 of 2" in old
    assert "New requests take the newest one" in old


def test_what_an_imported_file_would_change_is_told_before_it_is_published(cast: Cast) -> None:
    changed = shipped(
        "purchase-approval", approval={"levels": [{"id": "boss", "name": "Boss", "who": [{"manager": 1}]}]}
    )
    changed["data"]["properties"]["amount"]["title"] = "Price"
    with browser(cast.ada) as web:
        imported(web, json.dumps(changed))
        shown = words(web.get(f"{PLACE}/draft/publish").text)
    assert "Levels: “Boss” new now: Always: the requester's manager, any one of them" in shown
    assert "Field “Price”" in shown
    assert version_count(cast) == 1


def imported(web: Browser, document: str) -> None:
    """As a file."""
    file = ("flow.json", document.encode(), "application/json")
    answer = web.post("/definitions/new/file", files={"file": file})
    assert answer.headers["location"] == f"{PLACE}/draft"


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("", "Choose a file, or paste the text."),
        ("{", "This is not JSON"),
        ("[" * 100_000, "This is not JSON"),
        ("[]", "JSON object"),
        ('"' + "x" * 300_000 + '"', "at most 256 kB"),
    ],
)
def test_what_is_no_definition_is_refused(cast: Cast, document: str, said: str) -> None:
    with browser(cast.ada) as web:
        refused = web.post("/definitions/new/file", data={"document": document})
    assert refused.status_code == 422
    assert said in refused.text


def test_only_designers_import(cast: Cast) -> None:
    for user in (cast.ben, cast.dov):
        with browser(user) as web:
            assert web.get("/definitions/new").status_code == 403
            assert web.post("/definitions/new/file", data={"document": text(name="X")}).status_code == 403


def test_who_may_not_read_definitions(cast: Cast) -> None:
    with browser(cast.ben) as web:
        for place in ("/definitions", PLACE, f"{PLACE}/versions/1/document.json"):
            assert web.get(place).status_code == 403


def test_definitions_of_others_are_not_there(cast: Cast) -> None:
    with browser(cast.eve) as web:
        assert "Purchase approval" not in web.get("/definitions").text
        for place in (PLACE, f"{PLACE}?version=1", f"{PLACE}/versions/1/document.json"):
            assert web.get(place).status_code == 404


def test_versions_that_do_not_exist(cast: Cast) -> None:
    with browser(cast.ada) as web:
        assert web.get(f"{PLACE}?version=7").status_code == 404
        assert web.get(f"{PLACE}/versions/7/document.json").status_code == 404
        assert web.get(f"{PLACE}?version=x").status_code == 400


def version_count(cast: Cast) -> int:
    with across_tenants() as db:
        mine = versions.c.tenant_id == cast.ada.tenant_id
        return int(db.execute(select(func.count()).select_from(versions).where(mine)).scalar_one())
