"""The plainest adapter: pages in the browser, drawn from the same cards and forms as everywhere else.

`product.py` has the pages, `answers.py` turns outcomes into responses, `inbox.py` keeps the notices
that `send` delivers. It knows nothing of cases, rounds or the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from adapters.web.assets import ASSETS
from adapters.web.base_view import Site
from adapters.web.calendar import CalendarFeed
from adapters.web.demo import DemoPages
from adapters.web.leaving import LeavingPages
from adapters.web.openid import ProviderSettings
from adapters.web.openid_pages import OpenIdPages
from adapters.web.pages import Helper
from adapters.web.passkey_pages import PasskeyPages
from adapters.web.product import Product
from adapters.web.sessions import Visitor
from adapters.web.sign_in import SignInPages
from adapters.web.signature import SignaturePages
from bot.ui.platform import Address, Capabilities, Message, Platform, Problem, Services


class WebSettings(BaseModel):
    """The section `[adapters.web]`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    notices_days: int = Field(default=90, ge=1, le=730)
    """Days for which a delivered notice stays in the inbox."""
    spellcheck: bool = False
    """Let browsers check what is typed; several send it to their maker for that."""
    translate: bool = False
    """Let browsers offer to translate pages; they send the page to their maker for that."""
    providers: dict[Annotated[str, Field(pattern="[a-z0-9-]{1,30}")], ProviderSettings] = Field(default_factory=dict)
    """Single sign-on by name; the name is part of the address that the provider sends people back to."""


def _helpers(settings: WebSettings) -> frozenset[Helper]:
    """What a browser may do with the text of pages."""
    return frozenset(helper for helper in Helper if getattr(settings, helper))


class WebPlatform:
    """The web pages and the inbox behind them."""

    name = "web"
    capabilities = Capabilities(interrupts=False, own_pages=True)

    def __init__(self, settings: WebSettings, services: Services) -> None:
        self._services = services
        self._site = Site(services, timedelta(days=settings.notices_days), _helpers(settings))
        labels = {name: each.label for name, each in settings.providers.items()}
        self._sign_in = SignInPages(self._site, labels)
        self._passkeys = PasskeyPages(self._site, self._sign_in)
        self._openid = OpenIdPages(self._site, self._sign_in, settings.providers)

    async def start(self) -> None:
        """Make the installation's secret before the first page needs it."""
        await self._site.tickets()

    async def stop(self) -> None:
        """Links that were asked for are still sent; the host lets requests finish."""
        await self._site.stop()

    async def send(self, to: Address, message: Message) -> str:
        """Put the card into the person's inbox; a repeated delivery overwrites the first."""
        if self._services.demo:
            await self._services.demo.mailed(to, message)
        return await self._site.inbox.deliver(to.actor, message, self._services.now())

    can_be_asked = True
    """A notice delivered again takes its own place, so nothing has to be looked for."""

    async def probe(self, tenant: str) -> None:
        """It is the program itself."""

    async def check(self) -> Sequence[Problem]:
        """What keeps people from signing in safely."""
        url = urlsplit(self._services.public_url)
        problems = []
        if self._services.sign_in is None:
            problems.append(
                Problem("adapters.web", "nobody can sign in: the sign-in service is missing", "report this as a bug")
            )
        if not self._services.carriers and self._services.demo is None:
            what = "neither e-mail nor a chat is connected: no sign-in link, reminder or risk alert reaches anybody"
            problems.append(
                Problem("adapters", what, "configure [adapters.email], [adapters.slack] or [adapters.teams]")
            )
        if url.scheme != "https" and url.hostname not in {"127.0.0.1", "localhost", "::1"}:
            what = f"the public address {self._services.public_url} is not https, so sessions travel in clear"
            problems.append(Problem("server.public_url", what, "serve the pages over https", fatal=False))
        for name, provider in self._openid.providers.items():
            if wrong := await provider.check():
                where = f"adapters.web.providers.{name}"
                hint = "check the issuer; links still sign people in"
                problems.append(Problem(where, f"nobody can sign in with it: {wrong}", hint, fatal=False))
        return problems

    def mount(self, web: Any) -> None:
        """Add the pages; the last route answers every address that is nobody's with a friendly page."""
        self._passkeys.mount(web)
        Product(self._site).mount(web)
        self._openid.mount(web)
        self._sign_in.mount(web)
        if self._services.outside:
            SignaturePages(self._site, self._services.outside).mount(web)
        if self._services.leavers:
            LeavingPages(self._site, self._services.leavers).mount(web)
        if self._services.demo:
            DemoPages(self._site, self._services.demo).mount(web)
        if self._services.calendar:
            CalendarFeed(self._services.calendar).mount(web)
        web.router.add_get("/static/{name}", ASSETS.serve)
        web.router.add_route("*", "/{tail:.*}", self._site.public(_missing))


async def _missing(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    raise web.HTTPNotFound


class WebPlugin:
    """How the web adapter is found and made."""

    name = "web"
    capabilities = Capabilities(interrupts=False, own_pages=True)
    settings: type[Any] = WebSettings

    def create(self, settings: Any, services: Services) -> Platform:
        """Build the platform; no network traffic."""
        return WebPlatform(settings, services)


PLUGIN = WebPlugin()
