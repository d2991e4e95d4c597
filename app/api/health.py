"""Is the process alive (/health), can it do its work (/ready)?"""

from typing import Any

from litestar import Response, Router
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.runtime import wake
from app.store.db import across_tenants
from app.store.migrate import at_head
from app.web.routes import get


@get("/health", sync_to_thread=False)
def health() -> dict[str, str]:
    return {"status": "ok"}


@get("/ready")
def ready() -> Response[dict[str, Any]]:
    """503 names what is missing. Without Redis decisions go on, only slower, so that alone is no reason."""
    checks = {"database": _database(), "redis": _redis()}
    checks["migrations"] = _migrations() if checks["database"] == "ok" else "unknown"
    able = checks["database"] == "ok" and checks["migrations"] == "ok"
    status = "ready" if able else "not ready"
    return Response({"status": status, "checks": checks}, status_code=200 if able else 503)


def _database() -> str:
    try:
        with across_tenants() as db:
            db.execute(text("SELECT 1"))
    except SQLAlchemyError as lost:
        return type(lost).__name__
    return "ok"


def _redis() -> str:
    try:
        wake.redis().ping()
    except RedisError as lost:
        return type(lost).__name__
    return "ok"


def _migrations() -> str:
    with across_tenants() as db:
        return "ok" if at_head(db.connection) else "behind: run python -m app migrate"


router = Router("/", route_handlers=[health, ready], tags=["Health"])
