"""Where things are on the pages, in the words that stand on them. Only roles, labels and texts; no selectors."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.servers import wait_until

PURCHASE = "Purchase approval"
# Seconds for what another process does, on a machine that does other things as well.
PATIENCE = 90


def type_password(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()


def log_in(page: Page, email: str, password: str) -> None:
    type_password(page, email, password)
    expect(page.get_by_label("your menu")).to_be_visible()


def log_out(page: Page) -> None:
    page.get_by_label("your menu").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Password", exact=True)).to_be_visible()


def heading(page: Page, name: str) -> Locator:
    return page.get_by_role("heading", name=name, exact=True)


def status(page: Page, word: str) -> Locator:
    """The badge at the top of a request or of a task."""
    return page.get_by_role("main").get_by_text(word, exact=True).first


def go(page: Page, place: str) -> None:
    """By the menu: at the top on a desk, at the bottom on a phone."""
    page.get_by_role("link", name=place, exact=True).locator("visible=true").first.click()
    expect(page.get_by_role("heading", level=1, name=place, exact=True)).to_be_visible()


def fill_in(page: Page, item: str, amount: str, why: str = "") -> None:
    page.get_by_label("What do you need?").fill(item)
    page.get_by_label("Amount").fill(amount)
    if why:
        page.get_by_label("Why do you need it?").fill(why)


def ask(page: Page, item: str, amount: str, why: str = "") -> None:
    """A purchase, from My work to its own page."""
    go(page, "New request")
    page.get_by_role("link", name=PURCHASE).click()
    fill_in(page, item, amount, why)
    page.get_by_role("button", name="Send request").click()
    expect(heading(page, item)).to_be_visible()


def open_task(page: Page, item: str) -> None:
    """The one that waits; what was decided before stands below it."""
    page.goto("/tasks")
    page.get_by_role("link", name=item, exact=True).first.click()
    expect(heading(page, item)).to_be_visible()
    page.wait_for_load_state()


def open_request(page: Page, item: str) -> None:
    go(page, "My requests")
    page.get_by_role("link", name=item, exact=True).click()
    expect(heading(page, item)).to_be_visible()


def approve_button(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("^Approve"))


def approve(page: Page, comment: str = "") -> None:
    if comment:
        page.get_by_text("Add a comment").click()
        page.get_by_label("Comment").fill(comment)
    approve_button(page).click()
    expect(page.get_by_text("You approved this").first).to_be_visible()


def reject(page: Page, why: str) -> None:
    page.get_by_role("button", name="Reject", exact=True).click()
    asked = page.get_by_role("dialog")
    asked.get_by_label(re.compile("^Why")).fill(why)
    asked.get_by_role("button", name=re.compile("^Reject")).click()
    expect(page.get_by_text("You rejected this").first).to_be_visible()


def ask_for_changes(page: Page, what: str) -> None:
    page.get_by_role("button", name="Ask for changes", exact=True).click()
    asked = page.get_by_role("dialog")
    asked.get_by_label(re.compile("^What should")).fill(what)
    asked.get_by_role("button", name="Ask for changes").click()
    expect(page.get_by_text("You sent this back for changes").first).to_be_visible()


def withdraw(page: Page, why: str) -> None:
    page.get_by_role("button", name="Withdraw…").click()
    asked = page.get_by_role("dialog")
    asked.get_by_label(re.compile("^Why")).fill(why)
    asked.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_text("Withdrawn").first).to_be_visible()


def open_letter(page: Page, subject: str, mailbox: str = "/mail") -> None:
    """Mail is written after the decision that caused it, by another process."""
    letter = page.get_by_role("link", name=subject).first

    def there() -> bool:
        page.goto(mailbox)
        return letter.is_visible()

    wait_until(there, f"the mail “{subject}”", PATIENCE)
    letter.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(subject)


def link_of_letter(page: Page) -> Locator:
    """The one link of the text that opens the question."""
    return page.get_by_role("region", name="As plain text").get_by_role("link").first


def number_of(page: Page) -> str:
    found = re.search(r"PUR-\d+", page.get_by_role("main").inner_text())
    assert found
    return found[0]


def report(page: Page, number: str, kind: str) -> Path:
    """The downloaded file. kind: as the choice is called."""
    page.goto("/reports/new")
    page.get_by_label("One request").check()
    page.get_by_label("Request number").fill(number)
    page.get_by_label(kind, exact=True).check()
    page.get_by_role("button", name="Make the report").click()
    ready = page.get_by_role("link", name=f"Download {kind}")
    again = page.get_by_role("link", name="Look again")
    expect(ready.or_(page.get_by_text("In progress"))).to_be_visible()

    def done() -> bool:
        if again.is_visible():
            again.click()
        return ready.is_visible()

    wait_until(done, "the report", PATIENCE)
    return download(page, ready)


def download(page: Page, link: Locator) -> Path:
    with page.expect_download() as waiting:
        link.click()
    return Path(waiting.value.path())
