"""The quarterly report counted the slow way: day by day from raw records, as the documentation says it.

Written from docs/reports.md and docs/supervision-log.md.

It knows nothing of how the product counts: no rule, no rhythm, no report of it is imported, only the records.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.follow_up import FollowUp
from bot.domain.organisation import Clinic, Closure, Membership
from bot.domain.person import Person
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.ports.records import ExperienceEntry, FteEntry, LeaveEntry, LogEntry, ModeEntry
from bot.ports.unit_of_work import UnitOfWork

DAY = timedelta(days=1)
WINDOW = 7
"""Five working days to comment take seven calendar days."""
TARGETS = {"icbt": (14, 28), "blended": (14, 28), "f2f": (28, 56)}
NOVICE = (7, 14)


@dataclass
class Facts:
    """Every record there is, and who presented which case."""

    people: Sequence[Person]
    clinics: dict[str, str]
    zones: dict[str, str]
    memberships: Sequence[Membership]
    closures: Sequence[Closure]
    leaves: Sequence[LeaveEntry]
    modes: Sequence[ModeEntry]
    posts: Sequence[FteEntry]
    practising: Sequence[ExperienceEntry]
    rounds: Sequence[Round]
    cases: Sequence[Case]
    presenters: dict[str, str]
    assignments: Sequence[Assignment]
    entries: Sequence[LogEntry]
    holds: Sequence[Hold]
    follow_ups: Sequence[FollowUp] = ()


@dataclass
class Sheet:
    """One person's quarter."""

    clinic: str
    mode: str
    counted: int
    reachable: bool
    covered: bool
    rounds: list[bool] = field(default_factory=list)
    gaps: list[tuple[int, bool]] = field(default_factory=list)
    own_gaps: list[bool] = field(default_factory=list)
    cases: int = 0
    reviews: int = 0
    answered: list[int] = field(default_factory=list)


async def facts_of(uow: UnitOfWork) -> Facts:
    cases = await uow.find(Case)
    return Facts(
        people=await uow.find(Person),
        clinics={c.id: c.name for c in await uow.find(Clinic)},
        zones={c.id: c.timezone for c in await uow.find(Clinic)},
        memberships=await uow.find(Membership),
        closures=await uow.find(Closure),
        leaves=await uow.find(LeaveEntry),
        modes=await uow.find(ModeEntry),
        posts=await uow.find(FteEntry),
        practising=await uow.find(ExperienceEntry),
        rounds=await uow.find(Round),
        cases=cases,
        presenters=dict(await uow.presenters([c.id for c in cases])),
        assignments=await uow.find(Assignment),
        entries=await uow.find(LogEntry),
        holds=await uow.find(Hold),
        follow_ups=await uow.find(FollowUp),
    )


