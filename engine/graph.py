"""The flow as a directed graph: where outcomes lead, what is reached, and circles that nobody stops."""

from collections.abc import Callable, Iterable, Iterator

from engine.definition import Definition, Step
from engine.problems import Problem, problem
from engine.registry import some
from engine.steps import Timed, Waits, role
from engine.timers import DEFAULT, at_least

Ways = dict[str, list[str]]

# A circle that only the clock drives goes round this often at most.
SHORTEST_TURN = "PT1M"


def _any_way(_: Step, __: str) -> bool:
    return True


def ways(definition: Definition, taken: Callable[[Step, str], bool] = _any_way) -> Ways:
    """By step, where its outcomes lead, of those that are `taken`; what leads nowhere is left out."""
    steps = definition.steps
    return {
        key: [to for outcome, to in step.outcomes.items() if to in steps and taken(step, outcome)]
        for key, step in steps.items()
    }


def reach(begin: Iterable[str], onward: Ways) -> set[str]:
    seen, ahead = set(begin), list(begin)
    while ahead:
        for key in onward[ahead.pop()]:
            if key not in seen:
                seen.add(key)
                ahead.append(key)
    return seen


def flow_problems(definition: Definition) -> Iterator[Problem]:
    """Every step can be reached from the start and can reach an end, and no circle goes round by itself."""
    yield from _ends(definition)
    yield from _circles(definition)
    yield from _fast_circles(definition)


def _ends(definition: Definition) -> Iterator[Problem]:
    steps, onward = definition.steps, ways(definition)
    backward: Ways = {key: [] for key in steps}
    for key, targets in onward.items():
        for target in targets:
            backward[target].append(key)
    ends = [key for key, step in steps.items() if role(step.type) == "end"]
    if not ends:
        yield problem("no_end", None, "/steps")
    reached = reach([definition.start] if definition.start in steps else [], onward)
    finishing = reach(ends, backward)
    for key in steps:
        if key not in reached:
            yield problem("unreached", key)
        elif ends and key not in finishing:
            yield problem("endless_step", key)


def _circles(definition: Definition) -> Iterator[Problem]:
    onward = ways(definition, lambda step, outcome: not _waits(step, outcome))
    ahead = {key: reach(onward[key], onward) for key in onward}
    told: set[str] = set()
    for key, step in definition.steps.items():
        if key in ahead[key] and key not in told:
            circle = {other for other in ahead[key] if key in ahead[other]}
            told |= circle
            steps = [other for other in onward if other in circle]
            yield problem("flow_circle", step.id, "/outcomes", steps=steps, count=len(steps))


def _waits(step: Step, outcome: str) -> bool:
    """Whether somebody had to act before this outcome is taken."""
    waiting = some("engine.steps", Waits)
    return step.type in waiting and waiting[step.type].waits(step, outcome)


def _fast_circles(definition: Definition) -> Iterator[Problem]:
    """A step that a time limit may lead back to, without the requester being asked in between."""
    timed = some("engine.steps", Timed)
    onward = ways(definition, lambda step, _: step.id != definition.start)
    for key, step in definition.steps.items():
        if step.type not in timed or key not in reach(onward[key], onward):
            continue
        policy = step.settings.get("timeout") or DEFAULT
        for field in ("after", "within"):
            length = policy.get(field)
            if length is not None and not (isinstance(length, str) and at_least(length, SHORTEST_TURN)):
                yield problem("fast_circle", key, f"/timeout/{field}")
