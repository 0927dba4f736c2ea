"""Series as they are stored, and rounds and timers brought in line with them.

A round is opened by a stored date: `SeriesEntry.handled` says up to which planned date everything was dealt with,
and the pair of series and planned date is unique among rounds. A restart, a second replica or a clock that jumps
back therefore opens nothing twice; dates missed while the program was down are named to the supervisor, not lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from typing import Any

from bot.app.caching_uow import Remembering
from bot.app.context import Work
from bot.app.facts.permissions import supervisors_of
from bot.app.facts.round_planning import WAITING
from bot.app.facts.workdays import ClinicDays, clinic_days
from bot.app.steps.open_round import cancel_round, collecting, open_round, redate_round
from bot.app.steps.shown_anew import show_anew
from bot.calendars.recurrence import RecurrenceRule
from bot.domain.case import Case
from bot.domain.message_review import CaseKind
from bot.domain.organisation import Group, Membership
from bot.domain.person import Person
from bot.domain.round import Round
from bot.domain.series import (
    ONE_DAY,
    PREVIEW_DAYS,
    EveryWeeks,
    Occurrence,
    Pause,
    PhaseDays,
    Rhythm,
    Rule,
    Series,
    Why,
    occurrences,
)
from bot.ports.records import OutboxEntry, SeriesEntry
from bot.ports.unit_of_work import AlreadyThere

SHORTLY = timedelta(minutes=1)


@dataclass(frozen=True)
class Plan:
    """A series with the days of its clinic."""

    series: Series
    phases: PhaseDays
    days: ClinicDays

    def occurrences(self, since: date) -> Iterator[Occurrence]:
        """What becomes of each planned date on or after `since`, five years at most."""
        every = occurrences(self.series, since, self.days.calendar, self.days.in_closure)
        return takewhile(lambda o: (o.planned - since).days <= PREVIEW_DAYS, every)

    def held(self, since: date) -> Iterator[Occurrence]:
        """Those that take place."""
        return (o for o in self.occurrences(since) if o.at is not None)

    def opens_at(self, occurrence: Occurrence) -> datetime:
        """When collecting begins for an occurrence that takes place (aware UTC)."""
        assert occurrence.day is not None
        day = self.days.calendar.add_working_days(occurrence.day, -self.phases.collect)
        return self.series.moment(occurrence.planned, day)


def series_of(entry: SeriesEntry) -> Series:
    """The rules' series of a stored one."""
    plan = entry.plan
    return Series(
        *_rhythm(plan),
        skipped=frozenset(map(date.fromisoformat, plan["skipped"])),
        moved={date.fromisoformat(day): date.fromisoformat(to) for day, to in plan["moved"].items()},
        pauses=tuple(Pause(*map(_day, pause)) for pause in plan["pauses"]),  # type: ignore[arg-type]  # the first is set
        last_day=_day(plan["last_day"]),
        earlier=tuple(Rhythm(*_rhythm(was), date.fromisoformat(was["until"])) for was in plan.get("earlier", ())),
        messages=plan.get("messages", 0),
    )


def phases_of(entry: SeriesEntry) -> PhaseDays:
    """Working days of each phase of the series' rounds."""
    return PhaseDays(**entry.plan["phases"])


def as_plan(series: Series, phases: PhaseDays) -> Mapping[str, Any]:
    """What is stored of a series."""
    return {
        **_as_rhythm(series),
        "skipped": sorted(day.isoformat() for day in series.skipped),
        "moved": {day.isoformat(): to.isoformat() for day, to in sorted(series.moved.items())},
        "pauses": [[_iso(p.first_day), _iso(p.last_day)] for p in series.pauses],
        "last_day": _iso(series.last_day),
        "phases": asdict(phases),
        "earlier": [{**_as_rhythm(rhythm), "until": rhythm.until.isoformat()} for rhythm in series.earlier],
        **({"messages": series.messages} if series.messages else {}),
    }


async def plan_of(work: Work, entry: SeriesEntry) -> Plan:
    """A stored series with the days of its clinic as of now."""
    return Plan(series_of(entry), phases_of(entry), await clinic_days(work, entry.clinic))


def following(entry: SeriesEntry) -> date:
    """From which planned date on nothing was dealt with yet."""
    return entry.handled + ONE_DAY if entry.handled else series_of(entry).anchor


async def change(work: Work, entry: SeriesEntry, series: Series) -> SeriesEntry:
    """Keep a changed plan and follow it."""
    return await follow(work, replace(entry, plan=as_plan(series, phases_of(entry))))


async def follow(work: Work, entry: SeriesEntry) -> SeriesEntry:
    """Bring unpublished rounds and the next opening in line with the plan and the clinic's days as of now."""
    return await _follow(work, entry, await plan_of(work, entry), await _unpublished(work, entry))


async def _follow(work: Work, entry: SeriesEntry, plan: Plan, unpublished: Sequence[Round]) -> SeriesEntry:
    if not entry.ended_at:
        for round_ in unpublished:
            await _realign(work, plan, round_)
    coming = await _coming(work, entry, plan)
    if coming is None and next(plan.series.planned(following(entry)), None) is None:
        entry = replace(entry, ended_at=entry.ended_at or work.now)
    next_at = plan.opens_at(coming) if coming else None
    await work.uow.wake("series.open", entry.id, next_at)
    kept = await work.uow.save(replace(entry, next_at=next_at))
    await _tell_of_dates_anew(work, entry, plan)
    return kept


