"""What the engine takes of an answer, whoever sends it: only fields that the step's form shows and does not lock."""

from typing import Any

import pytest

from engine.commands import Decide, Refused, Submit
from tests.engine.cast import Case, flow

TEXT = {"type": "string"}
DATA = {"type": "object", "properties": {"item": TEXT, "amount": {"type": "number"}, "checked": {"type": "boolean"}}}
ASKED = {"type": "object", "properties": {"iban": TEXT, "amount": {"type": "number", "readOnly": True}}}
BANK = {"type": "form", "name": "Bank", "who": [{"manager": 1}], "outcomes": {"submitted": "approved"}}
SIGN = {
    "type": "approval",
    "name": "Sign",
    "levels": [{"id": "manager", "who": [{"manager": 1}]}],
    "outcomes": {"approved": "approved", "rejected": "rejected"},
}
STARTED = {"item": "Desk", "amount": 5000}


def case(step: dict[str, Any], schema: dict[str, Any] = ASKED, data: dict[str, Any] = STARTED) -> Case:
    return Case(flow({"step": {**step, "form": {"schema": schema}}}, DATA), data)


def answer(asked: Case, values: dict[str, Any]) -> None:
    task = asked.open()["ben"]
    form = asked.definition.steps["step"].type == "form"
    asked.send(Submit(task, "ben", values) if form else Decide(task, "ben", "approved", "", values))


@pytest.mark.parametrize("step", [BANK, SIGN])
@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"iban": "DE1", "checked": True}, "/checked"),
        ({"iban": "DE1", "amount": 1}, "/amount"),
        ({"iban": "DE1", "requester": {"email": "ceo@example.com"}}, "/requester"),
        ({"iban": 7}, "/iban"),
    ],
)
def test_nothing_but_the_forms_own_fields_is_taken(step: Any, values: dict[str, Any], pointer: str) -> None:
    asked = case(step)
    with pytest.raises(Refused) as refused:
        answer(asked, values)
    assert [pointer for pointer, _ in refused.value.errors] == [pointer]
    assert asked.now_state.data == STARTED


@pytest.mark.parametrize("step", [BANK, SIGN])
def test_the_forms_own_fields_are_taken_beside_what_is_there(step: Any) -> None:
    asked = case(step)
    answer(asked, {"iban": "DE1", "amount": 5000})
    assert asked.now_state.data == {**STARTED, "iban": "DE1"}


def test_a_form_takes_away_only_what_it_asks_for() -> None:
    asked = case(BANK, {"allOf": [{"type": "object", "properties": {"item": TEXT}}]})
    answer(asked, {})
    assert asked.now_state.data == {"amount": 5000}


@pytest.mark.parametrize("step", [BANK, SIGN])
def test_what_a_group_holds_beside_the_form_stays(step: Any) -> None:
    group = {"type": "object", "properties": {"name": TEXT}}
    asked = case(step, {"type": "object", "properties": {"g": group}}, {**STARTED, "g": {"name": "a", "checked": True}})
    answer(asked, {"g": {"name": "b"}})
    assert asked.now_state.data["g"] == {"name": "b", "checked": True}
