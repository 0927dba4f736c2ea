"""Supervision frequency and the quarterly report at the size of a national service."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TypeVar

from benchmarks.model import Section, Table
from benchmarks.report_store import measure
from bot.domain.caseload import Caseload, ExperienceFact, Leave, Mode, ModeChange
from bot.domain.frequency import Closures, Counting, Kind, State, gaps, status
from bot.domain.policy import Policy
from bot.reports.periods import Quarter
from bot.reports.quarterly import quarterly
from bot.reports.sheets import CaseFact, Followed

THERAPISTS, YEARS = 50_000, 5
START, TODAY = date(2022, 1, 1), date(2026, 12, 31)
AFTER = date(2027, 1, 4)
POLICY = Policy()
RECORDED = datetime(2021, 12, 1, tzinfo=UTC)
CLINICS = 120
SERVED = 10_000
"""Therapists of the service that is read from a database."""
_Result = TypeVar("_Result")


def run() -> Section:
    """States of 50,000 therapists over five years, one therapist's, every gap, and a quarterly report of 10,000."""
    closures = {f"clinic {n}": Closures.of(_closed(n)) for n in range(CLINICS)}
    facts = [_therapist(n) for n in range(THERAPISTS)]
    everybody, late = _timed(lambda: sum(_states(each, closures) for each in facts))
    one = statistics.quantiles([_timed(partial(_states, each, closures))[0] for each in facts[:2000]], n=100)[98]
    every_gap, count = _timed(lambda: sum(_gaps(each, closures) for each in facts[:10_000]))
    service, quarter = facts[:10_000], Quarter(2026, 4)
    last, before = _timed(lambda: quarterly(service, quarter.previous, today=AFTER, policy=POLICY, closures=closures))
    report, made = _timed(
        lambda: quarterly(service, quarter, today=AFTER, policy=POLICY, closures=closures, previous=before)
    )
    shown = sum(row.numbers is not None for row in made.rows)
    rows = (
        ("state of one therapist, both targets (99th percentile)", f"{one * 1000:.3f} ms", "5 ms"),
        (f"states of {THERAPISTS:,} therapists over {YEARS} years", f"{everybody:.2f} s", "10 s"),
        (f"every gap of 10,000 therapists over {YEARS} years ({count:,} gaps)", f"{every_gap:.2f} s", "–"),
        ("quarterly report of 10,000 therapists", f"{report:.2f} s", "5 s"),
        ("the same with the last quarter's for the trend", f"{report + last:.2f} s", "–"),
        *measure(SERVED),
    )
    return Section(
        title="Supervision frequency and quarterly report",
        intro="Random histories with mode switches, novices, leave and closures; recomputed from the facts each time.",
        tables=(Table(("what", "CPU time", "limit"), rows),),
        notes=(
            f"{THERAPISTS:,} therapists in {CLINICS} clinics, an event every 7 to 28 days, {late:,} of them overdue.",
            f"The report has {len(made.rows):,} groups, {shown:,} of them shown.",
            "One process, facts in memory, except where a database is named: SQLite, everything read anew.",
            "The kept rows are made by the hourly housekeeping; the first report includes that of the quarter before.",
            "CPU time is the elapsed time on a core that does nothing else.",
        ),
    )


def _therapist(number: int) -> Followed:
    chance = random.Random(number)
    days, day = [], START + timedelta(days=chance.randrange(14))
    while day <= TODAY:
        days.append(day)
        day += timedelta(days=chance.randint(7, 28))
    modes = [
        ModeChange("", chance.choice((Mode.ICBT, Mode.F2F, Mode.BLENDED)), _any_day(chance), "", RECORDED)
        for _ in range(chance.randrange(3))
    ]
    leaves = [
        Leave("", first, first + timedelta(days=chance.randint(4, 60)))
        for first in (_any_day(chance) for _ in range(chance.randint(3, 12)))
    ]
    practising = START + timedelta(days=chance.randint(-2000, 1500))
    return Followed(
        person=str(number),
        clinic=f"clinic {int(CLINICS * chance.random() ** 3)}",
        caseload=Caseload(tuple(modes), (), (ExperienceFact("", practising, "", RECORDED),), tuple(leaves)),
        since=START,
        event_days=tuple(days),
        own_case_days=tuple(days[::3]),
        cases=tuple(CaseFact(day, day + timedelta(days=chance.randint(3, 12))) for day in days[::3]),
        reviews=tuple(days),
    )


def _any_day(chance: random.Random) -> date:
    return START + timedelta(days=chance.randrange((TODAY - START).days))


def _closed(number: int) -> list[date]:
    fixed = [
        date(year, month, day) for year in range(2022, 2027) for month, day in ((12, 24), (12, 31), (1, 1), (5, 1))
    ]
    summer = [date(year, 7, 10 + number % 10) + timedelta(days=n) for year in range(2022, 2027) for n in range(7)]
    return fixed + summer


def _states(each: Followed, closures: dict[str, Closures]) -> int:
    counting = Counting(_fresh(each.caseload), closures[each.clinic])
    found = [
        status(kind, days, since=each.since, today=TODAY, counting=counting, policy=POLICY)
        for kind, days in ((Kind.ANY_EVENT, each.event_days), (Kind.OWN_CASE, each.own_case_days))
    ]
    return any(one.state is State.OVERDUE for one in found)


def _gaps(each: Followed, closures: dict[str, Closures]) -> int:
    counting = Counting(_fresh(each.caseload), closures[each.clinic])
    found = gaps(Kind.ANY_EVENT, each.event_days, since=each.since, until=TODAY, counting=counting, policy=POLICY)
    return len(found)


def _fresh(caseload: Caseload) -> Caseload:
    """Without anything kept from an earlier question, so that every run counts the whole work."""
    return Caseload(caseload.modes, caseload.ftes, caseload.experience, caseload.leaves)


def _timed(work: Callable[[], _Result]) -> tuple[float, _Result]:
    """CPU seconds: the elapsed time of this one process on a core of its own, whatever else the machine does."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result
