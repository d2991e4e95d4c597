"""Events of reading: reports, exports, who first opened a question."""

from typing import Annotated, Any

from engine.events import PERSONAL, Context, LogEvent
from engine.phrases import Phrase, phrase


class ReportRequested(LogEvent, frozen=True, kw_only=True):
    """params: what it is asked about."""

    LABEL, ICON = "Report requested", "file-text"

    report: str
    format: str
    name: Annotated[str | None, PERSONAL]
    params: Annotated[dict[str, Any] | None, PERSONAL]

    def sentence(self, _: Context) -> Phrase:
        return phrase("{actor} asked for the report “{name}” as {file}", name=self.name, file=self.format.upper())


class ReportDownloaded(LogEvent, frozen=True, kw_only=True):
    """sha256: of the file, in hex."""

    LABEL, ICON = "Report downloaded", "download"

    report: str
    format: str
    sha256: str

    def sentence(self, _: Context) -> Phrase:
        return phrase("{actor} downloaded a report as {file}", file=self.format.upper())


class RecordExported(LogEvent, frozen=True, kw_only=True):
    """filters: which events."""

    LABEL, ICON = "Record exported", "download"

    format: str
    filters: Annotated[dict[str, Any] | None, PERSONAL]

    def sentence(self, _: Context) -> Phrase:
        return phrase("{actor} downloaded events as {file}", file=self.format.upper())


class ApprovalViewed(LogEvent, frozen=True):
    """For the first time, by whom it waits for. instance: the request."""

    LABEL, ICON = "Question opened", "eye"

    instance: str
    task: str

    def sentence(self, _: Context) -> Phrase:
        return phrase("{actor} opened the question for the first time")
