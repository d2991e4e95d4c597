"""The main job by clicking: a purchase is asked for, routed by its amount, decided by those it takes, and proven."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e import proof, screens
from e2e.people import People

DECIDERS = ("bob", "dana", "frank", "grace")


def test_twelve_thousand_takes_five_people_and_is_proven_by_an_auditor(people: People) -> None:
    item = "Server rack"
    asking = people.page("ann")
    screens.ask(asking, item, "12000", "For the backups.")
    expect(screens.status(asking, "Waiting for approval")).to_be_visible()
    expect(asking.get_by_text(people.name("bob")).first).to_be_visible()
    number = screens.number_of(asking)

    manager = people.page("bob")
    screens.open_task(manager, item)
    expect(manager.get_by_text("12,000.00 EUR").first).to_be_visible()
    screens.approve(manager, "Needed before winter")

    _approve_by_mail(people, "dana", item)

    for member in ("frank", "grace"):
        board = people.page(member, phone=True)
        screens.open_task(board, item)
        screens.approve(board)

    screens.open_request(asking, item)
    expect(screens.status(asking, "Approved")).to_be_visible()
    for who in DECIDERS:
        expect(asking.get_by_text(people.name(who)).first).to_be_visible()

    auditor = people.page("olga")
    _check_report(people, screens.report(auditor, number, "PDF"), item)
    _check_lines(people, _lines_by_search(auditor, number), number)


def _approve_by_mail(people: People, handle: str, item: str) -> None:
    """The link is clicked where nobody is logged in; the page it opens asks, and only its button decides."""
    own = people.page(handle)
    screens.open_letter(own, item)
    address = screens.link_of_letter(own).get_attribute("href")
    assert address
    mailbox = people.anyone(phone=True)
    mailbox.goto(address)
    expect(screens.heading(mailbox, item)).to_be_visible()
    screens.open_task(own, item)
    mailbox.get_by_label("Comment").fill("Within the budget")
    screens.approve_button(mailbox).click()
    expect(screens.heading(mailbox, "You approved this")).to_be_visible()
    mailbox.goto(address)
    expect(screens.approve_button(mailbox)).not_to_be_visible()


def _check_report(people: People, pdf: Path, item: str) -> None:
    told = proof.text_of(pdf)
    for words in (item, "12,000", "For the backups.", "Needed before winter", "Within the budget", people.name("ann")):
        assert words in told, words
    for who in DECIDERS:
        assert people.name(who) in told
    evidence = proof.evidence_in(pdf)
    assert evidence["request"]["status"] == "approved"
    proof.check_evidence(evidence)


def _lines_by_search(page: Page, number: str) -> Path:
    screens.go(page, "Audit")
    page.get_by_text("Search and filter").click()
    page.get_by_label("Request", exact=True).fill(number)
    with page.expect_response(lambda answer: f"request={number}" in answer.url):
        page.get_by_role("button", name="Search").click()
    link = page.get_by_role("link", name="Download as CSV")
    expect(link).to_have_attribute("href", re.compile(number))
    return screens.download(page, link)


def _check_lines(people: People, path: Path, number: str) -> None:
    lines = proof.lines_of(path)
    proof.check_lines(lines)
    assert {line["request"] for line in lines} == {number}
    decided = [line["actor"] for line in lines if line["type"] == "TaskDecided"]
    assert decided == [people.name(who) for who in DECIDERS]
    assert lines[-1]["type"] == "InstanceEnded"


def test_the_csv_of_a_report_holds_its_chain_too(people: People) -> None:
    page = people.page("olga")
    lines = proof.lines_of(screens.report(page, "PUR-1", "CSV"))
    proof.check_lines(lines)
    assert {line["request"] for line in lines} == {"PUR-1"}


@pytest.mark.parametrize("amount", ["100", "500"])
def test_up_to_five_hundred_needs_nobody(people: People, amount: str) -> None:
    page = people.page("ann")
    screens.ask(page, f"Cables for {amount}", amount)
    expect(screens.status(page, "Approved")).to_be_visible()
    expect(page.get_by_text("Below approval threshold").first).to_be_visible()


def test_a_rejection_tells_the_requester_why(people: People) -> None:
    item, why = "Espresso machine", "There is one on the second floor."
    asking = people.page("ann")
    screens.ask(asking, item, "900")
    manager = people.page("bob")
    screens.open_task(manager, item)
    screens.reject(manager, why)
    asking.reload()
    expect(screens.status(asking, "Rejected")).to_be_visible()
    expect(asking.get_by_text(why).first).to_be_visible()
    screens.open_letter(asking, item)
    expect(asking.get_by_role("region", name="As plain text")).to_contain_text(why)


def test_a_rejection_without_a_reason_is_asked_for_one(people: People) -> None:
    item = "Second screen"
    screens.ask(people.page("ann"), item, "600")
    manager = people.page("bob")
    screens.open_task(manager, item)
    manager.get_by_role("button", name="Reject", exact=True).click()
    asked = manager.get_by_role("dialog")
    asked.get_by_role("textbox").fill("  ")
    asked.get_by_role("button", name=re.compile("^Reject")).click()
    expect(asked.get_by_role("textbox")).to_have_attribute("aria-invalid", "true")
    asked.get_by_role("textbox").fill("Two are enough.")
    asked.get_by_role("button", name=re.compile("^Reject")).click()
    expect(manager.get_by_text("You rejected this").first).to_be_visible()


def test_changes_are_asked_for_made_and_decided_on(people: People) -> None:
    item, wish = "Projector", "Please take the quieter one."
    asking = people.page("ann")
    screens.ask(asking, item, "1500")
    manager = people.page("bob")
    screens.open_task(manager, item)
    screens.ask_for_changes(manager, wish)

    screens.open_task(asking, item)
    expect(asking.get_by_text(wish).first).to_be_visible()
    expect(asking.get_by_label("Amount")).to_have_value("1500.00")
    screens.fill_in(asking, item, "1700", "The quieter one costs more.")
    asking.get_by_role("button", name="Send again").click()
    expect(screens.status(asking, "Waiting for approval")).to_be_visible()

    screens.open_task(manager, item)
    expect(manager.get_by_text("The quieter one costs more.").first).to_be_visible()
    expect(manager.get_by_role("button", name="Approve 1,700.00 EUR")).to_be_visible()
    screens.approve(manager)
    asking.reload()
    expect(screens.status(asking, "Approved")).to_be_visible()


def test_what_is_withdrawn_waits_for_nobody(people: People) -> None:
    item = "Beanbags"
    asking = people.page("ann")
    screens.ask(asking, item, "700")
    manager = people.page("bob")
    screens.open_task(manager, item)
    screens.withdraw(asking, "Found some in the cellar")
    expect(screens.status(asking, "Cancelled")).to_be_visible()
    manager.reload()
    expect(screens.approve_button(manager)).not_to_be_visible()
    manager.goto("/tasks")
    expect(manager.get_by_role("link", name=item)).not_to_be_visible()


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(people: People) -> None:
    page = people.page("ann", phone=True)
    page.goto("/instances/new/purchase-approval")
    screens.fill_in(page, "Nothing", "-3", "Just to see.")
    page.get_by_role("button", name="Send request").evaluate("button => button.form.noValidate = true")
    page.get_by_role("button", name="Send request").click()
    amount = page.get_by_label("Amount")
    expect(amount).to_have_attribute("aria-invalid", "true")
    expect(amount).to_have_accessible_description(re.compile("More than 0"))
    expect(page.get_by_label("What do you need?")).to_have_value("Nothing")
    expect(page.get_by_label("Why do you need it?")).to_have_value("Just to see.")
    screens.fill_in(page, "Something", "30")
    page.get_by_role("button", name="Send request").click()
    expect(screens.status(page, "Approved")).to_be_visible()


def test_a_quote_goes_along_and_comes_back_as_it_was(people: People) -> None:
    item, quote = "Standing lamp", b"%PDF-1.7 lamp, 620 EUR"
    asking = people.page("ann")
    asking.goto("/instances/new/purchase-approval")
    screens.fill_in(asking, item, "620")
    asking.get_by_label("Quote").set_input_files({"name": "lamp.pdf", "mimeType": "application/pdf", "buffer": quote})
    asking.get_by_role("button", name="Send request").click()
    expect(screens.heading(asking, item)).to_be_visible()
    manager = people.page("bob")
    screens.open_task(manager, item)
    assert screens.download(manager, manager.get_by_role("link", name="lamp.pdf")).read_bytes() == quote
    screens.approve(manager)


def test_the_whole_way_without_scripts(people: People) -> None:
    item = "Diesel generator"
    asking = people.page("ann", script=False)
    screens.ask(asking, item, "12000")
    number = screens.number_of(asking)
    for handle, phone in (("bob", False), ("dana", True), ("henry", False), ("grace", True)):
        page = people.page(handle, script=False, phone=phone)
        screens.open_task(page, item)
        screens.approve(page, "Fine")
    asking.reload()
    expect(screens.status(asking, "Approved")).to_be_visible()
    proof.check_evidence(proof.evidence_in(screens.report(people.page("olga", script=False), number, "PDF")))


def test_no_scripts_are_needed_to_say_no(people: People) -> None:
    asking, manager = people.page("ann", script=False), people.page("bob", script=False)
    for item, say_no in (("Left", screens.reject), ("Right", screens.ask_for_changes)):
        screens.ask(asking, item, "800")
        screens.open_task(manager, item)
        say_no(manager, "Not like this.")
    screens.open_request(asking, "Right")
    screens.withdraw(asking, "Then not.")
