"""Dates as people type them in six languages: "12.1.", "12 jan", "next Monday", "til 12. januar", "2027-01-12".

A date without a year is the next such day from `today` on, because people plan ahead; with `past=True` it is the
last one, for corrections backwards. Numbers are day before month, as in all six languages (English is British here).
What it may not know: sentences for people; a refusal carries accepted forms as examples for `today`.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.errors import Refusal


class NotADate(Refusal):
    """Typed words that are no date; `forms` lists examples that are accepted (what was typed is not echoed)."""


class NoSuchDay(NotADate):
    """A day the calendar does not have, such as 30 February; `forms` as for `NotADate`."""


def _by_word(groups: dict[int, str]) -> dict[str, int]:
    return {word: value for value, words in groups.items() for word in words.split()}


_MONTHS = _by_word({
    1: "jan january januar januari",
    2: "feb february februar februari",
    3: "mar march märz marz mär mars maart mrt marts",
    4: "apr april",
    5: "may mai mei maj",
    6: "jun june juni",
    7: "jul july juli",
    8: "aug august augustus augusti",
    9: "sep sept september",
    10: "oct okt october oktober",
    11: "nov november",
    12: "dec dez des december dezember desember",
})  # fmt: skip
# Short forms are left out where they are another word: "do" (Thursday or do), "so", "on", "om".
_WEEKDAYS = _by_word({
    0: "monday mandag montag maandag måndag mon man mån ma mo",
    1: "tuesday tirsdag dienstag dinsdag tisdag tue tues tir tis di",
    2: "wednesday onsdag mittwoch woensdag wed ons mi wo",
    3: "thursday torsdag donnerstag donderdag thu thurs tor tors",
    4: "friday fredag freitag vrijdag fri fre fr vr",
    5: "saturday lørdag samstag sonnabend zaterdag lördag sat lør lör sa za",
    6: "sunday søndag sonntag zondag söndag sun søn sön zo",
})  # fmt: skip
_DAYS_AWAY = _by_word({
    -1: "yesterday igår i-går gestern gisteren",
    0: "today idag i-dag heute vandaag",
    1: "tomorrow imorgen i-morgen imorgon i-morgon morgen",
    2: "overmorgen übermorgen overmorgon i-overmorgen i-övermorgon",
})  # fmt: skip
_UNITS = _by_word({
    1: "day days dag dage dager dagar dagen tag tage tagen",
    7: "week weeks uge uger uke uker woche wochen weken vecka veckor",
})  # fmt: skip
_NEXT = _by_word({0: "next næste neste nächste nächsten nächster volgende nästa"})
_FILLERS = _by_word({
    0: "until till til bis tot tom t.o.m. on the of den der dem de om op på am zum vom van fra från from i in um over "
    "coming this kommende kommenden kommande komende denne diesen dieser deze",
})  # fmt: skip
_ORDINAL = re.compile(r"^(\d{1,2})(?:\.|st|nd|rd|th|e|de|:e|:a)?$")


def parse_date(typed: str, today: date, *, past: bool = False) -> date:
    """The calendar day a person means, in their own zone's `today`.

    A weekday is the next one after today; "next" and its translations mean the same day, as a chat cannot ask which
    of two Mondays was meant and shows the date it understood. Raises `NotADate` or `NoSuchDay`, both with `forms`.
    """
    text = " ".join(typed.casefold().replace(",", " ").split())
    for form in (_iso, _numeric, _named):
        found = form(text, today, past)
        if found is not None:
            return found
    raise NotADate(forms=accepted_forms(today))


# Words that part a period's two days; "to" and "till" stand between, "from" and its translations before the first.
_UNTIL = frozenset(["until", "till", "til", "to", "bis", "tot", "tom", "t.o.m.", "t.o.m", "t/m", "tm", "–", "—"])
FROM = frozenset(["from", "fra", "från", "ab", "von", "vom", "vanaf", "van", "starting"])


def parse_period(typed: str, today: date) -> tuple[date, date | None]:
    """First and last day of a typed period: "until 12 Jan", "from 4.1. to 12.1.", "next Monday" (open-ended).

    Without a first day it begins `today`. A last day without a year is the next such day from the first on. Raises
    `NotADate` or `NoSuchDay`; whether the last day lies after the first is the caller's rule.
    """
    words = " ".join(typed.casefold().replace("–", " – ").replace("—", " — ").split()).split()
    if words and words[0] in FROM:
        words = words[1:]
    cut = next((at for at, word in enumerate(words) if word in _UNTIL), None)
    if cut is None:
        return parse_date(" ".join(words), today), None
    first = parse_date(" ".join(words[:cut]), today) if cut else today
    return first, parse_date(" ".join(words[cut + 1 :]), first if cut else today)


def accepted_forms(today: date) -> tuple[str, ...]:
    """Examples of what `parse_date` understands, two weeks ahead of `today`, in figures: they are the same in every
    language."""
    day = today + timedelta(days=14)
    return (day.isoformat(), f"{day.day}.{day.month}.", f"{day.day}.{day.month}.{day.year}", f"{day.day}/{day.month}")


def _iso(text: str, today: date, past: bool) -> date | None:
    match = re.fullmatch(r"(?:\D+ )?(\d{4})-(\d{1,2})-(\d{1,2})", text)
    if not match or not _only_fillers(text.split()[:-1]):
        return None
    year, month, day = map(int, match.groups())
    return _day(year, month, day, today)


def _numeric(text: str, today: date, past: bool) -> date | None:
    """12.1. · 12.1.27 · 12/1/2027 · 12-1-2027 · 12/1 · til 12.1."""
    match = re.fullmatch(r"((?:\D+ )?)(\d{1,2})([./-]) ?(\d{1,2})(?:\.|\3 ?(\d{4}|\d{2}))?", text)
    if not match or not _only_fillers(match.group(1).split()):
        return None
    day, month, year = int(match.group(2)), int(match.group(4)), match.group(5)
    return _with_year(day, month, year, today, past)


def _named(text: str, today: date, past: bool) -> date | None:
    """12 jan · 12. januar 2027 · January 12th · next Monday · tomorrow · in 2 weeks."""
    joined = re.sub(r"^(.* )?i (dag|morgen|morgon|går|overmorgen|övermorgon)$", r"\1i-\2", text)
    words = [word for word in joined.split() if word not in _FILLERS]
    is_next = bool(words) and words[0] in _NEXT
    words = words[1:] if is_next else words
    match [word.rstrip(".") for word in words]:
        case [word] if word in _DAYS_AWAY and not is_next:
            return today + timedelta(days=_DAYS_AWAY[word])
        case [word] if word in _WEEKDAYS:
            return _weekday(_WEEKDAYS[word], today, past)
        case [word] if is_next and _UNITS.get(word) == 7:
            return today + timedelta(days=7 - today.weekday())
        case [number, unit] if number.isdecimal() and unit in _UNITS and not is_next:
            return _away(int(number) * _UNITS[unit], today, past)
        case [weekday, *rest] if weekday in _WEEKDAYS and rest and not is_next:
            return _day_and_month(rest, today, past)
        case rest if not is_next:
            return _day_and_month(rest, today, past)
    return None


def _day_and_month(words: list[str], today: date, past: bool) -> date | None:
    year = words[2] if len(words) == 3 and re.fullmatch(r"\d{4}|\d{2}", words[2]) else None
    if len(words) != (3 if year else 2):
        return None
    for number, name in ((words[0], words[1]), (words[1], words[0])):
        match = _ORDINAL.match(number)
        if match and name in _MONTHS:
            return _with_year(int(match.group(1)), _MONTHS[name], year, today, past)
    return None


def _with_year(day: int, month: int, year: str | None, today: date, past: bool) -> date:
    if year is not None:
        return _day(int(year) + (2000 if len(year) == 2 else 0), month, day, today)
    # 29 February: up to eight years lie between two of them (2096, 2104).
    for step in range(9):
        try:
            found = date(today.year + (-step if past else step), month, day)
        except ValueError:
            continue
        if found <= today if past else found >= today:
            return found
    raise NoSuchDay(forms=accepted_forms(today))


def _weekday(weekday: int, today: date, past: bool) -> date:
    if past:
        return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _away(days: int, today: date, past: bool) -> date:
    if days > 3660:
        raise NoSuchDay(forms=accepted_forms(today))
    return today + timedelta(days=-days if past else days)


def _day(year: int, month: int, day: int, today: date) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NoSuchDay(forms=accepted_forms(today)) from error


def _only_fillers(words: list[str]) -> bool:
    return all(word in _FILLERS or word.rstrip(".") in _WEEKDAYS for word in words)
