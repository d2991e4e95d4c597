"""How an instance ends: what is open is closed, what was done is compensated in reverse, then it is over."""

from typing import Any

from engine.commands import Cancel, EffectFailed, EffectSucceeded, Refused, Withdraw
from engine.context import Run
from engine.effects import Call
from engine.human_tasks import close_rest
from engine.state import Token
from engine.stops import Stop

# Ends with these statuses undo what was done unless they say otherwise.
UNDONE_AFTER = {"rejected", "cancelled", "failed"}
UNDO_ATTEMPTS, UNDO_FIRST_SECONDS = 5, 120.0


def stop(run: Run, command: Withdraw | Cancel) -> None:
    """Withdrawn by the requester or cancelled by an admin. A call under way is waited for, so it can be undone."""
    if run.state.ended:
        raise Refused("ended", f"This request has ended: {run.state.ended.replace('_', ' ')}.")
    token = run.state.tokens[0]
    run.at = token.id
    if run.state.closing:
        _abandon(run, token, command)
        return
    if isinstance(command, Withdraw) and command.person != run.state.requester:
        raise Refused("not_yours", "Only the person who asked can withdraw a request.")
    kind = "Withdrawn" if isinstance(command, Withdraw) else "Cancelled"
    run.emit(kind, {"reason": command.reason or kind.lower()}, by="actor")
    for open_token in run.state.tokens:
        close_rest(run, open_token, "cancelled", kind.lower())
    run.save()
    if token.effect is None:
        finish(run, token, "cancelled")


def _abandon(run: Run, token: Token, command: Withdraw | Cancel) -> None:
    """An admin ends a request whose compensation is stuck. It ends as was decided, and what remains is named."""
    if isinstance(command, Withdraw) or token.blocked is None:
        raise Refused("closed", "This request is being closed already.")
    steps = [undo.step for undo in reversed(run.state.undo)]
    told = {**run.place(token), "steps": steps, "reason": command.reason or "cancelled"}
    run.emit("CompensationAbandoned", told, by="actor")
    end(run, token, run.state.closing or "cancelled", remains=steps)


def finish(run: Run, token: Token, status: str, undo: bool | None = None) -> None:
    """End with a status, after the compensations if it undoes. undo: what the end says, None for the status's own."""
    undoes = status in UNDONE_AFTER if undo is None else undo
    if not undoes or not run.state.undo:
        end(run, token, status)
        return
    steps = [done.step for done in reversed(run.state.undo)]
    run.emit("CompensationStarted", {**run.place(token), "status": status, "steps": steps})
    run.save()
    undo_next(run, token)


def undo_next(run: Run, token: Token) -> None:
    """The newest compensation that is left; without one it is over. Raises Stop where its call cannot be made."""
    if not run.state.undo:
        end(run, token, "rolled_back")
        return
    undo = run.state.undo[-1]
    if undo.call is None:
        name = run.definition.steps[undo.step].name
        raise Stop("undo_incomplete", f"“{name}” cannot be undone: {undo.lacks}", step=undo.step, lacks=undo.lacks)
    effect = run.new_id()
    run.emit("UndoRequested", {"token": token.id, "step": undo.step, "effect": effect, "call": undo.call})
    run.want(Call(effect, "undo", undo.step, undo.call, UNDO_ATTEMPTS, UNDO_FIRST_SECONDS))


def undone(run: Run, command: EffectSucceeded | EffectFailed) -> None:
    token, undo = run.state.tokens[0], run.state.undo[-1]
    run.at = token.id
    place = {"token": token.id, "step": undo.step, "effect": command.effect}
    if isinstance(command, EffectFailed):
        name = run.definition.steps[undo.step].name
        told = {"code": "undo_failed", "params": {"step": undo.step, "error": command.error}}
        told["reason"] = f"“{name}” could not be undone: {command.error}"
        run.emit("CompensationFailed", {**place, "error": command.error, **told})
        return
    run.emit("CompensationDone", place)
    run.save()
    undo_next(run, token)


def end(run: Run, token: Token, status: str, remains: list[str] | None = None) -> None:
    data: dict[str, Any] = {**run.place(token), "status": status}
    if run.state.reason:
        data["reason"] = run.state.reason
    if remains:
        data["remains"] = remains
    run.emit("InstanceEnded", data)
    run.tell("decided", run.state.requester, data["step"], status=status, reason=run.state.reason)
