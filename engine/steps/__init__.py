"""Step types, one file each: what a file states is what the designer, the check, the interpreter and the words need.

Every type is a StepType; the protocols beside it are for what only some types do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from engine.registry import plugins, some

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.card_rows import Row
    from engine.clauses import Clause
    from engine.commands import Command, Decide, EffectFailed, EffectSucceeded, Receive, Submit
    from engine.context import Run
    from engine.definition import Definition, Step
    from engine.filled import Known
    from engine.people import Directory
    from engine.problems import Problem
    from engine.state import Token


class StepType(Protocol):
    """ICON: a name in static/icons.svg. SHAPE: box, diamond, circle or bar, drawn around the icon.

    ROLE: start, where the flow begins; end, where it ends; or step.
    SCHEMA: of the step's own settings, as JSON Schema; it may refer to what engine/document.py shares.
    """

    LABEL: str
    ICON: str
    SHAPE: str
    ROLE: str
    SCHEMA: dict[str, Any]

    def outcomes(self, step: Step, /) -> list[str]:
        """The ways out that need somewhere to go, in their order; none for an end."""

    def sentence(self, step: Step, directory: Directory | None = None, /) -> str:
        """What it does, for its card in the drawing. directory: gives people and groups their names."""

    def check(self, definition: Definition, step: Step, /) -> Iterator[Problem]:
        """What stands in the way of publishing it. The settings fit SCHEMA already."""

    def enter(self, run: Run, token: Token, /) -> None:
        """A request arrives: ask, wait, or leave. Raises Stop, Undecidable."""


class Asks(Protocol):
    """Waits for people."""

    def resume(self, run: Run, token: Token, command: Decide | Submit, /) -> None:
        """Somebody answers. Raises Refused."""

    def hand_on(self, run: Run, token: Token, person: str, /) -> None:
        """The person may answer no more, and somebody else is asked. Raises Stop."""


class Waits(Protocol):
    """Rests until somebody acts."""

    def waits(self, step: Step, outcome: str, /) -> bool:
        """Whether that was surely so before this way out is taken; circles without it are not published."""


class Forms(Protocol):
    """Has a form. DECIDES: whether it is filled in beside a decision."""

    DECIDES: bool

    def has_form(self, step: Step, /) -> bool: ...


class Fills(Protocol):
    """Leaves other fields of the data filled than it found."""

    def known_after(self, definition: Definition, step: Step, outcome: str, before: Known, /) -> Known:
        """Which surely hold a value when the step is left that way."""


class Routes(Protocol):
    """Chooses the way out by rules."""

    def routed(self, step: Step, outcome: str, /) -> Iterator[list[tuple[str, bool]]]:
        """How it comes to be left that way, each as rules that held (or did not). The settings may be of any shape."""

    def nowhere(self, step: Step, outcome: str, /) -> Problem:
        """That this outcome leads nowhere, in the words of the rules."""


class Rules(Protocol):
    """Asks rules of its own when more is known than on arrival, or less."""

    def known_at(self, definition: Definition, step: Step, field: str, before: Known, /) -> Known:
        """Which fields surely hold a value for the rule at that place of the settings."""


class Passes(Protocol):
    """Can be passed in a simulation by an answer that is made up."""

    def passes(self, token: Token, /) -> Command | None:
        """The answer that lets a request go on which waits there; none where only a person can know it."""


class Timed(Protocol):
    """Arms a timer."""

    def fire(self, run: Run, token: Token, /) -> None: ...


class Calls(Protocol):
    """Wants an effect whose answer it waits for."""

    def answered(self, run: Run, token: Token, command: EffectSucceeded | EffectFailed, /) -> None: ...


class Receives(Protocol):
    """Waits for an external event."""

    def receive(self, run: Run, token: Token, command: Receive, /) -> None: ...


class Begun(Protocol):
    """Begins with settings of its own where a designer puts it on a way out of another step."""

    def begin(self, outcome: str, /) -> dict[str, Any]: ...


class Detailed(Protocol):
    """Says more on its card than a sentence."""

    def rows(self, definition: Definition, step: Step, directory: Directory | None = None, /) -> list[Row]:
        """They take the place of the sentence, unless each is about time: then they follow it."""


class Worded(Protocol):
    """Says more of itself in a policy document than its sentence."""

    def clauses(self, definition: Definition, step: Step, directory: Directory | None = None, /) -> Iterator[Clause]:
        """Where the ways out lead that no clause speaks of is said behind them."""


class Panelled(Protocol):
    """UI: a uiSchema over SCHEMA, for the form in which a designer fills in its settings."""

    UI: dict[str, Any]


class Offering(Protocol):
    """MORE: ways out that it has only where they lead somewhere."""

    MORE: tuple[str, ...]


class Notated(Protocol):
    """Has a symbol of its own in BPMN; other steps are tasks there, and those that look like a diamond gateways.

    BPMN: the element's name. LEFT_BY: the event at its edge, timer or error, by the way out that is left on it.
    """

    BPMN: str
    LEFT_BY: dict[str, str]


def role(kind: object) -> str:
    """Of the type that a step of a draft says it has; of one that there is not, that of a step."""
    return step_types()[kind].ROLE if isinstance(kind, str) and kind in step_types() else "step"


def asks_form(step: Step, *, deciding: bool | None = None) -> bool:
    """Whether somebody is asked to fill in a form there. deciding: beside a decision, or without one."""
    kind = some(__name__, Forms).get(step.type)
    return kind is not None and kind.has_form(step) and deciding in (None, kind.DECIDES)


def step_types() -> Mapping[str, StepType]:
    return plugins(__name__, StepType)
