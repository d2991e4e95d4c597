"""What happens outside requests, in words: kinds, icons and sentences for the tenant's own chain. Pure wording."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.wording.names import Names
from engine.wording.values import clean, count, listed, plain_name, quote

Event = Mapping[str, Any]
Data = Mapping[str, Any]

# Type: what a filter calls it, and its icon.
KINDS = {
    "TenantFounded": ("Set up", "building-2"),
    "RuleChanged": ("Rule changed", "scale"),
    "ZoneChanged": ("Time zone changed", "clock"),
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
    "DefinitionRetired": ("Definition retired", "archive"),
    "DefinitionBroughtBack": ("Definition brought back", "rotate-ccw"),
    "DraftOpened": ("Draft opened", "pencil"),
    "DraftDiscarded": ("Draft discarded", "trash-2"),
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
    if kind in CHANGES:
        return CHANGES[kind](data, names)
    return OTHERS[kind].format(plain_name(str(data.get("format", ""))).upper())


def _person(verb: str, data: Data) -> str:
    return f"{verb} {clean(data['name'] or 'a person', 80)}: roles {listed(data['roles']) or 'none'}"


def _group(verb: str, data: Data) -> str:
    return f"{verb} the group {quote(data['name'])}, {count(len(data['members']), 'member')}"


def _key_made(data: Data, names: Names) -> str:
    speaks = ", which may speak for others" if data["speaks_for_others"] else ""
    return f"made the API key {quote(data['name'])} for {names.person(data['user'])}{speaks}"


def _published(data: Data, _: Names) -> str:
    return f"published {quote(data['definition'])}, version {data['version']}{_said(data['note'])}"


def _from(data: Data) -> str:
    return f", beginning with version {data['version']}" if data["version"] else ""


def _rule(data: Data, _: Names) -> str:
    return f"{'allowed' if data['value'] else 'forbade'} {RULES.get(data['rule']) or quote(data['rule'])}"


def _erased(data: Data, names: Names) -> str:
    return f"erased what was personal to {names.person(data['user'])}: {count(data['values'], 'value')}"


def _said(text: Any) -> str:
    return f": {quote(text)}" if text else ""


PERSON = {
    "LoggedIn": "logged in",
    "LoginFailed": "tried to log in as {} and failed",
    "PasswordChanged": "chose a new password",
    "PersonInvited": "sent {} a link to set a new password",
    "PersonActivated": "activated {}",
    "PersonDeactivated": "deactivated {}",
}
PLACES = {"elsewhere": " in another browser", "everywhere": " everywhere, and ended the links in mails"}
RULES = {
    "authors_may_ask": "requests of whoever published the version",
    "calls_may_approve": "programs to have what they ask for approved automatically, or when the time is up",
}
CHANGES: Mapping[str, Callable[[Data, Names], str]] = {
    "LoggedOut": lambda data, _: f"logged out{PLACES.get(data.get('where', ''), '')}",
    "RuleChanged": _rule,
    "ZoneChanged": lambda data, _: f"set the time zone of the company to {quote(data['zone'])}",
    "PersonAdded": lambda data, _: _person("added", data),
    "PersonChanged": lambda data, _: _person("changed", data),
    "GroupAdded": lambda data, _: _group("added", data),
    "GroupChanged": lambda data, _: _group("changed", data),
    "KeyMade": _key_made,
    "DefinitionPublished": _published,
    "DefinitionRetired": lambda data, _: f"retired {quote(data['definition'])}: nobody can ask for it any more",
    "DefinitionBroughtBack": lambda data, _: f"brought {quote(data['definition'])} back",
    "DraftOpened": lambda data, _: f"opened a draft of {quote(data['definition'])}{_from(data)}",
    "DraftDiscarded": lambda data, _: f"discarded the draft of {quote(data['definition'])}",
    "ReportRequested": lambda data, _: f"asked for the report {quote(data['name'])} as {data['format'].upper()}",
    "ValuesErased": _erased,
}
OTHERS = {
    "TenantFounded": "set up this tenant",
    "KeyRevoked": "revoked an API key",
    "ReportDownloaded": "downloaded a report as {}",
    "RecordExported": "downloaded events as {}",
    "ApprovalViewed": "opened the question for the first time",
}
