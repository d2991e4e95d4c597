"""The gate: nothing is open by forgetting, no other site acts for a person, every answer is protected."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from litestar.routes import HTTPRoute
from sqlalchemy import func, select

from app.access import csrf, middleware
from app.config import settings
from app.store.db import across_tenants
from app.store.tables import groups
from tests.make import Browser, Cast, browser, make_cast, make_key, site

pytestmark = pytest.mark.usefixtures("database")

HOME = "http://testserver.local"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def stranger() -> Iterator[Browser]:
    with browser() as client:
        yield client


@pytest.fixture
def cleo(cast: Cast) -> Iterator[Browser]:
    """Logged in as Cleo, the form token not sent by itself."""
    with browser(cast.cleo) as client:
        del client.headers[csrf.HEADER]
        yield client


def form_token(client: Browser) -> str:
    return csrf.token(client.cookies[middleware.session_cookie()])


def paths(method: str) -> list[str]:
    found = [route for route in site().routes if isinstance(route, HTTPRoute) and method in route.methods]
    return sorted(re.sub(r"\{[^}]+\}", str(uuid.uuid4()), route.path_format) for route in found)


def groups_of_tenant(cast: Cast) -> int:
    with across_tenants() as db:
        query = select(func.count()).where(groups.c.tenant_id == cast.cleo.tenant_id)
        return int(db.execute(query.select_from(groups)).scalar_one())


def test_every_page_asks_strangers_to_log_in(stranger: Browser) -> None:
    closed = [path for path in paths("GET") if not path.startswith((*middleware.PUBLIC, *middleware.OPEN))]
    assert len(closed) > 10
    for path in closed:
        answer = stranger.get(path)
        if path.startswith("/api/"):
            assert (path, answer.status_code) == (path, 401)
        else:
            assert (path, answer.status_code) == (path, 303)
            assert answer.headers["location"].startswith("/login?next=")


def test_no_stranger_changes_anything(stranger: Browser) -> None:
    for path in paths("POST"):
        if not path.startswith(middleware.PUBLIC):
            assert (path, stranger.post(path).status_code) in {(path, code) for code in (303, 401, 403)}


def test_a_page_is_found_again_after_the_login(stranger: Browser) -> None:
    answer = stranger.get("/people?q=a%20b&left=true")
    assert answer.headers["location"] == "/login?next=%2Fpeople%3Fq%3Da%2520b%26left%3Dtrue"


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(stranger: Browser) -> None:
    answer = stranger.post("/groups", headers={"referer": f"{HOME}/groups/new"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fgroups%2Fnew")


def test_htmx_is_told_to_load_the_login_page(stranger: Browser) -> None:
    headers = {"hx-request": "true", "hx-current-url": f"{HOME}/people?q=x"}
    answer = stranger.get("/people", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/login?next=%2Fpeople%3Fq%3Dx"


def test_programs_are_told_what_is_missing(stranger: Browser) -> None:
    answer = stranger.get("/people", headers={"accept": "application/json"})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Authorization: Bearer" in answer.json()["detail"]


@pytest.mark.parametrize(
    "goal",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        " //evil.example",
        "evil.example",
        "",
        "/login?next=/login",
        "/logout",
    ],
)
def test_nobody_is_sent_elsewhere_after_the_login(goal: str, cleo: Browser) -> None:
    answer = cleo.get("/login", params={"next": goal})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_one_is_sent_to_a_page_of_ours(cleo: Browser) -> None:
    assert cleo.get("/login", params={"next": "/people?q=%C3%A4"}).headers["location"] == "/people?q=%C3%A4"


WRONG: dict[str, dict[str, Any]] = {
    "no token": {},
    "an empty token": {"headers": {csrf.HEADER: ""}},
    "a wrong token": {"headers": {csrf.HEADER: "0" * csrf.LENGTH}},
    "letters beyond ASCII": {"data": {csrf.FIELD: "ü" * csrf.LENGTH}},
    "a wrong field": {"data": {csrf.FIELD: "0" * csrf.LENGTH}},
    "a file as field": {"files": {csrf.FIELD: ("name", b"0" * 64)}},
    "JSON that no form could send": {"json": {"name": "x"}},
    "text that a form could send": {"content": "name=x", "headers": {"content-type": "text/plain"}},
}


@pytest.mark.parametrize("sent", WRONG.values(), ids=WRONG.keys())
def test_without_the_form_token_nothing_happens(sent: dict[str, Any], cleo: Browser, cast: Cast) -> None:
    answer = cleo.post("/groups", **sent)
    assert answer.status_code == 403
    assert csrf.STALE in answer.text
    assert groups_of_tenant(cast) == 0


def test_the_token_of_another_session_does_not_help(cleo: Browser, cast: Cast) -> None:
    with browser(cast.eve) as other:
        stolen = other.headers[csrf.HEADER]
    assert cleo.post("/groups", data={"name": "x"}, headers={csrf.HEADER: stolen}).status_code == 403


def test_the_token_is_taken_from_the_header_or_the_form(cleo: Browser, cast: Cast) -> None:
    field = {csrf.FIELD: form_token(cleo)}
    assert cleo.post("/groups", data={"name": "A"}, headers={csrf.HEADER: form_token(cleo)}).status_code == 303
    assert cleo.post("/groups", data={"name": "B", **field}).status_code == 303
    upload = {"some": ("file.txt", b"content")}
    assert cleo.post("/groups", data={"name": "C", **field}, files=upload).status_code == 303
    assert groups_of_tenant(cast) == 3


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": f"{HOME}.evil.example"},
        {"sec-fetch-site": "same-site", "origin": "http://sub.testserver.local"},
    ],
)
def test_other_sites_are_refused_even_with_the_token(headers: dict[str, str], cleo: Browser, cast: Cast) -> None:
    answer = cleo.post("/groups", data={"name": "x"}, headers={csrf.HEADER: form_token(cleo), **headers})
    assert answer.status_code == 403
    assert csrf.FOREIGN in answer.text
    assert groups_of_tenant(cast) == 0


def test_our_own_pages_are_not_another_site(cleo: Browser) -> None:
    for origin in (HOME, settings().base_url):
        headers = {csrf.HEADER: form_token(cleo), "origin": origin, "sec-fetch-site": "same-origin"}
        assert cleo.post("/groups", data={"name": "x"}, headers=headers).status_code == 303


def test_a_key_needs_no_form_token(stranger: Browser, cast: Cast) -> None:
    with across_tenants() as db:
        secret = make_key(db, cast.cleo)
    headers = {"authorization": f"bearer {secret}", "sec-fetch-site": "cross-site"}
    assert stranger.post("/groups", data={"name": "x"}, headers=headers).status_code == 303


def test_nobody_is_logged_in_by_another_site(stranger: Browser) -> None:
    form = {"email": "x@example.com", "password": "x"}
    assert stranger.post("/login", data=form).status_code == 403
    page = stranger.get("/login")
    token = re.search(r'name="_csrf_token" value="(\w+)"', page.text)
    assert token
    assert stranger.post("/login", data={**form, csrf.FIELD: token[1]}).status_code == 422
    headers = {"sec-fetch-site": "cross-site"}
    assert stranger.post("/login", data={**form, csrf.FIELD: token[1]}, headers=headers).status_code == 403
    stranger.cookies.clear()
    assert stranger.post("/login", data={**form, csrf.FIELD: token[1]}).status_code == 403


def answers(client: Browser) -> dict[str, Any]:
    return {
        "page": client.get("/people"),
        "fragment": client.get("/people", headers={"hx-request": "true", "hx-target": "found"}),
        "redirect": client.get("/login"),
        "login": client.get("/login"),
        "not found": client.get(f"/people/{uuid.uuid4()}"),
        "unknown": client.get("/no/such/page"),
        "method": client.request("DELETE", "/people"),
        "forbidden": client.post("/groups", headers={csrf.HEADER: "x"}),
        "unfit": client.post("/groups", data={"name": ""}),
        "problem": client.get("/no/such/page", headers={"accept": "application/json"}),
        "host": client.get("/people", headers={"host": "bad host"}),
        "key": client.get("/people", headers={"authorization": "Bearer sk_x"}),
    }


def test_every_answer_is_protected(cast: Cast, stranger: Browser) -> None:
    with browser(cast.cleo) as client:
        found = [*answers(client).items(), *answers(stranger).items()]
    assert {200, 303, 400, 401, 403, 404, 405, 422} <= {answer.status_code for _, answer in found}
    for name, answer in found:
        headers = answer.headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';"), name
        assert "unsafe" not in policy, name
        assert headers["x-content-type-options"] == "nosniff", name
        assert headers["x-frame-options"] == "DENY", name
        assert headers["referrer-policy"] == "same-origin", name
        assert headers["cache-control"] == "no-store", name
        assert "strict-transport-security" not in headers, name


def test_under_https_cookies_and_transport_are_held_tighter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BASE_URL", "https://signoff.example")
    settings.cache_clear()
    try:
        with browser() as client:
            answer = client.get("/login")
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert answer.headers["set-cookie"].startswith("__Host-visitor=")
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_files_are_kept_and_missing_ones_are_not(stranger: Browser) -> None:
    assert "immutable" in stranger.get("/static/app/tokens.css").headers["cache-control"]
    assert stranger.get("/static/none.css").headers["cache-control"] == "no-store"
