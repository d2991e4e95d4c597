"""Events of an approval: who is asked at which level, who signed over which values."""

from collections.abc import Iterator
from typing import Annotated, Any

from msgspec import field

from engine.apply import change, close, hand_over, sign, waiting
from engine.events import EACH, OUTCOME_TONES, PERSONAL, Asking, Context, StepEvent, Tone, answers, because
from engine.phrases import Phrase, msgid, phrase, remarked
from engine.state import OpenTask, Signature, State

DECIDED = {
    "approved": msgid("{actor} ({level}) approved"),
    "rejected": msgid("{actor} ({level}) rejected it"),
    "changes_requested": msgid("{actor} ({level}) asked for changes"),
}
BEHALF = {
    "approved": msgid("{actor} ({level}) approved on behalf of {person}"),
    "rejected": msgid("{actor} ({level}) rejected it on behalf of {person}"),
    "changes_requested": msgid("{actor} ({level}) asked for changes on behalf of {person}"),
}
OTHERWISE = msgid("{actor} ({level}) decided “{outcome}”")
OTHERWISE_BEHALF = msgid("{actor} ({level}) decided “{outcome}” on behalf of {person}")


class LevelOpened(Asking, frozen=True):
    """need: how many must agree. rest: the levels after it. rule, values: why it is asked."""

    LABEL, ICON = "Asked to decide", "user-check"

    level: str
    need: int
    rest: list[str]
    rule: str = ""
    values: Annotated[dict[str, Any], EACH] = field(default_factory=dict)

    def sentence(self, _: Context) -> Phrase:
        asked, told = len(self.tasks), {"People": self.people, "name": self.name}
        if asked == 1:
            return phrase("{People} was asked to decide as {name}", **told)
        if self.need == 1:
            return phrase("{People} were asked to decide as {name} (one is enough)", **told)
        if self.need == asked:
            return phrase("{People} were asked to decide as {name} (all must approve)", **told)
        return phrase("{People} were asked to decide as {name} ({need} must approve)", need=self.need, **told)

    def facts(self) -> Iterator[Phrase]:
        yield from super().facts()
        if self.rule:
            yield because(self.rule, self.values)

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

    def sentence(self, _: Context) -> Phrase:
        if not self.tasks:
            return phrase("“{name}” was looked at again, because the request was changed", name=self.name)
        people = [task.assignee for task in self.tasks]
        return phrase("“{name}” asked {people} again, because the request was changed", name=self.name, people=people)

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

    def sentence(self, _: Context) -> Phrase:
        said = remarked(self._decision(), ": ".join(filter(None, (self.reason, self.comment))))
        return phrase("{told}, and filled in:", told=said) if self.values else said

    def facts(self) -> Iterator[Phrase]:
        return answers(self.values) if self.values else iter(())

    def _decision(self) -> Phrase:
        told = {"step": self.step, "level": self.level, "outcome": self.outcome, "person": self.on_behalf}
        if self.on_behalf:
            return phrase(BEHALF.get(self.outcome, OTHERWISE_BEHALF), **told)
        return phrase(DECIDED.get(self.outcome, OTHERWISE), **told)

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

    def sentence(self, _: Context) -> Phrase:
        return phrase("Approved by rule: {text}", text=self.text) if self.text else phrase("Approved by rule")

    def facts(self) -> Iterator[Phrase]:
        yield because(self.rule, self.values)

    def apply(self, state: State) -> None:
        visit, at = state.token(self.token).visit, state.seq + 1
        sign(state, Signature(self.step, visit, "", "approved", at, "rule", covers=self.covers))
