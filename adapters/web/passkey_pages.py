"""Signing in with a passkey, and a person's own passkeys: make, name, remove.

What a browser is to sign stands in the page that asks, sealed with the moment it was made: it holds for a few minutes,
in this browser, and signs in once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from aiohttp import web

from adapters.host import came_from
from adapters.web import inbound, passkeys
from adapters.web.base_view import Site
from adapters.web.passkeys import NotSigned
from adapters.web.sessions import Visitor
from adapters.web.sign_in import SignInPages
from adapters.web.tickets import Kind, Ticket, TicketRefused

LOG = structlog.get_logger(__name__)
LASTS = timedelta(minutes=10)
"""How long a page's challenge can be signed; the page's script takes a fresh one before that."""
LONGEST_NAME = 40
OWN = "/settings/passkeys"


class PasskeyPages:
    """The pages where passkeys are used and kept."""

    def __init__(self, site: Site, sign_in: SignInPages) -> None:
        self._site, self._sign_in = site, sign_in
        self._home = passkeys.site_of(site.services.public_url)
        sign_in.passkey = self.asked if self._home and site.services.passkeys else None

    def mount(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_post("/sign-in/passkey", self._site.public(self._enter))
        app.router.add_get(OWN, self._site.private(self._own))
        app.router.add_post(f"{OWN}/new", self._site.private(self._make))
        app.router.add_post(f"{OWN}/rename", self._site.private(self._rename))
        app.router.add_post(f"{OWN}/remove", self._site.private(self._remove))

    async def asked(self, visitor: Visitor) -> dict[str, str]:
        """What the page for signing in needs: a ticket, and what the browser is to sign."""
        assert self._home
        challenge = passkeys.challenge()
        return {"ticket": await self._sealed(visitor, challenge), "options": passkeys.to_sign(self._home, challenge)}

    async def _enter(self, request: web.Request, visitor: Visitor) -> web.Response:
        service, home = self._site.services.passkeys, self._home
        if service is None or home is None:
            raise web.HTTPNotFound
        ticket, posted = await self._site.opened(request, visitor, Kind.PASSKEY)
        answer, remember = inbound.text_of(posted, "credential"), bool(inbound.text_of(posted, "remember"))
        try:
            challenge, at = self._opened(ticket)
            credential = passkeys.credential_in(answer)
            held = await service.find(credential)
            if held is None:
                return await self._in_vain(request, visitor, "unknown", "web.passkey.unknown")
            counter = passkeys.signed(home, answer, challenge, held)
        except NotSigned as doubt:
            return await self._in_vain(request, visitor, doubt.reason, "web.passkey.failed")
        session = await service.enter(credential, counter, at, remember=remember)
        if session is None:
            return await self._in_vain(request, visitor, "used", "web.passkey.failed")
        return await self._sign_in.let_in(request, visitor, session)

    async def _in_vain(self, request: web.Request, visitor: Visitor, reason: str, error: str) -> web.Response:
        LOG.info("passkey.refused", reason=reason)
        if wait := self._site.failed_attempts.count(came_from(request)):
            return await self._site.too_often(request, visitor, wait)
        return await self._sign_in.page(request, visitor, 403, error=error)

    async def _own(self, request: web.Request, visitor: Visitor) -> web.Response:
        return await self._page(request, visitor)

    async def _make(self, request: web.Request, visitor: Visitor) -> web.Response:
        assert visitor.actor
        service, home = self._site.services.passkeys, self._home
        if service is None or home is None:
            raise web.HTTPNotFound
        ticket, posted = await self._site.opened(request, visitor, Kind.PASSKEY)
        name = inbound.text_of(posted, "name").strip()
        if not _fits(name):
            return await self._page(request, visitor, 422, error="web.passkey.name_wrong", name=name)
        try:
            challenge, _ = self._opened(ticket)
            made = passkeys.made(home, inbound.text_of(posted, "credential"), challenge, name)
        except NotSigned as doubt:
            LOG.info("passkey.not_made", reason=doubt.reason)
            return await self._page(request, visitor, 422, error="web.passkey.not_made", name=name)
        if not await service.keep(visitor.actor, made):
            return await self._page(request, visitor, 409, error="web.passkey.not_kept", name=name)
        return await self._site.go(visitor, OWN, visitor.words("web.passkey.added"))

    async def _rename(self, request: web.Request, visitor: Visitor) -> web.Response:
        assert visitor.actor
        ticket, posted = await self._site.opened(request, visitor, Kind.PASSKEY)
        name = inbound.text_of(posted, "name").strip()
        if not _fits(name):
            return await self._page(request, visitor, 422, error="web.passkey.name_wrong")
        if self._site.services.passkeys:
            await self._site.services.passkeys.rename(visitor.actor, ticket.key, name)
        return await self._site.go(visitor, OWN, visitor.words("web.passkey.renamed"))

    async def _remove(self, request: web.Request, visitor: Visitor) -> web.Response:
        assert visitor.actor
        ticket, _ = await self._site.opened(request, visitor, Kind.PASSKEY)
        if self._site.services.passkeys:
            await self._site.services.passkeys.remove(visitor.actor, ticket.key)
        return await self._site.go(visitor, OWN, visitor.words("web.passkey.removed"))

    async def _page(
        self, request: web.Request, visitor: Visitor, status: int = 200, *, error: str = "", name: str = ""
    ) -> web.Response:
        service = self._site.services.passkeys
        if service is None or visitor.actor is None:
            raise web.HTTPNotFound
        kept = await service.of(visitor.actor)
        ticket = options = ""
        if self._home:
            challenge = passkeys.challenge()
            around = (
                await self._site.services.addresses.around(visitor.actor, []) if self._site.services.addresses else None
            )
            known_as = (around.name if around else "") or visitor.actor.user
            ticket = await self._sealed(visitor, challenge)
            options = passkeys.to_make(self._home, visitor.actor, known_as, challenge, kept)
        return await self._site.show(
            request,
            visitor,
            "passkeys.html",
            status=status,
            back=OWN,
            after="/settings/browsers",
            place="settings",
            kept=kept,
            ticket=ticket,
            options=options,
            error=error,
            name=name,
            longest=LONGEST_NAME,
        )

    async def _sealed(self, visitor: Visitor, challenge: str) -> str:
        at = self._site.services.now().isoformat()
        ticket = Ticket(Kind.PASSKEY, args={"challenge": challenge, "at": at})
        return (await self._site.tickets()).seal(ticket, visitor.binding)

    def _opened(self, ticket: Ticket) -> tuple[str, datetime]:
        """The challenge that was asked for, and when. Raises TicketRefused, NotSigned."""
        try:
            challenge, at = ticket.args["challenge"], datetime.fromisoformat(ticket.args["at"])
        except (KeyError, ValueError):
            raise TicketRefused from None
        if self._site.services.now() - at > LASTS:
            raise NotSigned("too_late")
        return challenge, at


def _fits(name: str) -> bool:
    return 0 < len(name) <= LONGEST_NAME and name.isprintable()
