"""A posted form, found again by pointer: texts, uploads and what the hidden controls say about both."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from msgspec import UNSET

from engine.forms import hidden
from engine.forms import uploads as form_files
from engine.forms.uploads import StoredFile, UploadRef
from engine.pointers import control_name, join, named_pointer, split


class Posted:
    def __init__(self, pairs: Iterable[tuple[str, str | UploadRef]]) -> None:
        self._texts: dict[str, list[str]] = defaultdict(list)
        self._uploads: dict[str, list[UploadRef]] = defaultdict(list)
        self._rows: dict[str, int] = defaultdict(int)
        self._places: set[str] = set()
        for name, value in pairs:
            if isinstance(value, UploadRef):
                self._uploads[name].append(value)
            else:
                # A browser sends line breaks as two characters.
                self._texts[name].append(value.replace("\r\n", "\n").replace("\r", "\n"))
            self._learn(named_pointer(hidden.place(name)))

    def _learn(self, pointer: str) -> None:
        around = ""
        self._places.add(around)
        for key in split(pointer):
            if key.isdecimal() and len(key) < 7:
                self._rows[around] = max(self._rows[around], int(key) + 1)
            around = join(around, key)
            self._places.add(around)

    def shows(self, pointer: str) -> bool:
        """Whether anything was posted there or inside."""
        return pointer in self._places

    def text(self, pointer: str) -> str | None:
        found = self._texts.get(control_name(pointer))
        return found[-1] if found else None

    def texts(self, pointer: str) -> list[str]:
        return self._texts.get(control_name(pointer), [])

    def present(self, pointer: str) -> bool:
        return hidden.present(pointer) in self._texts

    def row_count(self, pointer: str) -> int:
        """As the form said it, else as many as were posted."""
        said = self._texts.get(hidden.rows(pointer), [""])[-1]
        return int(said) if said.isdecimal() and len(said) < 7 else self._rows.get(pointer, 0)

    def empty(self, pointer: str) -> Any:
        """What an empty control stands for, if the form said it."""
        found = self._texts.get(hidden.empty(pointer))
        return {"null": None, '""': "", "[]": [], "{}": {}}.get(found[-1], UNSET) if found else UNSET

    def uploads(self, pointer: str) -> list[UploadRef]:
        return self._uploads.get(control_name(pointer), [])

    def kept(self, pointer: str) -> list[StoredFile]:
        dropped = self._texts.get(hidden.drop(pointer), [])
        found = [form_files.kept(text) for text in self._texts.get(hidden.keep(pointer), [])]
        return [file for file in found if file and file["file"] not in dropped]
