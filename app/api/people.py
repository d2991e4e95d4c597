"""People and groups for programs: who can be asked, found and looked up."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta
from sqlalchemy import Row

from app import people
from app.api.handlers import V1, calls, told
from app.api.operation import Call
from app.api.request import query
from app.errors import Missing
from app.people import groups
from app.people.membership import groups_of, members_of
from app.shapes import Count, Shape
from app.store.db import transaction
from app.web.request import Asked, principal
from app.web.routes import get


class PersonLine(Shape):
    """Somebody of this tenant."""

    id: str
    handle: Annotated[str, Meta(description="Names the person in definitions; it never changes.", examples=["bob"])]
    name: str
    email: str
    title: str
    roles: Annotated[list[str], Meta(examples=[["requester", "approver"]])]
    active: bool
    manager_id: str | None


class GroupLine(Shape):
    """Several people by one key."""

    id: str
    key: Annotated[str, Meta(description="Names the group in definitions.", examples=["directors"])]
    name: str
    members: Annotated[list[str], Meta(description="Names of those who are active.")]


class Person(PersonLine):
    """Somebody, and where they stand."""

    groups: Annotated[list[str], Meta(description="Keys of their groups.")]
    line: Annotated[list[str], Meta(description="Ids of the managers above, nearest first.")]
    waiting: Annotated[Count, Meta(description="How many tasks wait for this person.")]


class PersonList(Shape):
    people: list[PersonLine]
    more: Annotated[bool, Meta(description="Whether there are others: search for fewer.")]


class PersonQuery(Shape):
    words: Annotated[
        str, Meta(max_length=200, description="Parts of name, address, title or role, all of which must occur.")
    ] = ""
    active: Annotated[bool, Meta(description="false: those who were deactivated.")] = True


class GroupList(Shape):
    groups: list[GroupLine]


class Group(Shape):
    """A group with its people."""

    id: str
    key: str
    name: str
    members: list[PersonLine]


LIST = Call("List people", PersonList, query=PersonQuery)
SHOW = Call("Get a person", Person, may_miss=True)
GROUPS = Call("List groups", GroupList)
GROUP = Call("Get a group and its members", Group, may_miss=True)


@get("/people", call=LIST)
def index(request: Asked) -> Response[bytes]:
    asked: PersonQuery = query(request)
    who = principal(request)
    with transaction(who.tenant_id) as db:
        rows = people.search(db, who, asked.words, asked.active)
    shown = [PersonLine(**_line(row)) for row in rows[: people.PAGE]]
    return told(PersonList(people=shown, more=len(rows) > people.PAGE))


@get("/people/{id:str}", call=SHOW)
def show(request: Asked, id: FromPath[str]) -> Response[bytes]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        row = people.get(db, who, _id(id, "There is no such person."))
        belongs = groups_of(db, who.tenant_id, row.id)
        person = Person(
            **_line(row),
            groups=sorted(group.key for group in groups.list_names(db, who) if group.id in belongs),
            line=[str(above.id) for above in people.line(db, who, row.id)],
            waiting=people.waiting(db, who, row.id),
        )
    return told(person)


@get("/groups", call=GROUPS)
def list_groups(request: Asked) -> Response[bytes]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        rows = groups.list_groups(db, who)
    found = [GroupLine(id=str(row.id), key=row.key, name=row.name, members=sorted(row.members or [])) for row in rows]
    return told(GroupList(groups=found))


@get("/groups/{id:str}", call=GROUP)
def show_group(request: Asked, id: FromPath[str]) -> Response[bytes]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        row = groups.get(db, who, _id(id, "There is no such group."))
        inside = members_of(db, who.tenant_id, row.id)
        everybody = people.everybody(db, who, also=inside)
    members = [PersonLine(**_line(person)) for person in everybody if person.id in inside]
    return told(Group(id=str(row.id), key=row.key, name=row.name, members=members))


def _id(text: str, missing: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Missing(missing) from None


def _line(row: Row[Any]) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in ("handle", "name", "email", "title", "active")}
    manager = str(row.manager_id) if row.manager_id else None
    return {**told, "id": str(row.id), "roles": sorted(row.roles), "manager_id": manager}


router = calls("People", index, show, list_groups, show_group, path=V1)
