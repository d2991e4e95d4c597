"""What every answer tells the browser to keep to: pages, files, errors, and addresses that do not exist."""

from litestar.datastructures import MutableScopeHeaders
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
    headers = MutableScopeHeaders.from_message(message)
    policy = "; ".join(f"{name} {value}" for name, value in POLICY.items())
    told = {**ALWAYS, "content-security-policy": policy, "cache-control": "no-store"}
    if settings().base_url.startswith("https:"):
        told["strict-transport-security"] = f"max-age={YEAR}; includeSubDomains"
    for name, value in told.items():
        headers.setdefault(name, value)
