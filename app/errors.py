"""The few ways a request can be refused. One handler turns them into a page or an RFC 9457 problem."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.reasons import Reason
from engine.wording.labels import NOBODY, Labels
from engine.wording.sentences import sentence


def about(pointer: str, reason: Reason, labels: Labels = NOBODY) -> dict[str, Any]:
    """What is wrong with one field: the sentence for people, and its code with parameters for programs."""
    return {"pointer": pointer, "message": sentence(reason, labels), **coded(reason)}


def coded(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, "params": reason.params}


class Refusal(Exception):
    """Carries words for the person who asked; `facts` are members of the problem document."""

    status = 400
    title = "Refused"

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts


class Invalid(Refusal):
    """`errors`: each with the JSON `pointer` of the field and a `message` saying how to mend it; see `about`."""

    status = 422
    title = "Some of it needs another look"

    def __init__(self, message: str, errors: Sequence[Mapping[str, Any]] = (), **facts: Any) -> None:
        super().__init__(message, errors=list(errors), **facts)
        self.errors = list(errors)

    @classmethod
    def because(cls, pointer: str, reason: Reason, labels: Labels = NOBODY, heading: str = "") -> "Invalid":
        """About one field. heading: of the whole answer, where that is not the same words."""
        return cls(heading or sentence(reason, labels), [about(pointer, reason, labels)], **coded(reason))


class Unauthenticated(Refusal):
    status = 401
    title = "Please log in"


class Forbidden(Refusal):
    status = 403
    title = "No access"


class Missing(Refusal):
    """Also the answer about things of other tenants, so that nobody learns they exist."""

    status = 404
    title = "Not found"


class Conflict(Refusal):
    status = 409
    title = "Too late"


class Changed(Conflict):
    """Somebody changed what the decision was about. `changes`: field, label, old, new, by, at."""

    title = "Changed meanwhile"


class TooLarge(Refusal):
    status = 413
    title = "Too large"


class Unreadable(Refusal):
    """A body of a kind that we do not read."""

    status = 415
    title = "Not understood"


class TooMany(Refusal):
    """`retry_after`: seconds."""

    status = 429
    title = "Too many attempts"


class Unavailable(Refusal):
    status = 503
    title = "Back in a moment"
