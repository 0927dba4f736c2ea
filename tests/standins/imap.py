"""A mailbox on loopback that speaks as much IMAP (RFC 3501) as reading it takes."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import trustme

USER, PASSWORD = "bounces", "a password"


@dataclass
class Mailbox:
    """Mails by their number; `commands` are what a client asked, `broken` answers nothing."""

    port: int = 0
    validity: int = 7
    mails: dict[int, bytes] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    broken: bool = False

    def put(self, mail: bytes) -> None:
        self.mails[max(self.mails, default=0) + 1] = mail

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.broken:
            writer.close()
            return
        writer.write(b"* OK ready\r\n")
        while line := (await reader.readline()).decode().strip():
            tag, _, command = line.partition(" ")
            self.commands.append(command)
            said, ended = self._answer(command)
            writer.write(said + f"{tag} {ended}\r\n".encode())
            await writer.drain()
            if command == "LOGOUT":
                break
        writer.close()

    def _answer(self, command: str) -> tuple[bytes, str]:
        match command.split():
            case ["CAPABILITY"]:
                return b"* CAPABILITY IMAP4rev1\r\n", "OK done"
            case ["LOGIN", user, *password]:
                right = (user.strip('"'), " ".join(password).strip('"')) == (USER, PASSWORD)
                return b"", "OK in" if right else "NO [AUTHENTICATIONFAILED] wrong LOGIN"
            case ["EXAMINE", '"INBOX"']:
                return (
                    f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] x\r\n".encode(),
                    "OK [READ-ONLY] it",
                )
            case ["UID", "SEARCH", "UID", wanted]:
                first = int(wanted.partition(":")[0])
                # As RFC 3501 has it: n:* names the last mail even where n lies beyond it.
                found = [uid for uid in self.mails if uid >= first] or sorted(self.mails)[-1:]
                return f"* SEARCH {' '.join(map(str, found))}\r\n".encode(), "OK done"
            case ["UID", "FETCH", uid, *what]:
                most = re.search(r"<0\.(\d+)>", " ".join(what))
                assert most
                mail = self.mails[int(uid)][: int(most[1])]
                return f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(mail)}}}\r\n".encode() + mail + b")\r\n", "OK done"
            case ["LOGOUT"]:
                return b"* BYE\r\n", "OK bye"
            case _:
                return b"", "NO no such folder"


@asynccontextmanager
async def mailbox(folder: Path) -> AsyncIterator[Mailbox]:
    """One over TLS; `imap.pem` in the folder is what to trust."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "imap.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    running = Mailbox()
    server = await asyncio.start_server(running.serve, "127.0.0.1", 0, ssl=context)
    running.port = server.sockets[0].getsockname()[1]
    try:
        yield running
    finally:
        server.close()
        await server.wait_closed()
