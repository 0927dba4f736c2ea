"""The way to a provider of single sign-on and back. What the browser must bring back rests sealed in a cookie."""

from __future__ import annotations

from dataclasses import asdict

import structlog
from aiohttp import web

from adapters.host import came_from
from adapters.web.base_view import Site
from adapters.web.openid import Begun, NotInGroup, NotVouched, Provider, ProviderAway, ProviderRefused, ProviderSettings
from adapters.web.sessions import Visitor
from adapters.web.sign_in import SignInPages
from adapters.web.tickets import Kind, Ticket, TicketRefused
from bot.ui.sign_in import AnotherAccount, SeveralPeople

LOG = structlog.get_logger(__name__)


class OpenIdPages:
    """The pages of all providers that are configured."""

    def __init__(self, site: Site, sign_in: SignInPages, settings: dict[str, ProviderSettings]) -> None:
        self._site, self._sign_in = site, sign_in
        self.providers = {
            name: Provider(each, self._address(name), site.services.now) for name, each in settings.items()
        }

    def mount(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/sign-in/with/{provider}", self._site.public(self._begin))
        app.router.add_get("/sign-in/with/{provider}/back", self._site.public(self._finish))

    def _address(self, name: str) -> str:
        """Where a provider sends the browser back to; it is registered there by whoever administers it."""
        return f"{self._site.services.public_url}/sign-in/with/{name}/back"

    def _provider(self, request: web.Request) -> Provider:
        provider = self.providers.get(request.match_info["provider"])
        if provider is None:
            raise web.HTTPNotFound
        return provider

    async def _begin(self, request: web.Request, visitor: Visitor) -> web.Response:
        if visitor.actor:
            return await self._site.go(visitor, "/")
        provider = self._provider(request)
        if wait := self._site.failed_attempts.count(came_from(request)):
            return await self._site.too_often(request, visitor, wait)
        try:
            begun = await provider.begin()
        except ProviderAway as away:
            LOG.warning("openid.away", provider=request.match_info["provider"], reason=str(away))
            return await self._in_vain(request, visitor, provider, 503, "web.openid.away")
        response = await self._site.go(visitor, begun.url)
        carried = {name: value for name, value in asdict(begun).items() if name != "url"}
        if request.query.get("remember"):
            carried["remember"] = "1"
        ticket = Ticket(Kind.OPENID, request.match_info["provider"], args=carried)
        self._site.cookies.begin_openid(response, (await self._site.tickets()).seal(ticket, visitor.binding))
        return response

    async def _finish(self, request: web.Request, visitor: Visitor) -> web.Response:
        """A cookie that is missing or of another provider is a stale page: nobody is signed in as somebody unawares."""
        name, provider = request.match_info["provider"], self._provider(request)
        ticket = await self._site.open(self._site.cookies.openid(request), visitor, Kind.OPENID)
        if ticket.key != name:
            raise TicketRefused
        carried = dict(ticket.args)
        remember = bool(carried.pop("remember", ""))
        status, error, email = 403, "web.openid.not_vouched", ""
        try:
            account, doubt = await provider.finish(request.query, Begun("", **carried))
            email, service = account.email, self._site.services.sign_in
            organisation = provider.settings.organisation
            session = await service.vouched(account, organisation, remember=remember) if service else None
            if session is not None:
                self._site.failed_attempts.forgive(came_from(request))
                response = await self._sign_in.let_in(request, visitor, session)
                self._site.cookies.end_openid(response)
                return response
            if doubt:
                LOG.warning("openid.not_vouched", provider=name, reason=doubt)
            else:
                LOG.info("openid.nobody", provider=name)
                error = "web.openid.nobody"
        except SeveralPeople:
            LOG.warning("openid.several", provider=name)
            error = "web.openid.several"
        except AnotherAccount:
            LOG.warning("openid.another_account", provider=name)
            error = "web.openid.another_account"
        except ProviderAway as away:
            LOG.warning("openid.away", provider=name, reason=str(away))
            status, error = 503, "web.openid.away"
        except ProviderRefused as refused:
            LOG.warning("openid.refused", provider=name, reason=str(refused))
            status, error = 502, "web.openid.refused"
        except NotInGroup:
            LOG.warning("openid.not_in_group", provider=name)
            error = "web.openid.not_in_group"
        except NotVouched as refused:
            LOG.warning("openid.not_vouched", provider=name, reason=refused.reason)
        response = await self._in_vain(request, visitor, provider, status, error, email)
        self._site.cookies.end_openid(response)
        return response

    async def _in_vain(
        self, request: web.Request, visitor: Visitor, provider: Provider, status: int, error: str, email: str = ""
    ) -> web.Response:
        values = {"provider": provider.settings.label} | ({"email": email} if email else {})
        return await self._sign_in.page(request, visitor, status, error=error, values=values)
