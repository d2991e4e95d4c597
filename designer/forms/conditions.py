"""Conditional keywords of forms (if, then, else, dependentRequired and the like) that name a field."""

from typing import Any

from designer.forms import schemas
from designer.forms.mentions import Use
from designer.forms.together import all_forms
from engine.pointers import join

Json = dict[str, Any]
_BY_KEY = ("dependentRequired", "dependentSchemas", "dependencies")


def conditions(document: Json, keys: list[str], *, gone: bool = False) -> list[Use]:
    """One for each form. gone: only of forms that do not ask for the field itself any more."""
    found = []
    for asked in all_forms(document):
        if _named(asked.schema, keys) and not (gone and schemas.at(asked.schema, keys) is not None):
            step = asked.steps[0] if asked.steps else ""
            own = asked.schema is not document.get("data")
            found.append(Use(step, f"{join('/steps', step)}/form/schema" if own else "/data", "Condition of the form"))
    return found


def _named(schema: Json, keys: list[str]) -> bool:
    around, name = schemas.at(schema, keys[:-1]), keys[-1]
    return any(
        _depends(one, name)
        or (one is not around and (name in _part(one, "properties") or name in _part(one, "required")))
        for one in schemas.about(schemas.around(schema, keys))
    )


def _depends(schema: Json, name: str) -> bool:
    given = [part for word in _BY_KEY for part in (_part(schema, word),) if isinstance(part, dict)]
    return any(name in part or any(isinstance(one, list) and name in one for one in part.values()) for part in given)


def _part(schema: Json, word: str) -> Any:
    """Nothing where it has another shape."""
    found = schema.get(word)
    return found if isinstance(found, dict | list) else ()
