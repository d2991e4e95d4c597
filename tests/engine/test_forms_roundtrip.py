"""An untouched form posts exactly the state it shows, and no post changes what it does not show or locks."""

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from engine.forms import TRUSTED, accepted, fields, initial, parse
from engine.forms.schema import digest, same, to_json
from tests.browser import html, posted

KEYS = [
    "a",
    "b.c",
    "d/e",
    "f~g",
    'h"i',
    "j%k",
    "l[0]",
    "m'n",
    "o p",
    "",
    "rows:x",
    "<b>",
    "é",
    "x:present",
    "0",
]
LETTERS = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00\r", exclude_categories=["Cs"]),
    min_size=1,
    max_size=8,
).filter(lambda text: text.strip())

texts = st.fixed_dictionaries(
    {"type": st.just("string")}, optional={"format": st.sampled_from(["email", "uri", "date"])}
)
numbers = st.fixed_dictionaries(
    {"type": st.sampled_from(["number", "integer"])},
    optional={"minimum": st.just(-3), "multipleOf": st.just(Decimal("0.5"))},
)
choices = st.lists(
    st.one_of(st.none(), st.booleans(), st.integers(0, 3), LETTERS, st.builds(lambda text: {"k": text}, LETTERS)),
    min_size=1,
    max_size=4,
    unique_by=repr,
).map(lambda values: {"enum": values})
plain = st.one_of(
    texts,
    numbers,
    choices,
    st.just({"type": "boolean"}),
    st.just({"type": ["string", "null"]}),
    st.just({"type": ["number", "null"]}),
    st.just({"type": "string", "format": "date-time"}),
    st.just({"type": "null"}),
    st.just({"const": 3}),
    st.just({}),
    choices.map(lambda items: {"type": "array", "uniqueItems": True, "items": items}),
)


def objects(inside: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(KEYS), inside, max_size=4).flatmap(
        lambda properties: st.fixed_dictionaries(
            {
                "type": st.just("object"),
                "properties": st.just(properties),
                "required": st.lists(st.sampled_from(sorted(properties) or [""]), max_size=2, unique=True),
            },
            optional={"additionalProperties": st.just(True)},
        )
    )


