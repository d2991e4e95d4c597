"""A form sent after its session had ended: what was typed waits in the log-in page, signed, and is given back.

Nothing is stored, and nothing is sent by itself: the same person gets the form as it was and sends it again.
"""

import re
from uuid import UUID

from itsdangerous import BadData, URLSafeTimedSerializer

from app.access import bodies, csrf
from app.access.bodies import Asked
from app.access.links import signer
from app.config import settings
from app.errors import Refusal, TooLarge

# The pages that know how to show a form again without doing anything: those with something worth typing twice.
PLACES = re.compile(r"/instances/new/[^/]{1,80}|/tasks/[0-9a-f-]{36}/(?:decision|submission)")
RESTORE = "restore"
MAX_AGE_SECONDS = 12 * 60 * 60
LONGEST = 96 * 1024

Fields = list[tuple[str, str]]


class SessionOver(Refusal):
    """Carries what was typed, for the log-in page."""

    status = 401

    def __init__(self, kept: str) -> None:
        super().__init__("Your session had ended. Nothing was sent yet.")
        self.kept = kept


def _signer() -> URLSafeTimedSerializer:
    return signer(settings().secret_key, "signoff/unsent")


async def keep(request: Asked, session: str | None) -> str:
    """What was typed, as a text for the log-in form; empty where it is not ours, not a form, or too much."""
    own_page = request.headers.get("sec-fetch-site") == "same-origin" or "origin" in request.headers
    short = 0 < (request.content_length or 0) <= bodies.WITHOUT_FILES
    if not PLACES.fullmatch(request.url.path) or not short or not (session or own_page):
        return ""
    csrf.refuse_foreign(request)
    try:
        form = await bodies.posted(request)
    except TooLarge:
        return ""
    await bodies.close(form)
    token = csrf.given_in(form)
    if not isinstance(token, str) or len(token) != csrf.LENGTH or (session and not csrf.fits(token, session)):
        return ""
    typed = [(name, value) for name, value in form if isinstance(value, str) and name not in (csrf.FIELD, "_do")]
    kept = str(_signer().dumps([request.url.path, typed, token]))
    return kept if len(kept) <= LONGEST else ""


def given_back(kept: str, user_id: UUID) -> tuple[str, Fields] | None:
    """Where it was sent and what was typed. None for what is too old, or was typed by somebody else."""
    try:
        path, typed, token = _signer().loads(kept, max_age=MAX_AGE_SECONDS)
    except (BadData, ValueError):
        return None
    return (path, [(name, value) for name, value in typed]) if csrf.is_of(token, str(user_id)) else None
