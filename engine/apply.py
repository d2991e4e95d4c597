"""What each event does to the state. The interpreter changes state through here only, so replaying is exact.

A step type with events of its own states them as APPLY in its module.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from engine import json_text
from engine.reasons import Reason, said
from engine.registry import discover
from engine.state import Blocked, OpenTask, Passed, Signature, State, Token, Undo, Wait

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
    return [OpenTask(task["id"], task["assignee"], task.get("through")) for task in data["tasks"]]


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


def change(state: State, values: Data, cleared: Iterable[str] = ()) -> None:
    """Write values and take others away, and remember in which event a field became another one."""
    for name, value in values.items():
        if name not in state.data or json_text.canonical(state.data[name]) != json_text.canonical(value):
            state.data[name], state.changed[name] = value, state.seq + 1
    for name in cleared:
        if name in state.data:
            del state.data[name]
            state.changed[name] = state.seq + 1


def _instance_started(state: State, data: Data) -> None:
    state.instance, state.requester, state.data = data["instance"], data["requester"], dict(data["data"])
    state.v, state.title = data["v"], data["title"] or ""
    state.tokens = [Token(1, data["to"], visit=1, trail=[Passed(data["step"], 1)])]


def _step_completed(state: State, data: Data) -> None:
    moved = token(state, data)
    change(state, data.get("set", {}))
    if "reason" in data:
        state.reason = Reason.of(data["reason"])
    if data.get("forget"):
        state.signed = []
    if "keep" in data:
        moved.keep = list(data["keep"])
    _note_passed(moved, Passed(data["step"], state.seq + 1, data.get("approved", False)))
    if not data.get("returns"):
        _begin_round(state, moved, data["to"])
    _place(state, moved, data["to"])
    moved.then = None


def _note_passed(moved: Token, passed: Passed) -> None:
    before = next((number for number, one in enumerate(moved.trail) if one.step == passed.step), None)
    if before is None:
        moved.trail.append(passed)
    else:
        moved.trail[before] = passed


def _begin_round(state: State, moved: Token, to: str) -> None:
    """A step that is come to again asks anew, except for what was kept; what came after it is no longer behind it."""
    before = next((number for number, one in enumerate(moved.trail) if one.step == to), None)
    if before is not None:
        moved.trail = moved.trail[:before]
    if to in moved.keep:
        moved.keep.remove(to)
    else:
        state.signed = [signature for signature in state.signed if signature.step != to]


def _place(state: State, moved: Token, to: str) -> None:
    moved.step, moved.visit, moved.wait, moved.effect, moved.blocked = to, state.seq + 1, None, None, None


def _step_reopened(state: State, data: Data) -> None:
    moved = token(state, data)
    moved.then = data["step"]
    _place(state, moved, data["to"])


def _task_opened(state: State, data: Data) -> None:
    start_wait(state, data)


def _task_submitted(state: State, data: Data) -> None:
    change(state, data["data"], data.get("cleared", ()))
    state.reason, state.timed_out = None, False
    if data.get("stands_in") and data["person"] not in state.stand_ins:
        state.stand_ins.append(data["person"])
    wait = waiting(state, data)
    wait.tasks = [task for task in wait.tasks if task.id != data["task"]]


def _tasks_closed(state: State, data: Data) -> None:
    wait = waiting(state, data)
    closed = set(data["tasks"])
    wait.tasks = [task for task in wait.tasks if task.id not in closed]
    wait.timer = None


def _reminder_sent(state: State, data: Data) -> None:
    wait = waiting(state, data)
    wait.left, wait.timer = list(data["remind"]), data["timer"]


def _task_escalated(state: State, data: Data) -> None:
    wait = waiting(state, data)
    _hand_over(wait, data)
    wait.left = list(data.get("remind", []))
    wait.timer, wait.due = data["timer"], data["due"]
    wait.escalations += 1


def _task_handed_on(state: State, data: Data) -> None:
    _hand_over(waiting(state, data), data)


def _hand_over(wait: Wait, data: Data) -> None:
    gone = set(data["from"])
    wait.tasks = [task for task in wait.tasks if task.id not in gone] + open_tasks(data)


def _timed_out(state: State, data: Data) -> None:
    waiting(state, data).timer = None
    state.timed_out = "level" not in data
    if "level" in data:
        sign(state, data, level=data["level"], outcome="approved", by="timer")


def sign(state: State, data: Data, **facts: Any) -> None:
    """Add a signature; it stands in for an earlier one of the same person at the same level."""
    covers = dict(data["covers"])
    made = Signature(step=data["step"], visit=token(state, data).visit, seq=state.seq + 1, covers=covers, **facts)
    own = (made.step, made.level, made.by, made.person)
    state.signed = [one for one in state.signed if (one.step, one.level, one.by, one.person) != own]
    state.signed.append(made)
    state.timed_out = False


def _title_changed(state: State, data: Data) -> None:
    state.title = data["title"] or ""


def _blocked(state: State, data: Data) -> None:
    stopped = token(state, data)
    stopped.wait, stopped.effect, stopped.blocked = None, None, incident(data)


def incident(data: Data) -> Blocked:
    return Blocked(data["code"], data.get("params") or {}, data.get("then"))


def _data_corrected(state: State, data: Data) -> None:
    change(state, data["after"])


def _unblocked(state: State, data: Data) -> None:
    token(state, data).blocked = None


def _closing(otherwise: Reason) -> Applier:
    def close(state: State, data: Data) -> None:
        state.closing, state.reason = "cancelled", said("said", data["reason"]) if data["reason"] else otherwise

    return close


def _compensation_started(state: State, data: Data) -> None:
    state.closing = state.undone_after = data["status"]


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
    state.reason = Reason.of(data.get("reason"))
    state.remains = list(data.get("remains", []))


def remember_undo(state: State, data: Data) -> None:
    state.undo.append(Undo(data["step"], data.get("undo"), Reason.of(data.get("undo_lacks"))))


def _nothing(_: State, __: Data) -> None:
    """A trace for the reader, nothing for the flow."""


CORE: dict[str, Applier] = {
    "InstanceStarted": _instance_started,
    "StepCompleted": _step_completed,
    "StepReopened": _step_reopened,
    "TaskOpened": _task_opened,
    "TaskSubmitted": _task_submitted,
    "TasksClosed": _tasks_closed,
    "ReminderSent": _reminder_sent,
    "TaskEscalated": _task_escalated,
    "TaskHandedOn": _task_handed_on,
    "TimedOut": _timed_out,
    "PeopleTold": _nothing,
    "DataCorrected": _data_corrected,
    "TitleChanged": _title_changed,
    "Blocked": _blocked,
    "Unblocked": _unblocked,
    "Withdrawn": _closing(Reason("withdrawn")),
    "Cancelled": _closing(Reason("cancelled")),
    "CompensationStarted": _compensation_started,
    "UndoRequested": _undo_requested,
    "CompensationDone": _compensation_done,
    "CompensationFailed": _compensation_failed,
    "UndoneByHand": _undone_by_hand,
    "CompensationAbandoned": _nothing,
    "InstanceEnded": _instance_ended,
}
