"""Another reader of the locked time-zone files (RFC 9636), which shares no code with `zoneinfo`: offsets by moment."""

from __future__ import annotations

import calendar
import re
import struct
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from itertools import pairwise

LAST_YEAR = 2037
_OFFSET = r"([+-]?\d+)(?::(\d+))?"
_NAME = r"(?:[A-Za-z]+|<[^>]+>)"
_RULE = re.compile(rf"{_NAME}{_OFFSET}(?:{_NAME}(?:{_OFFSET})?,M([^,/]+)(?:/{_OFFSET})?,M([^,/]+)(?:/{_OFFSET})?)?")


class Zone:
    """Periods of one offset each; `moments` lists every moment at which a clock on the wall shows a time."""

    def __init__(self, name: str) -> None:
        with resources.files("tzdata").joinpath("zoneinfo", name).open("rb") as file:
            data = file.read()
        first = 44 + _length(data, 0, 4)
        stored, kinds = struct.unpack(">II", data[first + 32 : first + 40])
        body = first + 44
        times = struct.unpack(f">{stored}q", data[body : body + 8 * stored])
        index = data[body + 8 * stored : body + 9 * stored]
        offsets = [struct.unpack(">i", data[body + 9 * stored + 6 * k :][:4])[0] for k in range(kinds)]
        periods = [(-(2**62), offsets[0]), *((t, offsets[i]) for t, i in zip(times, index, strict=True))]
        rule = data[first + _length(data, first, 8) + 44 :].strip(b"\n").decode()
        self._periods = periods + [each for each in _by_rule(rule) if each[0] > periods[-1][0]]
        self._starts = [start for start, _ in self._periods]

    def moments(self, wall: datetime) -> list[datetime]:
        """None when clocks skip that time, two when they show it twice."""
        clock = calendar.timegm(wall.timetuple())
        around = range(max(0, bisect_right(self._starts, clock) - 2), len(self._periods))
        found = []
        for n in around:
            start, offset = self._periods[n]
            end = self._starts[n + 1] if n + 1 < len(self._starts) else 2**62
            if start <= clock - offset < end:
                found.append(_aware(clock - offset))
            if start - offset > clock + 200_000:
                break
        return found

    def moment(self, wall: datetime) -> datetime:
        """The first one; a skipped time by the offset before the change."""
        if found := self.moments(wall):
            return found[0]
        clock = calendar.timegm(wall.timetuple())
        before = next(
            offset
            for (_, offset), (change, after) in pairwise(self._periods)
            if change + offset <= clock < change + after
        )
        return _aware(clock - before)

    def days_of_change(self) -> list[date]:
        """The local days on which clocks change."""
        pairs = pairwise(self._periods)
        return [_aware(change + offset).date() for (_, offset), (change, _) in pairs if change > 0]


zone = cache(Zone)


def _length(data: bytes, at: int, width: int) -> int:
    isut, isstd, leaps, stored, kinds, letters = struct.unpack(">6I", data[at + 20 : at + 44])
    return int(stored * (width + 1) + kinds * 6 + letters + leaps * (width + 4) + isstd + isut)


def _by_rule(rule: str) -> list[tuple[int, int]]:
    """Changes of every year up to LAST_YEAR by the POSIX rule at the end of the file."""
    found = _RULE.fullmatch(rule)
    assert found, rule
    h, m, sh, sm, summer, at_h, at_m, winter, back_h, back_m = found.groups()
    standard = -_seconds(h, m)
    if summer is None:
        return []
    daylight = -_seconds(sh, sm) if sh else standard + 3600
    changes = []
    for year in range(2007, LAST_YEAR + 1):
        changes.append((_day(year, summer) + _seconds(at_h or "2", at_m) - standard, daylight))
        changes.append((_day(year, winter) + _seconds(back_h or "2", back_m) - daylight, standard))
    return sorted(changes)


def _day(year: int, rule: str) -> int:
    month, week, weekday = (int(part) for part in rule.split("."))
    weeks = [w[(weekday - 1) % 7] for w in calendar.Calendar().monthdayscalendar(year, month)]
    days = [day for day in weeks if day]
    return calendar.timegm((year, month, days[min(week, len(days)) - 1], 0, 0, 0))


def _seconds(hours: str, minutes: str | None) -> int:
    size = abs(int(hours)) * 3600 + int(minutes or 0) * 60
    return -size if hours.startswith("-") else size


def _aware(seconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
