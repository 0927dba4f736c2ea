"""The product's pages: home, what a button opens, presses, forms, the command box, notices, kept answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aiohttp import web

from adapters.web import inbound
from adapters.web.answers import address_of, respond
from adapters.web.base_view import Site
from adapters.web.searches import Searches
from adapters.web.sessions import Visitor
from adapters.web.tickets import Kind, Ticket
from bot.ui.inbound import Event, HomeOpened, Invalid, Refused, Say, Show


class Product:
    """Each method answers one route; the visitor is signed in."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._searches = Searches(site.services.drawer)

    def mount(self, app: web.Application) -> None:
        """Add the routes."""
        private = self._site.private
        app.router.add_get("/", private(self._home))
        app.router.add_get("/open", private(self._open))
        app.router.add_post("/press", private(self._press))
        app.router.add_post("/submit", private(self._submit))
        app.router.add_post("/draft", private(self._draft))
        app.router.add_post("/command", private(self._command))
        app.router.add_get("/notices", private(self._notices))
        app.router.add_get("/answer/{id:[A-Za-z0-9_-]+}", private(self._answer))
        app.router.add_get("/found/{id:[A-Za-z0-9_-]+}", private(self._found))
        if self._site.services.addresses:
            roots = "|".join(sorted(self._site.services.addresses.roots))
            app.router.add_get(f"/{{place:(?:{roots})(?:/[A-Za-z0-9._-]+){{0,3}}}}", private(self._place))

    async def _home(self, request: web.Request, visitor: Visitor) -> web.Response:
        assert visitor.actor
        event = HomeOpened(event_id=self._site.services.new_id("event"), actor=visitor.actor)
        outcome = await self._site.services.handle(event)
        if isinstance(outcome, Say):
            return await self._site.show(request, visitor, "card.html", place="home", card=outcome.card)
        return await respond(self._site, request, visitor, visitor.actor, outcome, Ticket(Kind.OPEN))

    async def _open(self, request: web.Request, visitor: Visitor) -> web.Response:
        assert visitor.actor
        ticket = await self._site.open(request.query.get("t", ""), visitor, Kind.OPEN)
        event = inbound.pressed(ticket, visitor.actor, self._site.services.new_id("event"))
        return await self._answered(request, visitor, event, ticket)

    async def _place(self, request: web.Request, visitor: Visitor) -> web.Response:
        """What lies at an address, as it is today."""
        services = self._site.services
        assert visitor.actor
        assert services.addresses
        place = await services.addresses.place(visitor.actor, request.path)
        if place is None:
            raise web.HTTPNotFound
        ticket = Ticket(Kind.OPEN, place.key, place.subject, dict(request.query), back=place.up)
        event = inbound.pressed(ticket, visitor.actor, services.new_id("event"))
        return await self._answered(request, visitor, event, ticket)

    async def _press(self, request: web.Request, visitor: Visitor) -> web.Response:
        assert visitor.actor
        ticket, posted = await self._site.opened(request, visitor, Kind.PRESS)
        event = inbound.pressed(ticket, visitor.actor)
        confirmed = not ticket.ask or bool(inbound.text_of(posted, "confirmed"))
        refused = self._site.services.would_refuse
        if not confirmed and not (refused and await refused(event)):
            return await self._site.show(
                request, visitor, "confirm.html", ask=ticket.ask, ticket=ticket, after=ticket.back
            )
        return await self._answered(request, visitor, event, ticket)

    async def _submit(self, request: web.Request, visitor: Visitor) -> web.Response:
        assert visitor.actor
        ticket, posted = await self._site.opened(request, visitor, Kind.SUBMIT)
        outcome = await self._site.services.handle(inbound.submitted(ticket, visitor.actor, posted))
        if isinstance(outcome, Show | Invalid) and outcome.form.aside and not address_of(self._site, outcome.form):
            services = self._site.services
            name = services.new_id("search")
            if await self._searches.keep(visitor.actor, name, ticket, posted, services.now()):
                return await self._site.go(visitor, f"/found/{name}")
        return await respond(self._site, request, visitor, visitor.actor, outcome, ticket)

    async def _found(self, request: web.Request, visitor: Visitor) -> web.Response:
        """What a search finds today; where it is forgotten, the start page."""
        assert visitor.actor
        kept = await self._searches.find(visitor.actor, request.match_info["id"])
        if kept is None:
            return await self._site.go(visitor, "/")
        ticket, posted = replace(kept[0], event=self._site.services.new_id("event")), kept[1]
        return await self._answered(request, visitor, inbound.submitted(ticket, visitor.actor, posted), ticket)

    async def _draft(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Keep what stands in a form; the answer is for our script."""
        assert visitor.actor
        services = self._site.services
        ticket, posted = await self._site.opened(request, visitor, Kind.SUBMIT)
        if services.keep is None:
            raise web.HTTPNotFound
        held = await services.keep(inbound.half_written(ticket, visitor.actor, posted, services.new_id("event")))
        if isinstance(held, Refused):
            return _json({"said": held.text}, status=409)
        replaced = {name: inbound.in_utf16(posted, name, found) for name, found in held.replaced.items()}
        return _json({"name": held.name, "said": held.said, "apart": held.apart, "replaced": replaced})

    async def _command(self, request: web.Request, visitor: Visitor) -> web.Response:
        assert visitor.actor
        ticket, posted = await self._site.opened(request, visitor, Kind.COMMAND)
        text, addresses = inbound.text_of(posted, "command").strip(), self._site.services.addresses
        if addresses and not text.startswith("/"):
            match await addresses.find(visitor.actor, text):
                case [one]:
                    return await self._site.go(visitor, one.path)
                case [_, _, *_] as several:
                    return await self._site.show(request, visitor, "found.html", found=several)
        event = inbound.typed(ticket, visitor.actor, posted)
        outcome = await self._site.services.handle(event)
        if isinstance(outcome, Say) and not event.text and addresses and (path := addresses.shown(outcome.card)):
            return await self._site.go(visitor, path)
        return await respond(self._site, request, visitor, event.actor, outcome, ticket)

    async def _answered(self, request: web.Request, visitor: Visitor, event: Event, ticket: Ticket) -> web.Response:
        outcome = await self._site.services.handle(event)
        return await respond(self._site, request, visitor, event.actor, outcome, ticket)

    async def _notices(self, request: web.Request, visitor: Visitor) -> web.Response:
        assert visitor.actor
        notices, older = await self._site.inbox.page(visitor.actor, request.query.get("before", ""))
        response = await self._site.show(
            request, visitor, "notices.html", place="notices", back="/notices", notices=notices, older=older
        )
        await self._site.inbox.mark_read(visitor.actor, [n.id for n in notices if n.unread])
        return response

    async def _answer(self, request: web.Request, visitor: Visitor) -> web.Response:
        assert visitor.actor
        answer_id = request.match_info["id"]
        answer = await self._site.inbox.answer(visitor.actor, answer_id)
        if answer is None:
            return await self._site.go(visitor, "/")
        return await self._site.show(
            request,
            visitor,
            "card.html",
            card=answer.card,
            back=request.path,
            after=answer.back,
            message=f"answer/{answer_id}",
        )


def _json(content: dict[str, Any], status: int = 200) -> web.Response:
    return web.json_response(content, status=status, headers={"Cache-Control": "no-store"})
