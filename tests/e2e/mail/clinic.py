"""The demo clinic on the real program with e-mail alone: pages, SMTP, a virtual clock."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from bot.app.steps.addresses import keep_all_addresses
from bot.config import Settings
from bot.demo.clinic import ORGANISATION, START, found
from bot.demo.clock import VirtualClock
from bot.demo.control import DemoControl
from bot.log import Silent
from bot.main import App, build
from tests.migrated import migrated
from tests.standins.mail import Relay, relay
from tests.unit.web.client import Reading

R = TypeVar("R")


class Clinic:
    """The demo clinic on the real program, without ticking by itself."""

    def __init__(self, app: App, control: DemoControl, mails: Relay, http: aiohttp.ClientSession) -> None:
        self.app, self.control, self.mails, self.http = app, control, mails, http

    @property
    def url(self) -> str:
        """Where people reach the pages."""
        return self.app.tools.public_url

    async def find(self, kind: type[R], **conditions: Any) -> list[R]:
        """Records of the clinic as they are now."""
        async with self.app.store.begin(ORGANISATION, write=False) as uow:
            return await uow.find(kind, **conditions)

    def mails_to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails.taken if mail["To"] == address]

    async def page(self, path: str, **posted: str) -> Reading:
        if posted:
            async with self.http.post(path, data=posted) as answer:
                return Reading(await answer.text())
        async with self.http.get(path) as answer:
            return Reading(await answer.text())


@asynccontextmanager
async def running(
    folder: Path,
    *,
    at_localhost: bool = False,
    port: int = 0,
    web: Mapping[str, Any] | None = None,
    mail: bool = True,
    start: datetime = START,
) -> AsyncIterator[Clinic]:
    """`at_localhost`: the public address is the one listened on, by a name, as browsers need it for passkeys."""
    async with relay(folder) as mails:
        email = {"host": "localhost", "port": mails.port, "ca_file": str(folder / "relay.pem"), "timeout": 5}
        email["sender"] = "Intervision <bot@clinic.example>"
        with socket.socket() as free:
            free.bind(("127.0.0.1", port))
            port = free.getsockname()[1]
        public = f"http://localhost:{port}" if at_localhost else "http://127.0.0.1:8377"
        settings = Settings.model_validate(
            {
                "server": {"port": port, "public_url": public},
                "database": {"url": migrated(folder / "clinic.sqlite3")},
                "keys": {"file": str(folder / "clinic.key")},
                "anonymise": {"name_model": ""},
                "adapters": {"web": web or {}, **({"email": email} if mail else {})},
            }
        )
        clock = VirtualClock(start)
        control = DemoControl(clock)
        app = await build(settings, clock=clock, log=Silent())
        control.app = app
        await found(app.store, app.tools.ids)
        await keep_all_addresses(app.store, clock.now(), app.tools)
        await app.start(ticking=False)
        here = f"http://127.0.0.1:{app.host.port}"
        async with aiohttp.ClientSession(here, cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            yield Clinic(app, control, mails, http)
        await app.stop()
