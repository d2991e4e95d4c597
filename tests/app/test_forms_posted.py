"""What is posted beside a form's own fields, at every door that a form has: nothing of it is ever stored."""

import tracemalloc
from copy import deepcopy
from typing import Any

import pytest

from app import definitions
from app.errors import Invalid
from app.store.db import across_tenants
from app.store.ids import uuid7
from engine.forms.schema import digest
from tests.app.pages import send
from tests.app.requests import ask, decide, instance, tasks_of
from tests.app.test_pages_instances import requests_of
from tests.make import Cast, browser, make_cast, make_key

GROUP = {"type": "object", "properties": {"note": {"type": "string", "title": "Note"}}}
DATA = {
    "type": "object",
    "properties": {
        "item": {"type": "string", "title": "Item"},
        "amount": {"type": "number", "title": "Amount"},
        "limit": {"type": "number", "title": "Limit", "readOnly": True, "default": 500},
        "level": {"type": "string", "title": "Level", "default": "manager"},
        "kind": {"enum": ["new", "used"], "title": "Kind"},
        "about": GROUP,
        "checked": {"type": "boolean", "title": "Checked by compliance"},
        "iban": {"type": "string", "title": "IBAN"},
    },
}
NAMES = ("item", "amount", "limit", "level", "kind", "about")
START = {"type": "object", "properties": {name: DATA["properties"][name] for name in NAMES}}  # type: ignore[index]
FORM = {"type": "object", "properties": {"iban": {"type": "string"}, "about": GROUP}}
DOCUMENT: dict[str, Any] = {
    "format": "signoff/definition@1",
    "key": "posted",
    "name": "Posted",
    "title": "{item}",
    "data": DATA,
    "start": "request",
    "steps": {
        "request": {
            "type": "start",
            "name": "Request",
            "form": {
                "schema": START,
                "uiSchema": {"level": {"ui:widget": "hidden"}, "kind": {"ui:enumDisabled": ["used"]}},
            },
            "outcomes": {"submitted": "manager"},
        },
        "manager": {
            "type": "approval",
            "name": "Manager",
            "levels": [{"id": "manager", "who": [{"manager": 1}]}],
            "form": {"schema": {"type": "object", "properties": {"cost_centre": {"type": "string"}}}},
            "outcomes": {"approved": "bank", "rejected": "rejected"},
        },
        "bank": {
            "type": "form",
            "name": "Bank data",
            "who": [{"requester": True}],
            "form": {"schema": FORM, "uiSchema": {"about": {"ui:readonly": True}}},
            "outcomes": {"submitted": "approved"},
        },
        "approved": {"type": "end", "name": "Approved", "status": "approved"},
        "rejected": {"type": "end", "name": "Rejected", "status": "rejected"},
    },
}
FORGED = {
    "a box that is not there": {"%": '{"checked": true, "amount": 1}'},
    "a field of another step": {"/checked": "true", "present:/checked": "1", "/amount": "1"},
    "JSON for a group": {"/about": '{"checked": true, "note": "forged"}'},
    "a stranger in a group": {"/about/checked": "true"},
}


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    with across_tenants() as db:
        definitions.publish(db, made.eve.principal, DOCUMENT)
        definitions.store(db, made.ada.tenant_id, DOCUMENT)
    return made


@pytest.mark.parametrize("forged", FORGED)
def test_a_new_request_takes_no_field_that_its_form_does_not_have(cast: Cast, forged: str) -> None:
    with browser(cast.ben) as web:
        page = web.get("/instances/new/posted").text
        more = {name: text for name, text in FORGED[forged].items() if name != "/amount"}
        assert (
            send(web, page, "/instances/new/posted", ("_do", "submit"), **{"/item": "Desk", **more}).status_code == 303
        )
    data = requests_of(cast.ben)[0].state["data"]
    assert data == {"item": "Desk", "limit": 500, "level": "manager"}


@pytest.mark.parametrize(
    ("name", "text"), [("/limit", "999999"), ("/level", '"board"'), ("/level", "board"), ("%", '{"limit": 9}')]
)
def test_a_new_request_has_the_locked_and_hidden_values_of_its_form(cast: Cast, name: str, text: str) -> None:
    with browser(cast.ben) as web:
        page = web.get("/instances/new/posted").text
        send(web, page, "/instances/new/posted", ("_do", "submit"), **{"/item": "Desk", name: text})
    assert requests_of(cast.ben)[0].state["data"] == {"item": "Desk", "limit": 500, "level": "manager"}


def test_programs_set_no_more_than_the_page(cast: Cast) -> None:
    with across_tenants() as db:
        key = make_key(db, cast.ben)
    with browser() as web:
        web.headers.update({"authorization": f"Bearer {key}", "accept": "application/json"})
        for data, pointer in (
            ({"limit": 1}, "/data/limit"),
            ({"level": "board"}, "/data/level"),
            ({"kind": "used"}, "/data/kind"),
            ({"checked": True}, "/data/checked"),
            ({"about": {"checked": True}}, "/data/about/checked"),
        ):
            refused = web.post("/api/v1/instances", json={"definition": "posted", "data": {"item": "Desk", **data}})
            assert (refused.status_code, [error["pointer"] for error in refused.json()["errors"]]) == (422, [pointer])
        assert requests_of(cast.ben) == []
        taken = web.post("/api/v1/instances", json={"definition": "posted", "data": {"item": "Desk", "limit": 500}})
    assert taken.json()["data"] == {"item": "Desk", "limit": 500, "level": "manager"}


