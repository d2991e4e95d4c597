"""Templates are published by clicks: with the groups they ask, by those who may, and they work at once."""

import re
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert, select

from app import runtime
from app.store.db import across_tenants
from app.store.ids import uuid7
from app.store.tables import definitions, files, groups, versions
from designer.gallery import groups_asked, template, templates
from designer.trial.cases import cases, play
from engine.definition import Definition
from tests.app.pages import words
from tests.app.requests import ask, instance
from tests.make import Cast, User, browser, make_cast, make_tenant, make_user

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def founder() -> User:
    with across_tenants() as db:
        return make_user(db, make_tenant(db, "Fresh"), "Ada Lund", "admin", "designer", "requester")


def published(user: User) -> set[str]:
    with across_tenants() as db:
        return set(db.execute(select(definitions.c.key).where(definitions.c.tenant_id == user.tenant_id)).scalars())


def keys_of_groups(user: User) -> set[str]:
    with across_tenants() as db:
        return set(db.execute(select(groups.c.key).where(groups.c.tenant_id == user.tenant_id)).scalars())


def uploaded(user: User, data: dict[str, Any]) -> dict[str, Any]:
    """The data with files that are there in place of those it names."""
    return {name: _file(user, value) if isinstance(value, dict) else value for name, value in data.items()}


def _file(user: User, named: dict[str, Any]) -> dict[str, Any]:
    made = uuid7()
    row = {"id": made, "tenant_id": user.tenant_id, "uploaded_by": user.id, "name": named["name"], "content": b""}
    row |= {"media_type": "application/pdf", "size": named["size"], "sha256": b""}
    with across_tenants() as db:
        db.execute(insert(files).values(row))
    return {**named, "file": str(made)}


def test_a_fresh_tenant_is_led_to_a_template_and_publishes_it(founder: User) -> None:
    with browser(founder) as web:
        assert 'href="/definitions/templates"' in web.get("/definitions").text
        assert 'href="/definitions/templates/simple-approval"' in web.get("/definitions/templates").text
        assert web.get("/definitions/templates/simple-approval").status_code == 200
        done = web.post("/definitions/templates/simple-approval")
        assert (done.status_code, done.headers["location"]) == (303, "/definitions/simple-approval")
        assert 'href="/instances/new/simple-approval"' in web.get("/instances/new").text
    with across_tenants() as db:
        kept = db.execute(
            select(versions.c.document, versions.c.published_by)
            .join(definitions, definitions.c.id == versions.c.definition_id)
            .where(definitions.c.tenant_id == founder.tenant_id)
        ).one()
    assert (kept.document, kept.published_by) == (template("simple-approval"), founder.id)


def test_the_groups_it_asks_are_made_with_it(founder: User) -> None:
    with across_tenants() as db:
        team = [make_user(db, founder.tenant_id, f"Member {number}", "requester", "approver") for number in range(3)]
    document = template("purchase-approval")
    assert document
    asked = groups_asked(document)
    assert asked == ["directors", "board", "purchasing"]
    chosen = {f"group-{key}": [str(member.id) for member in team] for key in asked}
    with browser(founder) as web:
        missing = web.post("/definitions/templates/purchase-approval", data={**chosen, "group-board": []})
        assert missing.status_code == 422
        assert "Say who belongs to Board" in words(missing.text)
        assert (published(founder), keys_of_groups(founder)) == (set(), set())
        assert web.post("/definitions/templates/purchase-approval", data=chosen).status_code == 303
        assert "Everybody it asks is here" in words(web.get("/definitions/templates/purchase-approval").text)
    assert (published(founder), keys_of_groups(founder)) == ({"purchase-approval"}, set(asked))


@pytest.mark.parametrize("key", list(templates()))
def test_each_template_is_published_with_its_groups_and_goes_as_its_tests_say(key: str, founder: User) -> None:
    """The first move of every test, by the runtime among real people."""
    document = template(key)
    assert document
    with across_tenants() as db:
        boss = make_user(db, founder.tenant_id, "Boss", "requester", "approver")
        asker = make_user(db, founder.tenant_id, "Asker", "requester", manager=boss)
        team = [make_user(db, founder.tenant_id, f"Member {number}", "requester", "approver") for number in range(2)]
    chosen = {f"group-{group}": [str(member.id) for member in team] for group in groups_asked(document)}
    with browser(founder) as web:
        assert web.post(f"/definitions/templates/{key}", data=chosen).status_code == 303
    definition = Definition(document)
    for case in cases(document):
        begun = play(definition, msgspec.structs.replace(case, moves=[]))[-1].state
        made = instance(ask(asker, document, **uploaded(asker, case.data)))
        state = runtime.state_of(made.state)
        assert begun and made.status == begun.status
        assert [token.step for token in state.tokens] == [token.step for token in begun.tokens]


def test_the_gallery_is_searched_by_word_and_category(founder: User) -> None:
    def found(query: str) -> list[str]:
        return re.findall(r'href="/definitions/templates/([a-z-]+)"', web.get(f"/definitions/templates?{query}").text)

    with browser(founder) as web:
        assert len(found("")) == len(templates())
        assert found("category=Legal") == ["contract-review"]
        assert found("q=board+SUPPLIER") == []
        assert found("q=head+of+sales") == ["discount-approval"]
        assert found("q=invoice&category=Finance") == ["invoice-approval"]
        assert "No template fits" in words(web.get("/definitions/templates?q=moon").text)


def test_a_template_is_tried_as_a_draft_of_its_own(founder: User) -> None:
    with browser(founder) as web:
        made = web.post("/definitions/templates/leave-request/draft", data={"then": "try"})
        assert made.headers["location"] == "/definitions/leave-request/draft/try"
        assert web.get(made.headers["location"]).status_code == 200
    assert published(founder) == {"leave-request"}


def test_a_template_is_seen_from_all_sides_before_it_is_published(founder: User) -> None:
    with browser(founder) as web:
        text = web.get("/definitions/templates/contract-review").text
    assert "Board (2 of them), when Contract value is at least 250,000 EUR" in words(text)
    assert 'id="stage"' in text and "inert" in text and 'name="/counterparty"' in text


def test_alone_one_is_told_to_invite_somebody_first(founder: User) -> None:
    with browser(founder) as web:
        page = web.get("/definitions/templates/purchase-approval").text
        assert "Invite a colleague" in words(page)
        assert web.post("/definitions/templates/purchase-approval").status_code == 422
        own = {f"group-{key}": str(founder.id) for key in ("directors", "board", "purchasing")}
        assert web.post("/definitions/templates/purchase-approval", data=own).status_code == 403
    assert (published(founder), keys_of_groups(founder)) == (set(), set())


def test_only_designers_see_templates() -> None:
    cast: Cast = make_cast()
    with browser(cast.ben) as web:
        assert web.get("/definitions/templates").status_code == 403
        assert web.post("/definitions/templates/simple-approval").status_code == 403
    with browser(cast.ada) as web:
        assert web.get("/definitions/templates/moon").status_code == 404
    assert published(cast.ben) == set()


def test_a_copy_of_a_template_is_the_callers_own() -> None:
    copy = template("simple-approval")
    assert copy
    copy["name"] = "Changed"
    assert templates()["simple-approval"]["name"] == "Simple approval"
