"""Litestar's route decorators for our synchronous handlers: each runs in a thread, so none holds up the event loop."""

from collections.abc import Callable
from functools import partial
from typing import Any

import litestar
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler

Decorator = Callable[[Callable[..., Any]], HTTPRouteHandler]


def get(path: str, *, sync_to_thread: bool = True, include_in_schema: bool = True, **given: Any) -> Decorator:
    """Pages answer HEAD, too; what programs call is documented with GET alone."""
    if include_in_schema:
        return litestar.get(path, sync_to_thread=sync_to_thread, **given)
    both = [HttpMethod.GET, HttpMethod.HEAD]
    return litestar.route(path, http_method=both, sync_to_thread=sync_to_thread, include_in_schema=False, **given)


post = partial(litestar.post, sync_to_thread=True)
delete = partial(litestar.delete, sync_to_thread=True)
