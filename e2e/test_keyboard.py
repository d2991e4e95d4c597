"""Nobody needs a mouse: asked, answered and said no to with the keyboard alone."""

import re

from playwright.sync_api import Locator, Page, expect

from e2e import screens
from e2e.people import People

FARTHEST = 80


def tab_to(page: Page, target: Locator) -> None:
    for _ in range(FARTHEST):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{target} is not reached by Tab")


def press(page: Page, target: Locator) -> None:
    tab_to(page, target)
    page.keyboard.press("Enter")


def test_a_request_is_made_and_approved_by_keys(people: People) -> None:
    item = "Keyboard"
    asking = people.page("ann")
    asking.goto("/instances/new/purchase-approval")
    for label, words in (("What do you need?", item), ("Amount", "640")):
        tab_to(asking, asking.get_by_label(label))
        asking.keyboard.type(words)
    press(asking, asking.get_by_role("button", name="Send request"))
    expect(screens.heading(asking, item)).to_be_visible()

    manager = people.page("bob")
    press(manager, manager.get_by_role("link", name=item, exact=True).first)
    expect(screens.heading(manager, item)).to_be_visible()
    press(manager, screens.approve_button(manager))
    expect(manager.get_by_text("You approved this").first).to_be_visible()


def test_a_dialog_opens_is_left_and_answers_by_keys(people: People) -> None:
    item = "Trackball"
    screens.ask(people.page("ann"), item, "650")
    manager = people.page("bob")
    screens.open_task(manager, item)
    reject = manager.get_by_role("button", name="Reject", exact=True)
    press(manager, reject)
    asked = manager.get_by_role("dialog")
    expect(asked.get_by_role("textbox")).to_be_focused()
    for _ in range(5):
        manager.keyboard.press("Tab")
        outside = "!document.activeElement.closest('dialog') && document.activeElement !== document.body"
        assert not manager.evaluate(outside), "Tab leaves the dialog for the page behind it"
    manager.keyboard.press("Escape")
    expect(asked).not_to_be_visible()
    expect(reject).to_be_focused()
    manager.keyboard.press("Enter")
    manager.keyboard.type("There is one already.")
    press(manager, asked.get_by_role("button", name=re.compile("^Reject")))
    expect(manager.get_by_text("You rejected this").first).to_be_visible()
