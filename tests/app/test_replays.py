"""Past requests run through a draft: those that would go another way are named, with where."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app import people
from app.drafts import begin, replays, trials
from app.drafts.replays import Replayed
from app.runtime.directories import seen
from app.store.db import across_tenants
from app.store.tables import drafts as draft_rows
from app.store.tables import effects, events, instances
from engine.json_text import dumps, loads
from tests.app.pages import words
from tests.app.requests import ask, decide, fire, instance, shipped
from tests.make import Browser, Cast, User, browser, make_cast, make_group, make_user

HERE = "/definitions/spending/draft"
PAST = f"{HERE}/try/past"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def dana(cast: Cast) -> User:
    with across_tenants() as db:
        dana = make_user(db, cast.ada.tenant_id, "Dana", "approver")
        make_group(db, cast.ada.tenant_id, "Directors", [dana])
        make_group(db, cast.ada.tenant_id, "Purchasing", [dana])
        make_group(db, cast.ada.tenant_id, "Board", [dana, make_user(db, cast.ada.tenant_id, "Fay", "approver")])
    return dana


@pytest.fixture
def published(dana: User) -> dict[str, Any]:
    return shipped("purchase-approval") | {"key": "spending"}


def drafted(cast: Cast, published: dict[str, Any], **approval: Any) -> None:
    """A draft of it, in which the approval is set otherwise."""
    made = deepcopy(published)
    made["steps"]["approval"] |= approval
    with across_tenants() as db:
        begin.from_version(db, cast.ada.principal, "spending")
        mine = draft_rows.c.tenant_id == cast.ada.tenant_id
        db.execute(update(draft_rows).where(mine).values(document=dumps(made).decode()))


def run(cast: Cast, who: User | None = None) -> list[Replayed]:
    """As Ada asks for it."""
    with across_tenants() as db:
        trial = trials.get(db, (who or cast.ada).principal, "spending")
        taken = replays.newest(db, (who or cast.ada).principal, trial.draft.definition)
        directory = seen(db, cast.ada.tenant_id)
    assert trial.definition
    return replays.replayed(trial.definition, directory, taken)


def test_a_draft_that_changes_nothing_goes_the_same_way(cast: Cast, published: dict[str, Any]) -> None:
    for amount in (100, 700):
        ask(cast.ada, published, item="Desk", amount=amount)
    decide(cast.cleo, ask(cast.ada, published, item="Chair", amount=900), "rejected", "No")
    drafted(cast, published)
    found = run(cast)
    assert len(found) == 3 and not [one for one in found if one.differences or one.lacks]


def test_a_level_that_asks_more_is_named(cast: Cast, published: dict[str, Any]) -> None:
    asked = ask(cast.ada, published, item="Desk", amount=900)
    decide(cast.cleo, asked, "approved")
    levels = deepcopy(published["steps"]["approval"]["levels"])
    levels[1]["when"] = "amount >= 800"
    drafted(cast, published, levels=levels)
    [one] = run(cast)
    assert list(one.differences) == [
        "“Director” at “Approval” would be asked, and was not.",
        "It would be at “Approval” now, and is at “Approved”.",
    ]


def test_time_passes_as_it_did(cast: Cast, published: dict[str, Any]) -> None:
    asked = ask(cast.ada, published, item="Desk", amount=900)
    while instance(asked).ended_at is None:
        fire(asked)
    drafted(cast, published)
    assert not [one for one in run(cast) if one.differences or one.lacks]
    drafted(cast, published, timeout={"after": "P30D", "then": "reject"})
    [one] = run(cast)
    assert list(one.differences) == ["It would be at “Approval” now, and is at “Rejected”."]


def test_a_form_that_asks_more_refuses_it(cast: Cast, published: dict[str, Any]) -> None:
    ask(cast.ada, published, item="Desk", amount=900)
    changed = deepcopy(published)
    changed["data"]["required"].append("cost_centre")
    drafted(cast, changed)
    [one] = run(cast)
    assert one.differences[0].startswith("It could not be sent:")


def test_what_only_the_people_changed_is_not_the_drafts_doing(
    cast: Cast, published: dict[str, Any], dana: User
) -> None:
    asked = ask(cast.ada, published, item="Desk", amount=6000)
    decide(cast.cleo, asked, "approved")
    decide(dana, asked, "approved")
    drafted(cast, published)
    with across_tenants() as db:
        people.deactivate(db, cast.cleo.principal, dana.id)
    assert not [one for one in run(cast) if one.differences]


def test_nothing_is_kept_and_nothing_is_sent(cast: Cast, published: dict[str, Any]) -> None:
    ask(cast.ada, published, item="Desk", amount=900)
    drafted(cast, published)
    before = _rows()
    with browser(cast.ada) as web:
        assert "The last 1 request: 1 the same, 0 differently" in words(web.get(PAST).text)
    assert _rows() == before


def _rows() -> list[int]:
    with across_tenants() as db:
        return [
            db.execute(select(func.count()).select_from(table)).scalar_one() for table in (events, effects, instances)
        ]


def test_only_what_one_may_see_is_run(cast: Cast, published: dict[str, Any]) -> None:
    with across_tenants() as db:
        other = make_user(db, cast.ada.tenant_id, "Nora", "designer")
    asked = ask(cast.ada, published, item="Desk", amount=900)
    drafted(cast, published)
    assert not run(cast, other)
    with browser(other) as web:
        assert web.get(PAST, params={"of": str(asked)}).status_code == 404
        assert "No requests that you may see" in words(web.get(PAST).text)
    with browser(cast.eve) as web:
        assert web.get(PAST, params={"of": str(asked)}).status_code == 404


def test_what_one_may_not_see_is_not_guessed_from_where_it_goes(cast: Cast, published: dict[str, Any]) -> None:
    with across_tenants() as db:
        other = make_user(db, cast.ada.tenant_id, "Nora", "designer", "admin")
    secret = deepcopy(published)
    secret["steps"]["request"]["form"]["uiSchema"]["amount"]["ui:sensitive"] = True
    ask(cast.ada, secret, item="Desk", amount=900)
    drafted(cast, secret)
    [one] = run(cast, other)
    assert one.lacks == "It holds values that you may not see." and not one.differences
    [one] = run(cast)
    assert not one.lacks


def test_what_is_too_long_is_left_out(cast: Cast, published: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    ask(cast.ada, published, item="Desk", amount=900)
    drafted(cast, published)
    monkeypatch.setattr(replays, "MOST_EVENTS", 1)
    assert run(cast)[0].lacks == "So much happened in it that it is not run again."


def test_there_is_an_end_to_it(cast: Cast, published: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    ask(cast.ada, published, item="Desk", amount=900)
    drafted(cast, published)
    monkeypatch.setattr(replays, "SECONDS", -1.0)
    assert run(cast)[0].lacks == "There was no time left for it."


def test_a_request_of_another_definition_is_not_run(cast: Cast, published: dict[str, Any]) -> None:
    ask(cast.ada, published, item="Desk", amount=900)
    other = ask(cast.ada, published | {"key": "travel", "prefix": "TRA"}, item="Desk", amount=900)
    drafted(cast, published)
    with browser(cast.ada) as web:
        for wrong in (str(other), "nothing", "0" * 36):
            assert web.get(PAST, params={"of": wrong}).status_code == 404


@pytest.fixture
def web(cast: Cast, published: dict[str, Any]) -> Iterator[Browser]:
    asked = ask(cast.ada, published, item="Desk", amount=900)
    decide(cast.cleo, asked, "approved")
    levels = deepcopy(published["steps"]["approval"]["levels"])
    drafted(cast, published, levels=[level | {"when": "amount >= 800"} for level in levels])
    with browser(cast.ada) as client:
        yield client


def test_the_page_says_how_many_and_where(web: Browser) -> None:
    start = web.get(f"{HERE}/try").text
    assert f'href="{PAST}"' in start and "run it through this draft" in words(start)
    shown = words(web.get(PAST).text)
    assert "The last 1 request: 0 the same, 1 differently" in shown and "would be asked, and was not." in shown


def test_a_draft_that_has_no_shape_runs_nothing(cast: Cast, web: Browser) -> None:
    with across_tenants() as db:
        mine = draft_rows.c.tenant_id == cast.ada.tenant_id
        [text] = db.execute(select(draft_rows.c.document).where(mine)).scalars()
        db.execute(update(draft_rows).where(mine).values(document=dumps(loads(text) | {"steps": 3}).decode()))
    assert "This flow cannot be tried yet" in words(web.get(PAST).text)
