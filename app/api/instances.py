"""Requests for programs: start one on a definition, see where it stands."""

from typing import Any

from litestar import Request, Response, Router
from litestar.params import FromPath, RawBody

from app import definitions, instances
from app.api.calls import answered, command, described, lookup, principal, read, told
from app.db import Db, transaction
from app.principal import Principal
from app.routes import get, post
from app.times import moment

START: dict[str, Any] = {
    "type": "object",
    "required": ["definition", "data"],
    "properties": {
        "definition": {"type": "string", "minLength": 1, "maxLength": 80},
        "data": {"type": "object"},
    },
    "additionalProperties": False,
}


@post("/api/instances", status_code=201, operation_class=described("Start a request", START))
def start(request: Request[Any, Any, Any], body: RawBody) -> Response[Any]:
    asked = read(body, START)

    def act(db: Db, who: Principal) -> tuple[int, Any]:
        version = definitions.version(db, who, asked["definition"])
        moved = instances.start(db, who, version.id, asked["data"], command(request, who))
        return 201, shown(db, who, str(moved.instance_id))

    return answered(request, asked, act)


@get("/api/instances/{id:str}", operation_class=described("Where a request stands"))
def show(request: Request[Any, Any, Any], id: FromPath[str]) -> Response[bytes]:
    with transaction() as db:
        return told(shown(db, principal(request), id))


def shown(db: Db, who: Principal, id: str) -> dict[str, Any]:
    row = lookup(db, who, id)
    open_tasks = instances.waiting(db, [row.id]).get(row.id, [])
    return {
        "id": str(row.id),
        "number": f"{row.prefix}-{row.number}",
        "definition": row.definition_key,
        "version": row.version,
        "title": row.title,
        "status": row.status,
        "data": row.state["data"],
        "reason": row.state.get("reason"),
        "stuck": next((token["blocked"] for token in row.state.get("tokens", []) if token.get("blocked")), None),
        "createdAt": moment(row.created_at),
        "endedAt": moment(row.ended_at),
        "waitingFor": [
            {
                "taskId": str(task.id),
                "step": task.step,
                "name": task.name,
                "person": task.assignee,
                "expiresAt": moment(task.due_at),
            }
            for task in open_tasks
        ],
    }


router = Router("/", route_handlers=[start, show], tags=["Requests"])
