"""Signing in and out. A link's page only shows a button: programs that look ahead do not use the link up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from aiohttp import web

from adapters.host import came_from
from adapters.web import inbound
from adapters.web.base_view import Site
from adapters.web.sessions import Visitor, accepted_language
from adapters.web.tickets import Kind
from bot.ui.inbound import Arrived, Profile
from bot.ui.sign_in import CodeWrong

_LONGEST_EMAIL = 254


class SignInPages:
    """The pages for people who are not signed in, and the way out."""

    def __init__(self, site: Site, providers: Mapping[str, str]) -> None:
        """`providers` of single sign-on: what people know each by, by its name in the configuration."""
        self._site, self._providers = site, providers
        self.passkey: Callable[[Visitor], Awaitable[dict[str, str]]] | None = None

    def mount(self, app: web.Application) -> None:
        """Add the routes."""
        public = self._site.public
        app.router.add_get("/sign-in", public(self._ask))
        app.router.add_post("/sign-in", public(self._request))
        app.router.add_get("/sign-in/{token}", public(self._link))
        app.router.add_post("/sign-in/{token}", public(self._redeem))
        app.router.add_post("/sign-out", public(self._leave))

    async def _ask(self, request: web.Request, visitor: Visitor) -> web.Response:
        if visitor.actor:
            return await self._site.go(visitor, "/")
        return await self.page(request, visitor)

    async def _request(self, request: web.Request, visitor: Visitor) -> web.Response:
        _, posted = await self._site.opened(request, visitor, Kind.SIGN_IN)
        email = inbound.text_of(posted, "email").strip()
        if not self._looks_right(email):
            return await self.page(request, visitor, 422, email=email, error="web.sign_in.email_wrong")
        address = came_from(request)
        if wait := self._site.failed_attempts.count(address) or self._site.asking.count(
            f"{address} {email.casefold()}"
        ):
            return await self._site.too_often(request, visitor, wait)
        service, browser = self._site.services.sign_in, self._site.cookies.asking(request)
        if service:
            # Not waited for: a known address takes longer, and who measures that would learn who has an account.
            self._site.later(service.request(email, browser))
        names = [visitor.words(f"{name}.name") for name in self._site.services.carriers]
        code = service.code_of(browser) if service else ""
        return await self._site.show(request, visitor, "sign_in_sent.html", carriers=names, code=code)

    async def _link(self, request: web.Request, visitor: Visitor) -> web.Response:
        return await self._before_link(request, visitor)

    async def _before_link(self, request: web.Request, visitor: Visitor, error: str = "") -> web.Response:
        """Whose link it is stands on the page: a link from somebody else must not sign anybody in unawares."""
        token, service = request.match_info["token"], self._site.services.sign_in
        link = await service.named(token, self._site.cookies.asking(request)) if service else None
        if link is None:
            return await self._in_vain(request, visitor)
        status = 422 if error else 200
        return await self._site.show(
            request, visitor, "sign_in_link.html", status=status, token=token, link=link, error=error
        )

    async def _redeem(self, request: web.Request, visitor: Visitor) -> web.Response:
        _, posted = await self._site.opened(request, visitor, Kind.SIGN_IN)
        service, remember = self._site.services.sign_in, bool(inbound.text_of(posted, "remember"))
        token, browser = request.match_info["token"], self._site.cookies.asking(request)
        try:
            code = inbound.text_of(posted, "code")
            session = await service.redeem(token, browser, code, remember=remember) if service else None
        except CodeWrong:
            return await self._before_link(request, visitor, "web.sign_in.code_wrong")
        if session:
            self._site.failed_attempts.forgive(came_from(request))
        return await self.let_in(request, visitor, session) if session else await self._in_vain(request, visitor)

    async def let_in(self, request: web.Request, visitor: Visitor, session: str) -> web.Response:
        """On to the page that was asked for, signed in."""
        service = self._site.services.sign_in
        holder = await service.holder(session) if service else None
        if holder is None:
            return await self._in_vain(request, visitor)
        profile = Profile(language=accepted_language(request))
        event_id = self._site.services.new_id("event")
        await self._site.services.handle(Arrived(event_id=event_id, actor=holder.actor, profile=profile))
        response = await self._site.go(visitor, self._site.cookies.wanted(request))
        self._site.cookies.forget_wanted(response)
        self._site.cookies.let_in(response, session, holder.remember_seconds)
        return response

    async def _in_vain(self, request: web.Request, visitor: Visitor) -> web.Response:
        """A link that signs nobody in. Only these count: a good one is never refused.

        Who is signed in already, as after a second press of the same link, is shown their own page.
        """
        if wait := self._site.failed_attempts.count(came_from(request)):
            return await self._site.too_often(request, visitor, wait)
        if visitor.actor:
            return await self._site.go(visitor, "/")
        return await self.page(request, visitor, 403, error="web.sign_in.link_used")

    async def _leave(self, request: web.Request, visitor: Visitor) -> web.Response:
        await self._site.opened(request, visitor, Kind.SIGN_OUT)
        session = self._site.cookies.session_of(request)
        if session and self._site.services.sign_in:
            await self._site.services.sign_in.end(session)
        response = await self._site.go(visitor, "/sign-in")
        self._site.cookies.let_out(response)
        return response

    async def page(
        self,
        request: web.Request,
        visitor: Visitor,
        status: int = 200,
        *,
        email: str = "",
        error: str = "",
        values: Mapping[str, str] = MappingProxyType({}),
    ) -> web.Response:
        """The ways in; `error` is the key of a sentence with its `values`."""
        service = self._site.services.sign_in
        passkey = await self.passkey(visitor) if self.passkey and not self._site.services.demo else None
        return await self._site.show(
            request,
            visitor,
            "sign_in.html",
            status=status,
            email=email,
            error=error,
            values=values,
            carried=bool(self._site.services.carriers),
            providers=self._providers,
            passkey=passkey,
            remember_days=await service.remembered_days() if service and (passkey or self._providers) else 0,
        )

    @staticmethod
    def _looks_right(email: str) -> bool:
        name, _, host = email.rpartition("@")
        return bool(name and host) and len(email) <= _LONGEST_EMAIL and email.isprintable() and " " not in email
