"""How an instance ends: what is open is closed, what was done is compensated in reverse, then it is over."""

from engine.commands import Cancel, EffectFailed, EffectSucceeded, Refused, Withdraw
from engine.context import Run
from engine.effects import Call
from engine.events.instance import Cancelled, InstanceEnded, Withdrawn
from engine.events.mending import (
    CompensationAbandoned,
    CompensationDone,
    CompensationFailed,
    CompensationStarted,
    UndoRequested,
)
from engine.human_tasks import close_rest
from engine.reasons import reason
from engine.state import Token
from engine.stops import Stop

# Ends with these statuses undo what was done unless they say otherwise.
UNDONE_AFTER = {"rejected", "cancelled", "failed"}
UNDO_ATTEMPTS, UNDO_FIRST_SECONDS = 5, 120.0


def stop(run: Run, command: Withdraw | Cancel) -> None:
    """Withdrawn by the requester or cancelled by an admin. A call under way is waited for, so it can be undone."""
    if run.state.ended:
        raise Refused("ended", status=run.state.ended)
    token = run.state.tokens[0]
    run.at = token.id
    if run.state.closing:
        _abandon(run, token, command)
        return
    if isinstance(command, Withdraw) and command.person != run.state.requester:
        raise Refused("not_requester")
    withdrawn = isinstance(command, Withdraw)
    run.emit(Withdrawn(command.reason) if withdrawn else Cancelled(command.reason), by="actor")
    for open_token in run.state.tokens:
        close_rest(run, open_token, "cancelled", reason("withdrawn") if withdrawn else reason("cancelled"))
    run.save()
    if token.effect is None:
        finish(run, token, "cancelled")


def _abandon(run: Run, token: Token, command: Withdraw | Cancel) -> None:
    """An admin ends a request whose compensation is stuck. It ends as was decided, and what remains is named."""
    if isinstance(command, Withdraw) or token.blocked is None:
        raise Refused("closing")
    steps = [undo.step for undo in reversed(run.state.undo)]
    run.emit(CompensationAbandoned(token.id, token.step, steps=steps, reason=command.reason), by="actor")
    end(run, token, run.state.closing or "cancelled", remains=steps)


def finish(run: Run, token: Token, status: str, undo: bool | None = None) -> None:
    """End with a status, after the compensations if it undoes. undo: what the end says, None for the status's own."""
    undoes = status in UNDONE_AFTER if undo is None else undo
    if not undoes or not run.state.undo:
        end(run, token, status)
        return
    steps = [done.step for done in reversed(run.state.undo)]
    run.emit(CompensationStarted(token.id, token.step, status=status, steps=steps))
    run.save()
    undo_next(run, token)


def undo_next(run: Run, token: Token) -> None:
    """The newest compensation that is left; without one it is over. Raises Stop where its call cannot be made."""
    if not run.state.undo:
        end(run, token, "rolled_back")
        return
    undo = run.state.undo[-1]
    if undo.call is None:
        raise Stop("undo_incomplete", step=undo.step, why=undo.lacks)
    effect = run.new_id()
    run.emit(UndoRequested(token.id, undo.step, effect=effect, call=undo.call))
    run.want(Call(effect, "undo", undo.step, undo.call, UNDO_ATTEMPTS, UNDO_FIRST_SECONDS))


def undone(run: Run, command: EffectSucceeded | EffectFailed) -> None:
    token, undo = run.state.tokens[0], run.state.undo[-1]
    run.at = token.id
    if isinstance(command, EffectFailed):
        why = reason("undo_failed", step=undo.step, error=command.error)
        run.emit(CompensationFailed(token.id, undo.step, effect=command.effect, code=why.code, params=why.params))
        return
    run.emit(CompensationDone(token.id, undo.step, effect=command.effect))
    run.save()
    undo_next(run, token)


def end(run: Run, token: Token, status: str, remains: list[str] | None = None) -> None:
    step, why = token.step, run.state.reason
    run.emit(InstanceEnded(token.id, step, status=status, reason=why, remains=remains or []))
    run.tell("decided", run.state.requester, step, status=status, reason=why.data if why else None)
