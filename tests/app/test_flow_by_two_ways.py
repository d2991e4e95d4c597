"""The same flow built on the pages, without scripts, and by a program through the API: the same document."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from app.drafts import begin
from app.store.db import across_tenants
from tests.app.api import Company, company
from tests.app.pages import send, words
from tests.app.test_pages_builder import add, save
from tests.app.test_pages_designer import HERE, document, edit, send_to
from tests.make import Browser, Cast, browser, make_cast, make_group

SUPPLIERS = "{base_url}/demo/erp/suppliers"
LINES = "1000\tDirector\tDirectors\tany\n10000\tBoard\tBoard\t2"
TIMEOUT = {"after": "P3D", "remind": ["P1D"], "then": "escalate"}
EDITS: list[dict[str, Any]] = [
    {"edit": "form.add", "step": "request", "kind": "money", "label": "Amount"},
    {"edit": "form.set", "step": "request", "place": "/amount", "settings": {"required": True}},
    {"edit": "form.add", "step": "request", "kind": "file", "label": "Offer"},
    {"edit": "form.add", "step": "request", "kind": "array", "label": "Items"},
    {"edit": "insert", "at": "request:submitted", "type": "decision"},
    {
        "edit": "configure",
        "step": "decision",
        "settings": {"branches": [{"outcome": "yes", "label": "Large", "when": "amount > 500"}]},
    },
    {"edit": "retarget", "step": "decision", "outcome": "otherwise", "target": "approved"},
    {"edit": "insert", "at": "decision:yes", "type": "approval"},
    {"edit": "insert", "at": "approval:rejected", "type": "end"},
    {"edit": "retarget", "step": "approval", "outcome": "changes_requested", "target": "request"},
    {
        "edit": "configure",
        "step": "approval",
        "settings": {
            "levels": [
                {"id": "level-1", "who": [{"manager": 1}]},
                {"id": "director", "name": "Director", "when": "amount >= 1000", "who": [{"group": "directors"}]},
                {
                    "id": "board",
                    "name": "Board",
                    "when": "amount >= 10000",
                    "who": [{"group": "board"}],
                    "policy": {"quorum": 2},
                },
            ],
            "timeout": TIMEOUT,
        },
    },
    {"edit": "insert", "at": "approval:approved", "type": "action"},
    {
        "edit": "configure",
        "step": "action",
        "settings": {
            "call": {"url": SUPPLIERS},
            "save": "order",
            "undo": {"method": "DELETE", "url": f"{SUPPLIERS}/{{result.body.id}}"},
        },
    },
    {"edit": "rename", "step": "action", "name": "Order it"},
]


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    with across_tenants() as db:
        begin.blank_flow(db, made.ada.principal, "Spending")
        make_group(db, made.ada.tenant_id, "Directors", [made.ben])
        make_group(db, made.ada.tenant_id, "Board", [made.ben, made.cleo])
    return made


@pytest.fixture
def web(cast: Cast) -> Iterator[Browser]:
    with browser(cast.ada) as client:
        yield client


@pytest.fixture
def shop() -> Iterator[Company]:
    with company() as made:
        yield made


def settle(web: Browser, step: str, page: str = "", do: str = "submit", **changes: str) -> str:
    """Send the panel of a step; the page that follows."""
    place = f"{HERE}?step={step}"
    answer = send(web, page or web.get(place).text, f"{HERE}/settings?step={step}", ("_do", do), **changes)
    assert answer.status_code in (200, 303), words(answer.text)
    return str(answer.text)


def by_pages(web: Browser) -> None:
    save(web, add(web, "money"), **{"/question/title": "Amount"})
    save(web, f"{HERE}/form?step=request&field=/amount", **{"/rules/required": "true"})
    for kind, label in (("file", "Offer"), ("array", "Items")):
        save(web, add(web, kind), **{"/question/title": label})
    edit(web, f"{HERE}?add=request:submitted", "insert", type="decision")
    settle(web, "decision", **{"/branches/0/label": "Large", "/branches/0/when": "amount > 500"})
    lead(web, "decision", "otherwise", "approved")
    edit(web, f"{HERE}?add=decision:yes", "insert", type="approval")
    edit(web, f"{HERE}?add=approval:rejected", "insert", type="end")
    lead(web, "approval", "changes_requested", "request")
    shown = settle(web, "approval", do="add:/timeout/remind", **{"/timeout/after": "3", "paste:/levels": LINES})
    settle(web, "approval", shown, **{"/timeout/remind/0": "1", "/timeout/then": "escalate"})
    edit(web, f"{HERE}?add=approval:approved", "insert", type="action")
    method = re.search('value="([^"]+)">DELETE<', web.get(f"{HERE}?step=action").text)
    assert method
    call = {"/call/url": SUPPLIERS, "/save": "order", "/undo/method": method[1]}
    settle(web, "action", **{**call, "/undo/url": f"{SUPPLIERS}/{{result.body.id}}"})
    edit(web, f"{HERE}?step=action", "rename", name="Order it")


def lead(web: Browser, step: str, way: str, target: str) -> None:
    send_to(web, web.get(f"{HERE}?step={step}").text, f"{HERE}/edits", ("outcome", way), target=target)


def test_pages_without_scripts_and_a_program_build_the_same_document(cast: Cast, web: Browser, shop: Company) -> None:
    by_pages(web)
    assert shop["alex"].post("/api/v1/drafts", {"name": "Spending"}).status == 201
    answer = shop["alex"].post("/api/v1/definitions/spending/draft/edits", {"revision": 0, "edits": EDITS})
    assert answer.status == 200, answer.body
    assert document(shop.people["alex"]) == document(cast.ada)
