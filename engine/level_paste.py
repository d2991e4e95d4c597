"""Levels pasted from a spreadsheet: a line each, with tabs between from which amount, name, who signs, how many."""

import re
from typing import Any

from engine import numbers, who
from engine.people import Directory
from engine.reasons import Coded

Json = dict[str, Any]
MOST_LINES = 50
_MANAGER = re.compile(r"(?:(?:the )?requester['’]s )?manager(?: (\d{1,2}))?(?: (?:levels?|steps?) up)?", re.IGNORECASE)
_OR = re.compile(r"\s*(?:,|;|\bor\b)\s*", re.IGNORECASE)
_ANY, _ALL = ("", "any", "any one", "one", "1"), ("all", "all of them", "everybody")


class NotPasted(Coded, ValueError):
    """A cell that means nothing here."""


def pasted(text: str, field: str, directory: Directory | None) -> list[Json]:
    """field: the number that the first column is about. A first line of headings is left out. Raises NotPasted."""
    lines = [[cell.strip() for cell in line.split("\t")] for line in text.splitlines() if line.strip()]
    if lines and lines[0][0] and not _number(lines[0][0]):
        lines = lines[1:]
    if len(lines) > MOST_LINES:
        raise NotPasted("pasted_most", most=MOST_LINES)
    return [_level(number, cells, field, directory) for number, cells in enumerate(lines, 1)]


def _level(line: int, cells: list[str], field: str, directory: Directory | None) -> Json:
    begins, name, whom, many = (*cells, "", "", "", "")[:4]
    level: Json = {"id": "", "name": name[:80]} if name else {"id": ""}
    number = _number(begins)
    if begins and not number:
        raise NotPasted("pasted_number", line=line, text=begins[:40])
    if number not in ("", "0"):
        level["when"] = f"{field} >= {number}"
    level["who"] = [_entry(line, part, directory) for part in _OR.split(whom or name) if part]
    if not level["who"]:
        raise NotPasted("pasted_nobody", line=line, text="")
    if many.lower() in _ALL:
        level["policy"] = "all"
    elif many.lower() not in _ANY:
        if not (many.isdecimal() and len(many) < 4):
            raise NotPasted("pasted_policy", line=line, text=many[:40])
        level["policy"] = {"quorum": int(many)}
    return level


def _number(text: str) -> str:
    """Without the currency before or after it."""
    bare = re.sub(r"^[^\d.,+-]+|[^\d]+$", "", text)
    try:
        return numbers.written(numbers.typed(bare)) if bare else ""
    except numbers.Unreadable:
        return ""


def _entry(line: int, text: str, directory: Directory | None) -> Json:
    """A manager, "kind: value", a group by name, or a person by name or address."""
    if found := _MANAGER.fullmatch(text):
        return {"manager": int(found[1] or 1)}
    kind, colon, value = text.partition(":")
    if colon and kind.strip().lower() in who.kinds():
        return {kind.strip().lower(): value.strip()}
    groups = {key: directory.group_names.get(key, key) for key in directory.groups} if directory else {}
    names = _by_name(text, groups)
    if len(names) == 1:
        return {"group": names[0]}
    person = directory.find(text) if directory else None
    people = {key: one.name for key, one in directory.people.items() if one.active} if directory else {}
    ids = [person.id] if person else _by_name(text, people)
    if directory and len(ids) == 1:
        return {"user": directory.people[ids[0]].email}
    raise NotPasted("pasted_nobody", line=line, text=text[:60])


def _by_name(text: str, names: dict[str, str]) -> list[str]:
    wanted = text.casefold().split()
    return [key for key, name in names.items() if wanted in (name.casefold().split(), key.casefold().split())]
