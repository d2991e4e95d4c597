"""Reading a posted form: types from the schema, unknown names dropped, what is fixed taken from the store."""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import UNSET

from engine import money
from engine.forms import schema as form_schema
from engine.forms import uploads as form_files
from engine.forms import values
from engine.forms.field import FormError
from engine.forms.nodes import MAX_ROWS, Node, tree
from engine.forms.posted import Posted
from engine.forms.schema import Schema, same
from engine.forms.uploads import UploadRef
from engine.forms.values import Typed, Unreadable

MAX_PLACES = 20_000
_NOT_TICKED = ("", "false", "0", "off")


def decoded(
    schema: Schema,
    ui_schema: dict[str, Any] | None,
    posted: Iterable[tuple[str, str | UploadRef]],
    stored: Any = None,
) -> tuple[Any, list[FormError]]:
    """The data as it was filled in, with a Typed text in the place of what can't be read.

    `stored`: what the form was made from. What a form does not show, shows read-only or hides comes from
    there and never from the post. With None there is no store, and the post is all there is.
    """
    reader = _Reader(Posted(posted), UNSET if stored is None else stored)
    data = reader.value(tree(schema, ui_schema or {}))
    return None if data is UNSET else data, reader.errors


class _Reader:
    def __init__(self, posted: Posted, stored: Any) -> None:
        self._posted = posted
        self._stored = stored
        self._places = 0
        self.errors: list[FormError] = []

    def value(self, node: Node) -> Any:
        self._places += 1
        shown = self._posted.shows(node.pointer) or not node.path
        if node.fixed and (node.required or shown):
            return node.schema["const"]
        if not shown:
            return self._kept(node)
        if self._is_locked(node):
            return self._restored(node, UNSET if None not in node.path else self._single(node))
        return self._read(node)

    def _read(self, node: Node) -> Any:
        match _manner(node):
            case "object":
                return self._object(node)
            case "array":
                return self._array(node)
            case "checkbox":
                return self._checkbox(node)
            case "checkboxes" | "multiselect":
                return self._ticks(node)
            case "file":
                return self._file(node)
            case _:
                return self._single(node)

    def _kept(self, node: Node) -> Any:
        """Of a place that the form didn't show."""
        if None in node.path:
            return node.nothing if node.number else UNSET
        return next(self._held(node), UNSET)

    def _is_locked(self, node: Node) -> bool:
        group_in_row = None in node.path and node.widget in ("object", "array")
        fixed = node.read_only or node.widget == "hidden"
        return fixed and self._stored is not UNSET and not group_in_row

    def _restored(self, node: Node, value: Any) -> Any:
        """Rows may have moved: there `value` says which of the stored ones it is, and can name no other."""
        if None not in node.path:
            return next(self._held(node), UNSET)
        default = node.schema.get("default", UNSET)
        return value if any(same(value, held) for held in (*self._held(node), default)) else default

    def _held(self, node: Node) -> Iterator[Any]:
        return _at(self._stored, node.path)

    def _object(self, node: Node) -> Any:
        text = self._posted.text(node.pointer)
        rest = self._json(node, text) if text and text.strip() else {}
        children = list(node.properties())
        if not isinstance(rest, dict) or (rest and not any(self._posted.shows(one.pointer) for one in children)):
            return self._cleared(node, rest)
        found = {child.key: value for child in children if (value := self.value(child)) is not UNSET}
        for child in children:
            self._check_money(child, found.get(child.key), found)
            rest.pop(child.key, None)
        found |= rest
        nothing = self._nothing(node)
        return found if isinstance(nothing, dict) or not node.is_blank(found) else nothing

    def _array(self, node: Node) -> Any:
        count, text = self._posted.row_count(node.pointer), self._posted.text(node.pointer)
        if not count and text:
            return self._cleared(node, self._json(node, text))
        if count > MAX_ROWS or self._places + count > MAX_PLACES:
            self.errors.append(FormError(node.pointer, "rows", f"There can be at most {MAX_ROWS} rows."))
            return self._kept(node)
        rows = [(row, self.value(row)) for row in node.rows(count)]
        for row, value in rows:
            self._check_money(row, value, None)
        return [None if value is UNSET else value for _, value in rows] or self._nothing(node)

    def _cleared(self, node: Node, value: Any) -> Any:
        """A group that was written as JSON, with its fixed parts as they were."""
        if self._is_locked(node):
            return self._restored(node, value)
        if node.widget == "object" and isinstance(value, dict):
            fixed = {one.key: self._cleared(one, value.get(one.key, UNSET)) for one in node.properties()}
            return {key: item for key, item in {**value, **fixed}.items() if item is not UNSET}
        if node.widget == "array" and isinstance(value, list) and len(value) <= MAX_ROWS:
            return [self._cleared(row, item) for row, item in zip(node.rows(len(value)), value, strict=True)]
        return value

    def _ticks(self, node: Node) -> Any:
        found = []
        for text in dict.fromkeys(filter(None, self._posted.texts(node.pointer))):
            try:
                found.append(values.chosen(node, text))
            except Unreadable as problem:
                self.errors.append(FormError(node.pointer, problem.keyword, problem.message))
        return found or self._nothing(node)

    def _checkbox(self, node: Node) -> bool:
        return (self._posted.text(node.pointer) or "") not in _NOT_TICKED

    def _file(self, node: Node) -> Any:
        uploads = [form_files.stored(upload) for upload in self._posted.uploads(node.pointer)]
        files = [*self._posted.kept(node.pointer), *uploads]
        return form_files.value(node, files) if files else self._nothing(node)

    def _single(self, node: Node) -> Any:
        text = self._posted.text(node.pointer) or ""
        if values.is_empty(node, text):
            return self._nothing(node)
        try:
            value = values.decode(node, text)
            self._check_closed(node, value)
        except Unreadable as problem:
            return self._unread(node, text, problem)
        return value

    def _json(self, node: Node, text: str) -> Any:
        try:
            return values.from_json(text)
        except Unreadable as problem:
            return self._unread(node, text, problem)

    def _unread(self, node: Node, text: str, problem: Unreadable) -> Typed:
        self.errors.append(FormError(node.pointer, problem.keyword, problem.message))
        return Typed(text.replace("\x00", ""))

    def _nothing(self, node: Node) -> Any:
        said = self._posted.empty(node.pointer)
        fits = {type(None): form_schema.nullable(node.schema), str: node.kind == "string"}
        fits |= {list: node.kind == "array", dict: node.kind == "object"}
        return said if said is not UNSET and (fits[type(said)] or node.kind == "any") else node.nothing

    def _check_closed(self, node: Node, value: Any) -> None:
        closed = node.options.get("enumDisabled") or []
        if self._stored is UNSET or not node.choices or not any(same(value, one) for one in closed):
            return
        if not any(same(value, held) for held in self._held(node)):
            raise Unreadable("enum", "This option can't be chosen.")

    def _check_money(self, node: Node, value: Any, siblings: Any) -> None:
        if node.widget != "money" or not values.is_number(value):
            return
        problem = money.too_fine(value, values.currency(node, siblings))
        if problem:
            self.errors.append(FormError(node.pointer, "money", problem))


def _manner(node: Node) -> str:
    """What is shown read-only posts one text, whatever its control would be; files post themselves."""
    return "" if node.read_only and node.widget not in ("object", "array", "file") else node.widget


def _at(data: Any, path: tuple[str | None, ...]) -> Iterator[Any]:
    """All the values that a path leads to, through every row where it has no number."""
    if not path:
        if data is not UNSET:
            yield data
    elif path[0] is None:
        for row in data if isinstance(data, list) else ():
            yield from _at(row, path[1:])
    elif isinstance(data, dict) and path[0] in data:
        yield from _at(data[path[0]], path[1:])
