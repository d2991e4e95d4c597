"""An admin builds a form of eight fields without JSON, part of it by keyboard alone, and a requester fills it in."""

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.access import clean
from e2e.people import People


@pytest.fixture
def ada(people: People) -> Page:
    return people.page("ada")


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def add(page: Page, kind: str, label: str) -> None:
    page.locator(".builder__palette").get_by_role("button", name=kind, exact=True).click()
    expect(page.locator("#chosen-title")).to_have_text(kind)
    page.get_by_label("Label", exact=True).fill(label)
    page.get_by_label("Label", exact=True).press("Enter")
    expect(page.locator("#chosen-title")).to_have_text(label)


def frame(page: Page, label: str) -> Locator:
    return page.locator(".frame__name", has_text=label)


def labels(page: Page) -> list[str]:
    return page.locator(
        ".builder__form > .frames > .frame > .frame__head .frame__name > span:first-of-type"
    ).all_inner_texts()


def test_a_form_is_built_without_json_and_filled_in(ada: Page, people: People) -> None:
    ada.goto("/definitions/new")
    ada.get_by_label("What is it called?").fill("Trade fair")
    ada.get_by_role("button", name="Begin").click()
    ada.locator("#s-request").click()
    ada.get_by_role("link", name="Build the form").click()
    expect(ada.get_by_role("heading", name="The form", exact=True)).to_be_visible()
    clean(ada)
    for kind, label in (
        ("Money", "Budget"),
        ("Date", "First day"),
        ("Long text", "Why this fair and no other, and what do we expect of it"),
        ("Checkboxes", "Topics"),
        ("File", "Offer"),
        ("Repeating group", "People who travel"),
    ):
        add(ada, kind, label)
    frame(ada, "Topics").click()
    ada.get_by_label("One on each line").fill("Machines\nSoftware\nfood = Food and drink")
    ada.get_by_role("button", name="Save", exact=True).click()
    expect(ada.locator(".designer__done")).to_have_text("Topics changed.")
    clean(ada)

    # By keyboard: a field is added, moved up, moved back, removed, and that is undone.
    ada.locator(".kinds__kind", has_text="E-mail address").press("Enter")
    mail = frame(ada, "E-mail address")
    expect(mail).to_be_focused()
    before = labels(ada)
    mail.press("Alt+ArrowUp")
    expect(ada.locator(".designer__done")).to_have_text("E-mail address moved in Request form.")
    assert labels(ada) != before
    expect(mail).to_be_focused()
    mail.press("Delete")
    expect(mail).to_have_count(0)
    frame(ada, "Budget").press("Control+z")
    expect(mail).to_be_visible()

    # Dragged to the first place.
    frame(ada, "Budget").drag_to(ada.locator(".frames__plus").first)
    expect(ada.locator(".designer__done")).to_have_text("Budget moved in Request form.")
    assert labels(ada)[0] == "Budget"
    fits(ada)
    ada.set_viewport_size({"width": 1024, "height": 768})
    fits(ada)

    ada.get_by_role("link", name="Try it").click()
    clean(ada)
    ada.get_by_role("link", name="Phone").click()
    ada.get_by_role("button", name="Check the answers").click()
    expect(ada.get_by_text("needs another look")).to_be_visible()
    ada.get_by_label("What is it about?").fill("Hanover")
    ada.get_by_role("button", name="Check the answers").click()
    expect(ada.get_by_text("this could be sent")).to_be_visible()
    clean(ada)

    ada.goto("/definitions/trade-fair/draft/publish")
    ada.get_by_role("button", name="Publish version 1").click()
    ann = people.page("ann")
    ann.goto("/instances/new/trade-fair")
    ann.get_by_label("What is it about?").fill("Hanover")
    ann.get_by_label("Budget").fill("4200")
    ann.get_by_label("Food and drink").check()
    ann.get_by_role("button", name="Add").click()
    expect(ann.get_by_label("Text")).to_be_visible()


def test_the_builder_fits_a_phone(people: People) -> None:
    phone = people.page("ada", phone=True)
    phone.goto("/definitions/new")
    phone.get_by_label("What is it called?").fill("Donaudampfschifffahrtsgesellschaftskapitänsmützenbestellung")
    phone.get_by_role("button", name="Begin").click()
    phone.wait_for_url("**/draft*")
    phone.goto(f"{phone.url.partition('?')[0]}/form?step=request")
    add(phone, "Text", "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz")
    fits(phone)
    clean(phone)
