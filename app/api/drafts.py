"""Drafts for programs: begun, changed by the edits that the designer's page sends, too, published or discarded."""

from typing import TYPE_CHECKING, Annotated, Any

from litestar import Response
from litestar.params import FromPath, RawBody
from msgspec import UNSET, Meta, structs

from app import drafts
from app.access.principal import Principal
from app.api.definitions import MAX_BODY, DocumentProblem, Key, Published
from app.api.handlers import V1, answered, answering, calls, deleting, told
from app.api.operation import Call
from app.api.request import inside
from app.definition_files import Document, from_bpmn
from app.drafts import PERMISSION, Changes, Draft, begin, finish, obstacles
from app.errors import Invalid, coded
from app.idempotency import Answer
from app.shapes import Count, Json, Maybe, Moment, Nothing, Shape, Text
from app.store.db import Db, transaction
from app.times import moment
from app.web.request import Asked, principal, tenant_of
from app.web.routes import get
from designer.edits import Edit, union
from engine.reasons import Reason, reason
from engine.wording.sentences import sentence

if TYPE_CHECKING:
    AnyEdit = Edit
else:
    AnyEdit = union()

Revision = Annotated[Count, Meta(description="The one that was seen: what GET, or the newest change, answered.")]


BPMN = (
    "A BPMN 2.0 file. One that was exported here is the draft of the definition with its key; one of another tool is "
    "a new definition."
)


class BeginDraft(Shape):
    """One of the four. What is wrong with a document is told as problems; nothing is published."""

    name: Maybe[Annotated[str, Meta(max_length=begin.MAX_NAME, description="Of a flow with a form and an end.")]] = (
        UNSET
    )
    template: Maybe[Annotated[Text, Meta(description="The key of a template that ships with the product.")]] = UNSET
    document: Maybe[Annotated[Json, Meta(description="As the draft of the definition with its key.")]] = UNSET
    bpmn: Maybe[Annotated[str, Meta(min_length=1, max_length=MAX_BODY, description=BPMN)]] = UNSET


class OpenDraft(Shape):
    """Without a version it is the draft there is, or one of the newest version."""

    version: Maybe[Annotated[int, Meta(ge=1, le=1_000_000, description="Loaded into the draft; undo brings back.")]] = (
        UNSET
    )


class DraftShown(Shape):
    key: Key
    revision: Revision
    base: Annotated[int, Meta(description="The version it began as; 0 where it began as none.")]
    document: Json
    undoes: Annotated[str, Meta(description="What undo would take back; empty for nothing.")]
    redoes: Annotated[str, Meta(description="What redo would do again; empty for nothing.")]
    changed_at: Moment | None
    problems: Annotated[list[DocumentProblem], Meta(description="Without any it can be published.")]


class Unmapped(Shape):
    """What a BPMN file says and the draft does not."""

    code: Annotated[str, Meta(description="What it is, for programs.")]
    params: dict[str, Any]
    message: str


class DraftBegun(DraftShown):
    unmapped: Annotated[list[Unmapped], Meta(description="Of a BPMN file; otherwise empty.")]


class EditDraft(Shape):
    """All of the edits, or none where one cannot be done; they are undone together."""

    revision: Revision
    edits: Annotated[list[AnyEdit], Meta(min_length=1, max_length=100)]


class TurnDraft(Shape):
    revision: Revision


class DraftChanged(Shape):
    """What was done, and how the draft is now."""

    words: str
    step: Annotated[str, Meta(description="The step to look at; empty for none.")]
    repeated: Annotated[bool, Meta(description="The same was done before on this revision, and was not done again.")]
    draft: DraftShown


class PublishDraft(Shape):
    revision: Revision
    note: Annotated[str, Meta(max_length=500)] = ""
    over: Annotated[bool, Meta(description="Also over a version that the draft did not begin with.")] = False


class DraftDiscarded(Shape):
    key: Key


CHANGED = (
    "Made on an older revision it counts where it touches other steps than what came between; where it does not, it is "
    "answered 409 with changes (what was done, by whom, when) and the revision that there is now."
)
EXAMPLE = {
    "revision": 0,
    "edits": [{"edit": "insert", "at": "request:submitted", "type": "approval", "name": "Manager"}],
}
BEGIN = Call(
    "Begin a draft of a new definition",
    DraftBegun,
    "From nothing but a name, from a template, from a document or from a BPMN file.",
    body=BeginDraft,
    example={"name": "Travel request"},
    may_miss=True,
    needs=PERMISSION,
)
OPEN = Call(
    "Begin a draft of a definition",
    DraftShown,
    body=OpenDraft,
    body_needed=False,
    may_miss=True,
    needs=PERMISSION,
)
SHOW = Call("Get a draft and its problems", DraftShown, may_miss=True)
EDIT = Call("Change a draft", DraftChanged, CHANGED, body=EditDraft, example=EXAMPLE, may_miss=True, needs=PERMISSION)
UNDO = Call(
    "Undo the newest change",
    DraftChanged,
    "Whoever made it; never one that is not in the revision.",
    body=TurnDraft,
    example={"revision": 1},
    may_miss=True,
    needs=PERMISSION,
)
REDO = Call(
    "Redo the change undone last",
    DraftChanged,
    body=TurnDraft,
    example={"revision": 2},
    may_miss=True,
    needs=PERMISSION,
)
PUBLISH = Call(
    "Publish a draft",
    Published,
    "As it was seen: any change since the revision answers 409. The draft goes on from the version.",
    body=PublishDraft,
    example={"revision": 0, "note": "First version"},
    may_miss=True,
    needs=PERMISSION,
)
DISCARD = Call(
    "Discard a draft",
    DraftDiscarded,
    "With all its changes, for good; a definition that was never published goes with it.",
    body_needed=False,
    may_miss=True,
    needs=PERMISSION,
)


