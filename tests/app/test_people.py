"""People and groups: kept by administrators, never in one's own favour, never across tenants."""

import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app import people
from app.access import auth, sessions
from app.access.devices import Place
from app.errors import Conflict, Forbidden, Invalid, Missing, Refusal
from app.people import groups
from app.runtime.directories import directory
from app.store.db import Db, across_tenants
from app.store.tables import tenants, users
from tests.make import PASSWORD, Cast, User, browser, hashed, make_cast, make_group, make_key, make_user

pytestmark = pytest.mark.usefixtures("database")

OTHER = "a river of stones"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def row(user: User) -> Any:
    with across_tenants() as db:
        return db.execute(select(users).where(users.c.id == user.id)).one()


def rev(user: User) -> int:
    with across_tenants() as db:
        return int(db.execute(select(tenants.c.directory_rev).where(tenants.c.id == user.tenant_id)).scalar_one())


def form(user: User, **changes: Any) -> dict[str, Any]:
    """The edit form as the browser sends it when nothing was changed but this."""
    now = row(user)
    manager = str(now.manager_id) if now.manager_id else ""
    return {
        "name": now.name,
        "email": now.email,
        "title": now.title,
        "roles": now.roles,
        "manager": manager,
    } | changes


def details(user: User, **changes: Any) -> people.Details:
    now = row(user)
    kept = {"name": now.name, "email": now.email, "roles": now.roles, "manager_id": now.manager_id}
    return people.Details(**(kept | changes))


def test_the_list_is_searched_by_name_address_title_and_role(cast: Cast) -> None:
    with browser(cast.ben) as client:
        everybody = client.get("/people").text
        assert all(user.email in everybody for user in (cast.ada, cast.ben, cast.cleo, cast.dov))
        for words, found in (("ben", cast.ben), ("AUDIT", cast.dov), (cast.ada.email, cast.ada)):
            page = client.get("/people", params={"q": words}).text
            assert re.findall(r'href="/people/([0-9a-f-]{36})"', page)[0] == str(found.id)
        assert "Nobody fits" in client.get("/people", params={"q": "100%_"}).text


def test_the_search_answers_htmx_with_the_list_alone(cast: Cast) -> None:
    with browser(cast.ben) as client:
        part = client.get("/people?q=dov", headers={"hx-request": "true", "hx-target": "found"}).text
        assert part.strip().startswith('<div id="found"')
        assert "<html" not in part


def test_a_person_page_shows_the_line_above_and_below(cast: Cast) -> None:
    with browser(cast.dov) as client:
        ben, cleo = client.get(f"/people/{cast.ben.id}").text, client.get(f"/people/{cast.cleo.id}").text
    assert f'href="/people/{cast.cleo.id}"' in ben
    assert f'href="/people/{cast.ben.id}"' in cleo
    assert f'href="/people/{cast.ada.id}"' in cleo


def test_a_new_person_is_invited(cast: Cast) -> None:
    before = rev(cast.cleo)
    email = f"fay.{uuid.uuid4().hex[:8]}@example.com"
    with browser(cast.cleo) as client:
        new = {"name": " Fay  Field ", "email": email, "title": "Buyer", "roles": ["requester", "approver"]}
        made = client.post("/people", data=new | {"manager": str(cast.ben.id)})
        place = made.headers["location"].partition("?")[0]
        assert made.status_code == 303
        assert "/welcome/" in client.get(place).text
    with across_tenants() as db:
        fay = db.execute(select(users).where(users.c.email == email)).one()
    assert (fay.name, fay.roles, fay.manager_id) == ("Fay Field", ["approver", "requester"], cast.ben.id)
    assert fay.handle == email.partition("@")[0]
    assert rev(cast.cleo) == before + 1


def test_handles_stay_apart(cast: Cast) -> None:
    with across_tenants() as db:
        made = [
            people.create(db, cast.cleo.principal, people.Details("Kim", f"kim@{uuid.uuid4().hex}.example"))
            for _ in range(3)
        ]
        handles = set(db.execute(select(users.c.handle).where(users.c.id.in_(made))).scalars())
    assert handles == {"kim", "kim2", "kim3"}


