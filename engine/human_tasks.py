"""What every step that waits for people shares: tasks, their timer, reminders, escalation, the end of the wait."""

from datetime import datetime
from typing import Any

from engine import forms, timers
from engine.commands import Refused, Submit
from engine.context import Run
from engine.effects import ClearTimer, CloseTasks, OpenTask, SetTimer
from engine.people import assignees, up_the_line
from engine.state import Token, Wait
from engine.stops import Stop


def ask(run: Run, token: Token, event: str, people: list[str], kind: str, name: str, **facts: Any) -> None:
    """Open a task for each person and arm the step's timer. `event` is LevelOpened or TaskOpened."""
    step = run.step(token)
    plan = timers.plan(step.settings.get("timeout"), run.now, run.state.data) if kind != "resubmit" else None
    if plan and plan.due < run.soonest:
        plan = timers.Plan(run.soonest, [])
    tasks = [{"id": run.new_id(), "assignee": person} for person in people]
    data = {**run.place(token), "name": name, "tasks": tasks, **facts}
    if plan:
        moments = [*plan.reminders, plan.due]
        data |= {"due": plan.due.isoformat(), "timer": run.new_id()}
        if plan.reminders:
            data["remind"] = [moment.isoformat() for moment in plan.reminders]
        run.want(SetTimer(data["timer"], moments[0]))
    run.emit(event, data)
    for task in tasks:
        due = plan.due if plan else None
        run.want(OpenTask(task["id"], step.id, kind, name, task["assignee"], due))


def require_own(run: Run, token: Token, task: str, person: str) -> Wait:
    """The wait of a task that is this person's to act on. Raises Refused."""
    wait = token.wait
    found = next((open_task for open_task in wait.tasks if open_task.id == task), None) if wait else None
    if wait is None or found is None:
        raise Refused("closed", "This is no longer waiting for an answer.")
    if found.assignee != person:
        raise Refused("not_yours", f"This is waiting for {run.directory.name(found.assignee)}, not for you.")
    return wait


def close_rest(run: Run, token: Token, status: str, reason: str) -> None:
    """Close what is still open at this token, with the reason; nothing where nothing is open."""
    wait = token.wait
    if wait is None:
        return
    if wait.timer:
        run.want(ClearTimer(wait.timer))
    ids = [task.id for task in wait.tasks]
    if ids:
        run.emit("TasksClosed", {**run.place(token), "tasks": ids, "status": status, "reason": reason})
        run.want(CloseTasks(ids, status))


def fire(run: Run, token: Token, barred: set[str]) -> str | None:
    """The token's timer is due. Reminds or escalates by itself; otherwise returns approve, reject or timed_out."""
    wait, step = token.wait, run.step(token)
    if wait is None:
        return None
    if wait.left and wait.due and run.now < datetime.fromisoformat(wait.due):
        remind(run, token, wait)
        return None
    policy = step.settings.get("timeout")
    then = timers.action(policy, run.state.data, wait.escalations)
    if then == "escalate":
        if escalate(run, token, wait, barred):
            return None
        then = timers.action({**(policy or timers.DEFAULT), "times": 0}, run.state.data, wait.escalations)
        then = "reject" if then == "escalate" else then
    if then == "stop":
        raise Stop("setting", f"What happens to “{step.name}” when the time is up is not in the data.", step=step.id)
    run.emit("TimedOut", {**run.place(token), "then": then}, by="timer")
    for task in wait.tasks:
        run.tell("timed_out", task.assignee, step.id, task.id, then=then)
    close_rest(run, token, "timed_out", "the time was up")
    return then


def remind(run: Run, token: Token, wait: Wait) -> None:
    timer = run.new_id()
    due = datetime.fromisoformat(wait.left[1] if len(wait.left) > 1 else str(wait.due))
    people = [task.assignee for task in wait.tasks]
    run.emit("ReminderSent", {**run.place(token), "people": people, "timer": timer, "due": wait.due}, by="timer")
    run.want(SetTimer(timer, due))
    for task in wait.tasks:
        run.tell("reminder", task.assignee, token.step, task.id, due=wait.due)


def escalate(run: Run, token: Token, wait: Wait, barred: set[str]) -> bool:
    """Hand the question to whoever the policy names, else up the line of those who were late. False: nobody there."""
    step = run.step(token)
    policy = step.settings.get("timeout") or timers.DEFAULT
    late = [task.assignee for task in wait.tasks]
    barred = barred | set(late)
    people = _heirs(run, policy.get("to"), late, barred)
    if not people:
        return False
    due = timers.escalation_due(policy, run.now, run.state.data)
    tasks = [{"id": run.new_id(), "assignee": person} for person in people]
    timer, old = run.new_id(), [task.id for task in wait.tasks]
    data = {"from": old, "late": late, "tasks": tasks, "timer": timer, "due": due.isoformat()}
    run.emit("TaskEscalated", {**run.place(token), **data}, by="timer")
    run.want(CloseTasks(old, "escalated"))
    run.want(SetTimer(timer, due))
    kind = "approval" if wait.level is not None else "form"
    for task in tasks:
        run.want(OpenTask(task["id"], step.id, kind, step.name, task["assignee"], due))
        run.tell("escalated", task["assignee"], step.id, task["id"], late=late)
    return True


def _heirs(run: Run, to: list[dict[str, Any]] | None, late: list[str], barred: set[str]) -> list[str]:
    if to:
        return assignees(to, run.directory, run.state.requester, run.state.data, barred)
    above = [manager for person in late for manager in up_the_line(run.directory, person, 1, barred)]
    return list(dict.fromkeys(above))[:1]


def submit(run: Run, token: Token, command: Submit) -> None:
    """A filled form: checked against its schema, taken into the request's data, the flow goes on."""
    require_own(run, token, command.task, command.person)
    values = answers(run, token, command.data)
    data: dict[str, Any] = {"task": command.task, "person": command.person, "data": values}
    covered = forms.covered(*run.definition.form(token.step), run.state.data)
    if cleared := [name for name in covered if name not in values]:
        data["cleared"] = cleared
    if command.files:
        data["files"] = command.files
    run.emit("TaskSubmitted", {**run.place(token), **data}, by="actor")
    run.want(CloseTasks([command.task], "submitted", command.person))
    run.save()
    close_rest(run, token, "cancelled", f"{run.directory.name(command.person)} filled it in")
    run.leave(token, "submitted")


def answers(run: Run, token: Token, given: dict[str, Any]) -> dict[str, Any]:
    """What is filled in, as it may be taken into the request's data. Raises Refused."""
    stored = run.definition.asked(token.step, run.state.data)
    values: dict[str, Any]
    values, errors = forms.accepted(*run.definition.form(token.step), given, stored)
    if errors:
        found = [{"pointer": error.pointer, "message": error.message} for error in errors]
        raise Refused("values", "Some answers need another look.", found)
    return values
