import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest

from app import forms_command
from tests.browser import posted

SCHEMA = {
    "type": "object",
    "required": ["item"],
    "properties": {
        "item": {"type": "string", "default": "Dock"},
        "price": {"type": "number"},
        "rows": {"type": "array", "items": {"type": "string"}},
    },
}


def write(folder: Path, name: str, value: Any) -> str:
    path = folder / name
    path.write_text(json.dumps(value))
    return str(path)


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str, body: bytes = b"") -> str:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(body)))
    assert forms_command.main(list(arguments)) == 0
    return capsys.readouterr().out


def test_renders_and_reads_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = write(tmp_path, "s.json", SCHEMA)
    ui = write(tmp_path, "u.json", {"ui:submitButtonOptions": {"submitText": "Ask for it"}})
    data = write(tmp_path, "d.json", {"price": 12.5, "rows": ["a"]})
    page = run(monkeypatch, capsys, "render", schema, ui, data)
    assert page.startswith("<form") and "Ask for it" in page
    answer = run(monkeypatch, capsys, "parse", schema, ui, body=urlencode(posted(page)).encode() + b"\n")
    assert json.loads(answer) == {"data": {"item": "Dock", "price": 12.5, "rows": ["a"]}, "errors": []}


def test_errors_name_their_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = write(tmp_path, "s.json", SCHEMA)
    answer = json.loads(run(monkeypatch, capsys, "parse", schema, body=b"/item=&/price=a+lot"))
    assert answer["data"] == {"price": "a lot"}
    assert [(error["pointer"], error["keyword"]) for error in answer["errors"]] == [
        ("/price", "type"),
        ("/item", "required"),
    ]


def test_a_button_answers_with_the_next_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = write(tmp_path, "s.json", SCHEMA)
    answer = run(monkeypatch, capsys, "parse", schema, body=b"/rows/0=a&_do=add:/rows")
    assert json.loads(answer) == {"data": {"rows": ["a", ""]}, "errors": []}


@pytest.mark.parametrize("arguments", [[], ["render"], ["bake", "s.json"], ["render", "missing.json"]])
def test_misuse_is_said_plainly(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert forms_command.main(arguments) == 2
    assert capsys.readouterr().err


def test_schemas_of_older_drafts_are_shown_and_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = {
        "type": "object",
        "properties": {
            "a": {"type": "array", "items": [{"type": "string"}], "additionalItems": {"type": "number"}},
            "card": {"type": "string"},
            "address": {"type": "string"},
        },
        "dependencies": {"card": ["address"]},
    }
    schema = write(tmp_path, "s.json", old)
    answer = json.loads(run(monkeypatch, capsys, "parse", schema, body=b"rows:/a=2&/a/0=x&/a/1=many&/card=1"))
    assert answer["data"] == {"a": ["x", "many"], "card": "1"}
    assert [error["pointer"] for error in answer["errors"]] == ["/a/1", "/address"]


def test_a_post_is_read_against_what_the_form_was_made_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = write(tmp_path, "s.json", {"type": "object", "properties": {"x": {"type": "string", "readOnly": True}}})
    ui, data = write(tmp_path, "u.json", {}), write(tmp_path, "d.json", {"x": "true"})
    answer = json.loads(run(monkeypatch, capsys, "parse", schema, ui, data, body=b"/x=forged&/y=1&%25=%7B%7D"))
    assert answer == {"data": {"x": "true"}, "errors": []}


def test_a_form_that_may_be_anything_is_one_named_box() -> None:
    page = forms_command.render({})
    assert ">Answer</label>" in page
    assert json.loads(forms_command.parse(b"%25=%7B%22a%22%3A1%7D", {})) == {"data": {"a": 1}, "errors": []}
    assert json.loads(forms_command.parse(b"", {})) == {"data": None, "errors": []}
