"""A person's own days: working week, calendar feed, and absences from a calendar file or address."""

from __future__ import annotations

from bot.app.caseload.own_dates_views import (
    absence_address_form,
    address_form,
    feed_form,
    found_form,
    import_form,
    proposed_form,
)
from bot.app.caseload.state_views import leave_state_card
from bot.app.context import Context
from bot.app.facts.workdays import own_days
from bot.app.steps import absence_calendars, feeds, leave
from bot.app.steps.absence_calendars import NoCalendarAddress
from bot.app.steps.undo import remember
from bot.calendars.absences import Absence, absence_of, read_absences
from bot.domain.leave_changes import HowToSettle
from bot.errors import Refusal
from bot.ports.records import LeaveEntry
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Invalid, Outcome, Say, Show, chosen, typed_text

WEB = "web"
"""The platform on which a browser can fill a field from a file."""


# ---- the calendar feed -----------------------------------------------------------------------


async def open_feed(ctx: Context, event: ActionPressed) -> Outcome:
    """What the calendar holds, and whether it has an address."""
    return Show(await feed_form(ctx))


async def make_feed(ctx: Context, event: ActionPressed) -> Outcome:
    """A new secret address, shown once."""
    return Show(address_form(ctx, await feeds.renew(ctx, ctx.me)))


async def end_feed(ctx: Context, event: ActionPressed) -> Outcome:
    """The address ends at once."""
    await feeds.end(ctx, ctx.me)
    return Done(ctx.words("feed.ended"))


# ---- absences from a file --------------------------------------------------------------------


async def open_import(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for a calendar file; a chat has no way to read one and says where there is."""
    return Show(import_form(ctx, event.actor.platform == WEB, {}))


async def send_import(ctx: Context, event: FormSubmitted) -> Outcome:
    """Show the absences that were found; nothing is kept of the file."""
    text = typed_text(event, "file").reveal()
    if not text:
        return Invalid(import_form(ctx, True, {"file": ctx.words("field.needed")}))
    try:
        works = (await own_days(ctx, ctx.me)).is_working
        found = read_absences(text, ctx.zone, ctx.my_today, works)
    except Refusal as refusal:
        return Invalid(import_form(ctx, True, {"file": ctx.words(f"refusal.{refusal.key}", **refusal.values)}))
    if not found.periods:
        return Invalid(import_form(ctx, True, {"file": ctx.words("absences.none")}))
    return Show(found_form(ctx, found))


async def take_absences(ctx: Context, event: FormSubmitted) -> Outcome:
    """Take leave for each chosen period that is not leave already; what touches other leave becomes one with it."""
    done = []
    for absence in filter(None, map(absence_of, chosen(event, "periods"))):
        known = await leave.active_leave(ctx, ctx.me)
        if absence.last < ctx.my_today or any(_covers(entry, absence) for entry in known):
            continue
        done.append(await leave.take(ctx, ctx.me, absence.first, absence.last, by=ctx.me.id, how=HowToSettle.JOIN))
    if not done:
        return Done(ctx.words.count("absences.taken", 0))
    step = await remember(ctx, ctx.me.id, "leaves", {"person": ctx.me.id, "steps": [each.data for each in done]})
    return Say(await leave_state_card(ctx, ctx.me, done[-1], step))


# ---- absences from a calendar that is read daily ---------------------------------------------


async def open_absence_address(ctx: Context, event: ActionPressed) -> Outcome:
    """The address that is read daily, how that went, or the field for one."""
    return Show(await absence_address_form(ctx, {}))


async def send_absence_address(ctx: Context, event: FormSubmitted) -> Outcome:
    """Read this address from now on; it is read within a minute for the first time."""
    try:
        await absence_calendars.connect(ctx, ctx.me, typed_text(event, "address").reveal())
    except NoCalendarAddress as refusal:
        return Invalid(await absence_address_form(ctx, {"address": ctx.words(f"refusal.{refusal.key}")}))
    return Done(ctx.words("absences.address.done"))


async def end_absence_address(ctx: Context, event: ActionPressed) -> Outcome:
    """Read it no longer; the leave that came of it stays."""
    await absence_calendars.disconnect(ctx, ctx.me)
    return Done(ctx.words("absences.address.ended"))


async def open_proposed(ctx: Context, event: ActionPressed) -> Outcome:
    """What the calendar would change, to choose from."""
    calendar = await absence_calendars.calendar_of(ctx, ctx.me)
    found = await absence_calendars.proposal(ctx, ctx.me, calendar) if calendar else None
    return Show(proposed_form(ctx, found)) if found else Show(await absence_address_form(ctx, {}))


async def settle_proposed(ctx: Context, event: FormSubmitted) -> Outcome:
    """Do what was chosen, decline the rest; all of it is undone together."""
    calendar = await absence_calendars.calendar_of(ctx, ctx.me)
    if calendar is None:
        return Show(await absence_address_form(ctx, {}))
    take, change = chosen(event, "take"), chosen(event, "change")
    done = await absence_calendars.settle(ctx, ctx.me, calendar, take, change)
    if not done:
        return Done(ctx.words("absences.declined"))
    step = await remember(ctx, ctx.me.id, "leaves", {"person": ctx.me.id, "steps": [each.data for each in done]})
    return Say(await leave_state_card(ctx, ctx.me, done[-1], step))


def _covers(entry: LeaveEntry, absence: Absence) -> bool:
    return entry.first_day <= absence.first and (entry.last_day is None or absence.last <= entry.last_day)
