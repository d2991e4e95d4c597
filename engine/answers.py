"""What comes back from outside, as data of the request: an answer of another system, an external event."""

from typing import Any

from engine.context import Run
from engine.request_data import misfits, size
from engine.state import Token
from engine.stops import MAX_ANSWER, MAX_DATA, Stop


def unfit(run: Run, token: Token, values: dict[str, Any], result: Any, then: str) -> Stop | None:
    """Why it cannot be kept. What was done outside stays done, so a retry goes on with `then` and asks for no more."""
    if size(result) > MAX_ANSWER or size(run.state.data) + size(values) > MAX_DATA:
        return Stop("answer_too_large", then=then, step=token.step, kilobytes=MAX_ANSWER // 1000)
    if wrong := misfits(run.definition.data_schema, run.state.data, values) if values else []:
        return Stop("answer_unfit", then=then, step=token.step, pointer=wrong[0].pointer, why=wrong[0].reason)
    return None
