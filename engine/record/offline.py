"""Verifies an exported record without the server: python verify.py FILE.json FILE.csv. Needs Python alone.

Each event's hash is SHA-256 over the 32 bytes of the hash before (zeros before the first) and the text `record`.
A personal value is in no record, only the SHA-256 of its salt and its JSON text (`disclosed`: place, [salt in hex,
text]); a value that was erased has no salt any more, its digest stays, and `erased` says which event of the tenant's
own chain announced it. What this cannot show: that nobody wrote the whole file anew. Compare the last hash with one
that you got earlier, or elsewhere.
"""

import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

FORMAT = "signoff/evidence@1"
ZEROS = "00" * 32
# A quote stands before what a spreadsheet would calculate, also after what it may take for the end of a cell.
BLANK = r"[\s\x00-\x1f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]*"
CELL, FORMULA = r"(?:^|(?<=[;\t\r\n]))", rf"(?='*{BLANK}[=+\-@|%\t\r\n\uff1d\uff0b\uff0d\uff20])"
QUOTED = re.compile(f"{CELL}'{FORMULA}")
CELLS = ("chain", "seq", "at", "type", "actor", "address", "agent", "hash", "previous_hash", "record")

Row = dict[str, Any]


def plain(cell: str) -> str:
    """The text behind a cell."""
    return QUOTED.sub("", cell)


def parsed(text: str | bytes) -> Any:
    return json.loads(text, parse_float=Decimal)


def rows_of(path: Path) -> tuple[Row, Iterator[Row]]:
    """The document around the events, empty for CSV, and the events."""
    if path.suffix.lower() != ".csv":
        document = parsed(path.read_bytes())
        if document["format"] != FORMAT or not document["events"]:
            raise ValueError(FORMAT)
        return document, iter(document["events"])
    return {}, _cells(path)


def _cells(path: Path) -> Iterator[Row]:
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened)
        lacking = {*CELLS, "data", "disclosed", "erased"} - set(reader.fieldnames or ())
        if lacking:
            raise ValueError(f"it lacks {', '.join(sorted(lacking))}")
        for cells in reader:
            row: Row = {name: plain(cells[name]) or None for name in CELLS}
            yield row | {name: parsed(plain(cells[name]) or "{}") for name in ("data", "disclosed", "erased")}


class Check:
    """wrong: (chain, seq, what) of the first thing wrong in each chain. erased: values that are gone."""

    def __init__(self) -> None:
        self.events = self.erased = self.documents = 0
        self.wrong: list[tuple[str, int | None, str]] = []
        self._last: dict[str, Row] = {}
        self._announced: dict[str, bool] = {}
        self._gone: list[tuple[Row, str]] = []

    @property
    def chains(self) -> int:
        return len(self._last)

    def take(self, row: Row) -> None:
        self.events += 1
        chain, seq = str(row["chain"]), int(row["seq"])
        self._blame(chain, seq, self._odd(row, parsed(row["record"]), self._last.get(chain)))
        self._last[chain] = {**row, "seq": seq}

    def _blame(self, chain: str, seq: int | None, what: str | None) -> None:
        if what and chain not in {known for known, _, _ in self.wrong}:
            self.wrong.append((chain, seq, what))

    def _odd(self, row: Row, told: Row, last: Row | None) -> str | None:
        if sha256(bytes.fromhex(row["previous_hash"]) + row["record"].encode()).hexdigest() != row["hash"]:
            return "its record does not give its hash"
        if last and told["seq"] == last["seq"] + 1 and row["previous_hash"] != last["hash"]:
            return "it does not follow the event before it"
        if told["seq"] == 1 and row["previous_hash"] != ZEROS:
            return "it is the first, and yet names one before"
        for place, (salt, text) in row["disclosed"].items():
            if sha256(bytes.fromhex(salt) + text.encode()).hexdigest() != told["digests"].get(place):
                return f"its value {place} is not what was written"
        for place in told["digests"].keys() - row["disclosed"].keys():
            if place not in row["erased"]:
                return f"its value {place} is missing, and no erasure says so"
            self._gone.append((told, f"{told['tenant_id']}:{row['erased'][place]['by']}"))
            self.erased += 1
        self._announced[f"{told['chain']}:{told['seq']}"] = told["type"] == "ValuesErased"
        return None if self._shown(row) == self._meant(told, row) else "what it shows is not what its record says"

    def _shown(self, row: Row) -> list[Any]:
        texts = [str(row[name]) for name in ("chain", "seq", "at", "type")]
        return [*texts, *(row[name] or None for name in ("actor", "address", "agent")), row["data"]]

    def _meant(self, told: Row, row: Row) -> list[Any]:
        values = {place: parsed(text) for place, (_, text) in row["disclosed"].items()}
        for place in told["digests"]:
            if place.startswith("/data/"):
                *inside, name = (part.replace("~1", "/").replace("~0", "~") for part in place.split("/")[1:])
                at = told
                for part in inside:
                    at = at[part]
                at[name] = values.get(place)
        actor = told.get("actor_name") or values.get("/actor_name")
        texts = [str(told[name]) for name in ("chain", "seq", "at", "type")]
        return [*texts, actor, values.get("/address"), values.get("/agent"), told["data"]]

    def around(self, document: Row) -> None:
        """What a JSON file says of the request beside its events."""
        self.documents += 1
        request, version, last = document["request"], document["definition"], self._last[document["request"]["id"]]
        digest = sha256(version["document"].encode()).hexdigest()
        first = document["events"][0]["data"]
        if digest != version["content_hash"] or digest != first["content_hash"]:
            self._blame(request["id"], None, "its definition is not the one that was published")
        if (last["seq"], last["hash"], self.events) != (request["seq"], request["head"], request["seq"]):
            self._blame(request["id"], None, "events are missing")

    def finish(self) -> None:
        """An erasure that this file could show and does not is one that nobody announced."""
        for told, announcement in self._gone:
            if self._announced.get(announcement) is False:
                self._blame(str(told["chain"]), told["seq"], "a value is gone, and no erasure says so")


def check(path: Path) -> Check:
    """Raises ValueError for a file that is no export, with what is odd about it."""
    found = Check()
    try:
        document, rows = rows_of(path)
        for row in rows:
            found.take(row)
        if document:
            found.around(document)
        found.finish()
    except OSError as gone:
        raise ValueError(f"it cannot be read: {gone.strerror}") from gone
    except RecursionError as deep:
        raise ValueError("it is nested too deeply for an export") from deep
    except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError, csv.Error) as odd:
        raise ValueError(f"it is not an export of events: {odd}") from odd
    return found


def main(names: Iterable[str]) -> int:
    broken = False
    for name in names:
        try:
            found = check(Path(name))
        except ValueError as odd:
            broken = True
            print(f"{name}: {odd}")
            continue
        broken = broken or bool(found.wrong)
        figures = f"{found.events} events of {found.chains} chains, {found.erased} values erased"
        print(f"{name}: {'BROKEN' if found.wrong else 'whole'}, {figures}")
        for chain, seq, what in found.wrong:
            print(f"  chain {chain}, event {seq}: {what}" if seq else f"  chain {chain}: {what}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
