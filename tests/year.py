"""One simulated year of a service: series, closures, leave, rounds, reviews, reminders, by the product's own rules.

A discrete-event run over the pure core (`bot.domain`, `bot.rotation`, `bot.calendars`): dates, plans, deadlines,
decisions and the steps of a case are the product's; only the people are drawn, from one seed. After every step the
invariants of what it touched are checked, at every midnight those of everything; a failure names the seed.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from bot.calendars.public_holidays import work_calendar
from bot.calendars.recurrence import parse_rule
from bot.domain.assignment import Assignment, EndReason, ready_to_release
from bot.domain.calendar import WorkCalendar, wall_time
from bot.domain.case import Case, CaseStatus
from bot.domain.caseload import Caseload, FteChange, Leave, Mode, ModeChange, open_review_cap
from bot.domain.policy import Policy
from bot.domain.reminders import OpenReview, Recipient, decide
from bot.domain.series import EveryWeeks, Occurrence, PhaseDays, Rule, Series, deadlines, occurrences
from bot.rotation import Case as Wanted
from bot.rotation import Instance, Member, assign
from tests.year_people import CaseOnWay, Clinic, ReviewOnWay, Team, Therapist

START, END = date(2027, 1, 1), date(2027, 12, 31)
COUNTRIES = (
    ("SE", "", "Europe/Stockholm"),
    ("DK", "", "Europe/Copenhagen"),
    ("NO", "", "Europe/Oslo"),
    ("NL", "", "Europe/Amsterdam"),
    ("DE", "BY", "Europe/Berlin"),
    ("GB", "ENG", "Europe/London"),
)
END_OF_DAY = time(23, 59)
POLICY = Policy()
PHASES = PhaseDays.of(POLICY)
GROUP = 8
CASES = 3
Step = Callable[[datetime], None]


class Broken(AssertionError):
    """An invariant does not hold; the message names it, the moment and the seed."""


class Year:
    """A service of so many therapists, from one seed."""

    def __init__(self, therapists: int, seed: int, until: date = END) -> None:
        self.seed, self.until = seed, until
        self.chance = Random(seed)
        self.counts: Counter[str] = Counter()
        self._queue: list[tuple[datetime, int, Step]] = []
        self._number = count()
        clinics = [self._clinic(*COUNTRIES[i % len(COUNTRIES)]) for i in range(max(6, therapists // 150))]
        self.teams = [self._team(f"g{i}", clinics) for i in range(therapists // GROUP)]
        self.people = [person for team in self.teams for person in team.people]

    # ---- the people ---------------------------------------------------------------------------

    def _clinic(self, country: str, region: str, zone: str) -> Clinic:
        summer = date(2027, 7, 5) + timedelta(days=7 * self.chance.randrange(4))
        periods = [(date(2026, 12, 21), date(2027, 1, 6)), (date(2027, 12, 22), date(2028, 1, 5))]
        periods += [(summer, summer + timedelta(days=11))] if self.chance.random() < 0.5 else []
        closed = frozenset(first + timedelta(days=i) for first, last in periods for i in range((last - first).days + 1))
        by_law = work_calendar(country, region, closed)
        return Clinic(zone, WorkCalendar(cache(by_law.closed)), closed)

    def _team(self, id: str, clinics: list[Clinic]) -> Team:
        home = self.chance.choice(clinics)
        people = [
            self._therapist(f"{id}.{i}", home if self.chance.random() < 0.8 else self.chance.choice(clinics))
            for i in range(GROUP)
        ]
        anchor = date(2027, 1, 4) + timedelta(days=self.chance.randrange(28))
        rules: list[Rule] = [EveryWeeks(1), EveryWeeks(2), EveryWeeks(2), EveryWeeks(4)]
        rules.append(parse_rule("FREQ=MONTHLY;BYDAY=2TU", anchor))
        series = Series(self.chance.choice(rules), anchor, time(9), home.zone)
        if self.chance.random() < 0.2:
            series = series.pause(date(2027, 7, 1), date(2027, 8, 15))
        coming = occurrences(series, anchor, home.calendar, home.closures.__contains__)
        team = Team(id, home, people, series, coming)
        self._plan_next(team)
        return team

    def _therapist(self, id: str, clinic: Clinic) -> Therapist:
        leaves = []
        for _ in range(self.chance.randrange(4)):
            first = START + timedelta(days=self.chance.randrange(365))
            leaves.append(Leave(id, first, first + timedelta(days=self.chance.choice((4, 9, 11, 70)))))
        mode = self.chance.choice((Mode.ICBT, Mode.ICBT, Mode.BLENDED, Mode.F2F))
        caseload = Caseload(
            modes=(ModeChange(id, mode, date.min, "", datetime.min.replace(tzinfo=UTC)),),
            ftes=(FteChange(id, 1.0, date.min, "", datetime.min.replace(tzinfo=UTC)),),
            experience=(),
            leaves=tuple(leaves),
        )
        week = range(5) if self.chance.random() < 0.8 else self.chance.sample(range(5), 3)
        person = Therapist(id, clinic, clinic.calendar.only(week), caseload, self.chance.choice((0.98, 0.9, 0.6)))
        for leave in leaves:
            self._at(wall_time(leave.first_day, time(), clinic.zone), lambda now, p=person: self._leave(p, now))  # type: ignore[misc]  # bound now
        return person

    # ---- the run ------------------------------------------------------------------------------

    def run(self) -> Counter[str]:
        """Every step of the year in order of time; what happened, counted. Raises `Broken` with the seed."""
        midnight = datetime.combine(START, time(), UTC)
        while self._queue:
            at, _, step = heapq.heappop(self._queue)
            while midnight <= at:
                self._check_everything(midnight)
                midnight += timedelta(days=1)
            if at.date() > self.until:
                break
            step(at)
            self.counts["steps"] += 1
        return self.counts

    def _at(self, moment: datetime, step: Step) -> None:
        heapq.heappush(self._queue, (moment, next(self._number), step))

    def _plan_next(self, team: Team) -> None:
        """The next occurrence that takes place; those between are noted as left out."""
        for occurrence in team.coming:
            if occurrence.at is not None:
                self._at(occurrence.at, lambda now, o=occurrence: self._publish(team, o, now))  # type: ignore[misc]  # bound now
                return
            team.left_out.add(occurrence.planned)
            if occurrence.planned > self.until:
                return

    def _publish(self, team: Team, occurrence: Occurrence, now: datetime) -> None:
        self._must(occurrence.planned not in team.held, "an occurrence is held once", now)
        team.held[occurrence.planned] = now
        self.counts["rounds"] += 1
        phases = deadlines(now.astimezone(ZoneInfo(team.clinic.zone)).date(), time(9), team.clinic.zone,
                           team.clinic.calendar, PHASES)  # fmt: skip
        self._must(phases.publish_at == now, "a round is published at its local time", now)
        self._must(phases.collect_from < now < phases.clarify_until < phases.review_until, "phases follow", now)
        today = now.date()
        members = [self._member(person, today) for person in team.people]
        there = [p for p, m in zip(team.people, members, strict=True) if not m.absent]
        authors = [there[(team.turn + i) % len(there)] for i in range(min(CASES, len(there)))]
        team.turn += len(authors)
        wanted = tuple(Wanted(f"{team.id}:{today}:{i}", author.id, 2) for i, author in enumerate(authors))
        plan = assign(Instance(tuple(members), wanted, seed=self.chance.randrange(2**31)))
        people = {person.id: person for person in team.people}
        for case in wanted:
            reviewers = [people[pair.reviewer] for pair in plan.assignments if pair.case == case.id]
            self._give_out(team, case.id, case.author or "", reviewers, now)
        self._plan_next(team)

    def _member(self, person: Therapist, day: date) -> Member:
        cap = open_review_cap(person.caseload, day, POLICY)
        away = person.caseload.on_leave(day)
        return Member(person.id, "both", cap, absent=away, open_reviews=len(person.open), open_cap=cap)

    def _give_out(self, team: Team, id: str, author: str, reviewers: list[Therapist], now: datetime) -> None:
        if not reviewers:
            self.counts["waiting"] += 1
            return
        self.counts["cases"] += 1
        clarify = max(self._deadline(person, PHASES.clarify, now) for person in reviewers)
        facts = Case(id, "o", team.id, id, "icbt", "en", 2, now).publish(now, clarify)
        case = CaseOnWay(facts, author)
        team.cases.append(case)
        for person in reviewers:
            self._review(case, person, now)
        self._release_after_last_due(team, case)
        if self.chance.random() < 0.02:
            self._at(now + timedelta(days=self.chance.randrange(1, 6), hours=3), lambda at: self._hold(team, case, at))

    def _review(self, case: CaseOnWay, person: Therapist, now: datetime) -> None:
        due = self._deadline(person, PHASES.review, now)
        id = f"{case.facts.id}/{person.id}/{len(case.reviews)}"
        facts = Assignment(id, "o", case.facts.id, "r", person.id, "A", now, due_at=due, published_at=now)
        review = ReviewOnWay(facts, person, case)
        case.reviews.append(review)
        person.open[id] = review
        self.counts["reviews given out"] += 1
        self._check_review(review, now)
        self._look_at(person, now)
        if self.chance.random() < person.diligence:
            day = person.own.add_working_days(now.date(), self.chance.choice((3, 3, 4, 5, 5, 6, 9)))
            self._at(wall_time(day, time(15, 7), person.clinic.zone), lambda at: self._submit(review, at))

    def _deadline(self, person: Therapist, days: int, now: datetime) -> datetime:
        """As the product dates it: working days of the reviewer's clinic, then a day they work."""
        today = now.astimezone(ZoneInfo(person.clinic.zone)).date()
        day = person.own.next_working_day(person.clinic.calendar.add_working_days(today, days))
        return wall_time(day, END_OF_DAY, person.clinic.zone)

    def _submit(self, review: ReviewOnWay, now: datetime) -> None:
        case = review.held
        if not review.facts.active or not case.facts.open or case.facts.held_at:
            return
        if case.facts.status(now) is CaseStatus.CLARIFYING:
            return
        review.facts = review.facts.submit(now, case.facts)
        del review.reviewer.open[review.facts.id]
        self.counts["reviews in"] += 1
        self._release(case, now)

    def _release_after_last_due(self, team: Team, case: CaseOnWay) -> None:
        last = max(s.facts.due_at for s in case.reviews if s.facts.due_at and s.facts.active)
        self._at(last + timedelta(minutes=1), lambda at: self._release(case, at))
        self._at(last + timedelta(days=21), lambda at: self._close(team, case, at))

    def _release(self, case: CaseOnWay, now: datetime) -> None:
        if ready_to_release(case.facts, [s.facts for s in case.reviews], now):
            case.facts = case.facts.release(now)
            self.counts["released"] += 1

    def _close(self, team: Team, case: CaseOnWay, now: datetime) -> None:
        if not case.facts.open or case.facts.held_at:
            return
        case.facts = case.facts.end(now)
        case.logged += sum(s.facts.submitted_at is not None for s in case.reviews)
        for review in case.reviews:
            review.reviewer.open.pop(review.facts.id, None)
        team.cases.remove(case)
        self.counts["closed"] += 1
        self.counts["logged"] += case.logged

    def _hold(self, team: Team, case: CaseOnWay, now: datetime) -> None:
        if not case.facts.open:
            return
        case.facts = case.facts.hold(now)
        self.counts["holds"] += 1
        self._at(now + timedelta(days=self.chance.randrange(1, 10)), lambda at: self._resume(team, case, at))

    def _resume(self, team: Team, case: CaseOnWay, now: datetime) -> None:
        assert case.facts.held_at is not None
        case.facts = case.facts.resume()
        for review in case.reviews:
            if review.facts.pending:
                review.facts = replace(review.facts, due_at=self._deadline(review.reviewer, PHASES.review, now))
                review.told_at = None
                self._look_at(review.reviewer, now)
        if any(s.facts.active for s in case.reviews):
            self._release_after_last_due(team, case)

    def _leave(self, person: Therapist, now: datetime) -> None:
        """From the first day on somebody else writes what they had open, within caps, or the review stays empty."""
        team = next(t for t in self.teams if t.id == person.id.split(".")[0])
        for review in [*person.open.values()]:
            case = review.held
            review.facts = review.facts.end(now, EndReason.LEAVE)
            del person.open[review.facts.id]
            self.counts["moved"] += 1
            taken = {s.reviewer.id for s in case.reviews if s.facts.active} | {case.author}
            free = [p for p in team.people if p.id not in taken and self._has_room(p, now)]
            if free and not case.facts.held_at and not case.facts.released_at:
                self._review(case, min(free, key=lambda p: (len(p.open), p.id)), now)
                self._release_after_last_due(team, case)

    @staticmethod
    def _has_room(person: Therapist, now: datetime) -> bool:
        today = now.astimezone(ZoneInfo(person.clinic.zone)).date()
        return len(person.open) < open_review_cap(person.caseload, today, POLICY)

    # ---- reminders ----------------------------------------------------------------------------

    def _look_at(self, person: Therapist, at: datetime) -> None:
        """One timer a person: an earlier look replaces a later one."""
        if person.looks_at is None or at < person.looks_at:
            person.looks_at = at
            self._at(at, lambda now: self._look(person, now))

    def _look(self, person: Therapist, now: datetime) -> None:
        if person.looks_at != now:
            return
        person.looks_at = None
        recipient = Recipient(person.clinic.zone, person.own, person.caseload.on_leave, tuple(person.reminders[-3:]))
        decision = decide([_open_review(review) for review in person.open.values()], recipient, POLICY, now)
        if decision.remind:
            self._check_reminder(person, decision.remind, now)
            person.reminders.append(now)
            self.counts["reminders"] += 1
            for id in decision.remind:
                person.open[id].reminded_at = now
        for id in decision.tell_supervisor:
            self._check_late(person.open[id], now)
            person.open[id].told_at = now
            self.counts["supervisor told"] += 1
        if decision.look_again_at:
            self._must(decision.look_again_at > now, "the next look lies ahead", now)
            self._look_at(person, decision.look_again_at)

    # ---- invariants ---------------------------------------------------------------------------

    def _must(self, holds: bool, what: str, now: datetime) -> None:
        if not holds:
            raise Broken(f"{what}: broken at {now.isoformat()}; repeat with seed {self.seed}")

    def _check_review(self, review: ReviewOnWay, now: datetime) -> None:
        person, case = review.reviewer, review.held
        assert review.facts.due_at is not None
        today = now.astimezone(ZoneInfo(person.clinic.zone)).date()
        due = review.facts.due_at.astimezone(ZoneInfo(person.clinic.zone)).date()
        days = (today + timedelta(days=i) for i in range(1, (due - today).days + 1))
        worked = [day for day in days if day.weekday() < 5 and not person.clinic.calendar.closed(day)]
        self._must(person.id != case.author, "nobody reviews their own case", now)
        others = [s.reviewer.id for s in case.reviews if s.facts.active and s is not review]
        self._must(person.id not in others, "nobody has two reviews of a case", now)
        self._must(len(person.open) <= open_review_cap(person.caseload, today, POLICY), "caps hold", now)
        self._must(len(worked) >= PHASES.review and worked[-1] == due, "five working days of their clinic", now)
        self._must(due.weekday() in person.own.weekdays, "a review is due on a day its reviewer works", now)
        exact = len(person.own.weekdays) < 5 or len(worked) == PHASES.review
        self._must(exact, "not one working day more", now)

    def _check_reminder(self, person: Therapist, ids: tuple[str, ...], now: datetime) -> None:
        local = now.astimezone(ZoneInfo(person.clinic.zone))
        before = person.reminders[-1].astimezone(local.tzinfo).date() if person.reminders else date.min
        self._must(before < local.date(), "one message a day", now)
        self._must(time(8) <= local.time() < time(17), "inside the person's own hours", now)
        self._must(person.own.is_working(local.date()), "on a day they work", now)
        self._must(not person.caseload.on_leave(local.date()), "never on leave", now)
        for id in ids:
            review = person.open[id]
            self._must(review.facts.pending and not review.held.facts.held_at, "only what is open and not on hold", now)

    def _check_late(self, review: ReviewOnWay, now: datetime) -> None:
        assert review.facts.due_at is not None
        zone = ZoneInfo(review.reviewer.clinic.zone)
        due, today = review.facts.due_at.astimezone(zone).date(), now.astimezone(zone).date()
        between = review.reviewer.own.working_days_between(due, today)
        self._must(between >= POLICY.supervisor_told_after_days, "the supervisor is told at +3", now)
        self._must(
            review.told_at is None and review.facts.overdue(now, review.held.facts), "once, and only when late", now
        )

    def _check_everything(self, midnight: datetime) -> None:
        """No occurrence is lost, no case is lost, nobody on leave has a review, nothing is logged twice."""
        day = midnight.date() - timedelta(days=1)
        for number, team in enumerate(self.teams):
            if (number + day.toordinal()) % 7:
                continue  # each team once a week
            for planned in team.series.rule.dates(
                team.series.anchor, max(team.series.anchor, day - timedelta(days=10))
            ):
                if planned >= day - timedelta(days=1):
                    break
                known = planned in team.held or planned in team.left_out
                moved = team.clinic.calendar.next_working_day(planned) >= day - timedelta(days=1)
                self._must(known or moved, "every planned date is held or named as left out", midnight)
            for case in team.cases:
                self._must(case.facts.open and case.logged == 0, "a case under way is open", midnight)
        just_before = midnight - timedelta(seconds=1)
        for person in self.people:
            if person.open and person.caseload.on_leave(just_before.astimezone(ZoneInfo(person.clinic.zone)).date()):
                self._must(False, "nobody on leave has an open review", midnight)
        self.counts["days checked"] += 1
        if self.counts["days checked"] % 30 == 0:
            under_way = sum(len(team.cases) for team in self.teams)
            self._must(self.counts["cases"] == self.counts["closed"] + under_way, "no case is lost", midnight)


def _open_review(review: ReviewOnWay) -> OpenReview:
    assert review.facts.due_at is not None
    assert review.facts.published_at is not None
    return OpenReview(
        id=review.facts.id,
        due_day=review.facts.due_at.astimezone(ZoneInfo(review.reviewer.clinic.zone)).date(),
        published_at=review.facts.published_at,
        on_hold=review.held.facts.held_at is not None,
        reminded_at=review.reminded_at,
        supervisor_told_at=review.told_at,
    )
