"""How an instance ends: what is open is closed, what was done is undone in reverse, then it is over."""

from engine.commands import Cancel, EffectFailed, EffectSucceeded, Refused, Withdraw
from engine.context import Run
from engine.effects import Call
from engine.human_tasks import close_rest
from engine.state import Token

UNDONE_AFTER = {"rejected", "cancelled", "failed"}
UNDO_ATTEMPTS, UNDO_FIRST_SECONDS = 5, 120.0


def stop(run: Run, command: Withdraw | Cancel) -> None:
    """Withdrawn by the requester or cancelled by an admin. A call under way is waited for, so it can be undone."""
    if run.state.ended:
        raise Refused("ended", f"This request has ended: {run.state.ended.replace('_', ' ')}.")
    if run.state.closing:
        raise Refused("closed", "This request is being closed already.")
    if isinstance(command, Withdraw) and command.person != run.state.requester:
        raise Refused("not_yours", "Only the person who asked can withdraw a request.")
    kind = "Withdrawn" if isinstance(command, Withdraw) else "Cancelled"
    run.emit(kind, {"reason": command.reason or kind.lower()}, by="actor")
    for token in run.state.tokens:
        close_rest(run, token, "cancelled", kind.lower())
    token = run.state.tokens[0]
    if token.effect is None:
        finish(run, token, "cancelled")


def finish(run: Run, token: Token, status: str) -> None:
    """End with a status, after the compensations if it is one that undoes."""
    if status not in UNDONE_AFTER or not run.state.undo:
        _end(run, token, status)
        return
    steps = [undo.step for undo in reversed(run.state.undo)]
    run.emit("CompensationStarted", {**run.place(token), "status": status, "steps": steps})
    undo_next(run, token)


def undo_next(run: Run, token: Token) -> None:
    undo, effect = run.state.undo[-1], run.new_id()
    run.emit("UndoRequested", {"token": token.id, "step": undo.step, "effect": effect, "call": undo.call})
    run.want(Call(effect, "undo", undo.step, undo.call, UNDO_ATTEMPTS, UNDO_FIRST_SECONDS))


def undone(run: Run, command: EffectSucceeded | EffectFailed) -> None:
    token, undo = run.state.tokens[0], run.state.undo[-1]
    place = {"token": token.id, "step": undo.step, "effect": command.effect}
    if isinstance(command, EffectFailed):
        name = run.definition.steps[undo.step].name
        reason = f"“{name}” could not be undone: {command.error}"
        run.emit("CompensationFailed", {**place, "error": command.error, "reason": reason})
        return
    run.emit("CompensationDone", place)
    if run.state.undo:
        undo_next(run, token)
    else:
        _end(run, token, "rolled_back")


def _end(run: Run, token: Token, status: str) -> None:
    data = {**run.place(token), "status": status}
    if run.state.reason:
        data["reason"] = run.state.reason
    run.emit("InstanceEnded", data)
    run.tell("decided", run.state.requester, data["step"], status=status, reason=run.state.reason)
