"""A person's decision: whether it can be taken, and what the record says of it."""

from typing import Any

from engine import pointers
from engine.approvals import barred
from engine.commands import Decide, Refused
from engine.context import Run
from engine.events.signatures import TaskDecided
from engine.human_tasks import answers
from engine.reasons import reason
from engine.signatures import covers, signers, stale
from engine.state import OpenTask, Token, Wait

DECISIONS = ("approved", "rejected", "changes_requested")


def check(run: Run, token: Token, command: Decide) -> None:
    """Raises Refused."""
    _may_decide(run, token, command)
    _has_seen(run, token, command)


def _may_decide(run: Run, token: Token, command: Decide) -> None:
    step = run.step(token)
    if command.person in run.state.askers:
        raise Refused("own_request")
    if command.through not in ("", command.person) and command.through in _concerned(run, token):
        raise Refused("own_key", person=command.through)
    if command.outcome not in DECISIONS or command.outcome not in step.outcomes:
        offered = [outcome for outcome in DECISIONS if outcome in step.outcomes]
        raise Refused("outcome", given=command.outcome, offered=offered)
    rule = step.settings.get("comment", "required_on_reject")
    needs_words = rule == "required" or (rule == "required_on_reject" and command.outcome != "approved")
    if needs_words and not (command.comment.strip() or command.reason.strip()):
        raise Refused("comment")


def _concerned(run: Run, token: Token) -> set[str]:
    """Who asked for this or has signed it."""
    level = token.wait.level if token.wait else None
    return {*barred(run, token, level or ""), *signers(run.counted, token.step, level or "")}


def _has_seen(run: Run, token: Token, command: Decide) -> None:
    """A decision is about what was on the screen. Raises Refused, naming what changed since."""
    if command.seen is None:
        return
    if not 0 < command.seen <= run.state.seq:
        raise Refused("seen")
    changed = stale(run.step(token), run.state, command.seen)
    if changed:
        raise Refused("changed", [(pointers.join("", name), reason("field_changed")) for name in changed])


def decided(run: Run, token: Token, wait: Wait, task: OpenTask, command: Decide) -> TaskDecided:
    """Raises Refused where the answers are not good."""
    asks = command.outcome == "approved" and "form" in run.step(token).settings
    values = answers(run, token, command.values) if asks else {}
    return TaskDecided(
        token.id,
        token.step,
        task=command.task,
        level=wait.level or "",
        person=command.person,
        on_behalf=None,
        outcome=command.outcome,
        comment=command.comment,
        seen=run.state.seq if command.seen is None else command.seen,
        need=wait.need,
        covers=covered(run, token, values),
        reason=command.reason,
        through=task.through,
        values=values,
        files=command.files,
        metadata=command.metadata,
    )


def covered(run: Run, token: Token, values: dict[str, Any] | None = None) -> dict[str, str | None]:
    return covers(run.step(token), run.state, values or {})
