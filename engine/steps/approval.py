"""Asks people to decide, level by level; the heart of the product. Levels are in engine/approvals.py."""

from collections.abc import Iterator
from typing import Any

from engine import decisions, escalation, human_tasks
from engine.approvals import (
    ask_again,
    barred,
    due_levels,
    level_of,
    missing,
    open_level,
    rule_holds,
    signed_at,
    still_due,
)
from engine.card_rows import Row, in_words, level_rows, limit_rows
from engine.clauses import Clause, form_clauses, limit_clauses
from engine.commands import Command, Decide, Refused, Submit
from engine.context import Run
from engine.definition import Definition, Level, Step
from engine.effects import CloseTasks
from engine.events import By
from engine.events.signatures import ApprovedByRule
from engine.filled import Known, after_form
from engine.level_clauses import level_clauses, signing_clauses
from engine.people import Directory
from engine.problems import Problem, check_rule, check_timeout, check_who, may_time_out, problem
from engine.reasons import Reason, reason, said
from engine.settings import AUTOMATIC, COMMENT, COVERS, FORM, LEVELS, ON_CHANGE, READING, RESUBMIT, TIMEOUT
from engine.signatures import signers
from engine.state import Token, Wait
from engine.stops import Stop
from engine.who import who_text
from engine.wording.labels import level_name
from engine.wording.values import remark

LABEL, ICON, SHAPE = "Approval", "stamp", "box"
ROLE = "step"
BPMN = "userTask"
LEFT_BY = {"timed_out": "timer"}
DECIDES = True
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["levels"],
    "properties": {
        "reading": READING,
        "levels": LEVELS,
        "automatic": AUTOMATIC,
        "covers": COVERS,
        "on_change": ON_CHANGE,
        "same_person_twice": {"title": "One person may sign several levels", "type": "boolean", "default": False},
        "resubmit": RESUBMIT,
        "comment": COMMENT,
        "form": FORM,
        "timeout": TIMEOUT,
    },
}
MORE = ("changes_requested", "timed_out")


def outcomes(step: Step) -> list[str]:
    """Which outcomes need somewhere to go. Asking for changes and timing out are offered where they lead somewhere."""
    optional = [outcome for outcome in MORE if outcome in step.outcomes]
    if may_time_out(step) and "timed_out" not in optional:
        optional.append("timed_out")
    return ["approved", "rejected", *optional]


def sentence(step: Step, directory: Directory | None = None) -> str:
    names = [level.get("name") or who_text(level["who"], directory) for level in step.settings.get("levels", [])]
    if len(names) <= 1 or step.settings.get("reading") == "highest":
        return " or ".join(names)
    return ", then ".join(names)


def rows(definition: Definition, step: Step, directory: Directory | None = None) -> list[Row]:
    """A row per level, then what approves by itself, then the time limit."""
    automatic = step.settings.get("automatic")
    by_rule = [Row(f"when {in_words(definition, automatic['when'])}", lead="By itself ")] if automatic else []
    return [*level_rows(definition, step, directory), *by_rule, *limit_rows(step, directory)]


def clauses(definition: Definition, step: Step, directory: Directory | None = None) -> Iterator[Clause]:
    yield from level_clauses(definition, step, directory)
    yield from signing_clauses(definition, step)
    if has_form(step):
        yield Clause("Whoever decides fills in a form, too")
        yield from form_clauses(definition, step)
    yield from limit_clauses(definition, step, directory)


def check(definition: Definition, step: Step) -> Iterator[Problem]:
    yield from _check_ids(step)
    yield from _check_fields(definition, step)
    for number, level in enumerate(step.settings.get("levels", [])):
        if "when" in level:
            yield from check_rule(definition, step, f"/levels/{number}/when", level["when"])
        yield from check_who(definition, step, f"/levels/{number}/who", level["who"])
    if "automatic" in step.settings:
        yield from check_rule(definition, step, "/automatic/when", step.settings["automatic"]["when"])
    yield from check_timeout(step)


