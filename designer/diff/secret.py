"""Redaction: values that may be secrets are not shown, only that they are others now."""

import re
from collections.abc import Mapping
from typing import Any

from engine.placeholders import HEADER_PLACE

SECRETIVE = re.compile(
    r"secret|token|passw|api.?key|authorization|credential|cookie|private.?key|signature", re.IGNORECASE
)
PLAIN_HEADERS = re.compile(r"accept(-.*)?|content-type|user-agent|idempotency-key|x-request-id", re.IGNORECASE)
SCHEME = re.compile(r"\s*(bearer|basic|token)?\s*", re.IGNORECASE)
IN_ADDRESS = re.compile(r"(?<=//)[^/@\s]+(?=@)|(?<==)[^&#{}\s]+(?=[&#]|$)")


class Mask:
    """Puts “hidden value 1”, “hidden value 2” … in place of secrets; the same one has the same number."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def document(self, document: Mapping[str, Any]) -> dict[str, Any]:
        return {key: self._part(key, value) for key, value in document.items()}

    def _part(self, key: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            inside = self._header if key == "headers" else self._part
            return {name: inside(name, item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._part(key, item) for item in value]
        if isinstance(value, str):
            return self._text(key, value)
        return value

    def _text(self, key: str, text: str) -> str:
        if SECRETIVE.search(key) and key not in ("title", "description"):
            return self._masked(text)
        return IN_ADDRESS.sub(lambda found: self._masked(found[0]), text) if key == "url" else text

    def _header(self, name: str, value: Any) -> Any:
        if not isinstance(value, str):
            return self._part(name, value)
        return value if PLAIN_HEADERS.fullmatch(name) else self._masked(value)

    def _masked(self, text: str) -> str:
        """What only names a secret, or a field of the request, holds none."""
        if SCHEME.fullmatch(HEADER_PLACE.sub("", text)):
            return text
        return f"hidden value {self._known.setdefault(text, len(self._known) + 1)}"
