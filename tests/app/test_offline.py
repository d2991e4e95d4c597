"""The verifier that ships with a record: one file, Python's library alone, and nothing that was changed gets by it."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from app.audit.csv_safe import cell
from app.audit.evidence import build, exported
from engine.json_text import canonical
from engine.record import offline
from engine.record.chain import GENESIS, link
from engine.record.disclosure import without
from tests.engine.test_record import DECIDED

DOCUMENT = {"name": "Purchase"}
CONTENT_HASH = sha256(canonical(DOCUMENT)).digest()
SPREADSHEET = ("chain", "seq", "at", "type", "actor", "address", "agent", "data", "hash", "previous_hash", "record")


def chained() -> list[dict[str, Any]]:
    """Three events; of the second a comment was erased."""
    started: dict[str, Any] = {**DECIDED, "seq": 1, "type": "InstanceStarted"}
    started["data"] = {"title": "=1+1;=2", "content_hash": CONTENT_HASH.hex(), "data": {"amount": 1200}}
    decided = {**DECIDED, "seq": 2}
    ended = {**DECIDED, "seq": 3, "type": "InstanceEnded", "actor_id": None, "actor_name": "Signoff"}
    ended |= {"address": None, "agent": None, "data": {"status": "approved"}}
    before = GENESIS
    for event in (started, decided, ended):
        event["at"] = datetime(2026, 3, 1, 9, tzinfo=UTC)
        before = event["hash"] = link(before, event)
    decided["erased"] = without(decided, {"/data/comment"}, 7, "2026-04-01T09:00:00.000000Z")
    decided |= {"key": None, "data": {**decided["data"], "comment": None}}
    return [started, decided, ended]


def rows() -> list[dict[str, Any]]:
    events = chained()
    befores = [GENESIS, *(event["hash"] for event in events)]
    return [exported(event, before) for event, before in zip(events, befores, strict=False)]


def as_json(path: Path, events: list[dict[str, Any]]) -> Path:
    request = {"id": DECIDED["instance_id"], "tenant_id": "t", "prefix": "PUR", "number": 1, "title": "Desk"}
    request |= {"status": "approved", "seq": 3, "head": chained()[2]["hash"]}
    version = {"key": "purchase", "name": "Purchase", "number": 1, "content_hash": CONTENT_HASH, "document": DOCUMENT}
    document = json.loads(build(request, version, chained()))
    path.write_text(json.dumps({**document, "events": events}))
    return path


def as_csv(path: Path, events: list[dict[str, Any]]) -> Path:
    names = (*SPREADSHEET, "disclosed", "erased")
    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(names)
        for event in events:
            texts = {name: json.dumps(event[name]) for name in ("data", "disclosed", "erased")}
            writer.writerow([cell((event | texts)[name]) for name in names])
    return path


def run(*paths: Path) -> tuple[int, str]:
    """As whoever was given the files runs it: nothing of ours can be imported."""
    command = [sys.executable, "-I", offline.__file__, *map(str, paths)]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, cwd="/")
    return ran.returncode, ran.stdout + ran.stderr


def test_whole_files_are_whole_erasures_included(tmp_path: Path) -> None:
    code, words = run(as_json(tmp_path / "one.json", rows()), as_csv(tmp_path / "one.csv", rows()))
    assert code == 0, words
    assert words.count("whole, 3 events of 1 chains, 1 values erased") == 2


def comment(events: list[dict[str, Any]]) -> None:
    events[1]["data"]["comment"] = "never"


def actor(events: list[dict[str, Any]]) -> None:
    events[1]["actor"] = "Somebody"


def value(events: list[dict[str, Any]]) -> None:
    events[0]["disclosed"]["/data/data/amount"][1] = "12"


def unsaid(events: list[dict[str, Any]]) -> None:
    events[1]["erased"] = {}


def withheld(events: list[dict[str, Any]]) -> None:
    del events[0]["disclosed"]["/data/data/amount"]


def record(events: list[dict[str, Any]]) -> None:
    events[2]["record"] = events[2]["record"].replace("approved", "rejected")


def status(events: list[dict[str, Any]]) -> None:
    events[2]["data"]["status"] = "rejected"


def order(events: list[dict[str, Any]]) -> None:
    events[1]["previous_hash"] = "00" * 32


def rehashed(events: list[dict[str, Any]]) -> None:
    """Its own hash is right again; what follows is not."""
    events[1]["record"] = events[1]["record"].replace('"step":"s"', '"step":"other"')
    events[1]["data"]["step"] = "other"
    whole = bytes.fromhex(events[1]["previous_hash"]) + events[1]["record"].encode()
    events[1]["hash"] = sha256(whole).hexdigest()


def cut_start(events: list[dict[str, Any]]) -> None:
    events[0]["previous_hash"] = "11" * 32
    whole = bytes.fromhex(events[0]["previous_hash"]) + events[0]["record"].encode()
    events[0]["hash"] = sha256(whole).hexdigest()


TAMPERED = [
    (comment, 2, "what it shows is not what its record says"),
    (actor, 2, "what it shows is not what its record says"),
    (value, 1, "its value /data/data/amount is not what was written"),
    (unsaid, 2, "its value /data/comment is missing, and no erasure says so"),
    (withheld, 1, "its value /data/data/amount is missing, and no erasure says so"),
    (record, 3, "its record does not give its hash"),
    (status, 3, "what it shows is not what its record says"),
    (order, 2, "its record does not give its hash"),
    (rehashed, 3, "it does not follow the event before it"),
    (cut_start, 1, "it is the first, and yet names one before"),
]


@pytest.mark.parametrize(("change", "seq", "what"), TAMPERED, ids=lambda value: getattr(value, "__name__", ""))
def test_what_was_changed_is_named(
    change: Callable[[list[dict[str, Any]]], None], seq: int, what: str, tmp_path: Path
) -> None:
    events = deepcopy(rows())
    change(events)
    for path in (as_json(tmp_path / "one.json", events), as_csv(tmp_path / "one.csv", events)):
        assert offline.check(path).wrong[0] == (DECIDED["instance_id"], seq, what)
    code, words = run(tmp_path / "one.json", tmp_path / "one.csv")
    assert code == 1 and words.count(f"event {seq}: {what}") == 2


def test_events_that_are_left_out_of_a_request_are_missed(tmp_path: Path) -> None:
    found = offline.check(as_json(tmp_path / "one.json", rows()[:2]))
    assert found.wrong == [(DECIDED["instance_id"], None, "events are missing")]


@pytest.mark.parametrize("content", ["", "[]", "{", '{"format": "other"}', "[" * 200_000, '{"a":' * 100_000])
def test_a_file_of_something_else_is_said_in_a_line(content: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    path.write_text(content)
    code, words = run(path)
    assert code == 1 and words.count("\n") == 1 and "Traceback" not in words
