"""A person's rounds and deadlines as an iCalendar feed (RFC 5545).

An entry has a kind, a moment and a title; there is no field for what a case is about.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class FeedEntry:
    """One line of a feed: a deadline is a day, a round a moment in UTC.

    `kind` and `id` ("review_due", the assignment's id) make the UID, so an entry that moves stays the same entry.
    """

    kind: str
    id: str
    on: date | datetime
    title: str


def feed(entries: Iterable[FeedEntry], name: str, made_at: datetime) -> bytes:
    """The feed as bytes of `text/calendar`; `name` is the calendar's, `made_at` aware UTC. Same input, same bytes."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("PRODID", "-//Intervision//Rounds//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("X-WR-CALNAME", name)
    for entry in sorted(entries, key=lambda e: (e.kind, e.id)):
        event = Event()
        event.add("UID", f"{entry.kind}-{entry.id}@intervision")
        event.add("DTSTAMP", made_at)
        event.add("DTSTART", entry.on)
        event.add("SUMMARY", entry.title)
        event.add("TRANSP", "TRANSPARENT")  # a deadline keeps nobody busy
        calendar.add_component(event)
    return bytes(calendar.to_ical())
