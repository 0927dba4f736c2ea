"""What typed words come to: leave, a change of it, a caseload mode, a return, or a question back.

Days are the person's own calendar days. `first` and `last` are both included; a `last` of None is an open end that was
said on purpose. Next: `meaning.py`, which makes these.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum

from bot.domain.policy import Mode


class Why(Enum):
    """Why a good colleague would ask; each has its own sentence with examples in the catalogues."""

    NOTHING = "nothing"
    UNREAD = "unread"
    UNFIT = "unfit"
    NO_ACT = "no_act"
    NO_PERIOD = "no_period"
    NO_END = "no_end"
    OPEN_END = "open_end"
    ROLLED_OVER = "rolled_over"
    LONG = "long"
    REVERSED = "reversed"
    PAST = "past"
    BEGUN = "begun"
    NO_SUCH_DAY = "no_such_day"
    WEEKDAY_DIFFERS = "weekday_differs"
    TWO_READINGS = "two_readings"
    VAGUE = "vague"
    CLOCK = "clock"
    HALF_DAY = "half_day"
    SHARE = "share"
    UNSURE = "unsure"
    CANCELLED = "cancelled"
    CHANGE = "change"
    ELSEWHERE = "elsewhere"


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


class Change(StrEnum):
    """What is to become of a leave that is entered."""

    MOVE = "move"
    EXTEND = "extend"
    SHORTEN = "shorten"
    END = "end"
    """It ends on a day, earlier or later than planned."""
    BEGIN = "begin"
    """It begins on a day."""
    BREAK = "break"
    """It is broken off on a day: the last one, or the first of work."""


@dataclass(frozen=True)
class ChangeLeave:
    """Another time for a leave that is entered: to `first` and `last`, to the end `last`, or by an amount.

    `of` is a day of the leave that was named, None where it was not. The amount is counted in `unit`; less than 0 is
    earlier.
    """

    how: Change
    first: date | None = None
    last: date | None = None
    count: int = 0
    unit: str = "day"
    of: date | None = None
    named: bool = True
    """Whether leave was named: "one more week" alone may be a mode's as well."""


@dataclass(frozen=True)
class EndMode:
    """A period of this mode ends on the day `last`, or so much later or earlier; which one it is, is known elsewhere.

    Without a day and an amount it is to end now. An amount below 0 is earlier.
    """

    mode: Mode
    last: date | None = None
    count: int = 0
    unit: str = "day"


Act = TakeLeave | SwitchMode | ComeBack | ChangeLeave | EndMode


@dataclass(frozen=True)
class Ask:
    """Nothing is done before the person has chosen; `readings` are what the words may mean, likeliest first."""

    why: Why
    readings: tuple[Act, ...] = field(default=())
    word: int = 0
    """The first word that was not read, counted from 1; 0 where every word was."""


Reading = Act | Ask