def _check_ids(step: Step) -> Iterator[Problem]:
    ids = [level["id"] for level in step.settings["levels"]]
    for number, level in enumerate(ids):
        if level in ids[:number]:
            yield problem("level_twice", step.id, f"/levels/{number}/id", id=level)


def _check_fields(definition: Definition, step: Step) -> Iterator[Problem]:
    known = definition.data_schema.get("properties", {})
    for setting in ("covers", "on_change"):
        for name in step.settings.get(setting, ()):
            if name not in known:
                yield problem("covers_no_field", step.id, f"/{setting}", name=name)


def has_form(step: Step) -> bool:
    return "form" in step.settings


def waits(step: Step, outcome: str) -> bool:
    by_itself = "automatic" in step.settings or step.settings.get("resubmit") == "keep"
    return outcome != "approved" or not by_itself


def known_after(definition: Definition, step: Step, outcome: str, before: Known) -> Known:
    if not has_form(step):
        return before
    answered = outcome == "approved" and _always_answered(step)
    return after_form(definition, step, before, answered=answered)


def _always_answered(step: Step) -> bool:
    """Whether nobody can pass without having filled in the form."""
    policy = step.settings.get("timeout") or {}
    ends = [policy.get("then"), policy.get("finally")]
    return waits(step, "approved") and not any(end == "approve" or isinstance(end, dict) for end in ends)


def known_at(definition: Definition, step: Step, _: str, before: Known) -> Known:
    """Levels are looked at again when the step's own form has changed the data."""
    return known_after(definition, step, "rejected", before)


def passes(token: Token) -> Command | None:
    task = token.wait.tasks[0] if token.wait and token.wait.tasks else None
    return Decide(task.id, task.assignee, "approved", "yes") if task else None


def enter(run: Run, token: Token) -> None:
    """Look at the levels: on arrival, and again whenever the data has changed under them."""
    if not _by_rule(run, token):
        _by_levels(run, token, due_levels(run.definition, token.step, run.state.data, run.now))


def _by_rule(run: Run, token: Token) -> bool:
    if not rule_holds(run.definition, token.step, run.state.data, run.now):
        return False
    automatic = run.step(token).settings["automatic"]
    rule = run.definition.rule(automatic["when"])
    human_tasks.close_rest(run, token, "cancelled", reason("rule_approves"))
    approved = ApprovedByRule(
        token.id,
        token.step,
        rule=automatic["when"],
        text=automatic["reason"],
        values=rule.reads(run.state.data),
        covers=decisions.covered(run, token),
    )
    run.emit(approved, by="rule")
    run.leave(token, "approved", by="rule", reason=said("stated", automatic["reason"]), approved=True)
    return True


def _by_levels(run: Run, token: Token, due: list[Level]) -> None:
    """Ask the first level that has not agreed yet; go on where all have. Raises Undecidable."""
    wait, asked = token.wait, still_due(run, token.step, due)
    if asked and wait and wait.level == asked[0]["id"] and ask_again(run, token, wait, asked):
        return
    if wait:
        human_tasks.close_rest(run, token, "cancelled", _why_closed(token, wait, due, asked))
    if asked:
        _open(run, token, asked)
    elif signed_at(run.counted, token.step):
        run.leave(token, "approved", reason=None, approved=True)
    else:
        raise Stop("no_level", step=token.step)


def _open(run: Run, token: Token, asked: list[Level]) -> None:
    """Ask the first of these levels; where all who may still sign it have, it is on record and not waited for."""
    waited_for = open_level(run, token, asked)
    if token.wait and not waited_for:
        human_tasks.close_rest(run, token, "cancelled", reason("enough"))
        _next_level(run, token, token.wait)


