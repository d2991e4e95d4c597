"""Two people at one draft, each in a browser: they see each other, and what one types outlives what the other does."""

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.designing import add, told
from e2e.people import People


@pytest.fixture
def ada(people: People) -> Page:
    return people.page("ada")


def begin(page: Page, name: str) -> None:
    page.goto("/definitions/new")
    page.get_by_label("What is it called?").fill(name)
    page.get_by_role("button", name="Begin").click()
    add(page, "request:submitted", "Notification")


def test_one_sees_what_the_other_did_and_loses_nothing_that_was_typed(ada: Page, people: People) -> None:
    begin(ada, "Together")
    ada.goto(f"{ada.url.partition('?')[0]}?step=notification")
    other = people.page("ada")
    other.goto(ada.url)
    subject = ada.locator("[name='/subject']")
    subject.fill("About ")
    other.locator("#step-name").fill("Tell them")
    other.get_by_role("button", name="Rename").click()
    told(other, "is now called Tell them.")
    told(ada, "Notification is now called Tell them.")
    expect(ada.locator("#s-notification")).to_contain_text("Tell them")
    expect(subject).to_have_value("About ")
    expect(subject).to_be_focused()
    ada.keyboard.type("it")
    expect(subject).to_have_value("About it")
    ada.locator("#panel").get_by_role("button", name="Save").click()
    told(ada, "Tell them changed.")
    told(other, "Tell them changed.")
    expect(other.locator("[name='/subject']")).to_have_value("About it")


def test_whoever_types_on_while_it_is_saved_goes_on_typing_there(ada: Page) -> None:
    begin(ada, "Typing on")
    ada.goto(f"{ada.url.partition('?')[0]}?step=notification")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    ada.route("**/settings*", hold)
    ada.locator("[name='/subject']").fill("Saved")
    ada.locator("#panel").get_by_role("button", name="Save").click()
    body = ada.locator("[name='/message']")
    body.fill("Typed after")
    held[0].continue_()  # the click above has sent it
    told(ada, "Notification changed.")
    expect(body).to_have_value("Typed after")
    expect(body).to_be_focused()
    expect(ada.get_by_text("Not saved yet")).to_be_visible()
    ada.unroute("**/settings*")
    ada.locator("#panel").get_by_role("button", name="Save").click()
    expect(ada.get_by_text("Not saved yet")).to_be_hidden()
    ada.reload()
    expect(ada.locator("[name='/subject']")).to_have_value("Saved")
    expect(body).to_have_value("Typed after")


def test_what_was_not_taken_stays_in_the_panel(ada: Page, people: People) -> None:
    begin(ada, "No connection")
    ada.goto(f"{ada.url.partition('?')[0]}?step=notification")
    subject = ada.locator("[name='/subject']")
    subject.fill("Not sent")
    notice = {"HX-Retarget": "#notices", "HX-Reswap": "innerHTML"}
    ada.route("**/settings*", lambda route: route.fulfill(status=429, headers=notice, body="Too much at once."))
    ada.locator("#panel").get_by_role("button", name="Save").click()
    expect(ada.get_by_text("Too much at once.")).to_be_visible()
    people.watch.wrong.clear()  # HTMX says on the console that it was refused
    ada.unroute("**/settings*")
    ada.locator("#panel select[name=target]").first.select_option(index=1)
    told(ada, "leads to")
    expect(subject).to_have_value("Not sent")
    expect(ada.get_by_text("Not saved yet")).to_be_visible()
