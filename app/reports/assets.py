"""What a printed page may load: our own stylesheet and fonts, and nothing from anywhere else."""

import mimetypes
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from weasyprint.urls import URLFetcher, URLFetcherResponse

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
# A host that cannot exist: it is never asked, the files come from `static`.
ASSETS = "https://assets.invalid/"
KINDS = {".css", ".woff2", ".svg", ".png"}


class Foreign(ValueError):
    """An address that is not ours to load."""


class OwnAssets(URLFetcher):  # type: ignore[misc]
    """Refuses http, file and every other address: what was typed into a request cannot reach out of a page."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=["data"], allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        if url.startswith("data:"):
            return super().fetch(url, headers)
        path = (STATIC / unquote(url.removeprefix(ASSETS))).resolve()
        if not url.startswith(ASSETS) or not path.is_relative_to(STATIC) or path.suffix not in KINDS:
            raise Foreign(f"not one of our own files: {url[:200]}")
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})
