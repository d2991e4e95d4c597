"""JSON pointers (RFC 6901) as names of places in data, of controls in a form and of elements in a page."""

import re
from typing import Any
from urllib.parse import quote, unquote

from msgspec import UNSET

# A browser changes line breaks in a control's name and drops a control without one.
_UNSAFE_NAME = re.compile(r"^$|[\x00-\x1f\x7f]")
MAX_INDEX_DIGITS = 6
# Of a control's name: no form is nested deeper, or has longer names.
MAX_KEYS, MAX_NAME = 30, 500
_UNSAFE_ID = re.compile(r"[^A-Za-z0-9_/]")


def join(pointer: str, key: str | int) -> str:
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


def split(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def index(key: str) -> int | None:
    """The number of a row; longer ones lead nowhere."""
    return int(key) if key.isdecimal() and len(key) <= MAX_INDEX_DIGITS else None


def look(data: Any, keys: list[str]) -> Any:
    """The value there, or UNSET."""
    for key in keys:
        if isinstance(data, dict) and key in data:
            data = data[key]
        elif isinstance(data, list) and (at := index(key)) is not None and at < len(data):
            data = data[at]
        else:
            return UNSET
    return data


def control_name(pointer: str) -> str:
    return "%" + quote(pointer, safe="/") if _UNSAFE_NAME.search(pointer) else pointer


def named_pointer(name: str) -> str:
    return unquote(name[1:]) if name.startswith("%") else name


def element_id(pointer: str, prefix: str = "") -> str:
    """Unique for every pointer: the dot and the dash that it writes are never written for themselves."""
    encoded = _UNSAFE_ID.sub(lambda match: f".{ord(match[0]):x}.", pointer)
    return f"{prefix}field{encoded.replace('/', '-')}"
