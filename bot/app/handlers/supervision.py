"""My supervision log and my rhythm: `/supervision`; the supervisor's overview."""

from __future__ import annotations

from datetime import timedelta

from bot.app.context import Context
from bot.app.relations import my_groups
from bot.app.views.caseload import event_of, rhythm_of
from bot.app.views.home import overview_card
from bot.domain.frequency import Kind
from bot.domain.person import Role
from bot.domain.supervision import SupervisionEvent, current
from bot.ports.records import LogEntry
from bot.ui.inbound import ActionPressed, CommandTyped, Outcome, Say
from bot.ui.model import Card, CardBlock, Facts, Heading, Line, Table, Text, line, muted

SHOWN = 30


async def typed(ctx: Context, event: CommandTyped) -> Outcome:
    """`/supervision`: my log; `/supervision overview` for supervisors."""
    word = (event.text.reveal().split() or [""])[0].casefold()
    wants = {*ctx.words("typed.overview").casefold().split(), "overview"}
    if word in wants and ctx.me.has(Role.SUPERVISOR):
        return Say(await overview_card(ctx))
    return Say(await log_card(ctx))


async def open_log(ctx: Context, event: ActionPressed) -> Outcome:
    """My supervision log."""
    return Say(await log_card(ctx))


async def log_card(ctx: Context) -> Card:
    """State of both targets, totals for 12 months and 5 years, the latest entries. Facts, never text."""
    w = ctx.words
    groups = await my_groups(ctx)
    policy = await ctx.policy(groups[0] if groups else None)
    entries = current(event_of(e) for e in await ctx.uow.find(LogEntry, person=ctx.me.id, order=("day",)))
    rhythm = await rhythm_of(ctx, ctx.me, policy)
    rows: list[tuple[str, Line]] = []
    for kind in Kind:
        state = rhythm[kind]
        value = w("log.rhythm", state=w(f"state.{state.state.value}"), days=state.elapsed, target=state.target)
        rows.append((w(f"rhythm.{kind.value}"), line(value)))
    today = ctx.my_today
    for key, days in (("log.year", 365), ("log.five_years", 5 * 365 + 1)):
        rows.append((w(key), line(_total(ctx, [e for e in entries if e.day > today - timedelta(days=days)]))))
    blocks: list[CardBlock] = [Facts(tuple(rows)), Heading(w("log.entries"))]
    if not entries:
        blocks.append(Text(line(w("log.none"))))
    else:
        columns = tuple(w(f"log.column.{c}") for c in ("day", "role", "mode", "group", "minutes", "signed"))
        blocks.append(Table(columns, tuple(_row(ctx, e) for e in reversed(entries[-SHOWN:]))))
        blocks.append(Text(line(muted(w("log.estimates")))))
    return Card("log", w("log.title"), tuple(blocks), summary=w("log.title"))


def _row(ctx: Context, entry: SupervisionEvent) -> tuple[Line, ...]:
    w = ctx.words
    minutes = w("log.minutes_estimated" if entry.minutes_estimated else "log.minutes_stated", n=entry.minutes)
    return (
        line(w.day(entry.day, year=True)),
        line(w(f"role.{entry.role.value}")),
        line(w(f"mode.{entry.mode.value}")),
        line(w.number(entry.group_size)),
        line(minutes),
        line(w("log.signed_yes" if entry.is_signed else "log.signed_no")),
    )


def _total(ctx: Context, entries: list[SupervisionEvent]) -> str:
    minutes = sum(e.minutes for e in entries)
    return ctx.words("log.total", events=len(entries), hours=ctx.words.number(round(minutes / 60, 1)))
