"""How the machinery stands for one organisation: queue, next steps, programs at work, and what did not arrive.

A message is named by its recipient and its urgency only: the kind of a notice can give away who presented one. Counts
end at last midnight, but for what is late: a number that moves tells in which minute somebody was told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from bot.app.blocks.reachability import reach_words
from bot.app.context import Context
from bot.app.facts.reachability import reachability_of, surely_reached
from bot.domain.calendar import wall_time
from bot.domain.person import Person
from bot.ports.records import OutboxEntry, Timer
from bot.reports.periods import Quarter
from bot.ui.model import (
    Action,
    Buttons,
    Card,
    CardBlock,
    Confirm,
    Facts,
    Heading,
    Line,
    Notice,
    Row,
    Text,
    Tone,
    line,
    muted,
    strong,
)

ALIVE = timedelta(seconds=45)
"""A program not seen for so long counts as gone; they give a sign of life every ten seconds."""
RECENT = timedelta(days=7)
LATE = timedelta(minutes=5)
MOST = 20
ON_HOME = 5
NO_ADDRESS = frozenset({"no_contact", "gone"})
"""Failures of messages whose person has no address: sending again changes nothing before somebody gives them one."""
STEPS = 5
STEPS_BY_NAME = {
    "round.ask": "round_ask",
    "round.plan": "round_plan",
    "round.publish": "round_publish",
    "series.open": "series_open",
    "leave.begins": "leave_begins",
    "leave.returns": "leave_returns",
}
"""Timers (`bot.app.timers`) that are shown and the name of their words: those of a case follow its presenter's days."""


async def operations_card(ctx: Context) -> Card:
    """The card; every number is counted now."""
    w = ctx.words
    open_ = {"sent_at": None, "failed_at": None, "dropped_at": None}
    wanted = await ctx.uow.find(
        OutboxEntry, wanted_at__le=ctx.now, order=("wanted_at",), limit=1, uncertain_at=None, **open_
    )
    behind = bool(wanted) and ctx.now - wanted[0].wanted > LATE
    replicas = await ctx.uow.replicas(ctx.now - ALIVE)
    rows = [*await _punctuality(ctx), *await _invitations(ctx)]
    if ctx.tools.beats:
        rows.insert(0, (w("operations.replicas"), line(w.number(len(replicas)))))
    if behind:
        due = await ctx.uow.count(OutboxEntry, wanted_at__le=ctx.now, **open_)
        oldest = line(w.moment(wanted[0].wanted, ctx.me.timezone))
        rows = [(w("operations.due"), line(w.number(due))), (w("operations.oldest"), oldest), *rows]
    blocks: list[CardBlock] = [Facts(tuple(rows))] if rows else []
    if ctx.tools.beats and (behind or not replicas):
        blocks.insert(0, Notice(Tone.WARN, line(w("operations.behind"))))
    blocks += [Heading(w("operations.next")), *await _next_steps(ctx)]
    blocks += [Heading(w("operations.not_arrived")), *await _not_arrived(ctx)]
    blocks += await _out_of_reach(ctx)
    return Card("operations", w("operations.title"), tuple(blocks), summary=w("operations.title"))


