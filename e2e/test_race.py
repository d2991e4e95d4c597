"""Two people, one question, the same moment: the answers are held back in both browsers and let go together."""

import re
from collections.abc import Sequence

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from e2e import screens
from e2e.people import People
from tests.servers import wait_until

TOO_LATE = re.compile(r"already (approved|rejected) this (at|on) .*\d\d:\d\d UTC")


def press_at_once(buttons: Sequence[Locator]) -> None:
    """Each press becomes a request that waits in its browser until the last one is there, too."""
    held: list[Route] = []
    for button in buttons:
        button.page.route("**/*", lambda route: _hold(route, held))
        button.click(no_wait_after=True)
    wait_until(lambda: _arrived(buttons, held), "every press to become a request")
    for route in held:
        route.continue_()
    for button in buttons:
        expect(button).not_to_be_visible()
        button.page.wait_for_load_state()


def _hold(route: Route, held: list[Route]) -> None:
    if route.request.method == "POST":
        held.append(route)
    else:
        route.continue_()


def _arrived(buttons: Sequence[Locator], held: Sequence[Route]) -> bool:
    """Asking the browser something is what lets its news in."""
    return all(button.page.context.cookies() is not None for button in buttons) and len(held) == len(buttons)


def at_the_directors(people: People, item: str) -> tuple[Page, Page]:
    """Either of two directors decides, and both have the question open."""
    screens.ask(people.page("ann"), item, "6000")
    manager = people.page("bob")
    screens.open_task(manager, item)
    screens.approve(manager)
    pages = people.page("dana"), people.page("david")
    for page in pages:
        screens.open_task(page, item)
        expect(screens.approve_button(page)).to_be_visible()
    return pages


def late_and_early(pages: tuple[Page, Page]) -> tuple[Page, Page]:
    late = [page for page in pages if TOO_LATE.search(page.get_by_role("main").inner_text())]
    assert len(late) == 1, [page.get_by_role("main").inner_text() for page in pages]
    return late[0], pages[1] if late[0] is pages[0] else pages[0]


@pytest.mark.parametrize("round", [1, 2, 3])
def test_one_of_two_approvers_wins_and_the_other_hears_who_and_when(people: People, round: int) -> None:
    pages = at_the_directors(people, f"Forklift {round}")
    press_at_once([screens.approve_button(page) for page in pages])
    loser, winner = late_and_early(pages)
    by = people.name("dana" if winner is pages[0] else "david")
    expect(loser.get_by_text(f"{by} already approved this").first).to_be_visible()
    expect(screens.status(winner, "Approved")).to_be_visible()
    expect(screens.approve_button(loser)).not_to_be_visible()


def test_yes_and_no_at_once_leave_one_answer(people: People) -> None:
    one, other = at_the_directors(people, "Crane")
    other.get_by_role("button", name="Reject", exact=True).click()
    asked = other.get_by_role("dialog")
    asked.get_by_role("textbox").fill("Too tall.")
    press_at_once([screens.approve_button(one), asked.get_by_role("button", name=re.compile("^Reject"))])
    late, early = late_and_early((one, other))
    expect(screens.status(early, "Approved" if early is one else "Rejected")).to_be_visible()
    expect(late.get_by_text("was not recorded").first).to_be_visible()


def test_two_of_the_board_at_once_both_count(people: People) -> None:
    item = "Delivery van"
    asking = people.page("ann")
    screens.ask(asking, item, "30000")
    for handle in ("bob", "david"):
        page = people.page(handle)
        screens.open_task(page, item)
        screens.approve(page)
    board = [people.page(handle) for handle in ("frank", "henry")]
    for page in board:
        screens.open_task(page, item)
    press_at_once([screens.approve_button(page) for page in board])
    for page in board:
        expect(page.get_by_text("You approved this").first).to_be_visible()
    asking.reload()
    expect(screens.status(asking, "Approved")).to_be_visible()


def test_a_double_click_decides_once(people: People) -> None:
    item = "Coat rack"
    asking = people.page("ann")
    screens.ask(asking, item, "750")
    manager = people.page("bob")
    screens.open_task(manager, item)
    screens.approve_button(manager).dblclick()
    expect(manager.get_by_text("You approved this").first).to_be_visible()
    asking.reload()
    expect(asking.get_by_text(re.compile(r"Bob Fischer \(Manager\) approved"))).to_have_count(1)
