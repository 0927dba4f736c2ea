"""Time as people say it, in six languages: leave, a caseload mode for a time, coming back.

Every word of a phrase is read or refused. Where one reading remains it is acted on; where words were not read, or two
readings remain, or a colleague would rather ask, the answer is `Ask`.
"""

from __future__ import annotations

from bot.calendars.spoken.clock import understand_time
from bot.calendars.spoken.days import AskDays, Days, understand_day, understand_days
from bot.calendars.spoken.durations import understand_duration
from bot.calendars.spoken.looking_back import understand_past_days
from bot.calendars.spoken.nearest import nearest, with_word
from bot.calendars.spoken.reader import understand
from bot.calendars.spoken.readings import (
    Act,
    Ask,
    Change,
    ChangeLeave,
    ComeBack,
    EndMode,
    Reading,
    SwitchMode,
    TakeLeave,
    Why,
)

__all__ = [
    "Act",
    "Ask",
    "AskDays",
    "Change",
    "ChangeLeave",
    "ComeBack",
    "Days",
    "EndMode",
    "Reading",
    "SwitchMode",
    "TakeLeave",
    "Why",
    "nearest",
    "understand",
    "understand_day",
    "understand_days",
    "understand_duration",
    "understand_past_days",
    "understand_time",
    "with_word",
]
