"""The feed as a calendar program reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import icalendar

from bot.calendars.feed import FeedEntry, feed

MADE = datetime(2026, 12, 1, tzinfo=UTC)
DUE = FeedEntry("review_due", "a1", date(2027, 1, 7), "Review due; Kiel, group 1")
ROUND = FeedEntry("round", "o1", datetime(2027, 1, 11, 8, tzinfo=UTC), "Supervision round")


def test_days_and_moments_read_back() -> None:
    events = icalendar.Calendar.from_ical(feed([ROUND, DUE], "Supervision", MADE)).walk("VEVENT")
    assert [(e.decoded("DTSTART"), str(e["SUMMARY"])) for e in events] == [(DUE.on, DUE.title), (ROUND.on, ROUND.title)]


def test_an_entry_that_moves_keeps_its_uid() -> None:
    def uid(entry: FeedEntry) -> str:
        return str(icalendar.Calendar.from_ical(feed([entry], "Supervision", MADE)).walk("VEVENT")[0]["UID"])

    assert uid(DUE) == uid(replace(DUE, on=date(2027, 1, 8))) != uid(ROUND)
