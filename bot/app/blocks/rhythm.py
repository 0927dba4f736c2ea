"""Where a person stands against a target, in a few words."""

from __future__ import annotations

from bot.domain.frequency import Status
from bot.ui.strings import Words


def rhythm_line(w: Words, status: Status) -> str:
    """ "on track, day 9 of 14"; beyond the target with the days the round gives: "on track, day 16 of 14 + 7"."""
    known = {"state": w(f"state.{status.state}"), "days": status.elapsed, "target": status.target}
    if status.window and status.elapsed > status.target:
        return w("log.rhythm.window", window=status.window, **known)
    return w("log.rhythm", **known)
