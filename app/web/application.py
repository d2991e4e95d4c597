"""The web application: the one place where its parts are put together."""

from pathlib import Path

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.datastructures import CacheControlHeader
from litestar.plugins.htmx import HTMXPlugin
from litestar.router import Router
from litestar.static_files import create_static_files_router

from app.access import bodies
from app.access.middleware import Gate
from app.access.unsent import SessionOver
from app.config import settings
from app.pages.login import session_over
from app.web.headers import protect
from app.web.problems import HANDLERS
from engine.registry import discover

ROOT = Path(__file__).parent.parent.parent
# The address of a file changes with its content (app/web/html.py: asset).
KEPT = CacheControlHeader(public=True, max_age=365 * 24 * 60 * 60, immutable=True)


def build() -> Litestar:
    """Every module of app/api, app/pages and app/pages/designer that has a `router` is on the map."""
    packages = ("app.api", "app.pages", "app.pages.designer")
    modules = [module for package in packages for module in discover(package).values()]
    if settings().demo:
        modules += [discover("app.demo")["erp"]]
    routers: list[Router] = [module.router for module in modules if hasattr(module, "router")]
    files = create_static_files_router(path="/static", directories=[ROOT / "static"], cache_control=KEPT)
    return Litestar(
        route_handlers=[*routers, files],
        middleware=[Gate()],
        before_send=[protect],
        plugins=[HTMXPlugin()],
        exception_handlers=HANDLERS | {SessionOver: session_over},
        request_max_body_size=bodies.USUAL,
        multipart_form_part_limit=bodies.MOST_PARTS,
        compression_config=CompressionConfig(backend="gzip", exclude=["/audit/events.csv"]),
        openapi_config=None,  # app/api/document.py tells what calls there are
        logging_config=None,
        debug=False,
    )