@pytest.mark.parametrize("forged", FORGED)
def test_who_signs_changes_only_what_the_form_of_the_signature_asks(cast: Cast, forged: str) -> None:
    asked = ask(cast.ben, DOCUMENT, item="Desk", amount=5000, about={"note": "as agreed"})
    place = f"/tasks/{tasks_of(asked)[0].id}"
    with browser(cast.cleo) as web:
        page = web.get(place).text
        button, more = ("outcome", "approved"), {"/cost_centre": "4711", **FORGED[forged]}
        assert send(web, page, f"{place}/decision", button, **more).status_code == 303
    assert instance(asked).state["data"] == {
        "item": "Desk",
        "amount": 5000,
        "limit": 500,
        "level": "manager",
        "about": {"note": "as agreed"},
        "cost_centre": "4711",
    }


@pytest.mark.parametrize("forged", FORGED)
def test_who_fills_a_form_changes_nothing_else_of_the_request(cast: Cast, forged: str) -> None:
    asked = ask(cast.ben, DOCUMENT, item="Desk", amount=5000, about={"note": "as agreed"})
    decide(cast.cleo, asked, "approved")
    before = instance(asked).state["data"]
    place = f"/tasks/{tasks_of(asked)[-1].id}"
    with browser(cast.ben) as web:
        page = web.get(place).text
        more = {"/iban": "DE89", "/about/note": "forged", **FORGED[forged]}
        assert send(web, page, f"{place}/submission", ("_do", "submit"), **more).status_code == 303
    assert instance(asked).state["data"] == {**before, "iban": "DE89"}


def test_names_of_no_form_answer_nothing_but_the_form(cast: Cast) -> None:
    with browser(cast.ben) as web:
        page = web.get("/instances/new/posted").text
        for action in (f"remove:/x/{'9' * 5000}", f"move:/x/{'9' * 5000}/{uuid7()}", "add:", "explode:/item"):
            answer = send(web, page, "/instances/new/posted", None, **{"_do": action, "/item": "Desk"})
            assert (answer.status_code, 'value="Desk"' in answer.text) == (200, True)
    assert requests_of(cast.ben) == []


def with_kinds(*kinds: str) -> dict[str, Any]:
    document = deepcopy(DOCUMENT)
    document["steps"]["request"]["form"]["schema"]["properties"]["kind"]["enum"] = list(kinds)
    return document


def publish(cast: Cast, document: dict[str, Any]) -> None:
    with across_tenants() as db:
        definitions.store(db, cast.ada.tenant_id, document)


def test_a_choice_is_what_was_chosen_wherever_it_stands_by_now(cast: Cast) -> None:
    publish(cast, with_kinds("Alpha", "Beta", "Gamma"))
    with browser(cast.ben) as web:
        page = web.get("/instances/new/posted").text
        publish(cast, with_kinds("Gamma", "Alpha", "Beta"))
        chosen = {"/item": "Desk", "/kind": digest("Alpha"), "_version": ""}
        assert send(web, page, "/instances/new/posted", ("_do", "submit"), **chosen).status_code == 303
    assert requests_of(cast.ben)[0].state["data"]["kind"] == "Alpha"


def test_an_option_that_is_gone_is_said_beside_its_field(cast: Cast) -> None:
    with browser(cast.ben) as web:
        page = web.get("/instances/new/posted").text
        answer = send(web, page, "/instances/new/posted", ("_do", "submit"), **{"/item": "Desk", "/kind": "0"})
    assert answer.status_code == 422
    assert "What was chosen is not offered here." in answer.text.split('id="field-kind:error"')[1].split("</p>")[0]
    assert requests_of(cast.ben) == []


def test_a_page_of_an_older_version_shows_the_newer_form_with_what_was_written(cast: Cast) -> None:
    publish(cast, with_kinds("Alpha", "Beta"))
    with browser(cast.ben) as web:
        old = web.get("/instances/new/posted").text
        publish(cast, with_kinds("Beta", "Alpha"))
        written = {"/item": "Desk", "/kind": digest("Alpha"), "/limit": "999"}
        answer = send(web, old, "/instances/new/posted", ("_do", "submit"), **written)
        assert (answer.status_code, requests_of(cast.ben)) == (422, [])
        assert "This form has changed since you opened it." in answer.text
        assert send(web, answer.text, "/instances/new/posted", ("_do", "submit")).status_code == 303
    (row,) = requests_of(cast.ben)
    assert row.state["data"] == {"item": "Desk", "kind": "Alpha", "limit": 500, "level": "manager"}


def test_a_name_of_eighty_kilobytes_is_read_as_quickly_as_any(cast: Cast) -> None:
    with browser(cast.ben) as web:
        page = web.get("/instances/new/posted").text
        tracemalloc.start()
        answer = send(web, page, "/instances/new/posted", ("_do", "submit"), **{"/item": "Desk", "/a" * 40_000: "x"})
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert (answer.status_code, requests_of(cast.ben)[0].state["data"]["item"]) == (303, "Desk")
    assert peak < 30_000_000


@pytest.mark.parametrize(
    ("ui", "place"),
    [
        ({"ui:order": 5}, "/steps/request/form/uiSchema/ui:order"),
        ({"kind": {"ui:enumDisabled": 5}}, "/steps/request/form/uiSchema/kind/ui:enumDisabled"),
        ({"kind": {"ui:widget": "starmap"}}, "/steps/request/form/uiSchema/kind/ui:widget"),
    ],
)
def test_a_form_that_cannot_be_drawn_is_not_published(cast: Cast, ui: dict[str, Any], place: str) -> None:
    document = deepcopy(DOCUMENT)
    document["steps"]["request"]["form"]["uiSchema"] = ui
    with across_tenants() as db, pytest.raises(Invalid) as refused:
        definitions.publish(db, cast.ada.principal, document)
    assert [error["pointer"] for error in refused.value.errors] == [place]
    with across_tenants() as db:
        assert definitions.get(db, cast.ada.principal, "posted").latest == 1
