"""Leave as people enter it: typed, by form, for a member; changed, ended, given up, undone.

The steps themselves are `steps/leave.py`. Every answer says what holds now and can be undone for ten minutes. Leave in
days that have leave already is asked about: replace, join or add. A supervisor who enters leave for a member never
learns whether the member has open cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta

from bot.app.caseload.leave_views import leave_form, which_leave_card
from bot.app.caseload.state_views import leave_state_card, settle_leave_card
from bot.app.context import Context
from bot.app.facts.permissions import may_cover, self_or_supervised
from bot.app.steps import leave
from bot.app.steps.leave import Changed, LeaveEnteredAlready, NoLeaveToEnd
from bot.app.steps.own_cases import CHOICES as OWN_CASES
from bot.app.steps.own_cases import COVER, KEEP
from bot.app.steps.undo import remember
from bot.domain.caseload import Period
from bot.domain.leave_changes import HowToSettle
from bot.domain.person import Person
from bot.ports.records import LeaveEntry
from bot.ports.unit_of_work import NotFound
from bot.ui.inbound import ActionPressed, FormSubmitted, Invalid, Outcome, Say, Show, chosen, typed_text

LONGEST_AHEAD_DAYS = 730
LONGEST_AGO_DAYS = 60


async def enter(
    ctx: Context, person: Person, first: date, last: date | None, own_cases: str = KEEP, cover: str | None = None
) -> Outcome:
    """Take leave, or ask what becomes of leave that is entered in these days already."""
    found = await leave.overlapping(ctx, person, first, last)
    if found.repeats:
        return Say(await leave_state_card(ctx, person))
    if found.choices:
        return Say(settle_leave_card(ctx, person, found, own_cases, cover))
    done = await leave.take(ctx, person, first, last, by=ctx.me.id, own_cases=own_cases, cover=cover)
    return await _answer(ctx, person, done)


async def settle(ctx: Context, event: ActionPressed) -> Outcome:
    """The answer to the question: replace, join or add."""
    person, args = ctx.subject(self_or_supervised), event.args
    amended = await _entry(ctx, args["entry"]) if args.get("entry") else None
    how, own_cases = args.get("how", ""), args.get("own_cases", KEEP)
    cover = args.get("cover") or None
    first, last = _day(args.get("first", "")), _day(args.get("last", ""))
    known = how in set(HowToSettle) and own_cases in OWN_CASES
    if first is None or not known or (cover and cover not in {p.id for p in await may_cover(ctx, person)}):
        raise NoLeaveToEnd
    with suppress(LeaveEnteredAlready):
        if amended:
            entry, person = amended
            done = await leave.amend_over(ctx, entry, first, last, by=ctx.me.id, how=HowToSettle(how))
            return await _answer(ctx, person, done)
        done = await leave.take(
            ctx, person, first, last, by=ctx.me.id, own_cases=own_cases, cover=cover, how=HowToSettle(how)
        )
        return await _answer(ctx, person, done)
    return Say(await leave_state_card(ctx, person))


async def back_on(ctx: Context, person: Person, day: date) -> Outcome:
    """Work begins again on `day`: the leave ends the day before; where it is not clear which leave, it is asked."""
    try:
        return await _answer(ctx, person, await leave.back_on(ctx, person, day, by=ctx.me.id))
    except LeaveEnteredAlready:
        return Say(await leave_state_card(ctx, person))
    except NoLeaveToEnd:
        card = await which_leave_card(ctx, person, day)
        if card is None:
            raise
        return Say(card)


async def open_form(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for leave: one's own, or for a supervised person."""
    return Show(await leave_form(ctx, ctx.subject(self_or_supervised)))


async def send(ctx: Context, event: FormSubmitted) -> Outcome:
    """Leave from a day until a day, or open-ended."""
    person = ctx.subject(self_or_supervised)
    first, last, own, cover, errors = await _read(ctx, person, event)
    if errors or first is None:
        return Invalid(await leave_form(ctx, person, first, last, own, cover, errors))
    return await enter(ctx, person, first, last, own, cover if own == COVER else None)


async def open_change(ctx: Context, event: ActionPressed) -> Outcome:
    """The form with an entered leave, to change it."""
    entry, person = await _entry(ctx, event.subject)
    begins, whole = await _whole(ctx, person, entry)
    form = await leave_form(ctx, person, whole.first, whole.last, begins.own_cases, begins.cover or "", entry=entry)
    return Show(form)


async def send_change(ctx: Context, event: FormSubmitted) -> Outcome:
    """Another first or last day, or another choice for the own cases."""
    entry, person = await _entry(ctx, event.subject)
    first, last, own, cover, errors = await _read(ctx, person, event, entry)
    if errors or first is None:
        return Invalid(await leave_form(ctx, person, first, last, own, cover, errors, entry=entry))
    found = await leave.overlapping_others(ctx, entry, first, last)
    if found.known:
        return Say(settle_leave_card(ctx, person, found, own, None, entry))
    with suppress(LeaveEnteredAlready):
        done = await leave.amend_whole(
            ctx, entry, first, last, by=ctx.me.id, own_cases=own, cover=cover if own == COVER else None
        )
        return await _answer(ctx, person, done)
    return Say(await leave_state_card(ctx, person))


