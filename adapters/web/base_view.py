"""What all pages share: services, door, inbox, templates, and what happens when a request goes wrong."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog
from aiohttp import web

from adapters.host import came_from, log_failure
from adapters.limits import MOST_KEYS, Limit
from adapters.web.demo_bar import demo_bar
from adapters.web.inbound import Posted, posted_by, text_of, texts
from adapters.web.inbox import Inbox
from adapters.web.pages import Frame, Helper, draw, draw_away
from adapters.web.render_context import Sheet, buttons_of
from adapters.web.sessions import SessionCookies, Visitor, accepted_language
from adapters.web.tickets import Kind, Ticket, TicketRefused, Tickets
from bot.log import report
from bot.ports.unit_of_work import StoreUnavailable
from bot.ui.inbound import Actor
from bot.ui.model import Action
from bot.ui.platform import Around, Drawer, MenuEntry, Services
from bot.ui.strings import words

LOG = structlog.get_logger(__name__)

Page = Callable[[web.Request, Visitor], Awaitable[web.StreamResponse]]
PAGES = (600, 60.0, 60.0)
"""Requests a minute of one signed-in browser, and from one address of all browsers that are not: a clinic behind one
address is not shut out by one visitor."""
STEPS = (120, 60.0, 30.0)
"""Forms and buttons a minute of one signed-in browser; what is about a risk is never counted out."""
ASKING = (5, 900.0, 900.0)
"""Sign-in links asked for within a quarter of an hour from one address for one person."""
FAILED_ATTEMPTS = (300, 900.0, 60.0)
"""Links asked for, or tried in vain, from one address: a clinic's Monday morning stays below, and a wait is short."""
LOOKS = (120, 60.0, 60.0)
"""How often a minute one session or link that was made here is looked up while its address has too many requests:
somebody who is signed in there, or holds a good link, gets in. Invented ones are not looked up at all."""
_SECRET = "secret"  # noqa: S105 the name of the drawer's entry


