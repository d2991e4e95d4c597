import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import cycle
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Row, update

from app.config import settings
from app.effects.results import GiveUp
from app.messages import notify
from app.store.db import across_tenants
from app.store.tables import effects, tenants, users
from tests.app.environment import environment
from tests.app.post_office import open_office
from tests.app.requests import ask, attempt, decide, deliver, effect, effects_of, fire, messages_of, shipped, tasks_of
from tests.make import Cast, User, let_decide, make_cast

WHAT = "7,200.00 EUR: MacBooks, asked by Ben?"
ONE_LEVEL = [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    let_decide(made.ada, made.dov)
    return made


def purchase(levels: Any = ONE_LEVEL, **steps: Any) -> dict[str, Any]:
    changes = {"approval": {"levels": levels}, "tell": {"who": [{"role": "designer"}]}} | steps
    return shipped("purchase-approval", **changes)


def macbooks(cast: Cast, document: dict[str, Any] | None = None, **data: Any) -> UUID:
    return ask(cast.ben, document or purchase(), item="MacBooks", amount=7200, **data)


def sent_to(messages: list[Row[Any]], user: User) -> Row[Any]:
    return [message for message in messages if message.user_id == user.id][-1]


def test_a_question_is_asked_with_everything_that_matters(cast: Cast) -> None:
    asked = ask(cast.ben, purchase(), item="MacBooks", amount=7200, cost_centre="engineering", why="Slow ones")
    message = sent_to(deliver(asked), cast.cleo)
    assert message.subject == "Approve 7,200.00 EUR: MacBooks, asked by Ben?"
    assert message.address == cast.cleo.email
    for words in (
        "Asked by",
        "Ben",
        "Answer by",
        "Cost centre",
        "Engineering",
        "Slow ones",
        "Manager",
        "7,200.00 EUR",
    ):
        assert words in message.text
        assert words in message.html
    for words in (
        "If you approve",
        "Ada is told, then the request is approved",
        "it counts as rejected",
    ):
        assert words in " ".join(re.sub(r"<[^>]+>", "", message.html).split())
        assert words in message.text
    links = re.findall(rf"{re.escape(settings().base_url)}/d/[\w.-]+", message.text)
    assert len(links) == 1
    assert f'href="{links[0]}"' in message.html


def remind(cast: Cast) -> UUID:
    asked = macbooks(cast)
    fire(asked)
    return asked


def escalate(cast: Cast) -> UUID:
    policy = {
        "after": "P3D",
        "then": "escalate",
        "to": [{"user": cast.ada.email}],
        "within": "P1D",
        "finally": "reject",
    }
    asked = ask(cast.ben, purchase(approval={"levels": ONE_LEVEL, "timeout": policy}), item="MacBooks", amount=7200)
    fire(asked)
    return asked


def time_out(cast: Cast) -> UUID:
    policy = {"after": "P3D", "then": "reject"}
    asked = ask(cast.ben, purchase(approval={"levels": ONE_LEVEL, "timeout": policy}), item="MacBooks", amount=7200)
    fire(asked)
    return asked


def reject(cast: Cast) -> UUID:
    asked = macbooks(cast)
    decide(cast.cleo, asked, "rejected", "Too dear.\nTry next year.")
    return asked


def send_back(cast: Cast) -> UUID:
    asked = macbooks(cast)
    decide(cast.cleo, asked, "changes_requested", "Which colour?")
    return asked


def approve(cast: Cast) -> UUID:
    asked = macbooks(cast)
    decide(cast.cleo, asked, "approved")
    return asked


def let_fill(cast: Cast) -> UUID:
    document = shipped("new-supplier", bank={"who": [{"user": cast.cleo.email}]})
    document["steps"]["purchasing"] |= {"levels": ONE_LEVEL}
    asked = ask(cast.ben, document, company="ACME", country="DE", contact="a@b.example", yearly_volume=12000)
    decide(cast.cleo, asked, "approved")
    return asked


def let_fill_late(cast: Cast) -> UUID:
    document = shipped(
        "new-supplier",
        bank={
            "who": [{"user": cast.cleo.email}],
            "timeout": {"after": "P5D", "then": "escalate", "to": [{"user": cast.ada.email}]},
        },
    )
    document["steps"]["purchasing"] |= {"levels": ONE_LEVEL}
    asked = ask(cast.ben, document, company="ACME", country="DE", contact="a@b.example")
    decide(cast.cleo, asked, "approved")
    fire(asked)
    return asked


def block(cast: Cast) -> UUID:
    return ask(
        cast.ben,
        purchase([{"id": "board", "name": "Board", "who": [{"group": "nobody-there"}]}]),
        item="MacBooks",
        amount=7200,
    )


@pytest.mark.parametrize(
    ("make", "to", "subject", "words", "path"),
    [
        (remind, "cleo", "Still waiting for you: approve " + WHAT, "still waiting", "/d/"),
        (escalate, "ada", "Now with you: approve " + WHAT, "Cleo did not answer in time", "/d/"),
        (time_out, "cleo", "Time is up: 7,200.00 EUR: MacBooks", "it counts as rejected", "/instances/"),
        (time_out, "ben", "Rejected: 7,200.00 EUR: MacBooks", "It was not answered in time", "/instances/"),
        (reject, "ben", "Rejected: 7,200.00 EUR: MacBooks", "> Too dear.\n> Try next year.", "/instances/"),
        (send_back, "ben", "Please change your request: MacBooks", "> Which colour?", "/tasks/"),
        (approve, "ben", "Approved: 7,200.00 EUR: MacBooks", "your request is approved", "/instances/"),
        (let_fill, "cleo", "Please fill in Bank data: ACME", "before this request can go on", "/tasks/"),
        (let_fill_late, "ada", "Please fill in Bank data: ACME", "Cleo did not answer in time", "/tasks/"),
        (block, "cleo", "Stuck, an admin is needed: MacBooks", "“Board” needs a signature from", "/instances/"),
    ],
)  # fmt: skip
def test_each_kind_of_message(
    cast: Cast, make: Callable[[Cast], UUID], to: str, subject: str, words: str, path: str
) -> None:
    message = sent_to(deliver(make(cast)), getattr(cast, to))
    assert message.subject == subject
    assert words in message.text
    assert settings().base_url + path in message.text
    assert message.html.count('class="go"') == 1
    assert message.text.count("http") == 1


def test_people_are_told_in_the_words_of_the_definition(cast: Cast) -> None:
    document = purchase(tell={"who": [{"user": cast.ada.email}, {"requester": True}]})
    asked = ask(cast.ben, document, item="MacBooks", amount=7200)
    decide(cast.cleo, asked, "approved")
    messages = [message for message in deliver(asked) if message.subject == "Please order: MacBooks"]
    to_ada, to_ben = sent_to(messages, cast.ada), sent_to(messages, cast.ben)
    assert "The purchase of MacBooks for 7200 EUR is approved." in to_ada.text
    assert "http" not in to_ada.text, "she may not see the request, so no link leads there"
    assert "/instances/" in to_ben.text


def test_a_question_that_was_closed_meanwhile_is_not_asked(cast: Cast) -> None:
    asked = macbooks(cast)
    decide(cast.cleo, asked, "approved")
    question = effect(effects_of(asked, message="decide")[0])
    assert notify.perform(question).result == {"skipped": "the question was closed before the message went out"}
    assert all(message.user_id != cast.cleo.id for message in deliver(asked))


def test_closed_accounts_get_no_mail(cast: Cast) -> None:
    asked = macbooks(cast)
    with across_tenants() as db:
        db.execute(update(users).where(users.c.id == cast.cleo.id).values(active=False))
        changed = tenants.c.directory_rev + 1
        db.execute(update(tenants).where(tenants.c.id == cast.cleo.tenant_id).values(directory_rev=changed))
    question = effect(effects_of(asked, message="decide")[0])
    assert notify.perform(question).result == {"skipped": "this person's account is closed"}


def test_an_unknown_channel_is_given_up(cast: Cast) -> None:
    asked = ask(cast.ben, purchase() | {"channels": ["pigeon"]}, item="MacBooks", amount=7200)
    with pytest.raises(GiveUp, match="pigeon"):
        notify.perform(effect(effects_of(asked)[0]))


def test_another_tenant_is_never_told(cast: Cast) -> None:
    asked = macbooks(cast)
    stolen = effects_of(asked, message="decide")[0]
    for changed in ({"payload": stolen.payload | {"to": str(cast.eve.id)}}, {"tenant_id": cast.eve.tenant_id}):
        with across_tenants() as db:
            free = {"status": "pending", "lease_until": None}
            db.execute(update(effects).where(effects.c.id == stolen.id).values(**changed, **free))
        attempt(stolen.id)
        assert messages_of(asked) == []
    assert effects_of(asked)[0].status == "dead"


def test_done_twice_is_kept_once(cast: Cast) -> None:
    asked = macbooks(cast)
    question = effects_of(asked, message="decide")[0].id
    for _ in range(2):
        with across_tenants() as db:
            db.execute(update(effects).where(effects.c.id == question).values(status="pending", lease_until=None))
        attempt(question)
    assert [row.attempts for row in effects_of(asked, message="decide")] == [2]
    assert len(messages_of(asked)) == 1


def test_sensitive_values_stay_in_the_house(cast: Cast) -> None:
    document = purchase(request={"form": {"uiSchema": {"why": {"ui:sensitive": True}, "amount": {"ui:money": "EUR"}}}})
    asked = ask(cast.ben, document, item="MacBooks", amount=7200, why="My knee hurts")
    message = sent_to(deliver(asked), cast.cleo)
    assert "knee" not in message.text + message.html + message.subject
    assert "•••" in message.text


def test_sent_mail_is_kept_without_its_link(cast: Cast) -> None:
    asked = macbooks(cast)
    with open_office() as office, environment(SMTP_URL=f"smtp://127.0.0.1:{office.port}"):
        message = sent_to(deliver(asked), cast.cleo)
    letter = office.letters[0]
    assert letter["Message-ID"].startswith(f"<{message.effect_id}@")
    assert letter["References"].startswith(f"<request-{asked}@")
    body = letter.get_body(("plain",))
    assert body is not None
    link = re.search(r"/d/[\w.-]+", body.get_content())
    assert link is not None
    assert len(link[0]) > 60
    assert link[0] not in message.text + message.html
    assert "/d/…" in message.text


def test_a_refusing_server_leaves_its_words_at_the_effect(cast: Cast) -> None:
    asked = macbooks(cast)
    with open_office(rcpt="450 Busy") as office, environment(SMTP_URL=f"smtp://127.0.0.1:{office.port}"):
        deliver(asked)
        row = effects_of(asked, message="decide")[0]
        attempt(row.id)
    assert (row.status, row.attempts) == ("pending", 1)
    assert row.history[0]["error"] == "The mail server answered 450: Busy"
    assert messages_of(asked) == []
    assert tasks_of(asked)[0].status == "pending"
    assert effects_of(asked, message="decide")[0].attempts == 1, "not before its time"


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><script>alert(1)</script>",
    "{{1234*4321}}{% raw %}${1234*4321}",
    "javascript:alert(1)",
    "Hi\r\nBcc: eve@example.com\r\n\r\nOther text",
    "abc\u202egnp.exe\u2066\x1b[31m",
    "' onmouseover='alert(1)",
    "=HYPERLINK(1)",
    "w" * 200,
]