WRONG: dict[str, dict[str, Any]] = {
    "name": {"name": " \u202e "},
    "title": {"title": "x" * 101},
    "email": {"email": "ben at home"},
    "roles": {"roles": ["requester", "emperor"]},
    "manager": {"manager": str(uuid.uuid4())},
    "groups": {"groups": str(uuid.uuid4())},
}


@pytest.mark.parametrize(("field", "wrong"), WRONG.items(), ids=WRONG.keys())
def test_a_wrong_answer_is_named_beside_its_field(field: str, wrong: dict[str, Any], cast: Cast) -> None:
    before, now = row(cast.ben), rev(cast.ben)
    with browser(cast.cleo) as client:
        if field == "groups":
            with across_tenants() as db:
                make_group(db, cast.cleo.tenant_id, "Board")
        answer = client.post(f"/people/{cast.ben.id}", data=form(cast.ben, **wrong))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert (row(cast.ben), rev(cast.ben)) == (before, now)


def test_an_address_belongs_to_one_person_however_it_is_written(cast: Cast) -> None:
    with browser(cast.cleo) as client:
        answer = client.post(f"/people/{cast.ben.id}", data=form(cast.ben, email=cast.ada.email.upper()))
        assert answer.status_code == 422
        assert "Somebody has this e-mail address already." in answer.text


def test_an_address_of_another_tenant_is_free_here_and_the_password_tells_who_logs_in(cast: Cast) -> None:
    with browser(cast.cleo) as client:
        assert client.post(f"/people/{cast.ben.id}", data=form(cast.ben, email=cast.eve.email)).status_code == 303
    here = Place("2001:db8::9")
    with across_tenants() as db:
        db.execute(update(users).where(users.c.id == cast.ben.id).values(password_hash=hashed(OTHER)))
    with across_tenants() as db:
        for secret, user in ((OTHER, cast.ben), (PASSWORD, cast.eve)):
            found = sessions.principal(db, auth.log_in(cast.eve.email, secret, here))
            assert found
            assert found.user_id == user.id
        db.execute(update(users).where(users.c.id == cast.ben.id).values(password_hash=hashed(PASSWORD)))
    with pytest.raises(auth.Ambiguous) as asked:
        auth.log_in(cast.eve.email, PASSWORD, here)
    assert len(asked.value.tenants) == 2
    for tenant, _ in asked.value.tenants:
        assert auth.log_in(cast.eve.email, PASSWORD, here, tenant=tenant)


def test_nobody_answers_to_themselves_by_a_detour(cast: Cast) -> None:
    with across_tenants() as db:
        fay = make_user(db, cast.cleo.tenant_id, "Fay", "admin")
    for manager in (cast.ben, cast.cleo):
        with pytest.raises(Invalid, match="another look") as refused, across_tenants() as db:
            people.change(db, fay.principal, cast.cleo.id, details(cast.cleo, manager_id=manager.id))
        assert refused.value.errors[0]["pointer"] == "/manager"
        assert "round in a circle" in refused.value.errors[0]["message"]


def test_two_changes_at_once_make_no_circle(cast: Cast) -> None:
    with across_tenants() as db:
        one = make_user(db, cast.cleo.tenant_id, "One", "requester")
        two = make_user(db, cast.cleo.tenant_id, "Two", "requester")

    def answer_to(pair: tuple[User, User]) -> bool:
        try:
            with across_tenants() as db:
                people.change(db, cast.cleo.principal, pair[0].id, details(pair[0], manager_id=pair[1].id))
        except Invalid:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(answer_to, [(one, two), (two, one)])) == [False, True]


