"""The published JSON Schemas: of a definition, as publishing checks it, and of the record's events."""

from functools import cache

from litestar import Response, Router, get

from app.channels import channels
from engine import json_text
from engine.document import document_schema
from engine.event_schema import event_schema

MEDIA_TYPE = "application/schema+json"


@get("/schemas/definition-1.json", sync_to_thread=False)
def definition() -> Response[bytes]:
    return Response(_definition(), media_type=MEDIA_TYPE)


@get("/schemas/event-1.json", sync_to_thread=False)
def event() -> Response[bytes]:
    return Response(_event(), media_type=MEDIA_TYPE)


@cache
def _definition() -> bytes:
    return json_text.dumps(document_schema(tuple(channels())))


@cache
def _event() -> bytes:
    return json_text.dumps(event_schema())


router = Router("/", route_handlers=[definition, event], tags=["Definitions"])
