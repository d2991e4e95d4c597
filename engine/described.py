"""Descriptions in published JSON Schemas: docstrings without the breaks and indents of the source."""

from inspect import cleandoc
from typing import Any


def described(schema: Any) -> Any:
    """The schema with each description in paragraphs."""
    if isinstance(schema, list):
        return [described(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    told = schema.get("description")
    prose = {"description": _paragraphs(told)} if isinstance(told, str) else {}
    return {name: described(value) for name, value in schema.items()} | prose


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in cleandoc(text).split("\n\n"))