async def give_days(ctx: Context, event: ActionPressed) -> Outcome:
    """Another first and last day for a leave, as a button says it; what becomes of the own cases stays."""
    entry, person = await _entry(ctx, event.subject)
    first, last = _day(event.args.get("first", "")), _day(event.args.get("last", ""))
    if first is None:
        raise NoLeaveToEnd
    return await set_days(ctx, person, entry, Period(first, last))


async def set_days(ctx: Context, person: Person, entry: LeaveEntry, period: Period) -> Outcome:
    """The leave that an entry belongs to gets these days; where other leave lies in them it is asked."""
    begins, _ = await _whole(ctx, person, entry)
    found = await leave.overlapping_others(ctx, entry, period.first, period.last)
    if found.known:
        return Say(settle_leave_card(ctx, person, found, begins.own_cases, None, entry))
    with suppress(LeaveEnteredAlready):
        done = await leave.amend_whole(
            ctx, entry, period.first, period.last, by=ctx.me.id, own_cases=begins.own_cases, cover=begins.cover
        )
        return await _answer(ctx, person, done)
    return Say(await leave_state_card(ctx, person))


async def _whole(ctx: Context, person: Person, entry: LeaveEntry) -> tuple[LeaveEntry, Period]:
    """The first entry and the days of the leave that an entry belongs to."""
    return next(
        (each for each in await leave.whole_leaves(ctx, person) if entry.first_day in each[1]),
        (entry, leave.period_of(entry)),
    )


async def end(ctx: Context, event: ActionPressed) -> Outcome:
    """Back today, or a planned leave given up. Without a subject: I am back today."""
    if not event.subject:
        return await back_on(ctx, ctx.me, ctx.my_today)
    entry, person = await _entry(ctx, event.subject)
    with suppress(LeaveEnteredAlready, NoLeaveToEnd):  # its button is older than the end: what holds now is shown
        return await _answer(ctx, person, await leave.end_whole(ctx, entry, by=ctx.me.id))
    return Say(await leave_state_card(ctx, person))


async def _answer(ctx: Context, person: Person, done: Changed) -> Outcome:
    """What holds now, with the way back; the member is told of what a supervisor did."""
    if person.id != ctx.me.id:
        if done.made:
            await ctx.tell(person.id, "leave_entered", done.made[-1].id)
        else:
            await ctx.tell(person.id, "leave_ended", done.cancelled[-1].id)
    step = await remember(ctx, ctx.me.id, "leave", done.data)
    return Say(await leave_state_card(ctx, person, done, step))


async def _read(
    ctx: Context, person: Person, event: FormSubmitted, entry: LeaveEntry | None = None
) -> tuple[date | None, date | None, str, str, Mapping[str, str]]:
    """The form's days and choices, with what is wrong with them by field."""
    w = ctx.words
    errors: dict[str, str] = {}
    first = ctx.typed_day(typed_text(event, "first_day"), "first_day", errors)
    last = ctx.typed_day(typed_text(event, "last_day"), "last_day", errors)
    own, cover = (chosen(event, "own_cases") or (KEEP,))[0], (chosen(event, "cover") or ("",))[0]
    if first is None and "first_day" not in errors:
        errors["first_day"] = w("field.needed")
    if first and last and last < first:
        errors["last_day"] = w("leave.ends_before")
    for name, day in (("first_day", first), ("last_day", last)):
        if day and day > ctx.my_today + timedelta(days=LONGEST_AHEAD_DAYS * (1 if name == "first_day" else 2)):
            errors[name] = w("switch.too_far")
    known = entry is not None and first == (await _whole(ctx, person, entry))[1].first  # a long leave, another end
    if first and not known and first < ctx.my_today - timedelta(days=LONGEST_AGO_DAYS):
        errors["first_day"] = w("leave.too_long_ago", days=w.number(LONGEST_AGO_DAYS))
    if own not in OWN_CASES:
        errors["own_cases"] = w("field.choose")
    if own == COVER and cover not in {p.id for p in await may_cover(ctx, person)}:
        errors["cover"] = w("leave.cover_needed")
    return first, last, own, cover, errors


async def _entry(ctx: Context, id: str) -> tuple[LeaveEntry, Person]:
    """A leave of one's own or of a supervised person; without an id one's own current or next one."""
    if not id:
        entries = await leave.active_leave(ctx, ctx.me)
        coming = [e for e in entries if e.last_day is None or e.last_day >= ctx.my_today]
        if not coming:
            raise NoLeaveToEnd
        return coming[0], ctx.me
    try:
        entry = await ctx.uow.get(LeaveEntry, id)
    except NotFound:
        raise NoLeaveToEnd from None
    person = await self_or_supervised(ctx, entry.person)
    if not entry.active:
        # Its button is older than the change: what stands in its place is meant.
        for newer in await ctx.uow.find(LeaveEntry, replaces=entry.id, cancelled_at=None):
            return newer, person
    return entry, person


def _day(text: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(text)
    return None
