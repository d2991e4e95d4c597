"""Quick fixes of the flow: outcomes that lead nowhere, steps that nothing leads to, where it begins and ends."""

from collections.abc import Iterator

from designer.edits.delete import Delete, also_removed
from designer.edits.draft_flow import DraftFlow, name_of, outcomes_of, steps_of
from designer.edits.insert import Insert
from designer.edits.outcomes import Retarget
from designer.edits.settings import Set
from designer.edits.step_types import new_step, offered
from designer.edits.steps import Replace
from designer.mends import Json, Mend, Mender
from engine.problems import Problem
from engine.registry import some
from engine.steps import Forms, role, step_types
from engine.wording.values import clean, plain_name, quote

AGAIN = "changes_requested"
HOUR = "PT1H"
WELL = ("approved", "completed")


def lead(problem: Problem, document: Json) -> Iterator[Mend]:
    """To the end that says what the outcome says, back to the beginning, or to an end of its own."""
    step, outcome = str(problem.step), _outcome(problem)
    if problem.code == "outcome_nowhere" and _optional(document, step, outcome):
        yield _remove(step, outcome)
    if outcome == AGAIN and document.get("start") in steps_of(document):
        yield _leads(step, outcome, str(document["start"]), "Send it back to", document)
    for end in _ends(document, outcome):
        yield _leads(step, outcome, end, "Send it to End:", document)
    if kind := _kind("end"):
        yield Mend(f"Add an end for {quote(plain_name(outcome))}", (Insert(f"{step}:{outcome}", kind),))


def remove_outcome(problem: Problem, _: Json) -> Iterator[Mend]:
    yield _remove(str(problem.step), str(problem.params["given"]))


def remove_step(problem: Problem, document: Json) -> Iterator[Mend]:
    """With what only it leads to. Not where some step leads to it that nothing leads to itself."""
    flow, step = DraftFlow(document), str(problem.step)
    if any(source.step != step for source in flow.sources(step)):
        return
    more = len(also_removed(flow, step))
    also = f" and {more} after it" if more else ""
    yield Mend(f"Remove {quote(flow.name(step))}{also}", (Delete(step),))


def add_end(_: Problem, document: Json) -> Iterator[Mend]:
    """On the first outcome that leads nowhere yet."""
    steps, kind = steps_of(document), _kind("end")
    for key, step in steps.items():
        for outcome in offered(key, step):
            if kind and outcomes_of(step).get(outcome) not in steps:
                yield Mend(f"Add an end after {quote(name_of(step, key))}", (Insert(f"{key}:{outcome}", kind),))
                return


def finish(problem: Problem, document: Json) -> Iterator[Mend]:
    """A way out of the circle, where one of its outcomes is called like an end."""
    step = str(problem.step)
    for outcome in outcomes_of(steps_of(document)[step]):
        for end in _ends(document, outcome)[:1]:
            yield _leads(step, outcome, end, f"When {plain_name(outcome)}, go to End:", document)


def begin(_: Problem, document: Json) -> Iterator[Mend]:
    starts = [key for key, step in steps_of(document).items() if role(step.get("type")) == "start"]
    for key in starts:
        yield Mend(f"Begin with {quote(_name(document, key))}", (Set("/start", key),))
    if not starts and (kind := _kind("start")):
        yield Mend("Put a request form in front", (Insert("", kind),))


def form_step(problem: Problem, document: Json) -> Iterator[Mend]:
    """The kind of step that asks for data and for no decision."""
    filling = [kind for kind, one in some("engine.steps", Forms).items() if not one.DECIDES and role(kind) == "step"]
    own = "schema" in (steps_of(document)[str(problem.step)].get("form") or {})
    for kind in filling[:1]:
        if own:
            yield Mend(f"Make it a {step_types()[kind].LABEL.lower()} step", (Replace(str(problem.step), kind),))
    yield Mend(f"Remove {quote(_name(document, str(problem.step)))}", (Delete(str(problem.step), keep=True),))


def slower(problem: Problem, _: Json) -> Iterator[Mend]:
    yield Mend("Wait an hour", (Set(f"/steps/{problem.step}{problem.field}", HOUR),))


def _outcome(problem: Problem) -> str:
    return str(problem.params.get("outcome") or problem.field.removeprefix("/outcomes/"))


def _remove(step: str, outcome: str) -> Mend:
    return Mend(f"Remove the way out {quote(plain_name(outcome))}", (Retarget(step, outcome),))


def _leads(step: str, outcome: str, target: str, words: str, document: Json) -> Mend:
    return Mend(f"{words} {clean(_name(document, target), 60)}", (Retarget(step, outcome, target),))


def _ends(document: Json, outcome: str) -> list[str]:
    """Those that end well only for an outcome that does; first the one that a new one would be like."""
    kind, steps = _kind("end"), steps_of(document)
    wanted = new_step(kind, outcome).get("status") if kind else None
    ends = [key for key, step in steps.items() if role(step.get("type")) == "end"]
    meant = [key for key in ends if wanted in WELL or steps[key].get("status") not in WELL]
    return sorted(meant, key=lambda key: steps[key].get("status") != wanted)


def _optional(document: Json, key: str, outcome: str) -> bool:
    step = steps_of(document)[key]
    rest = {way: to for way, to in outcomes_of(step).items() if way != outcome}
    return outcome not in offered(key, {**step, "outcomes": rest})


def _kind(wanted: str) -> str:
    """The type of step that has that part in a flow."""
    return next((name for name, kind in step_types().items() if wanted == kind.ROLE), "")


def _name(document: Json, key: str) -> str:
    return name_of(steps_of(document)[key], key)


MENDS: dict[str, Mender] = {
    "outcome_missing": lead,
    "branch_missing": lead,
    "otherwise_missing": lead,
    "outcome_nowhere": lead,
    "timed_out_missing": lead,
    "outcome_strange": remove_outcome,
    "outcome_of_end": remove_outcome,
    "unreached": remove_step,
    "no_end": add_end,
    "endless_step": finish,
    "no_start": begin,
    "start_no_form": begin,
    "second_start": form_step,
    "fast_circle": slower,
}
