"""Caseload mode and working time: `/caseload icbt`, `/caseload f2f from 1 March`, and the same by buttons and forms.

A switch is a dated fact: today's at once, a later one as a plan, an earlier one as a correction with a note. Its effect
on open reviews, targets and the next due days is shown with it. Leave is `leave.py`'s subject.
"""

from __future__ import annotations

from datetime import date

from bot.anonymise import AnonText, Sensitive
from bot.app.caseload import leave_handlers as leave
from bot.app.caseload import own_dates_handlers as own_dates
from bot.app.caseload.own_dates_views import feed_form, import_form, week_form
from bot.app.caseload.views import CHOICES, effect_card, history_form, plan_form, shown, status_card, work_form
from bot.app.context import Context
from bot.app.facts.permissions import supervised
from bot.app.gate.private_notes import masked, too_long
from bot.domain.caseload import Mode, ModeChange, SameModeAlready, UnknownMode, parse_mode, plan_switch, split_mode
from bot.domain.local_dates import parse_date
from bot.domain.person import Person
from bot.ports.records import ExperienceEntry, FteEntry, ModeEntry
from bot.ui.inbound import (
    ActionPressed,
    CommandTyped,
    Done,
    FormSubmitted,
    Invalid,
    Outcome,
    Say,
    Show,
    chosen,
    typed_text,
)
from bot.ui.model import Card, Items, line, strong
from bot.ui.strings import Words

LONGEST_PLAN_DAYS = 730


async def typed(ctx: Context, event: CommandTyped) -> Outcome:
    """`/caseload`, `/caseload <mode> [from <day>]`, `/caseload leave [from …] until …`, `/caseload back`, `history`."""
    words = event.text.reveal().split()
    first = words[0].casefold() if words else ""
    if not first or first in ctx.aliases("status"):
        return Say(await status_card(ctx))
    if first in ctx.aliases("leave"):
        return await leave.typed(ctx, " ".join(words[1:]))
    if first in ctx.aliases("back"):
        return await leave.end(ctx, None)
    if first in ctx.aliases("days"):
        return Show(week_form(ctx, ctx.me.weekdays, {}))
    if first in ctx.aliases("calendar"):
        return Show(await feed_form(ctx))
    if first in ctx.aliases("absences"):
        return Show(import_form(ctx, event.actor.platform == own_dates.WEB, {}))
    if first in ctx.aliases("history"):
        return Show(await history_form(ctx))
    try:
        mode, rest = split_mode(" ".join(words))
    except UnknownMode:
        return Say(_options_card(ctx))
    day = parse_date(rest, ctx.my_today) if rest else ctx.my_today
    if day < ctx.my_today:
        return Show(await plan_form(ctx, mode=mode, day=day, note=Sensitive(), errors={}))
    return await _switch(ctx, mode, day, None)


async def pressed_switch(ctx: Context, event: ActionPressed) -> Outcome:
    """A mode button: from today on."""
    return await _switch(ctx, parse_mode(event.args.get("mode", "")), ctx.my_today, None)


async def show_status(ctx: Context, event: ActionPressed) -> Outcome:
    """My caseload."""
    return Say(await status_card(ctx))


async def open_plan(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for a planned switch or a correction."""
    return Show(await plan_form(ctx, mode=None, day=ctx.my_today, note=Sensitive(), errors={}))


async def send_plan(ctx: Context, event: FormSubmitted) -> Outcome:
    """A switch on any day; the past needs a note."""
    w = ctx.words
    errors = too_long(ctx, event)
    mode, note = chosen(event, "mode"), typed_text(event, "note")
    day = ctx.typed_day(typed_text(event, "from_day"), "from_day", errors)
    if not mode or mode[0] not in CHOICES:
        errors["mode"] = w("field.choose")
    if day and abs((day - ctx.my_today).days) > LONGEST_PLAN_DAYS:
        errors["from_day"] = w("switch.too_far")
    if day and day < ctx.my_today and not note:
        errors["note"] = w("switch.note_needed")
    if day is None and "from_day" not in errors:
        errors["from_day"] = w("field.needed")
    if not errors and day:
        try:
            return await _switch(ctx, Mode(mode[0]), day, masked(ctx).get("note"))
        except SameModeAlready:
            errors["mode"] = w("refusal.same_mode_already")
    return Invalid(await plan_form(ctx, mode=mode[0] if mode else None, day=day, note=note, errors=errors))


async def open_history(ctx: Context, event: ActionPressed) -> Outcome:
    """Every recorded change."""
    return Show(await history_form(ctx))


async def open_work(ctx: Context, event: ActionPressed) -> Outcome:
    """Share of full time and experience: one's own, or a supervised person's."""
    return Show(work_form(ctx, await shown(ctx, await _person(ctx, event.subject)), {}))


async def send_work(ctx: Context, event: FormSubmitted) -> Outcome:
    """Record what changed; both stay readable as dated facts."""
    w = ctx.words
    person = await _person(ctx, event.subject)
    mine = await shown(ctx, person)
    errors: dict[str, str] = {}
    digits = typed_text(event, "fte").reveal()
    percent = int(digits) if digits.isdecimal() and len(digits) < 4 else 0
    if not 5 <= percent <= 100:
        errors["fte"] = w("field.whole_number", low=5, high=100)
    start = ctx.typed_day(typed_text(event, "fte_from"), "fte_from", errors) or mine.today
    since = ctx.typed_day(typed_text(event, "practising_since"), "practising_since", errors, past=True)
    if since and since > mine.today:
        errors["practising_since"] = w("work.since_future")
    if errors:
        return Invalid(work_form(ctx, mine, errors))
    org = ctx.uow.organisation
    if percent != round(mine.caseload.fte_on(start) * 100):
        id = ctx.tools.ids.new("fte")
        await ctx.uow.add(FteEntry(id, org, person.id, percent / 100, start, ctx.now, ctx.me.id))
    if since and since != mine.caseload.practising_since:
        id = ctx.tools.ids.new("experience")
        await ctx.uow.add(ExperienceEntry(id, org, person.id, since, ctx.now, ctx.me.id))
    return Done(w("work.done", name=person.name))


async def _person(ctx: Context, id: str) -> Person:
    return ctx.me if id in {"", ctx.me.id} else await supervised(ctx, id)


async def _switch(ctx: Context, to: Mode, day: date, note: AnonText | None) -> Outcome:
    mine = await shown(ctx, ctx.me)
    change = ModeChange(ctx.me.id, to, day, "", ctx.now)
    plan_switch(mine.caseload, change)
    entry = ModeEntry(
        id=ctx.tools.ids.new("mode"),
        organisation=ctx.uow.organisation,
        person=ctx.me.id,
        mode=to.value,
        from_day=day,
        recorded_at=ctx.now,
        recorded_by=ctx.me.id,
    )
    await ctx.uow.add(entry)
    if note:
        await ctx.uow.put_text(entry.id, "note", {"note": note})
    return Say(effect_card(ctx, mine, change))


def _options_card(ctx: Context) -> Card:
    w = ctx.words
    modes = tuple(line(strong(f"/caseload {m.value}"), f" — {w(f'mode.{m.value}')}") for m in CHOICES)
    more = tuple(
        line(strong(example))
        for example in (w("switch.example.plan"), w("caseload.example.leave"), *_spoken(w, "status", "history"))
    )
    return Card("caseload.options", w("caseload.unknown"), (Items((*modes, *more)),), summary=w("caseload.unknown"))


def _spoken(w: Words, *keys: str) -> list[str]:
    return [f"/caseload {w(f'typed.{key}').split()[0]}" for key in keys]
