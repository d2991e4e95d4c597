"""Resolving an incident: try again, correct the data, or say that a compensation was done by hand."""

from typing import Any

from engine import ending
from engine.commands import Correct, MarkUndone, Refused
from engine.context import Run
from engine.request_data import misfits, size
from engine.state import Token
from engine.stops import MAX_DATA

Errors = list[dict[str, str]]


def retry(run: Run) -> None:
    _again(run, _blocked(run))


def _blocked(run: Run) -> Token:
    token = next((token for token in run.state.tokens if token.blocked), None)
    if token is None:
        raise Refused("nothing_blocked", "Nothing is stuck here.")
    run.at = token.id
    return token


def _again(run: Run, token: Token) -> None:
    then = token.blocked.then if token.blocked else None
    run.emit("Unblocked", run.place(token), by="actor")
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
        raise Refused("closed", "This request is being closed, so its data stays as it is.")
    if command.person in run.state.askers:
        raise Refused("own_request", "Nobody corrects the data of their own request. Ask another administrator.")
    _require_reason(command.reason)
    values = {name: value for name, value in command.values.items() if run.state.data.get(name) != value}
    if errors := _errors(run, command, values):
        raise Refused("values", "Some values need another look.", errors)
    before = {name: run.state.data.get(name) for name in values}
    told: dict[str, Any] = {"before": before, "after": values, "reason": command.reason, "person": command.person}
    if command.files:
        told["files"] = command.files
    run.emit("DataCorrected", {**run.place(token), **told}, by="actor")
    _again(run, token)


def _errors(run: Run, command: Correct, values: dict[str, Any]) -> Errors:
    schema, data = run.definition.data_schema, run.state.data
    strangers = [name for name in command.values if name not in schema.get("properties", {})]
    if strangers:
        return [{"pointer": f"/{name}", "message": "There is no such field here."} for name in strangers]
    if not values:
        return [{"pointer": "", "message": "Change at least one value."}]
    if size(data) + size(values) > MAX_DATA:
        return [{"pointer": "", "message": f"A request holds at most {MAX_DATA // 1000:,} kB of data."}]
    return [{"pointer": error.pointer, "message": error.message} for error in misfits(schema, data, values)]


def mark_undone(run: Run, command: MarkUndone) -> None:
    token = _blocked(run)
    if not run.state.closing or not run.state.undo:
        raise Refused("nothing_blocked", "Nothing here waits to be undone.")
    _require_reason(command.reason)
    step = run.state.undo[-1].step
    run.emit("UndoneByHand", {"token": token.id, "step": step, "reason": command.reason}, by="actor")
    run.save()
    ending.undo_next(run, token)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("reason", "Say why: it stays in the record.")
