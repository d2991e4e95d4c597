"""Reading a posted form: types from the schema, unknown names dropped, what is fixed taken from the store."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from msgspec import UNSET

from engine.forms import hidden, uploads, values
from engine.forms import schema as form_schema
from engine.forms.buttons import may_copy
from engine.forms.field import FormError
from engine.forms.nodes import MAX_ROWS, Node, tree
from engine.forms.places import drawn, grown, without
from engine.forms.posted import MAX_CONTROLS, Posted
from engine.forms.rows import begun, new_row
from engine.forms.schema import Schema
from engine.forms.surroundings import NOWHERE, Surroundings
from engine.forms.uploads import StoredFile, UploadRef
from engine.forms.values import Typed, Unreadable
from engine.forms.writable import TRUSTED, Admission, stored_of
from engine.pointers import control_name, join
from engine.reasons import reason
from engine.schemas import MAX_ERRORS

MAX_PLACES = 20_000


def decoded(
    schema: Schema,
    ui_schema: dict[str, Any] | None,
    posted: Iterable[tuple[str, str | UploadRef]],
    stored: Any,
    around: Surroundings = NOWHERE,
) -> tuple[Any, list[FormError]]:
    """The data as it was filled in, with a Typed text in the place of what can't be read.

    `stored`: the state that the form was made from, as `initial` gives it. What the form does not show, shows
    read-only or hides comes from there and never from the post. TRUSTED where there is no store to compare with.
    Of a post with more than MAX_CONTROLS controls nothing is read.
    """
    pairs = list(islice(posted, MAX_CONTROLS + 1))
    if len(pairs) > MAX_CONTROLS:
        too_many = FormError("", "size", reason("too_many_answers", most=MAX_CONTROLS))
        return None if stored is TRUSTED else stored, [too_many]
    reader = Reader(Posted(pairs))
    data = reader.value(tree(schema, ui_schema, stored, around), stored)
    return None if data is UNSET else data, reader.errors[:MAX_ERRORS]


class Reader:
    """What the controls read a post with."""

    def __init__(self, posted: Posted) -> None:
        self._posted = posted
        self._places = 0
        self.errors: list[FormError] = []

    def value(self, node: Node, held: Any) -> Any:
        self._places += 1
        shown = not node.path or self._posted.shows(node.pointer)
        pick = self._posted.text_of(hidden.pick(node.pointer)) if shown else ""
        node = node.at(UNSET if held is TRUSTED else held, pick)
        if node.fixed and (node.required or shown):
            return node.schema["const"]
        if not shown:
            return _kept(node, held)
        if node.locked and held is not TRUSTED:
            return held
        if node.control.template(node, "") == "readonly":
            return self.single(node, held)
        value = node.control.read(node, self, held)
        lost = pick and node.is_blank(value) and node.at(value, "").variant != node.variant
        return values.picked(node.variant) if lost else value

    def group(self, node: Node, held: Any) -> Any:
        if self._is_json(node, held) and not any(self._posted.shows(join(node.pointer, key)) for key in node.claimed):
            return self.json(node, held)
        known = held if isinstance(held, dict) else {}
        rest = self._rest(node, known)
        if not isinstance(rest, dict):
            return rest
        before = len(self.errors)
        node, found, left = grown(node, UNSET, lambda child: self.value(child, stored_of(child, held)))
        self.errors[before:] = without(self.errors[before:], left)
        for child, value in node.children(found):
            self._check(child, value, found)
        found = {**{key: item for key, item in rest.items() if key not in node.claimed}, **found}
        nothing = self.nothing(node)
        return found if isinstance(nothing, dict) or not node.is_blank(found) else nothing

    def _rest(self, node: Node, known: dict[str, Any]) -> Any:
        """Entries that have no control of their own: written as JSON where the form offers that, else as stored."""
        text = self._posted.text(node.pointer) if node.has_more else None
        if text is None:
            return {key: item for key, item in known.items() if node.has_more or node.keeps(key)}
        rest = self._parsed(node, text) if text.strip() else {}
        if isinstance(rest, dict | Typed):
            return rest
        return self.refused(node, text, Unreadable("json", reason("json_object")))

    def rows(self, node: Node, held: Any) -> Any:
        count = self._posted.row_count(node.pointer)
        if not count and self._is_json(node, held):
            return self.json(node, held)
        if count is None:
            return _kept(node, held)
        if count > MAX_ROWS or self._places + count > MAX_PLACES:
            self.errors.append(FormError(node.pointer, "rows", reason("rows_most", most=MAX_ROWS)))
            return _kept(node, held)
        rows = [(row, self.value(row, before)) for row, before in self._origins(node, count, held)]
        for row, value in rows:
            self._check(row, value, None)
        return [None if value is UNSET else value for _, value in rows] or self.nothing(node)

    def _origins(self, node: Node, count: int, held: Any) -> list[tuple[Node, Any]]:
        """Each row with what is stored of it: of the row that it says it is, which no two can be, or of a new one."""
        rows = [node.row(at) for at in range(count)]
        if held is TRUSTED:
            return [(row, TRUSTED) for row in rows]
        stored, taken, found = held if isinstance(held, list) else [], set[int](), []
        for number, row in enumerate(rows):
            at = number if number < node.fixed_rows else self._posted.origin(row.pointer)
            known = at is not None and at < len(stored) and (at not in taken or may_copy(node))
            taken |= {at} if at is not None else set()
            found.append((row, stored[at] if known and at is not None else new_row(row)))
        return found

    def _is_json(self, node: Node, held: Any) -> bool:
        """Whether a box for JSON stood in the place of this group, and was written into."""
        offered = held is TRUSTED or node.endless or drawn(node, held) is not node
        return offered and bool((self._posted.text(node.pointer) or "").strip())

    def json(self, node: Node, held: Any) -> Any:
        """Fixed parts as they were, unknown names dropped."""
        text = self.text(node)
        if node.control.is_empty(text):
            return self.nothing(node)
        value = self._parsed(node, text)
        return value if isinstance(value, Typed) else Admission().value(node, value, held)

    def ticks(self, node: Node) -> Any:
        found = []
        for text in dict.fromkeys(filter(None, self._posted.texts(node.pointer))):
            try:
                found.append(values.chosen(node, text))
            except Unreadable as problem:
                self.errors.append(FormError(node.pointer, problem.keyword, problem.reason))
                break
        return found or self.nothing(node)

    def text(self, node: Node) -> str:
        return self._posted.text(node.pointer) or ""

    def files(self, node: Node) -> list[StoredFile]:
        """Those that were uploaded before and are kept, then those that came with this post."""
        new = [uploads.stored(upload) for upload in self._posted.uploads(node.pointer)]
        return [*self._posted.kept(node.pointer), *new]

    def beside(self, node: Node, word: str) -> list[str]:
        """What was posted by the other controls of this place, named `WORD:PLACE`."""
        return self._posted.texts_of(f"{word}:{control_name(node.pointer)}")

    def texts(self, node: Node) -> list[str]:
        return self._posted.texts(node.pointer)

    def single(self, node: Node, held: Any) -> Any:
        text = self.text(node)
        if node.control.is_empty(text):
            return self.nothing(node)
        try:
            value = values.decode(node, text)
        except Unreadable as problem:
            return self.refused(node, text, problem)
        return held if node.control.is_same(value, held) else value

    def _parsed(self, node: Node, text: str) -> Any:
        try:
            return values.from_json(text)
        except Unreadable as problem:
            return self.refused(node, text, problem)

    def refused(self, node: Node, text: str, problem: Unreadable) -> Typed:
        """Told, and kept to be shown again."""
        self.errors.append(FormError(node.pointer, problem.keyword, problem.reason))
        return Typed(text.replace("\x00", ""))

    def nothing(self, node: Node) -> Any:
        said = self._posted.empty(node.pointer)
        fits = {type(None): form_schema.nullable(node.schema), str: node.kind == "string"}
        fits |= {list: node.kind == "array", dict: node.kind == "object"}
        return said if said is not UNSET and (fits[type(said)] or node.kind == "any") else node.nothing

    def _check(self, node: Node, value: Any, siblings: Any) -> None:
        if problem := node.control.problem(node, value, siblings):
            self.errors.append(FormError(node.pointer, *problem))


def _kept(node: Node, held: Any) -> Any:
    """Of a place that the form didn't show."""
    if held is TRUSTED or (held is UNSET and node.number):
        return node.nothing if node.number else begun(node) if node.conditional else UNSET
    return held
