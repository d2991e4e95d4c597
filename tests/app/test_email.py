import socket
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from threading import Thread

import pytest

from app.channels import Message
from app.channels.email import compose, send
from app.config import Settings, read
from app.effects.results import GiveUp, Retry
from tests.app.post_office import Office, open_office

ENVIRON = {
    "SECRET_KEY": "x" * 40,
    "BASE_URL": "https://signoff.example",
    "MAIL_FROM": "Signoff <signoff@signoff.example>",
    "DATABASE_URL": "postgresql:///x",
    "REDIS_URL": "redis://x",
}
SETTINGS = read(ENVIRON)
MESSAGE = Message(
    id="0190-effect",
    thread="0190-request",
    name="Bén Bücher",
    address="ben@example.com",
    subject="Approve 7,200.00 EUR: MacBooks, asked by Ann?",
    text="Please decide.\n",
    html="<p>Please decide.</p>\n",
)


def sent_by(smtp_url: str) -> Settings:
    return read({**ENVIRON, "SMTP_URL": smtp_url})


def told(office: Office, way: str = "smtp://127.0.0.1:{port}") -> Settings:
    return sent_by(way.format(port=office.port))


def test_a_mail_arrives_in_both_forms() -> None:
    with open_office() as office:
        send(MESSAGE, told(office))
    letter = office.letters[0]
    assert office.recipients == [["ben@example.com"]]
    assert letter["Subject"] == MESSAGE.subject
    assert letter["To"] == "Bén Bücher <ben@example.com>"
    assert letter["From"] == "Signoff <signoff@signoff.example>"
    assert letter["Message-ID"] == "<0190-effect@signoff.example>"
    assert letter["In-Reply-To"] == letter["References"] == "<request-0190-request@signoff.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"]
    assert letter.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    text, html = (part.get_content() for part in letter.iter_parts())
    assert (text.splitlines(), html.splitlines()) == (["Please decide."], ["<p>Please decide.</p>"])


def test_without_a_server_nothing_is_sent() -> None:
    send(MESSAGE, SETTINGS)


@pytest.mark.parametrize(
    "hostile",
    ["Hi\r\nBcc: eve@example.com", "Hi\nBcc: eve@example.com", "Hi\r\n\r\n<script>", "a\x00b\u202e\u2028c"],
)
def test_names_and_subjects_stay_in_their_line(hostile: str) -> None:
    with open_office() as office:
        send(replace(MESSAGE, subject=hostile, name=hostile), told(office))
    letter = office.letters[0]
    assert office.recipients == [["ben@example.com"]]
    assert letter["Bcc"] is None
    assert "\n" not in letter["Subject"] + letter["To"]
    assert set(letter.keys()) == set(message_from_bytes(compose(MESSAGE, SETTINGS)).keys())


@pytest.mark.parametrize(
    "address",
    ["ben@example.com\r\nBcc: eve@example.com", "ben", "", "a b@example.com", "ben@a,eve@b", "<ben@x>"],
)
def test_what_is_no_address_is_given_up(address: str) -> None:
    with open_office() as office, pytest.raises(GiveUp, match="not an e-mail address"):
        send(replace(MESSAGE, address=address), told(office))
    assert office.letters == []


def test_long_lines_and_other_scripts_travel_unharmed() -> None:
    text = "ü" * 5000 + "\n.\nFrom here\n" + "日本語 " * 400 + "\n"
    subject = "Genehmigen: " + "Ключи " * 30
    with open_office() as office:
        send(replace(MESSAGE, text=text, subject=subject), told(office))
    letter = office.letters[0]
    part = letter.get_body(("plain",))
    assert part is not None
    assert part.get_content().splitlines() == text.splitlines()
    assert letter["Subject"] == subject.strip()
    assert max(len(line) for line in office.raw[0].split(b"\r\n")) <= 998


@pytest.mark.parametrize("where", ["rcpt", "data"])
@pytest.mark.parametrize(
    ("answer", "error"),
    [("451 Try later", Retry), ("421 Closing", Retry), ("550 No such user", GiveUp), ("554 Refused", GiveUp)],
)
def test_what_the_server_answers_decides(where: str, answer: str, error: type[Exception]) -> None:
    with (
        open_office(**{where: answer}) as office,
        pytest.raises(error, match=f"answered {answer[:3]}: {answer[4:]}"),
    ):
        send(MESSAGE, told(office))
    assert office.letters == []


