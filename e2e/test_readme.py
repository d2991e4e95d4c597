"""The calls of the README as they are printed, sent the way curl sends them."""

import json
import re
import shlex
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from e2e.chaos.stage import ROOT
from e2e.product import Run

BLOCK = re.compile(r"^## The API in four calls\n\n((?:    .*\n)+)", re.MULTILINE)
NUMBER = "PUR-42"


def calls() -> list[list[str]]:
    """Each as the words that a shell makes of it."""
    block = BLOCK.search((Path(ROOT) / "README.md").read_text())
    assert block
    return [shlex.split(call) for call in block[1].replace("\\\n", " ").split("    curl")[1:]]


def sent(product: Run, words: list[str], number: str = "") -> tuple[int, Any]:
    """`-d` makes it a POST that is labelled as a form, as curl does."""
    keys = product.demo["api_keys"]
    given = {"$URL": product.base, "$KEY": keys["requester"], "$TRUSTED": keys["admin"], NUMBER: number}
    for written, meant in given.items():
        words = [word.replace(written, meant) for word in words]
    url = urlsplit(words[0])
    headers, body = {}, None
    for option, value in zip(words[1::2], words[2::2], strict=True):
        if option == "-d":
            body, headers["Content-Type"] = value, "application/x-www-form-urlencoded"
        else:
            assert option == "-H"
            name, _, text = value.partition(": ")
            headers[name] = text
    with closing(HTTPConnection(str(url.hostname), url.port, timeout=30)) as connection:
        connection.request("POST" if body else "GET", f"{url.path}?{url.query}", body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def test_the_four_calls_do_what_they_promise(product: Run) -> None:
    ask, pending, approve, workflow = calls()
    status, asked = sent(product, ask)
    assert (status, asked["data"]["status"]) == (200, "pending_approval")
    number = asked["data"]["id"]
    status, waiting = sent(product, pending)
    assert status == 200
    assert number in [one["jobId"] for one in waiting["approvals"]]
    status, decided = sent(product, approve, number)
    assert (status, decided["decision"]["status"]) == (200, "approved")
    status, made = sent(product, workflow)
    assert (status, made["status"]) == (201, "waiting_approval")
