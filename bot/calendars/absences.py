"""Absences from a calendar file (iCalendar, RFC 5545): whole days only, and nothing but their days is kept.

What an entry is called, where and with whom, is never read: a title such as "sick" is nobody's business here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.errors import Refusal

LONGEST_TEXT = 200_000
"""Characters of a file."""
MOST_EVENTS = 1_000
LONGEST_DAYS = 366
ONE_DAY = timedelta(days=1)
_FOLD = re.compile(r"\r?\n[ \t]")
_USED = (
    "BEGIN:VEVENT",
    "END:VEVENT",
    "DTSTART",
    "DTEND",
    "DURATION",
    "STATUS",
    "TRANSP",
    "X-MICROSOFT-CDO-BUSYSTATUS",
    "X-MICROSOFT-CDO-ALLDAYEVENT",
)
_NOBODY_S = re.compile(
    r"ics\.tools|schul-?ferien|feiertag|geburtstag|(school|public|bank|office|national)[ -]?holiday|birthday"
    r"|skolelov|skoleferie|skolferie|helligdag|helgdag|f(ø|o|oe)dselsdag|bursdag|f(ö|o)delsedag"
    r"|school-?vakantie|feestdag|verjaardag",
    re.I,
)
"""Programs (PRODID) that publish school holidays, public holidays or birthdays: no person's own calendar."""
_NOT_AWAY = frozenset({"FREE", "WORKINGELSEWHERE"})
_REPEATS = ("RRULE", "RDATE")
_ONE_TIME = re.compile(r"(DTSTART|DTEND)(;.*)?:\s*(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d):?(\d\d)?)?(Z?)\s*", re.I)
_ANY_DAY = re.compile(r"(?<!\d)\d{8}(?!\d)")
_ZONE = re.compile(r";TZID=(\"[^\"]*\"|[^;:]*)", re.I)
_PUBLISHER = re.compile(r"(;TZID=\"?)/[^/]+/", re.I)
"""Before a zone's name in files that keep one of their own: "/freeassociation.sourceforge.net/Europe/Berlin"."""
WORK_BEGINS, WORK_ENDS, DAY_ENDS = time(9), time(16), time(23, 59)
"""Who is away over several days from the beginning of work, or to its end, is away on that day too; a day that ends
at 23:59 ended at midnight."""


class NotACalendar(Refusal):
    """A calendar file begins with BEGIN:VCALENDAR and follows RFC 5545."""


class CalendarTooLarge(Refusal):
    """A calendar file has at most `characters` characters and `events` entries."""


@dataclass(frozen=True, order=True)
class Absence:
    """Whole days away, both included; as text "2027-01-05/2027-01-09"."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first}/{self.last}"

    def days(self) -> Iterator[date]:
        """Each of its days."""
        return (self.first + n * ONE_DAY for n in range((self.last - self.first).days + 1))


def absence_of(text: str) -> Absence | None:
    """The period in a text such as "2027-01-05/2027-01-09"; None for any other."""
    first, _, last = text.partition("/")
    try:
        absence = Absence(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        return None
    return absence if absence.first <= absence.last else None


@dataclass(frozen=True)
class Absences:
    """What was found: periods that are not over, by first day, and how many entries could not be used."""

    periods: tuple[Absence, ...]
    left_out: int


def read_absences(
    text: str,
    zone: ZoneInfo,
    since: date,
    works: Callable[[date], bool] = lambda day: True,
    *,
    longest: int = LONGEST_TEXT,
    most: int = MOST_EVENTS,
) -> Absences:
    """The whole days of a calendar file that end on `since` or later; those that touch are joined.

    Repeating entries, entries of hours and entries longer than a year are left out and counted. What keeps nobody away
    (birthdays, public holidays, working elsewhere) is no absence and is not counted either; nor is a period in which
    the person works on no day (`works`): some programs publish public holidays as busy.
    Raises `NotACalendar` or `CalendarTooLarge`.
    """
    if len(text) > longest:
        raise CalendarTooLarge(characters=longest, events=most)
    found, left_out = [], 0
    for event in _events(text, since, most):
        if not _keeps_away(event):
            continue
        absence = _days(event, zone)
        if absence is None:
            left_out += 1
        elif absence.last >= since:
            found.append(absence)
    return Absences(tuple(each for each in _joined(sorted(found)) if any(map(works, each.days()))), left_out)


def _events(text: str, since: date, most: int) -> list[Any]:
    from icalendar import Calendar

    try:
        return list(Calendar.from_ical("\r\n".join(_needed(text, since, most))).walk("VEVENT"))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError) as error:
        raise NotACalendar from error


def _needed(text: str, since: date, most: int) -> Iterator[str]:
    """The few lines that are used, as a calendar of their own; entries that are over are left out and not counted.

    Nothing else reaches the library: it would compute every date of a zone's own rule, and a file can name one that
    changes each second. Zones are known by their names instead. Raises `NotACalendar` or `CalendarTooLarge`.
    """
    lines = _FOLD.sub("", text.lstrip("\ufeff \r\n\t")).splitlines()
    if not lines or lines[0].strip().upper() != "BEGIN:VCALENDAR" or "END:VCALENDAR" not in map(_upper, lines):
        raise NotACalendar
    yield "BEGIN:VCALENDAR"
    events = 0
    for entry in _entries(lines):
        if _is_over(entry, since):
            continue
        events += 1
        if events > most:
            raise CalendarTooLarge(characters=LONGEST_TEXT, events=most)
        yield from entry
    yield "END:VCALENDAR"


def _entries(lines: list[str]) -> Iterator[list[str]]:
    """The used lines of each entry, of one calendar or of several in a row; what lies inside an entry is not the entry.

    Raises `NotACalendar`.
    """
    inside: list[str] = []
    entry: list[str] = []
    of_a_person = True
    for each in lines:
        line = _upper(each)
        if line == "BEGIN:VCALENDAR":
            of_a_person = True
        elif line.startswith("BEGIN:"):
            inside.append(line.removeprefix("BEGIN:"))
        if not inside and _is_no_persons(line):
            of_a_person = False
        if inside == ["VEVENT"]:
            if line.startswith(_REPEATS):
                entry.append("X-REPEATS:1")
            elif line.startswith(_USED):
                entry.append(_tidy(each.strip()))
        if line.startswith("END:") and (inside or line != "END:VCALENDAR"):
            if not inside or inside.pop() != line.removeprefix("END:"):
                raise NotACalendar
            if not inside and line == "END:VEVENT":
                if of_a_person:
                    yield entry
                entry = []


def _is_no_persons(line: str) -> bool:
    """Whether a line above the entries says that they are nobody's absences, or are called off."""
    return line == "METHOD:CANCEL" or (line.startswith("PRODID") and bool(_NOBODY_S.search(line)))


