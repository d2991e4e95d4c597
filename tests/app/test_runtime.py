"""The bridge: one transaction for everything a command produced, and nothing of it when it is refused."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from msgspec import convert
from sqlalchemy import func, select, text

from app import instances, runtime, tasks
from app.errors import Conflict, Forbidden, Invalid, Missing, Refusal
from app.runtime import Actor
from app.runtime.directories import directory
from app.store.db import Db, across_tenants
from app.store.ids import uuid7
from app.store.tables import events, timers
from engine.effects import CloseTasks, OpenTask
from engine.events import Emitted
from engine.events.tasks import ReminderSent
from engine.interpreter import Advance, World, fold
from engine.record.chain import GENESIS, link
from engine.state import State
from tests.app.requests import MANAGER, ask, decide, instance, locked, shipped, tasks_of
from tests.make import Cast, User, let_decide, make_cast

DECISION_STATEMENTS = 8


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def document(*levels: dict[str, Any]) -> dict[str, Any]:
    changes = {"levels": list(levels) or [MANAGER]}
    return shipped("purchase-approval", approval=changes)


def story(instance_id: UUID) -> list[Any]:
    with across_tenants() as db:
        return list(db.execute(select(events).where(events.c.instance_id == instance_id).order_by(events.c.seq)))


def bought(cast: Cast, *levels: dict[str, Any]) -> UUID:
    return ask(cast.ben, document(*levels), item="Desk", amount=900)


def test_state_is_what_the_events_say_and_the_chain_holds(cast: Cast) -> None:
    one = bought(cast)
    decide(cast.cleo, one, "approved", "fine")
    told = story(one)
    row = instance(one)
    assert [event.seq for event in told] == list(range(1, row.seq + 1))
    assert fold((event.type, event.data) for event in told) == convert(row.state, State)
    head = GENESIS
    for event in told:
        fields = {**event._mapping, "instance_id": str(event.instance_id), "tenant_id": str(event.tenant_id)}
        fields["actor_id"] = str(event.actor_id) if event.actor_id else None
        head = link(head, fields)
        assert bytes(event.hash) == head
    assert bytes(row.head) == head
    assert row.status == "approved"
    assert row.ended_at is not None


def test_the_record_says_who_and_from_where(cast: Cast) -> None:
    one = bought(cast)
    task = tasks_of(one)[0]
    actor = Actor("user", cast.cleo.id, "Cleo", "web", "192.0.2.7", "A browser")
    with across_tenants() as db:
        tasks.decide(db, cast.cleo.principal, task.id, "approved", "", {}, actor)
    decided = next(event for event in story(one) if event.type == "TaskDecided")
    assert (decided.actor_id, decided.address, decided.agent) == (cast.cleo.id, "192.0.2.7", "A browser")
    following = next(event for event in story(one) if event.type == "StepCompleted" and event.seq > decided.seq)
    assert (following.actor_kind, following.address) == ("system", None)


def test_a_decision_costs_few_statements(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    decide(cast.cleo, bought(cast), "approved")
    one = bought(cast)
    task = tasks_of(one)[0]
    sent: list[str] = []
    query, execute = Db.query, Db.execute

    def counted_query(self: Db, sql: Any, *more: Any) -> Any:
        sent.append(str(sql))
        return query(self, sql, *more)

    def counted_execute(self: Db, statement: Any, *more: Any) -> Any:
        sent.append(str(statement))
        return execute(self, statement, *more)

    monkeypatch.setattr(Db, "query", counted_query)
    monkeypatch.setattr(Db, "execute", counted_execute)
    with across_tenants() as db:
        actor = Actor("user", cast.cleo.id, "Cleo", "web")
        tasks.decide(db, cast.cleo.principal, task.id, "approved", "", {}, actor)
    assert len(sent) <= DECISION_STATEMENTS, sent


def test_a_refused_command_writes_nothing(cast: Cast) -> None:
    one = bought(cast)
    task = tasks_of(one)[0]
    before = instance(one)
    wrong: list[tuple[User, str, str, type[Refusal]]] = [
        (cast.ben, "approved", "", Forbidden),
        (cast.cleo, "maybe", "", Invalid),
        (cast.cleo, "rejected", "", Invalid),
        (cast.eve, "approved", "", Missing),
    ]
    for who, outcome, comment, refusal in wrong:
        actor = Actor("user", who.id, who.name, "web")
        with pytest.raises(refusal), across_tenants() as db:
            tasks.decide(db, who.principal, task.id, outcome, comment, {}, actor)
    assert instance(one) == before
    assert tasks_of(one)[0].status == "pending"


def test_a_failed_commit_leaves_nothing(cast: Cast) -> None:
    one = bought(cast)
    before = len(story(one))
    task = tasks_of(one)[0].id

    def decide_and_fail() -> None:
        with across_tenants() as db:
            actor = Actor("user", cast.cleo.id, "Cleo", "web")
            tasks.decide(db, cast.cleo.principal, task, "approved", "", {}, actor)
            raise RuntimeError("out of paper")

    with pytest.raises(RuntimeError, match="out of paper"):
        decide_and_fail()
    assert len(story(one)) == before
    assert instance(one).status == "waiting_approval"


def test_two_at_the_same_instant_are_one_decision(cast: Cast) -> None:
    let_decide(cast.ada)
    people = {"id": "both", "name": "Both", "who": [{"user": cast.ada.email}, {"user": cast.cleo.email}]}
    for _ in range(20):
        one = bought(cast, people)
        mine = {task.assignee_id: task.id for task in tasks_of(one)}
        start = Barrier(2, timeout=30)
        told: list[str] = []

        def act(who: User, start: Barrier = start, mine: dict[UUID, UUID] = mine, told: list[Any] = told) -> None:
            start.wait()
            principal = cast.cleo.principal if who is cast.cleo else _approver(who)
            try:
                with across_tenants() as db:
                    actor = Actor("user", who.id, who.name, "web")
                    tasks.decide(db, principal, mine[who.id], "approved", "", {}, actor)
                told.append("done")
            except Conflict as late:
                told.append(late.facts["decided_by"])

        threads = [Thread(target=act, args=(who,), daemon=True) for who in (cast.ada, cast.cleo)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert sorted(told) in (["Ada", "done"], ["Cleo", "done"])
        assert [event.type for event in story(one)].count("TaskDecided") == 1


def _approver(who: User) -> Any:
    return User(who.id, who.tenant_id, who.email, who.name, ("approver",)).principal


def test_timers_are_there_while_it_waits_and_gone_after(cast: Cast) -> None:
    def armed(one: UUID) -> int:
        with across_tenants() as db:
            found: int = db.execute(select(func.count()).where(timers.c.instance_id == one)).scalar_one()
            return found

    one = bought(cast)
    assert armed(one) == 1
    decide(cast.cleo, one, "approved")
    assert armed(one) == 0


def test_time_never_runs_backwards_within_a_request(cast: Cast) -> None:
    one = bought(cast)
    with across_tenants() as db:
        row = locked(db, one)
        ahead = row["now"] + timedelta(days=2)
        task = tasks_of(one)[0]
        from engine.commands import Decide

        command = Decide(str(task.id), str(cast.cleo.id), "changes_requested", "cheaper")
        runtime.send(db, row, command, runtime.WORKER, at=ahead)
    with across_tenants() as db:
        actor = Actor("user", cast.ben.id, "Ben", "web")
        instances.withdraw(db, cast.ben.principal, one, "no more", actor)
    moments = [event.at for event in story(one)]
    assert moments == sorted(moments)


def test_the_app_may_not_change_the_record(cast: Cast) -> None:
    one = bought(cast)
    for statement in (
        "UPDATE events SET type = 'x' WHERE instance_id = :one",
        "DELETE FROM events WHERE instance_id = :one",
        "UPDATE versions SET note = 'x'",
    ):
        with pytest.raises(Exception, match=r"denied|never changed"), across_tenants() as db:
            db.execute(text(statement), {"one": one} if ":one" in statement else {})
    with pytest.raises(Exception, match=r"denied|owner|never changed"), across_tenants() as db:
        db.execute(text("TRUNCATE events"))


FORM = {"schema": {"type": "object", "properties": {"amount": {"type": "number"}, "item": {"type": "string"}}}}


def test_the_title_is_that_of_the_data_in_the_same_statement(cast: Cast) -> None:
    changes = {"levels": [MANAGER], "form": FORM}
    one = ask(cast.ada, shipped("purchase-approval", approval=changes), item="Desks", amount=5000)
    decide(cast.cleo, one, "changes_requested", "Really?")
    [task] = [task for task in tasks_of(one) if task.status == "pending"]
    with across_tenants() as db:
        answer = {"item": "A company car", "amount": 4999}
        tasks.submit(db, cast.ada.principal, task.id, answer, Actor("user", cast.ada.id, "Ada", "web"))
    assert instance(one).title == "A company car"
    assert instance(one).state["title"] == "A company car"
    assert [event.data for event in story(one) if event.type == "TitleChanged"] == [{"title": "A company car"}]


def test_a_task_that_one_command_opens_and_closes_is_written_closed(cast: Cast) -> None:
    one = bought(cast)
    row = instance(one)
    task, made = str(uuid7()), runtime.state_of(row.state)
    effects: list[Any] = [
        OpenTask(task, "approval", "approval", "Manager", str(cast.cleo.id)),
        CloseTasks([task], "cancelled", str(cast.cleo.id), "too late"),
    ]
    happened = [Emitted(ReminderSent(1, "approval", people=[], timer="", due=None, remind=[]))]
    made.seq += 1
    with across_tenants() as db:
        held = locked(db, one)
        world = World(held["now"], directory(db, held["tenant_id"], held["rev"]))
        runtime._write(db, runtime.sql.UPDATE, held, Advance(made, happened, effects), world, runtime.WORKER)
    written = next(row for row in tasks_of(one) if str(row.id) == task)
    assert (written.status, written.closed_by, written.comment) == ("cancelled", cast.cleo.id, "too late")
    assert written.closed_at == written.opened_at
