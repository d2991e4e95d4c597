"""Settings of one test: the environment as it says, and as it was when it is over."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from app.config import settings


@contextmanager
def environment(**values: str) -> Iterator[None]:
    before = dict(os.environ)
    os.environ |= values
    settings.cache_clear()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before
        settings.cache_clear()
