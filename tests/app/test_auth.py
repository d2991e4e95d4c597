"""Proving who one is: passwords, sessions, keys, and how guessing is slowed down."""

import re
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text, update

from app.access import auth, devices, keys, middleware, throttle
from app.access.devices import Place
from app.errors import Forbidden, Invalid, TooMany
from app.store.db import across_tenants
from app.store.ids import uuid7
from app.store.tables import api_keys, login_failures, sessions, users
from tests.make import PASSWORD, Browser, User, browser, log_in, make_cast, make_key, set_cookie

pytestmark = pytest.mark.usefixtures("database")

SECRET = re.compile(r"sk_[A-Za-z0-9_-]{65}")


def form_token(page: str) -> str:
    found = re.search(r'name="_csrf_token" value="(\w+)"', page)
    assert found
    return found[1]


def enter(client: Browser, email: str, password: str = PASSWORD, **more: str) -> Any:
    token = form_token(client.get("/login").text)
    return client.post("/login", data={"email": email, "password": password, "_csrf_token": token, **more})


def set_session(user: User, **interval: int) -> None:
    """Move a person's sessions back in time."""
    ago = func.make_interval(0, 0, 0, 0, interval.get("hours", 0), interval.get("minutes", 0))
    values = {name: getattr(sessions.c, name) - ago for name in ("created_at", "seen_at", "expires_at")}
    with across_tenants() as db:
        db.execute(update(sessions).where(sessions.c.user_id == user.id).values(values))


def test_the_right_password_opens_the_page_that_was_asked_for() -> None:
    ben = make_cast().ben
    with browser() as client:
        answer = enter(client, ben.email.upper(), next="/people?q=x")
        assert (answer.status_code, answer.headers["location"]) == (303, "/people?q=x")
        assert client.get("/people").status_code == 200


def test_only_the_hash_of_a_session_is_stored_and_its_cookie_is_out_of_reach() -> None:
    ben = make_cast().ben
    with browser() as client:
        answer = enter(client, ben.email)
        token = client.cookies[middleware.session_cookie()]
    assert len(token) >= 43
    lines = answer.headers.get_list("set-cookie")
    line = next(line for line in lines if line.startswith(middleware.session_cookie()))
    assert "HttpOnly" in line
    assert "SameSite=lax" in line
    with across_tenants() as db:
        stored = db.execute(select(sessions).where(sessions.c.user_id == ben.id)).one()
    assert bytes(stored.token_hash) == sha256(token.encode()).digest()


def test_a_wrong_password_and_an_unknown_address_read_the_same() -> None:
    ben = make_cast().ben
    stranger = f"{secrets.token_hex(6)}@example.com"
    with browser() as client:
        known, unknown = enter(client, ben.email, "not the one"), enter(client, stranger, "not the one")
        assert known.status_code == unknown.status_code == 422
        assert auth.WRONG in known.text

        def bare(answer: Any, email: str) -> str:
            return re.sub(r"\b[0-9a-f]{112}\b", "", answer.text.replace(email, ""))

        assert bare(known, ben.email) == bare(unknown, stranger)


def test_an_unknown_address_takes_as_long_as_a_wrong_password() -> None:
    ben = make_cast().ben

    def spent(email: str) -> float:
        start = time.process_time()
        with pytest.raises(Invalid):
            auth.log_in(email, "not the one", Place("2001:db8::9"))
        return time.process_time() - start

    spent(ben.email)
    known = min(spent(ben.email) for _ in range(3))
    unknown = min(spent(f"{secrets.token_hex(6)}@example.com") for _ in range(3))
    assert unknown > known / 3


def test_a_session_id_brought_along_is_not_kept() -> None:
    ben = make_cast().ben
    with browser() as victim, browser() as attacker:
        for client in (victim, attacker):
            set_cookie(client, middleware.session_cookie(), "chosen-by-the-attacker")
        enter(victim, ben.email)
        assert victim.cookies[middleware.session_cookie()] != "chosen-by-the-attacker"
        assert attacker.get("/people").status_code == 303


def test_logging_in_again_ends_the_session_before() -> None:
    cast = make_cast()
    with browser(cast.ben) as client:
        before = client.cookies[middleware.session_cookie()]
        token = auth.log_in(cast.ben.email, PASSWORD, Place("2001:db8::7"), before)
        assert client.get("/people").status_code == 303
        set_cookie(client, middleware.session_cookie(), token)
        assert client.get("/people").status_code == 200


