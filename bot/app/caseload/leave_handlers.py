"""Leave, by the person or a supervisor: taken, ended, cancelled, and what happens when it begins.

From the first day nobody gets reviews and open ones move on (`repair.py`). The person's own open cases wait, are
withdrawn, or go to a covering therapist, as chosen when the leave was entered; a supervisor who enters it never learns
whether there are any. The return is `returning.py`'s subject.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

from bot.app.caseload.leave_views import leave_form
from bot.app.caseload.views import leave_words
from bot.app.context import Context, Work
from bot.app.facts.deadlines import start_of_day
from bot.app.facts.duty import duty_of
from bot.app.facts.permissions import colleagues, members, supervised
from bot.app.steps.reassignment import free_seats_of, replace_seat
from bot.app.steps.return_from_leave import announce_return
from bot.app.steps.withdrawal import withdraw
from bot.domain.case import Assignment, Case, EndReason
from bot.domain.caseload import Leave, LeaveEndsBeforeItStarts
from bot.domain.local_dates import parse_period
from bot.domain.organisation import Group
from bot.domain.person import Person, Role
from bot.errors import Refusal
from bot.ports.records import Audited, LeaveEntry
from bot.ports.unit_of_work import NotFound
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Invalid, Outcome, Show, chosen, typed_text

KEEP, WITHDRAW, COVER = "keep", "withdraw", "cover"
LONGEST_AHEAD_DAYS = 730


class NoLeaveToEnd(Refusal):
    """There is no current or planned leave to end."""


async def typed(ctx: Context, text: str) -> Outcome:
    """`leave until 12 Jan`, `leave from 4.1. to 12.1.`, `leave next Monday` (open-ended); nothing opens the form."""
    if not text.strip():
        return Show(await leave_form(ctx, ctx.me))
    first, last = parse_period(text, ctx.my_today)
    if last is not None and last < first:
        raise LeaveEndsBeforeItStarts(first_day=first, last_day=last)
    return await _take(ctx, ctx.me, first, last, KEEP, None)


async def open_form(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for leave: one's own, or for a supervised person."""
    return Show(await leave_form(ctx, await _person(ctx, event.subject)))


async def send(ctx: Context, event: FormSubmitted) -> Outcome:
    """Leave from a day until a day, or open-ended."""
    w = ctx.words
    person = await _person(ctx, event.subject)
    errors: dict[str, str] = {}
    first = ctx.typed_day(typed_text(event, "first_day"), "first_day", errors)
    last = ctx.typed_day(typed_text(event, "last_day"), "last_day", errors)
    own, cover = (chosen(event, "own_cases") or (KEEP,))[0], (chosen(event, "cover") or ("",))[0]
    if first is None and "first_day" not in errors:
        errors["first_day"] = w("field.needed")
    if first and last and last < first:
        errors["last_day"] = w("leave.ends_before")
    if first and first > ctx.my_today + timedelta(days=LONGEST_AHEAD_DAYS):
        errors["first_day"] = w("switch.too_far")
    if own not in {KEEP, WITHDRAW, COVER}:
        errors["own_cases"] = w("field.choose")
    if own == COVER and cover not in {p.id for p in await colleagues(ctx, person)}:
        errors["cover"] = w("leave.cover_needed")
    if errors or first is None:
        return Invalid(await leave_form(ctx, person, first, last, own, cover, errors))
    return await _take(ctx, person, first, last, own, cover if own == COVER else None)


async def end(ctx: Context, event: ActionPressed | None) -> Outcome:
    """Back before the leave's end, or a planned leave given up. Without a subject: my current or next leave."""
    entry = await _entry(ctx, event.subject if event else "")
    person = await ctx.uow.get(Person, entry.person)
    today = ctx.today(person.timezone)
    if entry.cancelled_at or (entry.last_day and entry.last_day < today):
        raise NoLeaveToEnd
    # Overlapping leave is one leave: whoever is back is back from all of it.
    for each in await _around(ctx, person, today) if entry.first_day <= today else [entry]:
        if each.first_day >= today:
            await ctx.uow.save(replace(each, cancelled_at=ctx.now))
        else:
            await ctx.uow.save(replace(each, last_day=today - timedelta(days=1)))
        await ctx.uow.wake("leave.returns", each.id, None)
    await ctx.uow.wake("person.remind", person.id, ctx.now)
    if person.id != ctx.me.id:
        await ctx.tell(person.id, "leave_ended", entry.id)
        return Done(ctx.words("leave.ended_for", name=person.name))
    return Done(ctx.words("leave.ended"))


