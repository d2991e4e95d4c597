"""A workflow from a list of steps: it becomes a definition in the database, and starts."""

from typing import Any

from litestar import Request, Response, Router
from litestar.params import FromPath, RawBody

from app import chaining, definitions, instances
from app.api.calls import answered, command, described, principal, read, told
from app.api.instances import shown as instances_shown
from app.db import Db, transaction
from app.errors import Invalid
from app.principal import Principal
from app.routes import get, post
from app.speaking import people

WORKFLOW: dict[str, Any] = {
    "type": "object",
    "required": ["steps"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 120},
        "data": {"type": "object"},
        "steps": {"type": "array", "minItems": 1, "maxItems": 50, "items": chaining.STEP},
    },
    "additionalProperties": False,
    "examples": [{"steps": [{"kind": "HUMAN", "type": "approval"}]}],
}


@post("/api/workflows", status_code=201, operation_class=described("Make and start a workflow", WORKFLOW))
def create(request: Request[Any, Any, Any], body: RawBody) -> Response[Any]:
    asked = read(body, WORKFLOW)

    def act(db: Db, who: Principal) -> tuple[int, Any]:
        document = chaining.document(asked, people(db, who), str(who.user_id))
        problems = definitions.problems_of(document)
        if problems:
            found = [{"pointer": definitions.pointer(problem), "message": problem.text} for problem in problems]
            raise Invalid("These steps make no workflow yet.", found)
        version = definitions.store(db, who.tenant_id, document, published_by=who.user_id, internal=True)
        moved = instances.start(db, who, version.id, asked.get("data", {}), command(request, who), asked=asked)
        return 201, {"success": True, **_shown(db, who, str(moved.instance_id))}

    return answered(request, asked, act)


@get("/api/workflows/{id:str}", operation_class=described("The present state of a workflow"))
def show(request: Request[Any, Any, Any], id: FromPath[str]) -> Response[bytes]:
    with transaction() as db:
        return told({"success": True, **_shown(db, principal(request), id)})


def _shown(db: Db, who: Principal, id: str) -> dict[str, Any]:
    told = instances_shown(db, who, id)
    return {**told, "workflowId": told["id"]}


router = Router("/", route_handlers=[create, show], tags=["Workflows"])
