"""Practising the risk alert from the page or a chat: begun by a supervisor, answered by whoever is on duty."""

from __future__ import annotations

from bot.app.context import Context
from bot.app.risk.notices import spoken
from bot.app.steps import drills
from bot.app.steps.shown_anew import changed
from bot.domain.organisation import Clinic
from bot.ports.records import Audited
from bot.ui.inbound import ActionPressed, Done, Outcome


async def begin(ctx: Context, event: ActionPressed) -> Outcome:
    """Send the drill now; whoever began it hears who answered, or that nobody did."""
    clinic = await ctx.uow.get(Clinic, event.subject)
    last = await drills.latest(ctx, clinic.id)
    if last and ctx.now - last.begun.at < drills.APART:
        return Done(ctx.words("risk.drill_under_way"))
    people = await drills.practise(ctx, clinic, ctx.tools.ids.new("drill"))
    await ctx.uow.audit(Audited.ALERT_DRILL, ctx.me.id, clinic.id, ctx.now)
    await changed(ctx, clinic.id, "drill_due")
    return Done(ctx.words("risk.drill_sent", names=ctx.words.listing([person.name for person in people])))


async def heard(ctx: Context, event: ActionPressed) -> Outcome:
    """The drill arrived, and the telephone was heard."""
    seconds = await drills.hear(ctx, ctx.me, await ctx.uow.get(Clinic, event.subject))
    return Done(ctx.words("risk.drill_answered", time=spoken(ctx.words, seconds)))
