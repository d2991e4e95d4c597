"""What is around a form, for controls made to measure: the people and groups there are, the fields of the request."""

from typing import Any

from msgspec import Struct

from engine.forms import schema as form_schema
from engine.people import Directory
from engine.wording.values import plain_name

# Formats of what is kept as a text and is none.
NO_TEXTS = ("date", "date-time", "data-url", "file")


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

    @property
    def fields(self) -> dict[str, str]:
        """Of the request's data, by name: what they are called."""
        return {
            name: str(part.get("title") or plain_name(name)) if isinstance(part, dict) else name
            for name, part in self.data_schemas.items()
        }

    @property
    def texts(self) -> dict[str, str]:
        """Those of its fields that hold a text or one of several, and no date or file."""
        return {name: title for name, title in self.fields.items() if self._is_text(self.data_schemas[name])}

    def _is_text(self, part: Any) -> bool:
        about = form_schema.resolve(part, self.document["data"])[0]
        choices = form_schema.choices(about)
        texts = all(isinstance(one.value, str) for one in choices) if choices else form_schema.kind(about) == "string"
        return texts and about.get("format") not in NO_TEXTS

    @property
    def data_schemas(self) -> dict[str, Any]:
        data = self.document.get("data")
        properties = data.get("properties") if isinstance(data, dict) else None
        return properties if isinstance(properties, dict) else {}


NOWHERE = Surroundings()
