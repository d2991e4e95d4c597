"""A page as somebody without scripts uses it: its forms, filled in and sent, and the words on it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

from sqlalchemy import event

from app.access import csrf
from app.store.db import engine
from tests.browser import posted
from tests.make import Browser

FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL)
ELSEWHERE = r'<(?:input|select|textarea|button)\b[^>]*\bform="{}"[^>]*>(?:[^<]*</textarea>)?'


def words(page: str) -> str:
    """What can be read, in one line."""
    text = re.sub(r"<(script|style|svg|title)\b.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(text).split()).replace(" ,", ",").replace(" .", ".")


def send(web: Browser, page: str, action: str, button: tuple[str, str] | None = None, **changes: str) -> Any:
    """Press a button of the form with that address; the token is the one that the page has."""
    web.headers.pop(csrf.HEADER, None)
    name, value = button or ("", "")
    forms = [_whole(page, form) for form in FORM.findall(page) if f'action="{action}"' in form]
    form = next(form for form in forms if not button or f'name="{name}" value="{value}"' in form)
    fields = [pair for pair in posted(form) if pair[0] not in changes]
    data: dict[str, list[str]] = {}
    for key, text in [*fields, *changes.items(), *([button] if button else [])]:
        data.setdefault(key, []).append(text)
    upload = {"nothing": ("", b"", "application/octet-stream")} if "multipart/form-data" in form else None
    return web.post(action, data=data, files=upload)


def _whole(page: str, form: str) -> str:
    """With the controls that belong to it, but stand elsewhere."""
    key = re.match(r"<form\b[^>]*\bid=\"([^\"]+)\"", form)
    outside = re.findall(ELSEWHERE.format(key[1]), page, re.DOTALL) if key else []
    return form + "".join(outside)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Those sent to the database meanwhile, by whomever."""
    said: list[str] = []

    def hear(*given: Any) -> None:
        said.append(given[2])

    event.listen(engine(), "before_cursor_execute", hear)
    yield said
    event.remove(engine(), "before_cursor_execute", hear)