def _why_closed(token: Token, wait: Wait, due: list[Level], asked: list[Level]) -> Reason:
    level = wait.level
    if level in (one["id"] for one in asked):
        return reason("level_again", step=token.step, level=asked[0]["id"])
    return reason("enough") if level in (one["id"] for one in due) else reason("level_needless")


def resume(run: Run, token: Token, command: Decide | Submit) -> None:
    if not isinstance(command, Decide):
        raise Refused("asks_decision")
    wait, task = human_tasks.require_own(run, token, command.task, command.person)
    decisions.check(run, token, command)
    before = run.state.seq
    decided = decisions.decided(run, token, wait, task, command)
    words = remark({"reason": decided.reason, "comment": decided.comment})
    run.emit(decided, by="actor")
    run.want(CloseTasks([command.task], command.outcome, command.person, words))
    run.save()
    if command.outcome != "approved":
        human_tasks.close_rest(run, token, "cancelled", _decided(command))
        _leave(run, token, command.outcome, _why_ended(command.outcome, words))
    elif any(at > before for at in run.state.changed.values()):
        run.arrived.append(token.id)
    elif missing(token, run.counted) <= 0:
        human_tasks.close_rest(run, token, "cancelled", reason("enough"))
        _next_level(run, token, wait)


def _decided(command: Decide) -> Reason:
    rejects = command.outcome == "rejected"
    return reason("rejected_by", person=command.person) if rejects else reason("changes_by", person=command.person)


def _why_ended(outcome: str, words: str) -> Reason:
    if outcome != "rejected":
        return reason("changes_requested")
    return said("said", words) if words else reason("rejected")


def _next_level(run: Run, token: Token, wait: Wait) -> None:
    """The data is as it was when the levels were looked at, so those that were to come are those that come."""
    levels = [level_of(run.definition, token.step, level) for level in wait.rest]
    asked = still_due(run, token.step, levels)
    if asked:
        _open(run, token, asked)
    else:
        run.leave(token, "approved", reason=None, approved=True)


def fire(run: Run, token: Token) -> None:
    then, wait = human_tasks.time_up(run, token), token.wait
    if then is None or wait is None or wait.level is None:
        return
    if then == "escalate":
        if escalation.escalate(run, token, wait, _name(run, token, wait), **_seats(run, token, wait)):
            return
        then = human_tasks.last_action(run, token)
    if then == "approve":
        human_tasks.finish(run, token, wait, then, level=wait.level, covers=decisions.covered(run, token))
        _next_level(run, token, wait)
        return
    human_tasks.finish(run, token, wait, then)
    _leave(run, token, "timed_out" if then == "timed_out" else "rejected", reason("timeout"), by="timer")


def hand_on(run: Run, token: Token, person: str) -> None:
    wait = token.wait
    if wait:
        name = _name(run, token, wait)
        escalation.hand_on(run, token, person, name, "approval", **_seats(run, token, wait))


def _name(run: Run, token: Token, wait: Wait) -> str:
    return level_name(level_of(run.definition, token.step, wait.level or ""))


def _seats(run: Run, token: Token, wait: Wait) -> dict[str, Any]:
    """How many signatures are missing, and who cannot give one of them."""
    have = signers(run.counted, token.step, wait.level or "")
    return {"need": missing(token, run.counted), "barred": {*barred(run, token, wait.level or ""), *have}}


def _leave(run: Run, token: Token, outcome: str, why: Reason, by: By = "system") -> None:
    """Back to whoever asked, with the signatures that hold on; any other way out lets go of those that were kept.

    What lies ahead was signed in an earlier round: that holds on only where it was kept before.
    """
    facts: dict[str, Any] = {"reason": why, "keep": []}
    if outcome == "changes_requested":
        if run.step(token).settings.get("resubmit") == "keep":
            behind = {token.step, *token.keep, *(passed.step for passed in token.trail)}
            facts["keep"] = sorted(behind & {signature.step for signature in run.state.signed})
        else:
            facts["forget"] = True
    run.leave(token, outcome, by=by, **facts)
