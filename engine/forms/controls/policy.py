"""How many of a level must agree: any one, all of them, a number, or as many as a field of the request says."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from engine.forms.controls import Control
from engine.forms.field import Option
from engine.forms.schema import Schema
from engine.forms.values import Unreadable
from engine.reasons import reason
from engine.rules.fields import fields
from engine.rules.types import NUMBER

if TYPE_CHECKING:
    from engine.forms.nodes import Node
    from engine.forms.read import Reader

FIELD, QUORUM = "field:", "quorum"
WORDS = {"any": "any one of them", "all": "all of them", QUORUM: "at least this many:"}
TEXTS = {"quorum_unread": "Say how many must agree, in digits."}
MOST = 1_000_000


class Policy(Control):
    """`quorum:PLACE` is the number beside the select."""

    name = form = "policy"
    whole = True

    def fits(self, schema: Schema, items: Schema) -> bool:
        return True

    def text(self, node: "Node", value: Any) -> str:
        return _drawn(value)[0]

    def content(self, node: "Node", value: Any) -> str:
        """The number."""
        return _drawn(value)[1]

    def options(self, node: "Node", value: Any) -> Iterator[Option]:
        chosen, known = _drawn(value)[0], fields(node.form.around.document.get("data"))
        offered = WORDS | {
            f"{FIELD}{path}": f"as many as “{one.title}” says" for path, one in known.items() if one.kind == NUMBER
        }
        if chosen not in offered:
            offered |= {chosen: f"as many as “{chosen.removeprefix(FIELD)}” says"}
        yield from (Option(key, words, key == chosen, False) for key, words in offered.items())

    def read(self, node: "Node", reader: "Reader", held: Any) -> Any:
        text, number = reader.text(node), "".join(reader.beside(node, QUORUM)[-1:]).strip()
        if (text, number if text == QUORUM else "") == _drawn(held):
            return held
        if text.startswith(FIELD):
            return {QUORUM: {"field": text.removeprefix(FIELD)}}
        if text != QUORUM:
            return text if text in WORDS else UNSET
        if not (number.isdecimal() and 0 < int(number[:9]) <= MOST):
            return reader.refused(node, number, Unreadable("quorum", reason("quorum_unread")))
        return {QUORUM: int(number)}


def _drawn(value: Any) -> tuple[str, str]:
    """What stands in the two controls; without a setting any one is enough."""
    if not isinstance(value, dict):
        return (value, "") if isinstance(value, str) and value in WORDS else ("any", "")
    quorum = value.get(QUORUM)
    if isinstance(quorum, dict):
        return f"{FIELD}{quorum.get('field', '')}", ""
    return QUORUM, str(quorum)


CONTROLS: tuple[Control, ...] = (Policy(),)
