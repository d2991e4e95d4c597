"""The API for people: its document, and a page made from it. Both are open; nothing is fetched from outside."""

from functools import cache
from typing import Any

from litestar import Litestar, Response, Router

from app.api.differences import DIFFERENCES
from app.api.docs_model import Reference, reference
from app.api.document import document
from app.config import settings
from app.web.html import page
from app.web.request import Asked
from app.web.routes import get
from engine import json_text


@get("/api/openapi.json", sync_to_thread=False)
def openapi(request: Asked) -> Response[bytes]:
    return Response(_text(request.app), media_type="application/json")


@cache
def _text(app: Litestar) -> bytes:
    return json_text.dumps(document(app.routes))


@get("/api/docs")
def docs(request: Asked) -> Response[Any]:
    return page(
        request,
        "api/docs.html",
        reference=_reference(request.app),
        differences=DIFFERENCES,
        url=settings().base_url,
        at="/keys",
    )


@cache
def _reference(app: Litestar) -> Reference:
    return reference(document(app.routes))


router = Router("/", route_handlers=[openapi, docs])
