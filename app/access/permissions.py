"""Which role may do what. What a person may do to one request is decided where that request is known."""

from collections.abc import Iterable

from app.access.principal import Principal
from app.errors import Forbidden

# As it reads after "may not" and "may".
PERMISSIONS = {
    "instance:start": "make requests",
    "approval:create": "ask for approvals from a program",
    "approval:view:pending": "see what waits for a decision",
    "approval:view:history": "see what was decided",
    "approval:approve": "approve requests",
    "approval:reject": "reject requests",
    "approval:escalate": "hand a decision to somebody else",
    "approval:cancel": "cancel other people's requests",
    "definition:read": "read definitions",
    "definition:publish": "publish definitions",
    "event:send": "report events that requests wait for",
    "audit:read": "read every request and its record",
    "audit:export": "export the record",
    "sensitive:read": "read what forms call sensitive",
    "people:read": "look up people and groups",
    "people:manage": "change people, roles and groups",
    "effect:manage": "retry or discard what could not be delivered",
    "key:manage": "manage everybody's API keys",
    "mail:read": "read the mail that was sent",
}

_EVERYBODY = {"people:read", "approval:view:pending", "approval:view:history"}

ROLES: dict[str, set[str]] = {
    "requester": _EVERYBODY | {"instance:start", "approval:create"},
    "approver": _EVERYBODY | {"approval:approve", "approval:reject", "approval:escalate"},
    "designer": _EVERYBODY | {"definition:read", "definition:publish"},
    "auditor": _EVERYBODY | {"definition:read", "audit:read", "audit:export", "sensitive:read"},
    "admin": _EVERYBODY
    | {"definition:read", "audit:read", "approval:cancel", "approval:escalate"}
    | {"people:manage", "effect:manage", "key:manage", "mail:read", "event:send"},
}

ROLE_NOTES = {
    "requester": "makes requests",
    "approver": "decides what they are asked",
    "designer": "makes and publishes definitions",
    "auditor": "reads everything, changes nothing",
    "admin": "looks after people, keys and what got stuck",
}


def permissions_of(roles: Iterable[str], scopes: Iterable[str] | None = None) -> frozenset[str]:
    """`scopes`: what a key is limited to; None for a person."""
    granted = frozenset().union(*(ROLES.get(role, ()) for role in roles))
    return granted if scopes is None else granted & frozenset(scopes)


def may_decide(roles: Iterable[str]) -> bool:
    """Whether somebody with these roles can be asked for a decision, which may be a yes or a no."""
    return {"approval:approve", "approval:reject"} <= permissions_of(roles)


def decides(principal: Principal, outcome: str = "approved") -> bool:
    """Whether the role, and the key where it is one, are wide enough to answer so."""
    return principal.may("approval:reject" if outcome == "rejected" else "approval:approve")


def require_of_key(principal: Principal, *permissions: str) -> None:
    """For what takes no permission of a person. Raises Forbidden for a key that was made for none of these."""
    if principal.scopes is not None and not any(map(principal.may, permissions)):
        require(principal, permissions[0])


def require(principal: Principal, permission: str) -> None:
    if principal.may(permission):
        return
    if principal.scopes is not None and permission not in principal.scopes:
        raise Forbidden(f"This API key may not {PERMISSIONS[permission]}: it was not made for “{permission}”.")
    roles = " or ".join(role for role, granted in ROLES.items() if permission in granted)
    raise Forbidden(f"You may not {PERMISSIONS[permission]}. That takes the role {roles}.")
