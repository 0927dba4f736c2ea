"""From an outcome to a response; the closed set of `bot.ui.inbound.Outcome`, drawn for a browser."""

from __future__ import annotations

from typing import assert_never
from urllib.parse import quote

from aiohttp import web

from adapters.web.base_view import Site
from adapters.web.inbound import posted_by, texts
from adapters.web.inbox import Answer
from adapters.web.sessions import Visitor
from adapters.web.tickets import Ticket
from bot.ui.inbound import Actor, Done, Hand, Invalid, Outcome, Refused, Say, Show
from bot.ui.model import Action, Card, Document, Form


async def respond(
    site: Site, request: web.Request, visitor: Visitor, actor: Actor, outcome: Outcome, ticket: Ticket
) -> web.Response:
    """What the browser gets.

    What was asked with GET is drawn in place. After a POST, cards, notes and the preview of a text are shown by a
    redirect, so that going back or reloading repeats nothing; any other form is drawn at once, because it may hold
    text that has no address.
    """
    asked = request.method == "GET"
    match outcome:
        case Show(form) if not asked and (path := address_of(site, form)):
            return await site.go(visitor, path)
        case Show(form) | Invalid(form):
            back = request.path_qs if asked else ticket.back
            status = 422 if isinstance(outcome, Invalid) else 200
            return await site.show(
                request,
                visitor,
                "form.html",
                status=status,
                form=form,
                back=back,
                after=ticket.back,
                message=ticket.message,
            )
        case Say(card) if asked:
            return await site.show(request, visitor, "card.html", card=card, back=request.path_qs, after=ticket.back)
        case Say(card):
            return await _answer_page(site, visitor, actor, card, ticket)
        case Refused(_, text):
            if asked and site.cookies.note(request):
                # The page a button was pressed on is gone now; its note is shown where it was opened from.
                return await site.go(visitor, ticket.back)
            typed = [] if asked else texts(await posted_by(request))
            return await site.show(
                request, visitor, "refused.html", status=403, text=text, texts=typed, after=ticket.back
            )
        case Done(note, card):
            return await _done(site, visitor, actor, note, card, ticket)
        case Hand(document, note):
            response = download(document)
            return await site.leave_note(response, visitor, note)
        case _:
            assert_never(outcome)


def address_of(site: Site, view: Card | Form) -> str:
    """The address under which a page is shown again; "" where it has none."""
    addresses = site.services.addresses
    return addresses.shown(view) if addresses else ""


async def _answer_page(site: Site, visitor: Visitor, actor: Actor, card: Card, ticket: Ticket) -> web.Response:
    answer_id = site.services.new_id("answer")
    back = await _fresh(site, actor, ticket.back)
    await site.inbox.keep_answer(actor, answer_id, Answer(card, back), site.services.now())
    return await site.go(visitor, f"/answer/{answer_id}")


async def _done(
    site: Site, visitor: Visitor, actor: Actor, note: str, card: Card | None, ticket: Ticket
) -> web.Response:
    if card is not None and ticket.message:
        await site.inbox.replace(actor, ticket.message, card, site.services.now())
        if ticket.message.startswith("answer/"):
            return await site.go(visitor, f"/{ticket.message}", note)
    return await site.go(visitor, await _fresh(site, actor, ticket.back), note, _undo(card))


_TAKES_BACK = (".undo", ".publish.back")


def _undo(card: Card | None) -> Action | None:
    """What a step's answer offers to take it back with: the page it was made from shows it beside the note."""
    actions = card.actions if card else ()
    return next((each for each in actions if each.key.endswith(_TAKES_BACK) and not each.confirm), None)


async def _fresh(site: Site, actor: Actor, back: str) -> str:
    """The path to return to; an answer is a picture of a past moment, so the page it was asked from instead."""
    if not back.startswith("/answer/"):
        return back
    answer = await site.inbox.answer(actor, back.removeprefix("/answer/"))
    return answer.back if answer else "/"


def download(document: Document) -> web.Response:
    """A file to be saved, kept by no cache."""
    ascii_name = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in document.name)
    disposition = f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(document.name, safe='')}"
    return web.Response(
        body=document.content,
        headers={
            "Content-Type": document.content_type,
            "Content-Disposition": disposition,
            "Cache-Control": "no-store",
        },
    )
