import re
from uuid import UUID, uuid4

import pytest

from app.config import settings
from tests.app.requests import ask, deliver, shipped
from tests.make import Cast, browser, make_cast

PURCHASE = shipped(
    "purchase-approval", approval={"levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]}
)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def message(cast: Cast) -> UUID:
    """What Cleo was asked."""
    asked = ask(cast.ben, PURCHASE, item="MacBooks <b>", amount=7200)
    return next(UUID(str(row.id)) for row in deliver(asked) if row.user_id == cast.cleo.id)


def test_everybody_reads_their_own_mail(cast: Cast, message: UUID) -> None:
    with browser(cast.cleo) as cleo:
        listed = cleo.get("/mail")
        shown = cleo.get(f"/mail/{message}")
    assert f'href="/mail/{message}"' in listed.text
    assert "Approve 7,200.00 EUR: MacBooks &lt;b&gt;, asked by Ben?" in listed.text
    for words in (
        "Message-ID",
        "In-Reply-To",
        "auto-generated",
        cast.cleo.email,
        f'src="/mail/{message}/body"',
    ):
        assert words in shown.text


def test_nobody_reads_the_mail_of_others(cast: Cast, message: UUID) -> None:
    for user in (cast.ben, cast.ada, cast.dov, cast.eve):
        with browser(user) as web:
            assert str(message) not in web.get("/mail").text
            assert web.get(f"/mail/{message}").status_code == 404
            assert web.get(f"/mail/{message}/body").status_code == 404
    with browser() as stranger:
        assert stranger.get(f"/mail/{message}").status_code == 303
        assert stranger.get(f"/mail/{message}/body").status_code == 303


def test_an_admin_reads_all_mail_but_not_the_links_of_others(cast: Cast) -> None:
    levels = [{"id": "colleague", "name": "Colleague", "who": [{"user": cast.ben.email}]}]
    asked = ask(cast.cleo, shipped("purchase-approval", approval={"levels": levels}), item="Desk", amount=700)
    row = next(row for row in deliver(asked) if row.user_id == cast.ben.id)
    with browser(cast.cleo) as admin:
        pages = [admin.get(f"/mail/{row.id}").text, admin.get(f"/mail/{row.id}/body").text]
    with browser(cast.ben) as owner:
        own = owner.get(f"/mail/{row.id}").text
    link = re.search(rf"{re.escape(settings().base_url)}/d/[\w.-]+", row.text)
    assert link is not None
    assert link[0] in own
    for page in pages:
        assert link[0] not in page
        assert "/d/…" in page


def test_mail_is_found_by_person(cast: Cast, message: UUID) -> None:
    with browser(cast.cleo) as admin:
        for person, found in (
            ("cleo", True),
            (cast.cleo.email[:12].upper(), True),
            ("nobody%", False),
            ("_", False),
        ):
            page = admin.get("/mail", params={"person": person})
            assert (str(message) in page.text) is found
        fragment = admin.get("/mail?person=cleo", headers={"HX-Request": "true", "HX-Target": "messages"})
        assert fragment.text.lstrip().startswith('<div id="messages"')
        assert str(message) in fragment.text


def test_mail_comes_in_pages(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.messages.mail.PAGE", 2)
    for item in ("One", "Two", "Three"):
        deliver(ask(cast.ben, PURCHASE, item=item, amount=700))
    with browser(cast.cleo) as web:
        first = web.get("/mail").text
        older = re.search(r'href="(/mail\?before=[^"]+)"', first)
        assert older is not None
        second = web.get(older[1]).text
    assert [word in first for word in ("Three", "Two", "One")] == [True, True, False]
    assert [word in second for word in ("Three", "Two", "One")] == [False, False, True]


def test_the_message_itself_can_do_nothing(cast: Cast, message: UUID) -> None:
    with browser(cast.cleo) as web:
        body = web.get(f"/mail/{message}/body")
        page = web.get(f"/mail/{message}")
    policy = body.headers["content-security-policy"]
    assert "sandbox allow-popups allow-popups-to-escape-sandbox;" in policy
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert body.headers["x-frame-options"] == "SAMEORIGIN"
    assert "unsafe-inline" not in page.headers["content-security-policy"]
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    assert "<b>," not in body.text


def test_unknown_messages_are_not_found(cast: Cast) -> None:
    with browser(cast.cleo) as web:
        assert web.get(f"/mail/{uuid4()}").status_code == 404
        assert web.get("/mail/nonsense").status_code == 404
        assert web.get("/mail?before=nonsense").status_code == 200
        assert web.get("/mail", params={"person": "\x00'\"<script>" + "x" * 500}).status_code == 200
