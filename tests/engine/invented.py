"""An invented language: a gettext file in which every text of the product stands in brackets."""

import ast
import struct
from collections.abc import Iterator
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from engine.phrases import Plural
from engine.wording import sentences
from engine.wording.catalogue import CATALOGUE, PHRASES, phrases

ROOT = Path(__file__).parents[2]
# What people, definitions and other systems said is told as it is, in every language.
SPOKEN = "{text}", "{error}"
OPEN, CLOSE = "⟦", "⟧"
MARKS = ("phrase", "msgid", "Plural")


@cache
def language() -> GNUTranslations:
    return GNUTranslations(BytesIO(_compiled()))


def texts() -> list[str | Plural]:
    words = (text for known in PHRASES.values() for text in known.values())
    found = [*CATALOGUE.values(), *words, *_constants(phrases), *_constants(sentences), *_marked()]
    return [text for text in dict.fromkeys(found) if text not in SPOKEN]


def _constants(module: object) -> Iterator[str | Plural]:
    for name, value in vars(module).items():
        if name.isupper() and isinstance(value, str | Plural):
            yield value


def _marked() -> Iterator[str | Plural]:
    """Those that stand where they are told, as the tools of gettext find them."""
    for package in ("engine", "designer", "app"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for call in ast.walk(ast.parse(path.read_text())):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MARKS:
                    yield from _text(call)


def _text(call: ast.Call) -> Iterator[str | Plural]:
    assert not isinstance(call.args[0], ast.JoinedStr | ast.BinOp), ast.unparse(call)
    given = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if isinstance(call.func, ast.Name) and call.func.id == "Plural":
        yield Plural(*given)
    elif given:
        yield given[0]


def _compiled() -> bytes:
    """The catalogue as msgfmt would write it: sorted, each text with its length and place."""
    pairs = {"": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"}
    for text in texts():
        if isinstance(text, Plural):
            pairs[f"{text.one}\0{text.many}"] = f"{OPEN}{text.one}{CLOSE}\0{OPEN}{text.many}{CLOSE}"
        else:
            pairs[text] = f"{OPEN}{text}{CLOSE}"
    keys = sorted(pairs, key=str.encode)
    columns = [key.encode() for key in keys], [pairs[key].encode() for key in keys]
    head, size = 28, len(keys)
    place = head + 16 * size
    tables, body = b"", b""
    for column in columns:
        for written in column:
            tables += struct.pack("<II", len(written), place + len(body))
            body += written + b"\0"
    return struct.pack("<7I", 0x950412DE, 0, size, head, head + 8 * size, 0, 0) + tables + body


def is_invented(told: str) -> bool:
    """Nothing of a sentence stands outside the brackets, and each is closed."""
    depth = 0
    for number, letter in enumerate(told):
        depth += (letter == OPEN) - (letter == CLOSE)
        if depth == 0 and number < len(told) - 1:
            return False
    return depth == 0 and told.startswith(OPEN)
