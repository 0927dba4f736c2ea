"""Leave as a fact that is amended: taken, moved, shortened, prolonged, ended, given up, each with its history.

An amended entry stays, cancelled; the new one names it. From the first day nobody gets reviews and open ones move on;
own cases wait, are withdrawn or go to a covering therapist. Every step can be undone for ten minutes.
The days before the return are `return_from_leave.py`'s subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from bot.app.context import Work
from bot.app.facts.caseload import leaves_of
from bot.app.facts.deadlines import start_of_day
from bot.app.steps.assignment_undo import AssignmentChange, assignments_near, put_back
from bot.app.steps.own_cases import KEEP, Settled, settle_own_cases
from bot.app.steps.reassignment import free_assignments_of
from bot.app.steps.return_from_leave import announce_return
from bot.app.steps.shown_anew import case_handed_on, changed
from bot.domain.case import Case
from bot.domain.caseload import Caseload, Leave, Period, merge_leave
from bot.domain.leave_changes import HowToSettle, Overlap, overlap, returned_from
from bot.domain.person import Person
from bot.errors import Refusal
from bot.ports.records import LeaveEntry

ONE_DAY = timedelta(days=1)
Planned = tuple[Period, str, str | None]
"""Days, what becomes of the own cases, and who covers."""


class NoLeaveToEnd(Refusal):
    """There is no current or planned leave to end."""


class LeaveEnteredAlready(Refusal):
    """This very leave is entered already; `first`, `last`."""


@dataclass(frozen=True)
class Changed:
    """What one step did: entries made and cancelled, and what followed from it on the day itself."""

    person: str
    made: tuple[LeaveEntry, ...] = ()
    cancelled: tuple[LeaveEntry, ...] = ()
    assignments: AssignmentChange = field(default_factory=AssignmentChange)
    cases: Settled = field(default_factory=Settled)

    @property
    def data(self) -> dict[str, Any]:
        """What it takes to undo it."""
        return {
            "person": self.person,
            "made": [entry.id for entry in self.made],
            "cancelled": [entry.id for entry in self.cancelled],
            "assignments": self.assignments.data,
            "covered": list(self.cases.covered),
            "withdrawn": len(self.cases.withdrawn),
        }


@dataclass(frozen=True)
class PutBack:
    """What an undo put back, and what it could not."""

    person: str
    assignments: int = 0
    assignments_begun: int = 0
    assignments_kept: int = 0
    cases: int = 0
    cases_gone: int = 0


async def active_leave(work: Work, person: Person) -> list[LeaveEntry]:
    """Every leave that was neither amended nor given up, by first day."""
    return await work.uow.find(LeaveEntry, person=person.id, cancelled_at=None, order=("first_day", "recorded_at"))


async def overlapping(work: Work, person: Person, first: date, last: date | None) -> Overlap:
    """The new leave with what is entered already in these days. Raises `LeaveEndsBeforeItStarts`."""
    Leave(person.id, first, last)
    return overlap(Period(first, last), [period_of(entry) for entry in await active_leave(work, person)])


async def take(
    work: Work,
    person: Person,
    first: date,
    last: date | None,
    *,
    by: str,
    own_cases: str = KEEP,
    cover: str | None = None,
    how: HowToSettle = HowToSettle.REPLACE,
) -> Changed:
    """Leave from a day until a day or open-ended; what it overlaps is settled as said.

    Only the person decides what becomes of their own cases.

    Raises `LeaveEndsBeforeItStarts`, `LeaveEnteredAlready`.
    """
    if by != person.id:
        own_cases, cover = KEEP, None  # what became of the cases would tell whoever enters it whose they are
    found = await overlapping(work, person, first, last)
    if found.repeats:
        raise LeaveEnteredAlready(first=first, last=last or "…")
    touched = [entry for entry in await active_leave(work, person) if period_of(entry) in found.known]
    if how is HowToSettle.ADD:
        touched = []
    period = found.joined if how is HowToSettle.JOIN else found.new
    if own_cases == KEEP and touched:
        own_cases, cover = touched[0].own_cases, touched[0].cover
    return await _change(work, person, touched, [(period, own_cases, cover)], by)


async def amend(
    work: Work, entry: LeaveEntry, first: date, last: date | None, *, by: str, own_cases: str, cover: str | None
) -> Changed:
    """Another first or last day, or another choice for the own cases, for a leave that is entered."""
    Leave(entry.person, first, last)
    _must_hold(entry)
    if by != entry.person:
        own_cases, cover = entry.own_cases, entry.cover
    if (entry.first_day, entry.last_day, entry.own_cases, entry.cover) == (first, last, own_cases, cover):
        raise LeaveEnteredAlready(first=first, last=last or "…")
    person = await work.uow.get(Person, entry.person)
    return await _change(work, person, [entry], [(Period(first, last), own_cases, cover)], by)


async def touching(work: Work, entry: LeaveEntry) -> list[LeaveEntry]:
    """The leave that an entry belongs to: entries that overlap or follow each other at once are one, by first day."""
    person = await work.uow.get(Person, entry.person)
    entries = await active_leave(work, person)
    whole = whole_of(entries, entry)
    return [each for each in entries if each.first_day in whole]


def whole_of(entries: Sequence[LeaveEntry], entry: LeaveEntry) -> Period:
    """The days of the leave that an entry belongs to."""
    merged = merge_leave(Leave(each.person, each.first_day, each.last_day) for each in entries)
    return next((period for period in merged if entry.first_day in period), period_of(entry))


async def whole_leaves(work: Work, person: Person) -> list[tuple[LeaveEntry, Period]]:
    """Every leave with its first entry, by first day; what overlaps or follows at once is one leave."""
    entries = await active_leave(work, person)
    merged = merge_leave(Leave(each.person, each.first_day, each.last_day) for each in entries)
    return [(next(e for e in entries if e.first_day == period.first), period) for period in merged]


async def amend_whole(
    work: Work, entry: LeaveEntry, first: date, last: date | None, *, by: str, own_cases: str, cover: str | None
) -> Changed:
    """Another first or last day for the leave that an entry belongs to; a choice for the own cases holds for all of it.

    Where the choice stays that of its beginning, each part keeps its own. Raises `NoLeaveToEnd`, `LeaveEnteredAlready`.
    """
    Leave(entry.person, first, last)
    _must_hold(entry)
    entries = await touching(work, entry)
    if len(entries) == 1:
        return await amend(work, entry, first, last, by=by, own_cases=own_cases, cover=cover)
    whole, begins = whole_of(entries, entry), entries[0]
    if by != entry.person:
        own_cases, cover = begins.own_cases, begins.cover
    kept = (begins.own_cases, begins.cover) == (own_cases, cover)
    if kept and (whole.first, whole.last) == (first, last):
        raise LeaveEnteredAlready(first=first, last=last or "…")
    person = await work.uow.get(Person, entry.person)
    planned = cut_to(entries, first, last) if kept else []
    return await _change(work, person, entries, planned or [(Period(first, last), own_cases, cover)], by)


async def overlapping_others(work: Work, entry: LeaveEntry, first: date, last: date | None) -> Overlap:
    """New days for the leave that an entry belongs to, with the other leave that they overlap."""
    Leave(entry.person, first, last)
    person = await work.uow.get(Person, entry.person)
    own = {each.id for each in await touching(work, entry)}
    others = [period_of(each) for each in await active_leave(work, person) if each.id not in own]
    return overlap(Period(first, last), others)


async def amend_over(
    work: Work, entry: LeaveEntry, first: date, last: date | None, *, by: str, how: HowToSettle
) -> Changed:
    """Other days for the leave that an entry belongs to, where they overlap other leave, settled as said.

    Raises `NoLeaveToEnd`, `LeaveEnteredAlready`.
    """
    _must_hold(entry)
    entries = await touching(work, entry)
    begins = entries[0]
    if how is HowToSettle.ADD:
        return await amend_whole(
            work, entry, first, last, by=by, own_cases=begins.own_cases, cover=begins.cover
        )  # fmt: skip
    person = await work.uow.get(Person, entry.person)
    found = await overlapping_others(work, entry, first, last)
    period = found.joined if how is HowToSettle.JOIN else found.new
    over = [each for each in await active_leave(work, person) if each not in entries and period_of(each) in found.known]
    return await _change(work, person, [*entries, *over], [(period, begins.own_cases, begins.cover)], by)


def cut_to(entries: Sequence[LeaveEntry], first: date, last: date | None) -> list[Planned]:
    """Entries of one leave, by first day, cut and stretched to new days; none if they lie elsewhere."""
    inside = [e for e in entries if (e.last_day or first) >= first and (last is None or e.first_day <= last)]
    latest = max(inside, key=lambda e: e.last_day or date.max, default=None)
    planned: list[Planned] = []
    for number, entry in enumerate(inside):
        begins = first if number == 0 else entry.first_day
        ends = last if entry is latest else min(entry.last_day or date.max, last or date.max)
        planned.append((Period(begins, ends), entry.own_cases, entry.cover))
    return planned


async def cancel_whole(work: Work, entry: LeaveEntry, *, by: str) -> Changed:
    """Give up the leave that an entry belongs to, as if it had never been entered. Raises `NoLeaveToEnd`."""
    _must_hold(entry)
    return await _change(work, await work.uow.get(Person, entry.person), await touching(work, entry), [], by)


async def cancel(work: Work, entry: LeaveEntry, *, by: str) -> Changed:
    """Give up a leave as if it had never been entered. Raises `NoLeaveToEnd`."""
    _must_hold(entry)
    return await _change(work, await work.uow.get(Person, entry.person), [entry], [], by)


async def back_on(work: Work, person: Person, day: date, *, by: str) -> Changed:
    """`day` is the first day of work again: the leave that `returned_from` names ends the day before.

    A later day than planned prolongs it; touching leaves are one. Raises `NoLeaveToEnd`, `LeaveEnteredAlready`.
    """
    entries = await active_leave(work, person)
    whole = Caseload(leaves=tuple(Leave(person.id, e.first_day, e.last_day) for e in entries))
    period = returned_from(whole.periods_of_leave, day, work.today(person.timezone))
    if period is None:
        raise NoLeaveToEnd
    end = day - ONE_DAY
    if period.last == end:
        raise LeaveEnteredAlready(first=period.first, last=end)
    ended, made = [], []
    for entry in (e for e in entries if e.first_day in period):
        if entry.last_day is not None and entry.last_day <= end and entry.last_day != period.last:
            continue  # it ends in time, and another one is the last of these leaves
        ended.append(entry)
        if entry.first_day <= end:
            made.append((Period(entry.first_day, end), entry.own_cases, entry.cover))
    return await _change(work, person, ended, made, by)


async def end(work: Work, entry: LeaveEntry, *, by: str) -> Changed:
    """Back today from a leave that has begun, or a planned one given up.

    Overlapping leave is one leave: whoever is back is back from all of it. Raises `NoLeaveToEnd`.
    """
    person = await work.uow.get(Person, entry.person)
    today = work.today(person.timezone)
    _must_hold(entry)
    if _over(entry, today):
        raise NoLeaveToEnd
    return await (back_on(work, person, today, by=by) if entry.first_day <= today else cancel(work, entry, by=by))


async def end_whole(work: Work, entry: LeaveEntry, *, by: str) -> Changed:
    """Back today from the leave that an entry belongs to if it has begun, else all of it given up.

    Raises `NoLeaveToEnd`.
    """
    person = await work.uow.get(Person, entry.person)
    today = work.today(person.timezone)
    whole = whole_of(await active_leave(work, person), entry)
    _must_hold(entry)
    if whole.last is not None and whole.last < today:
        raise NoLeaveToEnd
    return await (back_on(work, person, today, by=by) if whole.first <= today else cancel_whole(work, entry, by=by))


async def begin(work: Work, entry: LeaveEntry) -> Changed:
    """The first day has come: reviews move on, own cases go the chosen way.

    Nothing happens when it comes so late (the program was stopped) that the person is back already.
    """
    person = await work.uow.get(Person, entry.person)
    if not entry.active or _over(entry, work.today(person.timezone)):
        return Changed(entry.person)
    before = await assignments_near(work, person)
    await free_assignments_of(work, person, own=entry.recorded_by == person.id)
    settled = await settle_own_cases(work, person, entry.own_cases, entry.cover, entry.recorded_by)
    return Changed(entry.person, assignments=await AssignmentChange.since(work, before), cases=settled)


async def undo(work: Work, data: Mapping[str, Any]) -> PutBack:
    """Put a step back: entries, reviews nobody has begun since, cases that were handed over."""
    person = await work.uow.get(Person, data["person"])
    was_away = (await leaves_of(work, person)).on_leave(work.today(person.timezone))
    for id in data["made"]:
        await _cancel(work, await work.uow.get(LeaveEntry, id))
    for id in data["cancelled"]:
        entry = await work.uow.save(replace(await work.uow.get(LeaveEntry, id), cancelled_at=None))
        await _schedule(work, person, entry, begin_today=not was_away)
    moved = await put_back(work, data["assignments"])
    cases = 0
    for id in data["covered"]:
        case = await work.uow.get(Case, id)
        if case.open:
            cover = await work.uow.presenter(case.id)
            await work.uow.set_presenter(case.id, person.id)
            for each in (cover, person.id):
                await case_handed_on(work, case.id, each)
            await work.tell(cover, "cover_over", case.id)
            cases += 1
    await work.uow.wake("person.remind", person.id, work.now)
    return PutBack(person.id, moved.back, moved.begun, moved.kept, cases, int(data["withdrawn"]))


def together(backs: Sequence[PutBack]) -> PutBack:
    """Several steps that were undone as one."""
    return PutBack(
        backs[0].person,
        sum(each.assignments for each in backs),
        sum(each.assignments_begun for each in backs),
        sum(each.assignments_kept for each in backs),
        sum(each.cases for each in backs),
        sum(each.cases_gone for each in backs),
    )


def period_of(entry: LeaveEntry) -> Period:
    """The days of an entry."""
    return Period(entry.first_day, entry.last_day)


def _must_hold(entry: LeaveEntry) -> None:
    """Refuse a leave that was amended or given up already."""
    if not entry.active:
        raise NoLeaveToEnd


def _over(entry: LeaveEntry, today: date) -> bool:
    return entry.last_day is not None and entry.last_day < today


async def _change(
    work: Work, person: Person, cancelled: Sequence[LeaveEntry], planned: Iterable[Planned], by: str
) -> Changed:
    """Cancel entries and make others in their place; what begins or ends today follows at once."""
    today = work.today(person.timezone)
    was_away = (await leaves_of(work, person)).on_leave(today)
    for entry in cancelled:
        await _cancel(work, entry)
    made = []
    for at, (period, own_cases, cover) in enumerate(planned):
        entry = LeaveEntry(
            id=work.tools.ids.new("leave"),
            organisation=work.uow.organisation,
            person=person.id,
            first_day=period.first,
            last_day=period.last,
            recorded_at=work.now,
            recorded_by=by,
            own_cases=own_cases,
            cover=cover if own_cases != KEEP else None,
            replaces=cancelled[min(at, len(cancelled) - 1)].id if cancelled else None,
        )
        await work.uow.add(entry)
        made.append(entry)
    done = Changed(person.id, tuple(made), tuple(cancelled))
    for entry in made:
        begun = await _schedule(work, person, entry, begin_today=not was_away or _other_choice(entry, cancelled))
        if begun:
            done = replace(done, assignments=begun.assignments, cases=begun.cases)
    if was_away:
        await work.uow.wake("person.remind", person.id, work.now)
    return done


async def _schedule(work: Work, person: Person, entry: LeaveEntry, *, begin_today: bool = False) -> Changed | None:
    """Set the moments of an entry: its beginning, now or later, and the notice before the return."""
    today = work.today(person.timezone)
    begun = None
    if entry.first_day > today:
        await work.uow.wake("leave.begins", entry.id, start_of_day(entry.first_day, person.timezone))
    elif begin_today and today in period_of(entry):
        begun = await begin(work, entry)
    await announce_return(work, person, entry)
    return begun


async def date_again(work: Work, person: Person) -> None:
    """Set the moments of leave that is not over anew, because the person's days or clock changed."""
    for entry in await active_leave(work, person):
        if not _over(entry, work.today(person.timezone)):
            await _schedule(work, person, entry)


async def _cancel(work: Work, entry: LeaveEntry) -> None:
    await work.uow.save(replace(entry, cancelled_at=work.now))
    await changed(work, entry.id, "leave_entered", "returning")
    for timer in ("leave.begins", "leave.returns"):
        await work.uow.wake(timer, entry.id, None)


def _other_choice(entry: LeaveEntry, before: Sequence[LeaveEntry]) -> bool:
    """Whether the own cases are to go another way than before."""
    return entry.own_cases != KEEP and all((e.own_cases, e.cover) != (entry.own_cases, entry.cover) for e in before)
