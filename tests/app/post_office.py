"""A real SMTP server for tests: keeps what it got, and answers what it is told to."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Thread
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from app.messages import smtp


@dataclass
class Office:
    """rcpt, data: the answers to those commands."""

    rcpt: str
    data: str
    letters: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    peers: list[Any] = field(default_factory=list)
    lines: list[SMTP] = field(default_factory=list)
    loop: asyncio.AbstractEventLoop | None = None
    closing: bool = False
    port: int = 0

    def hang_up(self) -> None:
        """On everybody who is connected."""
        assert self.loop

        async def close() -> None:
            for line in self.lines:
                if line.transport:
                    line.transport.close()

        asyncio.run_coroutine_threadsafe(close(), self.loop).result(5)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.closing:
            self.closing = False
            return "421 Closing, nobody wrote for a while"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - likewise
        if self.data.startswith("250"):
            self.raw.append(envelope.content)
            parsed = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(parsed, EmailMessage)
            self.letters.append(parsed)
            self.recipients.append(envelope.rcpt_tos)
            self.peers.append(session.peer)
        return self.data

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"right:@/", handled=False)


@contextmanager
def open_office(*, rcpt: str = "250 OK", data: str = "250 OK") -> Iterator[Office]:
    office = Office(rcpt, data)
    loop = asyncio.new_event_loop()

    def serving() -> SMTP:
        line = SMTP(
            office,
            hostname="post.example",
            loop=loop,
            authenticator=office.authenticate,
            auth_require_tls=False,
            enable_SMTPUTF8=True,
        )
        office.lines.append(line)
        return line

    server = loop.run_until_complete(loop.create_server(serving, "127.0.0.1", 0))
    office.loop = loop
    office.port = server.sockets[0].getsockname()[1]
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield office
    finally:
        smtp.close()
        asyncio.run_coroutine_threadsafe(_close(server), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
