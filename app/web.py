"""`python -m app web`: the web server."""

from collections.abc import Sequence

import uvicorn

from app.listening import listening
from app.logs import configure
from app.main import build

GRACE_SECONDS = 5


def main(_: Sequence[str]) -> int:
    configure()
    config = uvicorn.Config(
        build(),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listening()])
    return 0
