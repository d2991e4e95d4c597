"""Definitions for programs: list them, read one, check one, publish one as its newest version."""

from typing import Annotated, Any

from litestar import Response
from litestar.params import FromPath, RawBody
from msgspec import UNSET, Meta

from app import definition_checks, definitions
from app.access.permissions import require
from app.access.principal import Principal
from app.api.handlers import V1, answered, answering, calls, told
from app.api.operation import Call
from app.api.request import inside, query
from app.errors import about
from app.idempotency import Answer
from app.runtime.directories import directory_of
from app.shapes import Count, Json, Maybe, Moment, Shape
from app.store.db import Db, transaction
from app.times import moment
from app.web.request import Asked, principal, tenant_of
from app.web.routes import get
from engine.definition import Definition
from engine.wording.labels import labels_of

MAX_BODY = 1024 * 1024
# The least that asks somebody: a form of two fields, the requester's manager, two ends.
LEAVE = {
    "format": "signoff/definition@1",
    "key": "leave",
    "name": "Leave",
    "title": "{days} days from {first_day}",
    "data": {
        "type": "object",
        "properties": {
            "first_day": {"type": "string", "format": "date", "title": "First day"},
            "days": {"type": "number", "exclusiveMinimum": 0, "title": "Working days"},
        },
        "required": ["first_day", "days"],
    },
    "start": "request",
    "steps": {
        "request": {"type": "start", "name": "Leave form", "outcomes": {"submitted": "manager"}},
        "manager": {
            "type": "approval",
            "name": "Manager",
            "levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}],
            "timeout": {"after": "P5D", "then": "escalate"},
            "outcomes": {"approved": "approved", "rejected": "rejected", "changes_requested": "request"},
        },
        "approved": {"type": "end", "name": "Approved", "status": "approved"},
        "rejected": {"type": "end", "name": "Rejected", "status": "rejected"},
    },
}
Key = Annotated[str, Meta(examples=["purchase-approval"])]


class Offered(Shape):
    """What requests can be made on."""

    key: Key
    name: str
    description: str
    category: str
    version: Annotated[int, Meta(description="The newest, on which new requests run.")]


class Catalogue(Shape):
    definitions: list[Offered]


class DefinitionLine(Offered):
    retired: bool
    published_at: Moment | None
    publisher: str | None
    running: Annotated[Count, Meta(description="Requests that have not ended, of all versions.")]
    total: Count


class DefinitionList(Shape):
    definitions: list[DefinitionLine]


class StartForm(Shape):
    """What has to be filled in to make a request."""

    key: Key
    version: int
    schema: Annotated[Json, Meta(description="JSON Schema of the data.")]
    ui_schema: Annotated[Json, Meta(description="How a form shows them.")]


class Version(Shape):
    version: int
    content_hash: Annotated[str, Meta(description="SHA-256 of the canonical document, in hex.")]
    note: str
    published_at: Moment
    publisher: Annotated[str | None, Meta(description="Null where a program published it.")]
    running: Count


class VersionList(Shape):
    key: Key
    versions: list[Version]


class DefinitionDocument(Shape):
    key: Key
    version: int
    document: Json


class DefinitionQuery(Shape):
    version: Maybe[Annotated[int, Meta(ge=1, le=1_000_000, description="The newest without it.")]] = UNSET


class PublishDefinition(Shape):
    document: Json
    note: Annotated[str, Meta(max_length=500)] = ""


class Published(Shape):
    key: Key
    version: int
    content_hash: str


class CheckDefinition(Shape):
    document: Json


class DocumentProblem(Shape):
    """What stands in the way of publishing."""

    pointer: Annotated[str, Meta(description="Its place in the document.")]
    step: str | None
    message: str
    code: Annotated[str, Meta(description="What it is, for programs: it stays when the sentence is put better.")]
    params: Annotated[dict[str, Any], Meta(description="What the sentence speaks of, by id.")]


class Checked(Shape):
    problems: Annotated[list[DocumentProblem], Meta(description="Without any it can be published.")]


