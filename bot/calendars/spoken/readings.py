"""What typed words come to: leave, a caseload mode, a return, or a question back.

Days are the person's own calendar days. `first` and `last` are both included; a `last` of None is an open end that was
said on purpose. Next: `meaning.py`, which makes these.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from bot.domain.policy import Mode


class Why(Enum):
    """Why a good colleague would ask; each has its own sentence with examples in the catalogues."""

    NOTHING = "nothing"
    UNREAD = "unread"
    NO_PERIOD = "no_period"
    NO_END = "no_end"
    OPEN_END = "open_end"
    ROLLED_OVER = "rolled_over"
    LONG = "long"
    REVERSED = "reversed"
    PAST = "past"
    NO_SUCH_DAY = "no_such_day"
    WEEKDAY_DIFFERS = "weekday_differs"
    TWO_READINGS = "two_readings"
    VAGUE = "vague"
    CLOCK = "clock"
    HALF_DAY = "half_day"
    SHARE = "share"
    UNSURE = "unsure"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class TakeLeave:
    """Away from `first` to `last`; the reason is never kept."""

    first: date
    last: date | None


@dataclass(frozen=True)
class SwitchMode:
    """A caseload of this mode from `first` on, for good or up to `last`."""

    mode: Mode
    first: date
    last: date | None


@dataclass(frozen=True)
class ComeBack:
    """Working again from the day `on`, which is a working day."""

    on: date


Act = TakeLeave | SwitchMode | ComeBack


@dataclass(frozen=True)
class Ask:
    """Nothing is done before the person has chosen; `readings` are what the words may mean, likeliest first."""

    why: Why
    readings: tuple[Act, ...] = field(default=())


Reading = TakeLeave | SwitchMode | ComeBack | Ask
