"""What happens outside requests, in words: kinds, icons and sentences for the tenant's own chain. Pure wording."""

from collections.abc import Mapping
from typing import Any

from engine.wording.names import Names
from engine.wording.values import clean, count, listed, plain_name, quote

Event = Mapping[str, Any]
Data = Mapping[str, Any]

# Type: what a filter calls it, and its icon.
KINDS = {
    "TenantFounded": ("Set up", "building-2"),
    "LoggedIn": ("Logged in", "user-check"),
    "LoginFailed": ("Log-in failed", "lock"),
    "LoggedOut": ("Logged out", "log-out"),
    "PasswordChanged": ("Password changed", "lock"),
    "PersonInvited": ("Person invited", "mail"),
    "PersonAdded": ("Person added", "user-plus"),
    "PersonChanged": ("Person changed", "user"),
    "PersonActivated": ("Person activated", "user-check"),
    "PersonDeactivated": ("Person deactivated", "user"),
    "GroupAdded": ("Group added", "users"),
    "GroupChanged": ("Group changed", "users"),
    "KeyMade": ("API key made", "key-round"),
    "KeyRevoked": ("API key revoked", "key-round"),
    "DefinitionPublished": ("Definition published", "upload"),
    "ReportRequested": ("Report requested", "file-text"),
    "ReportDownloaded": ("Report downloaded", "download"),
    "RecordExported": ("Record exported", "download"),
    "ApprovalViewed": ("Question opened", "eye"),
    "ValuesErased": ("Personal data erased", "trash-2"),
}


def tell(event: Event, names: Names) -> str:
    """Raises KeyError for a type that is not in KINDS."""
    who, data = clean(event["actor_name"] or "Somebody erased", 80), event["data"]
    return f"{who} {_did(event['type'], data, names)}"


def _did(kind: str, data: Data, names: Names) -> str:
    if kind in PERSON:
        return PERSON[kind].format(names.person(data["user"]))
    if kind in ("PersonAdded", "PersonChanged"):
        verb = "added" if kind == "PersonAdded" else "changed"
        return f"{verb} {clean(data['name'] or 'a person', 80)}: roles {listed(data['roles']) or 'none'}"
    if kind in ("GroupAdded", "GroupChanged"):
        verb = "added" if kind == "GroupAdded" else "changed"
        return f"{verb} the group {quote(data['name'])}, {count(len(data['members']), 'member')}"
    if kind == "KeyMade":
        speaks = ", which may speak for others" if data["speaks_for_others"] else ""
        return f"made the API key {quote(data['name'])} for {names.person(data['user'])}{speaks}"
    if kind == "DefinitionPublished":
        return f"published {quote(data['definition'])}, version {data['version']}{_said(data['note'])}"
    if kind == "ReportRequested":
        return f"asked for the report {quote(data['name'])} as {data['format'].upper()}"
    if kind == "ValuesErased":
        return f"erased what was personal to {names.person(data['user'])}: {count(data['values'], 'value')}"
    return OTHERS[kind].format(plain_name(str(data.get("format", ""))).upper())


def _said(text: Any) -> str:
    return f": {quote(text)}" if text else ""


PERSON = {
    "LoggedIn": "logged in",
    "LoginFailed": "tried to log in as {} and failed",
    "LoggedOut": "logged out",
    "PasswordChanged": "chose a new password",
    "PersonInvited": "sent {} a link to set a new password",
    "PersonActivated": "activated {}",
    "PersonDeactivated": "deactivated {}",
}
OTHERS = {
    "TenantFounded": "set up this tenant",
    "KeyRevoked": "revoked an API key",
    "ReportDownloaded": "downloaded a report as {}",
    "RecordExported": "downloaded events as {}",
    "ApprovalViewed": "opened the question for the first time",
}
