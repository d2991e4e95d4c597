"""Events of a step, whatever its type: left, come back to, stopped, tried again."""

from collections.abc import Iterator
from typing import Annotated, Any

from msgspec import UNSET, Struct, UnsetType, field

from engine.apply import begin_round, change, leave, move
from engine.events import EACH, PERSONAL, SAID, Context, StepEvent, because
from engine.phrases import Phrase, phrase, remarked
from engine.reasons import Reason
from engine.state import Blocked as Incident
from engine.state import State


class Why(Struct, frozen=True, omit_defaults=True):
    """The rule that chose a branch, what it read, and the name of the branch."""

    rule: str
    values: Annotated[dict[str, Any], EACH]
    text: str = ""


class StepCompleted(StepEvent, frozen=True):
    """set: data that the way sets. reason: why the request ends, if it does. approved: people, a rule or the clock did.

    forget: all signatures go. keep: steps whose signatures hold when the token comes to them again. returns: the step
    was asked anew, and the token goes back to where it came from.
    """

    LABEL, ICON = "Step finished", "arrow-right"

    outcome: str
    to: str
    reason: Annotated[Reason | UnsetType | None, SAID] = UNSET
    values: Annotated[dict[str, Any], EACH] = field(default_factory=dict, name="set")
    why: Why | None = None
    approved: bool = False
    forget: bool = False
    keep: list[str] | None = None
    returns: bool = False

    def sentence(self, _: Context) -> Phrase:
        if self.why and self.why.text:
            return phrase("{step} chose “{choice}”", step=self.step, choice=self.why.text)
        if self.why:
            return phrase("{step} chose {outcome}", step=self.step, outcome=self.outcome)
        if self.outcome == "otherwise":
            return phrase("{step} found that no rule holds", step=self.step)
        return phrase("{step} is finished: {outcome}", step=self.step, outcome=self.outcome)

    def facts(self) -> Iterator[Phrase]:
        if self.why:
            yield because(self.why.rule, self.why.values)
        if self.to:
            yield phrase("next is {next}", next=self.to)

    def apply(self, state: State) -> None:
        token = state.token(self.token)
        if self.values:
            change(state, self.values)
        if self.reason is not UNSET:
            state.reason = self.reason
        if self.forget:
            state.signed = []
        if self.keep is not None:
            token.keep = self.keep
        leave(state, token, approved=self.approved)
        if not self.returns:
            begin_round(state, token, self.to)
        move(state, token, self.to)
        token.then = None


class StepReopened(StepEvent, frozen=True):
    """A change undid what an earlier step approved: it is asked again first."""

    LABEL, ICON, TONE = "Step reopened", "rotate-ccw", "late"

    to: str

    def sentence(self, _: Context) -> Phrase:
        return phrase("{step} is asked again, because the request was changed after it had approved", step=self.to)

    def apply(self, state: State) -> None:
        token = state.token(self.token)
        token.then = self.step
        move(state, token, self.to)


class Blocked(StepEvent, frozen=True):
    """code, params: as in engine.stops. then: the outcome that is taken when it is tried again."""

    LABEL, ICON, TONE = "Stopped", "octagon-alert", "late"

    code: str
    params: Annotated[dict[str, Any], EACH] = field(default_factory=dict)
    then: str | None = None

    def sentence(self, _: Context) -> Phrase:
        return phrase("Stopped, an admin is needed: {why}", why=Reason(self.code, self.params))

    def apply(self, state: State) -> None:
        token = state.token(self.token)
        token.wait, token.effect = None, None
        token.blocked = Incident(self.code, self.params, self.then)


class Unblocked(StepEvent, frozen=True):
    """An administrator lets it go on."""

    LABEL, ICON = "Tried again", "rotate-ccw"

    def sentence(self, _: Context) -> Phrase:
        return phrase("{actor} let {step} try again", step=self.step)

    def apply(self, state: State) -> None:
        state.token(self.token).blocked = None


class DataCorrected(StepEvent, frozen=True):
    """By an administrator, because the request is stuck. cleared: fields that are empty now."""

    LABEL, ICON = "Data corrected", "pencil"

    before: Annotated[dict[str, Any], EACH]
    after: Annotated[dict[str, Any], EACH]
    reason: Annotated[str | None, PERSONAL]
    person: str
    files: dict[str, str] = field(default_factory=dict)
    cleared: list[str] = field(default_factory=list)

    def sentence(self, _: Context) -> Phrase:
        now = self.after | dict.fromkeys(self.cleared)
        changed = [
            phrase("{item} from {old} to {content}", item=item, old=(item, self.before.get(item)), content=(item, new))
            for item, new in now.items()
        ]
        return remarked(phrase("{actor} corrected {changes}", changes=changed), self.reason)

    def apply(self, state: State) -> None:
        change(state, self.after, self.cleared)
