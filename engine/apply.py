"""What each event does to the state. The interpreter changes state through here only, so replaying is exact.

A step type with events of its own states them as APPLY in its module.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from engine.registry import discover
from engine.state import Blocked, OpenTask, State, Token, Undo, Wait

Data = dict[str, Any]
Applier = Callable[[State, Data], None]


def fold(events: Iterable[tuple[str, Data]]) -> State:
    """The state that (type, data) pairs, in order of their seq, lead to."""
    state = State(instance="", requester="", data={})
    for kind, data in events:
        apply(state, kind, data)
    return state


def apply(state: State, kind: str, data: Data) -> None:
    """Changes `state` in place. Raises KeyError for a type this version does not know."""
    _appliers()[kind](state, data)
    state.seq += 1


@cache
def _appliers() -> dict[str, Applier]:
    found = dict(CORE)
    for module in discover("engine.steps").values():
        found |= getattr(module, "APPLY", {})
    return found


def token(state: State, data: Data) -> Token:
    return next(token for token in state.tokens if token.id == data["token"])


def waiting(state: State, data: Data) -> Wait:
    wait = token(state, data).wait
    if wait is None:
        raise ValueError(f"step {data['step']} waits for nobody")
    return wait


def open_tasks(data: Data) -> list[OpenTask]:
    return [OpenTask(task["id"], task["assignee"]) for task in data["tasks"]]


def start_wait(state: State, data: Data, **facts: Any) -> None:
    """What LevelOpened and TaskOpened share: people are asked, perhaps with a time limit."""
    found = token(state, data)
    found.blocked = None
    found.wait = Wait(
        tasks=open_tasks(data),
        timer=data.get("timer"),
        due=data.get("due"),
        left=list(data.get("remind", [])),
        **facts,
    )


def _instance_started(state: State, data: Data) -> None:
    state.instance, state.requester, state.data = data["instance"], data["requester"], dict(data["data"])
    state.v = data["v"]
    state.tokens = [Token(1, data["to"])]


def _step_completed(state: State, data: Data) -> None:
    moved = token(state, data)
    moved.step, moved.wait, moved.effect, moved.blocked = data["to"], None, None, None
    state.data |= data.get("set", {})
    if "reason" in data:
        state.reason = data["reason"]
    if "forget" in data:
        state.signed = [signature for signature in state.signed if signature.step != data["step"]]
    state.passed.pop(data["step"], None)
    if "keep" in data:
        state.passed[data["step"]] = data["keep"]


def _task_opened(state: State, data: Data) -> None:
    start_wait(state, data)


def _task_submitted(state: State, data: Data) -> None:
    state.data |= data["data"]
    for name in data.get("cleared", ()):
        state.data.pop(name, None)
    state.reason = None
    wait = waiting(state, data)
    wait.tasks = [task for task in wait.tasks if task.id != data["task"]]


def _tasks_closed(state: State, data: Data) -> None:
    wait = waiting(state, data)
    closed = set(data["tasks"])
    wait.tasks = [task for task in wait.tasks if task.id not in closed]
    wait.timer = None


def _reminder_sent(state: State, data: Data) -> None:
    wait = waiting(state, data)
    wait.left = wait.left[1:]
    wait.timer = data["timer"]


def _task_escalated(state: State, data: Data) -> None:
    wait = waiting(state, data)
    wait.tasks, wait.need, wait.agreed, wait.left = open_tasks(data), 1, [], []
    wait.timer, wait.due = data.get("timer"), data.get("due")
    wait.escalations += 1


def _timed_out(state: State, data: Data) -> None:
    waiting(state, data).timer = None


def _blocked(state: State, data: Data) -> None:
    stopped = token(state, data)
    stopped.wait, stopped.effect, stopped.blocked = None, None, incident(data)
    if "passed" in data:
        state.passed[data["step"]] = data["passed"]


def incident(data: Data) -> Blocked:
    """What was erased of the sentence is empty."""
    return Blocked(data["code"], data["reason"] or "", data.get("params", {}), data.get("then"))


def _data_corrected(state: State, data: Data) -> None:
    state.data |= data["after"]


def _unblocked(state: State, data: Data) -> None:
    token(state, data).blocked = None


def _closing(status: str) -> Applier:
    def close(state: State, data: Data) -> None:
        state.closing, state.reason = status, data.get("reason") or status

    return close


def _compensation_started(state: State, data: Data) -> None:
    state.closing = data["status"]


def _undo_requested(state: State, data: Data) -> None:
    state.undoing = data["effect"]
    token(state, data).blocked = None


def _compensation_done(state: State, _: Data) -> None:
    state.undoing = None
    state.undo = state.undo[:-1]


def _compensation_failed(state: State, data: Data) -> None:
    state.undoing = None
    token(state, data).blocked = incident(data)


def _undone_by_hand(state: State, data: Data) -> None:
    token(state, data).blocked = None
    state.undo = state.undo[:-1]


def _instance_ended(state: State, data: Data) -> None:
    state.ended, state.tokens, state.closing = data["status"], [], None
    state.reason = data.get("reason")
    state.remains = list(data.get("remains", []))


def remember_undo(state: State, data: Data) -> None:
    state.undo.append(Undo(data["step"], data.get("undo"), data.get("undo_lacks")))


def _nothing(_: State, __: Data) -> None:
    """A trace for the reader, nothing for the flow."""


CORE: dict[str, Applier] = {
    "InstanceStarted": _instance_started,
    "StepCompleted": _step_completed,
    "TaskOpened": _task_opened,
    "TaskSubmitted": _task_submitted,
    "TasksClosed": _tasks_closed,
    "ReminderSent": _reminder_sent,
    "TaskEscalated": _task_escalated,
    "TimedOut": _timed_out,
    "PeopleTold": _nothing,
    "DataCorrected": _data_corrected,
    "Blocked": _blocked,
    "Unblocked": _unblocked,
    "Withdrawn": _closing("cancelled"),
    "Cancelled": _closing("cancelled"),
    "CompensationStarted": _compensation_started,
    "UndoRequested": _undo_requested,
    "CompensationDone": _compensation_done,
    "CompensationFailed": _compensation_failed,
    "UndoneByHand": _undone_by_hand,
    "CompensationAbandoned": _nothing,
    "InstanceEnded": _instance_ended,
}