def test_nobody_gives_themselves_rights(cast: Cast) -> None:
    with across_tenants() as db:
        group = make_group(db, cast.cleo.tenant_id, "Board")
    changes: list[dict[str, Any]] = [
        {"roles": ["admin", "approver", "auditor", "requester"]},
        {"manager": str(cast.dov.id)},
        {"groups": str(group)},
    ]
    with browser(cast.cleo) as client:
        for change in changes:
            assert client.post(f"/people/{cast.cleo.id}", data=form(cast.cleo, **change)).status_code == 403
        assert client.post(f"/groups/{group}", data={"name": "Board", "members": str(cast.cleo.id)}).status_code == 403
        assert client.post(f"/people/{cast.cleo.id}/deactivation").status_code == 403
        assert client.post(f"/people/{cast.cleo.id}/invitation").status_code == 403
        assert client.post(f"/people/{cast.cleo.id}", data=form(cast.cleo, title="Head")).status_code == 303
    assert row(cast.cleo).title == "Head"


def test_one_administrator_always_stays(cast: Cast) -> None:
    with across_tenants() as db:
        fay = make_user(db, cast.cleo.tenant_id, "Fay", "admin")
    with across_tenants() as db:
        people.change(db, cast.cleo.principal, fay.id, details(fay, roles=["requester"]))
        with pytest.raises(Conflict, match="last administrator"):
            people.change(db, fay.principal, cast.cleo.id, details(cast.cleo, roles=["requester"]))
    with pytest.raises(Conflict), across_tenants() as db:
        people.deactivate(db, fay.principal, cast.cleo.id)
    assert row(cast.cleo).active


def test_two_administrators_cannot_put_each_other_out_at_once(cast: Cast) -> None:
    with across_tenants() as db:
        fay = make_user(db, cast.cleo.tenant_id, "Fay", "admin")

    def put_out(pair: tuple[User, User]) -> bool:
        try:
            with across_tenants() as db:
                people.deactivate(db, pair[0].principal, pair[1].id)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(put_out, [(cast.cleo, fay), (fay, cast.cleo)])) == [False, True]


def test_whoever_is_deactivated_is_out_at_once(cast: Cast) -> None:
    with across_tenants() as db:
        secret = make_key(db, cast.ben)
    with browser(cast.ben) as ben, browser(cast.cleo) as cleo:
        assert cleo.post(f"/people/{cast.ben.id}/deactivation").status_code == 303
        assert ben.get("/people").status_code == 303
        key = {"authorization": f"Bearer {secret}", "accept": "application/json"}
        with browser() as program:
            assert program.get("/people", headers=key).status_code == 401
        assert str(cast.ben.id) not in cleo.get("/people").text
        assert str(cast.ben.id) in cleo.get("/people?left=true").text
        assert cleo.post(f"/people/{cast.ben.id}/activation").status_code == 303
        assert ben.get("/people").status_code == 303


def test_a_group_is_made_filled_and_renamed(cast: Cast) -> None:
    before = rev(cast.cleo)
    with browser(cast.cleo) as client:
        made = client.post("/groups", data={"name": "Ärzte & Board", "members": [str(cast.ben.id), str(cast.ada.id)]})
        place = made.headers["location"]
        assert "Ben" in client.get(place).text
        client.post(place, data={"name": "Board", "members": str(cast.dov.id)})
        page = client.get(place).text
        assert "<code>rzte-board</code>" in page
        assert "Dov" in page
        assert "Ben" not in client.get("/groups").text
    assert rev(cast.cleo) == before + 2


def test_a_group_needs_a_name_and_people_of_the_tenant(cast: Cast) -> None:
    with browser(cast.cleo) as client:
        assert client.post("/groups", data={"name": ""}).status_code == 422
        assert client.post("/groups", data={"name": "x", "members": str(cast.eve.id)}).status_code == 422


