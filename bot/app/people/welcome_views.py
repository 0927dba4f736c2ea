"""The welcome, and an invented case that shows in four steps how a round goes."""

from __future__ import annotations

from bot.app.context import Context
from bot.app.facts.permissions import groups_of, members, supervisors_of
from bot.domain.organisation import Group, Organisation
from bot.domain.person import Role
from bot.domain.policy import Anonymity
from bot.domain.round import Round
from bot.ports.records import OutboxEntry, SeriesEntry
from bot.ui.model import Action, Card, Form, FormBlock, Heading, Notice, Text, Tone, line, muted

STEPS = 4


async def welcome_card(ctx: Context, entry: OutboxEntry) -> Card | None:
    """Who set this up, with whom, what happens next and when, how anonymity works; nothing without a group."""
    groups = await groups_of(ctx, ctx.me)
    if not groups:
        return None
    w, group = ctx.words, groups[0]
    organisation = await ctx.uow.get(Organisation, ctx.uow.organisation)
    others = len([person for person in await members(ctx, group) if person.id != ctx.me.id])
    text = w.count("notice.welcome.text", others, organisation=organisation.name, group=group.name)
    named = [person.name for person in await supervisors_of(ctx, group) if person.id != ctx.me.id]
    open_ = (await ctx.policy(group)).anonymity is Anonymity.OPEN
    body = (
        Text(line(text)),
        Text(line(w("welcome.what"))),
        *((Text(line(w("welcome.supervision", names=w.listing(named)))),) if named else ()),
        Text(line(await _next(ctx, group))),
        Text(line(w("welcome.named" if open_ else "welcome.anonymous"))),
    )
    actions = (
        Action("example.show", w("example.open"), look="primary", opens=True),
        Action("settings.open", w("welcome.settings"), opens=True),
    )
    return Card("notice.welcome", w("notice.welcome.title"), body, actions, text)


async def _next(ctx: Context, group: Group) -> str:
    """What happens next, with its day where it is known."""
    w = ctx.words
    rounds = await ctx.uow.find(
        Round, group=group.id, published_at=None, closed_at=None, cancelled_at=None, order=("publish_at",)
    )
    if rounds:
        return w("welcome.next.round", moment=w.moment(rounds[0].publish_at, ctx.me.timezone))
    planned = await ctx.uow.find(SeriesEntry, group=group.id, ended_at=None, next_at__not=None, order=("next_at",))
    if planned and planned[0].next_at:
        return w("welcome.next.series", day=w.day(planned[0].next_at.astimezone(ctx.zone).date()))
    return w("welcome.next.supervisor" if ctx.me.has(Role.SUPERVISOR) else "welcome.next.first")


def example_form(ctx: Context, step: int) -> Form:
    """One step of the invented case; the last one leads nowhere else."""
    w = ctx.words
    body: list[FormBlock] = [
        Notice(Tone.INFO, line(w("example.invented"))),
        Heading(w(f"example.heading.{step}")),
        *(Text(line(part)) for part in w(f"example.text.{step}").split("\n")),
        Text(line(muted(w(f"example.note.{step}")))),
    ]
    args = {"step": str(step + 1)}
    following = (Action("example.show", w("example.next"), args=args, look="primary", opens=True),)
    state = {"step": str(step)}
    return Form("example", w("example.title"), "", state, tuple(body), actions=following if step < STEPS else ())
