"""What waits for people who leave goes to others, without anybody's request holding up another one's."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app import people, tasks
from app.effects import work
from app.errors import Forbidden
from app.people import groups
from app.runtime import Actor
from app.store.db import across_tenants
from app.store.tables import effects as effect_rows
from app.store.tables import instances as instance_rows
from app.store.tables import users
from tests.app.requests import MANAGER, ask, decide, instance, shipped, tasks_of
from tests.make import Cast, User, make_cast, make_group, make_user

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def cast() -> Cast:
    """Fay decides, and answers to Ben."""
    return make_cast()


@pytest.fixture
def fay(cast: Cast) -> User:
    with across_tenants() as db:
        return make_user(db, cast.ada.tenant_id, "Fay", "approver", manager=cast.ben)


def asked_of(cast: Cast, *who: dict[str, Any], policy: Any = "any") -> UUID:
    level = {**MANAGER, "who": list(who), "policy": policy}
    return ask(cast.ada, shipped("purchase-approval", approval={"levels": [level]}), item="Desk", amount=900)


def work_off(person: User) -> list[str]:
    """Does what is due of handing on; says how each effect ended."""
    mine = effect_rows.c.payload["to"].astext == str(person.id)
    query = select(effect_rows).where(effect_rows.c.kind == "hand_on", mine).order_by(effect_rows.c.next_attempt_at)
    with across_tenants() as db:
        found = db.execute(query).all()
    for row in found:
        work.run(row.tenant_id, row.id)
    with across_tenants() as db:
        return [row.status for row in db.execute(query)]


def open_tasks(one: UUID) -> set[UUID]:
    return {task.assignee_id for task in tasks_of(one) if task.status == "pending"}


def test_what_waits_for_somebody_deactivated_goes_to_their_manager(cast: Cast, fay: User) -> None:
    one = asked_of(cast, {"user": fay.email})
    with across_tenants() as db:
        people.deactivate(db, cast.cleo.principal, fay.id)
    assert work_off(fay) == ["done", "pending"]
    assert open_tasks(one) == {cast.ben.id}
    assert [task.status for task in tasks_of(one)] == ["cancelled", "pending"]
    decide(cast.ben, one, "approved")
    assert instance(one).status == "approved"


def test_whoever_leaves_the_group_is_replaced_and_decides_no_more(cast: Cast, fay: User) -> None:
    with across_tenants() as db:
        board = make_group(db, fay.tenant_id, "Board", [fay, cast.cleo])
    one = asked_of(cast, {"group": "board"}, policy="all")
    with across_tenants() as db:
        groups.change(db, cast.cleo.principal, board, "Board", [cast.cleo.id])
    mine = next(task.id for task in tasks_of(one) if task.assignee_id == fay.id)
    with pytest.raises(Forbidden), across_tenants() as db:
        tasks.decide(db, fay.principal, mine, "approved", "", {}, Actor("user", fay.id, "Fay", "web"))
    assert instance(one).status == "waiting_approval"
    work_off(fay)
    assert open_tasks(one) == {cast.cleo.id, cast.ben.id}


def test_whoever_may_not_decide_any_more_is_replaced(cast: Cast, fay: User) -> None:
    one = asked_of(cast, {"user": fay.email})
    with across_tenants() as db:
        people.change(db, cast.cleo.principal, fay.id, people.Details("Fay", fay.email, manager_id=cast.ben.id))
    work_off(fay)
    assert open_tasks(one) == {cast.ben.id}


def test_a_request_that_cannot_be_moved_holds_up_neither_the_person_nor_the_others(cast: Cast, fay: User) -> None:
    broken, whole = (asked_of(cast, {"user": fay.email}) for _ in range(2))
    before = instance(broken).state
    with across_tenants() as db:
        row = instance_rows.c.id == broken
        db.execute(update(instance_rows).where(row).values(state=before | {"tokens": [{"id": 1}]}))
        people.deactivate(db, cast.cleo.principal, fay.id)
    with across_tenants() as db:
        assert db.execute(select(users.c.active).where(users.c.id == fay.id)).scalar_one() is False
    assert work_off(fay)[0] == "pending"
    assert open_tasks(whole) == {cast.ben.id}
    with across_tenants() as db:
        db.execute(update(instance_rows).where(row).values(state=before))
        db.execute(update(effect_rows).values(next_attempt_at=effect_rows.c.created_at))
    assert work_off(fay) == ["done", "done"]
    assert open_tasks(broken) == {cast.ben.id}


def test_where_nobody_can_take_over_it_stops_and_says_so(cast: Cast) -> None:
    with across_tenants() as db:
        alone = make_user(db, cast.ada.tenant_id, "Gus", "approver")
    one = asked_of(cast, {"user": alone.email})
    with across_tenants() as db:
        people.deactivate(db, cast.cleo.principal, alone.id)
    work_off(alone)
    assert open_tasks(one) == set()
    assert instance(one).state["tokens"][0]["blocked"]["code"] == "nobody_takes_over"


def test_a_request_of_somebody_who_left_is_changed_by_the_manager_who_then_does_not_sign_it(
    cast: Cast, fay: User
) -> None:
    with across_tenants() as db:
        ann = make_user(db, fay.tenant_id, "Ann", "requester", manager=fay)
    one = ask(ann, shipped("purchase-approval", approval={"levels": [MANAGER]}), item="Desk", amount=900)
    decide(fay, one, "changes_requested", "Which one?")
    with across_tenants() as db:
        people.deactivate(db, cast.cleo.principal, ann.id)
    work_off(ann)
    [task] = [task for task in tasks_of(one) if task.status == "pending"]
    assert (task.assignee_id, task.kind) == (fay.id, "resubmit")
    with across_tenants() as db:
        tasks.submit(db, fay.principal, task.id, {"item": "Desk", "amount": 900}, Actor("user", fay.id, "Fay", "web"))
    assert open_tasks(one) == {cast.ben.id}
