"""Step types, one file each: what a file states is what the designer, the check, the interpreter and the words need.

Every type is a StepType; the protocols beside it are for what only some types do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from engine.registry import plugins

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.commands import Decide, EffectFailed, EffectSucceeded, Submit
    from engine.context import Run
    from engine.definition import Definition, Step
    from engine.people import Directory
    from engine.problems import Problem
    from engine.state import Token


class StepType(Protocol):
    """ICON: a name in static/icons.svg. SHAPE: box, diamond, circle or bar, drawn around the icon.

    SCHEMA: of the step's own settings, as JSON Schema; it may refer to what engine/settings.py shares.
    """

    LABEL: str
    ICON: str
    SHAPE: str
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


class Timed(Protocol):
    """Arms a timer."""

    def fire(self, run: Run, token: Token, /) -> None: ...


class Calls(Protocol):
    """Wants an effect whose answer it waits for."""

    def answered(self, run: Run, token: Token, command: EffectSucceeded | EffectFailed, /) -> None: ...


class Begun(Protocol):
    """Begins with settings of its own where a designer puts it on a way out of another step."""

    def begin(self, outcome: str, /) -> dict[str, Any]: ...


def step_types() -> Mapping[str, StepType]:
    return plugins(__name__, StepType)