def test_logging_out_ends_the_session_on_the_server() -> None:
    ben = make_cast().ben
    with browser(ben) as client:
        token = client.cookies[middleware.session_cookie()]
        answer = client.post("/logout")
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        assert "cookies" in answer.headers["clear-site-data"]
        set_cookie(client, middleware.session_cookie(), token)
        assert client.get("/people").headers["location"].startswith("/login")


@pytest.mark.parametrize("ago", [{"minutes": 31}, {"hours": 13}], ids=["idle", "absolute"])
def test_a_session_ends_by_itself(ago: dict[str, int]) -> None:
    ben = make_cast().ben
    with browser(ben) as client:
        assert client.get("/people").status_code == 200
        set_session(ben, **ago)
        if "hours" in ago:
            with across_tenants() as db:
                db.execute(update(sessions).where(sessions.c.user_id == ben.id).values(seen_at=func.now()))
        assert client.get("/people").status_code == 303


def test_a_session_is_marked_as_seen_once_a_minute() -> None:
    ben = make_cast().ben
    seen = select(sessions.c.seen_at, text("xmin::text")).where(sessions.c.user_id == ben.id)

    def row() -> Any:
        with across_tenants() as db:
            return db.execute(seen).one()

    with browser(ben) as client:
        first = row()
        client.get("/people")
        assert row() == first
        set_session(ben, minutes=2)
        client.get("/people")
        assert row().seen_at > first.seen_at


def test_roles_and_activity_are_read_afresh() -> None:
    cast = make_cast()
    with browser(cast.cleo) as client:
        assert client.get("/people/new").status_code == 200
        with across_tenants() as db:
            db.execute(update(users).where(users.c.id == cast.cleo.id).values(roles=["requester"]))
        assert client.get("/people/new").status_code == 403
        with across_tenants() as db:
            db.execute(update(users).where(users.c.id == cast.cleo.id).values(active=False))
        assert client.get("/people").status_code == 303


def test_whoever_left_cannot_log_in() -> None:
    ben = make_cast().ben
    with across_tenants() as db:
        db.execute(update(users).where(users.c.id == ben.id).values(active=False))
    with browser() as client:
        assert auth.WRONG in enter(client, ben.email).text


@pytest.mark.parametrize("email", ["", "nobody\0@example.com", "x" * 5000, "\u202e@\u0130"])
def test_odd_addresses_are_only_wrong(email: str) -> None:
    with browser() as client:
        assert enter(client, email).status_code == 422


def test_ten_wrong_tries_and_then_even_the_right_one_has_to_wait() -> None:
    cast = make_cast()
    with browser() as client:
        for _ in range(throttle.PER_ACCOUNT):
            assert enter(client, cast.ben.email, "wrong").status_code == 422
        answer = enter(client, cast.ben.email)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= throttle.ACCOUNT_SECONDS
        assert "Try again in" in answer.text
        assert enter(client, cast.cleo.email).status_code == 303
    with browser() as elsewhere:
        assert enter(elsewhere, cast.ben.email).status_code == 303


def test_waiting_helps() -> None:
    ben, here = make_cast().ben, f"2001:db8::{secrets.token_hex(2)}"
    with across_tenants() as db:
        for _ in range(throttle.PER_ACCOUNT):
            throttle.attempt(db, ben.email, here)
    with pytest.raises(TooMany), across_tenants() as db:
        throttle.attempt(db, ben.email, here)
    with across_tenants() as db:
        ago = func.make_interval(0, 0, 0, 0, 0, 0, throttle.ACCOUNT_SECONDS + 1)
        mine = login_failures.c.address == here
        db.execute(update(login_failures).where(mine).values(at=func.now() - ago))
    auth.attempt(ben.email, Place(here))


def test_the_right_password_forgives_the_wrong_ones() -> None:
    ben = make_cast().ben
    with browser() as client:
        for _ in range(2):
            for _ in range(throttle.PER_ACCOUNT - 1):
                enter(client, ben.email, "wrong")
            assert enter(client, ben.email).status_code == 303
            client.post("/logout", headers={"x-csrftoken": ""})
            client.cookies.clear()


def fail(count: int, account: str, address: str) -> None:
    with across_tenants() as db:
        for _ in range(count):
            before = uuid7(datetime.now(UTC) - timedelta(minutes=5))  # not of this minute, in which all count
            db.execute(insert(login_failures).values(id=before, account=account, address=address))


def test_many_wrong_tries_from_one_address_delay_everybody_there_and_refuse_nobody() -> None:
    ben, here = make_cast().ben, f"2001:db8::{secrets.token_hex(2)}"
    assert auth.attempt(ben.email, Place(here)) == 0
    for number in range(3 * throttle.FREE_OF_ADDRESS):
        fail(1, f"{number}@example.com", here)
    assert 3 <= auth.attempt(ben.email, Place(here)) <= throttle.LONGEST_DELAY
    assert auth.attempt(ben.email, Place("2001:db8::77")) < 1
    auth.log_in(ben.email, PASSWORD, Place(here))


