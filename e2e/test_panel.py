"""The panel of a step in a browser: what is typed outlives a refresh of the drawing; fields are inserted by buttons."""

import pytest
from playwright.sync_api import Page, expect

from e2e.access import clean
from e2e.people import People


@pytest.fixture
def ada(people: People) -> Page:
    return people.page("ada")


def test_what_is_typed_outlives_a_refresh_of_the_drawing(ada: Page) -> None:
    ada.goto("/definitions/new")
    ada.get_by_label("What is it called?").fill("Panel of a notification")
    ada.get_by_role("button", name="Begin").click()
    ada.locator("#stage a[href='?add=request:submitted']").first.click()
    ada.locator("#panel").get_by_role("button", name="Notification", exact=True).click()
    ada.locator("#s-notification").wait_for()
    ada.goto(f"{ada.url.partition('?')[0]}?step=notification")
    subject = ada.locator("[name='/subject']")
    subject.fill("About ")
    ada.locator("#panel select[name=target]").first.select_option(index=1)
    expect(ada.locator("#announcement")).to_contain_text("leads to")
    expect(subject).to_have_value("About ")
    expect(ada.get_by_text("Not saved yet")).to_be_visible()
    subject.press("End")
    ada.locator("#panel").get_by_text("Insert a field").first.click()
    ada.locator("[data-insert]").first.click()
    expect(subject).to_have_value("About {subject}")
    clean(ada)
