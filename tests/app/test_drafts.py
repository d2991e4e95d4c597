"""Drafts in the database: edits stored one by one, undone and redone, by several people, published and discarded."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app import definitions, drafts
from app.drafts import begin, finish, obstacles, presence
from app.drafts.meanwhile import document_at
from app.errors import Changed, Conflict, Forbidden, Invalid, Missing
from app.store.db import across_tenants
from app.store.tables import definitions as definition_rows
from app.store.tables import draft_edits, users
from app.store.tables import drafts as draft_rows
from designer.edits import read_edit
from designer.edits.settings import Set
from engine.json_text import dumps, loads
from tests.app.requests import shipped
from tests.make import Cast, User, make_cast, make_group, make_user

PURCHASE = shipped(
    "purchase-approval", approval={"levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]}
)
LEAD = {"edit": "insert", "at": "request:submitted", "type": "approval", "name": "Manager"}
END = {"edit": "insert", "at": "manager:rejected", "type": "end"}


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
    """A new flow of Ada's."""
    with across_tenants() as db:
        return begin.blank_flow(db, cast.ada.principal, "Spending").key


def edit(user: User, key: str, revision: int, **wanted: Any) -> drafts.Changes:
    with across_tenants() as db:
        return drafts.edit(db, user.principal, key, revision, read_edit(wanted))


def step(user: User, key: str, revision: int, kind: str) -> drafts.Changes:
    turn = {"undo": drafts.undo, "redo": drafts.redo}[kind]
    with across_tenants() as db:
        return turn(db, user.principal, key, revision)


def stored(user: User, key: str) -> tuple[int, str]:
    """Revision and document, as the row has them."""
    with across_tenants() as db:
        definition = definitions.get(db, user.principal, key)
        row = db.execute(select(draft_rows).where(draft_rows.c.definition_id == definition.id)).one()
        return row.revision, row.document


def count_edits(user: User, key: str) -> int:
    with across_tenants() as db:
        definition = definitions.get(db, user.principal, key)
        return int(db.execute(select(func.count()).where(draft_edits.c.definition_id == definition.id)).scalar_one())


def logged(user: User) -> list[tuple[str, Any]]:
    with across_tenants() as db:
        sql = "SELECT type, data FROM events WHERE instance_id = %(tenant)s ORDER BY seq"
        return [(row["type"], row["data"]) for row in db.query(sql, {"tenant": user.tenant_id})]


def test_an_edit_is_stored_before_anybody_sees_it(cast: Cast, key: str) -> None:
    made = edit(cast.ada, key, 0, **LEAD)
    assert (made.words, made.focus) == ("Manager added after Request form.", "manager")
    revision, document = stored(cast.ada, key)
    assert revision == 1
    assert loads(document)["steps"]["request"]["outcomes"] == {"submitted": "manager"}


def test_undo_and_redo_give_the_same_bytes_and_survive_a_new_transaction(cast: Cast, key: str) -> None:
    texts = [stored(cast.ada, key)[1]]
    for revision, wanted in enumerate([LEAD, END, {"edit": "rename", "step": "manager", "name": "Boss"}]):
        edit(cast.ada, key, revision, **wanted)
        texts.append(stored(cast.ada, key)[1])
    for number in (2, 1, 0):
        step(cast.ada, key, stored(cast.ada, key)[0], "undo")
        assert stored(cast.ada, key)[1] == texts[number]
    with pytest.raises(Conflict, match="nothing to undo"):
        step(cast.ada, key, 6, "undo")
    for number in (1, 2, 3):
        told = step(cast.ada, key, stored(cast.ada, key)[0], "redo")
        assert stored(cast.ada, key)[1] == texts[number]
    assert told.words == "Done again: Manager is now called Boss."
    with pytest.raises(Conflict, match="nothing to redo"):
        step(cast.ada, key, 9, "redo")


