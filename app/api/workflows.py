"""A workflow from a list of steps: it becomes a definition in the database, and starts."""

from typing import Annotated, Any, Literal

from litestar import Response
from litestar.params import FromPath, RawBody
from msgspec import UNSET, Meta

from app import definition_checks, definitions, instances
from app.access.permissions import require
from app.access.principal import Principal
from app.api.handlers import answered, answering, calls, command, given, lookup, told
from app.api.instances import Instance, shown
from app.api.operation import Call
from app.approvals import steps
from app.approvals.requests import refuse_self_approval
from app.errors import Invalid, about
from app.idempotency import Answer
from app.runtime.directories import directory_of
from app.shapes import Json, Maybe, Shape
from app.store.db import Db, transaction
from app.web.request import Asked, principal, tenant_of
from app.web.routes import get
from engine.wording.labels import labels_of


class CreateWorkflow(Shape):
    steps: Annotated[list[steps.Step], Meta(min_length=1, max_length=50)]
    name: Maybe[Annotated[str, Meta(min_length=1, max_length=120)]] = UNSET
    data: Maybe[Json] = UNSET


class Workflow(Instance):
    success: Literal[True]
    workflow_id: str


CREATE = Call(
    "Make and start a workflow",
    Workflow,
    "HUMAN asks people, the requester's manager when nobody is named; NOTIFY tells them something; HTTP calls another "
    "system, which takes the permission to publish definitions. A rejection or a failure ends the workflow.",
    body=CreateWorkflow,
    example={"steps": [{"kind": "HUMAN", "type": "approval"}]},
    needs="instance:start",
    starts=True,
)
SHOW = Call("Get a workflow", Workflow, may_miss=True)


@answering("/api/workflows", status_code=201, call=CREATE)
def create(request: Asked, body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: CreateWorkflow) -> Answer:
        fields = given(asked)
        require(who, "instance:start")
        if steps.reaches_out(fields["steps"]):
            require(who, "definition:publish")
        refuse_self_approval(db, who, steps.approve_themselves(fields["steps"]))
        document = steps.document(fields, directory_of(db, who), str(who.user_id))
        _check(db, who, document)
        version = definitions.store(db, who.tenant_id, document, published_by=who.user_id, internal=True)
        moved = instances.start(db, who, version.id, fields.get("data", {}), command(request), asked=fields)
        blocked = next((token for token in moved.state.tokens if token.blocked), None)
        if blocked and blocked.blocked:
            labels = labels_of(document, directory_of(db, who))
            raise Invalid.because(f"{steps.place(blocked.step)}/approvers", blocked.blocked, labels)
        return 201, _shown(db, who, str(moved.instance_id))

    return answered(request, body, act)


def _check(db: Db, who: Principal, document: dict[str, Any]) -> None:
    problems = definition_checks.problems_of(db, who.tenant_id, document)
    if problems:
        labels = labels_of(document, directory_of(db, who))
        found = [about(steps.place(problem.step, problem.field), problem.reason, labels) for problem in problems]
        raise Invalid("These steps make no workflow yet.", found)


@get("/api/workflows/{id:str}", call=SHOW)
def show(request: Asked, id: FromPath[str]) -> Response[bytes]:
    with transaction(tenant_of(request)) as db:
        return told(_shown(db, principal(request), id))


def _shown(db: Db, who: Principal, id: str) -> Workflow:
    row = lookup(db, who, id)
    return Workflow(success=True, workflow_id=str(row.id), **shown(db, who, row))


router = calls("Workflows", create, show)
