"""A stand-in for the books of another company's system, which the demo's action calls. Only there in the demo.

It keeps nothing: a supplier's number comes from the idempotency key, so asking twice gives the same number.
"""

from hashlib import sha256

from litestar import Response, Router, delete, post
from litestar.params import FromPath

from app.demo import powers
from app.errors import Missing
from app.store.db import across_tenants
from app.web.request import Asked


@post("/demo/erp/suppliers", include_in_schema=False, sync_to_thread=True)
def create(request: Asked, body: bytes) -> Response[dict[str, str]]:
    _only_in_the_demo()
    key = request.headers.get("idempotency-key", "").encode() or body
    return Response({"id": f"S-{int(sha256(key).hexdigest()[:8], 16) % 100000:05}"}, status_code=201)


@delete("/demo/erp/suppliers/{id:str}", include_in_schema=False, sync_to_thread=True)
def remove(id: FromPath[str]) -> None:
    """Gone, or never there: the same answer, so undoing twice is fine."""
    _only_in_the_demo()


def _only_in_the_demo() -> None:
    with across_tenants() as db:
        if not powers.on(db):
            raise Missing("There is nothing at this address.")


router = Router("/", route_handlers=[create, remove])
