"""Which drafts can be run: those with the shape of a definition, whatever else is wrong with them."""

from typing import Any

from engine.check import check_document
from engine.definition import Definition
from engine.json_text import Unfit, normal

# Without these a definition cannot be read, or a request on it cannot begin.
NEEDED = {
    "document_deep",
    "document_wrong",
    "document_shape",
    "step_wrong",
    "step_shape",
    "zone",
    "data_schema",
    "data_no_object",
    "form_schema",
    "form_no_object",
    "name_empty",
    "name_unseen",
    "no_start",
    "start_no_form",
}


def runnable(document: Any) -> Definition | None:
    try:
        kept = normal(document)
    except (Unfit, RecursionError, ValueError):
        return None
    return None if any(one.code in NEEDED for one in check_document(kept)) else Definition(kept)
