"""A supervision log as an iCalendar file: one all-day event per entry, with nothing but kind and minutes.

Calendars are shared and synchronised, so learning points, themes and members stay out.
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
        kind, role = words[f"log.type.{entry.type}"], words[f"log.role.{entry.role}"]
        event.add("summary", f"{kind} – {role}, {entry.minutes} min")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
