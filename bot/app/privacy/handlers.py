"""What data-protection officers read, and what everybody may have of their own data."""

from __future__ import annotations

from bot.app.context import Context
from bot.app.privacy.views import audit_card, looked_card
from bot.app.steps.access_request import export_person
from bot.errors import Refusal
from bot.ports.records import Audited
from bot.ui.inbound import ActionPressed, Hand, Outcome, Say
from bot.ui.model import Document


class OnlyOnTheWeb(Refusal):
    """A file with texts is handed out by our own pages only: a chat would keep a copy of it."""


async def my_data(ctx: Context, event: ActionPressed) -> Outcome:
    """Everything about the person who asks, with the texts they wrote; others stay as hidden as they were."""
    if not ctx.tools.own_pages(event.actor.platform):
        raise OnlyOnTheWeb(url=ctx.tools.public_url)
    content = await export_person(ctx, ctx.me, texts=True)
    await ctx.uow.audit(Audited.EXPORTED, ctx.me.id, ctx.me.id, ctx.now)
    name = f"intervision-{ctx.my_today.isoformat()}.json"
    return Hand(Document(name, "application/json", content), ctx.words("privacy.mine.note"))


async def who_looked(ctx: Context, event: ActionPressed) -> Outcome:
    """Everybody who looked the person up, opened a text of theirs, exported their data, or could act as them."""
    return Say(await looked_card(ctx))


async def open_audit(ctx: Context, event: ActionPressed) -> Outcome:
    """Check the trail and show its latest lines; reading it is a line of its own."""
    faults = await ctx.uow.audit_faults()
    await ctx.uow.audit(Audited.TRAIL_READ, ctx.me.id, ctx.uow.organisation, ctx.now)
    return Say(await audit_card(ctx, faults))
