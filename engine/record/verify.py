"""Re-computing what the record claims: chains, their ends, their versions. Pure: rows in, breaks out.

Rows come in the order of (instance id, seq), from the database or a file of evidence; one is held at a time.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any, Protocol

from engine import json_text
from engine.record.chain import GENESIS, link

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
    """breaks: the first KEPT of `broken`."""

    events: int = 0
    requests: int = 0
    versions: int = 0
    broken: int = 0
    breaks: list[Break] = field(default_factory=list)

    def add(self, found: Break | None) -> None:
        if found is None:
            return
        self.broken += 1
        if len(self.breaks) < KEPT:
            self.breaks.append(found)


class Replay(Protocol):
    """What fold makes of a chain: takes every event, then says how the stored state differs."""

    def add(self, event: Row) -> None: ...
    def difference(self, instance: Row) -> str | None: ...


def check_versions(result: Result, versions: Iterable[Row]) -> None:
    """Each row: key, number, document, content_hash."""
    for version in versions:
        result.versions += 1
        if sha256(json_text.canonical(version["document"])).digest() != bytes(version["content_hash"]):
            where = f"Definition {version['key']}, version {version['number']}"
            result.add(Break(where, None, "its document is not the one that was published"))


def check_chains(
    result: Result,
    instances: Iterable[Row],
    events: Iterable[Row],
    replay: Callable[[], Replay] | None = None,
) -> None:
    """instances: id, tenant_id, number, prefix, seq, head, content_hash (of its version)."""
    for instance, chain in _paired(iter(instances), events):
        walk = _Walk(instance, replay() if replay else None)
        for event in chain:
            result.events += 1
            walk.take(event)
        result.requests += instance is not None
        result.add(walk.verdict())


def _paired(instances: Iterator[Row], events: Iterable[Row]) -> Iterator[tuple[Row | None, Iterable[Row]]]:
    """Each instance with its events, and both that lack the other."""
    instance = next(instances, None)
    for key, chain in groupby(events, itemgetter("instance_id")):
        while instance is not None and instance["id"] < key:
            yield instance, ()
            instance = next(instances, None)
        if instance is not None and instance["id"] == key:
            yield instance, chain
            instance = next(instances, None)
        else:
            yield None, chain
    while instance is not None:
        yield instance, ()
        instance = next(instances, None)


class _Walk:
    """Along one chain, remembering the first break."""

    def __init__(self, instance: Row | None, replay: Replay | None) -> None:
        self.instance, self.replay = instance, replay
        self.where = f"Request {instance['prefix']}-{instance['number']}" if instance else ""
        self.last, self.before = 0, GENESIS
        self.broken: Break | None = None

    def take(self, event: Row) -> None:
        if self.instance is None and not self.where:
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
        elif self.instance and event["tenant_id"] != self.instance["tenant_id"]:
            self._blame(seq, "it belongs to another tenant than its request")
        elif seq == 1:
            self._check_start(event)

    def _check_start(self, event: Row) -> None:
        if event["type"] != "InstanceStarted":
            self._blame(1, "a request begins with InstanceStarted, this one does not")
        elif self.instance and event["data"].get("content_hash") != _hex(self.instance["content_hash"]):
            self._blame(1, "the definition's version is not the one it was started with")

    def verdict(self) -> Break | None:
        if self.broken is None and self.instance is not None:
            self._check_end(self.instance)
        return self.broken

    def _check_end(self, instance: Row) -> None:
        if self.last < instance["seq"]:
            self._blame(self.last + 1, f"it is missing, and so is all up to event {instance['seq']}, the last one")
        elif self.last > instance["seq"]:
            self._blame(instance["seq"] + 1, f"it was added, the request ends with event {instance['seq']}")
        elif self.before != bytes(instance["head"]):
            self._blame(self.last, "the request names another hash for its last event")
        elif self.replay and (difference := self.replay.difference(instance)):
            self._blame(None, difference)

    def _blame(self, seq: int | None, what: str) -> None:
        self.broken = Break(self.where, seq, what)


def _hex(digest: Any) -> str | None:
    return digest if digest is None or isinstance(digest, str) else bytes(digest).hex()
