"""A session that ends in the middle of a form, and a form that is sent again after Back."""

import psycopg
import pytest
from playwright.sync_api import Page, expect

from e2e import screens
from e2e.people import People

OVER = "Your session had ended. Nothing was sent yet"


def end_session(people: People, page: Page) -> None:
    """The newest one of whoever this is, as if it had timed out."""
    with psycopg.connect(people.product.demo["database_url"], autocommit=True) as db:
        db.execute("DELETE FROM sessions WHERE created_at = (SELECT max(created_at) FROM sessions)")


def requests_called(people: People, title: str) -> int:
    with psycopg.connect(people.product.demo["database_url"]) as db:
        found = db.execute("SELECT count(*) FROM instances WHERE title LIKE %s", [f"%{title}%"]).fetchone()
    return int(found[0]) if found else 0


def log_in_again(people: People, page: Page, handle: str) -> None:
    expect(page.get_by_role("alert")).to_contain_text(OVER)
    screens.type_password(page, people.cast[handle]["email"], people.cast[handle]["password"])


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_session_that_dies_in_mid_form_gives_back_what_was_typed(people: People, script: bool) -> None:
    item = f"Standing desk {script}"
    page = people.log_in("leo", script=script, phone=True)
    page.goto("/instances/new/purchase-approval")
    screens.fill_in(page, item, "800", "My back\nhurts")
    end_session(people, page)
    page.get_by_role("button", name="Send request").click()
    log_in_again(people, page, "leo")
    if not script:
        page.get_by_role("button", name="Go on where you were").click()
    expect(page.get_by_text(OVER).first).to_be_visible()
    expect(page.get_by_label("What do you need?")).to_have_value(item)
    expect(page.get_by_label("Amount")).to_have_value("800.00")
    expect(page.get_by_label("Why do you need it?")).to_have_value("My back\nhurts")
    assert requests_called(people, item) == 0
    page.get_by_role("button", name="Send request").click()
    expect(screens.heading(page, item)).to_be_visible()
    assert requests_called(people, item) == 1


def test_a_session_that_dies_before_a_decision_gives_back_the_comment(people: People) -> None:
    leo = people.page("leo")
    screens.ask(leo, "Two microphones", "820")
    bob = people.log_in("bob")
    bob.get_by_role("link", name="Two microphones").first.click()
    bob.get_by_role("button", name="Reject", exact=True).click()
    bob.get_by_label("Why? Leo Martin will read it.").fill("We have some in the studio")
    end_session(people, bob)
    bob.get_by_role("button", name="Reject 820").click()
    log_in_again(people, bob, "bob")
    expect(bob.get_by_text(OVER).first).to_be_visible()
    expect(bob.get_by_label("Why? Leo Martin will read it.")).to_have_value("We have some in the studio")
    bob.get_by_role("button", name="Reject 820").click()
    expect(screens.status(bob, "Rejected")).to_be_visible()


def test_back_and_send_leads_to_the_first_request(people: People) -> None:
    page = people.page("mia")
    screens.ask(page, "Back and forth", "640")
    first = page.url.partition("?")[0]
    page.go_back()
    expect(page.get_by_label("Amount")).to_have_value("640")
    page.get_by_role("button", name="Send request").click()
    expect(page.get_by_text("no second request was made")).to_be_visible()
    assert page.url.partition("?")[0] == first
    assert requests_called(people, "Back and forth") == 1
