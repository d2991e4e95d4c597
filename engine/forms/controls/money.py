"""Amounts of money: exact, with the decimals that the currency has."""

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine import money, numbers
from engine.forms.controls import Control
from engine.forms.controls.number import open_bounds
from engine.forms.offer import BOUNDS, CURRENCY, PLACEHOLDER, Offer
from engine.forms.schema import is_number
from engine.forms.values import Unreadable
from engine.reasons import Reason

if TYPE_CHECKING:
    from engine.forms.nodes import Node

_CODE = re.compile("[A-Z]{3}", re.ASCII)


class Money(Control):
    name = option = "money"
    offer = Offer(
        "Money",
        "wallet",
        20,
        {"type": "number", "minimum": 0},
        ui={"ui:money": "{currency}"},
        settings={"ui:money": CURRENCY, "ui:placeholder": PLACEHOLDER, **BOUNDS},
    )
    asks = frozenset({"number", "integer"})

    def text(self, node: "Node", value: Any) -> str:
        return money.written(value, currency(node)) if is_number(value) else super().text(node, value)

    def value(self, node: "Node", text: str) -> int | Decimal:
        try:
            return money.read(text, currency(node))
        except numbers.Unreadable as problem:
            raise Unreadable("type", problem.reason) from problem

    def problem(self, node: "Node", value: Any, siblings: Any) -> tuple[str, Reason] | None:
        too_fine = money.too_fine(value, currency(node, siblings)) if is_number(value) else None
        return ("money", too_fine) if too_fine else None

    def hint(self, node: "Node") -> str:
        return open_bounds(node)

    def unit(self, node: "Node", siblings: Any) -> str:
        return currency(node, siblings)

    def display(self, node: "Node", value: Any, siblings: Any) -> tuple[str, str]:
        if is_number(value):
            return money.format_money(value, currency(node, siblings)), "money"
        return super().display(node, value, siblings)


def currency(node: "Node", siblings: Any = None) -> str:
    """The code that the uiSchema gives, or that stands in the field beside it which the uiSchema names."""
    named = node.options.get("money", node.options.get("currency"))
    if isinstance(named, str) and not _CODE.fullmatch(named) and isinstance(siblings, dict):
        named = siblings.get(named)
    return named if isinstance(named, str) and _CODE.fullmatch(named) else ""


CONTROLS: tuple[Control, ...] = (Money(),)
