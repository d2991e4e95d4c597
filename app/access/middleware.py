"""The gate: every request passes here and is told apart before a handler sees it.

Nothing is open unless PUBLIC or OPEN says so: a handler without any guard still asks for a login.
"""

import re
import secrets
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.enums import MediaType, ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.response.base import ASGIResponse
from litestar.response.redirect import ASGIRedirectResponse
from litestar.types import ASGIApp, Guard, Receive, Scope, Send

from app.access import csrf, keys, sessions, unsent
from app.access.addresses import FORWARDED, client_address
from app.access.bodies import Asked
from app.access.permissions import require
from app.access.principal import Principal
from app.audit import tenant_log
from app.config import settings
from app.errors import Missing, Unauthenticated
from app.store.db import statement

log = structlog.get_logger()

# Nobody is told apart here: files, health, documents, links in mails (each proves itself), the demo's other system.
PUBLIC = ("/static", "/health", "/ready", "/schemas", "/api/openapi.json", "/d", "/welcome", "/demo/erp")
LOGIN = "/login"
# Who has logged in is known here, and others are not sent away.
OPEN = (LOGIN, "/api/docs")
PROGRAMS = ("/api", "/schemas", "/health", "/ready")
# A handler with this option gets the key as it came (state "secret") and tells its owner apart in the transaction that
# does the work, before anything else: one turn to the database less. Nobody is known until it has done so.
TELLS_APART = "tells_apart"
# What pages ask for by themselves while nobody does anything: it keeps no session alive.
UNATTENDED = "unattended"
UNKNOWN_SENDER = "Log in, or send an API key: Authorization: Bearer sk_…"
UNKNOWN_KEY = "This API key is not known here, was revoked or has expired."
KEY_IN_ADDRESS = re.compile(rb"sk_[A-Za-z0-9_-]{20}")

Connection = ASGIConnection[Any, Any, Any, Any]


class Gate(ASGIMiddleware):
    scopes = (ScopeType.HTTP, ScopeType.WEBSOCKET)

    def __init__(self) -> None:
        if not settings().cookie_secure:
            log.warning("session cookies travel unprotected until BASE_URL is https", url=settings().base_url)
        elif not settings().trusted_proxies:
            log.warning("everybody seems to come from the proxy's address until TRUSTED_PROXIES names it")

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        connection: Connection = ASGIConnection(scope)
        address = _address(connection)
        state = scope.setdefault("state", {})
        state.update(principal=None, csrf_token="", address=address)
        if "\0" in scope["path"]:
            raise Missing("There is nothing at this address.")
        source = "api" if _under(scope["path_template"], "/api") else "web"
        agent = connection.headers.get("user-agent", "")[:200] or None
        tenant_log.origin.set(tenant_log.Origin(source, address or None, agent))
        if not _under(scope["path_template"], *PUBLIC):
            if connection.route_handler.opt.get(TELLS_APART) and (secret := _key(connection)) is not None:
                _refuse_in_address(connection)
                state["secret"] = secret
                await next_app(scope, receive, send)
                return
            principal = state["principal"] = await _identify(connection)
            if principal is None and not _under(scope["path_template"], *OPEN):
                answer = await _ask_to_log_in(connection, receive)
                await answer(scope, receive, send)
                return
            if _under(scope["path_template"], LOGIN) or (principal and principal.via == "session"):
                await _check_origin(connection, receive)
        await next_app(scope, receive, send)


def _address(connection: Connection) -> str:
    peer = connection.client.host if connection.client else ""
    trusted = settings().trusted_proxies
    return client_address(peer, connection.headers.getall(FORWARDED, []), trusted) if trusted else peer


def _under(path: str, *places: str) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)


async def _identify(connection: Connection) -> Principal | None:
    _refuse_in_address(connection)
    secret = _key(connection)
    if secret is not None:
        found = await sync_to_thread(_by_key, secret)
        if found is None:
            raise Unauthenticated(UNKNOWN_KEY)
        return found
    token = connection.cookies.get(session_cookie())
    seen = not connection.route_handler.opt.get(UNATTENDED)
    return await sync_to_thread(partial(sessions.reader, token, seen=seen)) if token else None


def _refuse_in_address(connection: Connection) -> None:
    if KEY_IN_ADDRESS.search(connection.scope["query_string"]):
        raise Unauthenticated(
            "A key in the address ends up in logs: revoke it, and send the next one as Authorization: Bearer."
        )


def _key(connection: Connection) -> str | None:
    """`Authorization: Bearer` of RFC 6750, or the `X-API-Key` that programs of the reference systems send."""
    kind, _, secret = connection.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return secret.strip()
    return connection.headers.get("x-api-key")


