"""What an auditor does with a downloaded file, with nothing of ours at hand: read it, and recompute every hash."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from pypdf import PdfReader

GENESIS = "00" * 32


def text_of(pdf: Path) -> str:
    """On one line, so that where a line breaks does not matter."""
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(pdf).pages)


def evidence_in(pdf: Path) -> dict[str, Any]:
    attached = PdfReader(pdf).attachments
    (content,) = next(files for name, files in attached.items() if name.endswith(".json"))
    return dict(json.loads(content))


def check_evidence(evidence: dict[str, Any]) -> None:
    assert _check_chain(evidence["events"]) == evidence["request"]["head"]


def _check_chain(events: Iterable[Mapping[str, Any]]) -> str:
    """The last hash. Each hash is over the one before and the record, which holds the digests of personal values."""
    before = GENESIS
    for event in events:
        assert event["previous_hash"] == before, event["id"]
        before = sha256(bytes.fromhex(before) + event["record"].encode()).hexdigest()
        assert event["hash"] == before, event["id"]
        told, disclosed = json.loads(event["record"]), event["disclosed"]
        assert (event["type"], event["seq"]) == (told["type"], told["seq"])
        digests = {place: sha256(bytes.fromhex(salt) + text.encode()) for place, (salt, text) in disclosed.items()}
        assert {place: found.hexdigest() for place, found in digests.items()} == told["digests"]
        actor = disclosed["/actor_name"][1] if "/actor_name" in disclosed else json.dumps(told["actor_name"])
        assert event["actor"] == json.loads(actor)
    return before


def lines_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def check_lines(lines: Sequence[dict[str, str]]) -> None:
    """Each request's lines from its first event on."""
    for request in {line["request"] for line in lines}:
        _check_chain(_in_order(lines, request))


def _in_order(lines: Sequence[dict[str, str]], request: str) -> Iterator[dict[str, Any]]:
    own = sorted((line for line in lines if line["request"] == request), key=lambda line: int(line["seq"]))
    for line in own:
        yield line | {"seq": int(line["seq"]), "disclosed": json.loads(line["disclosed"] or "{}")}