def test_members_are_searched_for_where_there_are_many(cast: Cast) -> None:
    """Looking for somebody saves nothing and forgets nothing."""
    with across_tenants() as db:
        for number in range(35):
            make_user(db, cast.ada.tenant_id, f"Zoe {number:02}", "approver")
        make_user(db, cast.ada.tenant_id, "Quentin", "approver")
    with browser(cast.cleo) as client:
        assert "Quentin" not in client.get("/groups/new").text
        looked = {"name": "Board", "members": [str(cast.ben.id)], "words": "quent", "find": "yes"}
        answer = client.post("/groups", data=looked)
        assert answer.status_code == 200
        ticked = re.findall(r'name="members" value="([^"]+)"( checked)?', answer.text)
        assert [bool(mark) for _, mark in ticked] == [True, False]
        assert "Nobody else matches “nobody”" in client.post("/groups", data=looked | {"words": "nobody"}).text
        with across_tenants() as db:
            assert groups.list_groups(db, cast.cleo.principal) == []
        made = client.post("/groups", data={"name": "Board", "members": [key for key, _ in ticked]})
        assert "Quentin" in client.get(made.headers["location"]).text


MANAGED = [
    ("GET", "/people/new"),
    ("GET", "/people/{ben}/edit"),
    ("POST", "/people"),
    ("POST", "/people/{ben}"),
    ("POST", "/people/{ben}/deactivation"),
    ("POST", "/people/{ben}/activation"),
    ("POST", "/people/{ben}/invitation"),
    ("GET", "/groups/new"),
    ("GET", "/groups/{group}/edit"),
    ("POST", "/groups"),
    ("POST", "/groups/{group}"),
]


@pytest.mark.parametrize(("method", "path"), MANAGED)
def test_only_administrators_change_people(method: str, path: str, cast: Cast) -> None:
    with across_tenants() as db:
        group = make_group(db, cast.cleo.tenant_id, "Board")
        before = db.execute(select(func.max(users.c.created_at))).scalar()
    place = path.format(ben=cast.ben.id, group=group)
    now = rev(cast.cleo)
    for user in (cast.ada, cast.ben, cast.dov):
        with browser(user) as client:
            answer = client.request(method, place, data=form(cast.ben) if method == "POST" else None)
            assert answer.status_code == 403
            assert "admin" in answer.text
    with across_tenants() as db:
        assert db.execute(select(func.max(users.c.created_at))).scalar() == before
    assert rev(cast.cleo) == now


WITH_ID = [call for call in MANAGED if "{" in call[1]]


def bare(page: str) -> str:
    """Without the form token, which is another one on every page."""
    return re.sub(r"\b[0-9a-f]{112}\b", "", page)


@pytest.mark.parametrize(("method", "path"), [*WITH_ID, ("GET", "/people/{ben}"), ("GET", "/groups/{group}")])
def test_another_tenant_finds_nothing(method: str, path: str, cast: Cast) -> None:
    with across_tenants() as db:
        group = make_group(db, cast.cleo.tenant_id, "Board", [cast.ben])
    real = path.format(ben=cast.ben.id, group=group)
    random = path.format(ben=uuid.uuid4(), group=uuid.uuid4())
    before = (row(cast.ben), rev(cast.cleo))
    with browser(cast.eve) as eve:
        sent = form(cast.eve, manager="") if method == "POST" else None
        theirs, nobodys = (eve.request(method, place, data=sent) for place in (real, random))
    assert theirs.status_code == nobodys.status_code == 404
    assert bare(theirs.text) == bare(nobodys.text)
    assert (row(cast.ben), rev(cast.cleo)) == before


def test_another_tenant_is_not_listed_chosen_or_asked(cast: Cast) -> None:
    with across_tenants() as db:
        group = make_group(db, cast.cleo.tenant_id, "Board", [cast.ben])
    with browser(cast.eve) as eve:
        seen = [eve.get(path).text for path in ("/people", "/people?q=ben", "/people/new", "/groups", "/groups/new")]
        assert not [page for page in seen if str(cast.ben.id) in page or "Board" in page]
        chosen = form(cast.eve, email="new@eve.example")
        assert eve.post("/people", data=chosen | {"manager": str(cast.ben.id)}).status_code == 422
        assert eve.post("/people", data=chosen | {"manager": "", "groups": str(group)}).status_code == 422
        assert eve.post("/groups", data={"name": "x", "members": str(cast.ben.id)}).status_code == 422


