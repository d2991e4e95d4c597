"""An event as a sentence for business people: "Dana Reed (Director) approved: “ok for Q3”". Pure wording.

Request page, audit search, PDF and CSV all tell a request in these words.
"""

from collections.abc import Callable, Mapping
from typing import Any

from engine.wording import log_events
from engine.wording.event_types import OUTCOMES
from engine.wording.names import Names
from engine.wording.values import called, clean, count, listed, moment, number, plain_name, quote, span

Event = Mapping[str, Any]
Data = Mapping[str, Any]
Teller = Callable[[Event, Data, Names], str]


def tell(event: Event, names: Names) -> str:
    words = TELLERS.get(event["type"])
    try:
        if event["type"] in log_events.KINDS:
            return log_events.tell(event, names)
        return words(event, event["data"], names) if words else _unknown(event)
    except (KeyError, TypeError, ValueError, AttributeError):
        # An event of another version of the product: its shape is not the one these words are for.
        return _unknown(event)


def _unknown(event: Event) -> str:
    return f"{plain_name(event['type']).capitalize()} was recorded; the exact data is in the record"


def _who(event: Event) -> str:
    return clean(event["actor_name"], 80)


def _said(text: Any) -> str:
    return f": {quote(text)}" if text else ""


def _was(values: Any, names: Names) -> str:
    """(amount was 100)"""
    if not values:
        return ""
    return f" ({', '.join(f'{names.field(key)} was {names.value(key, item)}' for key, item in values.items())})"


def _values(data: Any, names: Names) -> str:
    return "; ".join(f"{names.field(key)} is {names.value(key, item)}" for key, item in data.items()) or "nothing"


def _due(data: Data) -> str:
    return f", due {moment(data['due'])}" if data.get("due") else ""


def _started(event: Event, data: Data, names: Names) -> str:
    what = f" with {quote(names.definition)}" if names.definition else ""
    other = names.people.get(str(data["requester"]))
    someone = f" for {other}" if other and str(event.get("actor_id")) != str(data["requester"]) else ""
    return f"{_who(event)} asked{someone}: {quote(data['title'])}{what}, version {data['version']}"


def _step_completed(_: Event, data: Data, names: Names) -> str:
    to = f", next is {names.step(data['to'])}" if data.get("to") else ""
    outcome = plain_name(data["outcome"])
    why = data.get("why")
    if why:
        label = quote(why["text"]) if why.get("text") else outcome
        because = f"because {names.rule(why['rule'])}{_was(why['values'], names)}"
        return f"{names.step(data['step'])} chose {label}, {because}{to}"
    if outcome == "otherwise":
        return f"{names.step(data['step'])} found that no rule holds{to}"
    return f"{names.step(data['step'])} is over: {outcome}{to}"


def _level_opened(_: Event, data: Data, names: Names) -> str:
    people = [task["assignee"] for task in data["tasks"]]
    enough = _enough(int(data.get("need", 1)), len(people))
    because = f", because {names.rule(data['rule'])}{_was(data.get('values'), names)}" if data.get("rule") else ""
    return f"{quote(data['name'])} asked {names.persons(people)} to decide{enough}{_due(data)}{because}"


def _enough(need: int, asked: int) -> str:
    if asked < 2:
        return ""
    return " (one is enough)" if need == 1 else f" ({'all' if need == asked else number(need)} must approve)"


def _decided(event: Event, data: Data, names: Names) -> str:
    level = names.level(data["step"], data.get("level"))
    as_whom = f" ({level})" if level else ""
    behalf = f" on behalf of {names.person(data['on_behalf'])}" if data.get("on_behalf") else ""
    verb = DECIDED.get(data["outcome"], f"decided “{plain_name(data['outcome'])}”")
    wrote = f". Filled in: {_values(data['values'], names)}" if data.get("values") else ""
    return f"{_who(event)}{as_whom} {verb}{behalf}{_said(data.get('comment'))}{wrote}"


def _task_opened(_: Event, data: Data, names: Names) -> str:
    people = [task["assignee"] for task in data.get("tasks", [])] or [data["assignee"]]
    return f"{names.step(data['step'])} asked {names.persons(people)} to fill it in{_due(data)}"


def _submitted(event: Event, data: Data, names: Names) -> str:
    return f"{_who(event)} filled in {names.step(data['step'])}: {_values(data['data'], names)}"


def _closed(_: Event, data: Data, names: Names) -> str:
    tasks = count(len(data["tasks"]), "open question")
    reason = plain_name(data["reason"]) if data["reason"] in OUTCOMES else clean(data["reason"])
    return f"Closed {tasks} of {names.step(data['step'])}: {reason}"


def _reminded(_: Event, data: Data, names: Names) -> str:
    return f"Reminded {names.persons(data['people'])} of {names.step(data['step'])}{_due(data)}"


def _escalated(event: Event, data: Data, names: Names) -> str:
    to = names.persons(task["assignee"] for task in data["tasks"])
    since = [names.opened[task] for task in data["from"] if task in names.opened]
    waited = f"Waited {span(event['at'] - min(since))}" if since else "Nobody answered in time"
    late = f" for {names.persons(data['late'])}" if data.get("late") and since else ""
    return f"{waited}{late}, escalated {names.step(data['step'])} to {to}{_due(data)}"


