"""Versions of a definition: their list, the difference of any two, an old one as a draft; read without scripts."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from app import definitions, drafts
from app.drafts import begin
from app.store.db import across_tenants
from designer.edits import read_edit
from tests.app.pages import send, words
from tests.app.requests import shipped
from tests.make import Browser, Cast, browser, make_cast

HERE = "/definitions/purchase-approval"
LEVELS = [{"id": "manager", "name": "Manager", "when": "amount > 500", "who": [{"manager": 1}]}]
FIRST = shipped("purchase-approval", approval={"levels": LEVELS}, tell={"who": [{"requester": True}]})


def second() -> dict[str, Any]:
    """A higher limit, no message, and another name."""
    made = copy.deepcopy(FIRST)
    made["steps"]["approval"]["levels"][0]["when"] = "amount > 900"
    made["steps"]["approval"]["outcomes"]["approved"] = "approved"
    del made["steps"]["tell"]
    made["steps"]["amount"]["name"] = "Is it much?"
    return made


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def web(cast: Cast) -> Iterator[Browser]:
    """Ada, with two versions published."""
    with across_tenants() as db:
        definitions.publish(db, cast.ada.principal, FIRST, "First")
        definitions.publish(db, cast.ada.principal, second(), "Less work")
    with browser(cast.ada) as client:
        yield client


def test_two_versions_are_compared_in_words_and_in_one_drawing(web: Browser) -> None:
    page = web.get(f"{HERE}/diff", params={"from": "1", "to": "2"}).text
    shown = words(page)
    assert "1 removed" in shown and "2 changed" in shown and "1 leads elsewhere" in shown
    assert "When amount is above 500" in shown and "When amount is above 900" in shown
    assert "Does it need a signature?" in shown and "Is it much?" in shown
    assert 'class="flow-card is-removed' in page and 'id="s-tell"' in page


def test_the_sentences_of_two_versions_stand_side_by_side(web: Browser) -> None:
    page = web.get(f"{HERE}/diff", params={"from": "1", "to": "2", "view": "policy"}).text
    pairs = [words(pair) for pair in page.split('<li class="beside__pair ')[1:]]
    level = next(pair for pair in pairs if "above 900" in pair)
    assert "Version 1: " in level and "above 500" in level and "Changed" in level
    gone = next(pair for pair in pairs if "Tell purchasing (" in pair)
    assert "Version 1: " in gone and "Version 2" not in gone
    assert "Unchanged" in words(page) and "Removed" in words(page)
    same = web.get(f"{HERE}/diff", params={"from": "2", "to": "2", "view": "policy"}).text
    assert "Every sentence is the same in both." in words(same) and "<del>" not in same


def test_what_comes_first_may_be_the_newer_one(web: Browser) -> None:
    shown = words(web.get(f"{HERE}/diff", params={"from": "2", "to": "1"}).text)
    assert "1 added" in shown and "removed" not in shown.split("In the flow")[0].split("Compare")[1]


def test_a_draft_is_compared_with_the_newest_version_where_nothing_else_is_said(cast: Cast, web: Browser) -> None:
    with across_tenants() as db:
        made = begin.from_version(db, cast.ada.principal, "purchase-approval").draft
        wanted = read_edit({"edit": "rename", "step": "approval", "name": "Signature"})
        drafts.edit(db, cast.ada.principal, "purchase-approval", made.revision, wanted)
    shown = words(web.get(f"{HERE}/diff").text)
    assert "From version 2 to the draft" in shown and "Signature" in shown and "1 changed" in shown


def test_the_same_twice_is_no_difference(web: Browser) -> None:
    assert "Both say exactly the same" in words(web.get(f"{HERE}/diff", params={"from": "2", "to": "2"}).text)


@pytest.mark.parametrize("name", ["7", "0", "x", "-1", "1" * 40, "draft"])
def test_what_is_not_there_cannot_be_compared(web: Browser, name: str) -> None:
    assert web.get(f"{HERE}/diff", params={"from": name, "to": "1"}).status_code == 404


def test_who_may_not_publish_sees_no_draft(cast: Cast, web: Browser) -> None:
    with across_tenants() as db:
        begin.from_version(db, cast.ada.principal, "purchase-approval")
    with browser(cast.dov) as auditor:
        assert "From version 1 to version 2" in words(auditor.get(f"{HERE}/diff").text)
        assert auditor.get(f"{HERE}/diff", params={"from": "1", "to": "draft"}).status_code == 403


def test_the_list_of_versions_says_who_when_and_why(web: Browser) -> None:
    page = web.get(f"{HERE}/history").text
    shown = words(page)
    assert "Version 2" in shown and "Less work" in shown and "by Ada" in shown
    assert f"{HERE}/versions/1/document.json" in page
    assert f"{HERE}/diff?from=1&amp;to=2" in page


def test_an_old_version_is_made_the_draft_from_the_list(cast: Cast, web: Browser) -> None:
    page = web.get(f"{HERE}/history").text
    first = page[page.rindex("<form", 0, page.index('name="version" value="1"')) :]
    send(web, first[: first.index("</form>") + 7], f"{HERE}/draft", None)
    with across_tenants() as db:
        assert "tell" in drafts.get(db, cast.ada.principal, "purchase-approval").document["steps"]


def test_publishing_shows_what_changes_and_who_stays_behind(cast: Cast, web: Browser) -> None:
    with across_tenants() as db:
        begin.from_version(db, cast.ada.principal, "purchase-approval", 1)
    shown = words(web.get(f"{HERE}/draft/publish").text)
    assert "1 added" in shown and "When amount is above 900" in shown


def test_a_program_reads_the_difference(cast: Cast, web: Browser) -> None:
    answer = web.get("/api/v1/definitions/purchase-approval/diff", params={"from": "1", "to": "2"})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["from"], told["to"]) == ("1", "2")
    assert told["counts"] == {"added": 0, "removed": 1, "changed": 2, "redirected": 1}
    level = next(one for one in told["changes"] if one["step"] == "approval" and one["kind"] == "changed")
    assert level["settings"][0]["pointer"] == "/steps/approval/levels/0"
