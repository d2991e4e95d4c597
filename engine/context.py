"""One run of the interpreter: what step modules use to read the world, say what happened and ask for effects."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from engine.apply import apply
from engine.definition import Definition, Step
from engine.effects import ClearTimer, Effect, Tell
from engine.events import By, Event
from engine.ids import derive
from engine.people import Directory
from engine.state import State, Token

ADMINS_TOLD = 5


class World(Struct, frozen=True):
    """What the engine may know of the outside: the moment and the people."""

    now: datetime
    directory: Directory


class Run:
    def __init__(self, definition: Definition, state: State, world: World) -> None:
        self.definition = definition
        self.state = state
        self.now = world.now
        self.directory = world.directory
        self.events: list[Event] = []
        self.effects: list[Effect] = []
        self.arrived: list[Token] = []
        self._made = 0

    def step(self, token: Token) -> Step:
        return self.definition.steps[token.step]

    def emit(self, kind: str, data: dict[str, Any], by: By = "system") -> None:
        apply(self.state, kind, data)
        self.events.append(Event(kind, data, by))

    def want(self, effect: Effect) -> None:
        self.effects.append(effect)

    def tell(self, message: str, person: str, step: str, task: str | None = None, **facts: Any) -> None:
        if self.definition.channels:
            self.want(Tell(message, person, step, task, facts))

    def new_id(self) -> str:
        """Unique in the instance: made from the number of the event to come and a count within this run."""
        self._made += 1
        return derive(self.state.instance, f"{self.state.seq + 1}.{self._made}", self.now)

    def place(self, token: Token) -> dict[str, Any]:
        return {"token": token.id, "step": token.step}

    def leave(self, token: Token, outcome: str, by: By = "system", **facts: Any) -> None:
        """Follow an outcome to the next step, which is entered when the present one has done its part."""
        to = self.step(token).outcomes[outcome]
        if token.wait and token.wait.timer:
            self.want(ClearTimer(token.wait.timer))
        self.emit("StepCompleted", {**self.place(token), "outcome": outcome, "to": to, **facts}, by)
        self.arrived.append(token)

    def block(self, token: Token, reason: str, **facts: Any) -> None:
        """Stop here, visibly, until an admin mended the cause: never guess, never approve."""
        if token.wait and token.wait.timer:
            self.want(ClearTimer(token.wait.timer))
        self.emit("Blocked", {**self.place(token), "reason": reason, **facts})
        admins = [person for person in self.directory.people.values() if "admin" in person.roles and person.active]
        for admin in admins[:ADMINS_TOLD]:
            self.tell("blocked", admin.id, token.step, reason=reason)
