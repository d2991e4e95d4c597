"""Definitions that nobody can ask for any more, for programs: retired and brought back."""

from typing import Any

from litestar import Response
from litestar.params import FromPath, RawBody

from app.access.principal import Principal
from app.api.definitions import Key
from app.api.handlers import V1, answered, answering, calls
from app.api.operation import Call
from app.drafts import PERMISSION, finish
from app.idempotency import Answer
from app.shapes import Nothing, Shape
from app.store.db import Db
from app.web.request import Asked


class DefinitionState(Shape):
    key: Key
    retired: bool


RETIRE = Call(
    "Retire a definition",
    DefinitionState,
    "Nobody can ask for it any more; what runs goes on.",
    body=Nothing,
    body_needed=False,
    may_miss=True,
    needs=PERMISSION,
)
BRING_BACK = Call(
    "Bring a retired definition back",
    DefinitionState,
    body=Nothing,
    body_needed=False,
    may_miss=True,
    needs=PERMISSION,
)


@answering("/definitions/{key:str}/retire", status_code=200, call=RETIRE)
def retire(request: Asked, key: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: Nothing) -> Answer:
        finish.retire(db, who, key)
        return 200, DefinitionState(key=key, retired=True)

    return answered(request, body, act)


@answering("/definitions/{key:str}/bring-back", status_code=200, call=BRING_BACK)
def bring_back(request: Asked, key: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: Nothing) -> Answer:
        finish.bring_back(db, who, key)
        return 200, DefinitionState(key=key, retired=False)

    return answered(request, body, act)


router = calls("Definitions", retire, bring_back, path=V1)
