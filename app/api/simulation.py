"""A draft tried by a program: what would come of a request, and of what people, clock and systems then do."""

from datetime import UTC, datetime
from typing import Annotated, Any

from litestar import Response
from litestar.params import FromPath, RawBody
from msgspec import UNSET, Meta, field
from sqlalchemy import select

from app import drafts
from app.access.principal import Principal
from app.api.definitions import MAX_BODY, Key
from app.api.handlers import V1, answered, answering, calls
from app.api.operation import Call
from app.drafts import PERMISSION
from app.drafts.trials import MOST_MOVES, NOT_YET
from app.errors import Conflict, Invalid
from app.idempotency import Answer
from app.messages import preview
from app.runtime.directories import seen
from app.shapes import Json, Maybe, Moment, Shape, Text
from app.store.db import Db
from app.store.tables import tenants
from app.times import moment
from app.web.request import Asked
from designer.trial import words
from designer.trial.play import Turn, run
from designer.trial.runnable import runnable
from designer.trial.script import Move, Script
from designer.trial.trace import asked as asked_of
from designer.trial.trace import followed, standing
from engine.definition import Definition
from engine.json_text import Unfit, normal
from engine.reasons import reason

SENT = "When the request is sent, with its offset from UTC; now without it."


class TrialMove(Move, frozen=True, forbid_unknown_fields=True):
    """One thing that somebody does, or that happens. step, by: only needed where the request leaves a doubt."""


class Simulate(Shape):
    data: Annotated[Json, Meta(description="What the request form is filled in with.")]
    requester: Maybe[Annotated[Text, Meta(description="Id, e-mail address or handle; the caller without it.")]] = UNSET
    at: Maybe[Annotated[Moment, Meta(description=SENT)]] = UNSET
    moves: Annotated[list[TrialMove], Meta(max_length=MOST_MOVES, description="As in tests of a definition.")] = field(
        default_factory=list
    )


class TurnEvent(Shape):
    at: Moment
    type: str
    text: str


class TurnMessage(Shape):
    at: Moment
    to: str
    subject: str
    text: str


class SimulatedTurn(Shape):
    """What came of the start, or of a move. refused: why nothing did; the last turn then."""

    text: str
    at: Moment
    events: list[TurnEvent]
    messages: list[TurnMessage]
    data: Json
    refused: str | None


class Simulated(Shape):
    """How the request stands after the last turn. path: STEP:OUTCOME in turn. asked: STEP/LEVEL or STEP in turn."""

    key: Key
    status: str | None
    steps: list[str]
    path: list[str]
    asked: list[str]
    turns: list[SimulatedTurn]


SIMULATE = Call(
    "Try a draft",
    Simulated,
    "Run by the interpreter among the people who are here; nothing is kept, sent or called.",
    body=Simulate,
    example={
        "data": {"amount": 7200, "item": "Desks"},
        "moves": [{"do": "decide", "outcome": "approved"}, {"do": "wait", "for": "P3D"}],
    },
    may_miss=True,
    needs=PERMISSION,
)


@answering("/definitions/{key:str}/draft/simulate", status_code=200, call=SIMULATE)
def simulate(request: Asked, key: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: Simulate) -> Answer:
        draft = drafts.get(db, who, key)
        definition = runnable(draft.document)
        if definition is None:
            raise Conflict(NOT_YET)
        turns = run(definition, seen(db, who.tenant_id), _script(who, asked), draft.definition.latest + 1)
        tenant = db.execute(select(tenants.c.name).where(tenants.c.id == who.tenant_id)).scalar_one()
        return 200, _simulated(key, definition, turns, tenant)

    return answered(request, body, act)


def _script(who: Principal, asked: Simulate) -> Script:
    at = datetime.now(UTC) if asked.at is UNSET else _moment(asked.at)
    requester = str(who.user_id) if asked.requester is UNSET else asked.requester
    try:
        return Script(normal(asked.data), requester, at, list(asked.moves))
    except Unfit as unfit:
        raise Invalid.because("/data", unfit.reason) from unfit


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Invalid.because("/at", reason("moment_form"))
    return found


def _simulated(key: str, definition: Definition, turns: list[Turn], tenant: str) -> Simulated:
    state = turns[-1].state
    return Simulated(
        key=key,
        status=state.status if state else None,
        steps=standing(turns),
        path=[f"{step}:{outcome}" for step, outcome in followed(definition, turns)],
        asked=list(asked_of(turns)),
        turns=[_turn(definition, turns, number, tenant) for number in range(len(turns))],
    )


def _turn(definition: Definition, turns: list[Turn], number: int, tenant: str) -> SimulatedTurn:
    turn, before = turns[number], turns[number - 1] if number else None
    names = words.names(definition, turn.directory)
    types = [one.type for one in turn.events]
    told = zip(types, words.lines(turn, names), strict=True)
    sent = preview.messages(definition, tenant, turns, number)
    return SimulatedTurn(
        text=words.title(definition, before, turn),
        at=moment(turn.at),
        events=[
            TurnEvent(at=moment(line.at), type=kind, text=", ".join((line.text, *line.facts))) for kind, line in told
        ],
        messages=[TurnMessage(at=moment(one.at), to=one.to, subject=one.subject, text=one.text) for one in sent],
        data=turn.state.data if turn.state else {},
        refused=words.refusal(definition, turn.directory, turn.refused) if turn.refused else None,
    )


router = calls("Definitions", simulate, path=V1, max_body=MAX_BODY)
