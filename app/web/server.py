"""`python -m app web`: the web server."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import uvicorn
from litestar.concurrency import set_asyncio_executor

from app.logs import configure
from app.processes.listening import listening
from app.runtime import gc
from app.store.db import CONNECTIONS
from app.web.application import build
from app.web.guard import GuardedProtocol

GRACE_SECONDS = 5


def main(_: Sequence[str]) -> int:
    configure()
    # Each thread finds a connection, so that nobody who has got a thread waits once more.
    set_asyncio_executor(ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="request"))
    config = uvicorn.Config(
        build(),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http=GuardedProtocol,
        ws="none",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    gc.settle()
    uvicorn.Server(config).run(sockets=[listening()])
    return 0
