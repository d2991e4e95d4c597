"""What a form calls sensitive is told to the same people on every page, in every file and by every search."""

import json
from uuid import UUID

import pytest

from app.messages.context import about, facts
from app.store.db import across_tenants
from tests.app.pages import words
from tests.app.requests import ask, deliver, shipped
from tests.make import Cast, User, browser, let_decide, make_cast, make_key

IBAN = "DE89370400440532013000"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def asked(cast: Cast) -> UUID:
    let_decide(cast.ada)
    document = shipped(
        "new-supplier", purchasing={"levels": [{"id": "ada", "name": "Ada", "who": [{"user": cast.ada.email}]}]}
    )
    document["steps"]["request"]["form"] = {"uiSchema": {"iban": {"ui:sensitive": True}}}
    return ask(cast.ben, document, company="Nordwind", country="DE", iban=IBAN)


def seen(user: User, *addresses: str) -> list[bool]:
    with browser(user) as web:
        return [IBAN in web.get(address).text for address in addresses]


def test_card_story_record_and_search_agree(cast: Cast, asked: UUID) -> None:
    request, record, hunt = f"/instances/{asked}", "/audit?since=", f"/audit?text={IBAN[:8]}"
    assert seen(cast.dov, request, record) == [True, True]
    assert seen(cast.cleo, request, record) == [False, False]
    assert seen(cast.ben, request) == seen(cast.ada, request) == [True]
    with browser(cast.cleo) as web:
        page = words(web.get(request).text)
        assert "IBAN •••" in page
        assert "Nothing matches" in web.get(hunt).text
        assert "Nordwind" in web.get("/audit?text=Nordwind").text
    with browser(cast.dov) as web:
        assert "Nordwind" in web.get(hunt).text


def test_files_for_auditors_hold_it_and_mails_never_do(cast: Cast, asked: UUID) -> None:
    with browser(cast.dov) as web:
        lines = web.get("/audit/events.csv").text
    assert lines.count(IBAN) >= 2
    assert not any(IBAN in message.text or IBAN in message.html for message in deliver(asked))
    with across_tenants() as db:
        fields = about(db, facts(db, cast.ben.tenant_id, asked, cast.ada.id, None)).fields
    assert ("IBAN", "•••", "text") in fields


def test_calls_keep_to_it_too(cast: Cast, asked: UUID) -> None:
    with across_tenants() as db:
        keys = {user: make_key(db, user) for user in (cast.cleo, cast.dov)}
    told = {}
    for user, key in keys.items():
        with browser() as web:
            answer = web.get(f"/api/v1/instances/{asked}", headers={"authorization": f"Bearer {key}"})
            told[user] = json.loads(answer.text)["data"]["iban"]
    assert told == {cast.cleo: "•••", cast.dov: IBAN}
