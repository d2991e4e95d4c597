"""SMTP connections that stay open from mail to mail, one for each thread that sends."""

import smtplib
import ssl
import threading
from time import monotonic
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

SECONDS = 8.0
# Servers hang up on those who say nothing for minutes; asking anew is cheaper than finding out.
IDLE_SECONDS = 30.0
LOST = (smtplib.SMTPServerDisconnected, ConnectionError, TimeoutError, ssl.SSLError)
CLOSING = 421

_own = threading.local()


def deliver(url: str, sender: str, recipient: str, letter: bytes) -> None:
    """Raises the exceptions of smtplib and OSError; then nothing stays open."""
    try:
        server = _begun(url, sender, letter, international=not (sender + recipient).isascii())
        code, said = server.rcpt(recipient)
        if code not in (250, 251):
            raise smtplib.SMTPRecipientsRefused({recipient: (code, said)})
        code, said = server.data(letter)
        if code != 250:
            raise smtplib.SMTPDataError(code, said)
    except BaseException:
        close()
        raise
    _own.used_at = monotonic()


def close() -> None:
    """This thread's connection."""
    if hasattr(_own, "server"):
        _own.server.close()
        del _own.server


def _begun(url: str, sender: str, letter: bytes, *, international: bool) -> smtplib.SMTP:
    """A server that has taken MAIL. One that hung up since the last mail is found out here, before anything is sent."""
    kept = _kept(url)
    if kept:
        try:
            return _mail(kept, sender, letter, international=international)
        except LOST:
            close()
        except smtplib.SMTPSenderRefused as refused:
            if refused.smtp_code != CLOSING:
                raise
            close()
    _own.url, _own.server = url, _connected(urlsplit(url))
    return _mail(_own.server, sender, letter, international=international)


def _kept(url: str) -> smtplib.SMTP | None:
    server: smtplib.SMTP | None = getattr(_own, "server", None)
    if server and (_own.url != url or monotonic() - _own.used_at > IDLE_SECONDS):
        close()
        return None
    return server


def _mail(server: smtplib.SMTP, sender: str, letter: bytes, *, international: bool) -> smtplib.SMTP:
    options = [f"size={len(letter)}"] if server.has_extn("size") else []
    if international:
        if not server.has_extn("smtputf8"):
            raise smtplib.SMTPNotSupportedError("SMTPUTF8, for addresses beyond ASCII")
        options += ["SMTPUTF8", "BODY=8BITMIME"]
    code, said = server.mail(sender, options)
    if code != 250:
        raise smtplib.SMTPSenderRefused(code, said, sender)
    return server


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
        server.ehlo_or_helo_if_needed()
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
    except BaseException:
        server.close()
        raise
    return server
