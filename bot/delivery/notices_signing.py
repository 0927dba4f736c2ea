"""Notices about signatures under entries of supervision logs."""

from __future__ import annotations

from datetime import date

from bot.app.blocks.notice import notice_card
from bot.app.context import Context
from bot.domain.person import Person
from bot.ports.records import OutboxEntry, SignRequest
from bot.ui.model import Action, Card, Text, line


async def sign_request(ctx: Context, entry: OutboxEntry) -> Card | None:
    """Somebody asks for a signature under entries of their log."""
    request = await ctx.uow.get(SignRequest, entry.subject)
    if request.answered_at:
        return None
    person = await ctx.uow.get(Person, request.person)
    look = Action("log.sign.look", ctx.words("sign.look"), request.id, look="primary", opens=True)
    return notice_card(ctx, "sign_request", look, name=person.name)


async def entries_signed(ctx: Context, entry: OutboxEntry) -> Card | None:
    """So many entries of the reader's log were signed."""
    text = ctx.words.count("notice.entries_signed.text", int(entry.args["count"]))
    return _about_log(ctx, "notice.entries_signed", ctx.words("notice.entries_signed.title"), text)


async def signature_gone(ctx: Context, entry: OutboxEntry) -> Card | None:
    """A signature under an entry of the reader's log was taken back, and of which day the entry is."""
    day = ctx.words.day(date.fromisoformat(entry.args["day"]), year=True)
    text = ctx.words("notice.signature_gone.text", day=day)
    return _about_log(ctx, "notice.signature_gone", ctx.words("notice.signature_gone.title"), text)


def _about_log(ctx: Context, key: str, title: str, text: str) -> Card:
    """One sentence, with the way to the log."""
    return Card(key, title, (Text(line(text)),), (Action("log.open", ctx.words("log.open"), opens=True),), text)
