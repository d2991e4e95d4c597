"""What every step that waits for people shares: tasks, their timer, reminders, forms, the end of the wait."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from engine import forms, timers, who
from engine.commands import Refused, Submit
from engine.context import Run
from engine.effects import ClearTimer, CloseTasks, OpenTask, SetTimer
from engine.events import Asking
from engine.events.tasks import ReminderSent, TasksClosed, TaskSubmitted, TimedOut
from engine.reasons import Reason, reason
from engine.state import OpenTask as Open
from engine.state import Token, Wait
from engine.stops import Stop

# The group or role that somebody is asked for, as an entry of `who`; None for whoever is named in person.
Asked = dict[str, Any] | None


class Armed(Struct, frozen=True):
    """A timer that was set, in the words of the events: moments in ISO 8601."""

    timer: str | None = None
    due: str | None = None
    remind: list[str] = field(default_factory=list)


ASKS = {"approval": "decide", "form": "fill", "resubmit": "changes_requested"}


def ask(run: Run, token: Token, event: Callable[..., Asking], people: dict[str, Asked], kind: str, name: str) -> None:
    """Open a task for each person and arm the step's timer. event: makes it of what all have in common."""
    plan = timers.plan(run.step(token).settings.get("timeout"), run.now, run.state.data) if kind != "resubmit" else None
    if plan and plan.due < run.soonest:
        plan = timers.Plan(run.soonest, [])
    tasks, armed = new_tasks(run, people), arm(run, plan)
    due, remind = armed.due, armed.remind
    run.emit(event(token.id, token.step, name=name, tasks=tasks, timer=armed.timer, due=due, remind=remind))
    open_tasks(run, token, tasks, kind, name, plan.due if plan else None)
    tell_asked(run, token, tasks, kind)


def new_tasks(run: Run, people: dict[str, Asked]) -> list[Open]:
    return [Open(run.new_id(), person, through) for person, through in people.items()]


def arm(run: Run, plan: timers.Plan | None) -> Armed:
    """Set the timer of a plan."""
    if plan is None:
        return Armed()
    timer = run.new_id()
    run.want(SetTimer(timer, plan.reminders[0] if plan.reminders else plan.due))
    return Armed(timer, plan.due.isoformat(), [moment.isoformat() for moment in plan.reminders])


def open_tasks(run: Run, token: Token, tasks: list[Open], kind: str, name: str, due: datetime | None) -> None:
    for task in tasks:
        run.want(OpenTask(task.id, token.step, kind, name, task.assignee, due))


def tell_asked(run: Run, token: Token, tasks: list[Open], kind: str) -> None:
    for task in tasks:
        run.tell(ASKS[kind], task.assignee, token.step, task.id)


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
    wait, step = token.wait, run.step(token)
    level = step.levels.get(wait.level) if wait and wait.level else None
    asked = (level or step.settings).get("who", [])
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
        run.emit(TasksClosed(token.id, token.step, tasks=ids, status=status, reason=why))
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
    told = ReminderSent(token.id, token.step, people=people, timer=timer, due=wait.due, remind=left)
    run.emit(told, by="timer")
    run.want(SetTimer(timer, datetime.fromisoformat(left[0] if left else str(wait.due))))
    for task in wait.tasks:
        run.tell("reminder", task.assignee, token.step, task.id, due=wait.due)


def finish(
    run: Run, token: Token, wait: Wait, then: str, level: str | None = None, covers: dict[str, str | None] | None = None
) -> None:
    """Nobody answers any more: what is open is closed, and those who were late are told.

    level, covers: of the signature that the clock gives where it approves.
    """
    run.emit(TimedOut(token.id, token.step, then=then, level=level, covers=covers or {}), by="timer")
    for task in wait.tasks:
        run.tell("timed_out", task.assignee, token.step, task.id, then=then)
    close_rest(run, token, "timed_out", reason("time_up"))
    run.save()


def submit(run: Run, token: Token, command: Submit) -> None:
    """A filled form: checked against its schema, taken into the request's data, the flow goes on."""
    require_own(run, token, command.task, command.person)
    values = answers(run, token, command.data)
    covered = forms.covered(*run.definition.form(token.step), run.state.data)
    submitted = TaskSubmitted(
        token.id,
        token.step,
        task=command.task,
        person=command.person,
        data=values,
        cleared=[name for name in covered if name not in values],
        files=command.files,
        stands_in=token.step == run.definition.start and command.person != run.state.requester,
    )
    run.emit(submitted, by="actor")
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
