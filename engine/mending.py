"""Resolving an incident: try again, correct the data, or say that a compensation was done by hand."""

from typing import Any

from engine import ending
from engine.commands import Correct, MarkUndone, Refused, Retry
from engine.context import Run
from engine.events.mending import UndoneByHand
from engine.events.steps import DataCorrected, Unblocked
from engine.pointers import join
from engine.reasons import Reason, reason
from engine.request_data import misfits, size
from engine.state import Token
from engine.stops import MAX_DATA

Errors = list[tuple[str, Reason]]


def retry(run: Run, _: Retry) -> None:
    _again(run, _blocked(run))


def _blocked(run: Run) -> Token:
    token = next((token for token in run.state.tokens if token.blocked), None)
    if token is None:
        raise Refused("nothing_blocked")
    run.at = token.id
    return token


def _again(run: Run, token: Token) -> None:
    then = token.blocked.then if token.blocked else None
    run.emit(Unblocked(token.id, token.step), by="actor")
    run.save()
    if run.state.closing:
        ending.undo_next(run, token)
    elif then:
        run.leave(token, then)
    else:
        run.arrived.append(token.id)


def correct(run: Run, command: Correct) -> None:
    token = _blocked(run)
    if run.state.closing:
        raise Refused("closing_data")
    if command.person in run.state.askers:
        raise Refused("own_data")
    _require_reason(command.reason)
    values = {name: value for name, value in command.values.items() if run.state.data.get(name) != value}
    cleared = [name for name in dict.fromkeys(command.cleared) if name in run.state.data and name not in values]
    if errors := _errors(run, command, values, cleared):
        raise Refused("unfit_values", errors)
    before = {name: run.state.data.get(name) for name in (*values, *cleared)}
    told = DataCorrected(
        token.id,
        token.step,
        before=before,
        after=values,
        reason=command.reason,
        person=command.person,
        files=command.files,
        cleared=cleared,
    )
    run.emit(told, by="actor")
    _again(run, token)


def _errors(run: Run, command: Correct, values: dict[str, Any], cleared: list[str]) -> Errors:
    schema, data = run.definition.data_schema, run.state.data
    strangers = [name for name in (*command.values, *command.cleared) if name not in schema.get("properties", {})]
    if strangers:
        return [(join("", name), reason("no_field")) for name in strangers]
    if not values and not cleared:
        return [("", reason("no_change"))]
    if size(data) + size(values) > MAX_DATA:
        return [("", reason("too_large", kilobytes=MAX_DATA // 1000))]
    return [(error.pointer, error.reason) for error in misfits(schema, data, values, cleared)]


def mark_undone(run: Run, command: MarkUndone) -> None:
    token = _blocked(run)
    if not run.state.closing or not run.state.undo:
        raise Refused("nothing_to_undo")
    _require_reason(command.reason)
    step = run.state.undo[-1].step
    run.emit(UndoneByHand(token.id, step, reason=command.reason), by="actor")
    run.save()
    ending.undo_next(run, token)


def _require_reason(given: str) -> None:
    if not given.strip():
        raise Refused("reason")
