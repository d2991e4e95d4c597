"""Litestar's route decorators for our synchronous handlers: each runs in a thread, so none holds up the event loop."""

from functools import partial

import litestar

get = partial(litestar.get, sync_to_thread=True)
post = partial(litestar.post, sync_to_thread=True)
delete = partial(litestar.delete, sync_to_thread=True)
