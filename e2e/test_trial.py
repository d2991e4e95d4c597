"""An admin tries a draft: as several people, with the clock, back and forward; and keeps the run as a test."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.access import clean
from e2e.people import People


@pytest.fixture
def ada(people: People) -> Page:
    return people.page("ada")


def test_a_purchase_is_tried_late_rejected_and_kept(ada: Page) -> None:
    ada.goto("/definitions/purchase-approval")
    ada.get_by_role("button", name="Edit").first.click()
    ada.get_by_role("link", name="Try").click()
    clean(ada)
    ada.get_by_label("What do you need?").fill("Desks")
    ada.get_by_label("Amount").fill("7200")
    ada.get_by_label("Who asks").fill("ann@demo.signoff.test")
    ada.get_by_role("button", name="Try it").click()
    expect(ada.locator("#s-approval")).to_contain_text("asks Bob Fischer")
    expect(ada.get_by_text("Approve 7,200.00 EUR: Desks, asked by Ann Meyer?")).to_be_visible()
    clean(ada)

    ada.get_by_role("button", name="+3 days").click()
    expect(ada.get_by_text("escalated “Approval” to Dana Okafor")).to_be_visible()
    ada.get_by_role("button", name="Approve as Dana Okafor").click()
    expect(ada.locator("#s-approval")).to_contain_text("signed by Dana Okafor")
    ada.get_by_role("button", name="Reject as David Brandt").click()
    expect(ada.get_by_text("This request has ended.")).to_be_visible()
    clean(ada)

    ada.get_by_role("link", name="Back", exact=True).click()
    expect(ada.get_by_role("button", name="Approve as David Brandt")).to_be_visible()
    ada.get_by_role("link", name="Forward").click()
    ada.reload()
    ada.get_by_label("What does it show?").fill("A director rejects")
    ada.get_by_role("button", name="Save as test").click()
    expect(ada.get_by_text("5 of 5 tests pass")).to_be_visible()
    ada.get_by_role("button", name="Start over").click()
    expect(ada.locator("#s-approval")).to_contain_text("Tests pass")
    clean(ada)
    ada.get_by_role("button", name=re.compile("Open.*A director rejects")).click()
    expect(ada.get_by_text("The test “A director rejects”")).to_be_visible()
    ada.set_viewport_size({"width": 390, "height": 844})
    clean(ada)
    assert ada.evaluate("document.documentElement.scrollWidth") <= 390
