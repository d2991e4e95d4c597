"""What counts as one change of a draft: several edits of one call, a burst of typing; and what is too old."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from app import drafts
from app.drafts import begin, finish, meanwhile
from app.errors import Changed, Invalid
from app.store.db import across_tenants
from app.store.tables import draft_edits
from designer.edits import read_edit
from engine.json_text import dumps, loads
from tests.app.test_drafts import END, LEAD, edit, step, stored
from tests.make import Cast, User, make_cast, make_user


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def dana(cast: Cast) -> User:
    """Another designer."""
    with across_tenants() as db:
        return make_user(db, cast.ada.tenant_id, "Dana", "designer")


@pytest.fixture
def key(cast: Cast) -> str:
    with across_tenants() as db:
        return begin.blank_flow(db, cast.ada.principal, "Spending").key


def test_several_edits_are_one_change_and_all_or_none(cast: Cast, key: str) -> None:
    before = stored(cast.ada, key)[1]
    wanted = [read_edit(one) for one in (LEAD, END, {"edit": "rename", "step": "manager", "name": "Boss"})]
    with across_tenants() as db:
        made = drafts.edit(db, cast.ada.principal, key, 0, *wanted)
        again = drafts.edit(db, cast.ada.principal, key, 0, *wanted)
    assert (made.draft.revision, made.focus, again.repeated) == (1, "manager", True)
    assert loads(stored(cast.ada, key)[1])["steps"]["manager"]["name"] == "Boss"
    assert step(cast.ada, key, 1, "undo").draft.revision == 2
    assert stored(cast.ada, key)[1] == before
    broken = [read_edit(one) for one in (LEAD, {"edit": "delete", "step": "nobody"})]
    with pytest.raises(Invalid) as refused, across_tenants() as db:
        drafts.edit(db, cast.ada.principal, key, 2, *broken)
    assert refused.value.errors[0]["pointer"] == "/edits/1"
    assert stored(cast.ada, key) == (2, before)


def test_a_burst_of_typing_is_undone_at_once(cast: Cast, dana: User, key: str) -> None:
    edit(cast.ada, key, 0, **LEAD)
    before = stored(cast.ada, key)[1]
    for revision, name in enumerate(("B", "Bo", "Boss"), 1):
        edit(cast.ada, key, revision, edit="rename", step="manager", name=name)
    after = stored(cast.ada, key)[1]
    edit(dana, key, 4, edit="rename", step="manager", name="Lead")
    step(dana, key, 5, "undo")
    assert stored(cast.ada, key)[1] == after
    step(cast.ada, key, 6, "undo")
    assert stored(cast.ada, key)[1] == before
    step(cast.ada, key, 7, "redo")
    assert stored(cast.ada, key)[1] == after


def test_typing_after_a_pause_is_a_change_of_its_own(cast: Cast, key: str) -> None:
    edit(cast.ada, key, 0, edit="rename", step="request", name="Form")
    with across_tenants() as db:
        db.execute(update(draft_edits).values(at=draft_edits.c.at - drafts.BURST))
    edit(cast.ada, key, 1, edit="rename", step="request", name="A form")
    step(cast.ada, key, 2, "undo")
    assert loads(stored(cast.ada, key)[1])["steps"]["request"]["name"] == "Form"


def test_a_revision_far_behind_is_told_the_newest_changes(
    cast: Cast, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meanwhile, "MOST", 3)
    for revision in range(4):
        edit(cast.ada, key, revision, edit="rename", step="request", name=f"Form {revision}")
    with pytest.raises(Changed, match="Very much"):
        edit(cast.ada, key, 0, edit="rename", step="approved", name="Done")
    edit(cast.ada, key, 1, edit="rename", step="approved", name="Done")


def test_whoever_goes_on_before_the_page_has_heard_of_their_last_edit_is_in_nobodys_way(cast: Cast, key: str) -> None:
    edit(cast.ada, key, 0, edit="rename", step="request", name="Form")
    edit(cast.ada, key, 0, edit="configure", step="request", settings={"description": "First of all"})
    there = loads(stored(cast.ada, key)[1])["steps"]["request"]
    assert (there["name"], there["description"]) == ("Form", "First of all")


def test_a_program_says_what_it_has_seen_of_its_own_edits_too(cast: Cast, key: str) -> None:
    edit(cast.ada, key, 0, edit="rename", step="request", name="Form")
    program = replace(cast.ada.principal, via="key")
    with pytest.raises(Changed), across_tenants() as db:
        drafts.edit(db, program, key, 0, read_edit({"edit": "rename", "step": "request", "name": "Mine"}))
    assert loads(stored(cast.ada, key)[1])["steps"]["request"]["name"] == "Form"


@pytest.mark.parametrize("published", [True, False])
def test_a_page_of_a_draft_that_was_discarded_is_no_page_of_the_next(cast: Cast, key: str, published: bool) -> None:
    """Though as much was changed in both, and under a key that was free again."""
    ada = cast.ada.principal
    edit(cast.ada, key, 0, **LEAD)
    if published:
        edit(cast.ada, key, 1, **END)
        with across_tenants() as db:
            finish.publish(db, ada, key, 2)
            assert drafts.get(db, ada, key).base == 1
    with across_tenants() as db:
        old = drafts.get(db, ada, key).revision
        finish.discard(db, ada, key)
        there = begin.from_version(db, ada, key).draft if published else begin.blank_flow(db, ada, "Spending")
        assert (there.key, there.revision > old) == (key, True)
        made = drafts.edit(
            db, ada, key, there.revision, read_edit({"edit": "rename", "step": "request", "name": "Ask"})
        )
        before = meanwhile.document_at(
            db, there.definition, dumps(made.draft.document).decode(), there.begun, there.begun
        )
    assert before == there.document
    for act in (
        lambda db: finish.publish(db, ada, key, old),
        lambda db: drafts.edit(db, ada, key, old, read_edit({"edit": "rename", "step": "request", "name": "Old"})),
        lambda db: drafts.undo(db, ada, key, old),
    ):
        with pytest.raises(Changed), across_tenants() as db:
            act(db)
