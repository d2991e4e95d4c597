"""BPMN files downloaded and imported, by pages, by programs and by command; the drafts are those in the database."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app import definitions, drafts
from app.api.definitions import LEAVE
from app.definitions_command import main
from app.drafts import begin
from app.store.db import across_tenants
from app.store.tables import definitions as definition_rows
from designer.bpmn.read import read
from designer.bpmn.write import write
from designer.gallery import template
from engine.json_text import dumps
from tests.app.api import Company, company
from tests.app.pages import words
from tests.designer.bpmn_files import FILES
from tests.make import Browser, Cast, User, browser, make_cast

PLACE = "/definitions/leave"
V1 = "/api/v1"
INVOICE = FILES["camunda 7 invoice"]
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def shop() -> Iterator[Company]:
    with company() as made:
        yield made


def stored(user: User, key: str) -> dict[str, Any]:
    with across_tenants() as db:
        return drafts.get(db, user.principal, key).document


def keys(cast: Cast) -> set[str]:
    own = definition_rows.c.tenant_id == cast.ada.principal.tenant_id
    with across_tenants() as db:
        return set(db.execute(select(definition_rows.c.key).where(own)).scalars())


def upload(web: Browser, content: str | bytes, name: str = "flow.bpmn") -> Any:
    data = content.encode() if isinstance(content, str) else content
    return web.post("/definitions/new/file", files={"file": (name, data, "application/xml")})


def test_a_version_and_a_draft_are_downloaded_and_read_again_as_they_are(cast: Cast) -> None:
    with across_tenants() as db:
        definitions.publish(db, cast.ada.principal, LEAVE, "")
        kept = definitions.version(db, cast.ada.principal, "leave").document
        begin.blank_flow(db, cast.ada.principal, "Spending")
    with browser(cast.ada) as web:
        assert f'href="{PLACE}/versions/1/flow.bpmn"' in web.get(PLACE).text
        answer = web.get(f"{PLACE}/versions/1/flow.bpmn")
        assert answer.headers["content-type"].startswith("application/xml")
        assert answer.headers["content-disposition"] == 'attachment; filename="leave-v1.bpmn"'
        assert read(answer.content).document == kept
        assert 'href="/definitions/spending/draft/flow.bpmn"' in web.get("/definitions/spending/draft").text
        draft = web.get("/definitions/spending/draft/flow.bpmn")
        assert read(draft.content).document == stored(cast.ada, "spending")
        assert web.get(f"{PLACE}/versions/7/flow.bpmn").status_code == 404
        assert web.get(f"{PLACE}/draft/flow.bpmn").status_code == 404


def test_nobody_else_gets_them(cast: Cast) -> None:
    with across_tenants() as db:
        definitions.publish(db, cast.ada.principal, LEAVE, "")
        begin.blank_flow(db, cast.ada.principal, "Spending")
    with browser(cast.eve) as web:
        assert web.get(f"{PLACE}/versions/1/flow.bpmn").status_code == 404
        assert web.get("/definitions/spending/draft/flow.bpmn").status_code == 404
    with browser(cast.ben) as web:
        assert web.get("/definitions/spending/draft/flow.bpmn").status_code == 403


def test_a_file_of_another_tool_becomes_a_draft_and_what_did_not_map_is_listed(cast: Cast) -> None:
    with browser(cast.ada) as web:
        answer = upload(web, INVOICE)
        told = words(answer.text)
    assert answer.status_code == 200
    assert "What is different from the file 2" in told
    assert "The file does not say which address “Archive invoice” calls. Fill it in." in told
    assert 'href="/definitions/invoice/draft"' in answer.text
    draft = stored(cast.ada, "invoice")
    assert draft["steps"]["a"]["outcomes"] == {"approved": "pay", "rejected": "no"}
    with across_tenants() as db:
        assert definitions.get(db, cast.ada.principal, "invoice").latest == 0


def test_a_file_of_ours_is_the_draft_of_its_definition_and_one_of_others_never_is(cast: Cast) -> None:
    document = template("leave-request") or {}
    with browser(cast.ada) as web:
        answer = upload(web, write(document))
        assert answer.headers["location"] == "/definitions/leave-request/draft"
        assert upload(web, write({**document, "name": "Holidays"}), "x.xml").status_code == 303
        upload(web, INVOICE)
        upload(web, INVOICE)
    assert stored(cast.ada, "leave-request") == {**document, "name": "Holidays"}
    assert keys(cast) == {"leave-request", "invoice", "invoice-2"}


def test_xml_that_is_pasted_is_read_too_in_any_encoding(cast: Cast) -> None:
    with browser(cast.ada) as web:
        assert web.post("/definitions/new/file", data={"document": FILES["lanes"]}).status_code == 200
        wide = FILES["lanes"].replace("UTF-8", "UTF-16").encode("utf-16")
        assert upload(web, wide).status_code == 200
    assert stored(cast.ada, "company")["steps"] == stored(cast.ada, "company-2")["steps"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (LAUGHS, "Files with a document type of their own are not read."),
        ("<svg xmlns='http://www.w3.org/2000/svg'/>", "There is no process in this file."),
        ("<bpmn", "there is a mistake in line 1"),
        ("<a>" + " " * 2_100_000, "A BPMN file has at most 2 MB."),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(cast: Cast, content: str, said: str) -> None:
    with browser(cast.ada) as web:
        answer = upload(web, content)
    assert answer.status_code == 422
    assert said in words(answer.text) and "field__error" in answer.text
    with across_tenants() as db:
        assert not db.execute(
            select(definition_rows).where(definition_rows.c.tenant_id == cast.ada.principal.tenant_id)
        ).all()


def test_whoever_may_not_publish_imports_nothing(cast: Cast) -> None:
    with browser(cast.ben) as web:
        assert upload(web, INVOICE).status_code == 403


def test_programs_get_and_send_it(shop: Company) -> None:
    alex = shop["alex"]
    begun = alex.post(f"{V1}/drafts", {"bpmn": INVOICE})
    assert begun.status == 201
    assert [one["code"] for one in begun.body["unmapped"]] == ["bpmn_form", "bpmn_call"]
    assert (
        begun.body["unmapped"][1]["message"]
        == "The file does not say which address “Archive invoice” calls. Fill it in."
    )
    answer = alex.get(f"{V1}/definitions/invoice/draft/bpmn")
    assert read(answer.body["bpmn"].encode()).document == begun.body["document"]
    again = alex.post(f"{V1}/drafts", {"bpmn": answer.body["bpmn"]})
    assert (again.body["key"], again.body["revision"], again.body["unmapped"]) == ("invoice", 0, [])
    refused = alex.post(f"{V1}/drafts", {"bpmn": LAUGHS})
    assert (refused.status, refused.pointers, refused.body["code"]) == (422, ["/bpmn"], "bpmn_doctype")
    assert alex.post(f"{V1}/drafts", {"bpmn": INVOICE, "name": "Two"}).status == 422
    assert alex.get(f"{V1}/definitions/invoice/bpmn").status == 404


def test_programs_get_a_version(shop: Company) -> None:
    alex = shop["alex"]
    assert alex.post(f"{V1}/definitions", {"document": template("leave-request")}).status == 201
    answer = alex.get(f"{V1}/definitions/leave-request/bpmn", version=1)
    assert read(answer.body["bpmn"].encode()).document == template("leave-request")
    assert alex.get(f"{V1}/definitions/leave-request/bpmn", version=2).status == 404


def test_by_command_either_kind_becomes_the_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document, file = template("purchase-approval") or {}, tmp_path / "flow"
    file.write_bytes(dumps(document))
    assert main(["bpmn", str(file)]) == 0
    out = capsys.readouterr().out
    file.write_text(out, encoding="utf-8")
    assert main(["bpmn", str(file)]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(dumps(document))
    file.write_text(INVOICE, encoding="utf-8")
    assert main(["bpmn", str(file)]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["key"] == "invoice"
    assert "The form of “Approve invoice” is not in the file." in told.err
    assert main(["bpmn", "--json", str(file)]) == 1
    assert [one["code"] for one in json.loads(capsys.readouterr().out)["unmapped"]] == ["bpmn_form", "bpmn_call"]
    for content in (LAUGHS, "", "[]", "{"):
        file.write_text(content, encoding="utf-8")
        assert main(["bpmn", str(file)]) == 2
        assert capsys.readouterr().err
    assert main(["bpmn", str(tmp_path / "none")]) == 2
