"""The designer without a mouse: the same small flow by keys, by clicks and by a program is the same document."""

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.designing import add, told
from e2e.people import People
from tests.servers import wait_until

EDITS = [
    {"edit": "insert", "at": "request:submitted", "type": "approval"},
    {"edit": "insert", "at": "approval:rejected", "type": "end"},
    {"edit": "rename", "step": "approval", "name": "Your manager"},
]


@pytest.fixture
def ada(people: People) -> Page:
    return people.page("ada")


def begin(page: Page, name: str) -> None:
    page.goto("/definitions/new")
    page.get_by_label("What is it called?").fill(name)
    page.keyboard.press("Enter")
    expect(page.locator("#s-request")).to_be_visible()
    page.wait_for_load_state()


def document(page: Page) -> dict[str, Any]:
    """Of the draft on the page, without what it is called."""
    answer = page.request.get(page.evaluate("`/api/v1${document.querySelector('[data-designer]').dataset.designer}`"))
    found: dict[str, Any] = answer.json()["document"]
    return {name: value for name, value in found.items() if name not in ("key", "name")}


def by_keys(page: Page) -> None:
    page.locator("#s-request").focus()
    page.keyboard.press("Insert")
    expect(page.locator("#palette-search")).to_be_focused()
    page.keyboard.type("Approval")
    page.keyboard.press("Enter")
    expect(page.locator("#s-approval")).to_be_focused()
    expect(page.locator("#said")).to_contain_text("Approval added after Request form.")
    for _ in range(3):  # past the first way out: its "+" and its end
        page.keyboard.press("Tab")
    expect(page.locator("#stage :focus")).to_have_attribute("data-from", "approval:rejected")
    page.keyboard.press("Enter")
    expect(page.locator("#palette-search")).to_be_focused()
    page.keyboard.type("End")
    page.keyboard.press("Enter")
    told(page, "Rejected added after Approval")
    page.keyboard.press("Escape")
    page.locator("#s-approval").focus()
    page.keyboard.press("F2")
    expect(page.locator("#step-name")).to_be_focused()
    page.keyboard.type("Your manager")
    page.keyboard.press("Enter")
    told(page, "Approval is now called Your manager.")


def test_keys_clicks_and_a_program_build_the_same_document(ada: Page) -> None:
    begin(ada, "By keys")
    by_keys(ada)
    keyed = document(ada)
    begin(ada, "By clicks")
    add(ada, "request:submitted", "Approval")
    add(ada, "approval:rejected", "End", "Rejected")
    ada.locator("#s-approval").click()
    expect(ada.locator("#step-name")).to_have_value("Approval")
    ada.locator("#step-name").fill("Your manager")
    ada.get_by_role("button", name="Rename").click()
    told(ada, "Approval is now called Your manager.")
    assert document(ada) == keyed
    begin(ada, "By a program")
    place = ada.evaluate("`/api/v1${document.querySelector('[data-designer]').dataset.designer}/edits`")
    token = ada.locator("input[name=_csrf_token]").first.get_attribute("value") or ""
    sent = ada.request.post(place, data={"revision": 0, "edits": EDITS}, headers={"x-csrftoken": token})
    assert sent.status == 200, sent.text()
    assert document(ada) == keyed


def test_steps_are_moved_copied_found_and_deleted_by_keys(ada: Page) -> None:
    begin(ada, "Moving")
    add(ada, "request:submitted", "Notification")
    expect(ada.locator("#s-notification")).to_be_focused()
    add(ada, "notification:sent", "Action")
    expect(ada.locator("#s-action")).to_be_focused()
    ada.keyboard.press("Alt+ArrowUp")
    told(ada, "Action moved after Request form")
    expect(ada.locator("#s-action")).to_be_focused()
    ada.keyboard.press("Alt+ArrowDown")
    told(ada, "Action moved after Notification")
    ada.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(ada.locator("#s-action")).to_be_focused()
    ada.keyboard.press("Control+c")
    expect(ada.locator("#said")).to_contain_text("Action copied.")
    ada.keyboard.press("Control+v")
    told(ada, "Action 2 pasted after Action")
    expect(ada.locator("#s-action-2")).to_be_focused()
    ada.keyboard.press("Delete")
    told(ada, "Action 2 deleted.")
    ada.locator("#s-action").focus()
    ada.keyboard.press("/")
    ada.keyboard.type("notif")
    ada.keyboard.press("Enter")
    expect(ada.locator("#s-notification")).to_be_focused()
    ada.keyboard.press("Enter")
    expect(ada.locator("#panel-title")).to_be_focused()
    ada.keyboard.press("Escape")
    expect(ada.locator("#s-notification")).to_be_focused()
    ada.keyboard.press("Control+z")
    told(ada, "Undone: Action 2 deleted.")
    ada.keyboard.press("?")
    expect(ada.get_by_role("dialog", name="Keys")).to_be_visible()


def twice_before_the_answer(page: Page, key: str, what: str) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(f"**/draft/{what}", hold, times=1)
    for _ in range(2):
        page.keyboard.press(key)
    wait_until(lambda: page.evaluate("true") and bool(held), "the first of them to be sent")
    held[0].continue_()


def test_keys_pressed_before_the_answer_count_on_what_it_brings(ada: Page) -> None:
    begin(ada, "In a hurry")
    add(ada, "request:submitted", "Notification")
    expect(ada.locator("#s-notification")).to_be_focused()
    add(ada, "notification:sent", "Action")
    expect(ada.locator("#s-action")).to_be_focused()
    before = document(ada)
    twice_before_the_answer(ada, "Delete", "edits")
    told(ada, "Notification deleted.")
    assert list(document(ada)["steps"]) == ["request", "approved"]
    twice_before_the_answer(ada, "Control+z", "undo")
    told(ada, "Undone: Action deleted.")
    assert document(ada) == before