def days(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


def numbers(sheets: Iterable[Sheet]) -> dict[str, Any]:
    """A line of the report."""
    of = list(sheets)
    gaps = sorted(n for sheet in of for n, _ in sheet.gaps)
    answered = sorted(n for sheet in of for n in sheet.answered)
    met = [one for sheet in of for one in sheet.rounds]
    return {
        "therapists": len(of),
        "coverage": share([sheet.covered for sheet in of if sheet.reachable]),
        "asked": len(met),
        "met": sum(met),
        "on_time": share(met),
        "own_within": share([one for sheet in of for one in sheet.own_gaps]),
        "gap_within": share([good for sheet in of for _, good in sheet.gaps]),
        "gap_median": middle(gaps),
        "gap_p90": next((n for n in gaps if sum(m <= n for m in gaps) * 10 >= 9 * len(gaps)), None),
        "cases": sum(sheet.cases for sheet in of),
        "reviews": sum(sheet.reviews for sheet in of),
        "turnaround": middle(answered),
    }


def share(of: Sequence[bool]) -> int | None:
    """Whole per cent, halves rounded up."""
    return int(Fraction(100 * sum(of), len(of)) + Fraction(1, 2)) if of else None


def middle(of: Sequence[int]) -> Fraction | None:
    if not of:
        return None
    return Fraction(of[(len(of) - 1) // 2] + of[len(of) // 2], 2)


class Slow:
    """Answers about one service."""

    def __init__(self, facts: Facts) -> None:
        self.f = facts

    def sheets(self, first: date, last: date) -> dict[str, Sheet]:
        """Everybody with at least one counted day in the quarter."""
        found = {p.id: self.sheet(p, first, last) for p in self.f.people if self.groups(p)}
        return {id: sheet for id, sheet in found.items() if sheet.counted > 0}

    def sheet(self, p: Person, first: date, last: date) -> Sheet:
        since, end = self.since(p, last), self.until(p, last)
        offered = self.offered(p, first, last)
        asked = [a for a in self.asked(p) if a[1] <= end and a[2] >= first]
        events = self.events(p, last, only_own=False)
        sheet = Sheet(
            clinic=self.f.clinics[p.clinic],
            mode=self.most(p, first, last),
            counted=sum(self.counts(p, day) for day in days(max(first, since), end)),
            covered=any(first <= day <= end for day in events),
            reachable=True,
        )
        sheet.reachable = sheet.covered or bool(asked) or any(first <= day <= end for day in offered)
        for of in self.by_round(p, last).values():
            decided = max(due for _, _, due, _ in of)
            if first <= decided <= end:
                sheet.rounds.append(all(done for *_, done in of))
        sheet.gaps = self.gaps(p, events, first, end, last, own=False, could_end=sheet.reachable)
        own = self.events(p, last, only_own=True)
        could_take = any(first <= day <= end for day in offered)
        sheet.own_gaps = [good for _, good in self.gaps(p, own, first, end, last, own=True, could_end=could_take)]
        for case in self.f.cases:
            if self.f.presenters.get(case.id) == p.id and not case.withdrawn_at and case.published_at:
                sheet.cases += first <= own_day(p, case.published_at) <= last
                if case.released_at and first <= own_day(p, case.released_at) <= last:
                    sheet.answered.append((own_day(p, case.released_at) - own_day(p, case.published_at)).days)
        for a in self.f.assignments:
            if a.reviewer == p.id and a.submitted_at and not a.ended_at:
                sheet.reviews += first <= own_day(p, a.submitted_at) <= last
        return sheet

    # ---- days

    def groups(self, p: Person) -> list[Membership]:
        return [m for m in self.f.memberships if m.person == p.id]

    def since(self, p: Person, last: date) -> date:
        """The first day of the latest unbroken time in any group."""
        member = {day for m in self.groups(p) if m.joined_on <= last
                  for day in days(m.joined_on, m.left_on or last)}  # fmt: skip
        starts = [day for day in member if day - DAY not in member and day <= last]
        return max(starts, default=min(m.joined_on for m in self.groups(p)))

    def until(self, p: Person, last: date) -> date:
        ends = [m.left_on or date.max for m in self.groups(p)]
        return min(last, max(ends))

    def away(self, p: Person, day: date) -> bool:
        mine = [e for e in self.f.leaves if e.person == p.id and not e.cancelled_at]
        return any(e.first_day <= day and (e.last_day is None or day <= e.last_day) for e in mine)

    def counts(self, p: Person, day: date) -> bool:
        """Neither leave nor a closed day of the clinic."""
        closed = any(c.clinic == p.clinic and c.first_day <= day <= c.last_day for c in self.f.closures)
        return not closed and not self.away(p, day)

    def mode(self, p: Person, day: date) -> str:
        """Of several facts for one day the one recorded last; a mode for a time gives way to the one before."""
        mine = [
            e for e in self.f.modes
            if e.person == p.id and not e.cancelled_at and e.from_day <= day <= (e.until_day or date.max)
        ]  # fmt: skip
        latest = max(mine, key=lambda e: (e.from_day, e.recorded_at), default=None)
        return latest.mode if latest else "icbt"

    def most(self, p: Person, first: date, last: date) -> str:
        """The mode of most days, the later one if two are even."""
        by_mode: dict[str, list[date]] = defaultdict(list)
        for day in days(first, last):
            by_mode[self.mode(p, day)].append(day)
        return max(by_mode, key=lambda mode: (len(by_mode[mode]), max(by_mode[mode])))

    # ---- events

    def in_force(self) -> list[LogEntry]:
        """Of each chain of corrections the last, unless it takes the entry back."""
        chains: dict[str, LogEntry] = {}
        for entry in sorted(self.f.entries, key=lambda e: e.recorded_at):
            chains[entry.corrects or entry.id] = entry
        return [entry for entry in chains.values() if not entry.withdrawn]

    def events(self, p: Person, last: date, *, only_own: bool) -> list[date]:
        """Days of supervision received, each on its round's own day; what is in and not logged yet counts too."""
        found = set()
        for e in self.in_force():
            if e.person == p.id and e.role != "supervisor" and (e.role == "presenter" or not only_own):
                found.add(e.counts_on or e.day)
        for case in self.f.cases:
            is_open = case.published_at and not case.closed_at and not case.withdrawn_at
            if is_open and self.f.presenters.get(case.id) == p.id:
                found.add(own_day(p, case.published_at))
            for a in self.f.assignments:
                mine = a.case == case.id and a.reviewer == p.id and a.submitted_at and not a.ended_at
                if is_open and mine and not only_own:
                    found.add(own_day(p, a.submitted_at if a.late else a.published_at))
        return sorted(day for day in found if day <= last)

    # ---- rounds

    def asked(self, p: Person) -> list[tuple[str, date, date, bool]]:
        """Round, day, deadline, whether it was in by then."""
        found = []
        for a in self.f.assignments:
            case = next(c for c in self.f.cases if c.id == a.case)
            if a.reviewer != p.id or not a.published_at or not a.due_at or a.not_reached_at:
                continue
            if not a.submitted_at:
                stopped = case.held_at or case.withdrawn_at or (case.closed_at and case.closed_at <= a.due_at)
                gone = a.ended_at and (a.ended_at <= a.due_at or a.end_reason in {"conflict", "recognised"})
                if stopped or gone:
                    continue
            found.append(
                (a.round, own_day(p, a.published_at), own_day(p, a.due_at), bool(a.submitted_at) and not a.late)
            )
        for case in self.f.cases:
            if self.f.presenters.get(case.id) == p.id and case.published_at and not case.withdrawn_at:
                day = own_day(p, case.published_at)
                found.append((case.round or "", day, day, True))
        return found

    def by_round(self, p: Person, last: date) -> dict[str, list[tuple[str, date, date, bool]]]:
        found = defaultdict(list)
        for one in self.asked(p):
            if one[1] <= last:
                found[one[0]].append(one)
        return found

    def offered(self, p: Person, first: date, last: date) -> list[date]:
        """Published rounds with cases of the groups, in which the person could have presented."""
        found = []
        for r in self.f.rounds:
            day = own_day(p, r.published_at) if r.published_at and not r.cancelled_at else None
            member = day and any(
                m.group == r.group and m.joined_on <= day <= (m.left_on or date.max) for m in self.groups(p)
            )
            with_cases = any(c.round == r.id and c.published_at for c in self.f.cases)
            if not day or not member or not with_cases or p.id in r.passed or self.away(p, day) or day > last:
                continue
            waiting = any(
                own_day(p, c.submitted_at) <= day < (own_day(p, c.published_at) if c.published_at else date.max)
                for c in self.f.cases
                if self.f.presenters.get(c.id) == p.id
                and not c.withdrawn_at
                and not (c.closed_at and not c.published_at)
            )
            if not waiting:
                found.append(day)
        return found

    # ---- gaps

    def gaps(
        self, p: Person, events: list[date], first: date, end: date, last: date, *, own: bool, could_end: bool
    ) -> list[tuple[int, bool]]:
        """Gaps that end in the quarter: days, and whether within the allowed days or nobody's fault.

        An open one is none where no round of the quarter could have ended it (`could_end`).
        """
        since = self.since(p, last)
        before = [day for day in events if day < first]
        start = max([*before[-1:], since])
        inside = [day for day in events if first <= day <= end and day > start]
        found, after = [], start
        for day in inside:
            found.append(self.gap(p, after, day, last, own=own, is_open=False))
            after = day
        if after < end:
            still = self.gap(p, after, end, last, own=own, is_open=True)
            if (found or could_end) and (not found or not still[1]):
                found.append(still)
        return found if start < end else []

    def gap(self, p: Person, after: date, until: date, last: date, *, own: bool, is_open: bool) -> tuple[int, bool]:
        elapsed = sum(self.counts(p, day) for day in days(after + DAY, until))
        if elapsed <= self.allowed(p, after, until, own=own) + WINDOW:
            return elapsed, True
        end = until if is_open else until - DAY
        if own:
            missed = any(after < day <= end for day in self.offered(p, after, last))
        else:
            missed = any(after < day <= end and not done and due < until for _, day, due, done in self.asked(p))
        return elapsed, not missed

    def target(self, p: Person, day: date, *, own: bool) -> int:
        started = max((e for e in self.f.practising if e.person == p.id), key=lambda e: e.recorded_at, default=None)
        mode = self.mode(p, day)
        since = started.practising_since if started else p.experienced_since
        is_novice = since is not None and day < _year_after(since)
        return (NOVICE if is_novice and mode == "icbt" else TARGETS[mode])[own]

    def allowed(self, p: Person, after: date, until: date, *, own: bool) -> int:
        """The target of a gap: a shorter one starts anew on its day, or what was due stays due."""
        allowed = self.target(p, after, own=own)
        for day in days(after + DAY, until):
            changed = self.target(p, day, own=own)
            if changed != self.target(p, day - DAY, own=own):
                so_far = sum(self.counts(p, d) for d in days(after + DAY, day))
                allowed = max(changed, min(allowed, so_far + changed))
        return allowed

    # ---- where somebody stands on a day

    def state(self, p: Person, today: date, *, own: bool) -> tuple[str, int, int]:
        """The word of the docs' table, the counted days since the last event, and the target; messages arrive here."""
        since = self.since(p, today)
        last = max([day for day in self.events(p, today, only_own=own) if day <= today], default=since)
        after = max(last, since)
        elapsed = sum(self.counts(p, day) for day in days(after + DAY, today))
        target = self.allowed(p, after, today, own=own)
        beyond = elapsed > target + WINDOW
        if self.away(p, today):
            return "leave", elapsed, target
        if own:
            quarter = max(3, target // 4)
            near = "due_soon" if target - elapsed <= quarter else "on_track"
            offered = any(after < day < today for day in self.offered(p, after, today))
            return (("overdue" if offered else "not_asked") if beyond else near), elapsed, target
        asked = [one for one in self.asked(p) if one[1] <= today]
        waits = [due for case, due in self.waiting(p, today) if due >= today]
        missed = any(after <= day and due < today and not done for _, day, due, done in asked)
        if missed or any(due < today for _, due in self.waiting(p, today)):
            return "overdue", elapsed, target
        if waits:
            return ("due_soon" if min(waits) - today <= 3 * DAY else "on_track"), elapsed, target
        return ("not_asked" if beyond else "on_track"), elapsed, target

    def waiting(self, p: Person, today: date) -> list[tuple[str, date]]:
        """Reviews that are still to be written, with their deadlines."""
        cases = {case.id: case for case in self.f.cases}
        return [
            (a.case, own_day(p, a.due_at))
            for a in self.f.assignments
            if a.reviewer == p.id and a.published_at and a.due_at and not a.submitted_at and not a.ended_at
            and not a.not_reached_at and not cases[a.case].held_at and not cases[a.case].withdrawn_at
            and not cases[a.case].closed_at and own_day(p, a.published_at) <= today
        ]  # fmt: skip

    # ---- posts

    def full_post(self, p: Person, day: date) -> Fraction:
        """The share of a full post, on leave or not."""
        mine = [e for e in self.f.posts if e.person == p.id and e.from_day <= day and not e.cancelled_at]
        latest = max(mine, key=lambda e: (e.from_day, e.recorded_at), default=None)
        return Fraction(str(latest.fte if latest else p.fte))

    def post(self, p: Person, day: date) -> Fraction:
        return Fraction(0) if self.away(p, day) else self.full_post(p, day)


def own_day(p: Person, moment: datetime | None) -> date:
    """The day where the person is."""
    assert moment is not None
    return moment.astimezone(ZoneInfo(p.timezone)).date()


def _year_after(day: date) -> date:
    return day.replace(year=day.year + 1) if (day.month, day.day) != (2, 29) else date(day.year + 1, 2, 28)
