"""What a browser would post from a page that nobody touched."""

from collections.abc import Callable
from datetime import date, datetime, time
from html.parser import HTMLParser

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from engine.forms.field import Field

TEXTS = ("text", "email", "url", "hidden", "password", "search", "tel")
_READERS: dict[str, Callable[[str], object]] = {
    "number": float,
    "range": float,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "datetime-local": datetime.fromisoformat,
}
_ENVIRONMENT = Environment(loader=FileSystemLoader("templates"), autoescape=True, undefined=StrictUndefined)


def html(field: Field, macro: str = "form") -> str:
    return str(getattr(_ENVIRONMENT.get_template("parts/form.html").module, macro)(field))


def posted(page: str) -> list[tuple[str, str]]:
    reader = _Page()
    reader.feed(page)
    reader.close()
    return reader.posted


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.posted: list[tuple[str, str]] = []
        self._area: str | None = None
        self._text = ""
        self._select: tuple[str, bool] | None = None
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {key: value or "" for key, value in attrs}
        if tag == "input":
            self._input(about)
        elif tag == "textarea":
            self._area, self._text = about.get("name", ""), ""
        elif tag == "select":
            self._select, self._options = (about["name"], "multiple" in about), []
        elif tag == "option" and "disabled" not in about and self._select:
            self._options.append((about["value"], "selected" in about))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            text = self._text.replace("\r\n", "\n").removeprefix("\n")
            self._post(self._area, text.replace("\n", "\r\n"))
            self._area = None
        if tag == "select" and self._select:
            name, many = self._select
            chosen = [value for value, selected in self._options if selected]
            first = [value for value, _ in self._options[:1]]
            for value in chosen if many else chosen[-1:] or first:
                self._post(name, value)
            self._select = None

    def _input(self, about: dict[str, str]) -> None:
        kind, name, value = about.get("type", "text"), about.get("name", ""), about.get("value", "")
        if kind in ("checkbox", "radio"):
            if "checked" in about and "disabled" not in about:
                self._post(name, value or "on")
        elif kind != "file":
            self._post(name, _sanitised(kind, value))

    def _post(self, name: str, value: str) -> None:
        if name:
            self.posted.append((name, value))


def _sanitised(kind: str, value: str) -> str:
    """What is left of a value that a control of this type is given by the page."""
    if kind == "hidden":
        return value
    value = value.replace("\r", "").replace("\n", "")
    if kind in TEXTS:
        return value.strip() if kind in ("email", "url") else value
    try:
        _READERS[kind](value)
    except ValueError:
        return ""
    # The shortest form of a local date and time has no empty seconds.
    return value.removesuffix(":00") if kind == "datetime-local" and value.count(":") == 2 else value
