import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from app.logs import HIDDEN, configure


class Lines:
    def __init__(self) -> None:
        self._written = io.StringIO()
        handler = logging.getLogger().handlers[0]
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(self._written)

    def last(self) -> dict[str, Any]:
        return dict(json.loads(self._written.getvalue().splitlines()[-1]))


@pytest.fixture
def lines() -> Iterator[Lines]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    configure("INFO")
    yield Lines()
    structlog.reset_defaults()
    root.handlers, root.level = before, level


def test_a_line_is_json_with_level_and_time(lines: Lines) -> None:
    structlog.get_logger().info("task decided", task=7)
    line = lines.last()
    assert (line["event"], line["task"], line["level"]) == ("task decided", 7, "info")
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize(
    "name", ["password", "new_password", "Authorization", "set-cookie", "csrf_token", "secret_key", "body", "headers"]
)
def test_secrets_are_hidden_by_their_name(lines: Lines, name: str) -> None:
    structlog.get_logger().warning("login", **{name: "hunter2"}, deeper={"list": [{name: "hunter2"}]})
    line = lines.last()
    assert "hunter2" not in json.dumps(line)
    assert line[name] == HIDDEN


def test_an_exception_is_logged_without_the_values_around_it(lines: Lines) -> None:
    parts = ["hunter", "2"]
    password = "".join(parts)
    try:
        int(f"{len(password)}?")
    except ValueError:
        structlog.get_logger().exception("failed")
    line = lines.last()
    assert "ValueError: invalid literal" in line["exception"]
    assert "hunter2" not in line["exception"]


def test_other_libraries_log_the_same_way(lines: Lines) -> None:
    logging.getLogger("somebody.else").warning("slow: %s", 3)
    assert lines.last()["event"] == "slow: 3"


def test_what_is_not_json_is_written_as_text(lines: Lines) -> None:
    structlog.get_logger().info("odd", value=object)
    assert "object" in lines.last()["value"]
