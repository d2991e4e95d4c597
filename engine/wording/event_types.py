"""What sorts of events there are, as filters and tables call them, and how a line of each is marked."""

from collections.abc import Mapping
from typing import Any

from engine.wording import log_events

KINDS = {
    "InstanceStarted": "Request made",
    "StepCompleted": "Step finished",
    "StepReopened": "Step reopened",
    "LevelOpened": "Asked to decide",
    "AskedAgain": "Asked again",
    "TaskDecided": "Decision",
    "TaskOpened": "Asked to fill in",
    "TaskSubmitted": "Form filled in",
    "TasksClosed": "Question closed",
    "ReminderSent": "Reminder",
    "TaskEscalated": "Escalation",
    "TaskHandedOn": "Handed on",
    "ApprovedByRule": "Decision by rule",
    "TimedOut": "Time was up",
    "CallRequested": "Call made",
    "CallDone": "Call done",
    "CallFailed": "Call failed",
    "PeopleTold": "People told",
    "DataCorrected": "Data corrected",
    "TitleChanged": "Title changed",
    "Blocked": "Stopped",
    "Unblocked": "Tried again",
    "CompensationStarted": "Undo begun",
    "UndoRequested": "Undo requested",
    "CompensationDone": "Undone",
    "CompensationFailed": "Undo failed",
    "UndoneByHand": "Undone by hand",
    "CompensationAbandoned": "Left as it is",
    "Withdrawn": "Withdrawn",
    "Cancelled": "Cancelled",
    "InstanceEnded": "Ended",
}

LOG_KINDS = {name: word for name, (word, _) in log_events.KINDS.items()}

OUTCOMES = {
    "approved": "good",
    "completed": "good",
    "rejected": "bad",
    "failed": "bad",
    "cancelled": "plain",
    "rolled_back": "late",
    "changes_requested": "late",
    "timed_out": "late",
}
TONES = {
    "ApprovedByRule": "good",
    "CallDone": "good",
    "CompensationDone": "good",
    "CallFailed": "bad",
    "CompensationFailed": "bad",
    "CompensationAbandoned": "bad",
    "Blocked": "late",
    "TimedOut": "late",
    "TaskEscalated": "late",
    "StepReopened": "late",
    "AskedAgain": "late",
    "ReminderSent": "late",
}

ICONS = {
    "InstanceStarted": "send",
    "StepCompleted": "arrow-right",
    "StepReopened": "rotate-ccw",
    "LevelOpened": "user-check",
    "AskedAgain": "user-check",
    "TaskDecided": "stamp",
    "TaskOpened": "clipboard-list",
    "TaskSubmitted": "pen-line",
    "TasksClosed": "minus",
    "ReminderSent": "bell",
    "TaskEscalated": "circle-arrow-up",
    "TaskHandedOn": "users",
    "ApprovedByRule": "wand",
    "TimedOut": "alarm-clock-off",
    "CallRequested": "zap",
    "CallDone": "check",
    "CallFailed": "triangle-alert",
    "PeopleTold": "megaphone",
    "DataCorrected": "pencil",
    "TitleChanged": "pencil",
    "Blocked": "octagon-alert",
    "Unblocked": "rotate-ccw",
    "CompensationStarted": "undo-2",
    "UndoRequested": "undo-2",
    "CompensationDone": "undo-2",
    "CompensationFailed": "octagon-alert",
    "UndoneByHand": "undo-2",
    "CompensationAbandoned": "octagon-alert",
    "Withdrawn": "ban",
    "Cancelled": "ban",
    "InstanceEnded": "flag",
}


def kind(event_type: str) -> str:
    """What sort of thing happened, as a filter and a table call it."""
    return KINDS.get(event_type) or log_events.KINDS.get(event_type, (event_type,))[0]


def tone(event: Mapping[str, Any]) -> str:
    """good, bad, late or plain: how the line is marked, besides its words."""
    said = event["data"].get("outcome") or event["data"].get("status")
    if event["type"] in ("TaskDecided", "InstanceEnded"):
        return OUTCOMES.get(said, "plain")
    return TONES.get(event["type"], "plain")


def icon(event_type: str) -> str:
    """A name in static/icons.svg."""
    return ICONS.get(event_type) or log_events.KINDS.get(event_type, ("", "circle"))[1]