def test_an_edit_after_undo_takes_the_place_of_what_was_undone(cast: Cast, key: str) -> None:
    edit(cast.ada, key, 0, **LEAD)
    edit(cast.ada, key, 1, **END)
    step(cast.ada, key, 2, "undo")
    edit(cast.ada, key, 3, edit="rename", step="manager", name="Boss")
    with pytest.raises(Conflict, match="nothing to redo"):
        step(cast.ada, key, 4, "redo")
    step(cast.ada, key, 4, "undo")
    step(cast.ada, key, 5, "undo")
    assert "manager" not in loads(stored(cast.ada, key)[1])["steps"]


def test_the_same_edit_sent_twice_is_applied_once(cast: Cast, key: str) -> None:
    edit(cast.ada, key, 0, **LEAD)
    again = edit(cast.ada, key, 0, **LEAD)
    assert again.repeated and again.focus == "manager"
    step(cast.ada, key, 1, "undo")
    assert step(cast.ada, key, 1, "undo").repeated
    assert count_edits(cast.ada, key) == 2
    assert stored(cast.ada, key)[0] == 2


def test_the_same_edit_sent_many_times_at_once_is_applied_once(cast: Cast, key: str) -> None:
    with ThreadPoolExecutor(6) as threads:
        made = list(threads.map(lambda _: edit(cast.ada, key, 0, **LEAD), range(6)))
    assert sorted(one.repeated for one in made) == [False, *[True] * 5]
    assert count_edits(cast.ada, key) == 1
    assert len(loads(stored(cast.ada, key)[1])["steps"]) == 3


def test_a_stale_edit_of_other_steps_counts(cast: Cast, dana: User, key: str) -> None:
    edit(cast.ada, key, 0, **LEAD)
    edit(cast.ada, key, 1, edit="rename", step="approved", name="Done")
    edit(dana, key, 1, edit="rename", step="manager", name="Boss")
    steps = loads(stored(cast.ada, key)[1])["steps"]
    assert (steps["approved"]["name"], steps["manager"]["name"]) == ("Done", "Boss")


def test_a_stale_edit_of_the_same_step_is_told_what_changed_and_by_whom(cast: Cast, dana: User, key: str) -> None:
    edit(cast.ada, key, 0, **LEAD)
    edit(cast.ada, key, 1, edit="rename", step="manager", name="Boss")
    before = stored(cast.ada, key)
    with pytest.raises(Changed) as refused:
        edit(dana, key, 1, edit="delete", step="manager")
    changes = refused.value.facts["changes"]
    assert [(one["words"], one["by"]) for one in changes] == [("Manager is now called Boss.", "Ada")]
    assert stored(cast.ada, key) == before


def test_a_stale_edit_of_a_step_that_is_gone_is_told_so(cast: Cast, dana: User, key: str) -> None:
    edit(cast.ada, key, 0, **LEAD)
    edit(cast.ada, key, 1, edit="delete", step="manager")
    with pytest.raises(Changed) as refused:
        edit(dana, key, 1, edit="rename", step="manager", name="Boss")
    assert refused.value.facts["changes"][0]["words"] == "Manager deleted."


def test_nobody_undoes_what_they_have_not_seen(cast: Cast, dana: User, key: str) -> None:
    edit(cast.ada, key, 0, **LEAD)
    with pytest.raises(Changed):
        step(dana, key, 0, "undo")


def test_an_edit_that_cannot_be_done_changes_nothing(cast: Cast, key: str) -> None:
    with pytest.raises(Invalid, match="no step"):
        edit(cast.ada, key, 0, edit="delete", step="nobody")
    with pytest.raises(Invalid, match="revision 0"):
        edit(cast.ada, key, 7, **LEAD)
    assert stored(cast.ada, key)[0] == 0


def test_who_else_edited_is_told(cast: Cast, dana: User, key: str) -> None:
    edit(dana, key, 0, **LEAD)
    with across_tenants() as db:
        draft = drafts.get(db, cast.ada.principal, key)
        assert [one.name for one in presence.others(db, cast.ada.principal, draft).named] == ["Dana"]
        assert not presence.others(db, dana.principal, draft).named


