"""Data classification: which values of an event are personal. They are hashed as salted digests (disclosure.py).

What is not named in FIELDS counts as personal, so that a field somebody forgot is protected and not exposed.
"""

from collections.abc import Container, Mapping
from enum import Enum
from typing import Any


class Kind(Enum):
    """EACH: an object whose members are values of their own, such as what somebody filled in."""

    PLAIN = "plain"
    PERSONAL = "personal"
    EACH = "each"


Fields = Mapping[str, "Kind | Fields"]


def _data(plain: str = "", personal: str = "", each: str = "", **nested: "Fields") -> "Fields":
    named = (("token step key", Kind.PLAIN), (plain, Kind.PLAIN), (personal, Kind.PERSONAL), (each, Kind.EACH))
    return {name: kind for names, kind in named for name in names.split()} | nested


_asked = "name tasks due timer remind"
_why = _data("rule text", each="values")
_reason = _data("code", each="params")
FIELDS: Mapping[str, Fields] = {
    "InstanceStarted": _data("v instance requester definition version content_hash to files", "title", "data"),
    "StepCompleted": _data("outcome to forget keep approved returns", each="set", why=_why, reason=_reason),
    "LevelOpened": _data(f"{_asked} level need rest rule", each="values"),
    "TaskOpened": _data(_asked),
    "AskedAgain": _data(f"{_asked} level need rest closed"),
    "TaskDecided": _data(
        "task level outcome files person for seen need through", "comment reason metadata", "values covers"
    ),
    "TaskSubmitted": _data("task person cleared files stands_in", each="data"),
    "TaskHandedOn": _data("from person name tasks"),
    "StepReopened": _data("to"),
    "TitleChanged": _data("", "title"),
    "DataCorrected": _data("person files", "reason", "before after"),
    "TasksClosed": _data("tasks status reason"),
    "ReminderSent": _data("people timer due remind"),
    "TaskEscalated": _data("from late name tasks timer due remind"),
    "TimedOut": _data("then level", each="covers"),
    "ApprovedByRule": _data("rule text", each="values covers"),
    "CallRequested": _data("effect", "call"),
    "CallDone": _data("effect", "result undo", "set", undo_lacks=_reason),
    "CallFailed": _data("effect", "error"),
    "PeopleTold": _data("people", "subject"),
    "Blocked": _data("passed code then", each="params"),
    "Unblocked": _data(),
    "CompensationStarted": _data("status steps"),
    "UndoRequested": _data("effect", "call"),
    "CompensationDone": _data("effect"),
    "CompensationFailed": _data("effect code", each="params"),
    "CompensationAbandoned": _data("steps", "reason"),
    "UndoneByHand": _data("", "reason"),
    "Withdrawn": _data("", "reason"),
    "Cancelled": _data("", "reason"),
    "InstanceEnded": _data("status remains", reason=_reason),
    # What happens outside requests.
    "TenantFounded": _data("", "name"),
    "RuleChanged": _data("rule value"),
    "ZoneChanged": _data("zone"),
    "LoggedIn": _data("user"),
    "LoginFailed": _data("user why", "account"),
    "LoggedOut": _data("user where"),
    "PasswordChanged": _data("user"),
    "PersonInvited": _data("user"),
    "PersonAdded": _data("user roles manager groups", "name email title"),
    "PersonChanged": _data("user roles manager groups", "name email title"),
    "PersonActivated": _data("user"),
    "PersonDeactivated": _data("user"),
    "GroupAdded": _data("group members", "name"),
    "GroupChanged": _data("group members", "name"),
    "KeyMade": _data("user scopes speaks_for_others days", "name"),
    "KeyRevoked": _data(),
    "DefinitionPublished": _data("definition version content_hash", "note"),
    "DefinitionRetired": _data("definition"),
    "DefinitionBroughtBack": _data("definition"),
    "DraftOpened": _data("definition version"),
    "DraftDiscarded": _data("definition"),
    "ReportRequested": _data("report format", "name params"),
    "ReportDownloaded": _data("report format sha256"),
    "RecordExported": _data("format", "filters"),
    "ApprovalViewed": _data("instance task"),
    "ValuesErased": _data("user values list files messages reports"),
}
# Columns of the event besides its data. The name is a person's where the actor has an id.
COLUMNS = ("actor_name", "address", "agent")


def unnamed(kind: str, data: Mapping[str, Any], fields: Fields | None = None) -> list[str]:
    """Fields that FIELDS does not name. An event type that is not there has them all, and its own name."""
    known = FIELDS.get(kind) if fields is None else fields
    if known is None:
        return [kind, *data]
    inside = (
        (name, data[name], inner) for name, inner in known.items() if isinstance(inner, Mapping) and data.get(name)
    )
    return [name for name in data if name not in known] + [
        f"{name}/{deep}" for name, value, inner in inside for deep in unnamed(kind, value, inner)
    ]


def split(event: Mapping[str, Any], erased: Container[str] = ()) -> tuple[dict[str, Any], dict[str, Any]]:
    """The data without its personal values, and those values by JSON pointer into the event.

    Empty values tell nothing and stay where they are. erased: pointers whose values are gone; one that
    was put back there is a value again, and does not give the digest that was kept.
    """
    values: dict[str, Any] = {}
    for column in COLUMNS:
        value = event[column]
        if value and (column != "actor_name" or event["actor_id"]):
            values[f"/{column}"] = value
    plain = _plain(FIELDS.get(event["type"], {}), event["data"], "/data", values, erased)
    return plain, values


def _plain(
    fields: Fields, data: Mapping[str, Any], at: str, values: dict[str, Any], erased: Container[str]
) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name, value in data.items():
        kind = fields.get(name, Kind.PERSONAL)
        if kind is Kind.PLAIN:
            plain[name] = value
            continue
        pointer = f"{at}/{name.replace('~', '~0').replace('/', '~1')}"
        if value is None and pointer in erased:
            continue
        if isinstance(value, dict) and kind is not Kind.PERSONAL:
            inner = {} if kind is Kind.EACH else kind
            plain[name] = _plain(inner, value, pointer, values, erased)
        elif value is None or value in ("", [], {}):
            plain[name] = value
        else:
            values[pointer] = value
    return plain
