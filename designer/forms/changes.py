"""What an edit of a form did: the steps whose forms, rules or texts are other ones now."""

from copy import deepcopy
from typing import Any

from designer.edits.draft_flow import DraftFlow, steps_of
from designer.edits.edit import Done, EditRefused
from designer.forms import schemas
from designer.forms.conditions import conditions
from designer.forms.form import StepForm
from designer.forms.mentions import Use, uses, where
from designer.forms.order import drop
from designer.forms.together import all_forms
from engine.wording.values import listed

Json = dict[str, Any]
MOST_NAMED = 5


class Before:
    """A form as it is before an edit. Raises EditRefused where the step has none."""

    def __init__(self, flow: DraftFlow, step: str) -> None:
        self.document = deepcopy(flow.document)
        self.flow, self.form = flow, StepForm(flow, step)

    def done(self, text: str) -> Done:
        return Done(touched(self.document, self.flow.document), text, self.form.key)

    def check_gone(self, keys: list[str], label: str) -> None:
        """Raises EditRefused where a field that is used is no longer in the request's data, or in a form that asks for
        others by it.
        """
        self._refuse([*self._reads(keys), *conditions(self.flow.document, keys, gone=True)], label)

    def check_unread(self, keys: list[str], label: str) -> None:
        """The same without the forms, which say themselves what they ask for."""
        self._refuse(self._reads(keys), label)

    def _reads(self, keys: list[str]) -> list[Use]:
        path = schemas.reads_as(self.document.get("data"), keys)
        before, now = (schemas.at(document.get("data"), keys) for document in (self.document, self.flow.document))
        if path is None or before is None or now is not None:
            return []
        return uses(self.flow.document, path)

    def _refuse(self, used: list[Use], label: str) -> None:
        if used:
            said = [f"{where(self.flow.document, use)} ({use.words})" for use in used[:MOST_NAMED]]
            more = len(used) - MOST_NAMED
            said += [f"{more} more"] if more > 0 else []
            raise EditRefused("field_used", self.form.key, label=label[:80], uses=listed(said))


def touched(before: Json, after: Json) -> frozenset[str]:
    """Ids of steps, and pointers of the flow's own settings."""
    old, new = steps_of(before), steps_of(after)
    steps = {key for key in {*old, *new} if old.get(key) != new.get(key)}
    own = {name for name in {*before, *after} - {"steps"} if before.get(name) != after.get(name)}
    return frozenset(steps | {f"/{name}" for name in own})


def forget(document: Json, keys: list[str]) -> None:
    """What uiSchemas say of a field that their forms no longer have."""
    for asked in all_forms(document):
        around = schemas.about(schemas.around(asked.schema, keys))
        if not any(schemas.child(one, keys[-1]) is not None for one in around):
            for ui in asked.uis:
                drop(schemas.ui_at(ui, keys[:-1]), keys[-1])
