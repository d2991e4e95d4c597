"""The admin's story: from an empty page, without JSON, to a flow that three people run, and to its second version."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e import screens
from e2e.access import clean
from e2e.designing import (
    add,
    add_field,
    begin,
    call,
    card,
    choose,
    lead,
    mend,
    problems,
    publish,
    save,
    save_field,
    until,
)
from e2e.people import People

SUPPLIERS = "{base_url}/demo/erp/suppliers"
FIELDS = (
    ("Money", "Amount"),
    ("One of a list", "Cost centre"),
    ("Date", "Needed by"),
    ("Long text", "Why now?"),
    ("E-mail address", "Supplier's e-mail"),
    ("File", "Offer"),
    ("Repeating group", "Items"),
)
LEVELS = "1000\tController\tFinance\tany\n6000\tDirector\tDirectors\tany\n10000\tBoard\tBoard\t2"


@pytest.fixture
def ada(people: People) -> Page:
    return people.page("ada")


def build_form(page: Page) -> None:
    choose(page, "Request form", "Request form")
    page.get_by_role("link", name="Build the form").click()
    for kind, label in FIELDS:
        add_field(page, kind, label)
        if label == "Amount":
            page.get_by_label("Must be answered").check()
            save_field(page, label)
        if label == "Cost centre":
            page.get_by_label("One on each line").fill("Engineering\nMarketing")
            save_field(page, label)
    expect(page.locator(".builder__form > .frames > .frame")).to_have_count(8)
    page.get_by_role("link", name="Back to the flow").click()


def build_decision(page: Page) -> None:
    add(page, "request:submitted", "Decision")
    panel = choose(page, "Decision", "Decision")
    expect(problems(page)).to_contain_text("is still empty")
    panel.locator(".level").get_by_label("Name", exact=True).first.fill("Needs signatures")
    panel.get_by_label("Field of condition 1").select_option(label="Amount")
    panel.get_by_label("How it is compared in condition 1").select_option(label="is above")
    panel.get_by_label("Value of condition 1").fill("500")
    save(page)
    expect(card(page, "Decision")).to_contain_text("When amount is above 500")
    lead(page, "Otherwise", "Approved")
    call(page, "How much is it?")


def build_approval(page: Page) -> None:
    """Four levels, a way back, reminders and escalation."""
    add(page, "decision:yes", "Approval")
    mend(page, "Add an end for “rejected”")
    panel = choose(page, "Approval", "Approval")
    call(page, "Signatures")
    lead(page, "Changes requested", "Request form")
    panel.get_by_text("Paste from a spreadsheet").click()
    panel.get_by_label("A line for each level").fill(LEVELS)
    panel.get_by_role("button", name="Add these levels").click()
    for row in ("from 1,000 Controller", "from 6,000 Director", "from 10,000 Board 2 of them"):
        expect(card(page, "Signatures")).to_contain_text(row)
    panel.get_by_text("Time limit", exact=True).first.click()
    limit = panel.get_by_role("group", name="Time limit")
    limit.get_by_label("Answer within", exact=True).fill("3")
    limit.get_by_role("group", name="Remind after").get_by_role("button", name="Add").click()
    limit.get_by_label("Remind after 1", exact=True).fill("1")
    limit.get_by_label("When the time is up").select_option(label="somebody else is asked")
    save(page)
    expect(card(page, "Signatures")).to_contain_text("3 days, then up the line")


def build_action(page: Page) -> None:
    add(page, "approval:approved", "Action")
    panel = choose(page, "Action", "Action")
    panel.get_by_label("Address").first.fill(SUPPLIERS)
    panel.get_by_label("Keep the answer as").fill("order")
    panel.get_by_text("What undoes it", exact=True).first.click()
    undo = panel.get_by_role("group", name="What undoes it")
    undo.get_by_label("Method").select_option("DELETE")
    undo.get_by_label("Address").fill(f"{SUPPLIERS}/{{result.body.id}}")
    save(page)
    mend(page, "Add an end for “failed”")
    mend(page, "Add the field “Order”")
    expect(page.get_by_text("No problems")).to_be_visible()
    choose(page, "Action", "Action")
    call(page, "Order it")


def keep_as_test(page: Page, amount: str, words: str, *signers: str) -> None:
    """A run of the draft in which these people approve."""
    page.get_by_label("What is it about?").fill("A desk")
    page.get_by_label("Amount").fill(amount)
    page.get_by_label("Who asks").fill("ann@demo.signoff.test")
    page.get_by_role("button", name="Try it").click()
    for name in signers:
        page.get_by_role("button", name=f"Approve as {name}").click()
        expect(page.get_by_role("button", name=f"Approve as {name}")).to_have_count(0)
    page.get_by_label("What does it show?").fill(words)
    page.get_by_role("button", name="Save as test").click()
    expect(page.get_by_text(re.compile("tests? pass"))).to_be_visible()
    page.get_by_role("button", name="Start over").click()


def run(people: People, item: str) -> None:
    """Ann asks, Bob wants it corrected, Ann corrects it, Bob and Irene sign, and it is ordered."""
    ann, bob, irene = (people.page(handle) for handle in ("ann", "bob", "irene"))
    ann.goto("/instances/new/equipment-order")
    ann.get_by_label("What is it about?").fill(item)
    ann.get_by_label("Amount").fill("9900")
    ann.get_by_label("Cost centre").select_option(label="Marketing")
    ann.get_by_label("Offer").set_input_files({"name": "offer.txt", "mimeType": "text/plain", "buffer": b"4,200 EUR"})
    ann.get_by_role("button", name="Add").click()
    ann.get_by_label(re.compile("^Text")).fill("Desk, 160 cm")
    ann.get_by_role("button", name=re.compile("^Send")).click()
    expect(screens.heading(ann, item)).to_be_visible()
    screens.open_task(bob, item)
    screens.ask_for_changes(bob, "Two are enough.")
    screens.open_task(ann, item)
    ann.get_by_label("Amount").fill("4200")
    ann.get_by_role("button", name=re.compile("^Send")).click()
    for page in (bob, irene):
        screens.open_task(page, item)
        screens.approve(page)
    screens.open_request(ann, item)
    until(ann, "Approved")


def second_version(page: Page) -> None:
    page.get_by_role("button", name="Edit").first.click()
    panel = choose(page, "Signatures", "Approval")
    level = panel.locator(".level").nth(2)
    level.locator("summary").first.click()
    level.get_by_label("Value of condition 1").fill("3000")
    save(page)
    expect(card(page, "Signatures")).to_contain_text("from 3,000 Director")
    publish(page, 2, "Directors see more")
    page.goto("/definitions/equipment-order/diff?from=1&to=2")
    change = page.get_by_role("listitem").filter(has_text="Levels: “Director”")
    expect(change).to_contain_text("is at least 6,000")
    expect(change).to_contain_text("is at least 3,000")
    clean(page)


def test_from_an_empty_page_to_a_request_that_three_people_ran_and_a_second_version(ada: Page, people: People) -> None:
    begin(ada, "Equipment order")
    build_form(ada)
    build_decision(ada)
    build_approval(ada)
    build_action(ada)
    clean(ada)

    ada.get_by_role("link", name="Try", exact=True).click()
    keep_as_test(ada, "300", "Small orders ask nobody")
    keep_as_test(ada, "7200", "From 6,000 on a director signs, too", "Bob Fischer", "Irene Costa", "Dana Okafor")
    expect(ada.get_by_text("2 of 2 tests pass")).to_be_visible()
    ada.get_by_role("link", name="Back to editing").click()
    publish(ada, 1, "The first")

    run(people, "Corner office desk")
    second_version(ada)
    ann = people.page("ann")
    screens.open_request(ann, "Corner office desk")
    expect(ann.get_by_role("main")).to_contain_text("“Equipment order”, version 1")