def test_names_are_text_wherever_they_are_shown(cast: Cast) -> None:
    hostile = "<img src=x onerror=alert(1)>\"'{{7*7}}"
    with across_tenants() as db:
        people.change(db, cast.cleo.principal, cast.ben.id, details(cast.ben, name=hostile, title=hostile))
        make_group(db, cast.cleo.tenant_id, hostile, [cast.ben])
        make_key(db, cast.ben)
    with browser(cast.cleo) as client:
        places = ["/people", "/people/new", f"/people/{cast.ben.id}", f"/people/{cast.ben.id}/edit"]
        places += [f"/people/{cast.cleo.id}", "/groups", "/groups/new", "/keys", f"/people?q={hostile}"]
        for place in places:
            page = client.get(place).text
            assert "<img" not in page, place
            assert "&lt;img" in page, place


def snapshot(db: Db, user: User) -> Any:
    found = db.execute(select(tenants.c.directory_rev).where(tenants.c.id == user.tenant_id)).scalar_one()
    return directory(db, user.tenant_id, found)


def test_the_directory_is_read_once_for_every_change(cast: Cast) -> None:
    with across_tenants() as db:
        group = groups.create(db, cast.cleo.principal, "Board", [cast.ben.id, cast.dov.id])
    with across_tenants() as db:
        first = snapshot(db, cast.ben)
        assert snapshot(db, cast.dov) is first
        assert snapshot(db, cast.eve) is not first
    assert set(first.people) == {str(user.id) for user in (cast.ada, cast.ben, cast.cleo, cast.dov)}
    ben = first.find(cast.ben.email)
    assert (ben.name, ben.manager, ben.active, ben.roles) == ("Ben", str(cast.cleo.id), True, cast.ben.roles)
    assert set(first.groups["board"]) == {str(cast.ben.id), str(cast.dov.id)}
    assert first.group_names == {"board": "Board"}
    with across_tenants() as db:
        groups.change(db, cast.cleo.principal, group, "The board", [cast.ben.id])
        people.deactivate(db, cast.cleo.principal, cast.dov.id)
    with across_tenants() as db:
        second = snapshot(db, cast.ben)
    assert second.groups["board"] == (str(cast.ben.id),)
    assert second.group_names == {"board": "The board"}
    assert not second.people[str(cast.dov.id)].active


def test_a_key_manages_people_only_where_it_may(cast: Cast) -> None:
    with across_tenants() as db:
        secret = make_key(db, cast.cleo, "people:read", "instance:start")
    with browser() as program:
        key = {"authorization": f"Bearer {secret}", "accept": "application/json"}
        refused = program.post(f"/people/{cast.ben.id}/deactivation", headers=key)
    assert refused.status_code == 403
    assert row(cast.ben).active


def test_services_know_no_other_tenant(cast: Cast) -> None:
    with across_tenants() as db:
        group = make_group(db, cast.cleo.tenant_id, "Board")
        eve = cast.eve.principal
        calls: list[Callable[[], Any]] = [
            lambda: people.get(db, eve, cast.ben.id),
            lambda: people.deactivate(db, eve, cast.ben.id),
            lambda: people.change(db, eve, cast.ben.id, people.Details("x", "x@example.com")),
            lambda: groups.get(db, eve, group),
            lambda: groups.change(db, eve, group, "x", []),
        ]
        for call in calls:
            with pytest.raises(Missing):
                call()
        assert people.line(db, eve, cast.ben.id) == []
        assert people.reports(db, eve, cast.cleo.id) == []
        assert people.waiting(db, eve, cast.ben.id) == 0


def test_every_refusal_is_told_in_words(cast: Cast) -> None:
    with across_tenants() as db, pytest.raises(Refusal) as refused:
        people.create(db, cast.ben.principal, people.Details("x", "x@example.com"))
    assert isinstance(refused.value, Forbidden)
    assert refused.value.message == "You may not change people, roles and groups. That takes the role admin."
