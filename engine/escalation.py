"""Escalation and reassignment: seats of those who are late or gone go to others; what is needed and signed stays."""

from engine import timers
from engine.context import Run
from engine.effects import CloseTasks
from engine.events.tasks import TaskEscalated, TaskHandedOn
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
    tasks, armed = new_tasks(run, heirs), arm(run, plan)
    told = TaskEscalated(
        token.id,
        token.step,
        name=name,
        gone=gone,
        late=late,
        tasks=tasks,
        timer=armed.timer,
        due=armed.due,
        remind=armed.remind,
    )
    run.emit(told, by="timer")
    run.want(CloseTasks(gone, "escalated"))
    open_tasks(run, token, tasks, kind, name, plan.due if plan else None)
    for task in tasks:
        run.tell("escalated", task.assignee, token.step, task.id, late=late)
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
    ids, tasks = [task.id for task in gone], new_tasks(run, heirs)
    run.emit(TaskHandedOn(token.id, token.step, name=name, gone=ids, person=person, tasks=tasks))
    run.want(CloseTasks(ids, "cancelled"))
    open_tasks(run, token, tasks, kind, name, due_of(wait))
    tell_asked(run, token, tasks, kind)


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
