"""The sum that heads a request: what was asked for, in inbox, task and mail."""

from typing import Any

import pytest

from tests.app.pages import words
from tests.app.requests import ask, deliver, shipped, tasks_of
from tests.make import browser, make_cast

pytestmark = pytest.mark.usefixtures("database")

MANAGER = {"levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]}


def limited() -> dict[str, Any]:
    """The form begins with the limit of the department, which nobody can change."""
    document = shipped("purchase-approval", approval=MANAGER)
    limit = {"type": "number", "title": "Limit", "default": 20000, "readOnly": True}
    document["data"]["properties"] = {"limit": limit} | document["data"]["properties"]
    ui = document["steps"]["request"]["form"]["uiSchema"]
    ui |= {"limit": {"ui:money": "EUR"}, "ui:order": ["limit", *ui["ui:order"]]}
    return document


def test_a_sum_that_nobody_can_change_heads_nothing() -> None:
    cast = make_cast()
    asked = ask(cast.ben, limited(), item="MacBooks", amount=7200, limit=20000)
    (mail,) = deliver(asked)
    (task,) = tasks_of(asked)
    assert mail.subject.startswith("Approve 7,200.00 EUR: MacBooks")
    with browser(cast.cleo) as web:
        inbox, page = words(web.get("/tasks").text), words(web.get(f"/tasks/{task.id}").text)
    assert "7,200.00 EUR" in inbox and "20,000" not in inbox
    assert "Approve 7,200.00 EUR" in page and "Limit 20,000.00 EUR" in page
