"""How a test's run differs from what the test expects, the first difference of each kind."""

from collections.abc import Iterator, Sequence
from typing import Any

from designer.trial.play import Refusal, Turn
from designer.trial.script import Case, Expected
from designer.trial.trace import asked, followed, standing
from engine import json_text
from engine.definition import Definition
from engine.reasons import Reason, reason
from engine.state import State
from engine.wording.values import clean, plain_name, value

NOTHING = "nothing"


def failures(definition: Definition, case: Case, turns: Sequence[Turn]) -> Iterator[Reason]:
    last = turns[-1]
    if last.refused and last.move is None:
        yield reason("test_start", name=case.name, why=_why(last.refused))
    elif last.refused:
        yield reason("test_move", name=case.name, number=len(turns) - 1, why=_why(last.refused))
    elif last.state:
        yield from _differences(definition, case, turns, last.state)


def _differences(definition: Definition, case: Case, turns: Sequence[Turn], state: State) -> Iterator[Reason]:
    expect = case.expect
    if expect.status not in (None, state.status):
        stuck = state.blocked
        if stuck:
            yield reason("test_stuck", name=case.name, why=Reason(stuck.code, stuck.params))
        else:
            told = plain_name(expect.status or "")
            yield reason("test_status", name=case.name, expected=told, status=state.status)
    if expect.step is not None and expect.step not in (here := standing(turns)):
        yield reason("test_step", name=case.name, steps=[expect.step], others=here)
    yield from _lists(definition, expect, turns, case.name)
    for field, wanted in (expect.data or {}).items():
        if not _same(wanted, state.data.get(field)):
            got = state.data.get(field)
            yield reason("test_data", name=case.name, field=field, expected=_told(wanted), got=_told(got))


def _lists(definition: Definition, expect: Expected, turns: Sequence[Turn], name: str) -> Iterator[Reason]:
    if expect.path is not None:
        got = [f"{step}:{outcome}" for step, outcome in followed(definition, turns)]
        if parted := _parted(expect.path, got):
            number, wanted, found = parted
            yield reason("test_path", name=name, number=number, expected=wanted, got=found)
    if expect.asked is not None and (parted := _parted(expect.asked, list(asked(turns)))):
        number, wanted, found = parted
        yield reason("test_asked", name=name, number=number, expected=wanted, got=found)


def _parted(wanted: Sequence[str], got: Sequence[str]) -> tuple[int, str, str] | None:
    """Where two lists begin to differ, counted from 1, and what stands there in each."""
    for number in range(max(len(wanted), len(got))):
        one = wanted[number] if number < len(wanted) else NOTHING
        other = got[number] if number < len(got) else NOTHING
        if one != other:
            return number + 1, clean(one), clean(other)
    return None


def _same(wanted: Any, got: Any) -> bool:
    return json_text.canonical(wanted) == json_text.canonical(got)


def _told(given: Any) -> str:
    return NOTHING if given is None else value(given)


def _why(refused: Refusal) -> Reason:
    """Of a form, the first field that is wrong."""
    for pointer, why in refused.errors:
        return reason("test_field", pointer=pointer, why=why)
    return refused.reason
