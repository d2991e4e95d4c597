"""The icons of drawings, as a stylesheet."""

from litestar import Response, Router

from app.web.icons import SHEET, sheet
from app.web.routes import get

KEPT = {"cache-control": "private, max-age=31536000, immutable"}


@get(SHEET, include_in_schema=False)
def show() -> Response[str]:
    return Response(sheet(), media_type="text/css", headers=KEPT)


router = Router("/", route_handlers=[show])
