"""The problem that every refusal answers with (RFC 9457), for the documentation; app/web/problems.py writes it."""

from typing import Annotated, Any

from msgspec import UNSET, Meta

from app.shapes import Maybe, Shape

Code = Maybe[Annotated[str, Meta(description="What it is, for programs: it stays when the sentence is put better.")]]
Params = Maybe[Annotated[dict[str, Any], Meta(description="What the sentence speaks of, by id.")]]


class Fault(Shape):
    pointer: Annotated[str, Meta(extra_json_schema={"format": "json-pointer"})]
    message: str
    code: Code = UNSET
    params: Params = UNSET


class Problem(Shape, forbid_unknown_fields=False):
    """Why a call was refused; a conflict also says who was quicker."""

    type: str
    title: str
    status: int
    detail: Annotated[str, Meta(description="One sentence for people.")]
    instance: Annotated[str, Meta(description="The address that was asked.")]
    code: Code = UNSET
    params: Params = UNSET
    errors: Maybe[
        Annotated[list[Fault], Meta(description="Every field that needs another look, by its place in the body.")]
    ] = UNSET


EXAMPLE = {
    "type": "about:blank",
    "title": "Some of it needs another look",
    "status": 422,
    "detail": "Some fields need another look.",
    "instance": "/api/purchase",
    "errors": [
        {"pointer": "/data/amount", "message": "More than 0.", "code": "more_than", "params": {"least": 0}},
    ],
}