def test_login_with_odd_letters_in_the_password() -> None:
    with open_office() as office:
        send(MESSAGE, told(office, "smtp://mailer:right%3A%40%2F@127.0.0.1:{port}"))
    assert office.logins == [(b"mailer", b"right:@/")]
    assert len(office.letters) == 1


def test_a_wrong_password_is_given_up_and_not_told() -> None:
    with open_office() as office, pytest.raises(GiveUp) as failed:
        send(MESSAGE, told(office, "smtp://mailer:geheim@127.0.0.1:{port}"))
    assert "535" in str(failed.value)
    assert "geheim" not in str(failed.value)


def test_starttls_where_the_server_has_none_sends_nothing() -> None:
    with open_office() as office, pytest.raises(GiveUp, match="cannot do what is needed"):
        send(MESSAGE, told(office, "smtp://127.0.0.1:{port}?starttls=1"))
    assert office.letters == []


def test_tls_towards_a_plain_server_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def greet() -> None:
            with listening.accept()[0] as line:
                line.sendall(b"220 post.example\r\n")
                line.recv(4096)

        thread = Thread(target=greet, daemon=True)
        thread.start()
        with pytest.raises(Retry):
            send(MESSAGE, sent_by(f"smtps://127.0.0.1:{port}"))
        thread.join(5)


def test_a_server_that_is_away_is_tried_again() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(Retry, match="could not be reached"):
            send(MESSAGE, sent_by(f"smtp://127.0.0.1:{free.getsockname()[1]}"))


def test_a_server_that_hangs_up_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def hang_up() -> None:
            listening.accept()[0].close()

        thread = Thread(target=hang_up, daemon=True)
        thread.start()
        with pytest.raises(Retry):
            send(MESSAGE, sent_by(f"smtp://127.0.0.1:{port}"))
        thread.join(5)


def test_one_connection_serves_mail_after_mail() -> None:
    with open_office() as office:
        for _ in range(3):
            send(MESSAGE, told(office))
    assert len(office.letters) == 3
    assert len(set(office.peers)) == 1


@pytest.mark.parametrize("goodbye", ["hangs up", "says so"])
def test_a_server_that_dropped_the_connection_gets_the_next_mail_all_the_same(goodbye: str) -> None:
    with open_office() as office:
        send(MESSAGE, told(office))
        if goodbye == "hangs up":
            office.hang_up()
        else:
            office.closing = True
        send(MESSAGE, told(office))
    assert len(office.letters) == 2, "both arrive, each once"
    assert len(set(office.peers)) == 2


def test_after_a_refusal_the_next_mail_goes_out() -> None:
    with open_office(rcpt="550 No such user") as office:
        with pytest.raises(GiveUp):
            send(MESSAGE, told(office))
        office.rcpt = "250 OK"
        send(MESSAGE, told(office))
    assert len(office.letters) == 1


@pytest.mark.parametrize(
    "hostile",
    [
        "A =?utf-8?q?=0D=0AReply-To:e@evil.example=0D=0A=0D=0APay_me_at_http://evil.example?=",
        "=?utf-8?b?DQpCY2M6IGVAZXZpbC5leGFtcGxl?=",
        "=?us-ascii?Q?=0ABcc:_e=40evil.example?= =?utf-8?q?=0D=0A=0D=0Abody?=",
    ],
)
def test_encoded_words_of_others_stay_words(hostile: str) -> None:
    """What somebody typed is told as typed, and the letter has our headers and our text alone."""
    with open_office() as office:
        send(replace(MESSAGE, subject=hostile, name=hostile), told(office))
    head, _, body = office.raw[0].partition(b"\r\n\r\n")
    names = [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    ours = message_from_bytes(compose(MESSAGE, SETTINGS))
    assert [name for name in names if name != "X-Peer"] == ours.keys()
    assert office.recipients == [["ben@example.com"]]
    assert body.startswith(b"--"), "the text begins with its first part"
    assert decoded(head, "Subject") == hostile
    assert decoded(head, "To") == f"{hostile} <ben@example.com>"


def decoded(head: bytes, name: str) -> str:
    return str(make_header(decode_header(message_from_bytes(head + b"\r\n\r\n")[name])))
