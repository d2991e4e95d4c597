"""Plural forms of a text: which one is told depends on a number among its parameters."""

from typing import NamedTuple


class Plural(NamedTuple):
    """by: the parameter that is counted."""

    one: str
    many: str
    by: str
