"""Events of definitions: drafts opened and discarded, versions published, retired and brought back."""

from typing import Annotated

from engine.events import PERSONAL, Context, LogEvent
from engine.phrases import Phrase, msgid, phrase, remarked

CONTINUED = msgid("{actor} opened a draft of “{key}”, beginning with version {version}")


class DefinitionPublished(LogEvent, frozen=True):
    """content_hash: SHA-256 of the document, in hex."""

    LABEL, ICON = "Definition published", "upload"

    definition: str
    version: int
    content_hash: str
    note: Annotated[str | None, PERSONAL] = ""

    def sentence(self, _: Context) -> Phrase:
        told = phrase("{actor} published “{key}”, version {version}", key=self.definition, version=self.version)
        return remarked(told, self.note)


class DefinitionRetired(LogEvent, frozen=True):
    """What runs goes on."""

    LABEL, ICON = "Definition retired", "archive"

    definition: str

    def sentence(self, _: Context) -> Phrase:
        return phrase("{actor} retired “{key}”: nobody can ask for it any more", key=self.definition)


class DefinitionBroughtBack(LogEvent, frozen=True):
    """It can be asked for again."""

    LABEL, ICON = "Definition brought back", "rotate-ccw"

    definition: str

    def sentence(self, _: Context) -> Phrase:
        return phrase("{actor} brought “{key}” back", key=self.definition)


class DraftOpened(LogEvent, frozen=True):
    """version: that it begins with; 0 where it begins with nothing."""

    LABEL, ICON = "Draft opened", "pencil"

    definition: str
    version: int

    def sentence(self, _: Context) -> Phrase:
        if not self.version:
            return phrase("{actor} opened a draft of “{key}”", key=self.definition)
        return phrase(CONTINUED, key=self.definition, version=self.version)


class DraftDiscarded(LogEvent, frozen=True):
    """With all that was changed in it."""

    LABEL, ICON = "Draft discarded", "trash-2"

    definition: str

    def sentence(self, _: Context) -> Phrase:
        return phrase("{actor} discarded the draft of “{key}”", key=self.definition)
