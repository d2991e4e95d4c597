"""What a form shows, ready for the templates: one Field per control, group or row."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from msgspec import Struct

from engine.forms.markdown import Piece, pieces
from engine.reasons import Reason


class FormError(NamedTuple):
    """`keyword`: the broken rule, as JSON Schema names it, or "money", "json", "characters", "rows"."""

    pointer: str
    keyword: str
    reason: Reason


class Option(NamedTuple):
    value: str
    label: str
    selected: bool
    disabled: bool


class Button(NamedTuple):
    """`action` is the posted value of `_do`, `kind` its `data-action`, `name` what a screen reader says."""

    kind: str
    action: str
    label: str
    name: str
    disabled: bool = False


class Marker(NamedTuple):
    """A hidden control that tells the reader of a post what is shown, but is no data itself."""

    name: str
    value: str
    role: str = "marker"


class File(NamedTuple):
    name: str
    part: Marker
    remove: Marker | None


class Field(Struct, frozen=True, kw_only=True):
    """`pointer`: place in the data; `name`: of the control; `id`: of its element; `required`: to be marked;
    `section`: a heading before it; `width`: one of ui.WIDTHS, "" for the whole line;
    `must`: to be enforced by the browser; `posts`: it has a value to post; `value`: text of the control, or
    whether it is ticked; `shown`: the value as people read it; `limits`: more attributes of the control;
    `buttons`: for its rows; `tools`: for itself as a row; `group`: several controls under one name, which a legend
    must give; `labelled`: its template draws the label; `takes_files`: it asks for files; `selector`: of
    variants, one of which is asked for; `decides`: what else is asked for depends on its answer; `marked`: its
    description has Markdown; `content`: what a control made to measure draws besides."""

    pointer: str
    name: str
    id: str
    widget: str
    label: str
    row: int | None = None
    show_label: bool = True
    description: str = ""
    marked: bool = False
    help: str = ""
    placeholder: str = ""
    class_names: str = ""
    section: str = ""
    width: str = ""
    required: bool = False
    must: bool = False
    read_only: bool = False
    inline: bool = False
    hide_errors: bool = False
    value: str | bool = ""
    posts: bool = True
    shown: str = ""
    selector: tuple[Option, ...] = ()
    decides: bool = False
    many: bool = False
    unit: str = ""
    group: bool = False
    labelled: bool = False
    takes_files: bool = False
    limits: dict[str, str | int] = {}
    options: tuple[Option, ...] = ()
    suggestions: tuple[str, ...] = ()
    content: Any = None
    files: tuple[File, ...] = ()
    markers: tuple[Marker, ...] = ()
    buttons: tuple[Button, ...] = ()
    tools: tuple[Button, ...] = ()
    errors: tuple[str, ...] = ()
    children: tuple["Field", ...] = ()

    @property
    def about(self) -> Iterator[Piece]:
        """The description, with its Markdown read where that is asked for."""
        return pieces(self.description) if self.marked else iter((Piece("", self.description),))

    @property
    def described_by(self) -> str | None:
        parts = {"unit": self.unit, "description": self.description}
        parts |= {"error": "".join(self.visible_errors), "help": self.help}
        return " ".join(f"{self.id}:{part}" for part, there in parts.items() if there) or None

    @property
    def target(self) -> str | None:
        """Where a link to this field leads; a hidden one has no such place."""
        if self.widget == "hidden":
            return None
        return f"{self.id}:0" if self.group and self.options else self.id

    @property
    def visible_errors(self) -> tuple[str, ...]:
        return () if self.hide_errors else self.errors

    @property
    def pointer_needed(self) -> bool:
        return self.name != self.pointer

    @property
    def parts(self) -> dict[str, "Field"]:
        """What is in a group, by the last key of its pointer."""
        return {child.pointer.rpartition("/")[2]: child for child in self.children}

    @property
    def changeable(self) -> bool:
        """Whether it has buttons that change the shape of the form."""
        return bool(self.buttons or self.tools or self.selector or self.decides) or any(
            child.changeable for child in self.children
        )

    @property
    def picks(self) -> str:
        """Name of the selector."""
        return f"pick:{self.name}"

    @property
    def uploads(self) -> bool:
        return self.takes_files or any(child.uploads for child in self.children)

    def problems(self, around: tuple[str, ...] = ()) -> Iterator[tuple["Field", str, str]]:
        """Each error below here with its field and the names that lead to it."""
        names = (*around, self.label) if self.pointer else ()
        yield from ((self, ": ".join(names), message) for message in self.errors)
        for child in self.children:
            yield from child.problems(around if child.row else names)
