"""A small company whose programs use the API. Every answer is held against the OpenAPI document."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, unquote
from uuid import UUID

from jsonschema import Draft202012Validator
from sqlalchemy import func, select

from app import definitions
from app.api.document import document
from app.api.json_schema import inlined
from app.store.db import Db, across_tenants
from app.store.tables import metadata
from engine.json_text import dumps
from engine.schema_keywords import FORMATS
from tests.app.requests import shipped
from tests.make import Browser, User, browser, make_group, make_key, make_tenant, make_user, site

WRITTEN = ("definitions", "draft_edits", "drafts", "effects", "events", "idempotency_keys", "instances", "series",
           "tasks", "timers", "versions")  # fmt: skip


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: dict[str, str]
    text: bytes

    @property
    def pointers(self) -> list[str]:
        """Of the fields that are named, each with a code for programs."""
        assert all(error["code"] for error in self.body["errors"]), self.body
        return [error["pointer"] for error in self.body["errors"]]


@dataclass(frozen=True)
class Api:
    """Calls with one key."""

    client: Browser
    secret: str

    def get(self, path: str, **query: Any) -> Answer:
        return self.call("GET", path, params=query)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is None:
            return self.call("POST", path)
        return self.call("POST", path, content=dumps(body), headers={"content-type": "application/json", **told})

    def send(self, path: str, content: bytes, kind: str = "application/json") -> Answer:
        headers = {"content-type": kind} if kind else {}
        return self.call("POST", path, content=content, headers=headers)

    def call(self, method: str, path: str, headers: dict[str, str] | None = None, **given: Any) -> Answer:
        known = {"accept": "*/*", "authorization": f"Bearer {self.secret}", **(headers or {})}
        got = self.client.request(method, path, headers=known, **given)
        answer = Answer(got.status_code, json.loads(got.content), dict(got.headers), got.content)
        check(method, path, answer)
        return answer


@cache
def published() -> dict[str, Any]:
    """The OpenAPI document."""
    made: dict[str, Any] = json.loads(json.dumps(document(site().routes), default=str))
    return made


@cache
def told() -> dict[str, Any]:
    """The same, with what it refers to in its place."""
    found: dict[str, Any] = inlined(published(), published()["components"]["schemas"])
    return found


def check(method: str, path: str, answer: Answer) -> None:
    """The document knows this status of this call, and what was said has the form it tells."""
    operation = operation_of(method, path)
    if operation is None:
        assert answer.status in (404, 405), answer
        documented: dict[str, Any] = {"$ref": "#/components/responses/Problem-default"}
    else:
        documented = operation["responses"].get(str(answer.status)) or {}
        assert documented, f"{method} {path} answered {answer.status}: {answer.body}"
    if "$ref" in documented:
        documented = told()["components"]["responses"][documented["$ref"].rpartition("/")[2]]
        assert (answer.body["status"], answer.body["type"]) == (answer.status, "about:blank")
        assert answer.body["instance"] == quote(unquote(path.partition("?")[0]))
    (kind,) = documented["content"]
    assert answer.headers["content-type"].partition(";")[0] == kind
    schema = documented["content"][kind]["schema"]
    errors = [
        f"{error.json_path}: {error.message}"
        for error in Draft202012Validator(schema, format_checker=FORMATS).iter_errors(answer.body)
    ]
    assert not errors, (path, answer.body)


def operation_of(method: str, path: str) -> dict[str, Any] | None:
    """Paths without a place of their own for the id come first, as in the router."""
    asked = path.partition("?")[0]
    for template in sorted(told()["paths"], key=lambda one: ("{" in one, one)):
        if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)), asked):
            found: dict[str, Any] | None = told()["paths"][template].get(method.lower())
            return found
    return None


@dataclass(frozen=True)
class Company:
    """Ann asks, Bob is her manager; dana directs; frank, grace and henry are the board; olga audits.

    `trusted` speaks for others, `eve` may do everything in another tenant.
    """

    tenant_id: UUID
    people: dict[str, User]
    apis: dict[str, Api]

    def __getitem__(self, name: str) -> Api:
        return self.apis[name]

    def email(self, name: str) -> str:
        return self.people[name].email


BOSSES = {"ann": "bob", "leo": "bob", "bob": "dana"}
ROLES = {
    "dana": ("requester", "approver"),
    "bob": ("requester", "approver"),
    "ann": ("requester",),
    "leo": ("requester",),
    "frank": ("approver",),
    "grace": ("approver",),
    "henry": ("approver",),
    "olga": ("auditor",),
    "alex": ("requester", "admin", "designer"),
}


@contextmanager
def company() -> Iterator[Company]:
    with across_tenants() as db:
        tenant_id = make_tenant(db, "Lindholm")
        people = _people(db, tenant_id)
        make_group(db, tenant_id, "Directors", [people["dana"]])
        make_group(db, tenant_id, "Board", [people["frank"], people["grace"], people["henry"]])
        make_group(db, tenant_id, "Purchasing", [people["leo"]])
        make_group(db, tenant_id, "People team", [people["leo"]])
        eve = make_user(db, make_tenant(db, "Other"), "Eve", "requester", "approver", "designer", "auditor", "admin")
        secrets = {name: make_key(db, person) for name, person in people.items()}
        secrets |= {"trusted": make_key(db, people["alex"], speaks_for_others=True)}
        secrets |= {"eve": make_key(db, eve, speaks_for_others=True)}
    with across_tenants() as db:
        definitions.store(db, tenant_id, shipped("purchase-approval"))
        definitions.store(db, eve.tenant_id, shipped("purchase-approval"))
    with browser() as client:
        apis = {name: Api(client, secret) for name, secret in secrets.items()}
        yield Company(tenant_id, {**people, "eve": eve}, apis)


def _people(db: Db, tenant_id: UUID) -> dict[str, User]:
    made: dict[str, User] = {}
    for name, roles in ROLES.items():
        boss = BOSSES.get(name)
        made[name] = make_user(db, tenant_id, name.title(), *roles, manager=made[boss] if boss else None)
    return made


def approval(shop: Company, *asked: str) -> str:
    """A question of Ann's; the id of its request."""
    body = {"workflowId": "w", "title": "t", "notifyUsers": [shop.email(name) for name in asked or ("bob",)]}
    return str(shop["ann"].post("/api/approvals", body).body["request"]["id"])


