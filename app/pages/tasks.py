"""My work and the task page: see what is asked, decide, or fill in a form."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, Router
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app import files, instances, overview, tasks, versions
from app.db import Db, transaction
from app.errors import Invalid
from app.html import page
from app.pages.asked import Posted, actor, principal, provide_posted, text
from app.principal import Principal
from app.routes import get, post
from engine.forms import fields, parse

Asked = Request[Any, Any, Any]
DECIDED = {"approved": "Approved", "rejected": "Rejected", "changes_requested": "Sent back for changes"}


@get("/", include_in_schema=False, sync_to_thread=False)
def home() -> Redirect:
    return Redirect("/tasks")


@get("/tasks", include_in_schema=False)
def inbox(request: Asked, after: FromQuery[str | None] = None) -> Response[Any]:
    who = principal(request)
    with transaction() as db:
        rows = tasks.inbox(db, who, _cursor(after))
        recent = tasks.decided_by_me(db, who) if after is None else []
        shown = [(row, overview.amount(versions.definition(db, row.version_id), row.state["data"])) for row in rows]
    more = _next(rows) if len(rows) > tasks.PAGE else None
    return page(
        request, "tasks/list.html", waiting=shown[: tasks.PAGE], recent=recent, more=more, now=datetime.now(UTC)
    )


def _next(rows: Any) -> str | None:
    last = rows[tasks.PAGE - 1]
    return f"{last.due_at.isoformat()}~{last.id}" if last.due_at else None


def _cursor(after: str | None) -> tuple[datetime, UUID] | None:
    try:
        due, _, task = (after or "").partition("~")
        return (datetime.fromisoformat(due), UUID(task)) if task else None
    except ValueError:
        return None


@get("/tasks/{id:uuid}", include_in_schema=False)
def show(request: Asked, id: FromPath[UUID]) -> Response[Any]:
    with transaction() as db:
        return _shown(db, request, id)


def _shown(
    db: Db, request: Asked, id: UUID, *, status: int = 200, data: Any = None, errors: Any = (), said: str = "", message: str = ""
) -> Response[Any]:
    who = principal(request)
    task = tasks.get(db, who, id)
    about = overview.overview(db, instances.get(db, who, task.instance_id))
    step = about.definition.steps[task.step]
    has_form = task.kind != "approval" or "form" in step.settings
    now = datetime.now(UTC)
    return page(
        request,
        "tasks/show.html",
        status=status,
        task=task,
        about=about,
        step=step,
        form=_form(about, task, data, errors) if has_form else None,
        then=overview.then(about.definition, task, now),
        mine=task.assignee_id == who.user_id and task.status == "pending",
        said=said,
        message=message,
        errors=errors,
        now=now,
    )


def _form(about: overview.Overview, task: Any, data: Any, errors: Any) -> Any:
    schema, ui_schema = about.definition.form(task.step)
    stored = about.row.state["data"] if task.kind != "approval" else {}
    return fields(schema, ui_schema, stored if data is None else data, errors)


@post("/tasks/{id:uuid}/decision", include_in_schema=False, dependencies={"posted": Provide(provide_posted)})
def decide(request: Asked, id: FromPath[UUID], posted: NamedDependency[Posted]) -> Response[Any]:
    who = principal(request)
    outcome, comment = text(posted, "outcome"), text(posted, "comment")
    values: dict[str, Any] = {}
    try:
        with transaction() as db:
            values = _values(db, who, id, posted) if outcome == "approved" else {}
            moved = tasks.decide(db, who, id, outcome, comment, values, actor(request))
    except Invalid as invalid:
        with transaction() as db:
            return _shown(
                db, request, id, status=422, data=values, errors=invalid.errors, said=comment, message=invalid.message
            )
    return Redirect(f"/instances/{moved.instance_id}?done={outcome}", status_code=303)


def _values(db: Db, who: Principal, id: UUID, posted: Posted) -> dict[str, Any]:
    """What the approver filled in besides the decision. Raises Invalid with the fields."""
    task = tasks.get(db, who, id)
    definition = versions.definition(db, task.version_id)
    if "form" not in definition.steps[task.step].settings:
        return {}
    return _read(db, who, definition.form(task.step), posted, {})


def _read(db: Db, who: Principal, form: Any, posted: Posted, stored: dict[str, Any]) -> dict[str, Any]:
    schema, ui_schema = form
    data, errors = parse(schema, ui_schema, files.keep(db, who, posted), stored)
    if errors:
        found = [{"pointer": error.pointer, "message": error.message} for error in errors]
        raise Unread("Some answers need another look.", found, data)
    kept: dict[str, Any] = data
    return kept


class Unread(Invalid):
    """Carries what was typed, so that nobody types it twice."""

    def __init__(self, message: str, errors: list[dict[str, str]], data: Any) -> None:
        super().__init__(message, errors)
        self.data = data


@post("/tasks/{id:uuid}/submission", include_in_schema=False, dependencies={"posted": Provide(provide_posted)})
def submit(request: Asked, id: FromPath[UUID], posted: NamedDependency[Posted]) -> Response[Any]:
    who = principal(request)
    data: Any = None
    try:
        with transaction() as db:
            task = tasks.get(db, who, id)
            definition = versions.definition(db, task.version_id)
            data = _read(db, who, definition.form(task.step), posted, task.state["data"])
            moved = tasks.submit(db, who, id, data, actor(request))
    except Invalid as invalid:
        typed = invalid.data if isinstance(invalid, Unread) else data
        with transaction() as db:
            return _shown(db, request, id, status=422, data=typed, errors=invalid.errors, message=invalid.message)
    return Redirect(f"/instances/{moved.instance_id}?done=submitted", status_code=303)


router = Router("/", route_handlers=[home, inbox, show, decide, submit])
