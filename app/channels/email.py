"""Mail over SMTP. Without an SMTP_URL nothing leaves the house: messages are only kept, to be read at /mail.

SMTP knows no idempotency: a mail may come twice, under one Message-ID.
"""

import re
import smtplib
import ssl
from binascii import b2a_qp
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import Header
from email.policy import default
from email.utils import format_datetime, formataddr, parseaddr
from functools import cache
from urllib.parse import urlsplit
from uuid import uuid4

from app.channels import Message
from app.config import Settings, Variable
from app.effects.results import GiveUp, Retry
from app.messages import smtp
from engine.people import Person
from engine.wording.values import clean

LABEL = "E-mail"
DEFAULT = True
SETTINGS = {
    "SMTP_URL": Variable(
        "", "`smtp://user:password@host:587`, or `smtps://`. Unset: mails are kept and shown under Mail.", "none"
    ),
    "MAIL_FROM": Variable("Signoff <signoff@localhost>", "Sender of every mail."),
}
SHOWN_HEADERS = ("From", "To", "Subject", "Message-ID", "In-Reply-To", "Auto-Submitted")
EXCERPT = 200
ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,64}@[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,255}")
# What a header may say in plain words. Anything else goes as encoded words, so that what looks like one is none.
PLAIN = re.compile(r"(?!.*=\?)[\x20-\x7e]*")


def is_set_up(settings: Settings) -> bool:
    return bool(settings.channels["SMTP_URL"])


def address(person: Person) -> str:
    return person.email


def send(message: Message, settings: Settings) -> None:
    letter = compose(message, settings)
    if not is_set_up(settings):
        return
    try:
        smtp.deliver(settings.channels["SMTP_URL"], _sender(settings.channels["MAIL_FROM"])[0], message.address, letter)
    except smtplib.SMTPRecipientsRefused as refused:
        raise _refusal(*next(iter(refused.recipients.values()))) from None
    except smtplib.SMTPResponseException as refused:
        raise _refusal(refused.smtp_code, refused.smtp_error) from None
    except smtplib.SMTPNotSupportedError as missing:
        raise GiveUp(f"The mail server cannot do what is needed: {missing}") from None
    except ssl.SSLError:
        raise Retry("No secure connection to the mail server came about.") from None
    except OSError as failed:
        raise Retry(f"The mail server could not be reached: {type(failed).__name__}.") from None


def compose(message: Message, settings: Settings) -> bytes:
    """The letter as it is sent (RFC 5322), in text and HTML; written by hand, as the library takes 3 ms for one."""
    place = _place(settings.base_url)
    thread, boundary = f"<request-{message.thread}@{place}>", uuid4().hex
    headers = (
        ("From", _sender(settings.channels["MAIL_FROM"])[1]),
        ("To", _address(message.name, message.address)),
        ("Subject", _words(clean(message.subject))),
        ("Date", format_datetime(datetime.now(UTC))),
        ("Message-ID", f"<{message.id}@{place}>"),
        ("References", thread),
        ("In-Reply-To", thread),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    )
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    parts = [_part(boundary, "plain", message.text), _part(boundary, "html", message.html)]
    return b"\r\n".join((head.encode(), *parts, f"--{boundary}--\r\n".encode()))


def headers(message: Message, settings: Settings) -> list[tuple[str, str]]:
    letter = message_from_bytes(compose(message, settings), policy=default)
    return [(name, str(letter[name])) for name in SHOWN_HEADERS]


@cache
def _place(base_url: str) -> str:
    return (urlsplit(base_url).hostname or "localhost").encode("idna").decode()


@cache
def _sender(mail_from: str) -> tuple[str, str]:
    """The address, and all of it as it stands in a letter."""
    name, address = parseaddr(mail_from)
    return address, _address(name, address)


def _part(boundary: str, kind: str, text: str) -> bytes:
    head = (
        f"--{boundary}\r\n"
        f'Content-Type: text/{kind}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode()
    return head.encode() + b2a_qp(lines, istext=True).replace(b"\n", b"\r\n")


def _words(text: str) -> str:
    return text if PLAIN.fullmatch(text) else Header(text, "utf-8", maxlinelen=70).encode(linesep="\r\n")


def _address(name: str, address: str) -> str:
    if not ADDRESS.fullmatch(address):
        raise GiveUp(f"“{clean(address, EXCERPT)}” is not an e-mail address.")
    shown = clean(name, 100)
    # An encoded word says nothing inside quotes, and a plain name is quoted where it has to be.
    return formataddr((shown, address)) if PLAIN.fullmatch(shown) and address.isascii() else _named(shown, address)


def _named(shown: str, address: str) -> str:
    return f"{_words(shown)} <{address}>" if shown else address


def _refusal(code: int, said: bytes | str) -> Retry | GiveUp:
    text = clean(said.decode("utf-8", "replace") if isinstance(said, bytes) else said, EXCERPT)
    words = f"The mail server answered {code}: {text}"
    return GiveUp(words) if code >= 500 else Retry(words)
