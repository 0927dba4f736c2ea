"""Recurrence rules (RRULE of RFC 5545) as the dates of a round series, by `dateutil`.

A rule plans days only; the time of day is the series' own. In a month that is too short, the last day is meant
(the RFC would leave the month out).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.errors import Refusal

if TYPE_CHECKING:
    from dateutil.rrule import rrule

LONGEST_TEXT = 300
YEARS = 20  # a rule that plans nothing in this time never does, for people
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
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
        for moment in _rule(self.text, anchor).xafter(_midnight(since), inc=True):
            if moment.date() > horizon:
                return
            yield moment.date()


def parse_rule(text: str, anchor: date) -> RecurrenceRule:
    """A rule such as "FREQ=MONTHLY;BYDAY=2TU". Raises `RuleNotUnderstood` or `RuleNeverFires`."""
    parts = _parts(text)
    rule = RecurrenceRule(";".join(f"{name}={value}" for name, value in parts.items()))
    try:
        bounded = _rule(rule.text, anchor)
        if "UNTIL" not in parts:  # else a rule without a day would be searched up to the year 9999
            bounded = bounded.replace(until=_midnight(_years_after(anchor)))
        first = next(iter(bounded), None)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise _not_understood(text[:LONGEST_TEXT]) from error
    if first is None or first.date() > _years_after(anchor):
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
    if parts.get("FREQ") not in _FREQUENCIES:
        raise _not_understood("FREQ")
    for name in ("INTERVAL", "COUNT"):
        if name in parts and not (parts[name].isdecimal() and 1 <= int(parts[name]) <= 1000):
            raise _not_understood(f"{name}={parts[name]}")
    if "COUNT" in parts and "UNTIL" in parts:
        raise _not_understood("COUNT and UNTIL")
    if "UNTIL" in parts:
        parts["UNTIL"] = parts["UNTIL"][:8]  # days only: a time or zone after the date says nothing more
    return parts


def _rule(text: str, anchor: date) -> rrule:
    from dateutil.rrule import rrule, rrulestr

    rule = rrulestr(_clamped(text, anchor), dtstart=_midnight(anchor))
    assert isinstance(rule, rrule)
    return rule


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
