"""A call to another system: its address, headers and body, tried in place, with what the answer offers to pick from."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from engine.forms import schema as form_schema
from engine.forms.controls.group import Group

if TYPE_CHECKING:
    from engine.forms.nodes import Node

MOST_PLACES, MAX_SHOWN = 40, 4000


class Tried(Struct, frozen=True):
    """sent: the line of the request. said: how it went. body: of the answer, None where there is none to show."""

    sent: str
    said: str
    good: bool
    body: Any = None


class Answered(Struct, frozen=True):
    """places: what the answer holds, by the {place} that stands for it in texts."""

    tried: Tried
    text: str
    places: dict[str, str]


class About(Struct, frozen=True):
    """host: as the address says it. fields: of the request, by their {place}. later: a compensation, which also
    knows the answer."""

    host: str
    fields: dict[str, str]
    secrets: tuple[str, ...]
    later: bool
    answer: Answered | None


class Call(Group):
    name = form = "call"
    offer = None

    def content(self, node: "Node", value: Any) -> About:
        around = node.form.around
        url = value.get("url") if isinstance(value, dict) else ""
        tried = around.answers.get(node.pointer)
        return About(
            host=host_of(url) if isinstance(url, str) else "",
            fields={f"{{{name}}}": title for name, title in around.fields.items()},
            secrets=around.secrets,
            later=node.pointer != "/call",
            answer=_answered(tried) if isinstance(tried, Tried) else None,
        )


def host_of(url: str) -> str:
    host = url.removeprefix("https://").removeprefix("http://").partition("/")[0]
    return "this server" if host == "{base_url}" else host


def _answered(tried: Tried) -> Answered:
    text = form_schema.to_json(tried.body, indent=2) if tried.body is not None else ""
    places = dict(list(_places("result.body", tried.body))[:MOST_PLACES])
    return Answered(tried, f"{text[:MAX_SHOWN]}…" if len(text) > MAX_SHOWN else text, places)


def _places(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """Of objects inside of objects: what stands in a list has no place of its own."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key.isidentifier():
                yield from _places(f"{path}.{key}", item)
    elif not isinstance(value, list) and value is not None:
        yield f"{{{path}}}", form_schema.label(value)[:80]


CONTROLS = (Call(),)
