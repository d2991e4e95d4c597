"""Templates: what is filled in stays data, whatever it says."""

from decimal import Decimal
from typing import Any

import pytest

from engine.placeholders import fill, fill_call, fill_url
from engine.stops import Stop


def test_no_value_names_a_secret_whole_in_parts_or_as_a_key() -> None:
    call = {
        "url": "https://shop.test/{one}",
        "headers": {"X-Pair": "{one}:{two}", "Authorization": "Bearer {secret:ERP} {one}"},
        "body": {"pair": "{one}:{two}", "word": "{{three}}", "all": "{object}"},
    }
    data = {"one": "{secret", "two": "ERP}", "three": "secret:ERP", "object": {"{secret:ERP}": "{secret:ERP}"}}
    filled = fill_call(call, data)
    assert filled["url"] == "https://shop.test/%7Bsecret"
    assert filled["headers"]["X-Pair"] == "{secret:ERP}"
    assert filled["headers"]["Authorization"] == ["Bearer ", {"secret": "ERP"}, " ", "{secret"]
    assert filled["body"] == {"pair": "{secret:ERP}", "word": "{secret:ERP}", "all": data["object"]}


@pytest.mark.parametrize(
    "call",
    [
        {"url": "https://shop.test/{secret:ERP}"},
        {"url": "https://shop.test/?key={secret:ERP}"},
        {"url": "https://shop.test/", "body": {"a": ["x {secret:ERP}"]}},
        {"url": "https://shop.test/", "body": {"{secret:ERP}": 1}},
        {"url": "https://shop.test/", "headers": {"X": "{secret:erp}"}},
        {"url": "https://shop.test/?back={base_url}"},
    ],
)
def test_a_secret_stands_in_a_header_and_nowhere_else(call: dict[str, Any]) -> None:
    with pytest.raises(Stop) as stopped:
        fill_call(call, {})
    assert stopped.value.code == "secret_place"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "missing_field"),
        ("", "missing_field"),
        ("..", "path_value"),
        (".", "path_value"),
        ("../items", "path_value"),
        ("a\\..\\b", "path_value"),
        ({"id": 1}, "address_type"),
        ([1], "address_type"),
    ],
)
def test_a_value_cannot_lead_the_call_elsewhere(value: Any, code: str) -> None:
    with pytest.raises(Stop) as stopped:
        fill_url("https://shop.test/orders/{order}", {"order": value})
    assert stopped.value.code == code


def test_dots_of_two_values_make_no_way_up() -> None:
    with pytest.raises(Stop) as stopped:
        fill_url("https://shop.test/orders/.{a}/items", {"a": "."})
    assert stopped.value.code == "path_value"


def test_what_fits_into_an_address() -> None:
    data = {"a": "x/y ?#", "n": Decimal("1E-7"), "yes": True}
    assert fill_url("{base_url}/o/{a}/{n}?q={yes}", data) == "{base_url}/o/x%2Fy%20%3F%23/0.0000001?q=true"


def test_people_read_words_and_not_code() -> None:
    data = {"yes": True, "small": Decimal("1E-7"), "list": ["a", "b"], "object": {"a": 1}}
    assert fill("{yes} {small} {list} {object} {gone}", data) == 'yes 0.0000001 a, b {"a":1} '
