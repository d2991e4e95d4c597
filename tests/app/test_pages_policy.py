"""One flow seen in three ways: as a drawing, as an outline and as a policy, published or as a draft."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import update

from app import definitions
from app.drafts import begin
from app.pages import policy_file
from app.store.db import across_tenants
from app.store.tables import groups
from tests.app.pages import words
from tests.app.requests import shipped
from tests.make import Browser, Cast, browser, make_cast, make_group

HERE = "/definitions/purchase-approval"
DRAFT = f"{HERE}/draft"
BOARD = "Executive board (2 of them), when Amount is at least 10,000 EUR"

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    with across_tenants() as db:
        for name in ("Directors", "Board", "Purchasing"):
            make_group(db, made.ada.tenant_id, name, (made.ben, made.cleo))
        named = update(groups).where(groups.c.tenant_id == made.ada.tenant_id, groups.c.key == "board")
        db.execute(named.values(name="Executive board"))
        definitions.publish(db, made.ada.principal, shipped("purchase-approval"), "First")
        begin.from_version(db, made.ada.principal, "purchase-approval")
    return made


@pytest.fixture
def web(cast: Cast) -> Iterator[Browser]:
    with browser(cast.ada) as client:
        yield client


def test_a_version_reads_as_a_policy_with_the_names_of_the_tenant(web: Browser) -> None:
    text = web.get(f"{HERE}?view=policy").text
    assert f"Board: {BOARD}" in words(text)
    assert "If it is approved, it goes on with step 4 (Tell purchasing)." in words(text)
    assert 'href="#step-tell"' in text and 'id="step-tell"' in text
    assert "Version 1, in force since" in words(text)


def test_an_unknown_view_is_the_drawing(web: Browser) -> None:
    assert "stage--outline" not in web.get(f"{HERE}?view=moon").text
    assert "stage--outline" in web.get(f"{HERE}?view=outline").text
    assert "stage--outline" in web.get(f"{DRAFT}?view=outline").text


def test_each_sentence_of_a_draft_leads_to_the_panel_of_its_step(web: Browser) -> None:
    text = web.get(f"{DRAFT}?view=policy").text
    assert 'href="?view=policy&amp;step=approval"' in text or 'href="?view=policy&step=approval"' in text
    page = web.get(f"{DRAFT}?view=policy&step=approval").text
    assert 'id="panel-title"' in page and "policy__section is-selected" in page


def test_what_is_changed_beside_the_policy_is_read_in_it_at_once(web: Browser) -> None:
    there = {"hx-request": "true", "hx-target": "stage", "hx-current-url": f"http://x{DRAFT}?view=policy&step=tell"}
    edit = {"edit": "rename", "step": "tell", "name": "Order it", "revision": "0"}
    made = web.post(f"{DRAFT}/edits", data=edit, headers=there)
    assert made.status_code == 200
    assert "it goes on with step 4 (Order it)." in words(made.text)
    assert 'class="stage' not in made.text


def test_a_policy_is_filed_as_a_pdf_with_its_sentences(web: Browser) -> None:
    assert f'href="{HERE}/versions/1/policy.pdf"' in web.get(f"{HERE}?view=policy").text
    made = web.get(f"{HERE}/versions/1/policy.pdf")
    assert (made.status_code, made.headers["content-type"]) == (200, "application/pdf")
    assert 'filename="purchase-approval-v1-policy.pdf"' in made.headers["content-disposition"]
    reader = PdfReader(BytesIO(made.content))
    read = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert "Purchase approval" in read and "Version 1" in read
    assert f"Board: {BOARD}" in read
    assert "If it is approved, it goes on with step 4 (Tell purchasing)." in read
    assert "Nobody decides on their own request." in read


def test_a_policy_is_filed_by_those_who_may_read_it(cast: Cast, web: Browser) -> None:
    assert web.get(f"{HERE}/versions/7/policy.pdf").status_code == 404
    with browser(cast.eve) as other:
        assert other.get(f"{HERE}/versions/1/policy.pdf").status_code == 404


def test_a_policy_that_is_too_long_for_a_pdf_is_refused_in_words(web: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_file, "MAX_PAGES", 0)
    made = web.get(f"{HERE}/versions/1/policy.pdf")
    assert made.status_code == 413
    assert "Open the policy on its page and print it there." in words(made.text)
