"""Structs as programs send and get them (JSON in camelCase), and the kinds of fields that they share.

A field that may be left out has a default: UNSET where nothing stands for it. All others are always there.
"""

from typing import Annotated, Any, TypeAlias, TypeVar, dataclass_transform

from msgspec import Meta, Struct, UnsetType, field

Field = TypeVar("Field")
Maybe: TypeAlias = Field | UnsetType


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class Shape(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """These fields and no others. A docstring and a field's Meta are what the documentation says of them.

    What follows a field that may be left out of a class before takes `kw_only=True` once more.
    """


class Nothing(Shape):
    """No fields at all: of a call without parameters, or with a body that may be left out."""


def described(words: str, **keywords: Any) -> Meta:
    """keywords: of JSON Schema, for what no type says."""
    return Meta(description=words, extra_json_schema=keywords or None)


Text = Annotated[str, Meta(min_length=1, max_length=200)]
Long = Annotated[str, Meta(max_length=10_000)]
Names = Annotated[list[Text], Meta(max_length=200)]
Count = Annotated[int, Meta(ge=0)]
# RFC 3339 in UTC, as app/times.py writes it.
Moment = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
Day = Annotated[str, Meta(extra_json_schema={"format": "date"})]
# Whatever a definition's forms, a program's context or an event hold.
Json = dict[str, Any]
User = Annotated[Text, Meta(description="Whose answer this is; needs a key that may speak for others.")]
PageNumber = Annotated[int, Meta(ge=1, le=100_000)]


class Page(Shape):
    """One page of a list."""

    next: Annotated[str | None, Meta(description="Send it as `after` for the page that follows; null at the end.")]
