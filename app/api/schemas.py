"""The published JSON Schema of a definition, the same that import and publishing check."""

from functools import cache

from litestar import Response, Router, get

from app.channels import channels
from engine import json_text
from engine.document import document_schema


@get("/schemas/definition-1.json", sync_to_thread=False)
def definition() -> Response[bytes]:
    return Response(_text(), media_type="application/schema+json")


@cache
def _text() -> bytes:
    return json_text.dumps(document_schema(tuple(channels())))


router = Router("/", route_handlers=[definition], tags=["Definitions"])
