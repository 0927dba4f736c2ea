"""The page on which somebody without an account signs entries of a supervision log, by the link they were given."""

from __future__ import annotations

from aiohttp import web

from adapters.host import came_from
from adapters.web import inbound
from adapters.web.base_view import Site
from adapters.web.sessions import Visitor
from adapters.web.tickets import Kind
from bot.errors import Refusal
from bot.ui.sign_in import OutsideAsked, OutsideSignatures

_LONGEST = 200


class SignaturePages:
    """Shows the entries, takes the signature, and takes it back."""

    def __init__(self, site: Site, service: OutsideSignatures) -> None:
        self._site, self._service = site, service

    def mount(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/sign/{token}", self._site.public(self._ask))
        app.router.add_post("/sign/{token}", self._site.public(self._sign))
        app.router.add_post("/sign/{token}/back", self._site.public(self._back))

    async def _ask(self, request: web.Request, visitor: Visitor) -> web.Response:
        return await self._page(request, visitor)

    async def _sign(self, request: web.Request, visitor: Visitor) -> web.Response:
        _, posted = await self._site.opened(request, visitor, Kind.SIGNATURE)
        picked = posted.getall("entry", [])
        typed = {name: " ".join(inbound.text_of(posted, name).split()) for name in ("name", "qualification")}
        wrong = {name for name, text in typed.items() if not text or len(text) > _LONGEST or not text.isprintable()}
        wrong |= set() if picked else {"entry"}
        if wrong:
            return await self._page(request, visitor, 422, wrong=wrong, typed=typed, picked=picked)
        token = request.match_info["token"]
        try:
            signed = await self._service.sign(token, picked, typed["name"], typed["qualification"])
        except Refusal as refusal:
            if refusal.key != "cannot_sign_own_entry":
                raise
            return await self._page(request, visitor, 422, wrong={"own_name"}, typed=typed, picked=picked)
        return await self._page(request, visitor, said="web.signature.done" if signed else "web.signature.nothing")

    async def _back(self, request: web.Request, visitor: Visitor) -> web.Response:
        await self._site.opened(request, visitor, Kind.SIGNATURE)
        gone = await self._service.take_back(request.match_info["token"])
        return await self._page(request, visitor, said="web.signature.gone" if gone else "web.signature.nothing")

    async def _page(
        self,
        request: web.Request,
        visitor: Visitor,
        status: int = 200,
        *,
        wrong: set[str] | None = None,
        typed: dict[str, str] | None = None,
        picked: list[str] | None = None,
        said: str = "",
    ) -> web.Response:
        asked = await self._service.asked(request.match_info["token"], visitor.words.language)
        if asked is None:
            if wait := self._site.failed_attempts.count(came_from(request)):
                return await self._site.too_often(request, visitor, wait)
            asked, status = OutsideAsked("", (), ()), 404
        return await self._site.show(
            request, visitor, "signature.html", status=status, asked=asked, token=request.match_info["token"],
            wrong=wrong or set(), typed=typed or {}, picked=picked, said=said, longest=_LONGEST,
        )  # fmt: skip