def test_an_account_that_is_tried_from_many_addresses_answers_later() -> None:
    ben = make_cast().ben
    for number in range(throttle.FREE_AT_ACCOUNT):
        fail(1, ben.email, f"2001:db8::77:{number:x}")
    assert auth.attempt(ben.email, Place("2001:db8::7")) >= 1


def test_whose_browser_is_known_does_not_wait_for_what_others_try() -> None:
    ben, here = make_cast().ben, f"2001:db8::{secrets.token_hex(2)}"
    known = Place(here, device=devices.remembered(ben.email, Place(here)))
    fail(throttle.PER_ACCOUNT, ben.email, here)
    fail(throttle.FREE_AT_ACCOUNT, ben.email, "2001:db8::66")
    with pytest.raises(TooMany):
        auth.attempt(ben.email, Place(here))
    assert auth.attempt(ben.email, known) == 0
    with pytest.raises(TooMany):
        auth.attempt(ben.email, Place(here, device=devices.remembered("eve@example.com", known)))
    for _ in range(throttle.PER_ACCOUNT - 1):
        auth.attempt(ben.email, known)
    with pytest.raises(TooMany):
        auth.attempt(ben.email, known)


def test_the_browser_of_a_log_in_is_known_afterwards() -> None:
    ben = make_cast().ben
    with browser() as client:
        enter(client, ben.email)
        fail(throttle.PER_ACCOUNT, ben.email, "testserver")
        device = client.cookies[middleware.device_cookie()]
    assert Place("", device=device).known(ben.email)
    assert not Place("", device=device[:-1]).known(ben.email)


def test_many_tries_at_once_do_not_slip_past() -> None:
    ben, here = make_cast().ben, f"2001:db8::{secrets.token_hex(2)}"

    def attempt(_: int) -> bool:
        try:
            with across_tenants() as db:
                throttle.attempt(db, ben.email, here)
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(30))) == throttle.PER_ACCOUNT


GUESSED = ["short7!", "Password123", "aaaaaaaaaaaa", "12345678", "Ben1990!", "ben smith", "x y z " * 50]


@pytest.mark.parametrize("password", GUESSED)
def test_passwords_that_would_be_guessed_are_refused(password: str) -> None:
    with pytest.raises(Invalid):
        auth.check_strength(password, "Ben Smith", "ben@example.com")


@pytest.mark.parametrize("password", ["ein Pferd am Rand", "sixty-four " * 6, "пароль слов", "correcthorse"])
def test_passwords_need_no_special_signs(password: str) -> None:
    auth.check_strength(password, "Ben Smith", "ben@example.com")


def test_a_new_password_ends_all_other_sessions() -> None:
    ben = make_cast().ben
    with browser(ben) as client, browser(ben) as other:
        wrong = client.post("/password", data={"current": "wrong", "new": "a river of stones"})
        assert wrong.status_code == 422
        weak = client.post("/password", data={"current": PASSWORD, "new": "password1"})
        assert weak.status_code == 422
        done = client.post("/password", data={"current": PASSWORD, "new": "a river of stones"})
        assert done.status_code == 303
        assert other.get("/people").status_code == 303
        assert client.get("/people").status_code == 200
    with browser() as client:
        assert enter(client, ben.email).status_code == 422
        assert enter(client, ben.email, "a river of stones").status_code == 303


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}", "accept": "application/json"}


def test_a_key_stands_for_its_person_within_its_scopes() -> None:
    cast = make_cast()
    with across_tenants() as db:
        wide, narrow = make_key(db, cast.cleo), make_key(db, cast.cleo, "people:read")
    with browser() as client:
        assert client.get("/people/new", headers=bearer(wide)).status_code == 200
        assert client.get("/people", headers=bearer(narrow)).status_code == 200
        refused = client.get("/people/new", headers=bearer(narrow))
        assert refused.status_code == 403
        assert "people:manage" in refused.json()["detail"]


@pytest.mark.parametrize("change", [{"revoked_at": func.now()}, {"expires_at": func.now()}])
def test_a_key_that_ended_is_refused_at_once(change: dict[str, Any]) -> None:
    ben = make_cast().ben
    with across_tenants() as db:
        secret = make_key(db, ben)
    with browser() as client:
        assert client.get("/people", headers=bearer(secret)).status_code == 200
        with across_tenants() as db:
            db.execute(update(api_keys).where(api_keys.c.user_id == ben.id).values(change))
        refused = client.get("/people", headers=bearer(secret))
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("secret", ["", "sk_", "sk_" + "a" * 43, "sk_\0", "é" * 40, "x" * 9000])
def test_what_is_no_key_is_refused(secret: str) -> None:
    with browser() as client:
        headers = {b"authorization": b"Bearer " + secret.encode(), b"accept": b"application/json"}
        assert client.get("/people", headers=headers).status_code == 401


