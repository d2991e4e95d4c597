"""JSON Schema's dependent keywords over forms: what was left empty was not given.

An untouched form posts `false` for a box and `[]` for a list, for a rule needs a value to decide on: what is missing
never decides. So that such a form owes nothing, `dependentRequired` and `dependentSchemas` take an empty answer
for none.
"""

from collections.abc import Iterator
from typing import Any

from jsonschema.exceptions import ValidationError


def is_given(instance: dict[str, Any], name: str) -> bool:
    value = instance.get(name)
    return value is not None and value is not False and value not in ("", [], {})


def dependent_required(_: Any, wanted: dict[str, list[str]], instance: Any, __: Any) -> Iterator[ValidationError]:
    """Each error is about the field that is missing."""
    for name, needed in wanted.items() if isinstance(instance, dict) else ():
        if is_given(instance, name):
            yield from (ValidationError("it is missing", path=[other]) for other in needed if other not in instance)


def dependent_schemas(own: Any, wanted: dict[str, Any], instance: Any, _: Any) -> Iterator[ValidationError]:
    for name, schema in wanted.items() if isinstance(instance, dict) else ():
        if is_given(instance, name):
            yield from own.descend(instance, schema, schema_path=name)
