"""What is around a form, for controls made to measure: the people and groups there are, the fields of the request."""

from typing import Any

from msgspec import Struct

from engine.people import Directory


class Surroundings(Struct, frozen=True):
    """document: the definition that the form is about, in any shape. at: pointer of the form's data in it.

    here: the page's address. did: the button that was pressed. answers: to that, by the pointer of the control.
    """

    document: dict[str, Any] = {}
    at: str = ""
    directory: Directory | None = None
    roles: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    here: str = ""
    did: str = ""
    answers: dict[str, Any] = {}


NOWHERE = Surroundings()
