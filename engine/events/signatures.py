"""Events of an approval: who is asked at which level, who signed over which values."""

from typing import Annotated, Any

from msgspec import field

from engine.apply import change, close, hand_over, sign, waiting
from engine.events import EACH, OUTCOME_TONES, PERSONAL, Asking, StepEvent, Tone
from engine.state import OpenTask, Signature, State


class LevelOpened(Asking, frozen=True):
    """need: how many must agree. rest: the levels after it. rule, values: why it is asked."""

    LABEL, ICON = "Asked to decide", "user-check"

    level: str
    need: int
    rest: list[str]
    rule: str = ""
    values: Annotated[dict[str, Any], EACH] = field(default_factory=dict)

    def apply(self, state: State) -> None:
        self.begin(state, level=self.level, need=self.need, rest=self.rest)


class AskedAgain(StepEvent, frozen=True):
    """The level that is open asks those whose signature a change undid. closed: tasks that are needless now."""

    LABEL, ICON, TONE = "Asked again", "user-check", "late"

    name: str
    tasks: list[OpenTask]
    level: str
    need: int
    rest: list[str]
    closed: list[str]

    def apply(self, state: State) -> None:
        wait = waiting(state, self.token)
        hand_over(wait, self.closed, self.tasks)
        wait.need, wait.rest = self.need, self.rest


class TaskDecided(StepEvent, frozen=True, kw_only=True):
    """on_behalf: whom the person represents. seen: the seq that was on the screen. covers: a digest by field.

    through: the group or role that the person was asked for. values: what the person changed. metadata: what the
    program that spoke for the person wants kept.
    """

    LABEL, ICON = "Decision", "stamp"

    task: str
    level: str
    person: str
    on_behalf: str | None = field(name="for")
    outcome: str
    comment: Annotated[str | None, PERSONAL]
    seen: int
    need: int
    covers: Annotated[dict[str, str | None], EACH]
    reason: Annotated[str | None, PERSONAL] = ""
    through: dict[str, Any] | None = None
    values: Annotated[dict[str, Any], EACH] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    metadata: Annotated[dict[str, Any] | None, PERSONAL] = field(default_factory=dict)

    def apply(self, state: State) -> None:
        token, wait = state.token(self.token), waiting(state, self.token)
        close(wait, [self.task])
        if self.values:
            change(state, self.values)
        signature = Signature(
            step=self.step,
            visit=token.visit,
            level=self.level,
            outcome=self.outcome,
            seq=state.seq + 1,
            task=self.task,
            person=self.person,
            on_behalf=self.on_behalf,
            through=self.through,
            seen=self.seen,
            need=self.need,
            covers=self.covers,
        )
        sign(state, signature)

    @property
    def tone(self) -> Tone:
        return OUTCOME_TONES.get(self.outcome, "plain")


class ApprovedByRule(StepEvent, frozen=True):
    """The StepCompleted that follows moves the token. rule: as written; text: its name; values: what it read."""

    LABEL, ICON, TONE = "Decision by rule", "wand", "good"

    rule: str
    text: str
    values: Annotated[dict[str, Any], EACH]
    covers: Annotated[dict[str, str | None], EACH]

    def apply(self, state: State) -> None:
        visit, at = state.token(self.token).visit, state.seq + 1
        sign(state, Signature(self.step, visit, "", "approved", at, "rule", covers=self.covers))
