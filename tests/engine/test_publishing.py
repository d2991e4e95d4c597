"""What can only go wrong while a request runs is refused before: settings, circles, names."""

import pytest

from engine.check import check_document
from tests.engine.documents import (
    Document,
    approval,
    changed,
    decision,
    document,
    form,
    level,
    notify,
    told,
)

REFUSED: list[tuple[str, Document, str]] = [
    # Settings that point nowhere, or at something else.
    (
        "a time limit from nowhere",
        document(approval(timeout={"after": {"field": "hours"}})),
        "/timeout/after: “Approval” reads",
    ),
    (
        "a time limit from a number",
        document(approval(timeout={"after": {"field": "amount"}})),
        "must be a text with a duration",
    ),
    (
        "a time limit nobody fills in",
        document(approval(timeout={"after": {"field": "limit"}})),
        "which may be empty there",
    ),
    ("an escalation's limit", document(approval(timeout={"within": {"field": "hours"}})), "/timeout/within"),
    (
        "an action from a free text",
        document(approval(timeout={"then": {"field": "item"}})),
        "a choice of approve, reject",
    ),
    ("an action from nowhere", document(approval(timeout={"then": {"field": "gone"}})), "there is no such field"),
    (
        "a last action without a way",
        document(approval(timeout={"finally": "timed_out"})),
        "nowhere to go when it is timed out",
    ),
    ("a quorum from a text", document(level(policy={"quorum": {"field": "item"}})), "a whole number"),
    ("a quorum from nowhere", document(level(policy={"quorum": {"field": "gone"}})), "/levels/0/policy/quorum"),
    ("a quorum of nothing", document(level(policy={"quorum": {}})), "/levels/0/policy"),
    ("a person from a number", document(level(who=[{"field": "amount"}])), "a text or a list of texts"),
    ("a person from nowhere", document(level(who=[{"field": "gone"}])), "no such field"),
    ("a person nobody names", document(level(who=[{"field": "boss"}])), "which may be empty there"),
    # Durations.
    ("nine thousand years", document(approval(timeout={"after": "P9000Y"})), "ten years at most"),
    ("thirty digits", document(approval(timeout={"after": f"P{'9' * 30}D"})), "ten years at most"),
    ("a long reminder", document(approval(timeout={"remind": ["PT999999999999H"]})), "ten years at most"),
    (
        "a retry after a month",
        document(
            {
                "type": "action",
                "name": "Call",
                "call": {"url": "https://x.test/"},
                "retry": {"first": "P1M"},
                "outcomes": {"done": "approved", "failed": "failed"},
            }
        ),
        "/retry/first",
    ),
    # Circles.
    (
        "a circle of news and a choice",
        document(notify("choice"), choice=decision("amount > 5", "first")),
        "waits for nobody",
    ),
    ("a circle of itself", document(decision("amount > 5", "first")), "waits for nobody"),
    (
        "a circle through a rule that approves",
        document(
            approval(
                automatic={"when": "amount > 5", "reason": "x"}, outcomes={"approved": "choice", "rejected": "rejected"}
            ),
            choice=decision("amount > 5", "first"),
        ),
        "waits for nobody",
    ),
    (
        "a circle of the clock",
        document(
            approval(
                timeout={"after": "PT0S", "then": "timed_out"},
                outcomes={"approved": "approved", "rejected": "rejected", "timed_out": "first"},
            )
        ),
        "a minute or more",
    ),
    # Names, texts and the rest of the frame.
    ("a line break in a name", changed(lambda d: d["steps"]["first"].update(name="Two\nlines")), "cannot be seen"),
    ("a name without a width", changed(lambda d: d["steps"]["first"].update(name="A\u200bpproved")), "cannot be seen"),
    ("a name turned round", changed(lambda d: d.update(name="a\u202eb")), "cannot be seen"),
    (
        "a field's title",
        changed(lambda d: d["data"]["properties"]["item"].update(title="a\nb")),
        "/data/properties/item/title",
    ),
    ("a level's name", document(level(name="\u2060")), "/levels/0/name"),
    ("a blank name", changed(lambda d: d.update(name="  ")), "has letters"),
    ("a title of nothing", changed(lambda d: d.update(title="{itm}")), "“{itm}”"),
    ("a message of nothing", document({**notify("approved"), "message": "{itm.x}"}), "first /message"),
    (
        "a status of its own way",
        changed(lambda d: d["steps"]["failed"].update(status="waiting_approval")),
        "another word",
    ),
    ("a status with a blank", changed(lambda d: d["steps"]["failed"].update(status="rolled back")), "another word"),
    ("a zone that is none", changed(lambda d: d.update(zone="Europe/Atlantis")), "/zone"),
    ("a zone that is a folder", changed(lambda d: d.update(zone="Europe")), "/zone"),
    ("a zone outside", changed(lambda d: d.update(zone="../../etc/passwd")), "/zone"),
    ("a test that expects nothing", changed(lambda d: d.update(tests=[{}])), "This is needed"),
    (
        "a form that is a text",
        document({**form("approved"), "form": {"schema": {"type": "string"}}}),
        "asks for fields",
    ),
    (
        "a form that is a list",
        changed(lambda d: d["steps"]["request"]["form"].update(schema={"type": "array"})),
        "for fields",
    ),
    (
        "an order that is a number",
        changed(lambda d: d["steps"]["request"]["form"].update(uiSchema={"ui:order": 5})),
        "a list of",
    ),
    (
        "an order of objects",
        changed(lambda d: d["steps"]["request"]["form"].update(uiSchema={"ui:order": [{}]})),
        "a list of",
    ),
    (
        "a field that is only true",
        changed(lambda d: d.update(data={"type": "object", "properties": {"a": True}})),
        "only true",
    ),
    (
        "a second start",
        changed(
            lambda d: d["steps"].update(again={"type": "start", "name": "Again", "outcomes": {"submitted": "first"}})
        ),
        "second request form",
    ),
    (
        "a number of forty digits",
        changed(lambda d: d["data"]["properties"]["amount"].update(maximum=10**40)),
        "30 digits",
    ),
]


@pytest.mark.parametrize(("made", "words"), [pytest.param(*row[1:], id=row[0]) for row in REFUSED])
def test_it_is_refused_with_its_place_and_the_way_out(made: Document, words: str) -> None:
    assert any(words in text for text in told(made)), told(made)


def test_every_problem_says_where() -> None:
    for name, made, _ in REFUSED:
        for problem in check_document(made):
            assert problem.step or problem.field, name
