"""Every form page of the shipped definitions, sent names, keys and types that are not there.

Nothing undeclared is ever stored, nothing locked changes, nothing answers with an error of ours, and no answer takes
longer than a second of processor time.
"""

import time
from collections.abc import Callable
from contextlib import contextmanager
from random import Random
from typing import Any
from uuid import UUID

import pytest

from app import definitions
from app.store.db import across_tenants
from engine.forms.schema import digest
from tests.app.pages import send
from tests.app.requests import ask, decide, instance, shipped, tasks_of
from tests.app.test_forms_posted import DOCUMENT
from tests.app.test_pages_instances import requests_of
from tests.make import Cast, User, browser, make_cast

ROUNDS = 15
SECONDS = 1.0
MANAGER = [{"manager": 1}]
REQUESTER = [{"requester": True}]
LONG = {"f": "9" * 5000, "deep": "[" * 5000, "group": '{"a":' * 200}
VALUES = [
    *(
        "",
        " ",
        "x",
        "0",
        "-1",
        "1e999",
        "NaN",
        "true",
        "null",
        "[]",
        "{}",
        '{"checked": true}',
        '[{"a": 1}]',
        "\x00",
        "\ud7ff",
    ),
    *map(digest, (None, True, "DE", "Holiday", "used")),
    *LONG.values(),
]
KEYS = ["checked", "requester", "request", "0", "999999", "", "%", "~1", "ü", "a" * 600, "__proto__", "order", "iban"]
MARKS = ["", "rows:", "row:", "present:", "empty:", "keep:", "drop:", "x:"]
ACTIONS = [
    "",
    "submit",
    "add:",
    "add:/item",
    "remove:/x/0",
    "move:/x/0/1",
    "copy:/x/0",
    f"remove:/x/{'9' * 5000}",
    "\x00",
]


@contextmanager
def quick() -> Any:
    begun = time.process_time()
    yield
    assert time.process_time() - begun < SECONDS


def forged(random: Random, names: list[str]) -> dict[str, str]:
    """A few controls: those of the form with odd values, and others with names that are nobody's."""

    def name() -> str:
        inside = "".join(f"/{random.choice(KEYS)}" for _ in range(random.choice((1, 1, 2, 40))))
        own = random.choice(names) if random.random() < 0.7 else ""
        return random.choice(MARKS) + random.choice((own, own + inside, inside, "%" + inside, "%"))

    changes = {name(): random.choice(VALUES) for _ in range(random.randint(1, 12))}
    return changes | ({"_do": random.choice(ACTIONS)} if random.random() < 0.3 else {})


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    with across_tenants() as db:
        for document in DOCUMENTS.values():
            definitions.store(db, made.ada.tenant_id, document)
    return made


def _simple(key: str) -> dict[str, Any]:
    """A shipped definition in a company of two: the manager signs, the requester is told and fills in."""
    document = shipped(key)
    for step in document["steps"].values():
        if step["type"] == "approval":
            step["levels"] = [{"id": "manager", "who": MANAGER}]
        elif step["type"] in ("form", "notify"):
            step["who"] = REQUESTER
    return document


DOCUMENTS = {
    "posted": DOCUMENT,
    **{key: _simple(key) for key in ("purchase-approval", "leave-request", "new-supplier")},
}
SUPPLIER = {"company": "Acme", "country": "DE", "contact": "a@example.com"}
POSTED = {"item": "Desk", "amount": 5000, "about": {"note": "as agreed"}}
Opened = tuple[User, UUID]


def _bank(cast: Cast) -> Opened:
    asked = ask(cast.ben, DOCUMENTS["new-supplier"], **SUPPLIER)
    decide(cast.cleo, asked, "approved")
    return cast.ben, asked


def _posted_bank(cast: Cast) -> Opened:
    asked = ask(cast.ben, DOCUMENT, **POSTED)
    decide(cast.cleo, asked, "approved")
    return cast.ben, asked


def _again(cast: Cast) -> Opened:
    asked = ask(cast.ben, DOCUMENTS["purchase-approval"], item="Desk", amount=5000)
    decide(cast.cleo, asked, "changes_requested", "Cheaper, please")
    return cast.ben, asked


TASKS: dict[str, tuple[Callable[[Cast], Opened], str, tuple[str, str], set[str]]] = {
    "bank data": (_bank, "submission", ("_do", "submit"), {"iban", "payment_days"}),
    "a form with a locked group": (_posted_bank, "submission", ("_do", "submit"), {"iban"}),
    "the request again": (
        _again,
        "submission",
        ("_do", "submit"),
        set(DOCUMENTS["purchase-approval"]["data"]["properties"]),
    ),
    "a signature": (
        lambda cast: (cast.cleo, ask(cast.ben, DOCUMENT, **POSTED)),
        "decision",
        ("outcome", "approved"),
        {"cost_centre"},
    ),
}


@pytest.mark.parametrize("key", DOCUMENTS)
def test_new_requests_hold_only_what_their_form_asks(cast: Cast, key: str) -> None:
    document, random = DOCUMENTS[key], Random(key)
    start = document["steps"]["request"]["form"]
    properties = start.get("schema", document["data"])["properties"]
    names = [f"/{name}" for name in properties]
    good = {"/item": "Desk", "/amount": "900", "/company": "Acme", "/contact": "a@example.com", "/days": "1"}
    place = f"/instances/new/{key}"
    with browser(cast.ben) as web:
        page = web.get(place).text
        for _ in range(ROUNDS):
            changes = {name: good[name] for name in names if name in good} | forged(random, names)
            with quick():
                answer = send(web, page, place, ("_do", "submit"), **changes)
            assert answer.status_code in (200, 303, 400, 422), changes
    for row in requests_of(cast.ben):
        data = row.state["data"]
        assert data.keys() <= properties.keys()
        assert data.get("quote", {}).keys() <= {"file", "name", "size"}
        assert data.get("about", {}).keys() <= {"note"}
        assert [data.get(name) for name in ("limit", "level")] == (
            [500, "manager"] if key == "posted" else [None, None]
        )


@pytest.mark.parametrize("task", TASKS)
def test_answers_change_only_what_their_form_asks(cast: Cast, task: str) -> None:
    opened, action, button, names = TASKS[task]
    random = Random(task)
    user, asked = opened(cast)
    before = instance(asked).state["data"]
    with browser(user) as web:
        for _ in range(ROUNDS):
            open_tasks = [one for one in tasks_of(asked) if one.status == "pending" and one.assignee_id == user.id]
            if not open_tasks:
                user, asked = opened(cast)
                continue
            place = f"/tasks/{open_tasks[0].id}"
            page = web.get(place).text
            with quick():
                answer = send(web, page, f"{place}/{action}", button, **forged(random, [f"/{name}" for name in names]))
            assert answer.status_code in (200, 303, 400, 422)
            after = instance(asked).state["data"]
            assert {key: value for key, value in after.items() if key not in names} == {
                key: value for key, value in before.items() if key not in names
            }
