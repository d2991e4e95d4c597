"""The designer as somebody without scripts uses it: links, forms and the words on the page."""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import select

from app import definitions, drafts
from app.drafts import begin, obstacles
from app.store.db import across_tenants
from app.store.tables import drafts as draft_rows
from designer.edits.settings import Set
from designer.edits.steps import Rename
from engine.json_text import dumps, loads
from tests.app.pages import send, words
from tests.app.requests import shipped
from tests.make import Browser, Cast, User, browser, make_cast, make_group, make_user

HERE = "/definitions/spending/draft"
PURCHASE = shipped(
    "purchase-approval", approval={"levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]}
)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def web(cast: Cast) -> Iterator[Browser]:
    """Ada at a new flow of hers."""
    with across_tenants() as db:
        begin.blank_flow(db, cast.ada.principal, "Spending")
    with browser(cast.ada) as client:
        yield client


def document(user: User, key: str = "spending") -> dict[str, Any]:
    with across_tenants() as db:
        definition = definitions.get(db, user.principal, key)
        text = db.execute(select(draft_rows.c.document).where(draft_rows.c.definition_id == definition.id)).scalar_one()
        return dict(loads(text))


def edit(web: Browser, place: str, kind: str, **changes: str) -> Any:
    """Press the button of that edit on that page."""
    return send_to(web, web.get(place).text, f"{HERE}/edits", ("edit", kind), **changes)


def send_to(web: Browser, page: str, action: str, hidden: tuple[str, str], **changes: str) -> Any:
    """The form with that hidden field."""
    name, value = hidden
    marked = f'<input type="hidden" name="{name}" value="{value}">'
    start = page.index(marked)
    form = page[page.rindex("<form", 0, start) : page.index("</form>", start) + len("</form>")]
    return send(web, form, action, None, **changes)


def insert(web: Browser, at: str, kind: str) -> Any:
    page = web.get(HERE, params={"add": at}).text
    return send_to(web, page, f"{HERE}/edits", ("type", kind))


def test_a_new_flow_is_begun_by_its_name(cast: Cast) -> None:
    with browser(cast.ada) as web:
        page = web.get("/definitions/new").text
        answer = send(web, page, "/definitions/new", name="Spending")
        assert answer.headers["location"] == HERE
        shown = words(web.get(HERE).text)
    assert "Not published yet" in shown and "No problems" in shown
    assert document(cast.ada)["name"] == "Spending"


def test_a_new_flow_needs_a_name(cast: Cast) -> None:
    with browser(cast.ada) as web:
        answer = send(web, web.get("/definitions/new").text, "/definitions/new", name=" ")
    assert answer.status_code == 422 and "Give it a name" in words(answer.text)


def test_a_flow_is_built_by_pressing_buttons(cast: Cast, web: Browser) -> None:
    answer = insert(web, "request:submitted", "approval")
    assert answer.headers["location"] == f"{HERE}?step=approval#s-approval"
    page = web.get(f"{HERE}?step=approval").text
    assert "1 problem" in words(page) and "nowhere to go when it is rejected" in words(page)
    insert(web, "approval:rejected", "end")
    assert document(cast.ada)["steps"]["approval"]["outcomes"] == {"approved": "approved", "rejected": "rejected"}
    assert "No problems" in words(web.get(HERE).text)


def test_the_list_of_step_types_is_searched(web: Browser) -> None:
    page = words(web.get(HERE, params={"add": "request:submitted", "q": "appr"}).text)
    assert "Add a step after Request form" in page
    assert "Approval" in page and "Notification" not in page


def test_settings_are_filled_in_and_stored_as_one_edit(cast: Cast, web: Browser) -> None:
    insert(web, "request:submitted", "notify")
    page = web.get(f"{HERE}?step=notification").text
    answer = send(web, page, f"{HERE}/settings?step=notification", ("_do", "submit"), **{"/subject": "Hello"})
    assert answer.status_code == 303
    step = document(cast.ada)["steps"]["notification"]
    assert step["subject"] == "Hello" and step["who"] == [{"requester": True}]
    with across_tenants() as db:
        assert drafts.get(db, cast.ada.principal, "spending").undoes == "Notification changed."


def test_settings_that_cannot_be_read_are_shown_again(cast: Cast, web: Browser) -> None:
    insert(web, "request:submitted", "action")
    before = document(cast.ada)
    page = web.get(f"{HERE}?step=action").text
    answer = send(web, page, f"{HERE}/settings?step=action", ("_do", "submit"), **{"/call/headers": "{nothing"})
    assert answer.status_code == 422 and "{nothing" in answer.text
    assert document(cast.ada) == before


def test_settings_that_are_wrong_are_kept_and_a_problem(cast: Cast, web: Browser) -> None:
    page = web.get(f"{HERE}?step=approved").text
    send(web, page, f"{HERE}/settings?step=approved", ("_do", "submit"), **{"/status": "NO!"})
    assert document(cast.ada)["steps"]["approved"]["status"] == "NO!"
    assert "1 problem" in words(web.get(HERE).text)


def test_the_settings_of_the_flow_are_filled_in(cast: Cast, web: Browser) -> None:
    page = web.get(HERE).text
    send(web, page, f"{HERE}/settings", ("_do", "submit"), **{"/name": "Travel", "/prefix": "TRA"})
    assert (document(cast.ada)["name"], document(cast.ada)["prefix"]) == ("Travel", "TRA")
    assert "Travel" in words(web.get("/definitions").text)


def test_the_page_of_a_definition_tells_fields_by_their_titles(cast: Cast) -> None:
    with across_tenants() as db:
        make_group(db, cast.ada.tenant_id, "Purchasing", [cast.ben])
        definitions.store(db, cast.ada.tenant_id, PURCHASE, published_by=cast.ada.id)
    with browser(cast.ada) as web:
        shown = words(web.get("/definitions/purchase-approval").text)
    assert "“Please order: [What do you need?]”" in shown and "{item}" not in shown


def test_the_list_has_something_in_each_cell_of_a_flow_that_was_never_published(web: Browser) -> None:
    """On a phone the name of an empty one lies under the next."""
    page = web.get("/definitions").text
    assert "Spending" in page
    assert not re.findall(r'<td data-label="(\w+)"[^>]*></td>', page)


def test_an_administrator_without_the_role_is_told_who_can_draw(cast: Cast, web: Browser) -> None:
    with across_tenants() as db:
        other = make_user(db, cast.ada.tenant_id, "Alex", "admin")
    with browser(other) as admin:
        assert "takes the role designer" in words(admin.get("/definitions").text)
    assert "takes the role designer" not in words(web.get("/definitions").text)


def test_the_key_of_a_flow_is_shown_with_why_it_stays(web: Browser) -> None:
    assert "know this flow by its key, spending." in words(web.get(HERE).text)


def test_the_settings_of_the_flow_have_titles_and_fields_to_pick_from(cast: Cast) -> None:
    with across_tenants() as db:
        begin.from_file(db, cast.ada.principal, PURCHASE)
    with browser(cast.ada) as web:
        page = web.get("/definitions/purchase-approval/draft").text
        shown = words(page)
    assert "What a request is called" in shown and "Numbers begin with" in shown and "Time zone" in shown
    assert 'data-insert="{item}"' in page and "{field}" not in shown


def test_steps_are_renamed_moved_copied_led_elsewhere_and_deleted(cast: Cast, web: Browser) -> None:
    insert(web, "request:submitted", "approval")
    insert(web, "approval:rejected", "end")
    here = f"{HERE}?step=approval"
    edit(web, here, "rename", name="Manager")
    edit(web, here, "duplicate")
    edit(web, f"{HERE}?step=approval-2", "move", at="request:submitted")
    edit(web, here, "retarget", target="rejected")
    steps = document(cast.ada)["steps"]
    assert steps["request"]["outcomes"] == {"submitted": "approval-2"}
    assert steps["approval"]["name"] == "Manager"
    assert steps["approval"]["outcomes"]["approved"] == "rejected"
    edit(web, f"{HERE}?step=approval-2", "delete")
    assert document(cast.ada)["steps"]["request"]["outcomes"] == {"submitted": "approval"}


def test_what_was_copied_is_pasted(cast: Cast, web: Browser) -> None:
    insert(web, "request:submitted", "approval")
    copied = '{"format": "signoff/fragment@1", "first": "a", "steps": {"a": {"type": "notify", "name": "Tell"}}}'
    edit(web, f"{HERE}?add=request:submitted", "paste", fragment=copied)
    assert document(cast.ada)["steps"]["request"]["outcomes"] == {"submitted": "a"}


def test_undo_and_redo_are_buttons_that_say_what_they_do(cast: Cast, web: Browser) -> None:
    before = document(cast.ada)
    insert(web, "request:submitted", "approval")
    page = web.get(HERE).text
    assert "Undo: Approval added after Request form." in words(page)
    send(web, page, f"{HERE}/undo")
    assert dumps(document(cast.ada)) == dumps(before)
    send(web, web.get(HERE).text, f"{HERE}/redo")
    assert "approval" in document(cast.ada)["steps"]


def test_a_stale_page_is_told_what_changed_and_by_whom(cast: Cast, web: Browser) -> None:
    insert(web, "request:submitted", "approval")
    stale = web.get(f"{HERE}?step=approval").text
    with across_tenants() as db:
        dana = make_user(db, cast.ada.tenant_id, "Dana", "designer")
    with browser(dana) as other:
        edit(other, f"{HERE}?step=approval", "rename", name="Boss")
    answer = send_to(web, stale, f"{HERE}/edits", ("edit", "delete"))
    assert answer.status_code == 409
    assert "Dana: Approval is now called Boss." in words(answer.text)
    assert "Dana changed Boss" in words(answer.text)
    assert "approval" in document(cast.ada)["steps"]


def test_by_htmx_the_stage_changes_and_all_that_stands_beside_it(web: Browser) -> None:
    given = {"edit": "insert", "at": "request:submitted", "type": "approval", "revision": "0"}
    answer = web.post(f"{HERE}/edits", data=given, headers={"hx-request": "true", "hx-target": "stage"})
    assert answer.status_code == 200 and "<html" not in answer.text
    assert answer.text.lstrip().startswith('<div id="stage"')
    for beside in ("bar", "panel", "problems", "announcement"):
        assert f'id="{beside}"' in answer.text
    assert answer.text.count('hx-swap-oob="true"') == 4
    assert "Approval added after Request form." in words(answer.text)
    assert answer.headers["hx-trigger-after-settle"] == '{"focus-on":"s-approval"}'


@pytest.mark.parametrize("given", [
    {"edit": "nothing"},
    {"edit": "{not json"},
    {"edit": "delete", "step": "nobody"},
    {"edit": "set", "pointer": "/x", "value": "{"},
    {"edit": '{"edit": "rename", "step": 3}'},
    {"revision": "x", "edit": "delete", "step": "approved"},
])  # fmt: skip
def test_an_edit_that_cannot_be_done_is_answered_in_words(cast: Cast, web: Browser, given: dict[str, str]) -> None:
    before = document(cast.ada)
    answer = web.post(f"{HERE}/edits", data={"revision": "0", **given})
    assert answer.status_code == 422 and "designer__refused" in answer.text
    assert document(cast.ada) == before


def test_a_draft_of_any_shape_has_its_page(cast: Cast, web: Browser) -> None:
    odd = [
        '{"steps": []}',
        '{"steps": {"x": 3, "a b:c": {"outcomes": 4}}, "start": 1}',
        "{}",
        '{"name": {}, "data": 1}',
    ]
    for text in odd:
        web.post(f"{HERE}/edits", data={"revision": _revision(cast), "edit": f'{{"edit": "load", "document": {text}}}'})
        for place in ("", "?add=", "?add=x:y", "?step=a b:c", "/publish"):
            assert web.get(f"{HERE}{place}").status_code == 200


def _revision(cast: Cast) -> str:
    with across_tenants() as db:
        return str(drafts.get(db, cast.ada.principal, "spending").revision)


def test_publishing_says_what_blocks_it(web: Browser) -> None:
    insert(web, "request:submitted", "approval")
    page = web.get(f"{HERE}/publish").text
    assert "1 problem to mend first" in words(page)
    assert f'action="{HERE}/publish"' not in page


def test_a_draft_is_published_with_a_note(cast: Cast, web: Browser) -> None:
    page = web.get(f"{HERE}/publish").text
    answer = send(web, page, f"{HERE}/publish", note="The first")
    assert answer.headers["location"] == "/definitions/spending?version=1"
    with across_tenants() as db:
        row = definitions.version(db, cast.ada.principal, "spending")
        assert (row.number, row.note) == (1, "The first")
    assert "Draft of version 1" in words(web.get(HERE).text)


def test_publishing_lists_what_changes(cast: Cast) -> None:
    with across_tenants() as db:
        make_group(db, cast.ada.tenant_id, "Purchasing", [cast.ben])
        definitions.store(db, cast.ada.tenant_id, PURCHASE, published_by=cast.ada.id)
    with browser(cast.ada) as web:
        send(web, web.get("/definitions").text, "/definitions/purchase-approval/draft")
        here = "/definitions/purchase-approval/draft"
        page = web.get(f"{here}?step=approval").text
        send_to(web, page, f"{here}/edits", ("edit", "rename"), name="Sign")
        page = words(web.get(f"{here}/publish").text)
    assert "1 changed Sign Approval Changed Name before: Approval now: Sign" in page


def test_a_file_is_imported_into_a_draft_and_nothing_is_published(cast: Cast) -> None:
    with browser(cast.ada) as web:
        page = web.get("/definitions/new").text
        text = dumps(PURCHASE | {"start": "nowhere"}).decode()
        answer = send(web, page, "/definitions/new/file", document=text)
        shown = words(web.get(answer.headers["location"]).text)
    assert "Imported as a draft" in shown and "there is no such step" in shown
    with across_tenants() as db:
        assert definitions.get(db, cast.ada.principal, "purchase-approval").latest == 0


@pytest.mark.parametrize("text", ["", "{", "[1]", '"x"'])
def test_what_is_no_definition_is_not_imported(cast: Cast, text: str) -> None:
    with browser(cast.ada) as web:
        answer = send(web, web.get("/definitions/new").text, "/definitions/new/file", document=text)
    assert answer.status_code == 422 and "field__error" in answer.text


def test_a_template_is_used_by_one_button(cast: Cast) -> None:
    with browser(cast.ada) as web:
        answer = send(web, web.get("/definitions/new").text, "/definitions/templates/leave-request/draft")
        assert answer.headers["location"] == "/definitions/leave-request/draft"
        assert web.get(answer.headers["location"]).status_code == 200


def test_a_draft_is_discarded(cast: Cast, web: Browser) -> None:
    send(web, web.get(HERE).text, f"{HERE}/discard")
    assert web.get(HERE).status_code == 404
    assert "Spending" not in words(web.get("/definitions").text)


def test_a_definition_is_retired_and_brought_back(cast: Cast, web: Browser) -> None:
    send(web, web.get(f"{HERE}/publish").text, f"{HERE}/publish")
    send(web, web.get("/definitions/spending").text, "/definitions/spending/retire")
    assert "New request" not in _actions(web)
    send(web, web.get("/definitions/spending").text, "/definitions/spending/bring-back")
    assert "New request" in _actions(web)


def _actions(web: Browser) -> str:
    page = web.get("/definitions/spending").text
    return page[page.index('<header class="head">') : page.index('<section class="card" aria-labelledby="drawing"')]


def test_nobody_else_comes_in(cast: Cast, web: Browser) -> None:
    for stranger, status in ((cast.ben, 403), (cast.eve, 404)):
        with browser(stranger) as other:
            assert other.get(HERE).status_code == status
            assert other.post(f"{HERE}/edits", data={"revision": "0"}).status_code == status


def test_whoever_may_only_read_definitions_is_led_to_no_draft(cast: Cast, web: Browser) -> None:
    with browser(cast.dov) as auditor:
        page = auditor.get("/definitions").text
    assert "Spending" in page and "/draft" not in page


def test_whoever_comes_too_late_sees_what_is_different_and_sends_theirs_again(cast: Cast, web: Browser) -> None:
    insert(web, "request:submitted", "approval")
    stale = web.get(f"{HERE}?step=approval").text
    with across_tenants() as db:
        dana = make_user(db, cast.ada.tenant_id, "Dana", "designer").principal
        wanted = [Rename("approval", "Signature"), Set("/steps/approval/comment", "required")]
        changed = drafts.edit(db, dana, "spending", 1, *wanted)
        drafts.undo(db, dana, "spending", changed.draft.revision)
        drafts.redo(db, dana, "spending", changed.draft.revision + 1)
    page = send_to(web, stale, f"{HERE}/edits", ("edit", "rename"), name="Sign here").text
    shown = words(page)
    assert "Name before: Approval now: Signature" in shown and "Comment new now: Always needed" in shown
    start = page.index("Do mine all the same")
    form = page[page.rindex("<form", 0, start) : page.index("</form>", start) + len("</form>")]
    assert send(web, form, f"{HERE}/edits").status_code == 303
    assert document(cast.ada)["steps"]["approval"]["name"] == "Sign here"
    assert "Dana changed Sign here" in words(web.get(HERE).text)


def test_a_problem_is_mended_by_the_button_beside_it(cast: Cast, web: Browser) -> None:
    insert(web, "request:submitted", "approval")
    page = web.get(HERE).text
    assert "has nowhere to go when it is rejected" in words(page)
    start = page.index("Add an end for “rejected”")
    form = page[page.rindex("<form", 0, start) : page.index("</form>", start) + len("</form>")]
    assert send(web, form, f"{HERE}/edits").status_code == 303
    shown = words(web.get(HERE).text)
    assert "has nowhere to go when it is rejected" not in shown
    ends = [step for step in document(cast.ada)["steps"].values() if step["type"] == "end"]
    assert [end["status"] for end in ends] == ["rejected", "approved"]


def test_problems_stand_in_the_order_of_the_flow(cast: Cast) -> None:
    made = deepcopy(PURCHASE)
    made["steps"]["tell"]["subject"] = "{nothing}"
    made["steps"]["request"]["outcomes"] = {"submitted": "amount", "maybe": "amount"}
    made["steps"] = dict(reversed(made["steps"].items()))
    with across_tenants() as db:
        draft = begin.from_file(db, cast.ada.principal, made).draft
        found = obstacles.problems(db, cast.ada.principal, draft)
    assert [one.step for one in found][:2] == ["request", "tell"]


def test_levels_with_a_hole_are_worth_a_look_and_can_be_published(cast: Cast) -> None:
    levels = [{"id": "boss", "name": "Boss", "when": "amount > 2000", "who": [{"manager": 1}]}]
    made = shipped("purchase-approval", approval={"levels": levels}, tell={"who": [{"requester": True}]})
    with across_tenants() as db:
        begin.from_file(db, cast.ada.principal, made)
    with browser(cast.ada) as web:
        here = "/definitions/purchase-approval/draft"
        page = web.get(here).text
        assert "Worth a look At “Approval” nobody signs" in words(page) and "None. This can be published." in page
        start = page.index("Let “Boss” always sign")
        form = page[page.rindex("<form", 0, start) : page.index("</form>", start) + len("</form>")]
        send(web, form, f"{here}/edits")
        assert "Worth a look" not in words(web.get(here).text)


def test_a_panel_that_is_sent_late_changes_only_what_its_author_changed(web: Browser, cast: Cast) -> None:
    page = web.get(f"{HERE}?step=request").text
    with across_tenants() as db:
        drafts.edit(db, cast.ada.principal, "spending", 0, Set("/steps/request/description", "Written meanwhile"))
    send(web, page, f"{HERE}/settings?step=request", None)
    assert document(cast.ada)["steps"]["request"]["description"] == "Written meanwhile"