def _by_rule(_: Event, data: Data, names: Names) -> str:
    reason = f". {clean(data['text'])}" if data.get("text") else ""
    return f"Rule approved it: {names.rule(data['rule'])}{_was(data.get('values'), names)}{reason}"


def _timed_out(_: Event, data: Data, names: Names) -> str:
    return f"Nobody answered {names.step(data['step'])} in time, so it {THEN.get(data['then'], 'went on')}"


def _call_requested(_: Event, data: Data, names: Names) -> str:
    return f"{names.step(data['step'])} called another system: {called(data['call'])}"


def _call_done(_: Event, data: Data, names: Names) -> str:
    told = {
        key: item.get("body", item) if isinstance(item, dict) else item for key, item in data.get("set", {}).items()
    }
    kept = f", which answered: {_values(told, names)}" if told else ""
    return f"{names.step(data['step'])} was done by the other system{kept}"


def _call_failed(_: Event, data: Data, names: Names) -> str:
    return f"{names.step(data['step'])} failed: {clean(data['error'])}"


def _told(_: Event, data: Data, names: Names) -> str:
    return f"{names.step(data['step'])} told {names.persons(data['people'])}{_said(data.get('subject'))}"


def _corrected(event: Event, data: Data, names: Names) -> str:
    changes = (
        f"{names.field(key)} from {names.value(key, data['before'].get(key))} to {names.value(key, item)}"
        for key, item in data["after"].items()
    )
    return f"{_who(event)} corrected {listed(changes)}{_said(data['reason'])}"


def _blocked(_: Event, data: Data, __: Names) -> str:
    return f"Stopped, an admin is needed: {clean(data['reason'])}"


def _unblocked(event: Event, data: Data, names: Names) -> str:
    return f"{_who(event)} let {names.step(data['step'])} try again"


def _undo_started(_: Event, data: Data, names: Names) -> str:
    return f"Began to undo what was done: {_steps(data['steps'], names)}"


def _undo_requested(_: Event, data: Data, names: Names) -> str:
    return f"Undoing {names.step(data['step'])}: {called(data['call'])}"


def _undone(_: Event, data: Data, names: Names) -> str:
    return f"{names.step(data['step'])} was undone"


def _undo_failed(_: Event, data: Data, names: Names) -> str:
    return f"{names.step(data['step'])} could not be undone, an admin is needed: {clean(data['error'])}"


def _by_hand(event: Event, data: Data, names: Names) -> str:
    return f"{_who(event)} undid {names.step(data['step'])} by hand{_said(data['reason'])}"


def _abandoned(event: Event, data: Data, names: Names) -> str:
    return f"{_who(event)} ended it without undoing {_steps(data['steps'], names)}{_said(data['reason'])}"


def _steps(steps: Any, names: Names) -> str:
    return listed(names.step(step) for step in steps)


def _stopped(verb: str) -> Teller:
    def told(event: Event, data: Data, _: Names) -> str:
        reason = data.get("reason")
        words = "" if reason in ("withdrawn", "cancelled") else reason
        return f"{_who(event)} {verb} the request{_said(words)}"

    return told


def _ended(_: Event, data: Data, names: Names) -> str:
    reason = data.get("reason")
    why = "" if not reason or reason == data["status"] else f": {REASONS.get(reason, clean(reason))}"
    remains = f"; not undone: {_steps(data['remains'], names)}" if data.get("remains") else ""
    return f"Ended as {plain_name(data['status'])}{why}{remains}"


DECIDED = {"approved": "approved", "rejected": "rejected it", "changes_requested": "asked for changes"}
THEN = {"approve": "was approved", "reject": "was rejected", "timed_out": "took the way for late answers"}
REASONS = {"timeout": "the time was up", "rejected": "it was rejected"}
TELLERS: dict[str, Teller] = {
    "InstanceStarted": _started,
    "StepCompleted": _step_completed,
    "LevelOpened": _level_opened,
    "TaskDecided": _decided,
    "TaskOpened": _task_opened,
    "TaskSubmitted": _submitted,
    "TasksClosed": _closed,
    "ReminderSent": _reminded,
    "TaskEscalated": _escalated,
    "ApprovedByRule": _by_rule,
    "TimedOut": _timed_out,
    "CallRequested": _call_requested,
    "CallDone": _call_done,
    "CallFailed": _call_failed,
    "PeopleTold": _told,
    "DataCorrected": _corrected,
    "Blocked": _blocked,
    "Unblocked": _unblocked,
    "CompensationStarted": _undo_started,
    "UndoRequested": _undo_requested,
    "CompensationDone": _undone,
    "CompensationFailed": _undo_failed,
    "UndoneByHand": _by_hand,
    "CompensationAbandoned": _abandoned,
    "Withdrawn": _stopped("withdrew"),
    "Cancelled": _stopped("cancelled"),
    "InstanceEnded": _ended,
}
