"""Where a person stands against a target, in a few words."""

from __future__ import annotations

from bot.domain.frequency import Status
from bot.ui.strings import Words


def rhythm_line(w: Words, status: Status) -> str:
    """ "on track, day 9 of 21 (14 + 7)": the days allowed, and the target and a round's window they are made of."""
    known = {"state": w(f"state.{status.state}"), "days": status.elapsed, "target": status.target}
    if status.window:
        return w("log.rhythm.window", allowed=status.allowed, window=status.window, **known)
    return w("log.rhythm", **known)
