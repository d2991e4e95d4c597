"""What turns tell besides the state they lead to: the way taken, and everything that was asked."""

from collections.abc import Iterable, Iterator, Sequence

from designer.trial.play import Turn
from engine.definition import Definition
from engine.events import Emitted
from engine.events.instance import InstanceEnded, InstanceStarted
from engine.events.signatures import LevelOpened
from engine.events.steps import StepCompleted
from engine.events.tasks import TaskOpened

Edge = tuple[str, str]


def emitted(turns: Iterable[Turn]) -> Iterator[Emitted]:
    return (one for turn in turns for one in turn.events)


def followed(definition: Definition, turns: Iterable[Turn]) -> Iterator[Edge]:
    """The ways out that were taken, in turn, as (step, outcome)."""
    for one in emitted(turns):
        match one.event:
            case InstanceStarted():
                yield definition.start, "submitted"
            case StepCompleted(step=step, outcome=outcome):
                yield step, outcome


def asked(turns: Iterable[Turn]) -> Iterator[str]:
    """Levels as STEP/LEVEL, forms as STEP, in turn."""
    for one in emitted(turns):
        match one.event:
            case LevelOpened(step=step, level=level):
                yield f"{step}/{level}"
            case TaskOpened(step=step):
                yield step


def standing(turns: Sequence[Turn]) -> list[str]:
    """The steps where the request is, or the one where it ended."""
    state = turns[-1].state
    if state is None or not state.ended:
        return [token.step for token in state.tokens] if state else []
    return [one.event.step for one in emitted(turns) if isinstance(one.event, InstanceEnded)]
