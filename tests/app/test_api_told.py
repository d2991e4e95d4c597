"""What an approver is told of a question that a program asks: page, link, mail and report say the same."""

import re
from html import unescape
from uuid import UUID

from tests.app.api import company
from tests.app.requests import decide, deliver, fire, tasks_of
from tests.make import browser

ASKED = {
    "workflowId": "wf-7",
    "workflowName": "Nightly training",
    "jobId": "j-1",
    "jobName": "Deploy to shops",
    "title": "Deploy",
    "priority": "high",
    "metadata": {"ticket": "OPS-12"},
    "context": {"accuracy": 0.97, "model": {"name": "Prices", "shops": ["Turku", "Oulu"]}, "safe": True, "note": None},
}
TOLD = [
    ("Workflow", "Nightly training"),
    ("Job", "Deploy to shops"),
    ("Priority", "high"),
    ("More details: ticket", "OPS-12"),
    ("Details: accuracy", "0.97"),
    ("Details: model: name", "Prices"),
    ("Details: model: shops", "Turku, Oulu"),
    ("Details: safe", "Yes"),
]


def pairs(page: str) -> set[tuple[str, str]]:
    found = re.findall(r"<dt>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", page, re.DOTALL)
    return {(unescape(label).strip(), unescape(value).strip()) for label, value in found}


def test_an_approver_reads_the_workflow_the_job_and_the_context_member_by_member() -> None:
    with company() as shop:
        body = {**ASKED, "notifyUsers": [shop.email("bob")]}
        made = UUID(shop["ann"].post("/api/approvals", body).body["request"]["id"])
        (mail,) = deliver(made)
        assert pairs(mail.html) >= set(TOLD)
        assert all(f"{label}: {value}" in mail.text for label, value in TOLD)
        with browser(shop.people["bob"]) as client:
            (task,) = tasks_of(made)
            assert pairs(client.get(f"/tasks/{task.id}").text) >= set(TOLD)
        link = re.search(r"/d/[\w.-]+", mail.text)
        assert link is not None
        with browser() as client:
            assert pairs(client.get(link.group()).text) >= set(TOLD)


def test_whoever_asked_is_told_that_nobody_answered_and_that_it_counted_as_approved() -> None:
    with company() as shop:
        body = {"workflowId": "w", "title": "Deploy", "notifyUsers": [shop.email("bob")], "timeoutAction": "approve"}
        made = UUID(shop["ann"].post("/api/approvals", body).body["request"]["id"])
        fire(made)
        (mail,) = [one for one in deliver(made) if one.user_id == shop.people["ann"].id]
        said = "Nobody answered “Approval” in time; that counted as approved."
        assert mail.subject == "Approved: Deploy"
        assert said in mail.text and said in mail.html
        with browser(shop.people["ann"]) as client:
            assert said in client.get(f"/instances/{made}").text


def test_where_one_of_two_answered_it_is_not_said_that_nobody_did() -> None:
    with company() as shop:
        people = {"allowedApprovers": [shop.email("bob"), shop.email("frank")], "requireMinApprovers": 2}
        body = {"workflowId": "w", "title": "Deploy", "timeoutAction": "approve", **people}
        made = UUID(shop["ann"].post("/api/approvals", body).body["request"]["id"])
        decide(shop.people["bob"], made, "approved")
        fire(made)
        (mail,) = [one for one in deliver(made) if one.user_id == shop.people["ann"].id and "Approved" in one.subject]
        said = f"Only {shop.people['bob'].name} answered “Approval” in time; that counted as approved."
        assert said in mail.text and said in mail.html
        with browser(shop.people["ann"]) as client:
            shown = client.get(f"/instances/{made}").text
            assert said in shown
            assert "Time ran out for “Approval”, so it counted as approved" in shown
            assert "Nobody answered" not in shown
