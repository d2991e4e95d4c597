"""Proof that a form came from a page of ours: a token bound to the session, or to a cookie of the login page.

Programs with an API key need none, since no browser sends a key on its own.
"""

import hmac
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Headers

from app.config import settings
from app.errors import Forbidden

SAFE = {"GET", "HEAD", "OPTIONS"}
HEADER, FIELD = "x-csrftoken", "_csrf_token"
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
STALE = "This page is out of date. Load it again and repeat the last step."
FOREIGN = "This came from a page of another site, so nothing was done."


def token(bound_to: str) -> str:
    return hmac.new(settings().secret_key.encode(), b"form\0" + bound_to.encode(), sha256).hexdigest()


def refuse_foreign(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Raises Forbidden when the browser says that another site sent this."""
    headers = connection.headers
    origin = headers.get("origin")
    if headers.get("sec-fetch-site") == "cross-site" or (origin is not None and not _own(origin, headers)):
        raise Forbidden(FOREIGN)


def _own(origin: str, headers: Headers) -> bool:
    place = urlsplit(origin).netloc
    return bool(place) and place in (headers.get("host"), urlsplit(settings().base_url).netloc)


async def check(request: Request[Any, Any, Any], expected: str) -> None:
    """Raises Forbidden unless the header or the form has the token. The form is kept for the handler."""
    given = request.headers.get(HEADER)
    if given is not None or request.content_type[0] not in FORMS:
        return _compare(given, expected)
    form = await request.form()
    try:
        _compare(form.get(FIELD), expected)
    except Forbidden:
        await form.close()
        raise


def _compare(given: Any, expected: str) -> None:
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), expected.encode()):
        raise Forbidden(STALE)
