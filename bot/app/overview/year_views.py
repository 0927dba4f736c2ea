"""A group's year ahead: the thin rounds before they come, who will miss what, and the one change that helps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.app.context import Context
from bot.app.facts.forecast_input import Outlook, outlook_of
from bot.app.steps.coming_rounds import coming_rounds, has_series
from bot.app.steps.render_worker import made
from bot.domain.organisation import Group
from bot.rotation.forecast import Missed, Played
from bot.ui.model import Action, Buttons, Card, CardBlock, Heading, Items, Notice, Row, Text, Tone, line, muted, strong


async def year_card(ctx: Context, group: Group) -> Card:
    """Rounds of the coming year in which too few are there, targets the plan itself will miss, and what would help."""
    w = ctx.words
    days = await coming_rounds(ctx, group)
    outlook = await made(await outlook_of(ctx, group, days))
    thin = [played for played in outlook.plan.rounds if played.thin]
    title = w("year.title", group=group.name)
    blocks: list[CardBlock] = await _unplanned(ctx, group, days)
    blocks += [Text(line(w("year.about", rounds=len(days)))), Heading(w("year.thin"))]
    enough = (
        Text(line(w("year.enough_and_missed"))) if outlook.plan.missed else Notice(Tone.OK, line(w("year.none_thin")))
    )
    blocks += [_row(ctx, played) for played in thin] or [enough]
    blocks.append(Heading(w("year.missed")))
    missed = [line(_missed(ctx, outlook, each)) for each in outlook.plan.missed]
    blocks.append(Items(tuple(missed)) if missed else Notice(Tone.OK, line(w("year.none_missed"))))
    if missed:
        blocks.append(Heading(w("year.helps")))
        helps = [line(_helps(ctx, outlook, name)) for name, _ in outlook.helps]
        blocks.append(Items(tuple(helps)) if helps else Text(line(w("year.nothing_helps"))))
    blocks.append(Text(line(muted(w("year.unknown")))))
    return Card("overview.year", title, tuple(blocks), summary=title)


async def _unplanned(ctx: Context, group: Group, days: Sequence[date]) -> list[CardBlock]:
    """That nobody has planned what is played, and the way to plan it."""
    if not days or await has_series(ctx, group):
        return []
    w, weeks = ctx.words, (await ctx.policy(group)).cadence_weeks
    day = w.day(days[0], year=True)
    told = w("year.unplanned.weekly", day=day) if weeks == 1 else w("year.unplanned", weeks=weeks, day=day)
    return [Notice(Tone.INFO, line(told)), Buttons((Action("series.new", w("series.new"), opens=True),))]


def _row(ctx: Context, played: Played) -> Row:
    w = ctx.words
    told = w("year.row", present=played.present, members=played.members, cases=played.cases, wanted=played.wanted)
    return Row(line(strong(w.day(played.day, year=True))), line(told))


def _missed(ctx: Context, outlook: Outlook, each: Missed) -> str:
    w = ctx.words
    what = w("rhythm.own_case" if each.own_case else "rhythm.any_event")
    return w("year.misses", name=outlook.people[each.person].name, what=what, days=each.days, allowed=each.allowed)


def _helps(ctx: Context, outlook: Outlook, name: str) -> str:
    left = len(dict(outlook.helps)[name].missed)
    change = ctx.words(f"year.change.{name}", n=outlook.policy.reviewers_per_case - 1)
    return ctx.words("year.help", change=change, left=left, of=len(outlook.plan.missed))
