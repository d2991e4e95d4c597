"""JSON Schema: bounded when it is saved, exact and harmless when it is used."""

from decimal import Decimal
from time import process_time
from typing import Any

import pytest

from engine.schema_guard import check_schema
from engine.schemas import validate
from engine.wording.sentences import sentence


def obj(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        schema = obj(a=schema)
    return schema


def pairs(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        schema = {"anyOf": [schema, schema]}
    return schema


@pytest.mark.parametrize(
    "schema",
    [
        None,
        [],
        {"type": "nonsense"},
        obj(a={"$ref": "http://127.0.0.1:9/x.json"}),
        obj(a={"$ref": "file:///etc/passwd"}),
        obj(a={"$ref": "#/$defs/none"}),
        {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, **obj(x={"$ref": "#/$defs/a"})},
        {"$ref": "#"},
        obj(a={"type": "string", "pattern": "(?=a)b"}),
        obj(a={"type": "string", "pattern": "("}),
        {"type": "object", "patternProperties": {"(?<=x)": {}}},
        obj(a={"type": "array", "uniqueItems": True}),
        obj(a={"enum": list(range(2000))}),
        {"$id": "http://x.test/y", "type": "object"},
        {"$dynamicRef": "#x"},
        nested(40),
        nested(2000),
        pairs(14),
        obj(**{f"f{number}": {} for number in range(600)}),
    ],
)
def test_a_trap_is_refused_when_it_is_saved(schema: Any) -> None:
    begin = process_time()
    assert check_schema(schema)
    assert process_time() - begin < 1


def test_a_usual_schema_is_fine() -> None:
    address = {"$defs": {"address": obj(street={"type": "string"})}, **obj(home={"$ref": "#/$defs/address"})}
    assert check_schema(address) == []
    assert check_schema(obj(tags={"type": "array", "maxItems": 9, "uniqueItems": True})) == []


def test_a_remote_reference_is_never_fetched() -> None:
    assert validate({"$ref": "http://127.0.0.1:9/x.json"}, {})[0].keyword == "$ref"


@pytest.mark.parametrize(
    ("schema", "value", "pointer", "words"),
    [
        ({"required": ["a/b"]}, {}, "/a~1b", "needed"),
        (obj(n={"type": "integer", "minimum": 3}), {"n": 1}, "/n", "At least 3"),
        (obj(n={"type": "number", "exclusiveMinimum": 0}), {"n": -5}, "/n", "More than 0"),
        (obj(n={"type": "number"}), {"n": "5"}, "/n", "a number"),
        (obj(e={"type": "string", "format": "email"}), {"e": "x"}, "/e", "e-mail"),
        (obj(d={"type": "string", "format": "date"}), {"d": "21.11.2026"}, "/d", "a date"),
        (obj(p={"type": "string", "pattern": "^x$"}), {"p": "y"}, "/p", "form"),
        (obj(c={"enum": ["a", "b"]}), {"c": "z"}, "/c", "a, b"),
        (obj(t={"type": "string", "maxLength": 2}), {"t": "abc"}, "/t", "At most 2"),
        ({"additionalProperties": False, **obj(a={})}, {"b": 1}, "/b", "no such field"),
    ],
)
def test_errors_name_the_field_in_plain_words(schema: Any, value: Any, pointer: str, words: str) -> None:
    error = validate(schema, value)[0]
    assert error.pointer == pointer
    assert words in sentence(error.reason)


def test_decimals_are_exact() -> None:
    schema = obj(n={"multipleOf": Decimal("0.01")})
    assert validate(schema, {"n": Decimal("19.99")}) == []
    assert validate(schema, {"n": Decimal("19.999")})


def test_a_slow_pattern_is_quick_here() -> None:
    begin = process_time()
    assert validate(obj(a={"type": "string", "pattern": "^(a+)+$"}), {"a": "a" * 5000 + "!"})
    assert process_time() - begin < 1


def test_data_nested_too_deeply_is_an_error_not_a_crash() -> None:
    schema = {"$defs": {"n": {"type": "object", "additionalProperties": {"$ref": "#/$defs/n"}}}, "$ref": "#/$defs/n"}
    data: dict[str, Any] = {}
    for _ in range(900):
        data = {"a": data}
    assert validate(schema, data)[0].keyword == "depth"
