"""What happens outside requests is a chain of the tenant: who came in, what administrators did, who saw what."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from app import definitions, people
from app.access import keys, links
from app.audit import chains, search, tenant_log
from app.audit.filters import Filters
from app.errors import Invalid
from app.people import groups, invitations, rules, tenancy, zones
from app.reports import jobs
from app.store.db import across_tenants
from designer.gallery import template
from engine.events.access import LoggedOut
from tests.app.decided import intruder, purchase, report
from tests.app.requests import ask, shipped, tasks_of
from tests.make import PASSWORD, Cast, browser, make_cast


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def logged(cast: Cast, kind: str = "") -> list[dict[str, Any]]:
    with across_tenants() as db:
        sql = "SELECT * FROM events WHERE instance_id = %(tenant)s AND %(kind)s IN ('', type) ORDER BY seq"
        return db.query(sql, {"tenant": cast.ada.tenant_id, "kind": kind})


def whole(cast: Cast) -> bool:
    with across_tenants() as db:
        return not chains.check_tenant(db, cast.ada.tenant_id).broken


def test_what_an_administrator_does_is_recorded(cast: Cast) -> None:
    admin = cast.cleo.principal
    with across_tenants() as db:
        made = people.create(db, admin, people.Details("Gus", f"{cast.ada.id}@example.test", roles=("approver",)))
        auditor = people.Details("Gus", f"{cast.ada.id}@example.test", roles=("approver", "auditor"))
        people.change(db, admin, made, auditor)
        people.deactivate(db, admin, made)
        people.activate(db, admin, made)
        group = groups.create(db, admin, "Board", {made})
        groups.change(db, admin, group, "The board", set())
        key, _ = keys.create(db, admin, keys.Wanted("ERP", {"instance:start"}, 30))
        keys.revoke(db, admin, key)
    assert [event["type"] for event in logged(cast)] == [
        "PersonAdded",
        "PersonChanged",
        "PersonDeactivated",
        "PersonActivated",
        "GroupAdded",
        "GroupChanged",
        "KeyMade",
        "KeyRevoked",
    ]
    assert {event["actor_id"] for event in logged(cast)} == {cast.cleo.id}
    assert logged(cast, "PersonChanged")[0]["data"]["roles"] == ["approver", "auditor"]
    assert whole(cast)


def test_log_ins_are_recorded_with_where_they_came_from(cast: Cast) -> None:
    with browser(address="192.0.2.44") as client:
        token = client.get("/login").text.split('name="_csrf_token" value="')[1].split('"')[0]
        for password in ("wrong", PASSWORD):
            client.post("/login", data={"email": cast.ben.email, "password": password, "_csrf_token": token})
    failed, entered = logged(cast)
    assert (failed["type"], failed["actor_id"], failed["data"]["user"]) == ("LoginFailed", None, str(cast.ben.id))
    assert (entered["type"], entered["actor_id"], entered["address"]) == ("LoggedIn", cast.ben.id, "192.0.2.44")
    assert (entered["source"], entered["actor_name"]) == ("web", "Ben") and entered["agent"]
    assert whole(cast)


def test_a_failed_change_leaves_no_event(cast: Cast) -> None:
    with pytest.raises(Invalid), across_tenants() as db:
        people.create(db, cast.cleo.principal, people.Details("", "nobody"))
    assert logged(cast) == []


def test_publishing_is_recorded_once_for_each_version(cast: Cast) -> None:
    with across_tenants() as db:
        for _ in range(2):
            definitions.publish(db, cast.ada.principal, template("simple-approval"), "first")
    (event,) = logged(cast, "DefinitionPublished")
    assert (event["data"]["version"], event["data"]["note"]) == (1, "first")


def test_reports_and_downloads_are_recorded(cast: Cast) -> None:
    key = purchase(cast)
    made = report(cast.dov, "csv", instance=str(key))
    with across_tenants() as db:
        jobs.content(db, cast.dov.principal, made)
    with browser(cast.dov) as client:
        assert client.get("/audit/events.csv?text=Ben").status_code == 200
    assert [event["type"] for event in logged(cast)] == ["ReportRequested", "ReportDownloaded", "RecordExported"]
    assert logged(cast)[0]["correlation_id"] == key


def test_a_tenant_begins_with_an_event() -> None:
    with across_tenants() as db:
        tenancy.found(db, "Fresh Fruit", people.Details("Ada", "ada@fresh.example", roles=("admin", "requester")))
        tenant = db.query("SELECT id FROM tenants WHERE name = 'Fresh Fruit'")[0]["id"]
        events = db.query("SELECT type FROM events WHERE instance_id = %s ORDER BY seq", [tenant])
        assert [event["type"] for event in events][:2] == ["TenantFounded", "PersonAdded"]
        assert not chains.check_tenant(db, tenant).broken


def asked(cast: Cast) -> UUID:
    key = ask(cast.ada, shipped("purchase-approval"), item="Desk", amount=900)
    return UUID(str(tasks_of(key)[0].id))


def test_the_first_look_at_a_question_is_recorded_once(cast: Cast) -> None:
    task = asked(cast)
    with browser(cast.dov) as other:
        assert other.get(f"/tasks/{task}").status_code == 200
    with browser(cast.cleo) as client:
        assert client.get(f"/tasks/{task}", headers={"Sec-Purpose": "prefetch"}).status_code == 200
        assert logged(cast, "ApprovalViewed") == []
        for _ in range(3):
            assert client.get(f"/tasks/{task}").status_code == 200
    (event,) = logged(cast, "ApprovalViewed")
    assert (event["actor_id"], event["data"]["task"]) == (cast.cleo.id, str(task))
    assert whole(cast)


def test_a_mail_link_that_a_scanner_follows_is_not_a_look(cast: Cast) -> None:
    task = asked(cast)
    path = "/d/" + links.make(cast.cleo.tenant_id, task, cast.cleo.id, 1).rpartition("/")[2]
    with browser() as scanner:
        assert scanner.get(path).status_code == 200
        scanner.head(path)
    assert logged(cast, "ApprovalViewed") == []


def test_two_at_once_come_one_after_the_other(cast: Cast) -> None:
    def note(number: int) -> int:
        with across_tenants() as db:
            return tenant_log.note(db, cast.ada.tenant_id, cast.cleo.principal, LoggedOut(str(number)))[0]

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(note, range(40))) == list(range(1, 41))
    assert whole(cast)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("UPDATE events SET data = '{}' WHERE instance_id = %s AND seq = 2", "it is not what was written"),
        ("UPDATE events SET actor_name = 'Eve' WHERE instance_id = %s AND seq = 2", "it is not what was written"),
        ("DELETE FROM events WHERE instance_id = %s AND seq = 2", "it is missing, event 3 comes next"),
        ("DELETE FROM events WHERE instance_id = %s AND seq = 3", "it is missing, and so is all up to event 3"),
        ("DELETE FROM tenant_chains WHERE tenant_id = %s", "it was added, the chain ends with event 0"),
    ],
)
def test_a_change_of_the_log_is_found_and_named(cast: Cast, change: str, what: str) -> None:
    with across_tenants() as db:
        for number in range(3):
            tenant_log.note(db, cast.ada.tenant_id, cast.cleo.principal, LoggedOut(str(number)))
    with intruder() as db:
        db.query(change, [cast.ada.tenant_id])
        result = chains.check_tenant(db, cast.ada.tenant_id)
    assert result.breaks[0].where == "Log of Acme" and what in result.breaks[0].what


def test_the_auditor_sees_it_apart_from_requests(cast: Cast) -> None:
    purchase(cast)
    with across_tenants() as db:
        invitations.invite(db, cast.cleo.principal, cast.ben.id)
        for area, expected in (("log", True), ("requests", False)):
            lines = search.search(db, cast.dov.principal, Filters(area=area)).lines
            assert lines and {line.event.instance_id == line.event.tenant_id for line in lines} == {expected}
    with browser(cast.dov) as client:
        assert "Cleo sent Ben a link to set a new password" in client.get("/audit?area=log").text
        assert "Cleo sent Ben a link to set a new password" in client.get("/audit/events.csv?area=log").text


def test_keys_that_end_with_a_right_or_an_account_are_recorded_one_by_one(cast: Cast) -> None:
    admin = cast.cleo.principal
    with across_tenants() as db:
        made = people.create(db, admin, people.Details("Gus", f"{cast.ben.id}@example.test", roles=("admin",)))
        speaking = keys.Wanted("ERP", {"approval:approve"}, 30, speaks_for_others=True)
        ends = [keys.issue(db, admin.tenant_id, made, wanted)[0] for wanted in (speaking, keys.Wanted("Own", {"x"}))]
        people.change(db, admin, made, people.Details("Gus", f"{cast.ben.id}@example.test", roles=("approver",)))
        people.deactivate(db, admin, made)
    revoked = logged(cast, "KeyRevoked")
    assert [event["data"]["key"] for event in revoked] == [str(key) for key in ends]
    assert {event["actor_id"] for event in revoked} == {cast.cleo.id}


def test_what_a_tenant_allows_is_recorded(cast: Cast) -> None:
    with across_tenants() as db:
        (tenant,) = db.query("SELECT key FROM tenants WHERE id = %s", [cast.ada.tenant_id])
        rules.set_rule(db, tenant["key"], "calls_may_approve", False)
        zones.choose_for_company(db, cast.cleo.principal, "Europe/Paris")
        told = [line.story for line in search.search(db, cast.dov.principal, Filters(area="log")).lines]
    assert told[::-1] == [
        "Command line forbade programs to have what they ask for approved automatically, or when the time is up",
        "Cleo set the time zone of the company to “Europe/Paris”",
    ]
    assert whole(cast)


def test_logging_out_everywhere_is_recorded(cast: Cast) -> None:
    with browser(cast.ben) as client:
        assert client.post("/sessions/end").status_code in (200, 303)
    (event,) = logged(cast, "LoggedOut")
    assert (event["actor_id"], event["data"]["where"]) == (cast.ben.id, "everywhere")