CATALOGUE = Call("List what can be requested", Catalogue)
FORM = Call("Get the form that starts a request", StartForm, may_miss=True)
LIST = Call("List all definitions", DefinitionList)
SHOW = Call("Get a definition's document", DefinitionDocument, query=DefinitionQuery, may_miss=True)
VERSIONS = Call("List a definition's versions, newest first", VersionList, may_miss=True)
PUBLISH = Call(
    "Publish a definition",
    Published,
    "As the newest version of its key; the same content again makes no new version. "
    "What a definition may hold is at /schemas/definition-1.json.",
    body=PublishDefinition,
    example={"document": LEAVE, "note": "First version"},
    needs="definition:publish",
)
CHECK = Call(
    "Check a definition",
    Checked,
    "As publishing would, with the people and groups that are here; nothing is kept.",
    body=CheckDefinition,
    example={"document": LEAVE},
    needs="definition:publish",
)


@get("/catalogue", call=CATALOGUE)
def catalogue(request: Asked) -> Response[bytes]:
    with transaction(tenant_of(request)) as db:
        rows = definitions.catalogue(db, principal(request))
    return told(Catalogue(definitions=[Offered(**_offered(row)) for row in rows]))


def _offered(row: Any) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in ("key", "name", "description", "category")}
    return {**told, "version": row.latest}


@get("/catalogue/{key:str}", call=FORM)
def form(request: Asked, key: FromPath[str]) -> Response[bytes]:
    with transaction(tenant_of(request)) as db:
        _, version = definitions.offered(db, principal(request), key)
    definition = Definition(version.document)
    schema, ui_schema = definition.form(definition.start)
    return told(StartForm(key=key, version=version.number, schema=schema, ui_schema=ui_schema))


@get("/definitions", call=LIST)
def index(request: Asked) -> Response[bytes]:
    with transaction(tenant_of(request)) as db:
        rows = definitions.list_definitions(db, principal(request))
    return told(DefinitionList(definitions=[_line(row) for row in rows]))


def _line(row: Any) -> DefinitionLine:
    return DefinitionLine(
        **_offered(row),
        retired=row.retired_at is not None,
        published_at=moment(row.published_at),
        publisher=row.publisher,
        running=row.running,
        total=row.total,
    )


@answering("/definitions", status_code=201, call=PUBLISH)
def publish(request: Asked, body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: PublishDefinition) -> Answer:
        with inside("/document"):
            row = definitions.publish(db, who, asked.document, asked.note)
        digest = bytes(row.content_hash).hex()
        return 201, Published(key=row.document["key"], version=row.number, content_hash=digest)

    return answered(request, body, act)


@answering("/definitions/check", status_code=200, call=CHECK)
def check(request: Asked, body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: CheckDefinition) -> Answer:
        require(who, "definition:publish")
        found = definition_checks.problems_of(db, who.tenant_id, asked.document)
        labels = labels_of(asked.document, directory_of(db, who))
        problems = [
            DocumentProblem(step=problem.step, **about(definition_checks.pointer(problem), problem.reason, labels))
            for problem in found
        ]
        return 200, Checked(problems=problems)

    return answered(request, body, act)


@get("/definitions/{key:str}", call=SHOW)
def show(request: Asked, key: FromPath[str]) -> Response[bytes]:
    asked: DefinitionQuery = query(request)
    with transaction(tenant_of(request)) as db:
        who = principal(request)
        require(who, "definition:read")
        row = definitions.version(db, who, key, asked.version or None)
    return told(DefinitionDocument(key=key, version=row.number, document=row.document))


@get("/definitions/{key:str}/versions", call=VERSIONS)
def versions(request: Asked, key: FromPath[str]) -> Response[bytes]:
    with transaction(tenant_of(request)) as db:
        who = principal(request)
        require(who, "definition:read")
        rows = definitions.list_versions(db, definitions.get(db, who, key))
    return told(VersionList(key=key, versions=[_version(row) for row in rows]))


def _version(row: Any) -> Version:
    return Version(
        version=row.number,
        content_hash=bytes(row.content_hash).hex(),
        note=row.note,
        published_at=moment(row.published_at),
        publisher=row.publisher,
        running=row.running,
    )


router = calls("Definitions", catalogue, form, index, publish, check, show, versions, path=V1, max_body=MAX_BODY)
