"""However a series is changed, skipped, moved, paused and resumed: each occurrence happens once, none in the past.

The supervisor's hands and the ticker are played against the rules alone, over two years of days.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.calendars.recurrence import parse_rule
from bot.domain.calendar import WorkCalendar, wall_time, zone_of
from bot.domain.series import CLOSEST, ONE_DAY, EveryWeeks, Once, Rule, Series, occurrences
from bot.errors import Refusal

START = date(2027, 1, 4)
COLLECT = 5
CLOSED = frozenset(date(2027, 3, 22) + timedelta(days=i) for i in range(12)) | {date(2027, 5, 17), date(2027, 5, 6)}
CALENDAR = WorkCalendar(CLOSED.__contains__)
MONTHLY = parse_rule("FREQ=MONTHLY;BYMONTHDAY=31", START)
TUESDAYS = parse_rule("FREQ=MONTHLY;BYDAY=2TU", START)
rules = st.sampled_from([EveryWeeks(1), EveryWeeks(2), EveryWeeks(4), MONTHLY, TUESDAYS, Once()])
times = st.sampled_from([time(0, 30), time(2, 30), time(9), time(23, 30)])
zones = st.sampled_from(["Europe/Berlin", "Africa/Cairo", "Pacific/Auckland", "America/St_Johns"])
offsets = st.integers(-40, 60)
steps = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 30)),
    st.tuples(st.just("change"), rules, offsets, times, zones),
    st.tuples(st.sampled_from(["skip", "put_back"]), st.integers(0, 3)),
    st.tuples(st.just("move"), st.integers(0, 3), st.integers(-6, 6)),
    st.tuples(st.just("pause"), st.integers(0, 20), st.one_of(st.none(), st.integers(0, 40))),
    st.tuples(st.just("resume")),
)


class Service:
    """One series, who changes it and who opens its rounds; `handled` as the program keeps it."""

    def __init__(self) -> None:
        self.now = datetime(2027, 1, 4, 12, tzinfo=UTC)
        self.series = Series(EveryWeeks(2), START + timedelta(days=14), time(9), "Europe/Berlin")
        self.handled = START - ONE_DAY
        self.opened: list[tuple[date, date, datetime]] = []

    @property
    def today(self) -> date:
        return self.now.date()

    def held(self, since: date) -> Any:
        found = occurrences(self.series, since, CALENDAR, CLOSED.__contains__)
        return (o for o in islice(found, 60) if o.at is not None)

    def tick(self) -> None:
        """Open what is due, in order."""
        for occurrence in self.held(self.handled + ONE_DAY):
            opens = CALENDAR.add_working_days(occurrence.day, -COLLECT)
            if self.series.moment(occurrence.planned, opens) > self.now:
                return
            self.opened.append((occurrence.planned, occurrence.day, occurrence.at))
            self.handled = occurrence.planned
            assert occurrence.at > self.now, "a round of the past was opened"

    def wait(self, days: int) -> None:
        for _ in range(days):
            self.now += timedelta(days=1)
            self.tick()

    def change(self, rule: Rule, offset: int, at: time, zone: str) -> None:
        anchor = self.today + timedelta(days=offset)
        local = self.now.astimezone(zone_of(zone)).date()
        earliest = [self.handled + ONE_DAY, local if wall_time(local, at, zone) > self.now else local + ONE_DAY]
        for planned, day, _ in self.opened[-2:]:
            earliest += [planned + CLOSEST, day + ONE_DAY]
        before = {(o.planned, o.at) for o in self.held(START) if o.planned <= self.handled}
        self.series = self.series.change(rule, anchor, at, zone, max(earliest))
        assert {(o.planned, o.at) for o in self.held(START) if o.planned <= self.handled} == before, "the past changed"

    def planned(self, number: int) -> date:
        return next(islice(self.series.planned(self.handled + ONE_DAY), number, None), START)

    def skip(self, number: int) -> None:
        self.series = self.series.skip(self.planned(number))

    def put_back(self, number: int) -> None:
        self.series = self.series.put_back(self.planned(number))

    def move(self, number: int, days: int) -> None:
        day = self.planned(number)
        if day + timedelta(days=days) > self.today:
            self.series = self.series.move(day, day + timedelta(days=days), CALENDAR)

    def pause(self, offset: int, length: int | None) -> None:
        first = self.today + timedelta(days=offset)
        self.series = self.series.pause(first, None if length is None else first + timedelta(days=length))

    def resume(self) -> None:
        self.series = self.series.resume(self.today)


@given(st.lists(steps, max_size=10))
def test_each_occurrence_happens_once_and_none_in_the_past(hands: list[tuple[Any, ...]]) -> None:
    service = Service()
    service.tick()
    for what, *values in hands:
        try:
            getattr(service, what)(*values)
        except Refusal:
            continue
        planned = list(islice(service.series.planned(START - timedelta(days=60)), 80))
        assert planned == sorted(set(planned)), "a date is planned twice"
        service.tick()
    ahead = list(islice(service.held(service.handled + ONE_DAY), 3))
    service.wait(40)
    keys = [planned for planned, *_ in service.opened]
    assert keys == sorted(set(keys)), "an occurrence was opened twice"
    horizon = service.now - timedelta(days=1)
    missing = [o for o in ahead if o.at < horizon and o.planned not in keys]
    assert not missing, "an occurrence was lost"
