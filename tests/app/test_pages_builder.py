"""The form builder as somebody without scripts uses it: links, forms and the words on the page."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from app import drafts
from app.drafts import begin
from app.store.db import across_tenants
from designer.edits import read_edit
from designer.forms.palette import palette
from engine.json_text import dumps
from tests.app.pages import send, words
from tests.app.test_pages_designer import document
from tests.make import Browser, Cast, browser, make_cast, make_user

FORM = "/definitions/spending/draft/form"
HERE = f"{FORM}?step=request"


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


def data(cast: Cast) -> dict[str, Any]:
    return dict(document(cast.ada)["data"]["properties"])


def read(web: Browser, place: str) -> str:
    """The page, with addresses as a browser reads them."""
    return web.get(place).text.replace("&amp;", "&")


def press(web: Browser, place: str, edit: str, *button: str, **changes: str) -> Any:
    """Press a button of the form with that edit."""
    page = read(web, place)
    marked = f'<input type="hidden" name="edit" value="form.{edit}">'
    start = page.index(marked)
    form = page[page.rindex("<form", 0, start) : page.index("</form>", start) + len("</form>")]
    address = re.search('action="([^"]+)"', form)
    assert address
    action = address[1]
    return send(web, form, action, (button[0], button[1]) if button else None, **changes)


def add(web: Browser, kind: str, place: str = HERE) -> str:
    """The address of the page that follows."""
    answer = press(web, place, "add", "kind", kind)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def save(web: Browser, place: str, **changes: str) -> Any:
    page = read(web, place)
    action = next(one for one in re.findall('action="([^"]+)"', page) if "/form/settings" in one)
    return send(web, page, action, ("_do", "submit"), **changes)


def test_every_kind_of_field_is_in_the_palette_and_is_added_after_the_selection(cast: Cast, web: Browser) -> None:
    page = words(web.get(HERE).text)
    assert all(entry.offer.label in page for entry in palette()) and "Add a field after What is it about?" in page
    add(web, "number")
    place = add(web, "date", f"{HERE}&field=/subject")
    assert place == f"{FORM}?step=request&field=%2Fdate"
    assert list(data(cast)) == ["subject", "date", "number"]
    add(web, "email", f"{HERE}&into=&after=")
    assert next(iter(data(cast))) == "e_mail_address"


def test_the_settings_of_a_field_are_filled_in_as_a_form(cast: Cast, web: Browser) -> None:
    place = add(web, "money")
    changes = {"/question/title": "Price", "/rules/required": "true", "/checks/maximum": "500", "/layout/ui:width": ""}
    answer = save(web, place, **{**changes, "/question/ui:money": "CHF"})
    assert answer.status_code == 303, words(answer.text)[-1500:]
    assert data(cast)["price"] == {"title": "Price", "type": "number", "minimum": 0, "maximum": 500}
    stored = document(cast.ada)
    assert stored["steps"]["request"]["form"]["uiSchema"] == {"price": {"ui:money": "CHF"}}
    assert stored["data"]["required"] == ["subject", "price"]
    place = f"{HERE}&field=/price"
    assert save(web, place, **{"/checks/maximum": "", "/checks/minimum": ""}).status_code == 303
    assert data(cast)["price"] == {"title": "Price", "type": "number"}


def test_settings_that_cannot_be_kept_are_shown_again(cast: Cast, web: Browser) -> None:
    before = document(cast.ada)
    answer = save(web, f"{HERE}&field=/subject", **{"/checks/maxLength": "many"})
    assert (
        answer.status_code == 422 and 'value="many"' in answer.text and "Something cannot be kept" in words(answer.text)
    )
    assert document(cast.ada) == before


def test_choices_are_pasted(cast: Cast, web: Browser) -> None:
    place = add(web, "radio")
    save(web, place, **{"/choices/choices": "DE\tGermany\r\nElsewhere\r\n"})
    assert data(cast)["radio_buttons"]["oneOf"] == [{"const": "DE", "title": "Germany"}, {"const": "Elsewhere"}]


def test_fields_are_moved_renamed_and_removed_by_buttons(cast: Cast, web: Browser) -> None:
    add(web, "number")
    add(web, "object", f"{HERE}&into=&after=number")
    press(web, HERE, "move")
    assert list(data(cast)) == ["number", "subject", "group"] or list(data(cast)) == ["subject", "group", "number"]
    press(web, f"{HERE}&field=/number", "rename", name="pieces")
    page = read(web, f"{HERE}&field=/pieces")
    belongs = page.index('id="field-into"')
    form = page[page.rindex("<form", 0, belongs) : page.index("</form>", belongs) + len("</form>")]
    action = re.findall('action="([^"]+)"', form)[0]
    send(web, form, action, None, into="/group")
    assert list(data(cast)["group"]["properties"]) == ["text", "pieces"]
    press(web, f"{HERE}&field=/group/pieces", "remove")
    assert list(data(cast)["group"]["properties"]) == ["text"]


def test_a_field_that_is_used_says_where_and_needs_a_tick_to_go(cast: Cast, web: Browser) -> None:
    place = f"{HERE}&field=/subject"
    assert "Used in 1 place This flow: Title of requests “{subject}”" in words(web.get(place).text)
    answer = press(web, place, "remove")
    assert answer.status_code == 422 and "is still used" in words(answer.text)
    assert press(web, place, "remove", confirmed="true").status_code == 303
    assert data(cast) == {}


def test_the_form_is_tried_at_two_widths_and_nothing_is_kept(cast: Cast, web: Browser) -> None:
    before = dumps(document(cast.ada))
    place = f"{HERE}&view=try"
    page = web.get(f"{place}&width=phone").text
    assert "builder__screen--phone" in page and "builder__screen--phone" not in web.get(place).text
    action = f"{FORM}/try?step=request"
    answer = send(web, web.get(place).text, action, ("_do", "submit"))
    assert "needs another look" in words(answer.text)
    answer = send(web, web.get(place).text, action, ("_do", "submit"), **{"/subject": "Chairs"})
    assert "this could be sent" in words(answer.text) and 'value="Chairs"' in answer.text
    assert dumps(document(cast.ada)) == before


def test_every_kind_of_field_can_be_tried(web: Browser) -> None:
    for entry in palette():
        add(web, entry.kind)
    answer = send(web, web.get(f"{HERE}&view=try").text, f"{FORM}/try?step=request", ("_do", "add:/repeating_group"))
    assert answer.status_code == 200 and 'name="/repeating_group/0/text"' in answer.text


def test_the_form_is_written_as_json_and_kept_only_when_it_is_sound(cast: Cast, web: Browser) -> None:
    place, action = f"{HERE}&view=json", f"{FORM}/json?step=request"
    before = dumps(document(cast.ada))
    for schema, told in (
        ('{"type": ', "This is not JSON"),
        ("[1]", "JSON object"),
        ('{"type": "object", "properties": {"subject": {"type": 3}}}', "at properties/subject/type"),
        ('{"type": "object", "properties": {}}', "is still used"),
    ):
        answer = send(web, web.get(place).text, action, None, schema=schema)
        assert answer.status_code == 422 and told in words(answer.text), schema
        assert schema in answer.text.replace("&#34;", '"')
        assert dumps(document(cast.ada)) == before
    parts = '{"subject": {"type": "string"}, "odd": {"$ref": "#/$defs/x"}}'
    schema = f'{{"type": "object", "properties": {parts}, "$defs": {{"x": {{}}}}}}'
    assert send(web, web.get(place).text, action, None, schema=schema, ui="").status_code == 303
    page = words(web.get(f"{HERE}&field=/odd").text)
    assert "Custom field" in page and "it is kept as it is" in page


def test_undo_and_redo_stay_in_the_builder(cast: Cast, web: Browser) -> None:
    before = dumps(document(cast.ada))
    place = add(web, "text")
    answer = send(web, read(web, place), f"{FORM}/undo?step=request&field=%2Ftext".replace("%2F", "/"))
    assert answer.headers["location"] == HERE
    assert dumps(document(cast.ada)) == before
    answer = send(web, web.get(HERE).text, f"{FORM}/redo?step=request")
    assert answer.headers["location"] == place and "text" in data(cast)


def test_a_stale_page_is_told_what_changed(cast: Cast, web: Browser) -> None:
    stale = {"revision": "0", "edit": "form.add", "step": "request"}
    assert web.post(f"{FORM}/edits?step=request", data={**stale, "revision": "7"}).status_code == 422
    with across_tenants() as db:
        dana = make_user(db, cast.ada.tenant_id, "Dana", "designer").principal
        drafts.edit(db, dana, "spending", 0, read_edit({"edit": "form.add", "step": "request", "kind": "text"}))
    answer = web.post(f"{FORM}/edits?step=request", data={**stale, "kind": "date"})
    assert answer.status_code == 409 and "Text added to Request form." in words(answer.text)


def test_by_htmx_the_builder_alone_changes(web: Browser) -> None:
    given = {"revision": "0", "edit": "form.add", "step": "request", "kind": "text", "into": "", "after": "subject"}
    answer = web.post(f"{FORM}/edits?step=request", data=given, headers={"hx-request": "true", "hx-target": "builder"})
    assert "<html" not in answer.text and answer.text.lstrip().startswith('<div class="builder" id="builder"')
    assert answer.headers["hx-replace-url"] == f"{HERE}&field=%2Ftext"
    assert answer.headers["hx-trigger-after-settle"] == '{"focus-field":"/text"}'


def test_a_form_that_ships_is_opened_and_saved_without_a_change(cast: Cast) -> None:
    with across_tenants() as db:
        draft = begin.from_template(db, cast.ada.principal, "new-supplier")
    before, here = dumps(draft.document), f"/definitions/{draft.key}/draft/form"
    with browser(cast.ada) as web:
        for place in ("country", "yearly_volume"):
            assert save(web, f"{here}?step=request&field=/{place}").status_code == 303
        for step in ("request", "bank"):
            page = web.get(f"{here}?step={step}&view=json").text
            assert send(web, page, f"{here}/json?step={step}").status_code == 303
    assert dumps(document(cast.ada, draft.key)) == before


@pytest.mark.parametrize("text", [
    '{"steps": {"request": {"type": "start", "form": 3}}}',
    '{"steps": {"request": {"type": "start", "form": {"schema": {"type": 3}, "uiSchema": []}}}, "data": []}',
    '{"steps": {"request": {"type": "start", "form": {"uiSchema": {"ui:order": 4, "a": 3}}}}, "data": {"a": 1}}',
    '{"steps": {"request": {"type": "start"}}, "data": {"type": "object", "properties": {"a": true, "b": {}}}}',
])  # fmt: skip
def test_a_form_of_any_shape_has_its_page(web: Browser, text: str) -> None:
    loaded = f'{{"edit": "load", "document": {text}}}'
    web.post("/definitions/spending/draft/edits", data={"revision": "0", "edit": loaded})
    for more in ("", "&field=/a", "&field=/b", "&into=/b&after=x", "&view=try", "&view=json"):
        assert web.get(HERE + more).status_code == 200
    given = {"revision": "1", "edit": "form.add", "step": "request", "kind": "text"}
    assert web.post(f"{FORM}/edits?step=request", data=given).status_code in (303, 422)


def test_what_has_no_form_has_no_builder(web: Browser) -> None:
    assert web.get(f"{FORM}?step=approved").status_code == 404 and web.get(f"{FORM}?step=nobody").status_code == 404


def test_nobody_else_comes_in(cast: Cast, web: Browser) -> None:
    for stranger, status in ((cast.ben, 403), (cast.eve, 404)):
        with browser(stranger) as other:
            assert other.get(HERE).status_code == status
            for what in ("edits", "settings", "json", "try", "undo", "redo"):
                assert other.post(f"{FORM}/{what}?step=request", data={"revision": "0"}).status_code == status