async def begin(work: Work, entry: LeaveEntry) -> None:
    """The first day has come: reviews move on, own cases go the chosen way."""
    if entry.cancelled_at is not None:
        return
    person = await work.uow.get(Person, entry.person)
    await free_seats_of(work, person)
    ids = await work.uow.cases_of(person.id)
    cases = await work.uow.find(Case, id__in=ids, closed_at=None, withdrawn_at=None) if ids else []
    for case in cases:
        if entry.own_cases == WITHDRAW and not case.held_at:  # about a held one a supervisor decides
            await withdraw(work, case, entry.recorded_by)
        elif entry.own_cases == COVER and entry.cover:
            await _hand_over(work, case, entry.cover, entry.recorded_by)


async def take(
    work: Work,
    person: Person,
    first: date,
    last: date | None,
    *,
    by: str,
    own_cases: str = KEEP,
    cover: str | None = None,
) -> LeaveEntry:
    """Leave from a day until a day or open-ended, and what follows from it. Raises `LeaveEndsBeforeItStarts`."""
    Leave(person.id, first, last)
    entry = LeaveEntry(
        id=work.tools.ids.new("leave"),
        organisation=work.uow.organisation,
        person=person.id,
        first_day=first,
        last_day=last,
        recorded_at=work.now,
        recorded_by=by,
        own_cases=own_cases,
        cover=cover,
    )
    await work.uow.add(entry)
    if first <= work.today(person.timezone):
        await begin(work, entry)
    else:
        await work.uow.wake("leave.begins", entry.id, start_of_day(first, person.timezone))
    await announce_return(work, person, entry)
    return entry


async def _take(
    ctx: Context, person: Person, first: date, last: date | None, own_cases: str, cover: str | None
) -> Outcome:
    entry = await take(ctx, person, first, last, by=ctx.me.id, own_cases=own_cases, cover=cover)
    until = ctx.words.day(last, year=True) if last else ctx.words("leave.open_ended")
    day = ctx.words.day(first, year=True)
    if person.id == ctx.me.id:
        return Done(" ".join([ctx.words("leave.taken", first=day, last=until), *await _duty_note(ctx, person)]))
    await ctx.tell(person.id, "leave_entered", entry.id)
    taken = ctx.words("leave.taken_for", name=person.name, period=leave_words(ctx, first, last))
    return Done(" ".join([taken, *await _duty_note(ctx, person)]))


async def _duty_note(ctx: Context, person: Person) -> list[str]:
    """That somebody is away who is named for duty: whoever enters the leave can have it mended."""
    w, clinics = ctx.words, [clinic.name for clinic in await duty_of(ctx, person)]
    if not clinics:
        return []
    key = "leave.on_duty" if person.id == ctx.me.id else "leave.on_duty_for"
    return [w(key, name=person.name, clinics=w.listing(clinics))]


async def _hand_over(work: Work, case: Case, cover: str, by: str) -> None:
    """The covering therapist presents the case from now on, unless they reviewed it or can present none any more."""
    seats = await work.uow.find(Assignment, case=case.id, reviewer=cover)
    group = await work.uow.get(Group, case.group)
    therapists = {person.id for person in await members(work, group) if person.has(Role.THERAPIST)}
    if cover not in therapists or any(seat.submitted_at for seat in seats):
        await work.tell(await work.uow.presenter(case.id), "cover_impossible", case.id)
        return
    await work.uow.set_presenter(case.id, cover)
    for seat in seats:
        if seat.ended_at is None:
            await replace_seat(work, seat, case, EndReason.CONFLICT)
    await work.tell(cover, "case_covered", case.id)
    await work.uow.audit(Audited.REASSIGNED, by, case.id, work.now)


async def _person(ctx: Context, id: str) -> Person:
    return ctx.me if id in {"", ctx.me.id} else await supervised(ctx, id)


async def _entry(ctx: Context, id: str) -> LeaveEntry:
    """A leave of one's own or of a supervised person; without an id one's own current or next one."""
    if not id:
        coming = await _around(ctx, ctx.me, None)
        if not coming:
            raise NoLeaveToEnd
        return coming[0]
    with suppress(NotFound):
        entry = await ctx.uow.get(LeaveEntry, id)
        await _person(ctx, entry.person)
        return entry
    raise NoLeaveToEnd


async def _around(ctx: Context, person: Person, day: date | None) -> Sequence[LeaveEntry]:
    """The person's leaves that are not over, by first day; with a day only those it lies in."""
    today = ctx.today(person.timezone)
    entries = await ctx.uow.find(LeaveEntry, person=person.id, cancelled_at=None, order=("first_day",))
    coming = [e for e in entries if e.last_day is None or e.last_day >= today]
    return [e for e in coming if day is None or e.first_day <= day]
