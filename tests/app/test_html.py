"""What `page` and `failure` send: to browsers, to HTMX, to people with different permissions."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from jinja2 import DictLoader, Environment, UndefinedError
from litestar import Request
from litestar.enums import ScopeType

from app.access.permissions import permissions_of
from app.access.principal import Principal
from app.web import html

ANN = Principal(UUID(int=1), UUID(int=2), "Ann Meyer", "ann@example.test", frozenset(), frozenset())
HTMX = {"HX-Request": "true", "HX-Target": "task"}
PAGES = {
    "show.html": """{% extends "base.html" %}{% block main %}
        <p id="task">{% block task %}Asked: {{ what }}{% endblock %}</p>{% endblock %}""",
    "form.html": '{% extends "base.html" %}{% block main %}{{ csrf_field() }}{% endblock %}',
}


@pytest.fixture(autouse=True)
def pages(monkeypatch: pytest.MonkeyPatch) -> None:
    with_pages = html.environment().overlay(loader=_both(html.environment()))
    monkeypatch.setattr(html, "environment", lambda: with_pages)


def _both(real: Environment) -> DictLoader:
    names = [name for name in real.list_templates() if name.startswith(("base", "errors/", "parts/"))]
    assert real.loader
    return DictLoader({name: real.loader.get_source(real, name)[0] for name in names} | PAGES)


def asked(
    path: str = "/tasks", roles: tuple[str, ...] | None = ("requester",), headers: Mapping[str, str] | None = None
) -> Request[Any, Any, Any]:
    who = roles is not None and replace(ANN, roles=frozenset(roles), permissions=permissions_of(roles))
    state = {"principal": who or None, "csrf_token": "t0ken"}
    sent = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    scope: Any = {"type": ScopeType.HTTP, "path": path, "query_string": b"", "headers": sent, "state": state}
    return Request(scope | {"method": "GET", "server": ("localhost", 80), "scheme": "http", "root_path": ""})


def test_a_browser_gets_the_whole_page() -> None:
    answer = html.page(asked(), "show.html", block="task", what="<b>")
    assert answer.status_code == 200
    assert "<!doctype html>" in answer.content
    assert "Asked: &lt;b&gt;" in answer.content


def test_htmx_gets_the_block_it_has_a_place_for() -> None:
    answer = html.page(asked(headers=HTMX), "show.html", block="task", status=422, what="a chair")
    assert answer.content == "Asked: a chair"
    assert answer.status_code == 422
    assert "HX-Request" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "headers",
    [HTMX | {"HX-Target": "elsewhere"}, HTMX | {"HX-Boosted": "true"}, HTMX | {"HX-History-Restore-Request": "true"}],
)
def test_htmx_gets_the_page_where_the_block_would_not_fit(headers: dict[str, str]) -> None:
    assert "<!doctype html>" in html.page(asked(headers=headers), "show.html", block="task", what="").content


def test_a_value_that_is_missing_is_a_mistake() -> None:
    with pytest.raises(UndefinedError):
        html.page(asked(), "show.html")


def test_forms_and_htmx_carry_the_token() -> None:
    shown = html.page(asked(), "form.html").content
    assert '<input type="hidden" name="_csrf_token" value="t0ken">' in shown
    assert """hx-headers='{"x-csrftoken": "t0ken"}'""" in shown


def test_an_error_is_a_page_with_a_way_on() -> None:
    answer = html.failure(asked("/nowhere", None), 404, "Not found", "There is nothing <here>.", {})
    assert answer.status_code == 404
    assert "There is nothing &lt;here&gt;." in answer.content
    assert "Go to my work" in answer.content
    assert "Log out" not in answer.content


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 409, 413, 418, 422, 429, 500, 503])
def test_every_error_has_words(code: int) -> None:
    facts = {"errors": [{"pointer": "/amount", "message": "An amount is a number."}]} if code == 422 else {}
    shown = html.failure(asked(), code, "That did not work", "For a reason.", facts).content
    assert ("An amount is a number." in shown) == (code == 422)


def test_to_htmx_an_error_is_a_notice() -> None:
    answer = html.failure(asked(headers=HTMX), 409, "Too late", "Bob approved it.", {})
    assert answer.headers["HX-Retarget"] == "#notices"
    assert answer.content.startswith('<div class="toast')
    assert "Bob approved it." in answer.content


@pytest.mark.parametrize(
    ("roles", "there", "missing"),
    [
        (("requester",), ["New request", "My requests", "Mail"], ["Definitions", "Audit", "Admin"]),
        (("approver",), ["My work", "People"], ["New request", "Definitions"]),
        (("auditor",), ["Audit", "Definitions"], ["New request", "Admin"]),
        (("admin",), ["Admin", "Mail", "Deliveries", "API keys"], ["New request"]),
    ],
)
def test_people_see_where_they_may_go(roles: tuple[str, ...], there: list[str], missing: list[str]) -> None:
    shown = html.page(asked(roles=roles), "form.html").content
    assert all(f"<span>{text}</span>" in shown for text in there)
    assert not any(f"<span>{text}</span>" in shown for text in missing)


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/tasks/7", "/tasks"),
        ("/instances/new/leave", "/instances/new"),
        ("/instances/7", "/instances"),
        ("/groups", "/people"),
    ],
)
def test_the_place_where_one_is_stands_out(path: str, here: str) -> None:
    shown = html.page(asked(path), "form.html").content
    assert f'<a href="{here}" aria-current="page">' in shown
    assert shown.count('aria-current="page"') == 2


@pytest.mark.parametrize(("cookie", "attribute"), [("dark", ' data-theme="dark"'), ('"><script>', ""), ("", "")])
def test_the_theme_is_the_one_chosen(cookie: str, attribute: str) -> None:
    shown = html.page(asked(headers={"Cookie": f"theme={cookie}"}), "form.html").content
    assert f'<html lang="en"{attribute}>' in shown


def test_money_keeps_its_currency_on_the_line() -> None:
    assert html.money(7200, "EUR") == "7,200.00\N{NO-BREAK SPACE}EUR"
