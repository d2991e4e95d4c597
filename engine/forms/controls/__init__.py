"""Form controls (widgets), one file for each family: what it asks for, its text and back, and how its value reads.

A control is a class in a module here, named in its CONTROLS, with the template templates/widgets/NAME.html.
"""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import UNSET

from engine import numbers
from engine.forms import schema as form_schema
from engine.forms import values
from engine.forms.field import Option
from engine.forms.offer import Offer
from engine.forms.schema import Choice, Schema
from engine.forms.uploads import StoredFile
from engine.reasons import Reason
from engine.registry import discover

if TYPE_CHECKING:
    from engine.forms.nodes import Node
    from engine.forms.read import Reader

Limits = dict[str, str | int]
LONG = 80
# How much a control is the usual one: anything can be written as JSON, a type has a control, so has a format.
ANYTHING, TYPE, FORMAT = 1, 2, 3


class Control(Protocol):
    """A class that names this one as its base has the usual behaviour: one line of text for one value.

    `name`: in `ui:widget`, and of the template; `names`: what else it is called; `option`: a word of the uiSchema that
    asks for it, too; `form`: the `format` of a schema that does. `asks`: the questions it fits, see `question`.
    `nests`: "fields" or "rows", if it is drawn as its parts. `input_type`: of an `input` that checks its text.
    `grouped`: several inputs under one legend. `silent`: it posts nothing while it is empty. `wordless`: its value is
    no text of an input. `whole`: its value is one thing, whatever is inside; `listed`: or a list. `labelled`: it draws
    its label itself. `plain`: in a list, the row's number is name enough. `suggests`: examples can be offered.
    `uploads`: it asks for files. `hint`: what its value means, where its bounds say nothing.
    `offer`: its entry in the palette of the form builder; without one it has none.
    """

    name: str
    names: tuple[str, ...] = ()
    option: str = ""
    form: str = ""
    asks: frozenset[str] = frozenset()
    nests: str = ""
    input_type: str = ""
    grouped: bool = False
    silent: bool = False
    wordless: bool = False
    whole: bool = False
    listed: bool = False
    labelled: bool = False
    plain: bool = True
    suggests: bool = False
    uploads: bool = False
    offer: Offer | None = None

    def fits(self, schema: Schema, items: Schema) -> bool:
        """Whether it can ask for this, if the uiSchema wishes it. `items`: of the rows of a list, resolved."""
        return question(schema, items) in self.asks

    def usual(self, schema: Schema, items: Schema) -> int:
        """How much it is the one to take without a wish; 0: never."""
        return FORMAT if self.form and schema.get("format") == self.form and self.fits(schema, items) else 0

    def template(self, node: "Node", text: str) -> str:
        return "readonly" if node.read_only else self.name

    def offers(self, schema: Schema, names: list[Any] | None) -> list[Choice]:
        """What can be chosen; nothing where anything may be entered. `names`: labels by position."""
        if "const" in schema:
            return [Choice(schema["const"], form_schema.label(schema["const"]))]
        return form_schema.choices(schema, names)

    def options(self, node: "Node", value: Any) -> Iterator[Option]:
        """The choices as the template draws them."""
        yield from ()

    def text(self, node: "Node", value: Any) -> str:
        """The value as the text of its input; it is neither absent nor null."""
        return values.text(node, value)

    def shows(self, node: "Node", value: Any, text: str) -> str | bool:
        """What the template draws as the state of the control."""
        return text

    def value(self, node: "Node", text: str) -> Any:
        """Of a text that is not empty. Raises values.Unreadable."""
        return values.plain(node, text)

    def is_empty(self, text: str) -> bool:
        return not text.strip()

    def is_same(self, one: Any, other: Any) -> bool:
        """Whether a browser may make one of the other although nobody touched it."""
        return False

    def read(self, node: "Node", reader: "Reader", held: Any) -> Any:
        """The value in a post; UNSET for none. What can't be read is told to the reader."""
        return reader.single(node, held)

    def start(self, node: "Node") -> Any:
        """What stands there before anybody answered."""
        return node.nothing

    def is_blank(self, value: Any) -> bool:
        """Whether nothing was answered."""
        return value is UNSET or value == []

    def emptied(self, node: "Node", value: Any, text: str) -> Any:
        """The value that an empty control shows, UNSET when there is none or it isn't empty."""
        if node.is_list:
            return value if value is None or value == [] else UNSET
        return value if (value is None and not text) or value == "" else UNSET

    def problem(self, node: "Node", value: Any, siblings: Any) -> tuple[str, Reason] | None:
        """What is wrong with a value that was read, beyond the schema: a keyword and words."""
        return None

    def files(self, value: Any) -> list[StoredFile]:
        return []

    def limits(self, node: "Node") -> Limits:
        """Attributes by which a browser helps before the post."""
        return {}

    def type(self, node: "Node", text: str) -> str:
        """A browser empties an input whose text does not survive in its type."""
        return self.input_type if not text or self.survives(text) else "text"

    def survives(self, text: str) -> bool:
        return True

    def examples(self, node: "Node") -> list[Any]:
        """Values to begin with, where it suggests some."""
        found = node.schema.get("examples")
        return found if isinstance(found, list) else []

    def hint(self, node: "Node") -> str:
        return ""

    def content(self, node: "Node", value: Any) -> Any:
        """What its template draws besides, of what is around the form: see engine/forms/surroundings.py."""
        return None

    def unit(self, node: "Node", siblings: Any) -> str:
        return ""

    def is_marked(self, node: "Node") -> bool:
        """Whether it is marked as one that must be answered."""
        if node.read_only or node.fixed or node.number or not node.pointer:
            return False
        return node.required and (not node.is_list or node.least_rows > 0)

    def display(self, node: "Node", value: Any, siblings: Any) -> tuple[str, str]:
        """The value as people read it, and which kind of text that is, see display.Shown."""
        if node.is_list and isinstance(value, list):
            return ", ".join(chosen_label(node, item) for item in value), "text"
        if node.choices:
            return chosen_label(node, value), "text"
        if form_schema.is_number(value):
            return numbers.written(value), "number"
        if not isinstance(value, str):
            return form_schema.label(value), "text"
        return value, "long" if "\n" in value or len(value) > LONG else "text"


