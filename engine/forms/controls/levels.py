"""Levels of an approval, and branches of a decision: rows whose ids make themselves, with what is odd about each."""

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from engine.forms.controls.group import Rows
from engine.forms.field import FormError
from engine.level_bands import Bands, bands, in_order
from engine.level_paste import NotPasted, pasted
from engine.pointers import look, split
from engine.rules.fields import fields
from engine.rules.types import NUMBER
from engine.wording.sentences import sentence

if TYPE_CHECKING:
    from engine.forms.controls import Control
    from engine.forms.nodes import Node
    from engine.forms.read import Reader

TEXTS = {
    "pasted_most": "At most {most} levels can be pasted at once.",
    "pasted_number": "Line {line} of what was pasted begins with “{text}”, which is no number.",
    "pasted_nobody": "Line {line} of what was pasted: “{text}” is no person, group or manager here.",
    "pasted_policy": "Line {line} of what was pasted ends with “{text}”. How many must agree: any, all or a number.",
    "pasted_no_field": "The data of this flow has no number that levels could begin at.",
}
LONGEST_ID = 60


class Levels(Struct, frozen=True):
    """answer: what trying them said last, see designer/trying.py."""

    bands: Bands
    here: str
    answer: dict[str, Any]

    def marks(self, number: int) -> list[str]:
        """What is odd about a level."""
        band = self.bands.levels[number] if number < len(self.bands.levels) else None
        return [sentence(mark) for mark in band.marks] if band else []


class Branches(Struct, frozen=True):
    """otherwise: the name of the step that follows where no rule holds, empty where none does yet."""

    otherwise: str


class LevelRows(Rows):
    name = form = "levels"
    offer = None

    def content(self, node: "Node", value: Any) -> Levels:
        around = node.form.around
        answer = around.answers.get(node.pointer, {})
        settings = {**_step(node), **answer.get("settings", {}), split(node.pointer)[-1]: value}
        found = bands(around.document, split(around.at)[-1] if around.at else "", settings)
        return Levels(found, around.here, answer)

    def read(self, node: "Node", reader: "Reader", held: Any) -> Any:
        rows = reader.rows(node, held)
        if not isinstance(rows, list):
            return rows
        rows = [*rows, *_pasted(node, reader, rows)]
        if reader.beside(node, "sort"):
            rows = in_order(rows, self._bands(node, rows).begins)
        return named(rows, "id", ("name",), "level")

    def _bands(self, node: "Node", rows: Any) -> Bands:
        around = node.form.around
        return bands(around.document, "", {**_step(node), split(node.pointer)[-1]: rows})


class BranchRows(Rows):
    name = form = "branches"
    offer = None

    def content(self, node: "Node", value: Any) -> Branches:
        steps = node.form.around.document.get("steps")
        led = _step(node).get("outcomes")
        target = led.get("otherwise") if isinstance(led, dict) else None
        follows = steps.get(target) if isinstance(steps, dict) and isinstance(target, str) else None
        return Branches(str(follows.get("name") or target) if isinstance(follows, dict) else "")

    def read(self, node: "Node", reader: "Reader", held: Any) -> Any:
        """A branch whose rule is emptied stays one: it keeps its way out, and its empty rule is a problem."""
        rows = reader.rows(node, held)
        if not isinstance(rows, list):
            return rows
        ruled = [{"when": "", **row} if isinstance(row, dict) and "when" not in row else row for row in rows]
        return named(ruled, "outcome", ("label", "when"), "branch")


def named(rows: Iterable[Any], key: str, words: Iterable[str], fallback: str) -> list[Any]:
    """Each row without an id gets one from what it is called; one that has an id keeps it."""
    found: list[Any] = []
    taken = {row[key] for row in rows if isinstance(row, dict) and isinstance(row.get(key), str)}
    for row in rows:
        if not isinstance(row, dict) or row.get(key):
            found.append(row)
            continue
        said = next((row[word] for word in words if isinstance(row.get(word), str) and row[word]), fallback)
        made = _free(said, fallback, taken)
        taken.add(made)
        found.append({**row, key: made})
    return found


def _free(said: str, fallback: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", said.lower()).encode("ascii", "ignore").decode()
    bare = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: LONGEST_ID - 4].strip("-")
    begin = bare if bare[:1].isalpha() and bare != "otherwise" else f"{fallback}-{bare}".strip("-")
    names = (begin, *(f"{begin}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def _pasted(node: "Node", reader: "Reader", rows: list[Any]) -> list[Any]:
    text = "\n".join(reader.beside(node, "paste"))
    if not text.strip():
        return []
    around = node.form.around
    known = fields(around.document.get("data"))
    path = bands(around.document, "", {"levels": rows}).path
    path = path or next((one.path for one in known.values() if one.kind == NUMBER), "")
    try:
        if not path:
            raise NotPasted("pasted_no_field")
        return list(pasted(text, path, around.directory))
    except NotPasted as why:
        reader.errors.append(FormError(node.pointer, "paste", why.reason))
        return []


def _step(node: "Node") -> dict[str, Any]:
    """The step as it is stored."""
    found = look(node.form.around.document, split(node.form.around.at))
    return found if isinstance(found, dict) else {}


CONTROLS: "tuple[Control, ...]" = (LevelRows(), BranchRows())
