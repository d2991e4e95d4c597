"""`python -m app web`: the web server."""

from collections.abc import Sequence

import uvicorn

from app.config import settings
from app.logs import configure
from app.main import build

GRACE_SECONDS = 5


def main(_: Sequence[str]) -> int:
    configure()
    uvicorn.run(
        build(),
        host=settings().host,
        port=settings().port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return 0