OUTCOMES = ("approved", "rejected", "changes_requested")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


@pytest.mark.parametrize(("payload", "outcome"), list(zip(HOSTILE, cycle(OUTCOMES), strict=False)))
def test_words_of_people_stay_words(cast: Cast, payload: str, outcome: str) -> None:
    with across_tenants() as db:
        db.execute(update(users).where(users.c.id.in_([cast.ben.id, cast.cleo.id])).values(name=payload, title=payload))
    document = purchase() | {"name": payload}
    document["steps"]["approval"]["levels"][0]["name"] = payload
    document["steps"]["approval"]["name"] = payload
    document["data"]["properties"]["why"]["title"] = payload
    document["steps"]["tell"] |= {"subject": payload, "message": payload, "name": payload}
    asked = ask(cast.ben, document, item=payload, amount=7200, why=payload)
    deliver(asked)
    decide(cast.cleo, asked, outcome, payload)
    messages = deliver(asked)
    assert len(messages) >= 2
    for message in messages:
        _harmless(message)


def _harmless(message: Row[Any]) -> None:
    assert message.subject.isprintable()
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069]", message.text)
    assert "5332114" not in message.text + message.html
    tags = Tags()
    tags.feed(message.html)
    ours = "html head meta title style body div p b h1 dl dt dd a blockquote"
    assert {tag for tag, _ in tags.seen} <= set(ours.split())
    for tag, attributes in tags.seen:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        if tag == "a":
            assert str(attributes["href"]).startswith(settings().base_url + "/")
    assert [tag for tag, _ in tags.seen].count("style") == 1


THREE = [{"role": role} for role in ("approver", "designer", "auditor")]
DESIGN = {"id": "design", "name": "Design", "who": [{"role": "designer"}]}


@pytest.mark.parametrize(
    ("levels", "yes"),
    [
        (ONE_LEVEL, "Ada is told, then the request is approved"),
        ([*ONE_LEVEL, DESIGN], "Ada signs as Design"),
        ([{"id": "two", "name": "Two", "who": THREE, "policy": {"quorum": 2}}], "Ada or Dov signs as well"),
        ([{"id": "all", "name": "All", "who": THREE, "policy": "all"}], "Ada and Dov sign as well"),
    ],
)
def test_what_a_yes_leads_to(cast: Cast, levels: Any, yes: str) -> None:
    message = sent_to(deliver(macbooks(cast, purchase(levels))), cast.cleo)
    assert f"If you approve, {yes}." in message.text


def test_what_others_said_before_is_told(cast: Cast) -> None:
    asked = macbooks(
        cast, purchase([*ONE_LEVEL, {"id": "design", "name": "Design", "who": [{"user": cast.ada.email}]}])
    )
    decide(cast.cleo, asked, "approved")
    assert "So far: Cleo approved as Manager" in sent_to(deliver(asked), cast.ada).text
