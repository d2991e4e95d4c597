"""Where ways out lead and in which order they stand, as somebody without scripts changes it."""

import re
from collections.abc import Iterator

import pytest

from app import drafts
from app.drafts import begin
from app.store.db import across_tenants
from designer.edits.insert import Insert
from tests.app.pages import send, words
from tests.make import Browser, Cast, browser, make_cast

HERE = "/definitions/spending/draft"
EDITS = (
    Insert("request:submitted", "approval"),
    Insert("approval:rejected", "end"),
    Insert("request:submitted", "notify"),
)


@pytest.fixture
def cast() -> Cast:
    """Ada has a draft in which a notification leads to an approval."""
    made = make_cast()
    with across_tenants() as db:
        begin.blank_flow(db, made.ada.principal, "Spending")
        drafts.edit(db, made.ada.principal, "spending", 0, *EDITS)
    return made


@pytest.fixture
def web(cast: Cast) -> Iterator[Browser]:
    with browser(cast.ada) as client:
        yield client


def rejected(cast: Cast) -> object:
    with across_tenants() as db:
        return drafts.get(db, cast.ada.principal, "spending").document["steps"]["approval"]["outcomes"]["rejected"]


def stage(page: str) -> str:
    return page[page.index('id="stage"') : page.index('id="panel"')]


def test_a_way_out_is_led_elsewhere_by_choosing_its_target(cast: Cast, web: Browser) -> None:
    assert 'href="?retarget=approval:rejected"' in web.get(f"{HERE}?step=approval").text
    aimed = stage(web.get(HERE, params={"retarget": "approval:rejected"}).text)
    assert "Where does Rejected of Approval lead?" in words(aimed)
    offered = set(re.findall(r'<button [^>]*name="target" value="([^"]+)"', aimed))
    assert offered == {"request", "notification", "approved"}, "neither the step itself nor where it leads already"
    answer = send(web, aimed, f"{HERE}/edits", ("target", "notification"))
    assert answer.headers["location"] == f"{HERE}?step=approval#s-approval"
    assert rejected(cast) == "notification"


def test_a_target_that_is_gone_meanwhile_is_refused_in_words(cast: Cast, web: Browser) -> None:
    aimed = stage(web.get(HERE, params={"retarget": "approval:rejected"}).text)
    before = rejected(cast)
    answer = send(web, aimed, f"{HERE}/edits", ("target", "notification"), target="gone")
    assert answer.status_code == 422 and rejected(cast) == before


def test_the_order_of_branches_is_changed_from_the_panel(cast: Cast, web: Browser) -> None:
    page = web.get(f"{HERE}?step=approval").text
    later = next(form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if "Later" in form)
    assert send(web, later, f"{HERE}/edits").status_code == 303
    with across_tenants() as db:
        document = drafts.get(db, cast.ada.principal, "spending").document
    assert list(document["steps"]["approval"]["outcomes"]) == ["rejected", "approved"]


@pytest.mark.parametrize("address", ["nobody:x", "approved:x", "request", ":", "request:no", "x" * 5000, '"><b>'])
def test_what_is_no_way_out_is_led_nowhere(web: Browser, address: str) -> None:
    page = web.get(HERE, params={"retarget": address})
    assert page.status_code == 200 and "stage--edit" in page.text and "stage--aim" not in page.text
