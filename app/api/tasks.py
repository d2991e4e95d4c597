"""What waits for a person, for programs that act for that person: the inbox, one task, a decision, a filled-in form."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, RawBody
from msgspec import UNSET, Meta
from sqlalchemy import Row

from app import instances, tasks
from app.access import confidential
from app.access.permissions import require_of_key
from app.access.principal import Principal
from app.api.handlers import V1, answered, answering, calls, command, identity, told
from app.api.instances import Instance, of_id
from app.api.operation import Call
from app.api.request import inside, query
from app.approvals.shapes import Seen
from app.errors import Invalid, Missing
from app.files import Named
from app.idempotency import Answer
from app.runtime import state_of, versions
from app.shapes import Json, Long, Maybe, Moment, Page, Shape
from app.store.db import Db, transaction
from app.times import moment
from app.web.request import Asked, principal, tenant_of
from app.web.routes import get
from engine.decisions import DECISIONS
from engine.reasons import reason

Kind = Annotated[str, Meta(description="What answers it: approval a decision, others a form.", examples=["approval"])]


class TaskLine(Shape):
    """A task in a list."""

    id: str
    kind: Kind
    step: str
    name: Annotated[str, Meta(description="Of the step or the level.")]
    status: Annotated[str, Meta(description="pending, or how it was closed.", examples=["pending"])]
    instance_id: str
    number: Annotated[str, Meta(examples=["PUR-12"])]
    title: str
    definition: Annotated[str, Meta(description="Its name.")]
    requester: str
    assignee_id: str
    assignee: str
    opened_at: Moment
    expires_at: Moment | None


class TaskForm(Shape):
    """What is to be filled in."""

    schema: Annotated[Json, Meta(description="JSON Schema of the values.")]
    ui_schema: Annotated[Json, Meta(description="How a form shows them, and which it locks.")]


class Task(TaskLine):
    """A task with all it takes to answer it."""

    outcomes: Annotated[list[str], Meta(description="What can be decided; none for a form.")]
    seen: Seen
    data: Annotated[Json, Meta(description="Of its request.")]
    form: Annotated[TaskForm | None, Meta(description="Null where nothing is filled in.")]
    closed_at: Moment | None
    comment: Annotated[str | None, Meta(description="Of whoever closed it.")]


class TaskPage(Page):
    tasks: list[TaskLine]


class TaskQuery(Shape):
    after: Maybe[Annotated[str, Meta(max_length=100, description="What `next` said on the page before.")]] = UNSET


class Decide(Shape):
    outcome: Annotated[str, Meta(min_length=1, max_length=80, examples=["approved", "rejected", "changes_requested"])]
    comment: Long = ""
    values: Maybe[Annotated[Json, Meta(description="What the task's form asks for, if it has one.")]] = UNSET
    seen: Maybe[Seen] = UNSET


class Submit(Shape):
    data: Annotated[Json, Meta(description="The answers to the task's form.")]


LIST = Call("List your tasks, most urgent first", TaskPage, query=TaskQuery)
SHOW = Call("Get a task and its form", Task, may_miss=True)
DECIDE = Call(
    "Decide a task",
    Instance,
    "Only whom it waits for decides it. The answer is its request as it stands then.",
    body=Decide,
    example={"outcome": "approved", "comment": "Fine."},
    may_miss=True,
)
SUBMIT = Call(
    "Fill in the form of a task",
    Instance,
    "Takes a key for requests or decisions. The answer is its request as it stands then.",
    body=Submit,
    example={"data": {"item": "Three laptops", "amount": 4200}},
    may_miss=True,
)


@get("/tasks", call=LIST)
def index(request: Asked) -> Response[bytes]:
    asked: TaskQuery = query(request)
    after = _position(asked.after) if asked.after else None
    with transaction(tenant_of(request)) as db:
        rows = tasks.inbox(db, principal(request), after)
    shown = rows[: tasks.PAGE]
    following = _cursor(shown[-1]) if len(rows) > len(shown) else None
    return told(TaskPage(tasks=[TaskLine(**_line(row)) for row in shown], next=following))


def _cursor(last: Row[Any]) -> str:
    return f"{last.due_at.isoformat() if last.due_at else ''}~{last.id}"


def _position(after: str) -> tuple[datetime | None, UUID]:
    due, _, task = after.partition("~")
    try:
        moment = datetime.fromisoformat(due) if due else None
    except ValueError:
        raise Invalid.because("/after", reason("no_page")) from None
    if moment and not moment.tzinfo:
        raise Invalid.because("/after", reason("no_page"))
    return moment, identity(task, "/after")


@get("/tasks/{id:str}", call=SHOW)
def show(request: Asked, id: FromPath[str]) -> Response[bytes]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        row = tasks.get(db, who, _id(id))
        definition = versions.definition(db, who.tenant_id, row.version_id)
        data = row.state["data"]
        if not confidential.sees(db, who, row.instance_id, row.requester_id):
            data = confidential.masked(definition, data)
    form = tasks.form_of(definition, row)
    outcomes = list(definition.steps[row.step].outcomes) if row.kind == "approval" else []
    return told(
        Task(
            **_line(row),
            outcomes=[outcome for outcome in outcomes if outcome in DECISIONS],
            seen=state_of(row.state).seq,
            data=data,
            form=TaskForm(schema=form[0], ui_schema=form[1]) if form else None,
            closed_at=moment(row.closed_at),
            comment=row.comment,
        )
    )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Missing("There is no such task.") from None


def _line(row: Row[Any]) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in ("kind", "step", "name", "status", "title", "definition")}
    return {
        **told,
        "id": str(row.id),
        "instance_id": str(row.instance_id),
        "number": f"{row.prefix}-{row.number}",
        "requester": row.requester,
        "assignee_id": str(row.assignee_id),
        "assignee": row.assignee,
        "opened_at": moment(row.opened_at),
        "expires_at": moment(row.due_at),
    }


@answering("/tasks/{id:str}/decide", status_code=200, call=DECIDE)
def decide(request: Asked, id: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: Decide) -> Answer:
        task = tasks.get(db, who, _id(id))
        attached = _values(db, who, task, asked) if asked.values else ()
        answer = asked.outcome, asked.comment, asked.values or {}, command(request), attached
        moved = tasks.decide(db, who, task.id, *answer, seen=asked.seen or None)
        return 200, of_id(db, who, moved.instance_id)

    return answered(request, body, act)


def _values(db: Db, who: Principal, task: Row[Any], asked: Decide) -> Named:
    if asked.outcome != "approved":
        raise Invalid.because("/values", reason("values_with_approval"))
    with inside("/values"):
        return _attached(db, who, task, asked.values or {})


@answering("/tasks/{id:str}/submit", status_code=200, call=SUBMIT)
def submit(request: Asked, id: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: Submit) -> Answer:
        require_of_key(who, "instance:start", "approval:approve")
        task = tasks.get(db, who, _id(id))
        with inside("/data"):
            attached = _attached(db, who, task, asked.data)
            moved = tasks.submit(db, who, task.id, asked.data, command(request), attached)
        return 200, of_id(db, who, moved.instance_id)

    return answered(request, body, act)


def _attached(db: Db, who: Principal, task: Row[Any], values: dict[str, Any]) -> Named:
    """Raises Invalid for values that the task's form does not take."""
    definition = versions.definition(db, who.tenant_id, task.version_id)
    form = tasks.form_of(definition, task)
    if form is None:
        raise Invalid.because("", reason("no_form_here"))
    kept = instances.checked(values, form, definition.asked(task.step, task.state["data"]))
    return instances.attached_to(db, who, form, kept, task.instance_id)


router = calls("Tasks", index, show, decide, submit, path=V1)
