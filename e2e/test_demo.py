"""What the demo may do that nothing else may, and that a second tenant ends it."""

import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from typing import Any

import psycopg
from playwright.sync_api import expect

from e2e import screens
from e2e.chaos.stage import ROOT
from e2e.people import People
from e2e.product import Run, running

TRY = "Try it as one of these people"


def page_of(run: Run, path: str, method: str = "GET") -> tuple[int, str]:
    with closing(HTTPConnection("127.0.0.1", run.port, timeout=30)) as connection:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def decided(run: Run, title: str) -> Any:
    with psycopg.connect(run.demo["database_url"]) as db:
        found = "SELECT e.source, e.actor_name FROM events e JOIN instances i ON i.id = e.instance_id"
        return db.execute(f"{found} WHERE e.type = 'TaskDecided' AND i.title LIKE %s", [f"%{title}%"]).fetchone()


def test_a_decision_through_somebody_elses_mail_says_that_it_was_for_the_demo(people: People) -> None:
    screens.ask(people.page("leo"), "Label printer", "760")
    alex = people.page("alex")
    screens.open_letter(alex, "Label printer", "/mail?person=bob")
    expect(alex.get_by_text("This is a demo, so you can read Bob Fischer’s mail")).to_be_visible()
    alex.get_by_role("link", name=f"{people.product.base}/d/").first.click()
    expect(alex.get_by_text("This is a demo: you answer as Bob Fischer")).to_be_visible()
    alex.get_by_role("button", name="Approve").click()
    expect(alex.get_by_text("You approved this")).to_be_visible()
    assert decided(people.product, "Label printer") == ("demo", "Bob Fischer")


def test_a_second_tenant_ends_what_only_the_demo_may() -> None:
    with running() as run:
        assert TRY in page_of(run, "/login")[1]
        made = [sys.executable, "-m", "app", "tenant", "Second", "Eve Second", "eve@second.example"]
        environ = {"DATA_DIR": str(run.data_dir), "PATH": "/usr/bin:/bin"}
        subprocess.run(made, cwd=ROOT, env=environ, check=True, capture_output=True, timeout=180)
        status, page = page_of(run, "/login")
        assert (status, TRY in page, run.demo["users"][0]["password"] in page) == (200, False, False)
        assert page_of(run, "/demo/erp/suppliers", "POST")[0] == 404


def test_it_listens_on_this_machine_alone() -> None:
    environ = {"DEMO": "yes", "HOST": "0.0.0.0", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-m", "app", "run"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.returncode
    assert "DEMO shows its password to everybody" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
