"""Several people at one draft: who else is here, what they did, and that nobody's work takes the place of another's."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app import drafts, people
from app.drafts import begin, presence
from app.runtime import wake
from app.store.db import across_tenants
from app.store.tables import sessions
from designer.edits.settings import Configure
from tests.app.pages import send, statements, words
from tests.app.test_pages_designer import HERE, document, edit, insert, send_to
from tests.make import Browser, Cast, User, browser, make_cast, make_user

OTHERS = f"{HERE}/others"
SETTINGS = f"{HERE}/settings?step=approval"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def dana(cast: Cast) -> User:
    with across_tenants() as db:
        return make_user(db, cast.ada.tenant_id, "Dana", "designer")


@pytest.fixture
def web(cast: Cast, dana: User) -> Iterator[Browser]:
    """Ada at a new flow of hers, with an approval."""
    with across_tenants() as db:
        begin.blank_flow(db, cast.ada.principal, "Spending")
    with browser(cast.ada) as client:
        insert(client, "request:submitted", "approval")
        yield client


@pytest.fixture
def other(dana: User, web: Browser) -> Iterator[Browser]:
    with browser(dana) as client:
        yield client


def test_two_people_at_one_draft_see_each_other(cast: Cast, web: Browser, other: Browser) -> None:
    assert "is here" not in words(web.get(OTHERS).text)
    other.get(HERE)
    assert words(web.get(OTHERS).text) == "D Dana is here, too"
    assert f"{cast.ada.name} is here, too, and changed Approval" in words(other.get(HERE).text)


def test_whoever_is_gone_is_not_here_any_more(cast: Cast, web: Browser, other: Browser, dana: User) -> None:
    other.get(OTHERS)
    place = f"{wake.NAMESPACE}:present:{cast.ada.tenant_id}:spending"
    wake.redis().zincrby(place, -presence.SECONDS - 1, str(dana.id))
    assert "Dana" not in words(web.get(OTHERS).text)
    assert 0 < wake.redis().ttl(place) <= presence.SECONDS


def test_whoever_was_deactivated_is_not_named(cast: Cast, web: Browser, other: Browser, dana: User) -> None:
    other.get(OTHERS)
    with across_tenants() as db:
        people.deactivate(db, cast.cleo.principal, dana.id)
    assert "Dana" not in words(web.get(OTHERS).text)
    assert other.get(OTHERS, headers={"accept": "application/json"}).status_code == 401


def test_a_crowd_is_counted_and_not_listed(cast: Cast) -> None:
    with across_tenants() as db:
        begin.blank_flow(db, cast.ada.principal, "Spending")
        crowd = [make_user(db, cast.ada.tenant_id, f"Person {number}", "designer") for number in range(6)]
    for one in crowd:
        presence.beat(one.principal, "spending")
    with browser(cast.ada) as web:
        shown = words(web.get(OTHERS).text)
    assert shown.count("is here, too") == presence.MOST_NAMED and "and 3 other people" in shown


def test_another_tenant_is_neither_told_nor_seen(cast: Cast, web: Browser) -> None:
    presence.beat(cast.eve.principal, "spending")
    assert cast.eve.name not in words(web.get(OTHERS).text)
    with browser(cast.eve) as stranger:
        assert stranger.get(OTHERS).status_code == 404
        assert stranger.get(f"{HERE}/news?since=0").status_code == 404


def test_asking_who_is_here_writes_nothing_and_keeps_no_session_alive(cast: Cast, web: Browser) -> None:
    own = sessions.c.user_id == cast.ada.id
    with across_tenants() as db:
        db.execute(update(sessions).where(own).values(seen_at=func.now() - timedelta(minutes=9)))
    with statements() as said:
        assert web.get(OTHERS).status_code == 200
        assert web.get(f"{HERE}/news?since=0").status_code == 200
    assert not [one for one in said if one.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]
    with across_tenants() as db:
        [idle] = db.execute(select(func.now() - sessions.c.seen_at).where(own)).scalars()
    assert idle > timedelta(minutes=8)


def test_the_page_is_told_what_the_other_did_and_gets_the_drawing(web: Browser, other: Browser) -> None:
    edit(other, f"{HERE}?step=approval", "rename", name="Boss")
    assert 'data-revision="2"' in web.get(OTHERS).text
    answer = web.get(f"{HERE}/news?since=1&step=approval", headers={"hx-request": "true", "hx-target": "stage"})
    assert answer.text.lstrip().startswith('<div id="stage"') and "Boss" in answer.text
    assert "Dana: Approval is now called Boss." in words(answer.text)
    assert "hx-trigger-after-settle" not in answer.headers


def test_whoever_picks_a_target_goes_on_picking_when_the_other_changes_something(web: Browser, other: Browser) -> None:
    edit(other, f"{HERE}?step=approval", "rename", name="Boss")
    place = {"since": "1", "step": "approval", "retarget": "approval:rejected"}
    answer = web.get(f"{HERE}/news", params=place, headers={"hx-request": "true", "hx-target": "stage"})
    assert "Where does Rejected of Boss lead?" in words(answer.text)


@pytest.mark.parametrize("since", ["", "x", "-1", "99999", "999999999999999999"])
def test_any_revision_may_be_asked_for(web: Browser, since: str) -> None:
    assert web.get(f"{HERE}/news", params={"since": since}).status_code == 200


def test_settings_of_one_step_by_two_people_are_told_and_only_ones_own_are_sent_again(
    cast: Cast, web: Browser, dana: User
) -> None:
    page = web.get(f"{HERE}?step=approval").text
    with across_tenants() as db:
        drafts.edit(db, dana.principal, "spending", 1, Configure({"comment": "required"}, "approval"))
    answer = send(web, page, SETTINGS, ("_do", "submit"), **{"/description": "Mine"})
    assert answer.status_code == 409
    assert "Mine" in answer.text and "Dana: Approval changed." in words(answer.text)
    assert document(cast.ada)["steps"]["approval"]["comment"] == "required"
    send_to(web, answer.text, f"{HERE}/edits", ("edit", _again(answer.text)))
    step = document(cast.ada)["steps"]["approval"]
    assert (step["description"], step["comment"]) == ("Mine", "required")


def _again(page: str) -> str:
    start = page.rindex('name="edit" value="', 0, page.index("Do mine all the same")) + len('name="edit" value="')
    return page[start : page.index('"', start)]
