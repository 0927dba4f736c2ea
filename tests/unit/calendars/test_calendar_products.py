"""One table of calendar files as the products write them: which days are a person's absence, and what is none.

The lines follow what Outlook, Google Calendar, Apple Calendar, SAP, Microsoft Shifts, Nextcloud, leave programs and
publishers of holidays write; all of it is made up.
"""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from bot.calendars.absences import Absence, NotACalendar, read_absences
from bot.calendars.public_holidays import work_calendar

TODAY = date(2027, 1, 18)
BERLIN = (
    "BEGIN:VTIMEZONE\nTZID:{}\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n"
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010101T020000\n"
    "TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE"
)
OUTLOOK = "PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN\nMETHOD:PUBLISH\n" + BERLIN.format(
    "W. Europe Standard Time"
)
GOOGLE = "PRODID:-//Google Inc//Google Calendar 70.9054//EN\nCALSCALE:GREGORIAN\nX-WR-TIMEZONE:Europe/Berlin"
APPLE = "PRODID:-//Apple Inc.//macOS 15.1//EN\nCALSCALE:GREGORIAN\n" + BERLIN.format("Europe/Berlin")
SAP = "PRODID:-//SAP AG//Leave Request//EN\nMETHOD:PUBLISH"
SHIFTS = "PRODID:-//Microsoft//Shifts//EN"
LEAVE_PROGRAM = "PRODID:-//Urlaubsverwaltung//iCal4j 1.0//DE\nX-MICROSOFT-CALSCALE:GREGORIAN"
NEXTCLOUD = "PRODID:-//IDN nextcloud.com//Calendar app 5.0//EN"
JULY, ONE_DAY = [(12, 16)], [(12, 12)]


def written(head: str, *entries: str) -> str:
    body = "\n".join(
        f"BEGIN:VEVENT\nUID:{n}@x\nDTSTAMP:20270101T080000Z\n{e}\nEND:VEVENT" for n, e in enumerate(entries)
    )
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}\n{body}\nEND:VCALENDAR\n".replace("\n", "\r\n")


