"""Events of a wait for people, whatever is asked: opened, reminded, handed on, over."""

from collections.abc import Iterator
from typing import Annotated, Any

from msgspec import field

from engine.apply import change, close, hand_over, sign, waiting
from engine.events import EACH, Asking, Context, StepEvent, answers, due
from engine.phrases import Phrase, Plural, msgid, phrase
from engine.reasons import Reason
from engine.state import OpenTask, Signature, State

CLOSED = Plural(
    "Closed {count} open question of {step}: {why}", "Closed {count} open questions of {step}: {why}", "count"
)
HANDED_ON = Plural(
    "{Person} cannot answer “{name}” any more, so {people} was asked",
    "{Person} cannot answer “{name}” any more, so {people} were asked",
    "asked",
)
PASSED = msgid("Time ran out for “{level}”, so it counted as approved")


class TaskOpened(Asking, frozen=True):
    """People are asked to fill in a form."""

    LABEL, ICON = "Asked to fill in", "clipboard-list"

    def sentence(self, _: Context) -> Phrase:
        asked = Plural("{People} was asked to fill in {step}", "{People} were asked to fill in {step}", "asked")
        return phrase(asked, People=self.people, asked=len(self.tasks), step=self.step)

    def apply(self, state: State) -> None:
        self.begin(state)


class TaskSubmitted(StepEvent, frozen=True):
    """cleared: fields that the form took away. stands_in: the person sends it in again for whoever asked."""

    LABEL, ICON = "Form filled in", "pen-line"

    task: str
    person: str
    data: Annotated[dict[str, Any], EACH]
    cleared: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    stands_in: bool = False

    def sentence(self, _: Context) -> Phrase:
        return phrase("{actor} filled in {step}:", step=self.step)

    def facts(self) -> Iterator[Phrase]:
        return answers(self.data)

    def apply(self, state: State) -> None:
        change(state, self.data, self.cleared)
        state.reason, state.timed_out = None, False
        if self.stands_in and self.person not in state.stand_ins:
            state.stand_ins = [*state.stand_ins, self.person]
        close(waiting(state, self.token), [self.task])


class TasksClosed(StepEvent, frozen=True):
    """Nobody is asked any more."""

    LABEL, ICON = "Question closed", "minus"

    tasks: list[str]
    status: str
    reason: Reason

    def sentence(self, _: Context) -> Phrase:
        return phrase(CLOSED, count=len(self.tasks), step=self.step, why=self.reason)

    def apply(self, state: State) -> None:
        wait = waiting(state, self.token)
        close(wait, self.tasks)
        wait.timer = None


class ReminderSent(StepEvent, frozen=True):
    """timer: the next one. remind: the reminders still to come."""

    LABEL, ICON, TONE = "Reminder", "bell", "late"

    people: list[str]
    timer: str
    due: str | None
    remind: list[str]

    def sentence(self, _: Context) -> Phrase:
        return phrase("Reminded {people} of {step}", people=self.people, step=self.step)

    def facts(self) -> Iterator[Phrase]:
        return due(self.due)

    def apply(self, state: State) -> None:
        wait = waiting(state, self.token)
        wait.left, wait.timer = self.remind, self.timer


class TaskEscalated(StepEvent, frozen=True, kw_only=True):
    """The seats of those who are late go to others. gone: their tasks."""

    LABEL, ICON, TONE = "Escalation", "circle-arrow-up", "late"

    name: str
    gone: list[str] = field(name="from")
    late: list[str]
    tasks: list[OpenTask]
    timer: str | None
    due: str | None
    remind: list[str] = field(default_factory=list)

    def sentence(self, context: Context) -> Phrase:
        told: dict[str, Any] = {"step": self.step, "people": [task.assignee for task in self.tasks]}
        since = [context.opened[task] for task in self.gone if task in context.opened]
        if not since:
            return phrase("Not answered in time, escalated {step} to {people}", **told)
        told |= {"waited": context.at - min(since), "late": self.late}
        if not self.late:
            return phrase("Waited {waited}, escalated {step} to {people}", **told)
        return phrase("Waited {waited} for {late}, escalated {step} to {people}", **told)

    def facts(self) -> Iterator[Phrase]:
        return due(self.due)

    def apply(self, state: State) -> None:
        wait = waiting(state, self.token)
        hand_over(wait, self.gone, self.tasks)
        wait.left, wait.timer, wait.due = self.remind, self.timer, self.due
        wait.escalations += 1


class TaskHandedOn(StepEvent, frozen=True):
    """Somebody may not answer any more. gone: their tasks; where the others are enough, nobody takes over."""

    LABEL, ICON = "Handed on", "users"

    name: str
    gone: list[str] = field(name="from")
    person: str
    tasks: list[OpenTask]

    def sentence(self, _: Context) -> Phrase:
        told: dict[str, Any] = {"Person": self.person, "name": self.name}
        if not self.tasks:
            return phrase("{Person} cannot answer “{name}” any more; the others are enough", **told)
        told |= {"people": [task.assignee for task in self.tasks], "asked": len(self.tasks)}
        return phrase(HANDED_ON, **told)

    def apply(self, state: State) -> None:
        hand_over(waiting(state, self.token), self.gone, self.tasks)


class TimedOut(StepEvent, frozen=True):
    """then: what the time limit does. level, covers: of the signature that the clock gives where it approves."""

    LABEL, ICON, TONE = "Time was up", "alarm-clock-off", "late"

    then: str
    level: str | None = None
    covers: Annotated[dict[str, str | None], EACH] = field(default_factory=dict)

    def sentence(self, _: Context) -> Phrase:
        if self.level is not None:
            return phrase(PASSED, step=self.step, level=self.level)
        match self.then:
            case "approve":
                return phrase("Time ran out for {step}, so it counted as approved", step=self.step)
            case "reject":
                return phrase("Time ran out for {step}, so it was rejected", step=self.step)
        return phrase("Time ran out for {step}, so it went on without an answer", step=self.step)

    def apply(self, state: State) -> None:
        waiting(state, self.token).timer = None
        state.timed_out = self.level is None
        if self.level is not None:
            visit, at = state.token(self.token).visit, state.seq + 1
            sign(state, Signature(self.step, visit, self.level, "approved", at, "timer", covers=self.covers))
