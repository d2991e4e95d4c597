"""What every edit is: a command on a draft, what it did, and how it is refused."""

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from engine.reasons import Coded

if TYPE_CHECKING:
    from designer.edits.draft_flow import DraftFlow

# Touched by an edit of everything: no other edit is beside it.
EVERYTHING = "*"


class Done(Struct, frozen=True):
    """touched: ids of steps, pointers of the flow's own settings, or EVERYTHING. text: what was done, as a sentence.

    focus: the step to be shown afterwards, "" for none.
    """

    touched: frozenset[str]
    text: str
    focus: str = ""


class EditRefused(Coded):
    """The draft stays as it is. step: the one it is about, or "". Codes: engine/wording/catalogue/edits.py."""

    def __init__(self, code: str, step: str = "", **params: Any) -> None:
        super().__init__(code, **({"step": step} if step else {}), **params)
        self.step = step


class Edit(Struct, frozen=True, forbid_unknown_fields=True, tag_field="edit", tag=str.lower):
    """A kind of edit is a subclass in any file of this package; its name in small letters is its tag."""

    def apply(self, flow: "DraftFlow") -> Done:
        """Change the flow. Raises EditRefused, after which the flow is not to be used."""
        raise NotImplementedError

    def field(self) -> str:
        """The field that is typed in, or "": edits of one field that follow each other soon are undone as one."""
        return ""