def sent_back(shop: Company) -> str:
    """The task that asks Ann to change her purchase, for which Bob sent it back."""
    asked = {"definition": "purchase-approval", "data": {"amount": 800, "item": "Chair"}}
    made = shop["ann"].post("/api/v1/instances", asked).body
    answer = {"outcome": "changes_requested", "comment": "Which one?"}
    shown = shop["bob"].post(f"/api/v1/tasks/{made['waitingFor'][0]['taskId']}/decide", answer).body
    return str(shown["waitingFor"][0]["taskId"])


def task_of(shop: Company, instance: str) -> str:
    """The first open one of a request."""
    return str(shop["alex"].get(f"/api/v1/instances/{instance}").body["waitingFor"][0]["taskId"])


def drafted(shop: Company, call: str) -> str:
    """The key of a new draft, in which there is something to undo or to do again where the call wants that."""
    key = str(shop["alex"].post("/api/v1/drafts", {"name": "Travel"}).body["key"])
    place, wanted = f"/api/v1/definitions/{key}/draft", {"edit": "rename", "step": "request", "name": "Form"}
    if call.endswith(("/undo", "/redo")):
        shop["alex"].post(f"{place}/edits", {"revision": 0, "edits": [wanted]})
    if call.endswith("/redo"):
        shop["alex"].post(f"{place}/undo", {"revision": 1})
    return key


def written(tenant_id: UUID) -> dict[str, int]:
    """How many rows the tenant has where calls write."""
    with across_tenants() as db:
        tables = [metadata.tables[name] for name in WRITTEN]
        counts = [select(func.count()).where(table.c.tenant_id == tenant_id).scalar_subquery() for table in tables]
        return dict(zip(WRITTEN, db.execute(select(*counts)).one(), strict=True))
