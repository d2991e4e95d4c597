"""What checking an answer can cost is bounded when the schema is saved, and nothing that passed is slow or raises."""

from decimal import Decimal
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from engine.schema_guard import check_schema
from engine.schemas import validate

Schema = dict[str, Any]


def obj(**properties: Any) -> Schema:
    return {"type": "object", "properties": properties}


def chain(length: int, word: str) -> Schema:
    """Each definition refers twice to the next: two looks become four, eight, …"""
    parts: Schema = {f"d{at}": {word: [{"$ref": f"#/$defs/d{at + 1}"}] * 2} for at in range(length)}
    parts[f"d{length}"] = {"type": "string", "minLength": 9}
    return {**obj(a={"$ref": "#/$defs/d0"}), "$defs": parts}


def itself(body: Schema) -> Schema:
    return {**obj(a={"$ref": "#/$defs/n"}), "$defs": {"n": body}}


AGAIN = {"$ref": "#/$defs/n"}
TWICE = [obj(a=AGAIN, b={"const": 1}), obj(a=AGAIN, c={"const": 2})]


@pytest.mark.parametrize(
    "schema",
    [
        *(chain(length, word) for word in ("anyOf", "oneOf", "allOf") for length in (14, 16, 40, 150)),
        *(itself({word: TWICE}) for word in ("anyOf", "oneOf", "allOf")),
        itself({"if": TWICE[0], "then": TWICE[1]}),
        itself({"not": TWICE[0], "properties": {"a": AGAIN}}),
        itself({"patternProperties": {"a": AGAIN, "b": AGAIN}}),
        itself({"items": AGAIN, "contains": AGAIN}),
        *(itself({word: [AGAIN]}) for word in ("anyOf", "oneOf", "allOf")),
        *(itself({word: AGAIN}) for word in ("not", "if", "$ref")),
        itself({"dependentSchemas": {"a": AGAIN}}),
        {"$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}]}, "b": {"not": {"$ref": "#/$defs/a"}}}, **obj()},
        obj(a={"type": "array", "maxItems": 1001}),
        obj(a={"type": "array", "maxItems": 10**9, "uniqueItems": True}),
        obj(a={"enum": list(range(1001))}),
        obj(a={"type": "string", "pattern": "(a+)+" * 2000}),
        obj(a={"type": "string", "format": "regex"}),
        obj(a={"type": "string", "format": "iri"}),
        obj(a=True),
        {"type": "object", "unevaluatedProperties": False},
        {**obj(a={}, b={}), "dependencies": {"a": ["b"]}},
        obj(a={"type": "array", "prefixItems": [{}], "additionalItems": False}),
    ],
)
def test_what_could_take_for_ever_is_refused_when_it_is_saved(schema: Schema) -> None:
    begin = process_time()
    assert check_schema(schema)
    assert process_time() - begin < 1


@pytest.mark.parametrize(
    "schema",
    [
        itself(obj(a=AGAIN, b=AGAIN, c={"type": "array", "items": AGAIN})),
        itself({"anyOf": [obj(a=AGAIN), {"type": "null"}]}),
        obj(country={"oneOf": [{"const": str(number), "title": "Somewhere"} for number in range(300)]}),
        {**obj(**{f"f{number}": {"type": "string"} for number in range(100)}), "allOf": [{"if": {}, "then": {}}] * 10},
    ],
    ids=["a tree", "or nothing", "countries", "conditions"],
)
def test_what_people_build_is_not_in_the_way(schema: Schema) -> None:
    assert check_schema(schema) == []


ROWS = [{"k": number, "v": {"x": [number, number]}} for number in range(1000)]


@pytest.mark.parametrize(
    ("schema", "data"),
    [
        (obj(l={"type": "array", "maxItems": 1000, "uniqueItems": True}), {"l": ROWS}),
        (
            obj(l={"type": "array", "maxItems": 1000, "items": {"enum": ROWS}}),
            {"l": [{**row, "k": -1} for row in ROWS]},
        ),
        (obj(l={"type": "array", "items": {"oneOf": [{"const": str(n)} for n in range(400)]}}), {"l": ["x"] * 1000}),
        (obj(l={"items": {"anyOf": [obj(a={"const": n}, b={}) for n in range(90)]}}), {"l": [{"a": -1}] * 1000}),
        ({"additionalProperties": {"type": "string"}}, {str(number): 1 for number in range(24_000)}),
        (obj(a={"type": "array"}), {"a": [[1] * 100] * 1000}),
    ],
    ids=["unique", "enum", "oneOf", "anyOf", "many names", "many values"],
)
def test_the_dearest_schema_that_passes_is_checked_in_a_moment(schema: Schema, data: Any) -> None:
    assert check_schema(schema) == []
    begin = process_time()
    validate(schema, data)
    assert process_time() - begin < 2


def test_equal_is_what_json_calls_equal() -> None:
    assert validate({"enum": [1, "a"]}, True)
    assert validate({"enum": [{"a": True}]}, {"a": 1})
    assert not validate({"enum": [{"a": 1}]}, {"a": Decimal("1.0")})
    unique = {"type": "array", "uniqueItems": True}
    assert validate(unique, [{"a": 1, "b": 2}, {"b": 2, "a": Decimal(1)}])
    assert not validate(unique, [1, True, "1", [1], [True]])
    assert validate({"oneOf": [{"const": 1}, {"const": 2}]}, True)
    assert not validate({"oneOf": [{"const": 1}, {"const": 2}]}, 2)


@pytest.mark.parametrize(
    ("schema", "data"),
    [
        ({"items": [{"type": "string"}]}, ["a"]),
        ({"type": 5}, "a"),
        ({"properties": 5}, {}),
        ({"pattern": "("}, "a"),
        ({"multipleOf": Decimal("1e-300")}, 10**15),
        ({"multipleOf": 0}, 5),
        ({"enum": 5}, 5),
        ({"required": 5}, {}),
    ],
)
def test_checking_with_an_odd_schema_answers_and_never_raises(schema: Schema, data: Any) -> None:
    assert isinstance(validate(schema, data), list)


WORDS = (
    "type properties items anyOf oneOf allOf not if then enum const required minimum maxItems pattern $ref $defs n a"
)
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.sampled_from([*WORDS.split(), "#/$defs/n"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS.split()), inner, max_size=4),
    max_leaves=25,
)


@given(ODD, ODD)
@examples(max_examples=150, deadline=None)
def test_anything_is_a_schema_or_is_refused(schema: Any, data: Any) -> None:
    if not check_schema(schema):
        validate(schema, data)