PRODUCTS: list[tuple[str, str, str, list[tuple[int, int]], int]] = [
    # product and case, head, entry, days in July 2027 that are offered, entries counted as left out
    ("Outlook, out of office", OUTLOOK,
     ("CLASS:PUBLIC\nDTSTART;VALUE=DATE:20270712\nDTEND;VALUE=DATE:20270717\nSUMMARY;LANGUAGE=de:Urlaub\nTRANSP:OPAQUE\n"
     "X-MICROSOFT-CDO-BUSYSTATUS:OOF\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE\nX-MS-OLK-AUTOFILLLOCATION:FALSE"), JULY, 0),
    ("Outlook, zone of its own", OUTLOOK,
     ("DTSTART;TZID=W. Europe Standard Time:20270712T000000\nDTEND;TZID=W. Europe Standard Time:20270717T000000\n"
     "X-MICROSOFT-CDO-BUSYSTATUS:OOF"), JULY, 0),
    ("Exchange, zone named by its cities", OUTLOOK,
     ('DTSTART;TZID="(UTC+01:00) Amsterdam, Berlin, Bern, Rome":20270712T000000\n'
     'DTEND;TZID="(UTC+01:00) Amsterdam, Berlin, Bern, Rome":20270717T000000'), JULY, 0),
    ("Exchange, the same without quotes", OUTLOOK,
     ("DTSTART;TZID=(UTC+01:00) Amsterdam, Berlin, Bern, Rome:20270712T000000\n"
     "DTEND;TZID=(UTC+01:00) Amsterdam, Berlin, Bern, Rome:20270717T000000"), JULY, 0),
    ("Outlook, one moment all day", OUTLOOK,
     "DTSTART;TZID=Europe/Berlin:20270712T000000\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE\nTRANSP:OPAQUE", ONE_DAY, 0),
    ("Outlook, end is its beginning", OUTLOOK,
     "DTSTART:20270712T000000\nDTEND:20270712T000000\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE", ONE_DAY, 0),
    ("Outlook, UTC midnights of another zone", OUTLOOK,
     "DTSTART:20270711T220000Z\nDTEND:20270716T220000Z\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE", JULY, 0),
    ("Outlook, tentative leave is shown", OUTLOOK,
     "DTSTART;VALUE=DATE:20270712\nDTEND;VALUE=DATE:20270717\nX-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", JULY, 0),
    ("Outlook, a public holiday it added", OUTLOOK,
     ("CATEGORIES:Feiertag\nDTSTART;VALUE=DATE:20270712\nDTEND;VALUE=DATE:20270713\n"
     "X-MICROSOFT-CDO-BUSYSTATUS:FREE\nTRANSP:TRANSPARENT"), [], 0),
    ("Outlook, birthday", OUTLOOK,
     "DTSTART;VALUE=DATE:20270712\nRRULE:FREQ=YEARLY;BYMONTHDAY=12;BYMONTH=7\nX-MICROSOFT-CDO-BUSYSTATUS:FREE", [], 0),
    ("Outlook, birthday as busy", OUTLOOK,
     "DTSTART;VALUE=DATE:20270712\nRRULE:FREQ=YEARLY\nTRANSP:OPAQUE\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY", [], 1),
    ("Outlook, working elsewhere", OUTLOOK,
     "DTSTART;VALUE=DATE:20270712\nDTEND;VALUE=DATE:20270717\nX-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", [], 0),
    ("Outlook, called off", OUTLOOK,
     "DTSTART;VALUE=DATE:20270712\nDTEND;VALUE=DATE:20270717\nSTATUS:CANCELLED", [], 1),
    ("Outlook, a message that calls it off", OUTLOOK.replace("METHOD:PUBLISH", "METHOD:CANCEL"),
     "DTSTART;VALUE=DATE:20270712\nDTEND;VALUE=DATE:20270717", [], 0),
    ("Outlook, a meeting", OUTLOOK,
     "DTSTART;TZID=W. Europe Standard Time:20270712T090000\nDTEND;TZID=W. Europe Standard Time:20270712T103000", [], 1),
    ("Google, out of office all day", GOOGLE,
     "DTSTART:20270711T220000Z\nDTEND:20270716T220000Z\nSUMMARY:Out of office\nTRANSP:OPAQUE", JULY, 0),
    ("Google, leave as busy", GOOGLE,
     "DTSTART;VALUE=DATE:20270712\nDTEND;VALUE=DATE:20270717\nTRANSP:OPAQUE", JULY, 0),
    ("Google, working from home", GOOGLE,
     "DTSTART;VALUE=DATE:20270712\nDTEND;VALUE=DATE:20270713\nSUMMARY:Home\nTRANSP:TRANSPARENT", [], 0),
    ("Google, birthday", GOOGLE,
     "DTSTART;VALUE=DATE:20270712\nDTEND;VALUE=DATE:20270713\nTRANSP:TRANSPARENT\nRRULE:FREQ=YEARLY", [], 0),
    ("Google, holidays of a country", GOOGLE,
     "CLASS:PUBLIC\nDTSTART;VALUE=DATE:20270712\nDTEND;VALUE=DATE:20270713\nTRANSP:TRANSPARENT", [], 0),
    ("Apple, leave", APPLE,
     ("CREATED:20270101T080000Z\nDTSTART;VALUE=DATE:20270712\nDTEND;VALUE=DATE:20270717\nSEQUENCE:0\nTRANSP:OPAQUE\n"
     "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC\nBEGIN:VALARM\nTRIGGER:-PT15H\nACTION:DISPLAY\nEND:VALARM"), JULY, 0),
    ("Apple, with its zone", APPLE,
     "DTSTART;TZID=Europe/Berlin:20270712T000000\nDTEND;TZID=Europe/Berlin:20270717T000000", JULY, 0),
    ("Apple, holidays it subscribes to", APPLE,
     "DTSTART;VALUE=DATE:20270712\nDURATION:P1D\nTRANSP:TRANSPARENT\nCATEGORIES:Holidays", [], 0),
    ("SAP, midnight to 23:59", SAP, "DTSTART:20270712T000000\nDTEND:20270716T235900", JULY, 0),
    ("SAP, to 23:59:59", SAP, "DTSTART:20270712T000000\nDTEND:20270716T235959", JULY, 0),
    ("SAP, one day to 23:59", SAP, "DTSTART:20270712T000000\nDTEND:20270712T235900", ONE_DAY, 0),
    ("SAP, to 24:00", SAP, "DTSTART:20270712T000000\nDTEND:20270716T240000", JULY, 0),
    ("SAP, a day with a Z", SAP, "DTSTART;VALUE=DATE:20270712Z\nDTEND;VALUE=DATE:20270717Z", JULY, 0),
    ("SAP, half a day", SAP, "DTSTART:20270712T080000\nDTEND:20270712T120000", [], 1),
    ("Shifts, time off in hours of work", SHIFTS, "DTSTART:20270712T080000\nDTEND:20270716T170000", JULY, 0),
    ("Shifts, a whole day off", SHIFTS, "DTSTART:20270712T000000\nDTEND:20270713T000000", ONE_DAY, 0),
    ("Shifts, a shift", SHIFTS, "DTSTART:20270712T080000\nDTEND:20270712T160000", [], 1),
    ("Shifts, a night", SHIFTS, "DTSTART:20270712T220000\nDTEND:20270713T060000", [], 1),
    ("leave program", LEAVE_PROGRAM,
     ("DTSTART;VALUE=DATE:20270712\nDTEND;VALUE=DATE:20270717\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE\n"
     "ATTENDEE;ROLE=REQ-PARTICIPANT;CN=Muster:mailto:m@example.org"), JULY, 0),
    ("leave program, one day without an end", LEAVE_PROGRAM, "DTSTART;VALUE=DATE:20270712", ONE_DAY, 0),
    ("leave program, a morning", LEAVE_PROGRAM, "DTSTART:20270712T060000Z\nDTEND:20270712T100000Z", [], 1),
    ("leave program, a length", LEAVE_PROGRAM, "DTSTART;VALUE=DATE:20270712\nDURATION:P5D", JULY, 0),
    ("leave program, a length of a week", LEAVE_PROGRAM, "DTSTART;VALUE=DATE:20270712\nDURATION:P1W", [(12, 18)], 0),
    ("Nextcloud, absence", NEXTCLOUD,
     "DTSTART;TZID=Europe/Berlin:20270712T000000\nDTEND;TZID=Europe/Berlin:20270717T000000\nSTATUS:CONFIRMED", JULY, 0),
    ("Evolution, its own name of a zone", "PRODID:-//Ximian//NONSGML Evolution Calendar//EN",
     ("DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Berlin:20270712T000000\n"
     "DTEND;TZID=/freeassociation.sourceforge.net/Europe/Berlin:20270717T000000"), JULY, 0),
    ("vCalendar 1.0", "PRODID:-//old//EN", "DTSTART:20270711T220000Z\nDTEND:20270716T215900Z", JULY, 0),
    ("school holidays, free", "PRODID:-//schulferien.org//iCal Generator//DE\nMETHOD:PUBLISH",
     "DTSTART;VALUE=DATE:20270712\nDTEND;VALUE=DATE:20270717\nTRANSP:TRANSPARENT", [], 0),
    ("school holidays that say nothing of free", "PRODID:-//Schulferienklar//Calendar Export//DE",
     "DTSTART;VALUE=DATE:20270712\nDTEND;VALUE=DATE:20270717", [], 0),
    ("school holidays, Danish", "PRODID:-//Skoleferie i Danmark//DA", "DTSTART;VALUE=DATE:20270712", [], 0),
    ("school holidays, Swedish", "PRODID:-//skollov//Skolferier//SV".replace("Skolferier", "Skolferie"),
     "DTSTART;VALUE=DATE:20270712", [], 0),
    ("school holidays, Dutch", "PRODID:-//Rijksoverheid//Schoolvakanties//NL", "DTSTART;VALUE=DATE:20270712", [], 0),
    ("public holidays as busy", "PRODID:-//Office Holidays Ltd.//EN",
     "DTSTART;VALUE=DATE:20270712\nDTEND;VALUE=DATE:20270713\nTRANSP:OPAQUE\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY", [], 0),
    ("a leave program of a firm that speaks of holidays", "PRODID:-//Holiday Tracker Ltd//Staff leave//EN",
     "DTSTART;VALUE=DATE:20270712\nDTEND;VALUE=DATE:20270717", JULY, 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("head", "entry", "days", "left_out"), [row[1:] for row in PRODUCTS], ids=[row[0] for row in PRODUCTS]
)
def test_absences_of_a_product(head: str, entry: str, days: list[tuple[int, int]], left_out: int) -> None:
    """Read where the person lives, whether the zone comes along or not."""
    found = read_absences(written(head, entry), ZoneInfo("Europe/Berlin"), TODAY)
    expected = tuple(Absence(date(2027, 7, first), date(2027, 7, last)) for first, last in days)
    assert (found.periods, found.left_out) == (expected, left_out)


@pytest.mark.parametrize("zone", ["Europe/London", "Europe/Berlin", "Europe/Helsinki", "Atlantic/Reykjavik"])
@pytest.mark.parametrize("month", [1, 7])
@pytest.mark.parametrize(("start", "end"), [("T000000Z", "T000000Z"), ("T000000", "T000000"), ("", "")])
def test_midnights_are_the_same_days_in_every_zone_and_season(zone: str, month: int, start: str, end: str) -> None:
    text = written("PRODID:-//x//EN", f"DTSTART:2028{month:02}10{start}\nDTEND:2028{month:02}15{end}")
    assert read_absences(text, ZoneInfo(zone), TODAY).periods == (
        Absence(date(2028, month, 10), date(2028, month, 14)),
    )


def test_public_holidays_said_to_be_busy_are_no_absence_but_leave_around_them_is() -> None:
    works = work_calendar("DE").is_working
    busy = "TRANSP:OPAQUE\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY"
    easter_monday = f"DTSTART;VALUE=DATE:20270329\nDTEND;VALUE=DATE:20270330\n{busy}"
    around = f"DTSTART;VALUE=DATE:20270503\nDTEND;VALUE=DATE:20270508\n{busy}"  # Ascension Day on 6 May
    found = read_absences(written(OUTLOOK, easter_monday, around), ZoneInfo("Europe/Berlin"), TODAY, works)
    assert (found.periods, found.left_out) == ((Absence(date(2027, 5, 3), date(2027, 5, 7)),), 0)


def test_several_calendars_in_one_file_are_all_read_each_by_its_own_head() -> None:
    leave = "DTSTART;VALUE=DATE:20270712\nDTEND;VALUE=DATE:20270717"
    school = "DTSTART;VALUE=DATE:20270801\nDTEND;VALUE=DATE:20270901"
    later = "DTSTART;VALUE=DATE:20271101\nDTEND;VALUE=DATE:20271103"
    file = written(GOOGLE, leave) + written("PRODID:-//schulferien.org//DE", school) + written(APPLE, later)
    found = read_absences(file, ZoneInfo("Europe/Berlin"), TODAY)
    assert found.periods == (
        Absence(date(2027, 7, 12), date(2027, 7, 16)),
        Absence(date(2027, 11, 1), date(2027, 11, 2)),
    )


def test_a_calendar_that_breaks_off_is_said() -> None:
    with pytest.raises(NotACalendar):
        read_absences(
            written(GOOGLE, "DTSTART;VALUE=DATE:20270712").replace("END:VEVENT", "END:X"), ZoneInfo("UTC"), TODAY
        )
