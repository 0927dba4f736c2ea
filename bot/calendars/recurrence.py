"""Recurrence rules (RRULE of RFC 5545) as the dates of a round series, by `dateutil`.

A rule plans days only; the time of day is the series' own. In a month that is too short, the last day is meant
(the RFC would leave the month out).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from bot.errors import Refusal

if TYPE_CHECKING:
    from dateutil.rrule import rrule

LONGEST_TEXT = 300
YEARS = 20  # a rule that plans nothing in this time never does, for people
_LONGEST = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31, "YEARLY": 366}
"""Days there are in a period at most, by frequency."""
_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYYEARDAY", "BYWEEKNO",
          "BYSETPOS"}  # fmt: skip


class RuleNotUnderstood(Refusal):
    """A recurrence rule reads as in RFC 5545; `part` names what is wrong, `example` is a rule that works."""


class RuleNeverFires(Refusal):
    """A recurrence rule plans at least one day within 20 years of its anchor; `anchor`."""


@dataclass(frozen=True)
class RecurrenceRule:
    """A rule whose text was checked by `parse_rule`."""

    text: str

    def dates(self, anchor: date, since: date) -> Iterator[date]:
        """The rule's days on or after both dates, for 20 years from the later one at most."""
        horizon = _years_after(max(anchor, since))
        for day in _days(_rule(self.text, anchor), anchor, horizon):
            if day > horizon:
                return
            if day >= since:
                yield day


def parse_rule(text: str, anchor: date) -> RecurrenceRule:
    """A rule such as "FREQ=MONTHLY;BYDAY=2TU". Raises `RuleNotUnderstood` or `RuleNeverFires`."""
    parts = _parts(text)
    rule = RecurrenceRule(";".join(f"{name}={value}" for name, value in parts.items()))
    try:
        first = next(_days(_rule(rule.text, anchor), anchor, _years_after(anchor)), None)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise _not_understood(text[:LONGEST_TEXT]) from error
    if first is None or first > _years_after(anchor):
        raise RuleNeverFires(anchor=anchor)
    return rule


def _parts(text: str) -> dict[str, str]:
    if len(text) > LONGEST_TEXT:
        raise _not_understood("length")
    parts: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").strip(";").split(";"):
        name, _, value = part.partition("=")
        if name not in _PARTS or not value or name in parts:
            raise _not_understood(part)
        parts[name] = value
    if parts.get("FREQ") not in _LONGEST:
        raise _not_understood("FREQ")
    for name in ("INTERVAL", "COUNT"):
        if name in parts and not (parts[name].isdecimal() and 1 <= int(parts[name]) <= 1000):
            raise _not_understood(f"{name}={parts[name]}")
    if "BYSETPOS" in parts:
        parts["BYSETPOS"] = _positions(parts["BYSETPOS"], _LONGEST[parts["FREQ"]])
    if "COUNT" in parts and "UNTIL" in parts:
        raise _not_understood("COUNT and UNTIL")
    if "UNTIL" in parts:
        parts["UNTIL"] = parts["UNTIL"][:8]  # days only: a time or zone after the date says nothing more
    return parts


def _positions(value: str, longest: int) -> str:
    """BYSETPOS, each place once; a place that no day, week, month or year has is refused, it would only be searched."""
    places = list(dict.fromkeys(value.split(",")))
    for place in places:
        if not (place.lstrip("+-").isdecimal() and 1 <= abs(int(place)) <= longest):
            raise _not_understood(f"BYSETPOS={place}")
    return ",".join(places)


def _rule(text: str, anchor: date) -> rrule:
    from dateutil.rrule import rrule, rrulestr

    rule = rrulestr(_clamped(text, anchor), dtstart=_midnight(anchor))
    assert isinstance(rule, rrule)
    return rule


class _SearchEnded(Exception):
    """A rule was followed to its horizon."""


class _CountedInterval(int):
    """A rule's interval that stops whoever adds it too often.

    `dateutil` looks for a rule's next day up to the year 9999 (millions of days) and reads UNTIL only once it has found
    one. It moves on by adding the interval, once a day, week, month or year: here the additions are counted.
    """

    left: int

    def _counted(self) -> int:
        if not self.left:
            raise _SearchEnded
        self.left -= 1
        return int(self)

    def __radd__(self, other: int) -> int:
        return other + self._counted()

    def __mul__(self, other: int) -> int:  # a week's interval is multiplied by seven first
        return self._counted() * other


_SHORTEST = (365, 28, 7, 1)
"""Days between two steps of a yearly, monthly, weekly and daily rule at least, in the order of `dateutil`'s numbers."""


def _days(rule: rrule, anchor: date, horizon: date) -> Iterator[date]:
    """A rule's days, ascending, looked for up to the horizon and hardly beyond."""
    given: Any = rule  # the stubs leave out what a rule was made of
    interval = _CountedInterval(given._interval)
    interval.left = (horizon - anchor).days // (_SHORTEST[given._freq] * interval) + 1
    try:
        for moment in rule.replace(interval=interval):
            yield moment.date()
    except _SearchEnded:
        return


def _clamped(text: str, anchor: date) -> str:
    """Day 29, 30 or 31 of a month as "the last of 28…31 there is"."""
    parts = dict(part.split("=", 1) for part in text.split(";"))
    bare = not parts.keys() & {"BYDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"}
    day = parts.get("BYMONTHDAY", str(anchor.day))
    if not bare or parts["FREQ"] not in {"MONTHLY", "YEARLY"} or day not in {"29", "30", "31"}:
        return text
    if parts["FREQ"] == "YEARLY":
        if parts.keys() & {"BYMONTHDAY", "BYMONTH"}:
            return text  # a date written out, such as 30 February, is taken at its word
        parts["BYMONTH"] = str(anchor.month)
    parts |= {"BYMONTHDAY": ",".join(map(str, range(28, int(day) + 1))), "BYSETPOS": "-1"}
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _not_understood(part: str) -> RuleNotUnderstood:
    return RuleNotUnderstood(part=part, example="FREQ=MONTHLY;BYDAY=2TU")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _years_after(day: date) -> date:
    return day + timedelta(days=YEARS * 366)
