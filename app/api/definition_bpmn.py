"""A definition as BPMN 2.0, for programs; a draft is begun with such a file by app/api/drafts.py."""

from typing import Annotated

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta

from app import definitions, drafts
from app.access.permissions import require
from app.api.definitions import DefinitionQuery, Key
from app.api.handlers import V1, calls, told
from app.api.operation import Call
from app.api.request import query
from app.shapes import Shape
from app.store.db import transaction
from app.web.request import Asked, principal, tenant_of
from app.web.routes import get
from designer.bpmn.write import write


class BpmnFile(Shape):
    """It holds all settings besides: read again, it is the same definition."""

    key: Key
    bpmn: Annotated[str, Meta(description="XML with a diagram.")]


VERSION = Call("Get a definition as BPMN 2.0", BpmnFile, query=DefinitionQuery, may_miss=True)
DRAFT = Call("Get a draft as BPMN 2.0", BpmnFile, may_miss=True)


@get("/definitions/{key:str}/bpmn", call=VERSION)
def version(request: Asked, key: FromPath[str]) -> Response[bytes]:
    asked: DefinitionQuery = query(request)
    with transaction(tenant_of(request)) as db:
        who = principal(request)
        require(who, "definition:read")
        document = definitions.version(db, who, key, asked.version or None).document
    return told(BpmnFile(key=key, bpmn=write(document).decode()))


@get("/definitions/{key:str}/draft/bpmn", call=DRAFT)
def draft(request: Asked, key: FromPath[str]) -> Response[bytes]:
    with transaction(tenant_of(request)) as db:
        document = drafts.get(db, principal(request), key).document
    return told(BpmnFile(key=key, bpmn=write(document).decode()))


router = calls("Definitions", version, draft, path=V1)
