"""Checking a downloaded CSV: every record against its hash, and every chain as far as the file holds it."""

import csv
import sys
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TextIO

from app.audit.csv_safe import plain
from app.audit.evidence import Unreadable
from engine import json_text
from engine.record.verify import Break, Result

NEEDED = {"request", "seq", "type", "at", "actor", "data", "hash", "previous_hash", "record"}


def check(result: Result, path: Path) -> None:
    """Raises Unreadable. A file of a period may begin in the middle of a chain and leave events out."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            _check(result, _rows(opened))
    except OSError as gone:
        raise Unreadable(f"it cannot be read: {gone.strerror}") from gone
    except (ValueError, TypeError, KeyError, csv.Error) as odd:
        raise Unreadable(f"it cannot be read as a CSV of events: {odd}") from odd


def _rows(opened: TextIO) -> Iterator[dict[str, str]]:
    csv.field_size_limit(sys.maxsize)
    reader = csv.DictReader(opened)
    lacking = NEEDED - set(reader.fieldnames or ())
    if lacking:
        raise ValueError(f"it lacks {', '.join(sorted(lacking))}")
    yield from reader


def _check(result: Result, rows: Iterable[dict[str, str]]) -> None:
    heads: dict[str, tuple[int, str]] = {}
    broken: set[str] = set()
    for row in rows:
        result.events += 1
        request, seq = row["request"], int(row["seq"])
        what = _wrong(row, seq, heads.get(request))
        if what and request not in broken:
            broken.add(request)
            result.add(Break(f"Request {request}", seq, what))
        heads[request] = seq, row["hash"]
    result.requests += len(heads)


def _wrong(row: dict[str, str], seq: int, last: tuple[int, str] | None) -> str | None:
    digest = sha256(bytes.fromhex(row["previous_hash"]) + row["record"].encode()).hexdigest()
    if digest != row["hash"]:
        return "its record does not give its hash"
    if last and seq == last[0] + 1 and row["previous_hash"] != last[1]:
        return "it does not follow the event before it"
    told = json_text.loads(row["record"])
    shown = (
        str(told["seq"]),
        told["type"],
        told["at"],
        told["actor_name"],
        json_text.canonical(told["data"]).decode(),
    )
    if shown != (row["seq"], row["type"], row["at"], plain(row["actor"]), row["data"]):
        return "what it shows is not what its record says"
    return None
