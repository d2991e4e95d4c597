"""Flash messages: what was done is said once, on the page that follows, to the session that did it.

The cookie is signed together with the session's token, so that no link and no other browser can make a page say it.
"""

from hashlib import sha256
from typing import Any, NamedTuple

from itsdangerous import BadData, URLSafeTimedSerializer
from litestar import Response
from litestar.response import Redirect

from app.access.middleware import cookie, session_token
from app.config import settings
from app.web.request import Asked

SECONDS = 60


class Flash(NamedTuple):
    """tone: success or info."""

    tone: str
    title: str
    text: str = ""


def redirect(request: Asked, address: str, title: str, text: str = "", tone: str = "success") -> Redirect:
    """On to another page, which says it. request: of the session that is told."""
    return redirect_as(session_token(request) or "", address, Flash(tone, title, text))


def redirect_as(session: str, address: str, flash: Flash) -> Redirect:
    """session: the token of the session that is told, where that is a new one."""
    answer = Redirect(address, status_code=303)
    answer.set_cookie(cookie(_name(), _signer(session).dumps(flash)))
    return answer


def read(request: Asked) -> Flash | None:
    kept, session = request.cookies.get(_name()), session_token(request)
    if not kept or not session:
        return None
    try:
        return Flash(*_signer(session).loads(kept, max_age=SECONDS))
    except (BadData, TypeError):
        return None


def forget(request: Asked, answer: Response[Any]) -> None:
    """It was said, or was not for this session."""
    if _name() in request.cookies:
        answer.set_cookie(cookie(_name(), ""))


def _name() -> str:
    return "__Host-flash" if settings().cookie_secure else "flash"


def _signer(session: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt=f"flash {sha256(session.encode()).hexdigest()}")
