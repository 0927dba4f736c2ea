"""A supervision log as an iCalendar file: one all-day event per entry, with nothing but kind and declared minutes.

Calendars are shared with colleagues, so learning points, themes and members stay out, and so does whether somebody
presented or reviewed. An estimate would tell (20 or 30), so only declared minutes are written.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.reports.log import OwnLog
from bot.reports.words import Words


def log_ics(log: OwnLog, *, words: Words, made_at: datetime) -> bytes:
    """The entries of a log as VEVENTs; the uid is the entry's, so importing twice adds nothing."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Intervision//Supervision log//")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", words["log.title"])
    for line in log.lines:
        entry = line.entry
        event = Event()
        event.add("uid", f"{entry.chain}@log.intervision")
        event.add("dtstamp", made_at)
        event.add("dtstart", entry.days[0])
        event.add("dtend", entry.days[-1] + timedelta(days=1))
        kind = words[f"log.type.{entry.type}"]
        event.add("summary", kind if entry.minutes_estimated else f"{kind}, {entry.minutes} min")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
