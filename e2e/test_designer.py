"""An admin who writes no JSON: a flow built from an empty page by clicks, mended, undone, published, and run."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e import screens
from e2e.access import clean
from e2e.designing import add, card, told
from e2e.people import People


@pytest.fixture
def ada(people: People) -> Page:
    return people.page("ada")


def test_a_flow_is_built_mended_published_and_run_without_json(ada: Page, people: People) -> None:
    ada.goto("/definitions")
    ada.get_by_role("link", name="New flow").click()
    clean(ada)
    ada.get_by_label("What is it called?").fill("Team outing")
    ada.get_by_role("button", name="Begin").click()
    expect(card(ada, "Request form")).to_be_visible()
    clean(ada)

    add(ada, "request:submitted", "Approval")
    told(ada, "Approval added after Request form.")
    expect(ada.locator("#s-approval")).to_be_focused()
    expect(ada.locator("#problems")).to_contain_text("Approval")
    clean(ada)
    ada.locator("#problems").get_by_role("link").first.click()
    ada.get_by_role("link", name="Publish").click()
    expect(ada.get_by_text("1 problem to mend first")).to_be_visible()
    clean(ada)
    ada.go_back()

    add(ada, "approval:rejected", "End", "Rejected")
    told(ada, "Rejected added after Approval")
    expect(ada.get_by_text("No problems")).to_be_visible()

    card(ada, "Approval").click()
    expect(ada.locator("#panel-title")).to_have_text("Approval")
    ada.get_by_label("Name", exact=True).first.fill("Your manager")
    ada.get_by_role("button", name="Rename").click()
    told(ada, "Approval is now called Your manager.")
    ada.locator("#s-approval").press("Control+z")
    told(ada, "Undone: Approval is now called Your manager.")
    expect(card(ada, "Your manager")).to_have_count(0)
    ada.locator("#s-approval").press("Control+y")
    told(ada, "Done again")
    expect(card(ada, "Your manager")).to_be_visible()
    ada.reload()
    expect(ada.get_by_role("button", name=re.compile("^Undo: Approval is now"))).to_be_enabled()
    clean(ada)

    ada.get_by_role("link", name="Publish").click()
    ada.get_by_label("What is new in it?").fill("The first")
    ada.get_by_role("button", name="Publish version 1").click()
    ada.wait_for_url("**/definitions/team-outing?version=1")

    ann = people.page("ann")
    ann.goto("/instances/new/team-outing")
    ann.get_by_label("What is it about?").fill("Bowling on Friday")
    ann.get_by_role("button", name=re.compile("Send")).click()
    expect(screens.heading(ann, "Bowling on Friday")).to_be_visible()
    bob = people.page("bob")
    bob.get_by_role("link", name="Bowling on Friday").first.click()
    screens.approve(bob)
    ann.reload()
    expect(ann.get_by_text("Approved", exact=True).first).to_be_visible()


def test_a_step_is_deleted_by_its_key_and_the_focus_stays_beside_it(ada: Page) -> None:
    ada.goto("/definitions/new")
    ada.get_by_label("What is it called?").fill("Keys only")
    ada.get_by_role("button", name="Begin").press("Enter")
    expect(card(ada, "Request form")).to_be_visible()
    ada.wait_for_load_state()
    add(ada, "request:submitted", "Notification")
    ada.locator("#s-notification").press("Delete")
    told(ada, "Notification deleted.")
    expect(ada.locator("#s-request")).to_be_focused()
    ada.keyboard.press("?")
    expect(ada.get_by_role("dialog", name="Keys")).to_be_visible()


def test_the_designer_fits_a_phone(people: People) -> None:
    phone = people.page("ada", phone=True)
    phone.goto("/definitions/new")
    phone.get_by_label("What is it called?").fill("An outing of the whole company, once a year, far away")
    phone.get_by_role("button", name="Begin").click()
    expect(card(phone, "Request form")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    card(phone, "Request form").click()
    expect(phone.get_by_role("heading", name="What happens then")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    clean(phone)
