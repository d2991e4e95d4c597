"""Inline Markdown of descriptions: bold, italic, code and links to the web; everything else is text as it stands."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_MARKS = re.compile(
    r"\*\*(?P<strong>[^*]+)\*\*|\*(?P<em>[^*\s][^*]*)\*|`(?P<code>[^`]+)`"
    r"|\[(?P<label>[^\]]+)\]\((?P<href>https?://[^\s()<>\"]+)\)"
)


class Piece(NamedTuple):
    """`mark`: the HTML element, "" for plain text; `href`: of a link."""

    mark: str
    text: str
    href: str = ""


def pieces(text: str) -> Iterator[Piece]:
    end = 0
    for found in _MARKS.finditer(text):
        if found.start() > end:
            yield Piece("", text[end : found.start()])
        end = found.end()
        if found["href"]:
            yield Piece("a", found["label"], found["href"])
        else:
            mark = str(found.lastgroup)
            yield Piece(mark, found[mark])
    if text[end:]:
        yield Piece("", text[end:])
