"""Re-computing what the record claims: chains, their ends, their versions. Pure: rows in, breaks out.

Rows come in the order of (chain, seq); one is held at a time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any

from engine import json_text
from engine.record.chain import GENESIS, link, moment_text
from engine.record.replay import Replay

Row = dict[str, Any]
KEPT = 20


@dataclass(frozen=True)
class Break:
    """The first thing wrong in one chain. seq is None where no single event is to blame."""

    where: str
    seq: int | None
    what: str

    def __str__(self) -> str:
        return f"{self.where}, event {self.seq}: {self.what}" if self.seq else f"{self.where}: {self.what}"


@dataclass
class Result:
    """erased: personal values that were taken out. untold: those of them of which it cannot be told any more whether
    they changed anything. breaks: the first KEPT of `broken`."""

    events: int = 0
    requests: int = 0
    versions: int = 0
    erased: int = 0
    untold: int = 0
    broken: int = 0
    breaks: list[Break] = field(default_factory=list)

    def add(self, found: Break | None) -> None:
        if found is None:
            return
        self.broken += 1
        if len(self.breaks) < KEPT:
            self.breaks.append(found)


class Erasures:
    """Values that are gone, held against the events of the tenants' chains that announce each erasure."""

    def __init__(self, announced: Iterable[Row], *, complete: bool) -> None:
        """announced: tenant_id, seq, at, data of the ValuesErased events. complete: all chains will be seen."""
        self._announced = {(row["tenant_id"], row["seq"]): row for row in announced}
        self._complete = complete
        self._found: dict[tuple[Any, int], list[str]] = {}
        self._odd: list[Break] = []

    @property
    def count(self) -> int:
        return sum(len(places) for places in self._found.values())

    def take(self, where: str, event: Row) -> None:
        for pointer, told in (event["erased"] or {"gone": {}})["gone"].items():
            key = (event["tenant_id"], told["by"])
            self._found.setdefault(key, []).append(place(event["instance_id"], event["seq"], pointer))
            announced = self._announced.get(key)
            if announced is None or moment_text(announced["at"]) != told["at"]:
                self._odd.append(Break(where, event["seq"], f"its value {pointer} is gone, and no erasure says so"))

    def unexplained(self) -> Iterator[Break]:
        yield from self._odd
        for key, row in self._announced.items() if self._complete else ():
            if list_digest(self._found.get(key, [])) != row["data"]["list"]:
                yield Break("Log of the tenant", row["seq"], "what is gone is not what this erasure took out")


def place(chain: Any, seq: int, pointer: str) -> str:
    return f"{chain}:{seq}{pointer}"


def list_digest(places: Iterable[str]) -> str:
    """Of what one erasure took out, for the event that announces it."""
    return sha256("\n".join(sorted(places)).encode()).hexdigest()


def check_versions(result: Result, versions: Iterable[Row]) -> None:
    """Each row: key, number, document, content_hash."""
    for version in versions:
        result.versions += 1
        if sha256(json_text.canonical(version["document"])).digest() != bytes(version["content_hash"]):
            where = f"Definition {version['key']}, version {version['number']}"
            result.add(Break(where, None, "its document is not the one that was published"))


def check_chains(result: Result, chains: Iterable[Row], events: Iterable[Row], erasures: Erasures) -> None:
    """chains: id, tenant_id, name, seq, head, request (whether it is one), and of requests what Replay compares."""
    for chain, rows in _paired(iter(chains), events):
        walk = _Walk(chain)
        for event in rows:
            result.events += 1
            walk.take(event)
            erasures.take(walk.where, event)
        result.requests += chain is not None and chain["request"]
        result.untold += walk.replay.untold if walk.replay else 0
        result.add(walk.verdict())
    result.erased += erasures.count
    for found in erasures.unexplained():
        result.add(found)


def _paired(chains: Iterator[Row], events: Iterable[Row]) -> Iterator[tuple[Row | None, Iterable[Row]]]:
    """Each chain with its events, and both that lack the other."""
    chain = next(chains, None)
    for key, rows in groupby(events, itemgetter("instance_id")):
        while chain is not None and chain["id"] < key:
            yield chain, ()
            chain = next(chains, None)
        if chain is not None and chain["id"] == key:
            yield chain, rows
            chain = next(chains, None)
        else:
            yield None, rows
    while chain is not None:
        yield chain, ()
        chain = next(chains, None)


class _Walk:
    """Along one chain, remembering the first break."""

    def __init__(self, chain: Row | None) -> None:
        self.chain = chain
        self.replay = Replay() if chain and chain["request"] else None
        self.where = chain["name"] if chain else ""
        self.last, self.before = 0, GENESIS
        self.broken: Break | None = None

    def take(self, event: Row) -> None:
        if self.chain is None and not self.where:
            self.where = f"Request with id {event['instance_id']}"
            self._blame(event["seq"], "there are events, but the request they belong to is gone")
        if self.broken is None:
            self._check(event)
            if self.replay and self.broken is None:
                self.replay.add(event)
        self.last, self.before = event["seq"], bytes(event["hash"])

    def _check(self, event: Row) -> None:
        seq = event["seq"]
        if seq <= self.last:
            self._blame(seq, "it is there twice")
        elif seq > self.last + 1:
            self._blame(self.last + 1, f"it is missing, event {seq} comes next")
        elif link(self.before, event) != bytes(event["hash"]):
            self._blame(seq, "it is not what was written: it, or the order of events, was changed afterwards")
        elif self.chain and event["tenant_id"] != self.chain["tenant_id"]:
            self._blame(seq, "it belongs to another tenant than its request")
        elif seq == 1 and self.chain and self.chain["request"]:
            self._check_start(event, self.chain)

    def _check_start(self, event: Row, chain: Row) -> None:
        if event["type"] != "InstanceStarted":
            self._blame(1, "a request begins with InstanceStarted, this one does not")
        elif event["data"].get("content_hash") != _hex(chain["content_hash"]):
            self._blame(1, "the definition's version is not the one it was started with")
        elif event["at"] != chain["created_at"]:
            self._blame(1, "the request names another moment at which it was made")

    def verdict(self) -> Break | None:
        if self.broken is None and self.chain is not None:
            self._check_end(self.chain)
        return self.broken

    def _check_end(self, chain: Row) -> None:
        if self.last < chain["seq"]:
            self._blame(self.last + 1, f"it is missing, and so is all up to event {chain['seq']}, the last one")
        elif self.last > chain["seq"]:
            self._blame(chain["seq"] + 1, f"it was added, the chain ends with event {chain['seq']}")
        elif self.before != bytes(chain["head"]):
            self._blame(self.last, "another hash is kept for the chain's last event")
        elif self.replay and (difference := self.replay.difference(chain)):
            self._blame(None, difference)

    def _blame(self, seq: int | None, what: str) -> None:
        self.broken = Break(self.where, seq, what)


def _hex(digest: Any) -> str | None:
    return bytes(digest).hex() if digest is not None else None
