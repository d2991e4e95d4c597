from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from app import definitions, instances
from app.store.db import across_tenants
from app.store.ids import uuid7
from app.store.tables import definitions as definition_rows
from app.store.tables import files
from app.store.tables import instances as rows
from engine.forms.schema import digest
from tests.app.pages import send, statements, words
from tests.app.requests import ask, decide, instance, shipped, tasks_of
from tests.make import Browser, Cast, User, browser, make_cast, make_user

MANAGER = {"levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]}
PURCHASE = shipped("purchase-approval", approval=MANAGER, tell={"who": [{"requester": True}]})
NEW = "/instances/new/purchase-approval"
SEND = ("_do", "submit")
PDF = ("Angebot für Büro.pdf", b"%PDF-1.7 an offer", "application/pdf")


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    with across_tenants() as db:
        definitions.store(db, made.ada.tenant_id, PURCHASE)
    return made


@pytest.fixture
def asked(cast: Cast) -> UUID:
    return ask(cast.ben, PURCHASE, item="MacBooks", amount=7200, why="The old ones are slow")


def requests_of(user: User) -> list[Any]:
    with across_tenants() as db:
        return list(db.execute(select(rows).where(rows.c.requester_id == user.id).order_by(rows.c.id)))


def upload(web: Browser, place: str, *named: tuple[str, bytes, str], **data: str) -> Any:
    return web.post(place, data=data, files=[("/quote", one) for one in named])


def test_the_catalogue_shows_what_can_be_asked_for(cast: Cast) -> None:
    with browser(cast.ben) as web:
        page = words(web.get("/instances/new").text)
    assert "Finance Purchase approval Buy something for work." in page


def test_an_empty_catalogue_says_so() -> None:
    with browser(make_cast().ben) as web:
        assert "Nothing can be asked for yet" in web.get("/instances/new").text


def test_the_form_shows_the_way_it_will_take(cast: Cast) -> None:
    with browser(cast.ben) as web:
        page = words(web.get(NEW).text)
    for text in ("What do you need?", "Amount", "Route", "Does it need a signature?", "Tell purchasing"):
        assert text in page


def test_a_request_is_sent(cast: Cast) -> None:
    with browser(cast.ben) as web:
        page = web.get(NEW).text
        answers = {"/item": "Desk", "/amount": "1,250.50", "/cost_centre": digest("marketing")}
        sent = send(web, page, NEW, SEND, **answers)
        one = requests_of(cast.ben)[0]
        assert (sent.status_code, sent.headers["location"]) == (303, f"/instances/{one.id}")
        shown = words(web.get(sent.headers["location"]).text)
    for text in (
        "Desk",
        "1,250.50 EUR",
        "Marketing",
        "Waiting for Cleo (Manager)",
        ", then it counts as rejected",
    ):
        assert text in shown
    assert one.status == "waiting_approval"


def test_wrong_answers_stand_beside_what_was_typed(cast: Cast) -> None:
    with browser(cast.ben) as web:
        page = web.get(NEW).text
        wrong = send(web, page, NEW, SEND, **{"/item": "", "/amount": "12,34,5", "/why": "Need <it>"})
    assert wrong.status_code == 422
    for text in (
        'id="field-item:error"',
        'id="field-amount:error"',
        'value="12,34,5"',
        "Need &lt;it&gt;",
        "2 answers need",
    ):
        assert text in wrong.text
    assert requests_of(cast.ben) == []


@pytest.mark.parametrize("amount", ["0", "-5", "1e400", "NaN", "99999999999999999999", "12.345", ""])
def test_odd_amounts_are_refused(cast: Cast, amount: str) -> None:
    with browser(cast.ben) as web:
        wrong = web.post(NEW, data={"/item": "Desk", "/amount": amount})
    assert wrong.status_code == 422
    assert 'id="field-amount:error"' in wrong.text
    assert requests_of(cast.ben) == []


def test_what_cannot_be_stored_is_refused(cast: Cast) -> None:
    with browser(cast.ben) as web:
        for item in ("a\0b", "x" * 201):
            assert web.post(NEW, data={"/item": item, "/amount": "5"}).status_code == 422
    assert requests_of(cast.ben) == []


def test_rows_are_added_without_a_script(cast: Cast) -> None:
    document = shipped("purchase-approval", approval=MANAGER)
    document |= {"key": "list", "prefix": "LIST"}
    document["data"]["properties"]["parts"] = {"type": "array", "title": "Parts", "items": {"type": "string"}}
    document["steps"]["request"]["form"]["uiSchema"]["ui:order"].append("parts")
    with across_tenants() as db:
        definitions.store(db, cast.ben.tenant_id, document)
    with browser(cast.ben) as web:
        page = web.get("/instances/new/list").text
        more = send(web, page, "/instances/new/list", ("_do", "add:/parts"), **{"/item": "Desk"})
        assert more.status_code == 200
        assert 'value="Desk"' in more.text
        assert 'name="/parts/0"' in more.text
        assert "another look" not in more.text
        sent = send(web, more.text, "/instances/new/list", SEND, **{"/parts/0": "Leg", "/amount": "900"})
    assert sent.status_code == 303
    assert requests_of(cast.ben)[0].state["data"]["parts"] == ["Leg"]


@pytest.mark.parametrize("changes", [{"retired_at": func.now()}, {"internal": True}])
def test_what_is_not_offered_cannot_be_asked_for(cast: Cast, changes: dict[str, Any]) -> None:
    with across_tenants() as db:
        own = definition_rows.c.tenant_id == cast.ben.tenant_id
        db.execute(update(definition_rows).where(own).values(**changes))
    with browser(cast.ben) as web:
        assert "Purchase approval" not in web.get("/instances/new").text
        assert web.get(NEW).status_code == 404
        assert web.post(NEW, data={"/item": "Desk", "/amount": "900"}).status_code == 404


def test_only_requesters_ask(cast: Cast) -> None:
    with browser(cast.dov) as web:
        for refused in (web.get("/instances/new"), web.get(NEW), web.post(NEW, data={"/item": "D", "/amount": "9"})):
            assert refused.status_code == 403
            assert "make requests" in refused.text


def test_definitions_of_others_are_not_there(cast: Cast) -> None:
    with browser(cast.eve) as web:
        assert "Purchase approval" not in web.get("/instances/new").text
        assert web.get(NEW).status_code == 404
        assert web.post(NEW, data={"/item": "D", "/amount": "9"}).status_code == 404


def test_a_file_is_sent_kept_and_opened(cast: Cast) -> None:
    with browser(cast.ben) as web:
        sent = upload(web, NEW, PDF, **{"/item": "Desk", "/amount": "900", "_do": "submit"})
        assert sent.status_code == 303
        page = web.get(sent.headers["location"]).text
        assert "Angebot für Büro.pdf" in page
        place = page.split('class="attached" href="')[1].split('"')[0]
        found = web.get(place)
    assert found.content == PDF[1]
    assert found.headers["content-type"] == "application/octet-stream"
    assert found.headers["content-disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''Angebot%20f%C3%BCr%20B%C3%BCro.pdf" in found.headers["content-disposition"]
    assert "sandbox" in found.headers["content-security-policy"]
    for user, status in ((cast.cleo, 200), (cast.eve, 404)):
        with browser(user) as web:
            assert web.get(place).status_code == status


def test_a_file_stays_attached_while_the_rest_is_mended(cast: Cast) -> None:
    with browser(cast.ben) as web:
        wrong = upload(web, NEW, PDF, **{"/item": "Desk", "/amount": "many", "_do": "submit"})
        assert wrong.status_code == 422
        assert "Angebot für Büro.pdf" in wrong.text
        sent = send(web, wrong.text, NEW, SEND, **{"/amount": "900"})
    assert sent.status_code == 303
    assert requests_of(cast.ben)[0].state["data"]["quote"]["name"] == "Angebot für Büro.pdf"


@pytest.mark.parametrize(
    ("name", "content", "words_"),
    [
        ("virus.exe", b"MZ", "of a kind that is not taken"),
        ("page.html", b"<script>", "of a kind that is not taken"),
        ("offer.pdf", b"<html>", "its content is something else"),
        ("offer", b"%PDF-", "of a kind that is not taken"),
        ("big.pdf", b"%PDF-" + b"0" * (5 * 1024 * 1024), "larger than 5 MB"),
    ],
)
def test_files_that_are_not_taken(cast: Cast, name: str, content: bytes, words_: str) -> None:
    with browser(cast.ben) as web:
        wrong = upload(web, NEW, (name, content, "application/pdf"), **{"/item": "Desk", "/amount": "900"})
    assert wrong.status_code == 422
    assert words_ in wrong.text
    assert 'value="Desk"' in wrong.text
    with across_tenants() as db:
        assert db.execute(select(func.count()).where(files.c.uploaded_by == cast.ben.id)).scalar() == 0
    assert requests_of(cast.ben) == []


def test_nobody_attaches_the_file_of_another(cast: Cast) -> None:
    with browser(cast.ben) as web:
        upload(web, NEW, PDF, **{"/item": "Desk", "/amount": "900"})
    with across_tenants() as db:
        key = db.execute(select(files.c.id).where(files.c.uploaded_by == cast.ben.id)).scalar_one()
    for forged in (key, uuid4(), "x"):
        kept = f'{{"file": "{forged}", "name": "{PDF[0]}", "size": {len(PDF[1])}}}'
        with browser(cast.ada) as web:
            wrong = web.post(NEW, data={"/item": "Mine", "/amount": "900", "keep:/quote": kept})
        assert wrong.status_code == 422
        assert "attach it again" in wrong.text
    assert requests_of(cast.ada) == []


def test_my_requests_say_whom_they_wait_for(cast: Cast, asked: UUID) -> None:
    with browser(cast.ben) as web:
        page = words(web.get("/instances").text)
    for text in (
        "MacBooks",
        "7,200.00 EUR",
        "Waiting for Cleo (Manager) since",
        ", then it counts as rejected",
    ):
        assert text in page


def test_what_waits_for_me_leads_to_it(cast: Cast, asked: UUID) -> None:
    decide(cast.cleo, asked, "changes_requested", "More")
    with browser(cast.ben) as web:
        page = web.get("/instances").text
        assert "Waiting for you" in page
        assert f'href="/tasks/{tasks_of(asked)[1].id}"' in page
        assert "Change and send again" in web.get(f"/instances/{asked}").text


def test_my_requests_are_mine(cast: Cast, asked: UUID) -> None:
    for user in (cast.ada, cast.cleo):
        with browser(user) as web:
            page = web.get("/instances").text
        assert "MacBooks" not in page
        assert "You have not asked for anything yet" in page


def test_my_requests_page_by_page(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instances, "PAGE", 2)
    for number in range(5):
        ask(cast.ben, PURCHASE, item=f"No{number}", amount=900 if number % 2 else 90)
    with browser(cast.ben) as web:
        for show, wanted in (("", [4, 3, 2, 1, 0]), ("?show=open", [3, 1]), ("?show=ended", [4, 2, 0])):
            seen, place = [], f"/instances{show}"
            while place:
                page = web.get(place).text
                seen += sorted(
                    (one for one in range(5) if f">No{one}<" in page), key=lambda one: page.find(f">No{one}<")
                )
                after = page.split('rel="next" href="')[1].split('"')[0] if 'rel="next"' in page else ""
                place = after.replace("&amp;", "&")
            assert seen == wanted


def test_my_requests_take_few_statements(cast: Cast) -> None:
    for number in range(6):
        ask(cast.ben, PURCHASE, item=f"No{number}", amount=900)
    with browser(cast.ben) as web:
        web.get("/instances")
        with statements() as said:
            web.get("/instances")
    assert len(said) <= 5


def test_a_request_tells_its_story(cast: Cast, asked: UUID) -> None:
    decide(cast.cleo, asked, "rejected", "No budget")
    with browser(cast.ben) as web:
        page = words(web.get(f"/instances/{asked}").text)
    for text in (
        "Rejected MacBooks 7,200.00 EUR Cleo rejected it",
        "No budget",
        "The old ones are slow",
        "Ben asked: “MacBooks”",
        "Cleo (Manager) rejected it: “No budget”",
        "Ended as rejected",
    ):
        assert text in page
    assert "Withdraw" not in page


def test_who_takes_part_may_look_and_nobody_else(cast: Cast, asked: UUID) -> None:
    with across_tenants() as db:
        kim = make_user(db, cast.ada.tenant_id, "Kim", "requester", "approver")
    for user, status in ((cast.ben, 200), (cast.cleo, 200), (cast.dov, 200), (kim, 404), (cast.eve, 404)):
        with browser(user) as web:
            answer = web.get(f"/instances/{asked}")
        assert answer.status_code == status
        assert ("MacBooks" in answer.text) == (status == 200)


@pytest.mark.parametrize("place", ["withdrawal", "cancellation", "retry"])
def test_strangers_stop_nothing(cast: Cast, asked: UUID, place: str) -> None:
    with across_tenants() as db:
        kim = make_user(db, cast.ada.tenant_id, "Kim", "requester", "approver")
    for user in (cast.eve, kim):
        with browser(user) as web:
            assert web.post(f"/instances/{asked}/{place}", data={"reason": "x"}).status_code in (403, 404)
    assert instance(asked).status == "waiting_approval"


def test_addresses_that_lead_nowhere(cast: Cast) -> None:
    with browser(cast.ben) as web:
        for place in (f"/instances/{uuid7()}", f"/tasks/{uuid7()}", "/instances/new/nothing", "/instances/nonsense"):
            assert web.get(place).status_code == 404


def test_a_request_is_withdrawn(cast: Cast, asked: UUID) -> None:
    place = f"/instances/{asked}/withdrawal"
    with browser(cast.ben) as web:
        page = web.get(f"/instances/{asked}").text
        assert "Withdraw “MacBooks”? Cleo (Manager) is no longer asked." in words(page)
        done = send(web, page, place, reason="Found some")
        assert (done.status_code, done.headers["location"]) == (303, f"/instances/{asked}")
        shown = words(web.get(f"/instances/{asked}").text)
        again = web.post(place, data={"reason": ""}, headers={"x-csrftoken": token_of(page)})
    assert "Ben withdrew the request: “Found some”" in shown
    assert instance(asked).status == "cancelled"
    assert again.status_code == 409


def token_of(page: str) -> str:
    return page.split('name="_csrf_token" value="')[1].split('"', maxsplit=1)[0]


def test_only_the_requester_withdraws(cast: Cast, asked: UUID) -> None:
    with browser(cast.cleo) as web:
        assert web.post(f"/instances/{asked}/withdrawal", data={"reason": ""}).status_code == 403
    assert instance(asked).status == "waiting_approval"


def test_an_admin_cancels_with_a_reason(cast: Cast, asked: UUID) -> None:
    place = f"/instances/{asked}/cancellation"
    with browser(cast.cleo) as web:
        page = web.get(f"/instances/{asked}").text
        wrong = send(web, page, place, reason=" ")
        assert wrong.status_code == 422
        assert "Say why" in wrong.text
        assert 'id="stop" aria-labelledby="stop-title" open' in wrong.text
        assert send(web, wrong.text, place, reason="Duplicate").status_code == 303
    row = instance(asked)
    assert (row.status, row.state["reason"]["params"]) == ("cancelled", {"text": "Duplicate"})


def test_what_is_stuck_is_tried_again(cast: Cast) -> None:
    nobody = {"levels": [{"id": "board", "name": "Board", "who": [{"group": "nobody"}]}]}
    stuck = ask(cast.ben, shipped("purchase-approval", approval=nobody), item="Desk", amount=900)
    with browser(cast.ben) as web:
        page = words(web.get(f"/instances/{stuck}").text)
        assert "Needs an admin" in page
        assert "Stuck: “Board” needs" in page
        assert "Try again" not in page
    with browser(cast.cleo) as web:
        page_ = web.get(f"/instances/{stuck}").text
        assert send(web, page_, f"/instances/{stuck}/retry").status_code == 303


def test_who_signs_stands_beside_the_form_before_anything_is_sent(cast: Cast) -> None:
    with browser(cast.ben) as web:
        page = web.get(NEW).text
        preview = send(web, page, NEW, ("_do", "who"), **{"/item": "Desk", "/amount": "7200"})
    assert "Who decides Manager Cleo" in words(page)
    assert "Cleo signs as Manager" in words(preview.text)
    assert "Nothing was sent yet." in words(preview.text)
    assert requests_of(cast.ben) == []


def test_an_unknown_address_keeps_the_frame_of_whoever_asks(cast: Cast) -> None:
    for address in ("/nowhere", "/tasks/abc"):
        with browser(cast.ben) as web:
            answer = web.get(address)
        assert answer.status_code == 404
        assert "My requests" in answer.text
        assert 'action="/logout"' in answer.text
        with browser() as stranger:
            answer = stranger.get(address)
        assert answer.status_code == 404
        assert "My requests" not in answer.text
