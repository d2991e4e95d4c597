"""`python -m app definitions diff`: two files compared without a server."""

import copy
import json
from pathlib import Path

import pytest

from app.definitions_command import main
from engine.json_text import dumps
from tests.app.requests import shipped


def test_two_files_are_compared_in_words_and_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = shipped("purchase-approval"), copy.deepcopy(shipped("purchase-approval"))
    other["steps"]["tell"]["name"] = "Order it"
    files = [str(tmp_path / name) for name in ("one.json", "other.json", "none.json")]
    for file, content in zip(files, (dumps(one), dumps(other), b"[]"), strict=True):
        Path(file).write_bytes(content)
    assert main(["diff", files[0], files[0]]) == 0
    assert capsys.readouterr().out == "No difference.\n"
    assert main(["diff", files[0], files[1]]) == 1
    assert "Name: Tell purchasing → Order it" in capsys.readouterr().out
    assert main(["diff", "--json", files[0], files[1]]) == 1
    assert json.loads(capsys.readouterr().out)["changes"][0]["step"] == "tell"
    assert main(["diff", files[0], files[2]]) == 2