def test_a_key_in_the_address_is_refused_and_named_as_lost() -> None:
    ben = make_cast().ben
    with across_tenants() as db:
        secret = make_key(db, ben)
    with browser() as client:
        answer = client.get(f"/people?api_key={secret}", headers=bearer(secret))
        assert answer.status_code == 401
        assert "revoke it" in answer.json()["detail"]


def test_a_key_is_marked_as_used_once_a_minute() -> None:
    ben = make_cast().ben
    with across_tenants() as db:
        secret = make_key(db, ben)
    used = select(api_keys.c.last_used_at).where(api_keys.c.user_id == ben.id)
    with browser() as client:
        moments = []
        for _ in range(2):
            client.get("/people", headers=bearer(secret))
            with across_tenants() as db:
                moments.append(db.execute(used).scalar_one())
    assert moments[0] is not None
    assert moments[0] == moments[1]


def test_a_key_is_shown_once_and_stored_as_a_hash() -> None:
    ben = make_cast().ben
    with browser(ben) as client:
        form = {"name": "Nightly", "scopes": ["people:read", "instance:start"], "days": "30"}
        made = client.post("/keys", data=form)
        assert made.status_code == 201
        secret = SECRET.search(made.text)
        assert secret
        listed = client.get("/keys").text
        assert "Nightly" in listed
        assert secret[0] not in listed
        assert secret[0][: keys.SHOWN] in listed
    with across_tenants() as db:
        row = db.execute(select(api_keys).where(api_keys.c.user_id == ben.id)).one()
    assert bytes(row.secret_hash) == sha256(secret[0].encode()).digest()
    assert sorted(row.scopes) == ["instance:start", "people:read"]
    with browser() as program:
        assert program.get("/people", headers=bearer(secret[0])).status_code == 200


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "scopes": "people:read"},
        {"name": "x", "scopes": "everything"},
        {"name": "x"},
        {"name": "x", "scopes": "people:read", "days": "soon"},
        {"name": "x", "scopes": "people:read", "days": "9999"},
    ],
)
def test_a_key_without_name_scope_or_sensible_end_is_refused(form: dict[str, str]) -> None:
    with browser(make_cast().ben) as client:
        assert client.post("/keys", data=form).status_code == 422


def test_a_key_can_do_no_more_than_its_maker() -> None:
    cast = make_cast()
    with browser(cast.ben) as client:
        assert client.post("/keys", data={"name": "x", "scopes": "people:manage"}).status_code == 403
        trusted = {"name": "x", "scopes": "approval:approve", "speaks_for_others": "yes", "days": "365"}
        assert client.post("/keys", data=trusted).status_code == 403
    with browser(cast.cleo) as client:
        assert client.post("/keys", data=trusted).status_code == 201


def test_a_key_makes_no_keys_and_changes_no_password() -> None:
    cast = make_cast()
    with across_tenants() as db:
        secret = make_key(db, cast.cleo)
        found = keys.find(db.query, secret)
        assert found
        with pytest.raises(Forbidden):
            keys.create(db, found.principal, keys.Wanted("x", ["people:read"]))
    with browser() as client:
        form = {"current": PASSWORD, "new": "a river of stones"}
        assert client.post("/password", data=form, headers=bearer(secret)).status_code == 403


def test_keys_are_revoked_by_their_owner_and_by_who_manages_them() -> None:
    cast = make_cast()
    with across_tenants() as db:
        make_key(db, cast.ben)
        key_id = db.execute(select(api_keys.c.id).where(api_keys.c.user_id == cast.ben.id)).scalar_one()
    for user, status in ((cast.dov, 404), (cast.eve, 404), (cast.ben, 303), (cast.cleo, 303)):
        with browser(user) as client:
            assert client.post(f"/keys/{key_id}/revocation").status_code == status
    with browser(cast.eve) as client:
        assert "Tests" not in client.get("/keys").text


def test_a_session_is_not_shared_between_browsers() -> None:
    cast = make_cast()
    with browser() as client:
        log_in(client, cast.ben)
        assert client.get(f"/people/{cast.ben.id}").status_code == 200
    with browser() as client:
        assert client.get(f"/people/{cast.ben.id}").status_code == 303
