"""A posted form, found again by pointer: texts, uploads and what the hidden controls say about both."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from msgspec import UNSET

from engine.forms import hidden, uploads
from engine.forms.uploads import StoredFile, UploadRef
from engine.pointers import MAX_KEYS, MAX_NAME, control_name, index, named_pointer

MAX_CONTROLS = 20_000


class Posted:
    """Controls with longer or deeper names than a form gives are nobody's, and left out."""

    def __init__(self, pairs: Iterable[tuple[str, str | UploadRef]]) -> None:
        self._texts: dict[str, list[str]] = defaultdict(list)
        self._uploads: dict[str, list[UploadRef]] = defaultdict(list)
        places = set()
        for name, value in pairs:
            place = hidden.place(name)
            if len(place) > MAX_NAME or (pointer := named_pointer(place)).count("/") > MAX_KEYS:
                continue
            places.add(pointer)
            if isinstance(value, UploadRef):
                self._uploads[name].append(value)
            else:
                # A browser sends line breaks as two characters.
                self._texts[name].append(value.replace("\r\n", "\n").replace("\r", "\n"))
        self._places = sorted(places)

    def shows(self, pointer: str) -> bool:
        """Whether anything was posted there or inside."""
        at = bisect_left(self._places, pointer)
        first, last = self._inside(pointer)
        return self._places[at : at + 1] == [pointer] or first < last

    def _inside(self, pointer: str) -> tuple[int, int]:
        """Those that begin with the pointer and a slash stand together; "0" is the character after it."""
        return bisect_left(self._places, f"{pointer}/"), bisect_left(self._places, f"{pointer}0")

    def text(self, pointer: str) -> str | None:
        found = self._texts.get(control_name(pointer))
        return found[-1] if found else None

    def text_of(self, name: str) -> str:
        """Of a control that is no data."""
        return self._texts.get(name, [""])[-1]

    def texts_of(self, name: str) -> list[str]:
        return self._texts.get(name, [])

    def texts(self, pointer: str) -> list[str]:
        return self._texts.get(control_name(pointer), [])

    def row_count(self, pointer: str) -> int | None:
        """As the form said it, else as many as were posted; None where nothing speaks of rows."""
        said = index(self._texts.get(hidden.rows(pointer), [""])[-1])
        if said is not None:
            return said
        first, last = self._inside(pointer)
        keys = (place[len(pointer) + 1 :].split("/", 1)[0] for place in self._places[first:last])
        return max((at + 1 for key in keys if (at := index(key)) is not None), default=None)

    def origin(self, pointer: str) -> int | None:
        """Which stored row this one says it is."""
        return index(self._texts.get(hidden.row(pointer), [""])[-1])

    def empty(self, pointer: str) -> Any:
        """What an empty control stands for, if the form said it."""
        found = self._texts.get(hidden.empty(pointer))
        return {"null": None, '""': "", "[]": [], "{}": {}}.get(found[-1], UNSET) if found else UNSET

    def uploads(self, pointer: str) -> list[UploadRef]:
        return self._uploads.get(control_name(pointer), [])

    def kept(self, pointer: str) -> list[StoredFile]:
        dropped = self._texts.get(hidden.drop(pointer), [])
        found = [uploads.kept(text) for text in self._texts.get(hidden.keep(pointer), [])]
        return [file for file in found if file and file["file"] not in dropped]
