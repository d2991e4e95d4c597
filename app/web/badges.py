"""The states of things as screens show them: always a word, a colour and an icon together. Pure."""

from typing import NamedTuple

from engine.wording.values import plain_name


class Shown(NamedTuple):
    """tone: success, danger, warning, info or neutral. icon: a name in static/icons.svg."""

    word: str
    tone: str
    icon: str


STATUSES = {
    # Requests
    "running": Shown("In progress", "info", "circle-dashed"),
    "waiting_approval": Shown("Waiting for approval", "warning", "hourglass"),
    "approved": Shown("Approved", "success", "circle-check"),
    "rejected": Shown("Rejected", "danger", "circle-x"),
    "completed": Shown("Completed", "success", "check-check"),
    "rolled_back": Shown("Undone", "neutral", "undo-2"),
    "failed": Shown("Failed", "danger", "triangle-alert"),
    "cancelled": Shown("Cancelled", "neutral", "ban"),
    "blocked": Shown("Needs an admin", "warning", "octagon-alert"),
    # Tasks
    "pending": Shown("Waiting", "warning", "clock"),
    "changes_requested": Shown("Changes requested", "info", "pen-line"),
    "submitted": Shown("Filled in", "success", "check"),
    "timed_out": Shown("Timed out", "warning", "alarm-clock-off"),
    "escalated": Shown("Escalated", "warning", "circle-arrow-up"),
    # Effects, mail, keys, people, definitions
    "done": Shown("Done", "success", "check"),
    "sent": Shown("Sent", "success", "check"),
    "dead": Shown("Failed", "danger", "octagon-alert"),
    "discarded": Shown("Discarded", "neutral", "trash-2"),
    "works": Shown("Works", "success", "check"),
    "revoked": Shown("Revoked", "neutral", "ban"),
    "expired": Shown("Expired", "neutral", "alarm-clock-off"),
    "active": Shown("Active", "success", "check"),
    "invited": Shown("Invited", "info", "mail"),
    "inactive": Shown("Former", "neutral", "ban"),
    "draft": Shown("Draft", "neutral", "pencil"),
    "published": Shown("Published", "success", "check"),
    "retired": Shown("Retired", "neutral", "archive"),
}


def shown(status: str) -> Shown:
    """An end step may end a request with a word of its own."""
    return STATUSES.get(status) or Shown(plain_name(status).capitalize() or "Unknown", "neutral", "flag")


def ended(status: str, undone_after: str = "") -> str:
    """In a sentence: "approved", "rejected, and undone". undone_after: the end that led to the undoing."""
    if status == "rolled_back":
        return f"{plain_name(undone_after)}, and undone" if undone_after else "undone"
    return plain_name(status)
