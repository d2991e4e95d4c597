"""Eve of another tenant opens every page and sends every form with ids of ours: nothing is there, nothing changes."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from app.access.permissions import ROLES
from app.store.db import across_tenants
from tests.app.api import written
from tests.app.decided import history
from tests.make import Browser, Cast, browser, make_group, make_key, site

TABLES = ("instances", "tasks", "users", "groups", "api_keys", "effects", "messages", "reports", "files")
# What is no tenant's, or proves itself: documents, files of the page, links in mails.
ELSEWHERE = (
    "/api",
    "/static",
    "/schemas",
    "/d/",
    "/welcome/",
    "/demo/",
    "/definitions/templates/",
    "/health",
    "/ready",
)


@pytest.fixture(scope="module")
def cast() -> Cast:
    made = history()
    with across_tenants() as db:
        make_group(db, made.ben.tenant_id, "Finance", [made.ben])
        make_key(db, made.ben)
    return made


@pytest.fixture(scope="module")
def ours(cast: Cast) -> list[UUID]:
    """One id of each kind that there is."""
    found = []
    with across_tenants() as db:
        for table in TABLES:
            rows = db.query(f"SELECT id FROM {table} WHERE tenant_id = %s LIMIT 1", [cast.ben.tenant_id])
            found += [row["id"] for row in rows]
    return found


@pytest.fixture(scope="module")
def eve(cast: Cast) -> Iterator[Browser]:
    with browser(cast.eve) as client:
        yield client


def addresses(method: str) -> list[str]:
    """Of every page that is about one thing."""
    routes: list[Any] = [route for route in site().routes if getattr(route, "path_parameters", None)]
    paths = {route.path for route in routes if method in route.methods}
    return sorted(path for path in paths if not path.startswith(ELSEWHERE))


def placed(path: str, one: UUID) -> str:
    """With an id for every id; nobody there has a definition of our key, or a version of it."""
    parts = {"uuid": str(one), "str": "purchase-approval", "int": "1"}
    return "/".join(parts[part[1:-1].partition(":")[2]] if part.startswith("{") else part for part in path.split("/"))


def test_the_same_addresses_lead_to_something_in_our_own_tenant(cast: Cast, ours: list[UUID]) -> None:
    """Else the tests below would pass on addresses that there are not."""
    with across_tenants() as db:
        db.query("UPDATE users SET roles = %s WHERE id = %s", [list(ROLES), cast.cleo.id])
    with browser(cast.cleo) as cleo:
        found = [
            path for path in addresses("GET") if any(cleo.get(placed(path, one)).status_code == 200 for one in ours)
        ]
    expected = {
        "/instances/{id:uuid}",
        "/tasks/{id:uuid}",
        "/people/{id:uuid}",
        "/groups/{id:uuid}",
        "/effects/{id:uuid}",
    }
    assert expected <= set(found)


@pytest.mark.parametrize("path", addresses("GET"))
def test_no_page_shows_what_is_another_tenants(cast: Cast, ours: list[UUID], eve: Browser, path: str) -> None:
    for one in ours:
        assert eve.get(placed(path, one)).status_code == 404


@pytest.mark.parametrize("path", addresses("POST"))
def test_no_form_changes_what_is_another_tenants(cast: Cast, ours: list[UUID], eve: Browser, path: str) -> None:
    before = written(cast.ben.tenant_id)
    for one in ours:
        assert eve.post(placed(path, one), data={"reason": "Because", "outcome": "approved"}).status_code == 404
    assert written(cast.ben.tenant_id) == before
