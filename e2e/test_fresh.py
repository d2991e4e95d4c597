"""A company of its own on a fresh installation: from the README's command to a decided request, by clicks alone."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e import screens
from e2e.chaos.stage import ROOT
from e2e.people import DESK, PHONE
from e2e.product import Run, running

README = (Path(ROOT) / "README.md").read_text()
COMMAND = re.compile(r'^ +python (-m app tenant "[^"]+" "([^"]+)" (\S+))', re.MULTILINE)


@pytest.fixture(scope="module")
def fresh() -> Iterator[Run]:
    with running(DEMO="no") as run:
        yield run


def found(run: Run) -> tuple[str, str]:
    """Runs the README's command; the first administrator's address and password."""
    command = COMMAND.search(README)
    assert command
    done = subprocess.run(
        f'"{ROOT}/.venv/bin/python" {command[1]}',
        shell=True,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "DATA_DIR": str(run.data_dir)},
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )
    password = re.search(rf"{re.escape(command[3])} logs in with (\S+)", done.stdout)
    assert password, done.stdout + done.stderr
    return command[3], password[1]


def visit(browser: Browser, run: Run, *, phone: bool = False) -> Page:
    context = browser.new_context(base_url=run.base, viewport=PHONE if phone else DESK)
    context.set_default_timeout(15_000)
    return context.new_page()


def test_from_nothing_to_the_first_decided_request(fresh: Run, browser: Browser) -> None:
    email, password = found(fresh)
    ada = visit(browser, fresh)
    ada.goto("/login")
    expect(ada.get_by_text("Try it as one of these people")).to_have_count(0)
    screens.log_in(ada, email, password)

    ada.get_by_role("link", name="Definitions").click()
    ada.get_by_role("link", name="Start from a template").first.click()
    ada.get_by_role("link", name="Simple approval").click()
    ada.get_by_role("button", name="Publish").click()
    ada.wait_for_url("**/definitions/simple-approval*")

    ada.get_by_role("link", name="People").click()
    ada.get_by_role("link", name="Add a person").click()
    ada.get_by_label("Name", exact=True).fill("Ben Okonkwo-Featherstonehaugh")
    ada.get_by_label("E-mail address").fill("ben@example.com")
    ada.get_by_label("approver", exact=False).check()
    ada.get_by_role("button", name="Add and invite").click()
    link = ada.get_by_text(re.compile(r"/welcome/")).inner_text()

    ben = visit(browser, fresh, phone=True)
    ben.goto(link)
    ben.get_by_label("Your password").fill("a river of stones")
    ben.get_by_role("button", name="Save and log in").click()
    expect(screens.heading(ben, "My work")).to_be_visible()

    ada.get_by_role("link", name="New request").first.click()
    ada.get_by_role("link", name="Simple approval").click()
    ada.get_by_label("What do you ask for?").fill("A day without meetings")
    ada.get_by_role("button", name=re.compile("Send")).click()
    expect(screens.heading(ada, "A day without meetings")).to_be_visible()

    ben.reload()
    ben.get_by_role("link", name="A day without meetings").click()
    screens.approve(ben)
    ada.reload()
    expect(ada.get_by_text("Approved", exact=True).first).to_be_visible()
    assert fresh.tenants() == ["our-company"]
