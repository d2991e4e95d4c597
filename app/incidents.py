"""Why a request is stuck, in words for the administrators who help it on."""

from typing import Any

from app.runtime import versions
from app.runtime.directories import current
from app.store.db import Db
from engine.state import Blocked
from engine.wording.labels import labels_of
from engine.wording.sentences import sentence


def words(db: Db, row: Any, blocked: Blocked) -> str:
    """`row`: of instances."""
    definition = versions.definition(db, row.tenant_id, row.version_id)
    return sentence(blocked, labels_of(definition.document, current(db, row.tenant_id)))
