"""Checking a definition answers, whatever it is given, and soon."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import process_time
from typing import Any

from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from engine.check import check_document
from tests.engine.documents import Document

GALLERY = Path(__file__).parent.parent.parent / "designer" / "gallery"
SHIPPED = [json.loads(path.read_text()) for path in sorted(GALLERY.glob("*.json"))]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*"format key name data start steps type form when levels".split(), "x"]), inner
        )
    ),
    max_leaves=12,
)


@given(JSON)
@examples(max_examples=200, deadline=None)
def test_any_json_can_be_checked(anything: Any) -> None:
    assert check_document(anything)


def test_endless_nesting_can_be_checked() -> None:
    deep: Any = {}
    for _ in range(5000):
        deep = {"a": deep}
    assert check_document(deep)
    assert check_document({**SHIPPED[0], "data": deep})


ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    float("nan"),
    10**400,
    "",
    "x",
    "P9000Y",
    "PT0S",
    "amount < 0xff",
    "item == 'x'",
    [],
    {},
    [1],
    [{}],
    {"field": "amount"},
    {"field": 5},
    "\u200b",
    "running",
    "decision",
    {"$ref": "#"},
    {"$ref": "#/$defs/a"},
    {"type": "string"},
    [["x"]],
    {"quorum": {}},
    {"anyOf": [{"$ref": "#"}]},
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def mutated(random: Random) -> Document:
    made: Document = copy.deepcopy(random.choice(SHIPPED))
    for _ in range(random.choice([1, 1, 2, 3])):
        *path, last = random.choice(list(places(made)))
        inside: Any = made
        for key in path:
            inside = inside[key]
        if random.random() < 0.2 and isinstance(inside, dict):
            del inside[last]
        else:
            inside[last] = copy.deepcopy(random.choice(ODD))
    return made


def test_whatever_becomes_of_a_shipped_definition_it_is_checked_in_a_moment() -> None:
    random = Random(20261121)
    for _ in range(300):
        made = mutated(random)
        begin = process_time()
        for problem in check_document(made):
            assert problem.code != "unsaid", made
        assert process_time() - begin < 2