def _by_key(secret: str) -> Principal | None:
    tenant_id = keys.tenant_of(secret)
    found = keys.find(partial(statement, tenant_id), secret) if tenant_id else None
    if found and found.unmarked:
        keys.mark_used(found.principal)
    return replace(found.principal, moment=None) if found else None


def recognise(request: Asked) -> None:
    """Tell apart who asks for an address that no handler has, to show them a page of theirs."""
    token = session_token(request)
    principal = sessions.reader(token)
    state = request.scope.setdefault("state", {})
    state.update(principal=principal, csrf_token=csrf.token(token) if token and principal else "")


async def _check_origin(connection: Connection, receive: Receive) -> None:
    """Make the form token of this browser known, and refuse what another site sent in its name."""
    scope = connection.scope
    if _under(scope["path_template"], LOGIN):
        bound_to = connection.cookies.get(visitor_cookie()) or secrets.token_urlsafe(32)
        scope["state"]["visitor"] = bound_to
    else:
        bound_to = connection.cookies[session_cookie()]
    principal = scope["state"]["principal"]
    scope["state"]["csrf_token"] = csrf.token(bound_to, str(principal.user_id) if principal else "")
    if scope["type"] == ScopeType.WEBSOCKET:
        csrf.refuse_foreign(connection)
    elif scope["method"] not in csrf.SAFE:
        csrf.refuse_foreign(connection)
        handler = scope["route_handler"]
        for guard in handler.resolve_guards():  # nothing is read of what may not be sent at all
            if verdict := guard(connection, handler):
                await verdict
        await csrf.check(Request(scope, receive), bound_to)


async def _ask_to_log_in(connection: Connection, receive: Receive) -> ASGIApp:
    """Send people to the login page and back to where they were; tell programs what is missing.

    Raises SessionOver with what was typed where a form was sent.
    """
    headers = connection.headers
    if connection.scope["type"] == ScopeType.WEBSOCKET or wants_json(Request(connection.scope)):
        raise Unauthenticated(UNKNOWN_SENDER)
    if headers.get("hx-request"):
        place = f"{LOGIN}?next={quote(_path_of(headers.get('hx-current-url', '')), safe='')}"
        return ASGIResponse(status_code=401, headers={"hx-redirect": place}, media_type=MediaType.TEXT)
    query = connection.scope["query_string"].decode("latin-1")
    here = connection.scope["path"] + (f"?{query}" if query else "")
    if connection.scope["method"] not in csrf.SAFE:
        if kept := await unsent.keep(Request(connection.scope, receive), connection.cookies.get(session_cookie())):
            raise unsent.SessionOver(kept)
        here = _path_of(headers.get("referer", ""))
    return ASGIRedirectResponse(f"{LOGIN}?next={quote(here, safe='')}", status_code=303)


def wants_json(request: Asked) -> bool:
    accepts = request.headers.get("accept", "")
    return _under(request.url.path, *PROGRAMS) or ("json" in accepts and "html" not in accepts)


def _path_of(address: str) -> str:
    parts = urlsplit(address)
    return local_path(parts.path + (f"?{parts.query}" if parts.query else ""))


def local_path(text: str) -> str:
    """The text when it is a path of ours, else the start page. Browsers read backslashes as slashes."""
    plain = text.isprintable() and not set(text) & {"\\", " "}
    local = text.startswith("/") and not text.startswith("//")
    return text if plain and local and not _under(urlsplit(text).path, LOGIN, "/logout") else "/"


def session_cookie() -> str:
    return "__Host-sid" if settings().cookie_secure else "sid"


def visitor_cookie() -> str:
    return "__Host-visitor" if settings().cookie_secure else "visitor"


def device_cookie() -> str:
    return "__Host-device" if settings().cookie_secure else "device"


def cookie(name: str, value: str, seconds: int | None = None) -> Cookie:
    """Gone after so many seconds, when the browser closes, or at once when there is no value."""
    ends = seconds if value else 0
    secure = settings().cookie_secure
    return Cookie(key=name, value=value, max_age=ends, httponly=True, samesite="lax", secure=secure)


def session_token(request: Asked) -> str | None:
    return request.cookies.get(session_cookie())


def principal_of(connection: Connection) -> Principal:
    """Who sends a request. Raises Unauthenticated where nobody is told apart."""
    found: Principal | None = connection.scope["state"].get("principal")
    if found is None:
        raise Unauthenticated(UNKNOWN_SENDER)
    return found


def need(permission: str) -> Guard:
    """A guard for handlers: `guards=[need("definition:publish")]`."""

    async def guard(connection: Connection, _: BaseRouteHandler) -> None:
        require(principal_of(connection), permission)

    return guard
