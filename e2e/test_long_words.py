"""Words that no line can hold: a pasted address, a compound. Nothing is pushed off a phone by them."""

import pytest
from playwright.sync_api import Page, expect

from e2e import screens
from e2e.people import People

ADDRESS = "https://www.bueromoebel-shop.example/produkte/stehpult-elektrisch-160x80?farbe=eiche&qty=3"
COMPOUND = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


@pytest.mark.parametrize("item", [ADDRESS, COMPOUND], ids=["address", "compound"])
def test_a_long_word_leaves_the_page_as_wide_as_the_phone(people: People, item: str) -> None:
    asking = people.page("ann", phone=True)
    screens.ask(asking, item, "7200", why=item)
    _fits(asking)
    request = asking.url
    for address in ("/instances", "/mail"):
        asking.goto(address)
        _fits(asking)

    manager = people.page("bob", phone=True)
    _fits(manager)
    screens.open_task(manager, item)
    _fits(manager)
    button = screens.approve_button(manager)
    expect(button).to_be_in_viewport(ratio=1)
    button.click()
    expect(manager.get_by_text("You approved this").first).to_be_visible()
    _fits(manager)

    auditor = people.page("olga", phone=True)
    for address in (request, "/audit", "/reports/new"):
        auditor.goto(address)
        _fits(auditor)


def _fits(page: Page) -> None:
    """Measured by the widest thing on it: what is cut off is not scrolled to either."""
    wide = page.evaluate(
        """() => [...document.querySelectorAll("main *, .tabbar, .actionbar")]
            .filter((one) => one.checkVisibility() && !one.closest(".visually-hidden, .chart-box, .stage__view, pre"))
            .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
            .map((one) => `${one.tagName}.${one.className}`)"""
    )
    assert not wide, f"{page.url}: {wide}"
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{page.url} is {width} pixels too wide"
