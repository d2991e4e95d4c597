"""One version of a definition as a policy document to file: a PDF, laid out in a process that can be killed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

from litestar import Response, Router
from litestar.params import FromPath
from sqlalchemy import select

from app import definitions
from app.access.permissions import require
from app.errors import Unavailable
from app.exports.pdf import MEDIA_TYPE, environment
from app.reports.printing import Document, print_
from app.runtime import versions
from app.runtime.directories import current
from app.store.db import transaction
from app.store.tables import tenants
from app.web.request import Asked, principal
from app.web.routes import get
from designer.policy import policy_of

MAX_PAGES, MAX_SECONDS, PATIENCE = 100, 30, 5
# One at a time for each process of the web application: the layout of a long one takes a core.
_layout = Lock()


@dataclass(frozen=True)
class About:
    """What stands in the running heads."""

    name: str
    tenant: str
    made_by: str
    made_at: datetime


@get("/definitions/{key:str}/versions/{number:int}/policy.pdf", include_in_schema=False)
def policy_file(request: Asked, key: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        require(who, "definition:read")
        found = definitions.get(db, who, key)
        row = definitions.version(db, who, key, number)
        version = next(one for one in definitions.list_versions(db, found) if one.number == row.number)
        told = policy_of(versions.definition(db, who.tenant_id, row.id), current(db, who.tenant_id))
        tenant = db.execute(select(tenants.c.name).where(tenants.c.id == who.tenant_id)).scalar_one()
    facts = {"report": About(found.name, tenant, who.name, datetime.now(UTC)), "definition": found, "version": version}
    text = environment().get_template("reports/paper_policy.html").render(facts, policy=told, attached=[])
    headers = {"Content-Disposition": f'attachment; filename="{key}-v{number}-policy.pdf"'}
    return Response(_printed(text), media_type=MEDIA_TYPE, headers=headers)


def _printed(text: str) -> bytes:
    """Raises TooLarge, and Unavailable while others print or where the library that lays out text is missing."""
    if not _layout.acquire(timeout=PATIENCE):
        raise Unavailable("Somebody else's policy is being made into a PDF. Try it again in a moment.")
    try:
        instead = "Open the policy on its page and print it there."
        return print_(Document(text, [], 1, MAX_PAGES, MAX_SECONDS, instead), lambda _: None)
    finally:
        _layout.release()


router = Router("/", route_handlers=[policy_file])
