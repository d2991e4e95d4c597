"""`python -m app forms`: a form as HTML, and its post as data, for tools that want no server."""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from engine import forms, json_text
from engine.forms import schema as form_schema
from engine.wording.sentences import sentence

USAGE = """usage: python -m app forms render SCHEMA.json [UISCHEMA.json] [DATA.json]
       python -m app forms parse SCHEMA.json [UISCHEMA.json] [DATA.json] < POSTED"""
TEMPLATES = Path(__file__).parent.parent / "templates"
MAX_CONTROLS = 100_000


def main(argv: list[str]) -> int:
    verb, paths = (argv[0], argv[1:]) if argv else ("", [])
    try:
        documents = [json_text.loads(Path(path).read_bytes()) for path in paths]
        documents[:1] = map(forms.modern, documents[:1])
        if verb == "render" and 1 <= len(documents) <= 3:
            sys.stdout.write(render(*documents) + "\n")
        elif verb == "parse" and 1 <= len(documents) <= 3:
            sys.stdout.write(parse(sys.stdin.buffer.read(), *documents) + "\n")
        else:
            sys.stderr.write(USAGE + "\n")
            return 2
    except (OSError, msgspec.DecodeError, json_text.Unfit, RecursionError) as problem:
        sys.stderr.write(f"{sentence(problem.reason) if isinstance(problem, json_text.Unfit) else problem}\n")
        return 2
    return 0


def render(schema: Any, ui_schema: Any = None, data: Any = None) -> str:
    """With no data, or where it is silent, the defaults: what a person sees who opens the form."""
    ui_schema = ui_schema or {}
    shown = forms.fields(schema, ui_schema, forms.initial(schema, ui_schema, data))
    button = ui_schema.get("ui:submitButtonOptions")
    words = button.get("submitText") if isinstance(button, dict) else None
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=False,
    )
    template: Any = environment.get_template("parts/form.html").module
    return str(template.form(shown, str(words or "Submit")))


def parse(body: bytes, schema: Any, ui_schema: Any = None, *data: Any) -> str:
    """A post by a button other than "submit" answers with the form's next state and is not judged.

    `data`: what the form was made from. Without it the post is trusted in what the form shows and locks.
    """
    stored = forms.initial(schema, ui_schema, data[0]) if data else forms.TRUSTED
    posted = parse_qsl(body.decode("utf-8", "replace").strip("\r\n"), True, max_num_fields=MAX_CONTROLS)
    action = dict(posted).get("_do", "submit")
    if action == "submit":
        data, errors = forms.parse(schema, ui_schema, posted, stored)
    else:
        data, errors = forms.decoded(schema, ui_schema, posted, stored)
        data = forms.shape(schema, ui_schema, data, action)
    told = [{"pointer": one.pointer, "keyword": one.keyword, "message": sentence(one.reason)} for one in errors]
    return form_schema.to_json({"data": data, "errors": told}, indent=2)
