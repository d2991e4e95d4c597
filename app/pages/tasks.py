"""My work and the task page: see what is asked, decide, or fill in a form."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, Router
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app import instances, overview, tasks
from app.access import bodies
from app.access.permissions import decides
from app.errors import Changed, Conflict, Invalid, Refusal
from app.messages import context
from app.pages.submission import Filled, read
from app.runtime import versions
from app.runtime.directories import current
from app.store.db import Db, decision, transaction
from app.web.flash import redirect
from app.web.html import page
from app.web.request import Asked, Posted, actor, principal, provide_posted, restores, said, seen, text
from app.web.routes import get, post
from engine.forms import fields

# An approval carries what was filled in; without an outcome it was a button of the form itself.
FILLING = ("approved", "")
DONE = {
    "approved": "You approved this",
    "rejected": "You rejected this",
    "changes_requested": "You sent this back for changes",
}
POSTED = {"posted": Provide(provide_posted)}


@get("/", include_in_schema=False, sync_to_thread=False)
def home(request: Asked) -> Redirect:
    """Where a person's work is: of those who only look on, the record."""
    who = principal(request)
    works = any(map(who.may, ("approval:approve", "instance:start", "effect:manage")))
    return Redirect("/tasks" if works or not who.may("audit:read") else "/audit")


@get("/tasks", include_in_schema=False)
def inbox(request: Asked, after: FromQuery[str | None] = None) -> Response[Any]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        rows = tasks.inbox(db, who, _cursor(after))
        recent = tasks.decided_by_me(db, who) if after is None else []
        stuck = instances.list_stuck(db, who) if after is None else []
        amounts = {
            row.id: overview.amount(versions.definition(db, who.tenant_id, row.version_id), row.state["data"])
            for row in (*rows, *recent)
        }
    return page(
        request,
        "tasks/list.html",
        block="work",
        waiting=rows[: tasks.PAGE],
        recent=recent,
        stuck=stuck,
        amounts=amounts,
        more=_address(rows[tasks.PAGE - 1]) if len(rows) > tasks.PAGE else "",
        first=after is None,
    )


def _address(last: Any) -> str:
    return f"{last.due_at.isoformat() if last.due_at else ''}~{last.id}"


def _cursor(after: str | None) -> tuple[datetime | None, UUID] | None:
    due, _, task = (after or "").partition("~")
    try:
        return (datetime.fromisoformat(due) if due else None, UUID(task)) if task else None
    except ValueError:
        return None


@dataclass(frozen=True)
class Tried:
    """An answer that was not taken: what was typed, and why."""

    outcome: str = ""
    comment: str = ""
    filled: Filled | None = None
    refused: Refusal | None = None
    restored: bool = False
    seen: int | None = None

    @property
    def changed(self) -> bool:
        """Whether the request was changed under the answer."""
        return isinstance(self.refused, Changed)

    @property
    def status(self) -> int:
        if self.refused:
            return self.refused.status
        return Invalid.status if self.filled and self.filled.errors else 200


@get("/tasks/{id:uuid}", include_in_schema=False)
def show(request: Asked, id: FromPath[UUID]) -> Response[Any]:
    return _shown(request, id, Tried())


def _shown(request: Asked, id: UUID, tried: Tried) -> Response[Any]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        task = tasks.get(db, who, id)
        about = overview.overview(db, instances.get(db, who, task.instance_id), who)
        directory = current(db, who.tenant_id)
        if "prefetch" not in request.headers.get("sec-purpose", request.headers.get("purpose", "")):
            tasks.note_view(db, who, task)
    step = about.definition.steps[task.step]
    is_open = task.status == "pending"
    mine, asks = is_open and task.assignee_id == who.user_id, is_open and task.kind == "approval"
    return page(
        request,
        "tasks/show.html",
        status=tried.status,
        task=task,
        about=about,
        step=step,
        form=_form(about, task, tried) if mine else None,
        yes=context.on_yes(about.definition, about.state, directory, str(task.id), masked=about.masked) if asks else "",
        mine=mine,
        decides=mine and asks and decides(who),
        outcomes=[outcome for outcome in context.DECISIONS if outcome in step.outcomes],
        comment=step.settings.get("comment", "required_on_reject"),
        tried=tried,
        changes=about.changes_for(who.user_id, (tried.seen or 0) if tried.changed else 0) if mine else [],
    )


def _form(about: overview.Overview, task: Any, tried: Tried) -> Any:
    form = tasks.form_of(about.definition, task)
    if form is None or tried.filled:
        return tried.filled.shown() if tried.filled else None
    return fields(*form, about.definition.asked(task.step, about.state.data))


@post(
    "/tasks/{id:uuid}/decision", include_in_schema=False, dependencies=POSTED, request_max_body_size=bodies.WITH_FILES
)
def decide(request: Asked, id: FromPath[UUID], posted: NamedDependency[Posted]) -> Response[Any]:
    who, outcome, shown = principal(request), text(posted, "outcome"), seen(posted)
    tried = Tried(outcome, text(posted, "comment"))
    try:
        comment = said(posted, "comment")
        with transaction(who.tenant_id) as db:
            filled = _filled(db, request, id, posted) if outcome in FILLING else None
            tried = Tried(outcome, comment, filled, restored=restores(posted))
        if tried.restored or (tried.filled and not tried.filled.done):
            return _shown(request, id, tried)
        with decision(who.tenant_id) as db:
            data, attached = (filled.data, filled.files) if filled else ({}, [])
            moved = tasks.decide(db, who, id, outcome, comment, data, actor(request), attached, seen=shown)
    except (Invalid, Conflict) as refused:
        return _shown(request, id, Tried(outcome, tried.comment, tried.filled, refused, seen=shown))
    return redirect(request, f"/instances/{moved.instance_id}", DONE[outcome])


@post(
    "/tasks/{id:uuid}/submission", include_in_schema=False, dependencies=POSTED, request_max_body_size=bodies.WITH_FILES
)
def submit(request: Asked, id: FromPath[UUID], posted: NamedDependency[Posted]) -> Response[Any]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        filled = _filled(db, request, id, posted)
    if filled is None or not filled.done:
        return _shown(request, id, Tried(filled=filled, restored=restores(posted)))
    try:
        with decision(who.tenant_id) as db:
            moved = tasks.submit(db, who, id, filled.data, actor(request), filled.files)
    except (Invalid, Conflict) as refused:
        return _shown(request, id, Tried(filled=filled, refused=refused))
    return redirect(request, f"/instances/{moved.instance_id}", "Sent")


def _filled(db: Db, request: Asked, id: UUID, posted: Posted) -> Filled | None:
    who = principal(request)
    task = tasks.get(db, who, id)
    definition = versions.definition(db, task.tenant_id, task.version_id)
    form = tasks.form_of(definition, task)
    if form is None:
        return None
    return read(db, who, form, posted, definition.asked(task.step, task.state["data"]), task.instance_id)


router = Router("/", route_handlers=[home, inbox, show, decide, submit])