async def _punctuality(ctx: Context) -> list[tuple[str, Line]]:
    """The share of messages that arrived on time, rounded down, of the quarter up to last midnight."""
    w, today = ctx.words, ctx.today(ctx.me.timezone)
    since, until = (wall_time(day, time.min, ctx.me.timezone) for day in (Quarter.of(today).first, today))
    on_time, ended = await ctx.uow.punctuality(since, until, LATE)
    if not ended:
        return []
    share = w("operations.on_time.share", percent=w.percent(on_time * 10_000 // ended / 100), count=w.number(ended))
    return [(w("operations.on_time", minutes=int(LATE.total_seconds() // 60)), line(share))]


async def _invitations(ctx: Context) -> list[tuple[str, Line]]:
    """By when the last of today's invitations to present went out, or about when it will, at the pace until now.

    In steps of five minutes, so that nobody reads from it when one person was told.
    """
    w, now = ctx.words, ctx.now
    since = wall_time(ctx.today(ctx.me.timezone), time.min, ctx.me.timezone)
    today: dict[str, Any] = {"card": "round_open", "created_at__ge": since}
    left = {**today, "sent_at": None, "failed_at": None, "dropped_at": None}
    ordered = [
        *await ctx.uow.find(OutboxEntry, order=("sent_at",), limit=1, sent_at__not=None, **today),
        *await ctx.uow.find(OutboxEntry, order=("-sent_at",), limit=1, sent_at__not=None, **today),
    ]
    later = await ctx.uow.find(OutboxEntry, order=("-due_at",), limit=1, **left)
    sent = [each.sent_at for each in ordered if each.sent_at]
    if later:
        done, waiting = (
            await ctx.uow.count(OutboxEntry, sent_at__not=None, **today),
            await ctx.uow.count(OutboxEntry, due_at__le=now, **left),
        )
        each = (now - sent[0]) / done if done else timedelta()
        moment = w.moment(_rounded_up(max(later[0].due_at, now + waiting * each)), ctx.me.timezone)
        return [(w("operations.invitations"), line(w("operations.invitations.going", moment=moment)))]
    if not sent:
        return []
    out = w("operations.invitations.out", moment=w.moment(_rounded_up(sent[-1]), ctx.me.timezone))
    return [(w("operations.invitations"), line(out))]


def _rounded_up(moment: datetime) -> datetime:
    past = timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)
    return moment - past + timedelta(minutes=5) if past else moment


async def _next_steps(ctx: Context) -> list[CardBlock]:
    w = ctx.words
    found = [t for what in STEPS_BY_NAME for t in await ctx.uow.find(Timer, what=what, order=("at",), limit=STEPS)]
    timers = sorted(found, key=lambda timer: (timer.at, timer.id))[:STEPS]
    lines = [line(w.moment(t.at, ctx.me.timezone), " · ", _step(ctx, t.what)) for t in timers]
    return [Text(each) for each in lines] or [Text(line(w("operations.next.none")))]


def _step(ctx: Context, what: str) -> str:
    return ctx.words(f"operations.step.{STEPS_BY_NAME[what]}")


async def not_arrived(ctx: Context, most: int | None = None) -> list[OutboxEntry]:
    """What was given up or may not have arrived in the last days, the latest first; `most` of each."""
    since = ctx.now - RECENT
    failed = await ctx.uow.find(OutboxEntry, failed_at__ge=since, order=("-failed_at",), limit=most)
    unknown = await ctx.uow.find(
        OutboxEntry, uncertain_at__ge=since, failed_at=None, dropped_at=None, order=("-uncertain_at",), limit=most
    )
    return [*failed, *unknown]


async def unarrived_blocks(ctx: Context) -> list[CardBlock]:
    """For Home: what did not arrive, or may not have, though its person has an address; nothing when all is well."""
    w, listed = ctx.words, await not_arrived(ctx, ON_HOME + 1)
    elsewhere = await _reached_elsewhere(ctx, listed)
    entries = [e for e in listed if e not in elsewhere and e.failure not in NO_ADDRESS]
    if not entries:
        return []
    all_of_them = (_again_all(ctx),) if len(entries) > 1 else ()
    buttons = Buttons((*all_of_them, Action("operations.show", w("operations.title"), opens=True)))
    return [Heading(w("operations.not_arrived")), *[await _row(ctx, e) for e in entries[:ON_HOME]], buttons]


def _again_all(ctx: Context) -> Action:
    label = ctx.words("operations.again_all")
    confirm = Confirm(label, ctx.words("operations.again_all.twice"), label, ctx.words("back"))
    return Action("operations.again_all", label, confirm=confirm)


async def _not_arrived(ctx: Context) -> list[CardBlock]:
    w, listed = ctx.words, await not_arrived(ctx, MOST)
    elsewhere = await _reached_elsewhere(ctx, listed)
    entries = [entry for entry in listed if entry not in elsewhere]
    rows: list[CardBlock] = [await _row(ctx, entry) for entry in entries]
    if not entries:
        rows.append(Text(line(w("operations.all_arrived"))))
    if elsewhere:
        names = {p.id: p.name for p in await ctx.uow.find(Person, id__in=sorted({e.person for e in elsewhere}))}
        told = w.listing(sorted(names.values()))
        rows.append(Text(line(muted(w("operations.another_way", names=told)))))
    if len(entries) > 1:
        rows.append(Buttons((_again_all(ctx),)))
    return rows


async def _reached_elsewhere(ctx: Context, entries: Sequence[OutboxEntry]) -> list[OutboxEntry]:
    """Those of urgent messages that failed on one channel of a person and were noticed on another: no loss."""
    found = []
    for entry in entries:
        if not entry.urgent or not entry.failed_at:
            continue
        same = await ctx.uow.find(
            OutboxEntry, person=entry.person, card=entry.card, subject=entry.subject, sent_at__not=None
        )
        if any(ctx.tools.interrupts(each.platform) and not each.uncertain_at for each in same):
            found.append(entry)
    return found


async def _row(ctx: Context, entry: OutboxEntry) -> Row:
    w = ctx.words
    person = await ctx.uow.get(Person, entry.person)
    # The day: the minute at which a notice to somebody failed is the minute at which something happened to their case.
    when = w.day((entry.failed_at or entry.uncertain_at or entry.due_at).astimezone(ctx.zone).date())
    reason: Line = line(w("operations.unknown"), " · ", when)
    confirm = Confirm(w("operations.again"), w("operations.again.twice"), w("operations.again"), w("back"))
    if entry.failed_at:
        reason = line(w("operations.no_address" if entry.failure in NO_ADDRESS else "operations.refused"), " · ", when)
    urgent = (" · ", w("operations.urgent")) if entry.urgent else ()
    again = Action("operations.again", w("operations.again"), entry.id, confirm=None if entry.failed_at else confirm)
    return Row(line(strong(person.name), *urgent), reason, (again,))


async def _out_of_reach(ctx: Context) -> list[CardBlock]:
    """People whom nothing reaches until they or somebody else does something, each with why and since when."""
    sure = await surely_reached(ctx)
    there = await ctx.uow.columns(Person, ("id",), removed_at=None)
    unsure = [id for (id,) in there if id not in sure]
    people = await ctx.uow.find(Person, id__in=unsure, order=("name",)) if unsure else []
    states = await reachability_of(ctx, people)
    lost = [states[p.id] for p in people if not states[p.id].reached]
    if not lost:
        return []
    w = ctx.words
    rows = [Text(line(strong(each.person.name), " · ", reach_words(ctx, each))) for each in lost[:MOST]]
    return [Heading(w("operations.out_of_reach")), Text(line(w("operations.out_of_reach.hint"))), *rows]