def test_somebody_deactivated_meanwhile_is_refused(cast: Cast, key: str) -> None:
    with across_tenants() as db:
        db.execute(update(users).where(users.c.id == cast.ada.id).values(active=False))
    with pytest.raises(Forbidden):
        edit(cast.ada, key, 0, **LEAD)
    assert stored(cast.cleo, key)[0] == 0


def test_nobody_without_the_right_and_nobody_of_another_tenant_finds_a_draft(cast: Cast, key: str) -> None:
    with pytest.raises(Forbidden):
        edit(cast.ben, key, 0, **LEAD)
    with pytest.raises(Missing):
        edit(cast.eve, key, 0, **LEAD)


def test_a_new_flow_is_published_and_goes_on_from_its_version(cast: Cast, key: str) -> None:
    with across_tenants() as db:
        row = finish.publish(db, cast.ada.principal, key, 0, "The first")
        assert (row.number, row.note) == (1, "The first")
        assert drafts.get(db, cast.ada.principal, key).base == 1
        assert definitions.newest(db, cast.ada.principal, key).id == row.id
    assert [kind for kind, _ in logged(cast.ada)] == ["DraftOpened", "DefinitionPublished"]


def test_problems_block_publishing_and_nothing_else(cast: Cast, key: str) -> None:
    edit(cast.ada, key, 0, **LEAD)
    with across_tenants() as db:
        draft = drafts.get(db, cast.ada.principal, key)
        assert [problem.step for problem in obstacles.problems(db, cast.ada.principal, draft)] == ["manager"]
    with pytest.raises(Invalid) as refused, across_tenants() as db:
        finish.publish(db, cast.ada.principal, key, 1)
    assert refused.value.errors[0]["pointer"] == "/steps/manager/outcomes/rejected"


def test_a_draft_is_published_as_it_was_seen(cast: Cast, dana: User, key: str) -> None:
    edit(dana, key, 0, edit="rename", step="approved", name="Done")
    with pytest.raises(Changed), across_tenants() as db:
        finish.publish(db, cast.ada.principal, key, 0)


@pytest.fixture
def published(cast: Cast) -> str:
    with across_tenants() as db:
        make_group(db, cast.ada.tenant_id, "Purchasing", [cast.ben])
        definitions.store(db, cast.ada.tenant_id, PURCHASE, published_by=cast.ada.id)
    return str(PURCHASE["key"])


def test_a_version_becomes_a_draft_to_the_letter(cast: Cast, published: str) -> None:
    with across_tenants() as db:
        draft = begin.from_version(db, cast.ada.principal, published).draft
    assert (draft.base, draft.revision) == (1, 0)
    assert stored(cast.ada, published)[1] == dumps(PURCHASE).decode()


def test_an_old_version_is_loaded_into_the_draft_and_can_be_undone(cast: Cast, published: str) -> None:
    with across_tenants() as db:
        definitions.store(db, cast.ada.tenant_id, PURCHASE | {"name": "Purchases"}, published_by=cast.ada.id)
        made = begin.from_version(db, cast.ada.principal, published, 1)
    assert (made.draft.base, made.draft.document["name"]) == (2, "Purchase approval")
    assert step(cast.ada, published, 1, "undo").draft.document["name"] == "Purchases"


def test_a_file_becomes_a_draft_whatever_is_wrong_with_it(cast: Cast, published: str) -> None:
    with across_tenants() as db:
        made = begin.from_file(db, cast.ada.principal, PURCHASE | {"start": "nowhere", "steps": {"x": 3}})
        new = begin.from_file(db, cast.ada.principal, {"hello": [1]})
        assert definitions.version(db, cast.ada.principal, published).number == 1
    assert (made.draft.key, made.draft.base, made.draft.revision) == (published, 1, 1)
    assert new.draft.document == {"hello": [1], "key": "new-flow"}
    refused: tuple[Any, ...] = ([], "x", {"a": "x" * 300_000})
    for wrong in refused:
        with pytest.raises(Invalid), across_tenants() as db:
            begin.from_file(db, cast.ada.principal, wrong)