def chosen_label(node: "Node", value: Any) -> str:
    choice = node.choices.get(form_schema.digest(value))
    return choice.label if choice else form_schema.label(value)


def question(schema: Schema, items: Schema) -> str:
    """What is asked for: "const", "choice", "choices" (several of some), or the type of the value, or "any"."""
    if "const" in schema and not _asks_for_consent(schema):
        return "const"
    kind = form_schema.kind(schema)
    if kind != "boolean" and form_schema.has_choices(schema):
        return "choice"
    return "choices" if kind == "array" and form_schema.has_choices(items) else kind


def _asks_for_consent(schema: Schema) -> bool:
    """A box that must be ticked: ticking it is the person's to do."""
    return schema["const"] is True and schema.get("type") == "boolean"


@cache
def controls() -> tuple[Control, ...]:
    return tuple(control for module in discover(__name__).values() for control in module.CONTROLS)


@cache
def named(name: str) -> tuple[Control, ...]:
    """Those that a uiSchema may mean by a name; more than one where it depends on what is asked."""
    return tuple(control for control in controls() if name == control.name or name in control.names)


def plain_name(name: Any) -> str:
    """As react-jsonschema-form allows it, also by the name of the component: "RadioWidget"."""
    if not isinstance(name, str):
        return ""
    return name.removesuffix("Widget").lower() if name[:1].isupper() else name


def widget(schema: Schema, items: Schema, options: dict[str, Any]) -> Control:
    """Which control asks for a value: the uiSchema's wish where it fits, else the usual one."""
    for control in _wished(options):
        if control.fits(schema, items):
            return control
    return max(controls(), key=lambda control: control.usual(schema, items))


def _wished(options: dict[str, Any]) -> tuple[Control, ...]:
    if "widget" in options:
        return named(plain_name(options["widget"]))
    return tuple(control for control in controls() if control.option and control.option in options)
