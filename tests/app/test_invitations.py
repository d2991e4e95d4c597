"""A person comes in by a link in a mail: it sets a password once, within its time, for an account that is open."""

import os
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Row, select

from app import config, people
from app.access import auth, password_links
from app.access.devices import Place
from app.access.links import Expired
from app.errors import Conflict, Forbidden, Invalid, Missing
from app.people import invitations
from app.store.db import across_tenants
from app.store.tables import effects, messages, users
from tests.app.pages import words
from tests.app.post_office import Office, open_office
from tests.app.requests import attempt
from tests.make import Cast, browser, make_cast

pytestmark = pytest.mark.usefixtures("database")
NEW = "a river of stones"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with open_office() as opened:
        here = config.read({**os.environ, "SMTP_URL": f"smtp://127.0.0.1:{opened.port}"})
        for module in ("app.messages.invitation", "app.messages.notify", "app.people.invitations"):
            monkeypatch.setattr(f"{module}.settings", lambda: here)
        yield opened


def invited(cast: Cast) -> Row[Any]:
    details = people.Details("Fay Field", f"fay-{secrets.token_hex(4)}@example.com", roles=("requester", "approver"))
    with across_tenants() as db:
        person = people.create(db, cast.cleo.principal, details)
        invitations.invite(db, cast.cleo.principal, person)
    return user(person)


def user(id: UUID) -> Row[Any]:
    with across_tenants() as db:
        return db.execute(select(users).where(users.c.id == id)).one()


def deliver(person: UUID) -> None:
    with across_tenants() as db:
        waiting = select(effects.c.id).where(effects.c.kind == "invitation", effects.c.status == "pending")
        found = db.execute(waiting.where(effects.c.payload["to"].astext == str(person))).scalars().all()
    for effect in found:
        attempt(effect)


def link(person: Row[Any]) -> str:
    return password_links.make(person).removeprefix(config.settings().base_url)


def test_an_invited_person_gets_a_mail_and_chooses_a_password(cast: Cast, office: Office) -> None:
    fay = invited(cast)
    deliver(fay.id)
    letter = office.letters[0]
    text = letter.get_body(("plain",))
    assert text is not None
    place = re.search(r"/welcome/\S+", text.get_content())
    assert place
    assert letter["To"] == f"Fay Field <{fay.email}>"
    with browser() as client:
        page = client.get(place[0])
        assert "Welcome, Fay Field" in words(page.text)
        assert client.post(place[0], data={"new": "short"}).status_code == 422
        done = client.post(place[0], data={"new": NEW})
        assert (done.status_code, done.headers["location"]) == (303, "/")
        assert "Fay Field" in client.get("/tasks").text
    assert auth.log_in(fay.email, NEW, Place("2001:db8::9"))
    with across_tenants() as db:
        kept = db.execute(select(messages).where(messages.c.user_id == fay.id)).one()
    assert place[0] not in kept.text + kept.html


def test_an_invited_person_is_not_called_active(cast: Cast) -> None:
    fay = invited(cast)
    with browser(cast.cleo) as cleo:
        assert "Fay Field Invited" in words(cleo.get(f"/people/{fay.id}").text)
        assert "Active" in words(cleo.get(f"/people/{cast.ben.id}").text)


def test_a_link_works_once_and_only_the_newest(cast: Cast) -> None:
    fay = invited(cast)
    first = link(fay)
    with across_tenants() as db:
        invitations.invite(db, cast.cleo.principal, fay.id)
    second = link(user(fay.id))
    with browser() as client:
        assert client.post(first, data={"new": NEW}).status_code == 410
        assert client.post(second, data={"new": NEW}).status_code == 303
        assert client.post(second, data={"new": "another river of stones"}).status_code == 410
    assert auth.log_in(fay.email, NEW, Place("2001:db8::9"))


def test_looking_at_a_link_changes_nothing(cast: Cast) -> None:
    fay = invited(cast)
    with browser() as client:
        assert client.get(link(fay)).status_code == client.get(link(fay)).status_code == 200
        assert client.get(f"{link(fay)[:-3]}xyz").status_code == 404
        assert client.get("/welcome/" + "x" * 5_000).status_code == 404
    assert user(fay.id).password_hash == fay.password_hash


def test_a_link_ends_with_its_time_and_with_the_account(cast: Cast) -> None:
    fay = invited(cast)
    token = link(fay).removeprefix("/welcome/")
    with pytest.raises(Expired):
        password_links.read(token, datetime.now(UTC) + password_links.LASTS + timedelta(minutes=1))
    with across_tenants() as db:
        people.deactivate(db, cast.cleo.principal, fay.id)
    with browser() as client:
        assert client.post(link(fay), data={"new": NEW}).status_code == 410
    with across_tenants() as db, pytest.raises(Conflict):
        invitations.invite(db, cast.cleo.principal, fay.id)


def test_nobody_logs_in_before_a_password_is_chosen(cast: Cast) -> None:
    fay = invited(cast)
    for guess in ("", fay.password_hash, "!"):
        with pytest.raises(Invalid):
            auth.log_in(fay.email, guess, Place(f"2001:db8::{secrets.token_hex(2)}"))


def test_a_new_link_ends_the_old_password_and_every_session(cast: Cast) -> None:
    with browser(cast.ben) as ben, browser(cast.cleo) as cleo:
        assert cleo.post(f"/people/{cast.ben.id}/invitation").status_code == 303
        assert ben.get("/people").status_code == 303
    with pytest.raises(Invalid):
        auth.log_in(cast.ben.email, "a horse and a staple", Place("2001:db8::9"))


def test_only_administrators_invite_and_never_themselves(cast: Cast) -> None:
    with across_tenants() as db:
        with pytest.raises(Forbidden):
            invitations.invite(db, cast.ben.principal, cast.ada.id)
        with pytest.raises(Forbidden):
            invitations.invite(db, cast.cleo.principal, cast.cleo.id)
        with pytest.raises(Missing):
            invitations.invite(db, cast.eve.principal, cast.ben.id)


def test_without_a_mail_server_the_administrator_hands_the_link_over(cast: Cast) -> None:
    fay = invited(cast)
    with browser(cast.cleo) as cleo, browser(cast.ben) as ben:
        handed = re.search(r"/welcome/[\w.-]+", cleo.get(f"/people/{fay.id}").text)
        assert handed
        assert "Welcome, Fay Field" in words(ben.get(handed[0]).text)
        assert "/welcome/" not in ben.get(f"/people/{fay.id}").text
    with across_tenants() as db:
        assert invitations.link_to_hand_over(db, cast.cleo.principal, cast.ben.id) == ""


def test_with_a_mail_server_the_link_stands_in_the_mail_alone(cast: Cast, office: Office) -> None:
    fay = invited(cast)
    deliver(fay.id)
    with browser(cast.cleo) as cleo:
        assert "/welcome/" not in cleo.get(f"/people/{fay.id}").text
    assert len(office.letters) == 1


def test_somebody_who_chose_a_password_meanwhile_gets_no_mail(cast: Cast, office: Office) -> None:
    fay = invited(cast)
    password_links.accept(link(fay).removeprefix("/welcome/"), NEW, "2001:db8::9", None)
    deliver(fay.id)
    assert office.letters == []
