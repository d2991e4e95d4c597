"""Levels and rules in the designer, by keyboard: a gap is named and closed, and who signs follows the amount."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.access import clean
from e2e.designing import told
from e2e.people import People


@pytest.fixture
def panel(people: People) -> Page:
    """Ada at the approval of a draft of the purchase template."""
    ada = people.page("ada")
    ada.goto("/definitions/purchase-approval")
    ada.get_by_role("button", name="Edit").first.press("Enter")
    ada.wait_for_url("**/draft*")
    ada.goto("/definitions/purchase-approval/draft?step=approval")
    return ada


def test_a_gap_is_named_closed_and_tried_by_keyboard(panel: Page) -> None:
    level = panel.locator(".level").first
    level.locator("summary").first.press("Enter")
    level.get_by_label("Value of condition 1").fill("1000")
    panel.get_by_role("button", name="Save", exact=True).press("Enter")
    told(panel, "changed.")
    expect(panel.get_by_text("Nothing covers 500 < Amount ≤ 1,000.")).to_be_visible()
    clean(panel)

    level = panel.locator(".level").first
    level.locator("summary").first.press("Enter")
    level.get_by_label("Value of condition 1").fill("500")
    with panel.expect_response(lambda answer: "_do=submit" in (answer.request.post_data or "")):
        panel.get_by_role("button", name="Save", exact=True).press("Enter")
    panel.reload()
    expect(panel.get_by_text("Nothing covers")).to_have_count(0)

    tried = panel.get_by_role("group", name="Try it")
    tried.get_by_label("Asked by").fill("Ann Meyer")
    tried.get_by_label("Amount", exact=True).fill("7,200")
    expect(tried.get_by_role("status")).to_have_text(
        re.compile(r"^7,200 goes to Ann Meyer's manager \(Bob Fischer\), then")
    )
    tried.get_by_label("Amount, as a slider").press("End")
    expect(tried.get_by_role("status")).to_have_text(re.compile(r"^15,000 goes to"))
