"""What every step that waits for people shares: tasks, their timer, reminders, forms, the end of the wait."""

from datetime import datetime
from typing import Any

from engine import forms, timers, who
from engine.commands import Refused, Submit
from engine.context import Run
from engine.effects import ClearTimer, CloseTasks, OpenTask, SetTimer
from engine.reasons import Reason, reason
from engine.state import OpenTask as Open
from engine.state import Token, Wait
from engine.stops import Stop

# The group or role that somebody is asked for, as an entry of `who`; None for whoever is named in person.
Asked = dict[str, Any] | None
ASKS = {"approval": "decide", "form": "fill", "resubmit": "changes_requested"}


def ask(run: Run, token: Token, event: str, people: dict[str, Asked], kind: str, name: str, **facts: Any) -> None:
    """Open a task for each person and arm the step's timer. `event` is LevelOpened or TaskOpened."""
    plan = timers.plan(run.step(token).settings.get("timeout"), run.now, run.state.data) if kind != "resubmit" else None
    if plan and plan.due < run.soonest:
        plan = timers.Plan(run.soonest, [])
    data = {**run.place(token), "name": name, "tasks": new_tasks(run, people), **facts, **arm(run, plan)}
    run.emit(event, data)
    open_tasks(run, token, data["tasks"], kind, name, plan.due if plan else None)
    tell_asked(run, token, data["tasks"], kind)


def ask_more(run: Run, token: Token, wait: Wait, people: dict[str, Asked], name: str, **facts: Any) -> None:
    """Ask people of a level that is open already; its time limit goes on. facts.closed: tasks that are needless now."""
    data = {**run.place(token), "name": name, "tasks": new_tasks(run, people), **facts}
    run.emit("AskedAgain", data)
    if facts["closed"]:
        run.want(CloseTasks(facts["closed"], "cancelled"))
    open_tasks(run, token, data["tasks"], "approval", name, due_of(wait))
    tell_asked(run, token, data["tasks"], "approval")


def new_tasks(run: Run, people: dict[str, Asked]) -> list[dict[str, Any]]:
    return [
        {"id": run.new_id(), "assignee": person} | ({"through": through} if through else {})
        for person, through in people.items()
    ]


def arm(run: Run, plan: timers.Plan | None) -> dict[str, Any]:
    """Set the timer of a plan, and say so in the words of the event."""
    if plan is None:
        return {}
    timer = run.new_id()
    run.want(SetTimer(timer, [*plan.reminders, plan.due][0]))
    armed: dict[str, Any] = {"due": plan.due.isoformat(), "timer": timer}
    if plan.reminders:
        armed["remind"] = [moment.isoformat() for moment in plan.reminders]
    return armed


def open_tasks(run: Run, token: Token, tasks: list[dict[str, Any]], kind: str, name: str, due: datetime | None) -> None:
    for task in tasks:
        run.want(OpenTask(task["id"], token.step, kind, name, task["assignee"], due))


def tell_asked(run: Run, token: Token, tasks: list[dict[str, Any]], kind: str) -> None:
    for task in tasks:
        run.tell(ASKS[kind], task["assignee"], token.step, task["id"])


def due_of(wait: Wait) -> datetime | None:
    return datetime.fromisoformat(wait.due) if wait.due else None


def require_own(run: Run, token: Token, task: str, person: str) -> tuple[Wait, Open]:
    """The wait and the task, where it is this person's to act on, still. Raises Refused."""
    wait = token.wait
    found = next((open_task for open_task in wait.tasks if open_task.id == task), None) if wait else None
    if wait is None or found is None:
        raise Refused("closed")
    if found.assignee != person:
        raise Refused("not_yours", person=found.assignee)
    if not entitled(run, token, found):
        raise Refused("not_entitled")
    return wait, found


def entitled(run: Run, token: Token, task: Open) -> bool:
    wait, settings = token.wait, run.step(token).settings
    level = next((one for one in settings.get("levels", []) if wait and one["id"] == wait.level), None)
    asked = (level or settings).get("who", [])
    return who.entitled(task.assignee, task.through, asked, run.directory, deciding=level is not None)


def close_rest(run: Run, token: Token, status: str, why: Reason) -> None:
    """Close what is still open at this token, with the reason; nothing where nothing is open."""
    wait = token.wait
    if wait is None:
        return
    if wait.timer:
        run.want(ClearTimer(wait.timer))
    ids = [task.id for task in wait.tasks]
    if ids:
        run.emit("TasksClosed", {**run.place(token), "tasks": ids, "status": status, "reason": why.data})
        run.want(CloseTasks(ids, status))


def time_up(run: Run, token: Token) -> str | None:
    """The token's timer is due. Reminds by itself, and then returns None; otherwise what the policy says."""
    wait = token.wait
    if wait is None:
        return None
    due = due_of(wait)
    if wait.left and due and run.now < due:
        _remind(run, token, wait)
        return None
    return _known(run, token, timers.action(run.step(token).settings.get("timeout"), run.state.data, wait.escalations))


def last_action(run: Run, token: Token) -> str:
    """What happens where nobody is left to escalate to. Raises Stop."""
    return _known(run, token, timers.last_action(run.step(token).settings.get("timeout"), run.state.data))


def _known(run: Run, token: Token, then: str) -> str:
    if then == "stop":
        raise Stop("setting", step=token.step)
    return then


def _remind(run: Run, token: Token, wait: Wait) -> None:
    """Once, also where several reminders are due by now."""
    timer = run.new_id()
    left = [moment for moment in wait.left[1:] if datetime.fromisoformat(moment) > run.now]
    people = [task.assignee for task in wait.tasks]
    told = {"people": people, "timer": timer, "due": wait.due, "remind": left}
    run.emit("ReminderSent", {**run.place(token), **told}, by="timer")
    run.want(SetTimer(timer, datetime.fromisoformat(left[0] if left else str(wait.due))))
    for task in wait.tasks:
        run.tell("reminder", task.assignee, token.step, task.id, due=wait.due)


def finish(run: Run, token: Token, wait: Wait, then: str, **facts: Any) -> None:
    """Nobody answers any more: what is open is closed, and those who were late are told."""
    run.emit("TimedOut", {**run.place(token), "then": then, **facts}, by="timer")
    for task in wait.tasks:
        run.tell("timed_out", task.assignee, token.step, task.id, then=then)
    close_rest(run, token, "timed_out", reason("time_up"))
    run.save()


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
    if token.step == run.definition.start and command.person != run.state.requester:
        data["stands_in"] = True
    run.emit("TaskSubmitted", {**run.place(token), **data}, by="actor")
    run.want(CloseTasks([command.task], "submitted", command.person))
    run.save()
    close_rest(run, token, "cancelled", reason("filled_in", person=command.person))
    run.leave(token, "submitted")


def answers(run: Run, token: Token, given: dict[str, Any]) -> dict[str, Any]:
    """What is filled in, as it may be taken into the request's data. Raises Refused."""
    stored = run.definition.asked(token.step, run.state.data)
    values: dict[str, Any]
    values, errors = forms.accepted(*run.definition.form(token.step), given, stored)
    if errors:
        raise Refused("values", [(error.pointer, error.reason) for error in errors])
    return values
