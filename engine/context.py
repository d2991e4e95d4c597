"""The execution context of one command: the world to read, what happened so far, the effects asked for."""

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from engine.apply import apply
from engine.definition import Definition, Step
from engine.effects import ClearTimer, Effect, Tell
from engine.events import By, Emitted, Event
from engine.events.instance import TitleChanged
from engine.events.steps import Blocked, StepCompleted
from engine.ids import derive, prefix
from engine.people import Directory
from engine.signatures import counting
from engine.state import Signature, State, Token
from engine.stops import Stop

ADMINS_TOLD = 5
# After a timer fired, no limit is shorter: a step that times out into itself would fill the record.
SHORTEST_ROUND = timedelta(seconds=1)


class World(Struct, frozen=True):
    """What the engine may know of the outside: the moment and the people."""

    now: datetime
    directory: Directory


class Savepoint(Struct, frozen=True):
    """How much of a command stands: its first events and effects, and the tokens that were still to be entered."""

    events: int = 0
    effects: int = 0
    arrived: tuple[int, ...] = ()


class Run:
    """at: the token that is dealt with. arrived: tokens whose steps are to be entered, by id."""

    def __init__(self, definition: Definition, state: State | None, world: World) -> None:
        self.definition = definition
        self.now = world.now
        self.directory = world.directory
        self.events: list[Emitted] = []
        self.effects: list[Effect] = []
        self.arrived: list[int] = []
        self.at = 0
        self.saved = Savepoint()
        self._origin = state
        self._prefix = prefix(world.now)
        self._made = 0
        self._counted: list[Signature] | None = None
        self.state = self._begin()

    def _begin(self) -> State:
        return State("", "", {}) if self._origin is None else self._origin.copied()

    def save(self) -> None:
        """What was said so far stands, also where what follows from it cannot be done."""
        self.saved = Savepoint(len(self.events), len(self.effects), tuple(self.arrived))

    def roll_back(self) -> None:
        """Take back everything since the savepoint; the state is folded again from the events that stand."""
        del self.events[self.saved.events :]
        del self.effects[self.saved.effects :]
        self.arrived = list(self.saved.arrived)
        self.state, self._counted = self._begin(), None
        for emitted in self.events:
            apply(self.state, emitted.event)

    def token(self, number: int) -> Token:
        return self.state.token(number)

    def step(self, token: Token) -> Step:
        return self.definition.steps[token.step]

    def emit(self, event: Event, by: By = "system") -> None:
        state = self.state
        signed, stand_ins = state.signed, state.stand_ins
        apply(state, event)
        self.events.append(Emitted(event, by))
        if state.changed:
            self._counted = None
            if state.seq in state.changed.values():
                self._retitle()
        elif state.signed is not signed or state.stand_ins is not stand_ins:
            self._counted = None

    def _retitle(self) -> None:
        """The title says what the data says now, in whichever event it changed."""
        if "title" in self.definition.document:
            title = self.definition.title(self.state.data)
            if title != self.state.title:
                self.emit(TitleChanged(title=title))

    @property
    def counted(self) -> list[Signature]:
        """The signatures that count now; found anew after each event that could make a difference."""
        if self._counted is None:
            self._counted = counting(self.definition, self.state)
        return self._counted

    @property
    def soonest(self) -> datetime:
        """The earliest moment for a time limit that begins now."""
        by_timer = any(event.by == "timer" for event in self.events)
        return self.now + SHORTEST_ROUND if by_timer else self.now

    def want(self, effect: Effect) -> None:
        self.effects.append(effect)

    def tell(self, message: str, person: str, step: str, task: str | None = None, **facts: Any) -> None:
        if self.definition.channels != []:
            self.want(Tell(message, person, step, task, facts))

    def new_id(self) -> str:
        """Unique in the instance: made from the number of the event to come and a count within this run."""
        self._made += 1
        return derive(self._prefix, self.state.instance, f"{self.state.seq + 1}.{self._made}")

    def leave(self, token: Token, outcome: str, by: By = "system", **facts: Any) -> None:
        """Follow an outcome to the next step, which is entered when the present one has done its part.

        After an approval that a change made necessary anew, that is the step which the token came from.
        """
        step = self.step(token)
        returns = token.then if outcome == "approved" else None
        to = returns or step.outcomes.get(outcome)
        if to is None or to not in self.definition.steps:
            raise Stop("no_way", then=outcome, step=step.id, outcome=outcome)
        if token.wait and token.wait.timer:
            self.want(ClearTimer(token.wait.timer))
        event = StepCompleted(token.id, token.step, outcome=outcome, to=to, returns=bool(returns), **facts)
        self.emit(event, by)
        self.arrived.append(token.id)

    def block(self, token: Token, stop: Stop) -> None:
        """Stop here, visibly, until an admin mended the cause: never guess, never approve."""
        if token.wait and token.wait.timer:
            self.want(ClearTimer(token.wait.timer))
        self.emit(Blocked(token.id, token.step, code=stop.code, params=stop.params, then=stop.then))
        admins = [person for person in self.directory.people.values() if "admin" in person.roles and person.active]
        for admin in admins[:ADMINS_TOLD]:
            self.tell("blocked", admin.id, token.step, reason=stop.reason.data)
