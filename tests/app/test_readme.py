"""The calls of the README that build a flow, as they are printed, sent the way curl sends them."""

import re
import shlex
from pathlib import Path

from tests.app.api import company

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"^## A flow by program\n\n((?:    .*\n)+)", re.MULTILINE)


def test_a_flow_is_built_and_published_in_three_calls() -> None:
    block = BLOCK.search(README.read_text())
    assert block
    answers = []
    with company() as shop:
        for call in block[1].split("    curl")[1:]:
            address, _, header, _, body = shlex.split(call)
            assert header == "Authorization: Bearer $KEY"
            place = address.removeprefix("$URL")
            answers.append(shop["alex"].send(place, body.encode(), "application/x-www-form-urlencoded"))
        catalogue = shop["ann"].get("/api/v1/catalogue").body["definitions"]
    assert [answer.status for answer in answers] == [201, 200, 201]
    assert answers[1].body["draft"]["problems"] == []
    assert "travel-request" in [one["key"] for one in catalogue]
