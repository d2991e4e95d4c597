"""Tests of a definition: run among made-up people, compared with what they expect, told in words."""

from copy import deepcopy
from typing import Any

import msgspec
import pytest

from designer.gallery import templates
from designer.trial.cases import MOST_TOGETHER, cases, problems, results
from designer.trial.company import company
from designer.trial.script import Case, Expected, Move
from engine.check import check_document
from engine.definition import Definition
from engine.document import document_schema
from engine.schemas import validate
from engine.wording.labels import labels_of
from engine.wording.sentences import sentence

YES = {"do": "decide", "outcome": "approved"}


SOON = (
    "In the test “Test”, move 1 cannot be made: How long is to be waited? “soon” is not a duration. "
    "Write P3D for 3 days, PT36H for 36 hours."
)
STUCK = (
    "In the test “Test” the request got stuck: “Manager” needs a signature from the requester's manager, but there is "
    "nobody left who can sign."
)


def with_tests(*tests: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Purchases with these tests, of which one that lacks it is about 700 EUR and expects nothing special."""
    document = deepcopy(templates()["purchase-approval"])
    document["steps"]["approval"] |= changes
    usual: dict[str, Any] = {"name": "Test", "data": {"item": "Desk", "amount": 700}, "expect": {"step": "approved"}}
    document["tests"] = [usual | test for test in tests]
    assert not check_document(document)
    return document


def failure(test: dict[str, Any], **changes: Any) -> str:
    document = with_tests(test, **changes)
    [problem] = problems(document)
    assert problem.field == "/tests/0"
    return sentence(problem.reason, labels_of(document))


def test_a_test_that_goes_as_it_says_is_no_problem() -> None:
    path = ["request:submitted", "amount:otherwise", "approval:approved", "tell:sent"]
    expect = {"status": "approved", "step": "approved", "path": path, "asked": ["approval/manager"]}
    [result] = results(with_tests({"moves": [YES], "expect": expect | {"data": {"amount": 700, "why": None}}}))
    assert result.passed
    assert [f"{step}:{outcome}" for step, outcome in result.path] == path


def test_groups_and_managers_are_played_wherever_it_runs() -> None:
    moves = [YES, YES, YES | {"by": "board-2"}, YES | {"by": "board-1"}]
    asked = ["approval/manager", "approval/director", "approval/board"]
    data = {"item": "Desks", "amount": 12000}
    assert not problems(with_tests({"data": data, "moves": moves, "expect": {"status": "approved", "asked": asked}}))


def test_time_passes_and_whoever_takes_over_decides() -> None:
    late = {"do": "wait", "for": "P3D"}
    assert not problems(with_tests({"moves": [late, YES | {"by": "manager-2"}]}))
    assert not problems(with_tests({"moves": [{"do": "wait", "for": "P30D"}], "expect": {"status": "rejected"}}))


@pytest.mark.parametrize(
    ("test", "words"),
    [
        ({}, "The test “Test” expects the request to be at “Approved”, and it is at “Approval”."),
        (
            {"expect": {"status": "approved"}},
            "The test “Test” expects the request to be approved, and it is waiting approval.",
        ),
        (
            {"moves": [YES, YES]},
            "In the test “Test”, move 2 cannot be made: Nobody is asked anything there.",
        ),
        (
            {"moves": [YES | {"by": "board-1"}]},
            "In the test “Test”, move 1 cannot be made: Board 1 is asked nothing there.",
        ),
        (
            {"moves": [YES | {"by": "dana"}]},
            "In the test “Test”, move 1 cannot be made: There is nobody called “dana” here.",
        ),
        (
            {"moves": [{"do": "wait", "for": "soon"}]},
            SOON,
        ),
        (
            {"data": {"item": "Desk"}},
            "The test “Test” cannot begin: This is needed. (amount)",
        ),
        (
            {"moves": [YES], "expect": {"path": ["request:submitted", "amount:small"]}},
            "Way 2 of the test “Test” is to be amount:small, and the request took amount:otherwise.",
        ),
        (
            {"moves": [YES], "expect": {"asked": ["approval/manager", "approval/board"]}},
            "Question 2 of the test “Test” is to be approval/board, and nothing was asked.",
        ),
        (
            {"moves": [YES], "expect": {"data": {"amount": 900}}},
            "The test “Test” expects “amount” to be 900, and it is 700.",
        ),
        (
            {"people": {"requester": {"manager": None}}, "expect": {"status": "approved"}},
            STUCK,
        ),
    ],
    ids=lambda value: "" if isinstance(value, dict) else value[:50],
)
def test_what_came_instead_is_told(test: dict[str, Any], words: str) -> None:
    assert failure(test) == words


def test_a_case_may_bring_people_of_its_own() -> None:
    people = {"requester": {"manager": "boss"}, "boss": {"name": "Bo", "groups": ["directors"]}}
    moves = [YES | {"by": "boss"}, YES | {"by": "directors-1"}]
    data = {"item": "Desks", "amount": 7000}
    assert not problems(with_tests({"data": data, "people": people, "moves": moves}))


def test_whoever_the_flow_or_the_data_name_is_there() -> None:
    levels = [
        {"id": "bob", "who": [{"user": "bob@demo.test"}]},
        {"id": "named", "who": [{"field": "item"}]},
        {"id": "role", "who": [{"role": "approver"}], "policy": {"quorum": 3}},
    ]
    moves = [YES | {"by": "bob@demo.test"}, YES | {"by": "Desk"}, *([YES] * 3)]
    assert not problems(with_tests({"moves": moves}, levels=levels))


def test_two_tests_have_two_names() -> None:
    found = [one.code for one in problems(with_tests({"moves": [YES]}, {"moves": [YES]}))]
    assert found == ["test_twice"]


def test_all_tests_together_are_bounded() -> None:
    timeout = {"after": "PT1M", "to": [{"group": "board"}], "then": "escalate", "times": 10, "finally": "timed_out"}
    again = {"approved": "tell", "rejected": "rejected", "timed_out": "approval"}
    endless = [{"name": f"{number}", "moves": [{"do": "wait", "for": "P9Y"}]} for number in range(20)]
    found = results(with_tests(*endless, timeout=timeout, outcomes=again))
    codes = [one.problems[0].reason.params.get("why", {}).get("code", one.problems[0].code) for one in found]
    assert codes == ["trial_too_long"] * 5 + ["tests_long"] * 15
    assert MOST_TOGETHER == 2_000


def test_the_published_schema_and_the_reader_agree() -> None:
    frame = document_schema()
    schema = {"$ref": "#/$defs/test", "$defs": frame["$defs"]}
    names = {move.encode_name for move in msgspec.structs.fields(Move)}
    assert set(frame["$defs"]["test_move"]["properties"]) == names
    assert set(frame["$defs"]["test"]["properties"]) == {one.encode_name for one in msgspec.structs.fields(Case)}
    full = Case(name="x", expect=Expected("a", "b", ["c:d"], ["e/f"], {"g": 1}), moves=[Move("decide", outcome="yes")])
    written = msgspec.to_builtins(full)
    assert not validate(schema, written)
    assert cases({"tests": [written]}) == [full]


def test_the_company_is_the_same_every_time() -> None:
    document = with_tests({})
    [case] = cases(document)
    one, other = (company(Definition(document), case) for _ in range(2))
    assert one == other
    assert list(one.line("requester")) == ["manager", "manager-2", "manager-3", "head"]


@pytest.mark.parametrize("key", list(templates()))
def test_templates_keep_what_their_tests_say(key: str) -> None:
    assert not problems(dict(templates()[key]))
