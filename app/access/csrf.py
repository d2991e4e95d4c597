"""Proof that a form came from a page of ours: a token bound to the session, or to a cookie of the login page.

Each page has another one, so that a page's length tells nothing about it. It also says, to us alone, whose page it
was: then what was typed can be given back to the same person after the session has ended (app/access/unsent.py).
Programs with an API key need none, since no browser sends a key on its own.
"""

import hmac
import secrets
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.datastructures import Headers

from app.access import bodies
from app.access.bodies import Asked
from app.config import settings
from app.errors import Forbidden

SAFE = {"GET", "HEAD", "OPTIONS"}
NONCE, MARK = 32, 40
LENGTH = NONCE + 2 * MARK
HEADER, FIELD = "x-csrftoken", "_csrf_token"
STALE = "This page is out of date. Load it again and repeat the last step."
FOREIGN = "This came from a page of another site, so nothing was done."


def token(bound_to: str, owner: str = "") -> str:
    """`bound_to`: the cookie of the session or the visitor. `owner`: the id of whose page it is on."""
    nonce = secrets.token_hex(16)
    return f"{nonce}{_mark('form', nonce, bound_to)}{_mark('owner', nonce, owner)}"


def fits(given: str, bound_to: str) -> bool:
    proof = _mark("form", given[:NONCE], bound_to)
    return len(given) == LENGTH and hmac.compare_digest(given[NONCE:-MARK].encode(), proof.encode())


def is_of(given: str, owner: str) -> bool:
    """Whether this token stood on a page of that person, in whatever session."""
    return hmac.compare_digest(given[-MARK:].encode(), _mark("owner", given[:NONCE], owner).encode())


def _mark(purpose: str, nonce: str, of: str) -> str:
    told = f"{purpose} {nonce} {of}".encode()
    return hmac.new(settings().secret_key.encode(), told, sha256).hexdigest()[:MARK]


def refuse_foreign(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Raises Forbidden when the browser says that another site sent this."""
    headers = connection.headers
    origin = headers.get("origin")
    if headers.get("sec-fetch-site") == "cross-site" or (origin is not None and not _own(origin, headers)):
        raise Forbidden(FOREIGN)


def _own(origin: str, headers: Headers) -> bool:
    place = urlsplit(origin).netloc
    return bool(place) and place in (headers.get("host"), urlsplit(settings().base_url).netloc)


async def check(request: Asked, bound_to: str) -> None:
    """Raises Forbidden unless the header or the form has a token. The form is kept for the handler."""
    given = request.headers.get(HEADER)
    if given is not None or request.content_type[0] not in bodies.FORMS:
        return _require(given, bound_to)
    form = await bodies.posted(request)
    try:
        _require(given_in(form), bound_to)
    except Forbidden:
        await bodies.close(form)
        raise


def given_in(form: bodies.Posted) -> Any:
    return next((value for name, value in form if name == FIELD), None)


def _require(given: Any, bound_to: str) -> None:
    if not isinstance(given, str) or not fits(given, bound_to):
        raise Forbidden(STALE)
