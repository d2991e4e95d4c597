"""Programs build flows as people do: by edits of a draft, which is published and run."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from app.store.db import across_tenants
from app.store.tables import definitions as definition_rows
from app.store.tables import draft_edits
from tests.app.api import Answer, Company, company

V1 = "/api/v1"
HERE = f"{V1}/definitions/purchase/draft"
FIELDS = {
    "type": "object",
    "properties": {
        "item": {"type": "string", "title": "What?", "maxLength": 200},
        "amount": {"type": "number", "title": "Amount", "minimum": 0},
    },
    "required": ["item", "amount"],
}
# The approval ends as rejected, larger sums go to the board, too; nothing of it says where a step stands.
PURCHASE: list[dict[str, Any]] = [
    {"edit": "set", "pointer": "/data", "value": FIELDS},
    {"edit": "set", "pointer": "/title", "value": "{item}"},
    {"edit": "insert", "at": "request:submitted", "type": "approval", "name": "Manager"},
    {"edit": "insert", "at": "manager:rejected", "type": "end"},
    {
        "edit": "configure",
        "step": "manager",
        "settings": {
            "levels": [
                {"id": "manager", "name": "Manager", "who": [{"manager": 1}]},
                {"id": "board", "name": "Board", "when": "amount >= 10000", "who": [{"group": "board"}]},
            ]
        },
    },
]


@pytest.fixture
def shop() -> Iterator[Company]:
    with company() as made:
        yield made


@pytest.fixture
def begun(shop: Company) -> dict[str, Any]:
    answer = shop["alex"].post(f"{V1}/drafts", {"name": "Purchase"})
    assert answer.status == 201
    found: dict[str, Any] = answer.body
    return found


def change(shop: Company, revision: int, *edits: dict[str, Any], who: str = "alex") -> Answer:
    return shop[who].post(f"{HERE}/edits", {"revision": revision, "edits": list(edits)})


def test_a_purchase_flow_is_built_published_and_run_by_the_api_alone(shop: Company, begun: dict[str, Any]) -> None:
    assert (begun["key"], begun["revision"], begun["problems"]) == ("purchase", 0, [])
    made = change(shop, 0, *PURCHASE)
    assert (made.status, made.body["draft"]["problems"]) == (200, [])
    published = shop["alex"].post(f"{HERE}/publish", {"revision": made.body["draft"]["revision"], "note": "Ours"})
    assert (published.status, published.body["version"]) == (201, 1)
    asked = {"definition": "purchase", "data": {"item": "Press", "amount": 12_000}}
    request = shop["ann"].post(f"{V1}/instances", asked).body
    for person in ("bob", "frank"):
        (task,) = shop[person].get(f"{V1}/tasks").body["tasks"]
        assert shop[person].post(f"{V1}/tasks/{task['id']}/decide", {"outcome": "approved"}).status == 200
    assert shop["alex"].get(f"{V1}/instances/{request['id']}").body["status"] == "approved"


def test_a_draft_is_read_with_what_is_wrong_with_it(shop: Company, begun: dict[str, Any]) -> None:
    made = change(shop, 0, PURCHASE[2])
    assert made.body["words"] == "Manager added after Request form."
    shown = shop["alex"].get(HERE).body
    assert shown == made.body["draft"]
    assert [problem["step"] for problem in shown["problems"]] == ["manager"]
    refused = shop["alex"].post(f"{HERE}/publish", {"revision": 1})
    assert (refused.status, refused.pointers) == (422, ["/document/steps/manager/outcomes/rejected"])


def test_undo_and_redo_go_through_the_whole_list_at_once(shop: Company, begun: dict[str, Any]) -> None:
    after = change(shop, 0, *PURCHASE).body["draft"]
    undone = shop["alex"].post(f"{HERE}/undo", {"revision": 1}).body["draft"]
    assert (undone["document"], undone["redoes"]) == (begun["document"], after["undoes"])
    redone = shop["alex"].post(f"{HERE}/redo", {"revision": 2}).body["draft"]
    assert redone["document"] == after["document"]
    assert shop["alex"].post(f"{HERE}/redo", {"revision": 3}).status == 409


def test_a_stale_edit_is_told_what_changed_and_by_whom(shop: Company, begun: dict[str, Any]) -> None:
    change(shop, 0, {"edit": "rename", "step": "request", "name": "Form"})
    refused = change(shop, 0, {"edit": "rename", "step": "request", "name": "Sheet"})
    assert (refused.status, refused.body["revision"]) == (409, 1)
    assert [(one["by"], one["words"]) for one in refused.body["changes"]] == [
        ("Alex", "Request form is now called Form.")
    ]
    beside = change(shop, 0, {"edit": "rename", "step": "approved", "name": "Done"})
    assert (beside.status, beside.body["draft"]["revision"]) == (200, 2)


@pytest.mark.parametrize(
    ("edits", "pointer"),
    [
        ([], "/edits"),
        ([{"edit": "explode"}], "/edits/0/edit"),
        ([{"edit": "rename", "step": "request"}], "/edits/0/name"),
        ([{"edit": "rename", "step": "request", "name": 7}], "/edits/0/name"),
        ([{"edit": "rename", "step": "request", "name": "A"}, {"edit": "delete", "step": "nobody"}], "/edits/1"),
        ([{"edit": "delete", "step": "request", "colour": "red"}], "/edits/0/colour"),
        ([{"step": "request"}], "/edits/0/edit"),
        ([{"edit": "delete", "step": "request"}] * 101, "/edits"),
    ],
)
def test_what_is_wrong_with_an_edit_is_named_by_its_place(
    shop: Company, begun: dict[str, Any], edits: list[Any], pointer: str
) -> None:
    refused = change(shop, 0, *edits)
    assert (refused.status, refused.pointers) == (422, [pointer])
    assert shop["alex"].get(HERE).body["document"] == begun["document"]


def test_a_call_that_is_sent_again_is_done_once(shop: Company, begun: dict[str, Any]) -> None:
    body = {"revision": 0, "edits": [PURCHASE[2]]}
    first = shop["alex"].post(f"{HERE}/edits", body)
    again = shop["alex"].post(f"{HERE}/edits", body)
    assert (first.body["repeated"], again.body["repeated"]) == (False, True)
    with across_tenants() as db:
        kept = db.execute(select(draft_edits.c.revision).where(draft_edits.c.tenant_id == shop.tenant_id))
        assert kept.scalars().all() == [1]


def test_drafts_begin_as_templates_documents_and_versions(shop: Company) -> None:
    template = shop["alex"].post(f"{V1}/drafts", {"template": "leave-request"}).body
    assert template["key"] == "leave-request"
    document = shop["alex"].post(f"{V1}/drafts", {"document": {"name": "Odd", "steps": 5}}).body
    assert (document["key"], bool(document["problems"])) == ("odd", True)
    opened = shop["alex"].post(f"{V1}/definitions/purchase-approval/draft").body
    assert (opened["base"], opened["revision"]) == (1, 0)
    changed = {"revision": 0, "edits": [{"edit": "rename", "step": "request", "name": "Form"}]}
    shop["alex"].post(f"{V1}/definitions/purchase-approval/draft/edits", changed)
    loaded = shop["alex"].post(f"{V1}/definitions/purchase-approval/draft", {"version": 1}).body
    assert (loaded["revision"], loaded["document"]) == (2, opened["document"])
    for body in ({}, {"name": "A", "template": "leave-request"}):
        assert shop["alex"].post(f"{V1}/drafts", body).status == 422


def test_a_draft_is_discarded_and_a_definition_without_versions_with_it(shop: Company, begun: dict[str, Any]) -> None:
    assert shop["alex"].call("DELETE", HERE).body == {"key": "purchase"}
    assert shop["alex"].call("DELETE", HERE).status == 404
    with across_tenants() as db:
        mine = select(definition_rows.c.key).where(definition_rows.c.tenant_id == shop.tenant_id)
        assert db.execute(mine).scalars().all() == ["purchase-approval"]


def test_a_definition_is_retired_and_brought_back(shop: Company) -> None:
    place, data = f"{V1}/definitions/purchase-approval", {"amount": 1, "item": "Pen"}
    asked = {"definition": "purchase-approval", "data": data}
    assert shop["alex"].post(f"{place}/retire").body == {"key": "purchase-approval", "retired": True}
    assert shop["ann"].post(f"{V1}/instances", asked).pointers == ["/definition"]
    assert shop["alex"].post(f"{place}/bring-back").body == {"key": "purchase-approval", "retired": False}
    assert shop["ann"].post(f"{V1}/instances", asked).status == 201


def test_only_who_may_publish_changes_drafts_and_only_their_own(shop: Company, begun: dict[str, Any]) -> None:
    assert change(shop, 0, PURCHASE[2], who="ann").status == 403
    assert change(shop, 0, PURCHASE[2], who="eve").status == 404
    assert shop["ann"].get(HERE).status == 403
    assert shop["eve"].call("DELETE", HERE).status == 404
