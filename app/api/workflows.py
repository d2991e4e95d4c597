"""A workflow from a list of steps: it becomes a definition in the database, and starts."""

from typing import Any

from litestar import Response
from litestar.params import FromPath, RawBody

from app import definitions, instances
from app.access.permissions import require
from app.access.principal import Principal
from app.api.handlers import answered, answering, calls, command, told
from app.api.instances import FIELDS
from app.api.instances import shown as instances_shown
from app.api.operation import Call
from app.api.schema_parts import ANY_OBJECT, SUCCESS, WORDS, body, shape
from app.approvals import steps
from app.approvals.requests import refuse_self_approval
from app.errors import Invalid
from app.runtime.directories import directory_of
from app.store.db import Db, transaction
from app.web.request import Asked, principal, tenant_of
from app.web.routes import get

ANSWER = shape(success=SUCCESS, workflowId=WORDS, **FIELDS)
CREATE = Call(
    "Make and start a workflow",
    ANSWER,
    "HUMAN asks people, the requester's manager when nobody is named; NOTIFY tells them something; HTTP calls another "
    "system, which takes the permission to publish definitions. A rejection or a failure ends the workflow.",
    body=body(
        {"steps": [{"kind": "HUMAN", "type": "approval"}]},
        ("steps",),
        name={"type": "string", "minLength": 1, "maxLength": 120},
        data=ANY_OBJECT,
        steps={"type": "array", "minItems": 1, "maxItems": 50, "items": steps.STEP},
    ),
    needs="instance:start",
    starts=True,
)
SHOW = Call("The present state of a workflow", ANSWER, may_miss=True)


@answering("/api/workflows", status_code=201, call=CREATE)
def create(request: Asked, body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: dict[str, Any]) -> tuple[int, Any]:
        require(who, "instance:start")
        if steps.reaches_out(asked["steps"]):
            require(who, "definition:publish")
        refuse_self_approval(db, who, steps.approve_themselves(asked["steps"]))
        document = steps.document(asked, directory_of(db, who), str(who.user_id))
        _check(db, who, document)
        version = definitions.store(db, who.tenant_id, document, published_by=who.user_id, internal=True)
        moved = instances.start(db, who, version.id, asked.get("data", {}), command(request), asked=asked)
        blocked = next((token for token in moved.state.tokens if token.blocked), None)
        if blocked and blocked.blocked:
            place = f"{steps.place(blocked.step)}/approvers"
            raise Invalid.at(place, blocked.blocked.reason)
        return 201, {"success": True, **_shown(db, who, str(moved.instance_id))}

    return answered(request, body, act)


def _check(db: Db, who: Principal, document: dict[str, Any]) -> None:
    problems = definitions.problems_of(db, who.tenant_id, document)
    if problems:
        found = [{"pointer": steps.place(problem.step, problem.field), "message": problem.text} for problem in problems]
        raise Invalid("These steps make no workflow yet.", found)


@get("/api/workflows/{id:str}", call=SHOW)
def show(request: Asked, id: FromPath[str]) -> Response[bytes]:
    with transaction(tenant_of(request)) as db:
        return told({"success": True, **_shown(db, principal(request), id)})


def _shown(db: Db, who: Principal, id: str) -> dict[str, Any]:
    told = instances_shown(db, who, id)
    return {"workflowId": told["id"], **told}


router = calls("Workflows", create, show)