async def _tell_of_dates_anew(work: Work, entry: SeriesEntry, plan: Plan) -> None:
    """What supervisors were told of a date that is still to come says what holds of it now."""
    told = await work.uow.find(OutboxEntry, subject=entry.id, card="occurrence_left_out")
    today = work.today(plan.series.zone).isoformat()
    ahead = [each for each in told if each.args["day"] >= today]
    await show_anew(work, ahead, work.tools.ids.new("notice"), {"occurrence_left_out"})


async def look_ahead(reads: Remembering, ids: Sequence[str]) -> None:
    """Read for several series at once what opening each of their rounds asks for."""
    entries = await reads.look_ahead(SeriesEntry, "id", ids)
    groups = sorted({entry.group for entry in entries})
    await reads.look_ahead(Group, "id", groups)
    assignments = await reads.look_ahead(Membership, "group", groups)
    await reads.look_ahead(Person, "id", sorted({assignment.person for assignment in assignments}))
    for field, values in (("group", groups), ("series", ids)):
        await reads.look_ahead(Round, field, values, published_at=None, closed_at=None, cancelled_at=None)
    await reads.look_ahead(Case, "group", groups, **WAITING)


async def open_due(work: Work, id: str) -> None:
    """Open the round whose time to collect cases has come; the timer's step."""
    entry = await work.uow.get(SeriesEntry, id)
    if entry.ended_at:
        return
    plan = await plan_of(work, entry)
    due = [*takewhile(lambda o: plan.opens_at(o) <= work.now, plan.held(following(entry)))]
    earlier = await _unpublished(work, entry)  # the one that opens now is in line already
    if due:
        busy = await collecting(work, entry.group)
        # Those still to come open in turn; of those whose day has passed only the last may be held late.
        turn = next((o for o in due if o.at and o.at > work.now), due[-1])
        assert turn.at is not None
        if busy and busy.publish_at < turn.at:
            await work.uow.wake("series.open", id, max(busy.publish_at, work.now) + SHORTLY)
            return
        for missed in takewhile(lambda o: o is not turn, due):
            await _tell(work, entry, "occurrence_missed", missed)
        if busy:  # begun by hand, it stands in for this date
            await _tell(work, entry, "occurrence_left_out", turn, "under_way")
        else:
            await _open(work, entry, plan, turn)
        entry = replace(entry, handled=turn.planned)
    await _follow(work, entry, plan, earlier)


async def _open(work: Work, entry: SeriesEntry, plan: Plan, occurrence: Occurrence) -> None:
    """Open the round of an occurrence, late if need be; one that has no time left before the next is named."""
    publish_at = occurrence.at
    assert publish_at is not None
    if publish_at <= work.now:
        day = plan.days.calendar.add_working_days(work.today(plan.series.zone), plan.phases.collect)
        successor = next(plan.held(occurrence.planned + ONE_DAY), None)
        if successor and successor.day and day >= successor.day:
            await _tell(work, entry, "occurrence_missed", occurrence)
            return
        publish_at = plan.series.moment(occurrence.planned, day)
    group = await work.uow.get(Group, entry.group)
    asks = plan.series.asks_message(occurrence.planned) and (await work.policy(group)).message_reviews
    kind = CaseKind.MESSAGE if asks else CaseKind.CASE
    with suppress(AlreadyThere):  # another replica opened it
        await open_round(
            work,
            group,
            publish_at,
            phases=plan.phases,
            series=entry.id,
            occurrence=occurrence.planned,
            kind=kind.value,
        )


async def _realign(work: Work, plan: Plan, round_: Round) -> None:
    """A round that still collects follows its occurrence to another date, or away."""
    assert round_.occurrence is not None
    found = next(plan.occurrences(round_.occurrence), None)
    if found is None or found.planned != round_.occurrence or found.at is None:
        await cancel_round(work, round_)
    elif found.at > work.now and found.at != round_.publish_at:
        await redate_round(work, round_, found.at)


async def _coming(work: Work, entry: SeriesEntry, plan: Plan) -> Occurrence | None:
    """The next occurrence that takes place; the supervisor hears of those a closure or the next one swallows."""
    if entry.ended_at:
        return None
    for occurrence in plan.occurrences(following(entry)):
        if occurrence.at is not None:
            return occurrence
        if occurrence.why in {Why.CLOSURE, Why.NEXT_IS_DUE} and occurrence.planned >= work.today(plan.series.zone):
            await _tell(work, entry, "occurrence_left_out", occurrence)
    return None


async def _tell(work: Work, entry: SeriesEntry, card: str, occurrence: Occurrence, why: str = "") -> None:
    day = occurrence.planned.isoformat()
    for supervisor in await supervisors_of(work, await work.uow.get(Group, entry.group)):
        await work.tell(supervisor.id, card, entry.id, key=day, day=day, why=why or occurrence.why or "")


async def _unpublished(work: Work, entry: SeriesEntry) -> list[Round]:
    return await work.uow.find(Round, series=entry.id, published_at=None, closed_at=None, cancelled_at=None)


def _rhythm(plan: Mapping[str, Any]) -> tuple[Rule, date, time, str]:
    rule: Rule = EveryWeeks(plan["weeks"]) if plan.get("weeks") else RecurrenceRule(plan["rule"])
    return rule, date.fromisoformat(plan["anchor"]), time.fromisoformat(plan["at"]), plan["zone"]


def _as_rhythm(of: Series | Rhythm) -> dict[str, Any]:
    return {
        **({"weeks": of.rule.weeks} if isinstance(of.rule, EveryWeeks) else {"rule": rule_text(of.rule)}),
        "anchor": of.anchor.isoformat(),
        "at": of.at.isoformat("minutes"),
        "zone": of.zone,
    }


def rule_text(rule: Rule) -> str:
    """A recurrence rule as it was written."""
    assert isinstance(rule, RecurrenceRule)
    return rule.text


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
