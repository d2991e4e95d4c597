"""Branches of a draft that are closed into one card and opened again, as somebody without scripts does it."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from app import drafts
from app.drafts import begin
from app.store.db import across_tenants
from designer.edits.insert import Insert
from designer.edits.settings import Set
from tests.make import Browser, Cast, browser, make_cast

HERE = "/definitions/spending/draft"
# Below the approval one branch, of three notifications, when it is rejected; and one when it is approved.
EDITS = (
    Insert("request:submitted", "approval"),
    *(Insert("approval:rejected", "notify") for _ in range(3)),
    *(Insert("approval:approved", "notify") for _ in range(3)),
    Set("/steps/notification/message", ""),
)
REJECTED = {"notification", "notification-2", "notification-3"}


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    with across_tenants() as db:
        begin.blank_flow(db, made.ada.principal, "Spending")
        drafts.edit(db, made.ada.principal, "spending", 0, *EDITS)
    return made


@pytest.fixture
def web(cast: Cast) -> Iterator[Browser]:
    with browser(cast.ada) as client:
        yield client


def stage(page: str) -> str:
    return page[page.index('id="stage"') : page.index('id="panel"')]


def cards(page: str) -> set[str]:
    return set(re.findall(r'class="flow-card[^"]*" id="s-([^"]+)"', page))


def turn(web: Browser, page: str, card: str) -> str:
    """The page after following what closes that branch, or opens it."""
    (link,) = [each for each in re.findall(r"<a [^>]*>", stage(page)) if f'id="s-{card}"' in each]
    href = re.search(r'href="([^"]+)"', link)
    assert href
    answer = web.get(HERE + unescape(href[1]))
    assert answer.status_code == 303
    return web.get(answer.headers["location"]).text


def test_a_closed_branch_stays_closed_in_this_browser_and_nothing_can_be_put_into_its_card(
    cast: Cast, web: Browser
) -> None:
    whole = web.get(HERE).text
    shut = turn(web, whole, "approval:rejected")
    assert cards(whole) - cards(shut) == REJECTED and cards(shut) - cards(whole) == {"approval:rejected"}
    assert cards(web.get(HERE, params={"step": "request"}).text) == cards(shut)
    card = stage(shut)[stage(shut).index('class="flow-card is-closed"') :].partition("</li>")[0]
    assert "3 steps" in card and '1<span class="visually-hidden"> problem' in card, "those of its steps are counted"
    assert "?add=" not in card and "?step=" not in card
    assert cards(turn(web, shut, "approval:rejected")) == cards(whole)
    with browser(cast.ada) as other:
        assert cards(other.get(HERE).text) == cards(whole)


def test_the_branch_of_the_selected_step_is_open(web: Browser) -> None:
    shut = turn(web, web.get(HERE).text, "approval:rejected")
    for place in ({"step": "notification-2"}, {"add": "notification-2:sent"}, {"retarget": "notification-2:sent"}):
        assert not REJECTED - cards(web.get(HERE, params=place).text)
    assert not REJECTED & cards(web.get(HERE).text)
    within = stage(shut)[stage(shut).index("data-within") :]
    assert set(re.findall(r"\?step=([^\"]+)", within)) == REJECTED, "the search of the script finds them"


def test_closing_the_branch_of_the_selected_step_selects_the_flow(web: Browser) -> None:
    at = {"view": "outline", "step": "notification-2"}
    answer = web.get(HERE, params={**at, "fold": "approval:rejected"})
    assert answer.headers["location"] == f"{HERE}?view=outline#s-approval%3Arejected"
    kept = web.get(HERE, params={"step": "request", "fold": "approval:approved"})
    assert kept.headers["location"] == f"{HERE}?step=request#s-approval%3Aapproved"


def test_with_scripts_the_place_is_that_of_the_page_and_not_of_an_old_link(web: Browser) -> None:
    asks = {"HX-Request": "true", "HX-Target": "stage", "HX-Current-URL": f"http://x{HERE}?step=notification-5"}
    answer = web.get(HERE, params={"step": "notification-2", "fold": "approval:rejected"}, headers=asks)
    assert answer.headers["location"].startswith(f"{HERE}?step=notification-5#")
    part = web.get(answer.headers["location"], headers={**asks, "HX-Trigger": "s-approval:rejected"})
    assert part.text.startswith('<div id="stage"') and not REJECTED & cards(part.text)
    assert "hx-trigger-after-settle" not in part.headers, "the focus stays on what was pressed"


def test_a_large_flow_comes_with_its_branches_closed(cast: Cast, web: Browser) -> None:
    with across_tenants() as db:
        here = drafts.get(db, cast.ada.principal, "spending")
        many = [Insert("approval:approved", "notify") for _ in range(60)]
        drafts.edit(db, cast.ada.principal, "spending", here.revision, *many)
    page = web.get(HERE).text
    assert cards(page) == {"request", "approval", "approval:approved", "approval:rejected"}
    opened = turn(web, page, "approval:approved")
    assert len(cards(opened)) == 66 and "approval:rejected" in cards(opened)
    assert cards(web.get(HERE).text) == cards(opened)


@pytest.mark.parametrize("address", ["nobody:x", "request:submitted", ":", "x" * 5000, '"><b>', "approval:rejected:x"])
def test_what_is_no_branch_is_not_closed(web: Browser, address: str) -> None:
    answer = web.get(HERE, params={"fold": address})
    assert answer.status_code == 303 and "set-cookie" not in answer.headers
    web.cookies.set("folds", f"fold={address}&x=&&=;" + "fold=a:b&" * 60, path=HERE)
    assert len(cards(web.get(HERE).text)) == 8
