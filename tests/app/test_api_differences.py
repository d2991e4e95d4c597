"""Every difference that the API's page tells is one, and the page tells it."""

from collections.abc import Iterator

import pytest

from app.api.differences import DIFFERENCES
from tests.app.api import Company, company
from tests.app.pages import words
from tests.make import browser

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(scope="module")
def shop() -> Iterator[Company]:
    with company() as made:
        yield made


def test_the_page_lists_them() -> None:
    with browser() as web:
        page = words(web.get("/api/docs").text).replace(" .", ".")
    for difference in DIFFERENCES:
        for text in difference:
            assert words(text.replace("`", " ")) in page.replace("  ", " ")


@pytest.mark.parametrize(
    "field", [{"dependsOn": ["x"]}, {"createCheckpoint": True}, {"checkpointName": "x"}, {"notifyUsers": ["user-123"]}]
)
def test_what_an_approval_does_not_take(shop: Company, field: dict[str, object]) -> None:
    asked = {"workflowId": "w", "title": "t", "notifyUsers": [shop.email("bob")], **field}
    assert shop["ann"].post("/api/approvals", asked).status == 422


def test_an_approval_waits_three_days_and_asks_people(shop: Company) -> None:
    asked = {"workflowId": "w", "title": "t", "notifyUsers": [shop.email("bob")], "approvalType": "conditional"}
    request = shop["ann"].post("/api/approvals", {**asked, "notifyChannels": ["slack"]}).body["request"]
    assert request["expiresAt"][:10] > request["createdAt"][:10]
    assert request["approvers"] == [shop.email("bob")]
    body = {"userId": shop.email("bob"), "decision": "approved"}
    assert shop["trusted"].post(f"/api/approvals/{request['id']}/approve", body).status == 422


def test_what_a_list_of_steps_does_not_take(shop: Company) -> None:
    for step in ({"kind": "WAIT"}, {"kind": "HUMAN", "channels": ["slack"]}, {"kind": "HUMAN", "uiSchema": {}}):
        assert shop["ann"].post("/api/workflows", {"steps": [step]}).status == 422