def _is_over(entry: list[str], since: date) -> bool:
    """Whether every day that an entry writes lies well before `since`: calendars hold years that are over.

    Two days are left for zones. What repeats or lasts, or names no day, is read.
    """
    if any(line.startswith(("X-REPEATS", "DURATION")) for line in entry):
        return False
    days = [found for line in entry if line.startswith("DT") for found in _ANY_DAY.findall(line)]
    return bool(days) and max(days) < f"{since - 2 * ONE_DAY:%Y%m%d}"


def _tidy(line: str) -> str:
    """A day or moment in the one way the library reads it, whatever its parameters claim.

    Programs write days with a Z, with dashes, with a zone, as `VALUE=DATE` with a time behind, or 24:00 for midnight.
    """
    found = _ONE_TIME.fullmatch(line)
    if not found:
        return line
    name, parameters, year, month, day, hour, minute, second, utc = found.groups(default="")
    if not hour:
        return f"{name};VALUE=DATE:{year}{month}{day}"
    zone = _ZONE.search(parameters)
    moment = f"{year}{month}{day}T{hour}{minute}{second or '00'}"
    if hour == "24":
        with suppress(ValueError, OverflowError):
            moment = f"{date(int(year), int(month), int(day)) + ONE_DAY:%Y%m%d}T00{minute}{second or '00'}"
    if utc:
        return f"{name}:{moment}Z"
    known = _PUBLISHER.sub(r"\1", zone.group(0)) if zone else ""
    return f"{name}{known}:{moment}"


def _upper(line: str) -> str:
    return line.strip().upper()


def _keeps_away(event: Any) -> bool:
    """Whether an entry says that its owner is away or busy, by its own fields; its title is not read.

    Office programs write a status; the others only whether the time is taken (TRANSP of RFC 5545). Birthdays and
    public holidays are free time in all of them.
    """
    status = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()
    if status:
        return status not in _NOT_AWAY
    return str(event.get("TRANSP", "")).upper() != "TRANSPARENT"


def _days(event: Any, zone: ZoneInfo) -> Absence | None:
    """The days of one entry, or None where it is not whole days of one absence."""
    try:
        if "X-REPEATS" in event or str(event.get("STATUS", "")).upper() == "CANCELLED":
            return None
        start = event.decoded("DTSTART")
        end = event.decoded("DTEND") if "DTEND" in event else None
        if end is None and "DURATION" in event:
            end = start + event.decoded("DURATION")
        if end in {None, start} and str(event.get("X-MICROSOFT-CDO-ALLDAYEVENT", "")).upper() == "TRUE":
            start, end = _day_of(start, zone), None  # one moment says which day
        first, after = _bounds(start, end, zone)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return None
    if after <= first or (after - first).days > LONGEST_DAYS:
        return None
    return Absence(first, after - ONE_DAY)


def _bounds(start: date | datetime, end: date | datetime | None, zone: ZoneInfo) -> tuple[date, date]:
    """The first whole day and the day after the last, where the person is.

    An end on the first day is how some programs write a single one.
    """
    if not isinstance(start, datetime) and not isinstance(end, datetime):
        return start, start + ONE_DAY if end is None or end == start else end
    several = end is not None and _day_of(end, zone) > _day_of(start, zone)
    first, after = _day_of(start, zone), _day_of(start if end is None else end, zone)
    if isinstance(start, datetime):
        begins = _local(start, zone).time()
        first += timedelta(days=begins > (WORK_BEGINS if several else time.min))
    if isinstance(end, datetime):
        ends = _local(end, zone).time()
        after += timedelta(days=ends >= (WORK_ENDS if several else DAY_ENDS))
    return first, after


def _day_of(moment: date | datetime, zone: ZoneInfo) -> date:
    return _local(moment, zone).date() if isinstance(moment, datetime) else moment


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


def _joined(absences: list[Absence]) -> list[Absence]:
    joined: list[Absence] = []
    for absence in absences:
        if joined and absence.first <= joined[-1].last + ONE_DAY:
            joined[-1] = Absence(joined[-1].first, max(joined[-1].last, absence.last))
        else:
            joined.append(absence)
    return joined
