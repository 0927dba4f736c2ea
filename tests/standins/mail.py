"""A mail relay on loopback: aiosmtpd, with the organisation's certificate, a password, and the faults of real ones."""

from __future__ import annotations

import asyncio
import email
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Literal

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.standins import outage

Step = Literal["mail", "rcpt", "data", "answer"]
"""`data` is a refusal of the text, `answer` what happens after it was taken."""
Security = Literal["starttls", "tls", "none"]
USER, PASSWORD = "intervision", "a password"


@dataclass
class Relay:
    """Keeps what it took; `faults` says by step what it answers next, or what it does instead of an answer."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    faults: dict[Step, list[str | Callable[[], Any]]] = field(default_factory=dict)
    connections: int = 0
    _open: set[asyncio.BaseTransport] = field(default_factory=set)

    def cut(self) -> None:
        """Every open connection breaks."""
        for transport in list(self._open):
            transport.abort()  # type: ignore[attr-defined]  # what asyncio hands over has it, its base type has not

    async def _answer(self, step: Step) -> str | None:
        planned = self.faults.get(step)
        if not planned:
            return None
        fault = planned.pop(0)
        if isinstance(fault, str):
            return fault or None
        done = fault()
        if asyncio.iscoroutine(done):
            await done
        return "451 cut"

    # ---- the hooks of aiosmtpd

    async def handle_MAIL(self, _server: Any, _session: Session, envelope: Envelope, address: str, _o: Any) -> str:  # noqa: N802  # aiosmtpd finds it by this name
        if refused := await self._answer("mail"):
            return refused
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Session, envelope: Envelope, address: str, _o: Any) -> str:  # noqa: N802  # aiosmtpd finds it by this name
        if refused := await self._answer("rcpt"):
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd finds it by this name
        if refused := await self._answer("data"):
            return refused
        content = envelope.content
        assert isinstance(content, bytes)
        message = email.message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.envelopes.append((envelope.mail_from or "", list(envelope.rcpt_tos)))
        return await self._answer("answer") or "250 taken"


class _Server(SMTP):
    def __init__(self, relay: Relay, **options: Any) -> None:
        super().__init__(relay, **options)
        self._relay = relay

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._relay.connections += 1
        self._relay._open.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self.transport is not None:
            self._relay._open.discard(self.transport)
        super().connection_lost(error)


@asynccontextmanager
async def relay(folder: Path, security: Security = "starttls", *, login: bool = False) -> AsyncIterator[Relay]:
    """One that runs; `folder/relay.pem` holds the certificates that its own was signed by."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "relay.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    running = Relay()
    options: dict[str, Any] = {"hostname": "localhost", "enable_SMTPUTF8": True}
    if security == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    if login:
        options |= {"authenticator": _knows, "auth_required": True, "auth_require_tls": security == "starttls"}
    made = await asyncio.get_running_loop().create_server(
        lambda: _Server(running, **options), "127.0.0.1", 0, ssl=context if security == "tls" else None
    )
    running.port = made.sockets[0].getsockname()[1]
    try:
        yield running
    finally:
        made.close()
        running.cut()
        await made.wait_closed()


@contextmanager
def threaded() -> Iterator[Relay]:
    """One without encryption in a thread of its own, for commands that run a loop of their own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        running = Relay(free.getsockname()[1])
    controller = Controller(running, hostname="127.0.0.1", port=running.port)
    controller.start()
    try:
        yield running
    finally:
        controller.stop()


def _knows(_server: Any, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
    assert isinstance(given, LoginPassword)
    return AuthResult(success=(given.login, given.password) == (USER.encode(), PASSWORD.encode()), handled=False)


@dataclass
class Between:
    """What stands between a program and its relay, and can be away in the kinds of `tests.standins.outage`."""

    relay: int
    """The relay's port."""
    port: int = 0
    down: str = ""
    texts: int = 0
    """How often a text was to be handed over."""
    _server: asyncio.Server | None = None
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)
    _meetings: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        """Listen, at the port of before."""
        self._server = await asyncio.start_server(self._met, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no longer and cut what stands."""
        assert self._server
        self._server.close()
        for end in [*self._ends]:
            end.transport.abort()
        await asyncio.gather(*self._meetings)

    async def fall(self, how: str) -> None:
        """From now on an outage of this kind; "" ends it."""
        if how == "refused":
            await self.stop()
        elif self.down == "refused":
            await self.start()
        self.down = how

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        meeting = asyncio.current_task()
        assert meeting
        self._meetings.add(meeting)
        meeting.add_done_callback(self._meetings.discard)
        from_relay, to_relay = await asyncio.open_connection("127.0.0.1", self.relay)
        self._ends |= {writer, to_relay}
        try:
            await asyncio.gather(self._asked(reader, writer, to_relay), self._answered(from_relay, writer))
        except OSError:
            pass
        finally:
            for end in (writer, to_relay):
                self._ends.discard(end)
                end.transport.abort()

    async def _asked(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, to_relay: asyncio.StreamWriter
    ) -> None:
        while line := await reader.readline():
            self.texts += line.upper() == b"DATA\r\n"
            if not self.down or self.down in outage.DONE:
                to_relay.write(line)
                continue
            writer.write(SAID.get(self.down, b""))
            if self.down == "reset":
                writer.transport.abort()
        to_relay.transport.abort()

    async def _answered(self, from_relay: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await from_relay.readline():
            if self.down == "half lost" and not line.startswith(b"354"):
                writer.write(line[:2])
            elif self.down == "lost" and not line.startswith(b"354"):
                writer.transport.abort()
            elif not self.down or self.down in outage.DONE:
                writer.write(line)


SAID = {
    "gateway": b"451 4.4.1 no answer from the next host\r\n",
    "bad gateway": b"451 4.3.0 bad answer from it\r\n",
    "unavailable": b"421 4.3.2 closing\r\n",
    "broken": b"451 4.3.0 local error\r\n",
    "storm": b"450 4.7.1 too many\r\n",
    "page": b"<html>Back soon</html>\r\n",
    "half": b"25",
}
"""What is answered to every line in such an outage."""
