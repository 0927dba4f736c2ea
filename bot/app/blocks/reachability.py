"""Who of a group cannot be reached, since when, and what a supervisor can do about it."""

from __future__ import annotations

from datetime import datetime

from bot.app.context import Context
from bot.app.facts.permissions import members
from bot.app.facts.reachability import Reachability, reachability_of
from bot.domain.organisation import Group
from bot.domain.person import Reach, Role
from bot.ui.model import CardBlock, Items, Line, Notice, Text, Tone, line, muted, strong
from bot.ui.strings import Words

MOST = 12
"""So many people are named; of more the rest is counted."""


async def reach_blocks(ctx: Context, group: Group) -> list[CardBlock]:
    """Empty while messages come to everybody who takes part."""
    w = ctx.words
    people = [p for p in await members(ctx, group) if p.has(Role.THERAPIST, Role.SUPERVISOR)]
    states = await reachability_of(ctx, people)
    lost = [states[p.id] for p in people if not states[p.id].reached]
    blocks: list[CardBlock] = []
    if lost:
        names = w.listing([each.person.name for each in lost[:MOST]])
        told = w.count("reach.notice", len(lost), of=len(people), names=names)
        kinds = dict.fromkeys(each.reach for each in lost)
        blocks.append(Notice(Tone.WARN, line(told)))
        blocks.append(Items(tuple(line(strong(e.person.name), " · ", reach_words(ctx, e)) for e in lost[:MOST])))
        blocks += [Text(line(muted(w(f"reach.do.{kind.value}")))) for kind in kinds]
    for kind in (Reach.NOT_ANSWERING, Reach.NO_CONNECTION):
        silent = [states[p.id] for p in people if states[p.id].reach is kind]
        if silent:
            names = w.listing([each.person.name for each in silent[:MOST]])
            blocks.append(Text(line(muted(w(f"reach.do.{kind.value}", names=names)))))
            blocks.append(Items(tuple(line(strong(e.person.name), " · ", reach_words(ctx, e)) for e in silent[:MOST])))
    return blocks


def address_rows(ctx: Context, each: Reachability) -> list[tuple[str, Line]]:
    """Each address of a person with its own state, where there are several or they differ from the person's."""
    if len(each.addresses) < 2 and all(address.reach is each.reach for address in each.addresses):
        return []
    named = [(platform_name(ctx.words, a.contact.platform), a.reach, a.since) for a in each.addresses]
    return [(name, line(_state(ctx, reach, since))) for name, reach, since in named]


def platform_name(w: Words, platform: str) -> str:
    """What a platform is called; its own catalogue says so, so that a new one brings its name along."""
    key = f"{platform}.name"
    return w(key) if w.has(key) else platform.capitalize()


def reach_words(ctx: Context, each: Reachability) -> str:
    """A person's state and since when, to the day."""
    return _state(ctx, each.reach, each.since)


def _state(ctx: Context, reach: Reach, since: datetime | None) -> str:
    state = ctx.words(f"reach.{reach.value}")
    if since is None:
        return state
    return ctx.words("reach.since", state=state, day=ctx.words.day(since.astimezone(ctx.zone).date()))
