"""A definition as a policy: every way out is told, references lead somewhere, and it reads without ids or codes."""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings

from designer.edits import EditRefused, tidy
from designer.gallery import templates
from designer.policy import Policy, policy_of, policy_of_draft
from engine.definition import Definition
from engine.people import Directory
from tests.designer.edit_strategies import documents

KEYS = list(templates())


def told(key: str, **approval: Any) -> list[str]:
    document = deepcopy(templates()[key])
    document["steps"]["approval"] |= approval
    return list(texts(policy_of(Definition(document))))


def texts(policy: Policy) -> Iterator[str]:
    for section in policy.sections:
        yield section.name
        for line in section.lines:
            yield f"{line.text} {policy.names[line.to]}" if line.to else line.text
            yield from line.points
    for _, name, text in policy.ends:
        yield from (name, text)


@pytest.mark.parametrize("key", KEYS)
def test_every_way_out_of_a_template_is_told_once(key: str) -> None:
    definition = Definition(templates()[key])
    policy = policy_of(definition)
    led = {section.step: [line.to for line in section.lines if line.to] for section in policy.sections}
    ends = [step for step, _, _ in policy.ends]
    assert sorted([*led, *ends]) == sorted(definition.steps)
    for step, targets in led.items():
        assert sorted(targets) == sorted(definition.steps[step].outcomes.values())


@pytest.mark.parametrize("key", KEYS)
def test_a_policy_has_no_ids_and_no_codes(key: str) -> None:
    document = templates()[key]
    for text in texts(policy_of(Definition(document))):
        assert not re.search(r"[{}_]|\bP(T?)\d|==|\bnull\b|\bNone\b", text), text
        for name in document["data"]["properties"]:
            assert "_" not in name or name not in text
        for group in ("people-team", "service-desk", "sales-management", "release-managers", "data-protection"):
            assert group not in text


def test_thresholds_deadlines_and_silence_are_said_in_full() -> None:
    assert told("purchase-approval")[9:] == [
        "Approval",
        "All of these whose rule applies must agree, in this order:",
        "Manager: the requester's manager, when Amount is above 500 EUR",
        "Directors (one of them), when Amount is at least 5,000 EUR",
        "Board (2 of them), when Amount is at least 10,000 EUR",
        "Whoever rejects it or asks for changes says why.",
        "Nobody signs at more than one level.",
        "When the request comes back with changes, everybody signs again.",
        "An answer is due within 3 days, with reminders after 1 day and 2 days.",
        "After that it goes to the manager of whoever was asked, and on up the line, at most twice, with 1 day each.",
        "If still nobody answers, it counts as rejected.",
        "If it is approved, it goes on with step 4 (Tell purchasing)",
        "If it is rejected, the request ends as “Rejected”",
        "If changes are asked for, it goes back to step 1 (Purchase request)",
        "Tell purchasing",
        "A message goes to Purchasing: “Please order: [What do you need?]”.",
        "It says: “The purchase of [What do you need?] for [Amount] EUR is approved. Please place the order.”",
        "Then the request ends as “Approved”",
        "Approved",
        "",
        "Rejected",
        "",
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"timeout": {"after": None}}, "There is no time limit."),
        ({"timeout": {"after": "PT36H", "then": "approve"}}, "If nobody answers by then, it counts as approved."),
        ({"comment": "required"}, "Whoever decides says why."),
        ({"same_person_twice": True}, "One person may sign at more than one level."),
        ({"resubmit": "keep"}, "When the request comes back with changes, signatures that still hold are kept."),
        (
            {"automatic": {"when": "amount <= 900", "reason": "Small"}},
            "Nobody is asked when Amount is at most 900 EUR: Small.",
        ),
        (
            {"covers": ["amount"], "on_change": {"why": "tell"}},
            "A signature covers “Amount”; when one of them changes, it is asked for again.",
        ),
        ({"reading": "highest"}, "One of these decides, the last in this list whose rule applies:"),
        (
            {"levels": [{"id": "x", "who": [{"field": "why"}, {"requester": True}], "policy": "all"}]},
            "The decision lies with the person named in “Why do you need it?” or the requester (all of them).",
        ),
        ({"form": {"schema": {"type": "object", "properties": {}}}}, "Whoever decides fills in a form, too."),
    ],
)
def test_what_an_approval_may_set_is_told(changes: dict[str, Any], words: str) -> None:
    assert words in told("purchase-approval", **changes)


def test_groups_have_the_names_of_the_tenant() -> None:
    directory = Directory({}, {"directors": ()}, {"directors": "Executive team"})
    policy = policy_of(Definition(templates()["purchase-approval"]), directory)
    assert "Director: Executive team (one of them), when Amount is at least 5,000 EUR" in list(texts(policy))


def test_a_way_that_leads_nowhere_is_said_to() -> None:
    document = deepcopy(templates()["simple-approval"])
    del document["steps"]["approval"]["outcomes"]["rejected"]
    policy = policy_of_draft(document)
    assert "If it is rejected, it is not said yet where it goes." in list(texts(policy))


@settings(max_examples=150, deadline=None)
@given(documents())
def test_a_draft_of_any_shape_is_told(document: dict[str, Any]) -> None:
    try:
        policy = policy_of_draft(tidy(document))
    except EditRefused:
        return
    assert all(line.to in policy.names for section in policy.sections for line in section.lines if line.to)