def test_a_template_becomes_a_definition_of_its_own(cast: Cast, published: str) -> None:
    with across_tenants() as db:
        draft = begin.from_template(db, cast.ada.principal, "purchase-approval")
    assert draft.key == "purchase-approval-2" == draft.document["key"]
    assert draft.document["steps"] == shipped("purchase-approval")["steps"]


def test_a_version_that_was_published_meanwhile_is_not_overwritten_by_accident(cast: Cast, published: str) -> None:
    with across_tenants() as db:
        begin.from_version(db, cast.ada.principal, published)
        definitions.store(db, cast.ada.tenant_id, PURCHASE | {"name": "Purchases"}, published_by=cast.cleo.id)
    with pytest.raises(Conflict, match="Version 2 was published"), across_tenants() as db:
        finish.publish(db, cast.ada.principal, published, 0)
    with across_tenants() as db:
        assert finish.publish(db, cast.ada.principal, published, 0, over=True).number == 3


def test_discarding_leaves_the_versions_and_takes_what_has_none(cast: Cast, key: str, published: str) -> None:
    with across_tenants() as db:
        begin.from_version(db, cast.ada.principal, published)
        finish.discard(db, cast.ada.principal, published)
        finish.discard(db, cast.ada.principal, key)
        assert definitions.version(db, cast.ada.principal, published).number == 1
        left = db.execute(select(definition_rows.c.key).where(definition_rows.c.tenant_id == cast.ada.tenant_id))
        assert left.scalars().all() == [published]
    assert logged(cast.ada)[-1] == ("DraftDiscarded", {"definition": key})


def test_a_retired_definition_cannot_be_asked_for_until_it_is_brought_back(cast: Cast, published: str) -> None:
    with across_tenants() as db:
        finish.retire(db, cast.ada.principal, published)
        finish.retire(db, cast.ada.principal, published)
        with pytest.raises(Missing):
            definitions.newest(db, cast.ada.principal, published)
        finish.bring_back(db, cast.ada.principal, published)
        assert definitions.newest(db, cast.ada.principal, published).number == 1
    assert [kind for kind, _ in logged(cast.ada)] == ["DefinitionRetired", "DefinitionBroughtBack"]


def test_an_unpublished_definition_is_called_what_its_draft_is_called(cast: Cast, key: str) -> None:
    edit(cast.ada, key, 0, edit="set", pointer="/name", value="Travel")
    with across_tenants() as db:
        assert definitions.get(db, cast.ada.principal, key).name == "Travel"


def test_a_draft_is_known_as_it_was_at_every_revision(cast: Cast, dana: User, key: str) -> None:
    """Edits, what was typed on in one field, undo, redo, and edits after an undo."""
    seen = []
    with across_tenants() as db:
        draft = drafts.get(db, cast.ada.principal, key)
        seen.append(draft.document)

        def note(made: drafts.Changes) -> None:
            seen.append(made.draft.document)

        for name in ("A", "Ab", "Abc"):
            note(drafts.edit(db, cast.ada.principal, key, len(seen) - 1, Set("/name", name)))
        note(drafts.undo(db, dana.principal, key, len(seen) - 1))
        note(drafts.redo(db, dana.principal, key, len(seen) - 1))
        note(drafts.edit(db, dana.principal, key, len(seen) - 1, Set("/category", "Money")))
        note(drafts.undo(db, dana.principal, key, len(seen) - 1))
        note(drafts.edit(db, cast.ada.principal, key, len(seen) - 1, Set("/name", "Abcd")))
        note(drafts.undo(db, dana.principal, key, len(seen) - 1))
        note(drafts.undo(db, dana.principal, key, len(seen) - 1))
        draft = drafts.get(db, cast.ada.principal, key)
        text = dumps(draft.document).decode()
        found = [document_at(db, draft.definition, text, draft.begun, revision) for revision in range(len(seen))]
    assert found == seen and draft.revision == len(seen) - 1
