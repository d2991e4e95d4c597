"""When a definition's text makes a new version, and when it is the one already there."""

from typing import Any

from app import definitions
from app.store.db import across_tenants
from tests.app.requests import shipped
from tests.make import make_cast

FIRST = shipped(
    "purchase-approval", approval={"levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]}
)
SECOND = FIRST | {"name": "Purchases"}


def numbers(*documents: dict[str, Any]) -> list[int]:
    cast = make_cast()
    with across_tenants() as db:
        return [definitions.store(db, cast.ada.tenant_id, document).number for document in documents]


def test_the_same_text_again_is_the_same_version() -> None:
    assert numbers(FIRST, FIRST) == [1, 1]
    assert numbers(FIRST, SECOND, FIRST, FIRST) == [1, 2, 3, 3]


def test_another_order_is_another_text() -> None:
    """Buttons stand in the order of the outcomes."""
    turned = FIRST | {"steps": dict(reversed(FIRST["steps"].items()))}
    assert turned == FIRST
    assert numbers(FIRST, turned) == [1, 2]
