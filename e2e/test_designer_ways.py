"""Ways out of a step by keyboard: where they lead is picked in the drawing, and their order is changed."""

import pytest
from playwright.sync_api import Page, expect

from e2e.access import clean
from e2e.designing import add, told
from e2e.people import People
from e2e.test_designer_keys import begin, document


@pytest.fixture
def ada(people: People) -> Page:
    return people.page("ada")


def test_where_a_way_out_leads_is_picked_by_keys_and_escape_leaves_it(ada: Page) -> None:
    begin(ada, "Leading elsewhere")
    add(ada, "request:submitted", "Approval")
    expect(ada.locator("#s-approval")).to_be_focused()
    ada.locator("#stage [data-from='approval:rejected']").focus()
    ada.keyboard.press("l")
    expect(ada.get_by_role("group", name="Where does Rejected of Approval lead?")).to_be_visible()
    expect(ada.locator("#stage button:focus")).to_have_attribute("value", "request")
    clean(ada)
    ada.keyboard.press("Escape")
    expect(ada.locator("#s-approval")).to_be_focused()
    ada.locator("#panel").get_by_role("link", name="Pick in the drawing").nth(1).click()
    expect(ada.locator("#stage button:focus")).to_have_attribute("value", "request")
    ada.keyboard.press("Enter")
    told(ada, "Approval: rejected leads to Request form.")
    expect(ada.locator("#s-approval")).to_be_focused()
    assert document(ada)["steps"]["approval"]["outcomes"]["rejected"] == "request"


def test_branches_change_their_order_by_keys(ada: Page) -> None:
    begin(ada, "Order of branches")
    add(ada, "request:submitted", "Approval")
    expect(ada.locator("#s-approval")).to_be_focused()
    rejected = ada.locator("#stage a[href='?add=approval:rejected']")
    add(ada, "approval:rejected", "Notification")
    ways = ["approved", "rejected"]
    assert list(document(ada)["steps"]["approval"]["outcomes"]) == ways
    rejected.focus()
    ada.keyboard.press("Alt+ArrowLeft")
    told(ada, "Approval: the order is rejected, approved")
    expect(rejected).to_be_focused()
    assert list(document(ada)["steps"]["approval"]["outcomes"]) == ways[::-1]
    ada.keyboard.press("Alt+ArrowRight")
    told(ada, "Approval: the order is approved, rejected")
    expect(rejected).to_be_focused()
    assert list(document(ada)["steps"]["approval"]["outcomes"]) == ways
