"""The main job by clicking: a purchase is requested, routed by its amount, decided by five people, and proven."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright
from pypdf import PdfReader

from e2e.chaos.stage import Stage

CHROMIUM = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1440, height=900)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as made:
        yield made


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser
        browser.close()


class People:
    """A browser for each person, logged in by typing."""

    def __init__(self, stage: Stage, browser: Browser) -> None:
        self.stage, self.browser = stage, browser
        self.by_handle = {user["email"].split("@")[0]: user for user in stage.demo["users"]}

    @contextmanager
    def logged_in(self, handle: str, *, phone: bool = False, script: bool = True) -> Iterator[Page]:
        context = self.browser.new_context(
            base_url=self.stage.base, viewport=PHONE if phone else DESK, java_script_enabled=script
        )
        page = context.new_page()
        page.goto("/login")
        page.get_by_label("E-mail").fill(self.by_handle[handle]["email"])
        page.get_by_label("Password", exact=True).fill(self.by_handle[handle]["password"])
        page.locator("main button[type=submit]").first.click()
        expect(page.get_by_role("heading", name="My work")).to_be_visible()
        yield page
        context.close()

    def decide(self, handle: str, item: str, *, phone: bool = False, script: bool = True) -> None:
        with self.logged_in(handle, phone=phone, script=script) as page:
            page.get_by_role("link", name=item).first.click()
            page.get_by_role("button", name=re.compile("^Approve")).click()
            expect(page.get_by_role("heading", name=item)).to_be_visible()


@pytest.fixture(scope="module")
def people(stage: Stage, chromium: Browser) -> People:
    return People(stage, chromium)


def ask(page: Page, item: str, amount: str) -> None:
    page.goto("/instances/new")
    page.get_by_role("link", name="Purchase approval").first.click()
    page.get_by_label("What do you need?").fill(item)
    page.get_by_label("Amount").fill(amount)
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_role("heading", name=item)).to_be_visible()


def test_a_purchase_from_the_wish_to_the_proof(people: People, tmp_path: Path) -> None:
    item = "Server rack"
    with people.logged_in("ann") as page:
        ask(page, item, "12000")
        expect(page.get_by_text("Bob Fischer").first).to_be_visible()
    people.decide("bob", item)
    people.decide("dana", item, phone=True)
    people.decide("frank", item, script=False)
    people.decide("grace", item, phone=True, script=False)
    with people.logged_in("ann") as page:
        page.goto("/instances")
        page.get_by_role("link", name=item).first.click()
        expect(page.get_by_text("Approved").first).to_be_visible()
        address = page.url.split("?")[0]
    with people.logged_in("olga") as page:
        page.goto("/reports/new")
        number = _number(page, address)
        pdf = tmp_path / "report.pdf"
        pdf.write_bytes(_report(page, number))
        _prove(pdf, item)
        _prove_csv(page, item)


def _number(page: Page, address: str) -> str:
    page.goto(address)
    found = re.search(r"PUR-\d+", page.locator("main").inner_text())
    assert found
    return found[0]


def _report(page: Page, number: str) -> bytes:
    page.goto("/reports/new")
    page.get_by_label("One request").check()
    page.get_by_label("Its number").fill(number)
    page.locator("main form button[type=submit]").first.click()
    link = page.get_by_role("link", name=re.compile("Download"))
    expect(link.first).to_be_visible(timeout=30_000)
    with page.expect_download() as waiting:
        link.first.click()
    return Path(waiting.value.path()).read_bytes()


def _prove(pdf: Path, item: str) -> None:
    read = PdfReader(pdf)
    told = " ".join(page.extract_text() for page in read.pages)
    for words in (item, "12,000", "Ann Meyer", "Bob Fischer", "Dana Okafor", "Frank Weber", "Grace Kim"):
        assert words in told, words
    assert read.attachments


def _prove_csv(page: Page, item: str) -> None:
    answer = page.request.get("/audit/events.csv")
    assert answer.ok
    rows = list(csv.DictReader(io.StringIO(answer.body().decode("utf-8-sig"))))
    decided = [row for row in rows if "TaskDecided" in row.values()]
    assert len(decided) >= 4
    assert any(item in value for row in rows for value in row.values())


def test_five_hundred_needs_nobody_and_what_is_wrong_stands_beside_its_field(people: People) -> None:
    with people.logged_in("ann", phone=True) as page:
        ask(page, "Cables", "500")
        expect(page.get_by_text("Approved").first).to_be_visible()
        page.goto("/instances/new/purchase-approval")
        page.get_by_label("Amount").fill("-3")
        page.get_by_label("What do you need?").fill("Nothing")
        page.locator("main form").last.evaluate("form => form.noValidate = true")
        page.locator("main form button[type=submit]").last.click()
        expect(page.get_by_text("More than 0").first).to_be_visible()
        expect(page.get_by_label("What do you need?")).to_have_value("Nothing")


def test_the_second_of_two_hears_who_was_quicker(people: People) -> None:
    item = "Two minds"
    with people.logged_in("ann") as page:
        ask(page, item, "6000")
    people.decide("bob", item)
    with people.logged_in("dana") as one, people.logged_in("david") as other:
        for page in (one, other):
            page.get_by_role("link", name=item).first.click()
            expect(page.get_by_role("button", name=re.compile("^Approve"))).to_be_visible()
        one.get_by_role("button", name=re.compile("^Approve")).click()
        expect(one.get_by_text("Approved").first).to_be_visible()
        other.get_by_role("button", name=re.compile("^Approve")).click()
        expect(other.get_by_text(re.compile("Dana Okafor already approved this")).first).to_be_visible()


PAGES = {
    "bob": ["/tasks", "/instances", "/instances/new", "/instances/new/leave-request", "/people"],
    "olga": ["/audit", "/reports", "/reports/new", "/definitions", "/definitions/new-supplier"],
    "alex": ["/effects", "/mail", "/keys", "/keys/new", "/groups", "/people/new", "/definitions/import"],
}


@pytest.mark.parametrize("handle", PAGES)
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_axe_finds_nothing_and_nothing_leaves_the_house(people: People, handle: str, phone: bool) -> None:
    with people.logged_in(handle, phone=phone) as page:
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("request", lambda sent: None if sent.url.startswith(people.stage.base) else wrong.append(sent.url))
        addresses = [*PAGES[handle]]
        if handle == "bob":
            page.goto("/tasks")
            href = page.locator("a[href^='/tasks/']").first.get_attribute("href")
            assert href
            addresses.append(href)
        for address in addresses:
            answer = page.goto(address)
            assert answer
            assert answer.status == 200, address
            found = Axe().run(page)
            assert found.violations_count == 0, (address, found.generate_report())
            width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert width <= 0, address
        kept = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
        assert set(kept) <= {"htmx-current-path-for-history"}, "a page keeps its own address and nothing else"
        assert wrong == []


def test_every_answer_has_its_policy(people: People) -> None:
    with people.logged_in("ann") as page:
        for address in ("/tasks", "/static/app.css", "/nowhere", "/api/nowhere", "/login"):
            headers = page.request.get(address).headers
            assert "script-src 'self'" in headers["content-security-policy"], address
            assert headers["x-content-type-options"] == "nosniff", address
