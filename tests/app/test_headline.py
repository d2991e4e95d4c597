"""What heads a request: title and sum as the data say them now, in inbox, task, mail and evidence."""

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from tests.app.decided import report
from tests.app.pages import send, words
from tests.app.requests import ask, decide, deliver, shipped, tasks_of
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


def test_after_it_was_sent_again_inbox_task_mail_and_evidence_are_headed_by_what_it_says_now() -> None:
    cast = make_cast()
    old, new = "Three workstations", "Three workstations without monitors"
    asked = ask(cast.ben, shipped("purchase-approval", approval=MANAGER), item=old, amount=7200)
    deliver(asked)
    decide(cast.cleo, asked, "changes_requested", "Fewer things")
    again = next(f"/tasks/{task.id}" for task in tasks_of(asked) if task.status == "pending")
    with browser(cast.ben) as web:
        sent = {"/item": new, "/amount": "6900"}
        assert send(web, web.get(again).text, f"{again}/submission", ("_do", "submit"), **sent).status_code == 303
    (row,) = [task for task in tasks_of(asked) if task.status == "pending"]
    with browser(cast.cleo) as web:
        assert f"{new} Ben" in words(web.get("/tasks").text)
        assert f"{new} 6,900.00 EUR" in words(web.get(f"/tasks/{row.id}").text)
    newest = max(deliver(asked), key=lambda message: message.id)
    assert newest.subject.startswith(f"Approve 6,900.00 EUR: {new}")
    decide(cast.cleo, asked, "approved")
    made = report(cast.dov, "pdf", instance=str(asked))
    with browser(cast.dov) as web:
        file = web.get(f"/reports/{made}/file")
    cover = " ".join(PdfReader(BytesIO(file.content)).pages[0].extract_text().split())
    assert f"PUR-1 {new} Approved 6,900.00 EUR" in cover
    assert new in file.headers["content-disposition"]