@answering("/drafts", status_code=201, call=BEGIN)
def begun(request: Asked, body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: BeginDraft) -> Answer:
        draft, notes = _begun(db, who, asked)
        unmapped = [Unmapped(**coded(note), message=sentence(note)) for note in notes]
        return 201, DraftBegun(**structs.asdict(_shown(db, who, draft)), unmapped=unmapped)

    return answered(request, body, act)


def _begun(db: Db, who: Principal, asked: BeginDraft) -> tuple[Draft, tuple[Reason, ...]]:
    given = [name for name in asked.__struct_fields__ if getattr(asked, name) is not UNSET]
    if len(given) != 1:
        raise Invalid.because("", reason("begin_with_one"))
    if asked.name is not UNSET:
        return begin.blank_flow(db, who, asked.name), ()
    if asked.template is not UNSET:
        return begin.from_template(db, who, asked.template), ()
    sent = asked.bpmn
    file = Document(asked.document) if sent is UNSET else from_bpmn(sent.encode(errors="replace"), "/bpmn")
    return begin.from_file(db, who, file.content, strange=file.strange).draft, file.notes


@answering("/definitions/{key:str}/draft", status_code=200, call=OPEN)
def opened(request: Asked, key: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: OpenDraft) -> Answer:
        return 200, _shown(db, who, begin.from_version(db, who, key, asked.version or None).draft)

    return answered(request, body, act)


@get("/definitions/{key:str}/draft", call=SHOW)
def show(request: Asked, key: FromPath[str]) -> Response[bytes]:
    with transaction(tenant_of(request)) as db:
        who = principal(request)
        return told(_shown(db, who, drafts.get(db, who, key)))


def _shown(db: Db, who: Principal, draft: Draft) -> DraftShown:
    problems = [
        DocumentProblem(step=one.step, pointer=one.pointer, message=one.text, **coded(one.reason))
        for one in obstacles.problems(db, who, draft)
    ]
    return DraftShown(
        key=draft.key,
        revision=draft.revision,
        base=draft.base,
        document=draft.document,
        undoes=draft.undoes,
        redoes=draft.redoes,
        changed_at=moment(draft.changed_at),
        problems=problems,
    )


@answering("/definitions/{key:str}/draft/edits", status_code=200, call=EDIT)
def edit(request: Asked, key: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: EditDraft) -> Answer:
        return _changed(db, who, drafts.edit(db, who, key, asked.revision, *asked.edits))

    return answered(request, body, act)


@answering("/definitions/{key:str}/draft/undo", status_code=200, call=UNDO)
def undo(request: Asked, key: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: TurnDraft) -> Answer:
        return _changed(db, who, drafts.undo(db, who, key, asked.revision))

    return answered(request, body, act)


@answering("/definitions/{key:str}/draft/redo", status_code=200, call=REDO)
def redo(request: Asked, key: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: TurnDraft) -> Answer:
        return _changed(db, who, drafts.redo(db, who, key, asked.revision))

    return answered(request, body, act)


def _changed(db: Db, who: Principal, made: Changes) -> Answer:
    draft = _shown(db, who, made.draft)
    return 200, DraftChanged(words=made.words, step=made.focus, repeated=made.repeated, draft=draft)


@answering("/definitions/{key:str}/draft/publish", status_code=201, call=PUBLISH)
def publish(request: Asked, key: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: PublishDraft) -> Answer:
        with inside("/document"):
            row = finish.publish(db, who, key, asked.revision, asked.note, over=asked.over)
        return 201, Published(key=key, version=row.number, content_hash=bytes(row.content_hash).hex())

    return answered(request, body, act)


@deleting("/definitions/{key:str}/draft", status_code=200, call=DISCARD)
def discard(request: Asked, key: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: Nothing) -> Answer:
        finish.discard(db, who, key)
        return 200, DraftDiscarded(key=key)

    return answered(request, body, act)


router = calls("Drafts", begun, opened, show, edit, undo, redo, publish, discard, path=V1, max_body=MAX_BODY)