class Site:
    """The parts of the web adapter, made once."""

    def __init__(self, services: Services, notices_kept: timedelta, helpers: frozenset[Helper] = frozenset()) -> None:
        self.helpers = helpers
        self.services = services
        self.cookies = SessionCookies(services)
        self.inbox = Inbox(services.drawer, notices_kept)
        self.pages, self.browsers, self.looks, self.steps = Limit(*PAGES), Limit(*PAGES), Limit(*LOOKS), Limit(*STEPS)
        self.asking, self.failed_attempts = Limit(*ASKING), Limit(*FAILED_ATTEMPTS)
        self._signed_in: OrderedDict[str, Actor] = OrderedDict()
        self._tickets: Tickets | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Work that no answer waits for; a failure is logged, `stop` waits for the rest."""
        task = asyncio.create_task(self._logged(work))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def stop(self) -> None:
        """Finish what is under way."""
        await asyncio.gather(*self._under_way)

    async def _logged(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            report(LOG, "web.later_failed", error)

    async def tickets(self) -> Tickets:
        """The sealer of this installation; its secret is made at the first use and shared by all replicas."""
        if self._tickets is None:
            self._tickets = Tickets(await _installation_secret(self.services.drawer))
        return self._tickets

    async def open(self, text: str, visitor: Visitor, kind: Kind) -> Ticket:
        """The ticket that came back. Raises TicketRefused."""
        return (await self.tickets()).open(text, visitor.binding, kind)

    async def opened(self, request: web.Request, visitor: Visitor, kind: Kind) -> tuple[Ticket, Posted]:
        """The ticket of a posted form, and the form. Raises TicketRefused."""
        posted = await posted_by(request)
        return await self.open(text_of(posted, "ticket"), visitor, kind), posted

    async def show(
        self,
        request: web.Request,
        visitor: Visitor,
        template: str,
        *,
        status: int = 200,
        back: str = "/",
        after: str = "/",
        message: str = "",
        place: str = "",
        **content: Any,
    ) -> web.Response:
        """A page in its frame; a note left by the step before is shown on it, once."""
        around = await self._around(visitor, content)
        who = await self._who(visitor)
        tickets = await self.tickets()
        sheet = Sheet(tickets, visitor.binding, self.services.new_id, back, after, who, around.paths, message)
        note, undo = await self._note(request, visitor)
        unread = await self.inbox.unread(visitor.actor) if visitor.actor else 0
        demo = await demo_bar(self.services, visitor)
        frame = Frame(
            visitor, sheet, place or _place_of(back, around.menu), unread, note, undo, demo, around, self.helpers
        )
        response = draw(template, frame, status=status, https=self.cookies.secure, content=content)
        if self.cookies.note(request):
            self.cookies.take_note(response)
        return response

    async def _around(self, visitor: Visitor, content: Mapping[str, Any]) -> Around:
        """The navigation, and the addresses of every button of what is shown."""
        if visitor.actor is None or self.services.addresses is None:
            return Around("")
        views = [content.get("card"), content.get("form"), *(notice.card for notice in content.get("notices", ()))]
        buttons = [button for view in views if view for button in buttons_of(view)]
        return await self.services.addresses.around(visitor.actor, buttons)

    async def _who(self, visitor: Visitor) -> str:
        actor = visitor.actor
        return (await self.tickets()).token(f"{actor.tenant}:{actor.user}") if actor else ""

    async def go(self, visitor: Visitor, path: str, note: str = "", undo: Action | None = None) -> web.Response:
        """On to another page of ours, with a note to show there, and the button that takes the step back."""
        return await self.leave_note(web.Response(status=303, headers={"Location": path}), visitor, note, undo)

    async def leave_note(
        self, response: web.Response, visitor: Visitor, note: str, undo: Action | None = None
    ) -> web.Response:
        """The response, with a note for the next page if there is one to leave."""
        if note:
            args = {"key": undo.key, "label": undo.label} if undo else {}
            ticket = Ticket(Kind.NOTE, note, undo.subject if undo else "", args)
            self.cookies.leave_note(response, (await self.tickets()).seal(ticket, visitor.binding))
        return response

    def public(self, page: Page) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """A page for anyone, with a friendly answer to whatever goes wrong."""

        async def handler(request: web.Request) -> web.StreamResponse:
            visitor = await self._admitted(request)
            if isinstance(visitor, int):
                return _too_many(visitor)
            response = await self._guarded(page, request, visitor)
            self.cookies.greet(response, visitor)
            return response

        async def answered(request: web.Request) -> web.StreamResponse:
            try:
                return await handler(request)
            except StoreUnavailable:
                return await self._away(request)

        return answered

    async def _away(self, request: web.Request) -> web.Response:
        """Without the database: nobody can be looked up and no page be drawn, but a number can be shown."""
        LOG.warning("web.store_unavailable")
        session = self.cookies.session_of(request)
        actor = self._signed_in.get(hashlib.sha256(session.encode()).hexdigest()) if session else None
        phone = self.services.phone_of(actor) if actor and self.services.phone_of else ""
        typed = texts(await posted_by(request)) if request.method == "POST" else []
        return draw_away(words(accepted_language(request)), https=self.cookies.secure, phone=phone, texts=typed)

    def private(self, page: Page) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """A page for someone who is signed in; others are asked to, and get back what they had typed."""

        async def checked(request: web.Request, visitor: Visitor) -> web.StreamResponse:
            if visitor.actor is not None:
                wait = self.steps.count(visitor.binding) if request.method == "POST" else 0
                if wait and not await self._about_risk(request, visitor):
                    return await self.too_often(request, visitor, wait)
                return await page(request, visitor)
            if request.method == "POST":
                return await self._give_back(request, visitor, 401, "signed_out")
            response = await self.go(visitor, "/sign-in")
            self.cookies.remember(response, request.path)
            return response

        return self.public(checked)

    async def _admitted(self, request: web.Request) -> Visitor | int:
        """Who asks, or the seconds they have to wait: signed-in browsers count by session, all others by address."""
        session = self.cookies.session_of(request)
        key = hashlib.sha256(session.encode()).hexdigest() if session else ""
        if key in self._signed_in:
            wait = self.browsers.count(key)
        elif wait := self.pages.count(came_from(request)):
            # Somebody else's flood at this address keeps out neither who is signed in nor who holds a good link.
            token, service = request.match_info.get("token", ""), self.services.sign_in
            shown = [each for each in (session, token) if each and service and await service.genuine(each)]
            if not shown or self.looks.count(hashlib.sha256(shown[0].encode()).hexdigest()):
                return wait
            visitor = await self.cookies.visitor(request)
            if visitor.actor or (token in shown and service and await service.named(token)):
                return self._noted(visitor, key)
            return wait
        else:
            wait = 0
        return wait or self._noted(await self.cookies.visitor(request), key)

    def _noted(self, visitor: Visitor, key: str) -> Visitor:
        if visitor.actor and key:
            self._signed_in[key] = visitor.actor
            self._signed_in.move_to_end(key)
        else:
            self._signed_in.pop(key, None)
        while len(self._signed_in) > MOST_KEYS:
            self._signed_in.popitem(last=False)
        return visitor

    async def _about_risk(self, request: web.Request, visitor: Visitor) -> bool:
        """Whether a button or form of the risk path was sent: no limit stands before it."""
        sealed = text_of(await posted_by(request), "ticket")
        for kind in (Kind.PRESS, Kind.SUBMIT):
            with suppress(TicketRefused):
                return (await self.open(sealed, visitor, kind)).key.startswith("risk.")
        return False

    async def too_often(self, request: web.Request, visitor: Visitor, wait: int) -> web.Response:
        """The page that asks to wait so many seconds, with the number to call for whoever has one."""
        response = await self._give_back(request, visitor, 429, "too_often", phone=self._phone(visitor))
        response.headers["Retry-After"] = str(wait)
        return response

    def _phone(self, visitor: Visitor) -> str:
        return self.services.phone_of(visitor.actor) if visitor.actor and self.services.phone_of else ""

    async def _guarded(self, page: Page, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        try:
            return await page(request, visitor)
        except TicketRefused:
            return await self._give_back(request, visitor, 403, "stale")
        except web.HTTPRequestEntityTooLarge:
            return await self.show(
                request, visitor, "trouble.html", status=413, what="too_large", texts=[], reference="", phone=""
            )
        except web.HTTPException as error:
            if error.status == web.HTTPNotFound.status_code:
                return await self.show(
                    request, visitor, "trouble.html", status=404, what="missing", texts=[], reference="", phone=""
                )
            raise
        except StoreUnavailable:
            LOG.warning("web.store_unavailable")
            return await self._give_back(request, visitor, 503, "away", phone=self._phone(visitor))
        except Exception as error:  # a page instead of a traceback, and what was typed is not lost
            reference = self.services.new_id("failure")
            log_failure(request, error, reference)
            return await self._give_back(request, visitor, 500, "failed", reference, self._phone(visitor))

    async def _give_back(
        self, request: web.Request, visitor: Visitor, status: int, what: str, reference: str = "", phone: str = ""
    ) -> web.Response:
        typed = texts(await posted_by(request)) if request.method == "POST" else []
        return await self.show(
            request, visitor, "trouble.html", status=status, what=what, texts=typed, reference=reference, phone=phone
        )

    async def _note(self, request: web.Request, visitor: Visitor) -> tuple[str, Action | None]:
        sealed = self.cookies.note(request)
        if not sealed:
            return "", None
        try:
            left = await self.open(sealed, visitor, Kind.NOTE)
        except TicketRefused:
            return "", None
        return left.key, Action(left.args["key"], left.args["label"], left.subject) if left.args else None


def _place_of(path: str, menu: Sequence[MenuEntry]) -> str:
    """The entry of the navigation under which a page lies: the nearest above it, else one that begins alike."""
    parts = path.partition("?")[0].strip("/").split("/")
    entries = [(entry.path.strip("/").split("/"), entry.name) for entry in menu]
    above = [(len(of), name) for of, name in entries if of == parts[: len(of)]]
    alike = [(0, name) for of, name in entries if of[0] == parts[0]]
    return max([*above, *alike], key=lambda found: found[0], default=(0, ""))[1]


async def _installation_secret(drawer: Drawer) -> bytes:
    held = await drawer.get(_SECRET)
    if held is None:
        await drawer.put(_SECRET, secrets.token_bytes(32))
        held = await drawer.get(_SECRET)
    assert held is not None
    return held


def _too_many(wait: int) -> web.Response:
    text = f"Too many requests from here. Please wait {wait} seconds. In an emergency call 112 or your clinic.\n"
    return web.Response(status=429, text=text, headers={"Retry-After": str(wait)})
