"""What an auditor does with a downloaded file, with nothing of ours at hand: read it, and recompute every hash."""

import csv
import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import rfc8785
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
    before = GENESIS
    for event in evidence["events"]:
        told = {name: value for name, value in event.items() if name != "hash"}
        before = _hash(before, rfc8785.dumps(told))
        assert event["hash"] == before, event["seq"]
    assert evidence["request"]["head"] == before


def lines_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def check_lines(lines: Sequence[dict[str, str]]) -> None:
    """Each request's lines from its first event on."""
    for request in {line["request"] for line in lines}:
        before = GENESIS
        for line in _in_order(lines, request):
            assert line["previous_hash"] == before, (request, line["seq"])
            before = _hash(before, line["record"].encode())
            assert line["hash"] == before, (request, line["seq"])
            told = json.loads(line["record"])
            assert (line["type"], line["actor"], json.loads(line["data"])) == (
                told["type"],
                told["actor_name"],
                told["data"],
            )


def _in_order(lines: Sequence[dict[str, str]], request: str) -> Iterator[dict[str, str]]:
    yield from sorted((line for line in lines if line["request"] == request), key=lambda line: int(line["seq"]))


def _hash(before: str, record: bytes) -> str:
    return sha256(bytes.fromhex(before) + record).hexdigest()
