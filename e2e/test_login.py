"""Coming in and going out: what a page kept is gone with the session, and a wrong password tells nothing."""

from playwright.sync_api import expect

from e2e import screens
from e2e.people import People


def test_back_after_logging_out_shows_nothing(people: People) -> None:
    page = people.log_in("leo")
    page.goto("/instances")
    screens.log_out(page)
    page.go_back()
    expect(page.get_by_role("heading", name="My requests")).not_to_be_visible()
    page.goto("/instances")
    expect(page.get_by_label("Password", exact=True)).to_be_visible()


def test_where_one_wanted_to_go_comes_after_the_password(people: People) -> None:
    page = people.anyone()
    page.goto("/instances/new")
    screens.type_password(page, people.cast["leo"]["email"], people.cast["leo"]["password"])
    expect(screens.heading(page, "New request")).to_be_visible()


def test_a_wrong_password_and_a_stranger_hear_the_same(people: People) -> None:
    told = []
    for email in (people.cast["leo"]["email"], "nobody@demo.signoff.test"):
        page = people.anyone()
        page.goto("/login")
        screens.type_password(page, email, "not this one")
        told.append(page.get_by_role("alert").inner_text())
    assert told[0] == told[1]
