"""Mail over SMTP. Without an SMTP_URL nothing leaves the house: messages are only kept, to be read at /mail.

SMTP knows no idempotency: a mail may come twice, under one Message-ID.
"""

import re
import smtplib
import ssl
from contextlib import suppress
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from app.channels import Message
from app.config import Settings
from app.effects.results import GiveUp, Retry
from engine.wording.values import clean

LABEL = "E-mail"
SECONDS = 8.0
EXCERPT = 200
ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,64}@[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,255}")


def send(message: Message, settings: Settings) -> None:
    letter = compose(message, settings)
    if not settings.smtp_url:
        return
    try:
        server = _connected(urlsplit(settings.smtp_url))
        try:
            server.send_message(letter)
            with suppress(smtplib.SMTPException):
                server.quit()
        finally:
            server.close()
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


def compose(message: Message, settings: Settings) -> EmailMessage:
    letter = EmailMessage(policy=SMTP)
    place = urlsplit(settings.base_url).hostname or "localhost"
    letter["From"] = _address(*parseaddr(settings.mail_from))
    letter["To"] = _address(message.name, message.address)
    letter["Subject"] = clean(message.subject)
    letter["Date"] = format_datetime(datetime.now(UTC))
    letter["Message-ID"] = f"<{message.id}@{place}>"
    letter["References"] = letter["In-Reply-To"] = f"<request-{message.thread}@{place}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Auto-Response-Suppress"] = "All"
    letter.set_content(message.text)
    letter.add_alternative(message.html, subtype="html")
    return letter


def _address(name: str, address: str) -> Address:
    if not ADDRESS.fullmatch(address):
        raise GiveUp(f"“{clean(address, EXCERPT)}” is not an e-mail address.")
    return Address(display_name=clean(name, 100), addr_spec=address)


def _connected(url: SplitResult) -> smtplib.SMTP:
    """smtp://user:password@host:port?starttls=1, or smtps:// for TLS from the first byte."""
    asked = parse_qs(url.query).get("starttls") == ["1"]
    host = url.hostname or "localhost"
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, url.port or 465, timeout=SECONDS, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, url.port or (587 if asked else 25), timeout=SECONDS)
    try:
        if asked:
            server.starttls(context=ssl.create_default_context())
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _refusal(code: int, said: bytes | str) -> Retry | GiveUp:
    text = clean(said.decode("utf-8", "replace") if isinstance(said, bytes) else said, EXCERPT)
    words = f"The mail server answered {code}: {text}"
    return GiveUp(words) if code >= 500 else Retry(words)
