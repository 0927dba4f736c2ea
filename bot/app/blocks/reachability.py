"""Who of a group cannot be reached, since when, and what a supervisor can do about it."""

from __future__ import annotations

from bot.app.context import Context
from bot.app.facts.permissions import members
from bot.app.facts.reachability import Reachability, reachability_of
from bot.domain.organisation import Group
from bot.domain.person import Reach, Role
from bot.ui.model import CardBlock, Items, Notice, Text, Tone, line, muted, strong

MOST = 12
"""So many people are named; of more the rest is counted."""


async def reach_blocks(ctx: Context, group: Group) -> list[CardBlock]:
    """Empty while messages come to everybody who takes part."""
    w = ctx.words
    people = [p for p in await members(ctx, group) if p.has(Role.THERAPIST, Role.SUPERVISOR)]
    states = await reachability_of(ctx, people)
    lost = [states[p.id] for p in people if not states[p.id].reached]
    silent = [states[p.id] for p in people if states[p.id].reach is Reach.NOT_ANSWERING]
    blocks: list[CardBlock] = []
    if lost:
        names = w.listing([each.person.name for each in lost[:MOST]])
        told = w.count("reach.notice", len(lost), of=len(people), names=names)
        kinds = dict.fromkeys(each.reach for each in lost)
        blocks.append(Notice(Tone.WARN, line(told)))
        blocks.append(Items(tuple(line(strong(e.person.name), " · ", reach_words(ctx, e)) for e in lost[:MOST])))
        blocks += [Text(line(muted(w(f"reach.do.{kind.value}")))) for kind in kinds]
    if silent:
        names = w.listing([each.person.name for each in silent[:MOST]])
        blocks.append(Text(line(muted(w("reach.do.not_answering", names=names)))))
    return blocks


def reach_words(ctx: Context, each: Reachability) -> str:
    """A person's state and since when, to the day."""
    state = ctx.words(f"reach.{each.reach.value}")
    if each.since is None:
        return state
    return ctx.words("reach.since", state=state, day=ctx.words.day(each.since.astimezone(ctx.zone).date()))
