"""Every error becomes an answer: an RFC 9457 problem for programs, a page in plain words for people. No traces."""

from contextlib import suppress
from typing import Any
from urllib.parse import quote

import psycopg
import structlog
from litestar import Response
from litestar.concurrency import sync_to_thread
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import Receive, Scope, Send
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.access.links import hidden
from app.access.middleware import recognise, wants_json
from app.errors import Invalid, Refusal, Unauthenticated, Unavailable
from app.web.html import failure
from app.web.request import Asked
from engine import json_text

log = structlog.get_logger()

RETRY_SECONDS = 2
# Not "nothing was changed": the answer to a commit may be what was lost.
BUSY = "The database is not answering right now. Please try again in a moment."
UNFIT = "Something in this is too large to be kept, or has characters that are no text."
BROKEN = "Something went wrong on our side. It is in the log; nothing was changed."
TITLES = {400: "Not understood", 404: "Not found", 405: "Not possible", 413: "Too large", 500: "Something broke"}
WORDS = {
    404: "There is nothing at this address.",
    405: "This address does not do that.",
    413: "That is more than can be taken here.",
    500: BROKEN,
}


def refused(request: Asked, error: Refusal) -> Response[Any]:
    return _answer(request, error.status, error.title, error.message, error.facts)


def framework(request: Asked, error: HTTPException) -> Response[Any]:
    """What Litestar itself refuses: unknown paths, methods, parameters of the wrong type, bodies too large."""
    facts: dict[str, Any] = {}
    detail = error.detail
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        facts["errors"] = [
            {"pointer": f"/{item.get('key', '')}", "message": str(item.get("message", ""))} for item in error.extra
        ]
        detail = "Some parameters need another look."
    status = error.status_code
    if status == 404 and "principal" not in request.scope.get("state", {}) and not wants_json(request):
        return Unknown(request)
    answer = _answer(request, status, TITLES.get(status, "Refused"), WORDS.get(status, detail), facts)
    answer.headers.update({name.title(): value for name, value in (error.headers or {}).items()})
    return answer


class Unknown(Response[Any]):
    """An address without a handler, before which nobody is told apart: that is done now, so that the frame stays.

    It looks into the database, and so not on the event loop.
    """

    def __init__(self, request: Asked) -> None:
        super().__init__(None, status_code=404)
        self._request = request

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        async def send(scope: Scope, receive: Receive, send: Send) -> None:
            answer = await sync_to_thread(self._page)
            await answer.to_asgi_response(None, self._request)(scope, receive, send)

        return send

    def _page(self) -> Response[Any]:
        with suppress(SQLAlchemyError):
            recognise(self._request)
        return _answer(self._request, 404, TITLES[404], WORDS[404], {})


def database(request: Asked, error: SQLAlchemyError) -> Response[Any]:
    """Gone, restarting, full, or too busy: ask again. Anything else of the driver's is our mistake."""
    lost = isinstance(error, PoolTimeout) or (isinstance(error, DBAPIError) and _passing(error))
    if not lost:
        return broken(request, error)
    log.warning("database not answering", error=type(error).__name__, path=hidden(request.url.path))
    answer = _answer(request, 503, Unavailable.title, BUSY, {})
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _passing(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated or not state:
        return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    # 08 connection, 40 serialisation and deadlock, 53 no room, 55P03 lock timeout, 57 shut down or cancelled.
    return state[:2] in ("08", "40", "53", "57") or state == "55P03"


def unfit(request: Asked, error: Exception) -> Response[Any]:
    """A value that got as far as the database and is none there: a NUL, a number beyond its column."""
    log.warning("value refused by the database", error=type(error).__name__, path=hidden(request.url.path))
    return _answer(request, Invalid.status, Invalid.title, UNFIT, {"errors": []})


def broken(request: Asked, error: Exception) -> Response[Any]:
    log.error("unexpected error", path=hidden(request.url.path), method=request.method, exc_info=error)
    return _answer(request, 500, "Something broke", BROKEN, {})


def _answer(request: Asked, status: int, title: str, message: str, facts: dict[str, Any]) -> Response[Any]:
    if wants_json(request):
        problem = {
            **facts,
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": message,
            "instance": quote(request.url.path),
        }
        made: Response[Any] = Response(
            json_text.dumps(problem), status_code=status, media_type="application/problem+json"
        )
    else:
        made = failure(request, status, title, message, facts)
    if "retry_after" in facts:
        made.headers["Retry-After"] = str(facts["retry_after"])
    if status == Unauthenticated.status:
        made.headers["WWW-Authenticate"] = "Bearer"
    return made


HANDLERS: dict[Any, Any] = {
    Refusal: refused,
    HTTPException: framework,
    SQLAlchemyError: database,
    DataError: unfit,
    psycopg.DataError: unfit,
    Exception: broken,
}
