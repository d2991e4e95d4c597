"""Checks of a definition before it is published: its document, the calls it makes, the people it names, its tests."""

from typing import Any
from uuid import UUID

from app.access.permissions import ROLES, require
from app.access.principal import Principal
from app.channels import channels
from app.errors import Invalid, about
from app.outgoing import secrets
from app.outgoing.calls import unsafe_calls
from app.runtime.directories import seen
from app.store.db import Db
from designer.trial import cases
from engine.check import check_document
from engine.definition import Definition
from engine.json_text import Unfit, canonical, dumps, normal
from engine.people_check import people_problems
from engine.placeholders import SECRET
from engine.problems import Problem, problem
from engine.reasons import Reason
from engine.wording.labels import labels_of

MAX_DOCUMENT = 256 * 1024


def checked(db: Db, principal: Principal, document: Any) -> dict[str, Any]:
    """As it would be published. Raises Invalid like `publish`; nothing is written."""
    require(principal, "definition:publish")
    if problems := problems_of(db, principal.tenant_id, document):
        labels = labels_of(document, seen(db, principal.tenant_id))
        found = [about(pointer(one), one.reason, labels) for one in problems]
        raise Invalid("This definition cannot be published yet.", found)
    return dict(normal(document))


def problems_of(db: Db, tenant_id: UUID, document: Any) -> list[Problem]:
    """All that stands in the way of publishing it here, where these people and groups are."""
    try:
        kept = normal(document)
        too_long = len(canonical(kept)) > MAX_DOCUMENT
    except (Unfit, RecursionError, ValueError) as unfit:
        return [problem("document_unfit", None, why=unfit.reason if isinstance(unfit, Unfit) else Reason("too_deep"))]
    if too_long:
        return [problem("document_large", None, kilobytes=MAX_DOCUMENT // 1024)]
    try:
        known = secrets.of_tenant(db, tenant_id, set(SECRET.findall(dumps(kept).decode())))
    except secrets.SecretsError as wrong:
        return [problem("secrets_file", None, error=str(wrong))]
    return check_document(kept, tuple(channels())) or [
        *unsafe_calls(kept, known),
        *people_problems(Definition(kept), seen(db, tenant_id), ROLES),
        *cases.problems(kept),
    ]


def pointer(problem: Problem) -> str:
    return f"/steps/{problem.step}{problem.field}" if problem.step else problem.field
