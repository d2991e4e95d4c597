"""Reads and writes of the data are proved at publishing: a rule never meets an empty field it did not ask about."""

import pytest

from tests.engine.documents import (
    START,
    Document,
    approval,
    changed,
    decision,
    document,
    form,
    level,
    told,
)

CONDITIONAL: Document = {
    "type": "object",
    "properties": {"amount": {"type": "number"}},
    "required": ["amount"],
    "if": {"properties": {"amount": {"minimum": 5}}},
    "then": {"properties": {"checked": {"type": "boolean"}}, "required": ["checked"]},
}
REFUSED: list[tuple[str, Document, str]] = [
    # Rules over what may be empty.
    ("a field nobody must fill", document(decision("note == 'x'")), "may be empty there. Make it required"),
    ("half of a rule", document(decision("amount > 1000 or note == 'x'")), "first /branches/0/when: The rule"),
    ("a level's rule", document(level(when="checked == true")), "first /levels/0/when: The rule"),
    ("an automatic rule", document(approval(automatic={"when": "count > 1", "reason": "x"})), "/automatic/when"),
    (
        "a later form",
        document(decision("checked == true", "facts"), facts=form("approved", "checked")),
        "reads “checked”",
    ),
    (
        "a form that was too late",
        document(
            form(
                "choice",
                "checked",
                timeout={"after": "P1D", "then": "timed_out"},
                outcomes={"submitted": "choice", "timed_out": "choice"},
            ),
            choice=decision("checked == true"),
        ),
        "“checked”",
    ),
    (
        "a form that takes it back",
        document(
            form("again", "checked"),
            again=form("choice", "count", names=["count", "checked"]),
            choice=decision("checked == true"),
        ),
        "“checked”",
    ),
    (
        "an approval's form that a rule may pass by",
        document(
            approval(
                form=form("x", "checked")["form"],
                automatic={"when": "amount < 5", "reason": "x"},
                outcomes={"approved": "choice", "rejected": "rejected"},
            ),
            choice=decision("checked == true"),
        ),
        "“checked”",
    ),
    (
        "an approval's own form that empties it",
        document(
            form("second", "boss"),
            second=level(when="boss == 'x'") | {"form": {"schema": {"type": "object", "properties": {"boss": {}}}}},
        ),
        "“boss”",
    ),
    (
        "an empty text",
        changed(
            lambda d: (
                d["steps"].update(first=decision("item == 'x'")),
                d["steps"]["request"]["form"].update(
                    schema={**START, "properties": {"item": {"type": "string"}, "amount": {"type": "number"}}}
                ),
            )
        ),
        "“minLength”: 1",
    ),
    (
        "a field asked only under a condition",
        document(
            form("choice", "amount") | {"form": {"schema": CONDITIONAL}},
            choice=decision("checked == true"),
        ),
        "“checked”",
    ),
    (
        "a field that a condition may hide again",
        document(
            form("again", "checked"),
            again=form("choice", "amount") | {"form": {"schema": CONDITIONAL}},
            choice=decision("checked == true"),
        ),
        "“checked”",
    ),
    ("an untyped field", document(decision("any != 5")), "can hold anything"),
    ("a hexadecimal number", document(decision("amount < 0xff")), "at character 10"),
    # Writes.
    ("a reason that is a number", document(decision("amount > 5", set={"reason": 5})), "the reason, which is a text"),
    ("a value of another type", document(decision("amount > 5", set={"amount": "much"})), "does not fit"),
    ("a field that is not there", document(decision("amount > 5", set={"amuont": 5})), "no such field"),
    (
        "an answer kept nowhere",
        document(
            {
                "type": "action",
                "name": "Call",
                "call": {"url": "https://x.test/"},
                "save": "gone",
                "outcomes": {"done": "approved", "failed": "failed"},
            }
        ),
        "/save",
    ),
    (
        "an answer kept as a number",
        document(
            {
                "type": "action",
                "name": "Call",
                "call": {"url": "https://x.test/"},
                "save": "amount",
                "outcomes": {"done": "approved", "failed": "failed"},
            }
        ),
        "/save",
    ),
    (
        "a request form for all of the data",
        changed(lambda d: (d["steps"]["request"].pop("form"), d["steps"].update(first=form("approved", "checked")))),
        "asks for all of the data",
    ),
]


@pytest.mark.parametrize(("made", "words"), [pytest.param(*row[1:], id=row[0]) for row in REFUSED])
def test_it_is_refused_with_its_place_and_the_way_out(made: Document, words: str) -> None:
    assert any(words in text for text in told(made)), told(made)


def test_the_flows_of_these_tests_can_be_published() -> None:
    assert told(document(approval())) == []
    assert told(document(decision("amount > 5"))) == []
    assert told(document(form("choice", "checked"), choice=decision("checked == true"))) == []


@pytest.mark.parametrize(
    "made",
    [
        document(decision("note == null or note == 'x'")),
        document(decision("lines != null and $sum(lines) > 5")),
        document(form("choice", "checked"), choice=decision("checked == true")),
        document(
            approval(form=form("x", "checked")["form"], outcomes={"approved": "choice", "rejected": "rejected"}),
            choice=decision("checked == true"),
        ),
        document(decision("note != null", "second"), second=decision("note == 'x'")),
        document(decision("note == null"), second=decision("note == 'x'"))
        | {"steps": {**document(decision("note == null"))["steps"]}},
        document(decision("amount > 5", "second", set={"checked": True}), second=decision("checked == true")),
        document(level(policy={"quorum": {"field": "count"}}))
        | {"steps": document(form("second", "count"), second=level(policy={"quorum": {"field": "count"}}))["steps"]},
        document(level(who=[{"field": "boss"}, {"group": "directors"}])),
        document(approval(outcomes={"approved": "approved", "rejected": "rejected", "changes_requested": "request"})),
        changed(lambda d: d.update(zone="Pacific/Auckland", name="Café 👩\u200d💻 पत्र")),
    ],
)
def test_what_is_surely_there_is_not_in_the_way(made: Document) -> None:
    assert told(made) == []


def test_what_one_branch_ruled_out_the_next_one_knows() -> None:
    made = document(decision("note == null"))
    made["steps"]["first"]["branches"].append({"outcome": "long", "when": "note.length > 5"})
    made["steps"]["first"]["outcomes"]["long"] = "approved"
    assert told(made) == []
