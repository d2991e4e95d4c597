"""Posted forms, read within bounds: how large, how many fields, and never parsed on the event loop.

How much a handler takes is its `request_max_body_size`; without a file a form is never larger than WITHOUT_FILES.
"""

from typing import Any
from urllib.parse import parse_qsl

from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException

from app.errors import Invalid, TooLarge

# Of handlers that say nothing else, of those whose form may have a file, and of those that take a few words.
USUAL, WITH_FILES, SMALL = 256 * 1024, 12 * 1024 * 1024, 16 * 1024
WITHOUT_FILES = 1024 * 1024
MOST_FIELDS, MOST_PARTS = 20_000, 5_000
FORMS = URL_ENCODED, MULTIPART = ("application/x-www-form-urlencoded", "multipart/form-data")
KEPT = "posted"

Asked = Request[Any, Any, Any]
Posted = list[tuple[str, Any]]


async def posted(request: Asked) -> Posted:
    """Names and values in the order of the form; files as Litestar's UploadFile. Empty where it is no form.

    Raises TooLarge for too many bytes or fields, Invalid for what is no form at all.
    """
    state = request.scope["state"]
    if KEPT not in state:
        state[KEPT] = await _read(request)
    found: Posted = state[KEPT]
    return found


async def _read(request: Asked) -> Posted:
    kind = request.content_type[0]
    if kind == MULTIPART:
        try:
            return list((await request.form()).multi_items())
        except ClientException as unread:
            raise Invalid("This form was cut off on its way, or has too many fields. Please send it again.") from unread
    if kind != URL_ENCODED:
        return []
    if (request.content_length or 0) > WITHOUT_FILES:
        raise TooLarge(f"A form without files has at most {WITHOUT_FILES // 1024:,} kB.")
    body = await request.body()
    if len(body) > WITHOUT_FILES or body.count(b"&") >= MOST_FIELDS:
        raise TooLarge(f"A form has at most {MOST_FIELDS:,} fields and {WITHOUT_FILES // 1024:,} kB.")
    return await sync_to_thread(_parsed, body)


def _parsed(body: bytes) -> Posted:
    try:
        return list(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        raise Invalid("This form is not written in UTF-8.") from None


async def close(form: Posted) -> None:
    """Let go of the files of a form that nobody will look at."""
    for _, value in form:
        if isinstance(value, UploadFile):
            await value.close()
