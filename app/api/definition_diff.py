"""What changed between two versions of a definition, or a version and its draft, for programs."""

from typing import Annotated

from litestar import Response
from litestar.params import FromPath
from msgspec import UNSET, Meta, field

from app.api.definitions import Key
from app.api.handlers import V1, calls, told
from app.api.operation import Call
from app.api.request import query
from app.drafts.compare import compared
from app.shapes import Count, Maybe, Shape
from app.store.db import transaction
from app.web.request import Asked, principal, tenant_of
from app.web.routes import get

Name = Annotated[str, Meta(max_length=20, description="The number of a version, or draft.")]


class DiffQuery(Shape):
    """Without them: the draft, where there is one to be seen, or the newest version; and the version before."""

    older: Maybe[Name] = field(default=UNSET, name="from")
    newer: Maybe[Name] = field(default=UNSET, name="to")


class ChangedSetting(Shape):
    """Values that may be secrets are not told, only that they are others."""

    what: str
    before: Annotated[str, Meta(description="In words; empty where there was nothing.")]
    after: Annotated[str, Meta(description="In words; empty where there is nothing.")]
    pointer: Annotated[str, Meta(description="Its place in the document.")]


class ChangedStep(Shape):
    kind: Annotated[str, Meta(description="added, removed, changed or redirected: its ways out lead elsewhere.")]
    step: Annotated[str, Meta(description="Its id; empty for the flow itself.")]
    name: str
    settings: list[ChangedSetting]


class DefinitionDiff(Shape):
    key: Key
    older: Name = field(name="from")
    newer: Name = field(name="to")
    counts: Annotated[dict[str, Count], Meta(description="Of changes, by kind.")]
    changes: Annotated[list[ChangedStep], Meta(description="In the order of the flow.")]


DIFF = Call("Compare two versions", DefinitionDiff, query=DiffQuery, may_miss=True)


@get("/definitions/{key:str}/diff", call=DIFF)
def diff(request: Asked, key: FromPath[str]) -> Response[bytes]:
    asked: DiffQuery = query(request)
    with transaction(tenant_of(request)) as db:
        made = compared(db, principal(request), key, asked.older or "", asked.newer or "")
    changes = [
        ChangedStep(
            kind=one.kind,
            step=one.step,
            name=one.name,
            settings=[
                ChangedSetting(what=what, before=before, after=after, pointer=pointer)
                for what, before, after, pointer in one.settings
            ],
        )
        for one in made.found.changes
    ]
    return told(DefinitionDiff(key=key, older=made.old, newer=made.new, counts=made.found.counts, changes=changes))


router = calls("Definitions", diff, path=V1)
