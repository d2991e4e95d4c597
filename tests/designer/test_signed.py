"""A request's drawing tells, level by level, who signed and who is asked."""

from designer.drawing.faces import faces_of
from designer.drawing.signed import with_signers
from engine.definition import Definition
from engine.people import Directory, Person
from engine.state import OpenTask, Signature, State, Token, Wait
from tests.app.requests import shipped

NAMES = {"b": "Bob", "d": "Dana", "e": "Eve"}
PEOPLE = Directory({key: Person(key, f"{key}@example.com", key, name, "") for key, name in NAMES.items()}, {}, {})


def test_rows_carry_who_signed_and_who_is_asked() -> None:
    definition = Definition(shipped("purchase-approval"))
    wait = Wait([OpenTask("1", "d"), OpenTask("2", "e")], level="director")
    state = State("i", "a", {}, tokens=[Token(1, "approval", wait)])
    state.signed.append(Signature("approval", 0, "manager", "approved", 3, person="b"))
    plain = faces_of(definition, PEOPLE)
    face = with_signers(plain, definition, state, PEOPLE)["approval"]
    assert [(row.text, row.state, row.more) for row in face.rows[:3]] == [
        ("Manager", "done", "signed by Bob"),
        ("Director", "waiting", "asks Dana or Eve"),
        ("Board", "", ""),
    ]
    assert face.height > plain["approval"].height
