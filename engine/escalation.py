"""Escalation and reassignment: seats of those who are late or gone go to others; what is needed and signed stays."""

from typing import Any

from engine import timers
from engine.context import Run
from engine.effects import CloseTasks
from engine.human_tasks import Asked, arm, due_of, entitled, new_tasks, open_tasks, tell_asked
from engine.people import up_the_line
from engine.state import Token, Wait
from engine.stops import Stop
from engine.who import assignees


def escalate(run: Run, token: Token, wait: Wait, name: str, *, need: int, barred: set[str]) -> bool:
    """Hand on the seats of all who are late. False where too few can take them over.

    need: how many answers are missing. barred: who may not answer here.
    """
    late = [task.assignee for task in wait.tasks]
    heirs = _heirs(run, token, late, barred)
    if len(heirs) < need:
        return False
    policy = run.step(token).settings.get("timeout")
    plan = timers.plan(policy, run.now, run.state.data, escalated=True)
    kind, gone = "approval" if wait.level else "form", [task.id for task in wait.tasks]
    data: dict[str, Any] = {"from": gone, "late": late, "tasks": new_tasks(run, heirs), "timer": None, "due": None}
    data |= arm(run, plan)
    run.emit("TaskEscalated", {**run.place(token), "name": name, **data}, by="timer")
    run.want(CloseTasks(gone, "escalated"))
    open_tasks(run, token, data["tasks"], kind, name, plan.due if plan else None)
    for task in data["tasks"]:
        run.tell("escalated", task["assignee"], token.step, task["id"], late=late)
    return True


def hand_on(run: Run, token: Token, person: str, name: str, kind: str, *, need: int, barred: set[str]) -> None:
    """Hand on what this person is asked and may not answer any more; where the others are enough, it is closed.

    Raises Stop where nobody can take it over.
    """
    wait = token.wait
    gone = [task for task in wait.tasks if task.assignee == person and not entitled(run, token, task)] if wait else []
    if wait is None or not gone:
        return
    others = [task.assignee for task in wait.tasks if entitled(run, token, task)]
    heirs = _heirs(run, token, [person], {*barred, *others}) if len(others) < need else {}
    if len(others) + len(heirs) < need:
        raise Stop("nobody_takes_over", step=token.step, person=person)
    ids = [task.id for task in gone]
    data: dict[str, Any] = {"from": ids, "person": person, "name": name, "tasks": new_tasks(run, heirs)}
    run.emit("TaskHandedOn", {**run.place(token), **data})
    run.want(CloseTasks(ids, "cancelled"))
    open_tasks(run, token, data["tasks"], kind, name, due_of(wait))
    tell_asked(run, token, data["tasks"], kind)


def _heirs(run: Run, token: Token, gone: list[str], barred: set[str]) -> dict[str, Asked]:
    """Whoever the policy names, else whoever is next up the line of each."""
    step, out = run.step(token), barred | set(gone)
    deciding = bool(token.wait and token.wait.level)
    to = (step.settings.get("timeout") or timers.DEFAULT).get("to")
    if to:
        state = run.state
        return assignees(to, run.directory, state.requester, state.data, out, deciding=deciding)
    above = [manager for person in gone for manager in up_the_line(run.directory, person, 1, out, deciding)]
    return dict.fromkeys(above)
