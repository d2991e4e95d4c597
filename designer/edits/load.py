"""A whole definition in place of the draft: from a file, a version, a template."""

from typing import Any

from designer.edits.draft_flow import DraftFlow
from designer.edits.edit import EVERYTHING, Done, Edit


class Load(Edit, frozen=True):
    """The draft keeps its key."""

    document: dict[str, Any]

    def apply(self, flow: DraftFlow) -> Done:
        kept = {"key": flow.document["key"]} if "key" in flow.document else {}
        flow.document = {**self.document, **kept}
        return Done(frozenset({EVERYTHING}), "The whole flow was replaced.")
