"""An event as a sentence for business people: "Dana Reed (Director) approved: “ok for Q3”". Pure wording.

Request page, audit search, PDF and CSV all tell a request in these words.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from engine.reasons import Reason
from engine.wording import log_events
from engine.wording.endings import why_ended
from engine.wording.labels import SOMEBODY
from engine.wording.names import Names
from engine.wording.sentences import sentence
from engine.wording.values import called, clean, count, listed, number, plain_name, quote, remark, span

Event = Mapping[str, Any]
Data = Mapping[str, Any]


class Line(NamedTuple):
    """What happened, and what a reader may want to know besides: until when, and why."""

    text: str
    facts: tuple[str, ...] = ()


Teller = Callable[[Event, Data, Names], Line | str]


def tell(event: Event, names: Names) -> str:
    """In one line."""
    text, facts = line(event, names)
    return f"{text} {', '.join(facts)}" if text.endswith(":") else ", ".join((text, *facts))


def line(event: Event, names: Names) -> Line:
    words = TELLERS.get(event["type"])
    try:
        if event["type"] in log_events.KINDS:
            return Line(log_events.tell(event, names))
        told = words(event, event["data"], names) if words else _unknown(event)
    except (KeyError, TypeError, ValueError, AttributeError):
        # An event of another version of the product: its shape is not the one these words are for.
        told = _unknown(event)
    return told if isinstance(told, Line) else Line(told)


def _unknown(event: Event) -> str:
    return f"{plain_name(event['type']).capitalize()} was recorded; the exact data is in the record"


def _who(event: Event) -> str:
    return clean(event["actor_name"], 80)


def _said(text: Any) -> str:
    return f": {quote(text)}" if text else ""


def _why(data: Data, names: Names) -> str:
    return sentence(Reason(data["code"], data.get("params") or {}), names)


def _because(rule: str, values: Any, names: Names) -> str:
    return f"because {names.because(rule, values or {})}"


def _values(data: Any, names: Names) -> tuple[str, ...]:
    return tuple(f"{names.field(key)} {names.value(key, item, data)}" for key, item in data.items()) or ("nothing",)


def _asked(people: list[str], names: Names) -> str:
    were = "was" if len(people) == 1 else "were"
    told = names.persons(people)
    return f"{told[:1].upper() if told.startswith(SOMEBODY) else told[:1]}{told[1:]} {were} asked"


def _due(data: Data, names: Names) -> tuple[str, ...]:
    return (f"due {names.clock.moment(data['due'])}",) if data.get("due") else ()


def _started(event: Event, data: Data, names: Names) -> str:
    what = f" with {quote(names.definition)}" if names.definition else ""
    other = names.people.get(str(data["requester"]))
    someone = f" for {other}" if other and str(event.get("actor_id")) != str(data["requester"]) else ""
    return f"{_who(event)} asked{someone}: {quote(data['title'])}{what}, version {data['version']}"


def _step_completed(_: Event, data: Data, names: Names) -> Line | str:
    to = (f"next is {names.step(data['to'])}",) if data.get("to") else ()
    outcome = plain_name(data["outcome"])
    why = data.get("why")
    if why:
        label = quote(why["text"]) if why.get("text") else outcome
        because = _because(why["rule"], why["values"], names)
        return Line(f"{names.step(data['step'])} chose {label}", (because, *to))
    if outcome == "otherwise":
        return Line(f"{names.step(data['step'])} found that no rule holds", to)
    return Line(f"{names.step(data['step'])} is finished: {outcome}", to)


def _level_opened(_: Event, data: Data, names: Names) -> Line:
    people = [task["assignee"] for task in data["tasks"]]
    enough = _enough(int(data.get("need", 1)), len(people))
    because = (_because(data["rule"], data.get("values"), names),) if data.get("rule") else ()
    asked = f"{_asked(people, names)} to decide as {clean(data['name'], 80)}{enough}"
    return Line(asked, (*_due(data, names), *because))


def _asked_again(_: Event, data: Data, names: Names) -> str:
    people = [task["assignee"] for task in data["tasks"]]
    if not people:
        return f"{quote(data['name'])} was looked at again, because the request was changed"
    return f"{quote(data['name'])} asked {names.persons(people)} again, because the request was changed"


def _handed_on(_: Event, data: Data, names: Names) -> str:
    gone = f"{names.person(data['person'])} cannot answer {quote(data['name'])} any more"
    people = [task["assignee"] for task in data["tasks"]]
    return f"{gone}, so {names.persons(people)} was asked" if people else f"{gone}; the others are enough"


def _reopened(_: Event, data: Data, names: Names) -> str:
    return f"{names.step(data['to'])} is asked again, because the request was changed after it had approved"


def _renamed(_: Event, data: Data, __: Names) -> str:
    return f"Is now called {quote(data['title'])}"


def _enough(need: int, asked: int) -> str:
    if asked < 2:
        return ""
    return " (one is enough)" if need == 1 else f" ({'all' if need == asked else number(need)} must approve)"


def _decided(event: Event, data: Data, names: Names) -> Line:
    level = names.level(data["step"], data.get("level"))
    as_whom = f" ({level})" if level else ""
    behalf = f" on behalf of {names.person(data['for'])}" if data.get("for") else ""
    verb = DECIDED.get(data["outcome"], f"decided “{plain_name(data['outcome'])}”")
    said = f"{_who(event)}{as_whom} {verb}{behalf}{_said(remark(data))}"
    return Line(f"{said}, and filled in:", _values(data["values"], names)) if data.get("values") else Line(said)


def _task_opened(_: Event, data: Data, names: Names) -> Line:
    people = [task["assignee"] for task in data["tasks"]]
    return Line(f"{_asked(people, names)} to fill in {names.step(data['step'])}", _due(data, names))


def _submitted(event: Event, data: Data, names: Names) -> Line:
    return Line(f"{_who(event)} filled in {names.step(data['step'])}:", _values(data["data"], names))


def _closed(_: Event, data: Data, names: Names) -> str:
    tasks = count(len(data["tasks"]), "open question")
    return f"Closed {tasks} of {names.step(data['step'])}: {_why(data['reason'], names)}"


def _reminded(_: Event, data: Data, names: Names) -> Line:
    return Line(f"Reminded {names.persons(data['people'])} of {names.step(data['step'])}", _due(data, names))


def _escalated(event: Event, data: Data, names: Names) -> Line:
    to = names.persons(task["assignee"] for task in data["tasks"])
    since = [names.opened[task] for task in data["from"] if task in names.opened]
    waited = f"Waited {span(event['at'] - min(since))}" if since else "Nobody answered in time"
    late = f" for {names.persons(data['late'])}" if data.get("late") and since else ""
    return Line(f"{waited}{late}, escalated {names.step(data['step'])} to {to}", _due(data, names))


def _by_rule(_: Event, data: Data, names: Names) -> Line:
    reason = f": {clean(data['text'])}" if data.get("text") else ""
    return Line(f"Approved by rule{reason}", (_because(data["rule"], data.get("values"), names),))


def _timed_out(_: Event, data: Data, names: Names) -> str:
    level = names.level(data["step"], data.get("level"))
    what = quote(level) if level else names.step(data["step"])
    return f"Nobody answered {what} in time, so it {THEN.get(data['then'], 'went on')}"


def _call_requested(_: Event, data: Data, names: Names) -> str:
    return f"{names.step(data['step'])} called another system: {called(data['call'])}"


def _call_done(_: Event, data: Data, names: Names) -> Line:
    told = {
        key: item.get("body", item) if isinstance(item, dict) else item for key, item in data.get("set", {}).items()
    }
    done = f"{names.step(data['step'])} was done by the other system"
    return Line(f"{done}, which answered:", _values(told, names)) if told else Line(done)


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


def _blocked(_: Event, data: Data, names: Names) -> str:
    return f"Stopped, an admin is needed: {_why(data, names)}"


def _unblocked(event: Event, data: Data, names: Names) -> str:
    return f"{_who(event)} let {names.step(data['step'])} try again"


def _undo_started(_: Event, data: Data, names: Names) -> str:
    return f"Began to undo what was done: {_steps(data['steps'], names)}"


def _undo_requested(_: Event, data: Data, names: Names) -> str:
    return f"Undoing {names.step(data['step'])}: {called(data['call'])}"


def _undone(_: Event, data: Data, names: Names) -> str:
    return f"{names.step(data['step'])} was undone"


def _undo_failed(_: Event, data: Data, names: Names) -> str:
    error = (data.get("params") or {}).get("error") or ""
    return f"{names.step(data['step'])} could not be undone, an admin is needed: {clean(error)}"


def _by_hand(event: Event, data: Data, names: Names) -> str:
    return f"{_who(event)} undid {names.step(data['step'])} by hand{_said(data['reason'])}"


def _abandoned(event: Event, data: Data, names: Names) -> str:
    return f"{_who(event)} ended it without undoing {_steps(data['steps'], names)}{_said(data['reason'])}"


def _steps(steps: Any, names: Names) -> str:
    return listed(names.step(step) for step in steps)


def _stopped(verb: str) -> Teller:
    def told(event: Event, data: Data, _: Names) -> str:
        return f"{_who(event)} {verb} the request{_said(data['reason'])}"

    return told


def _ended(_: Event, data: Data, names: Names) -> str:
    words = clean(why_ended(Reason.of(data.get("reason")), (data["status"],), names))
    why = f": {words}" if words else ""
    if data["status"] == "rolled_back":
        return f"Ended, with everything undone{why}"
    remains = f"; not undone: {_steps(data['remains'], names)}" if data.get("remains") else ""
    return f"Ended as {plain_name(data['status'])}{why}{remains}"


DECIDED = {"approved": "approved", "rejected": "rejected it", "changes_requested": "asked for changes"}
THEN = {"approve": "passed without a signature", "reject": "was rejected", "timed_out": "went on without an answer"}
TELLERS: dict[str, Teller] = {
    "InstanceStarted": _started,
    "StepCompleted": _step_completed,
    "StepReopened": _reopened,
    "LevelOpened": _level_opened,
    "AskedAgain": _asked_again,
    "TaskDecided": _decided,
    "TaskOpened": _task_opened,
    "TaskSubmitted": _submitted,
    "TasksClosed": _closed,
    "ReminderSent": _reminded,
    "TaskEscalated": _escalated,
    "TaskHandedOn": _handed_on,
    "TitleChanged": _renamed,
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
