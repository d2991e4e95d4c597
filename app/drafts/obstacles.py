"""What stands in the way of publishing a draft, or is hardly meant, in the order of the flow; with what mends it."""

from typing import NamedTuple

from app import definition_checks
from app.access.principal import Principal
from app.drafts import Draft
from app.runtime.directories import seen
from app.store.db import Db
from designer.drawable import drawable
from designer.drawing.flow import flow_of
from designer.mends import Mend, mends
from engine.advice import advice
from engine.reasons import Reason
from engine.wording.labels import labels_of
from engine.wording.sentences import sentence

# Those below come up when some of these are gone.
MOST_MENDED = 20


class Obstacle(NamedTuple):
    """A problem in words. step: the one it is about, or None. pointer: into the document.

    blocks: whether it stands in the way; otherwise it is advice.
    """

    step: str | None
    pointer: str
    reason: Reason
    text: str
    blocks: bool
    mends: list[Mend]


def problems(db: Db, who: Principal, draft: Draft) -> list[Obstacle]:
    """All that stands in the way of publishing it."""
    return [one for one in obstacles(db, who, draft) if one.blocks]


def obstacles(db: Db, who: Principal, draft: Draft) -> list[Obstacle]:
    """With what is only advice."""
    labels = labels_of(draft.document, seen(db, who.tenant_id))
    found = [(one, True) for one in definition_checks.problems_of(db, who.tenant_id, draft.document)]
    found += [(one, False) for one in advice(draft.document)]
    flow = flow_of(**drawable(draft.document))
    places = {step: number for number, step in enumerate((*flow.order, *flow.loose))}
    found.sort(key=lambda pair: places.get(pair[0].step, len(places)) if pair[0].step else -1)
    return [
        Obstacle(
            one.step,
            definition_checks.pointer(one),
            one.reason,
            sentence(one.reason, labels),
            blocks,
            mends(one, draft.document) if number < MOST_MENDED else [],
        )
        for number, (one, blocks) in enumerate(found)
    ]