def lists(inside: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return inside.flatmap(
        lambda items: st.fixed_dictionaries(
            {"type": st.just("array"), "items": st.just(items)}, optional={"minItems": st.integers(0, 2)}
        )
    )


leaves = st.one_of(plain, plain, plain, plain.map(lambda schema: {**schema, "readOnly": True}))
groups = st.one_of(objects(leaves), lists(leaves), lists(objects(leaves)), objects(lists(leaves)))
schemas = objects(st.one_of(leaves, groups))


@st.composite
def states(draw: st.DrawFn) -> tuple[dict[str, Any], Any]:
    schema = draw(schemas)
    return schema, draw(st.one_of(st.none(), _data(schema)))


def _data(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "const" in schema:
        return st.just(schema["const"])
    kind = schema.get("type", "any")
    if isinstance(kind, list):
        return st.one_of(st.none(), _data({"type": kind[0]}))
    if kind == "object":
        known = {key: _data(value) for key, value in schema["properties"].items()}
        return st.fixed_dictionaries({}, optional=known)
    if kind == "array" and schema.get("uniqueItems"):
        every = schema["items"]["enum"]
        return st.lists(st.sampled_from(range(len(every))), unique=True).map(lambda at: [every[i] for i in sorted(at)])
    if kind == "array":
        return st.lists(_data(schema["items"]), max_size=3)
    return {
        "string": _text(schema.get("format", "")),
        "number": st.decimals(-9999, 9999, places=2).map(_exact),
        "integer": st.integers(-(10**14), 10**14),
        "boolean": st.booleans(),
        "null": st.none(),
        "any": st.one_of(st.none(), st.booleans(), LETTERS, st.lists(st.integers(0, 9), max_size=2)),
    }[kind]


def _text(form: str) -> st.SearchStrategy[str]:
    if form == "date":
        return st.one_of(st.dates().map(str), st.just("soon"))
    if form == "date-time":
        return st.sampled_from(["2026-11-21T10:30:00Z", "2026-11-21T10:30:15Z", "2026-11-21T10:30:00+02:00", "never"])
    return st.just("") | LETTERS if not form else LETTERS.map(str.strip)


def _exact(number: Decimal) -> int | Decimal:
    return int(number) if number == int(number) else number.normalize()


@settings(max_examples=150, deadline=None)
@given(states())
def test_untouched_form_posts_what_it_shows(state: tuple[dict[str, Any], Any]) -> None:
    schema, given_data = state
    shown = initial(schema, {}, given_data)
    data, errors = parse(schema, {}, posted(html(fields(schema, {}, shown))), TRUSTED)
    assert same(data, shown)
    assert not [error for error in errors if error.keyword in ("json", "characters")]


@settings(max_examples=80, deadline=None)
@given(states())
def test_fixed_parts_come_from_the_store(state: tuple[dict[str, Any], Any]) -> None:
    schema, given_data = state
    shown = initial(schema, {}, given_data)
    data, _ = parse(schema, {}, posted(html(fields(schema, {}, shown))), shown)
    assert same(data, shown)


WISHES: list[dict[str, Any]] = [{}, {"ui:widget": "hidden"}, {"ui:readonly": True}, {"ui:options": {"disabled": True}}]
VALUES = st.sampled_from(
    [
        "",
        "x",
        "0",
        "1",
        "true",
        "null",
        "[]",
        '{"zz": 1}',
        '[{"zz": 1}]',
        '{"a": "forged"}',
        "9" * 40,
        "\x00",
        digest(1),
    ]
)
STRANGE = st.sampled_from(
    (
        "% zz /zz /a /a/zz /a/0 /a/0/zz rows:/a row:/a/0 row:/a/1 present:/a empty:/a keep:/a drop:/a "
        "/0 /0/0 /b.c/d~1e rows:% _do /é/ //"
    ).split()
)


@st.composite
def forged(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], Any, list[tuple[str, str]]]:
    """A form, what it shows, and what somebody makes of it who knows the names of its controls."""
    schema, given_data = draw(states())
    ui = {key: draw(st.sampled_from(WISHES)) for key in schema["properties"]}
    beside = {key: {**value, "zz": "of another step"} for key, value in (given_data or {}).items() if _is_group(value)}
    shown = initial(schema, ui, {**(given_data or {}), **beside})
    post = posted(html(fields(schema, ui, shown)))
    names = STRANGE | st.sampled_from([name for name, _ in post] or ["%"])
    changes = draw(st.lists(st.tuples(names, VALUES), max_size=8))
    gone = draw(st.lists(names, max_size=2))
    return schema, ui, shown, [*(pair for pair in post if pair[0] not in gone), *changes]


def _is_group(value: Any) -> bool:
    return isinstance(value, dict) and "k" not in value and bool(value)


def _locked(schema: dict[str, Any]) -> bool:
    return bool(schema.get("readOnly")) and "const" not in schema and schema.get("type") != "null"


def _hold(schema: dict[str, Any], before: Any, after: Any, locked: bool = False) -> None:
    """What the schema locks or does not name is after the post as it was before it."""
    if locked or _locked(schema):
        assert same(before, after)
    elif schema.get("type") == "object" and isinstance(after, dict):
        known = before if isinstance(before, dict) else {}
        for key in after.keys() - schema["properties"].keys():
            assert schema.get("additionalProperties") or same(after[key], known.get(key, UNSET))
        for key, part in schema["properties"].items():
            _hold(part, known.get(key, UNSET), after.get(key, UNSET))
    elif schema.get("type") == "array" and isinstance(after, list) and isinstance(schema["items"], dict):
        stored = [_fixed(schema["items"], row) for row in (before if isinstance(before, list) else [])]
        fresh = (initial({"type": "array", "minItems": 1, "items": schema["items"]}) or [None])[0]
        for row in after:
            fixed = _fixed(schema["items"], row)
            if fixed not in ("", _fixed(schema["items"], fresh)):
                stored.remove(fixed)


def _fixed(schema: dict[str, Any], row: Any) -> str:
    """All that is locked in a row, as a text."""
    if _locked(schema):
        return to_json(row)
    parts = schema.get("properties", {}).items() if schema.get("type") == "object" and isinstance(row, dict) else ()
    return digest({key: row[key] for key, part in parts if _locked(part) and key in row}) if parts else ""


@settings(max_examples=200, deadline=None)
@given(forged())
def test_no_post_changes_what_is_not_shown_or_is_locked(case: Any) -> None:
    schema, ui, shown, post = case
    data, errors = parse(schema, ui, post, shown)
    if not isinstance(data, dict):  # "More values" were no JSON
        assert errors
        return
    assert data.keys() <= schema["properties"].keys() or schema.get("additionalProperties")
    for key, part in schema["properties"].items():
        fixed = "const" in part or part.get("type") == "null"
        _hold(part, shown.get(key, UNSET), data.get(key, UNSET), locked=bool(ui[key]) and not fixed)
    taken = accepted(schema, ui, data, shown)
    assert same(taken[0], data)
    assert not {error.keyword for error in taken[1]} & {"readOnly", "additionalProperties"}
    assert len(errors) <= 100
