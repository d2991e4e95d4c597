"""Whatever the document, the state, the command or the answer: done, refused or stopped, and never anything else."""

from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.commands import (
    Cancel,
    Command,
    Correct,
    Decide,
    EffectFailed,
    EffectSucceeded,
    FireTimer,
    MarkUndone,
    Refused,
    Retry,
    Start,
    Submit,
    Withdraw,
)
from engine.definition import Definition
from engine.interpreter import World, advance, fold
from engine.state import State
from engine.stops import MAX_EFFECTS
from tests.engine.cast import INSTANCE, NOW, directory, flow

MOST_EVENTS = 100
PEOPLE = ("ann", "ben", "cleo", "dana", "fay", "gus", "hal", "nobody", "")
DOCUMENT = flow(
    {
        "size": {
            "type": "decision",
            "name": "Size",
            "branches": [{"outcome": "large", "when": "amount > 500", "set": {"item": "large", "reason": "size"}}],
            "outcomes": {"large": "order", "otherwise": "tell"},
        },
        "order": {
            "type": "action",
            "name": "Order",
            "call": {"url": "https://shop.test/{item}", "headers": {"X": "{item}"}, "body": {"a": "{amount}"}},
            "undo": {"url": "https://shop.test/{result.id}"},
            "retry": {"attempts": 2, "first": "PT1M"},
            "save": "answer",
            "outcomes": {"done": "fill", "failed": "failed"},
        },
        "fill": {
            "type": "form",
            "name": "Fill",
            "who": [{"manager": 1}, {"field": "item"}],
            "form": {"schema": {"type": "object", "properties": {"note": {"type": "string"}}}},
            "timeout": {"after": "P1D", "remind": ["PT1H"], "then": "timed_out"},
            "outcomes": {"submitted": "approval", "timed_out": "rejected"},
        },
        "approval": {
            "type": "approval",
            "name": "Approval",
            "levels": [
                {"id": "manager", "name": "Manager", "when": "amount > 1", "who": [{"manager": 1}]},
                {"id": "board", "name": "Board", "who": [{"group": "board"}], "policy": {"quorum": 2}},
            ],
            "automatic": {"when": "amount < 0", "reason": "nothing"},
            "timeout": {"after": {"field": "limit"}, "then": "escalate", "within": "P1D", "finally": "reject"},
            "outcomes": {"approved": "tell", "rejected": "rejected", "changes_requested": "request"},
        },
        "tell": {
            "type": "notify",
            "name": "Tell",
            "who": [{"requester": True}],
            "subject": "{item}",
            "message": "{amount}",
            "outcomes": {"sent": "approved"},
        },
    }
)

scalars = st.none() | st.booleans() | st.integers() | st.decimals(-10, 10, places=2) | st.text(max_size=8)
words = st.sampled_from(["P9000Y", "P1D", "order", "tell", "size", "amount > 1", "{item}", "..", "all", "board", "ann"])
plain = scalars | words
odd = st.recursive(plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3))
answers = odd | st.just({"id": "A1"}) | st.just({"id": ".."})
fields = {"amount": st.integers(-5, 1000), "item": st.sampled_from(["desk", "fay"]), "limit": st.just("P1D")}
data = st.fixed_dictionaries(fields) | st.fixed_dictionaries({}, optional=dict.fromkeys(fields, plain))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


PLACES = list(places(DOCUMENT))
STEPS = ["size", "order", "fill", "approval", "approval"]


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """A good document, or one with up to three values that are anything or gone."""
    document = deepcopy(DOCUMENT)
    document["steps"]["request"]["outcomes"]["submitted"] = draw(st.sampled_from(STEPS))
    for path in draw(st.just([]) | st.lists(st.sampled_from(PLACES), max_size=3)):
        holder: Any = document
        try:
            for key in path[:-1]:
                holder = holder[key]
            if draw(st.booleans()):
                holder[path[-1]] = draw(odd)
            else:
                del holder[path[-1]]
        except (KeyError, TypeError, IndexError):
            continue
    try:
        return Definition(document)
    except (KeyError, TypeError, AttributeError):
        assume(False)
        raise


@st.composite
def commands(draw: st.DrawFn, state: State) -> Command:
    waits = [token.wait for token in state.tokens if token.wait]
    tasks = [task for wait in waits for task in wait.tasks]
    timers = [wait.timer for wait in waits if wait.timer]
    calls = [call for call in (state.undoing, *(token.effect for token in state.tokens)) if call]
    person = draw(st.sampled_from(PEOPLE))
    likely: list[st.SearchStrategy[Any]] = [
        st.just(Retry()),
        st.builds(Cancel, st.text(max_size=3)),
        st.builds(Withdraw, st.sampled_from(PEOPLE)),
        st.builds(Correct, st.just(person), data, st.sampled_from(["", "why"])),
        st.builds(MarkUndone, st.sampled_from(["", "why"])),
    ]
    if tasks:
        task = draw(st.sampled_from(tasks))
        outcome = st.sampled_from(["approved", "approved", "rejected", "changes_requested", "timed_out", ""])
        likely += [st.builds(Decide, st.just(task.id), st.just(task.assignee), outcome, st.just("why"), data)] * 4
        likely += [st.builds(Submit, st.just(task.id), st.just(task.assignee), data | odd)] * 3
        likely += [st.builds(Decide, st.just(task.id), st.just(person), outcome)]
    if timers:
        likely += [st.just(FireTimer(timers[0]))] * 3
    if calls:
        likely += [st.builds(EffectSucceeded, st.just(calls[0]), answers)] * 4
        likely += [st.builds(EffectFailed, st.just(calls[0]), st.text(max_size=5))]
    command: Command = draw(st.one_of(likely))
    return command


@given(definitions(), data, st.data())
@settings(max_examples=150, deadline=None)
def test_only_refusals_leave_and_what_happened_gives_the_state(
    definition: Definition, given_data: dict[str, Any], more: st.DataObject
) -> None:
    world = World(NOW, directory())
    state, log = None, []
    command: Command = Start(INSTANCE, "ann", given_data, "A thing", "test", 1, "00")
    for _ in range(12):
        try:
            done = advance(definition, state, command, world)
        except Refused:
            if state is None:
                return
        else:
            state = done.state
            log += [(event.type, event.data) for event in done.events]
            assert len(done.events) <= MOST_EVENTS
            assert len(done.effects) <= MAX_EFFECTS
            assert fold(log) == state
            assert msgspec.convert(msgspec.to_builtins(state, builtin_types=(Decimal,)), State) == state
            if state.ended:
                return
        command = more.draw(commands(state))


@given(data, st.data())
@settings(max_examples=100, deadline=None)
def test_a_state_of_another_version_is_refused_or_stops(given_data: dict[str, Any], more: st.DataObject) -> None:
    """Its steps may be gone, and its tokens anywhere."""
    world = World(NOW, directory())
    definition = Definition(DOCUMENT)
    state = advance(definition, None, Start(INSTANCE, "ann", given_data, "A thing", "test", 1, "00"), world).state
    for token in state.tokens:
        token.step = more.draw(st.sampled_from(["gone", "approved", "order", "approval", "fill", "request"]))
    if more.draw(st.booleans()):
        state.tokens = []
    with suppress(Refused):
        advance(definition, state, more.draw(commands(state)), world)
