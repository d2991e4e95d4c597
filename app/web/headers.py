"""What every answer tells the browser to keep to: pages, files, errors, and addresses that do not exist."""

from functools import cache

from litestar.types import Message, Scope

from app.config import settings

YEAR = 365 * 24 * 60 * 60

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}

# The browser tells our own pages where a form was sent from, or it would say that it came from nowhere.
ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


async def protect(message: Message, scope: Scope) -> None:
    """A `before_send` hook. What a handler says itself (a stricter policy, a cache) stands."""
    if message["type"] != "http.response.start":
        return
    given = list(message.get("headers", ()))
    said = {name.lower() for name, _ in given}
    message["headers"] = [*given, *(header for header in _told(settings().base_url) if header[0] not in said)]


@cache
def _told(base_url: str) -> list[tuple[bytes, bytes]]:
    policy = "; ".join(f"{name} {value}" for name, value in POLICY.items())
    told = {**ALWAYS, "content-security-policy": policy, "cache-control": "no-store"}
    if base_url.startswith("https:"):
        told["strict-transport-security"] = f"max-age={YEAR}; includeSubDomains"
    return [(name.encode(), value.encode()) for name, value in told.items()]
