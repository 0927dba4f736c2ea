"""Where a person stands against a target, in a few words."""

from __future__ import annotations

from bot.domain.frequency import State, Status
from bot.ui.strings import Words

_AHEAD = frozenset({State.ON_TRACK, State.DUE_SOON})
_ALONE = frozenset({State.LEAVE, State.NOT_REACHED})


def rhythm_line(w: Words, status: Status) -> str:
    """The state with what decides it: "on track, day 9 of 21 (14 + 7)", or "overdue, a review was due by Mon 7 Dec".

    Days stand only beside a state that goes by days; their sum is the target and a round's window.
    """
    state = w(f"state.{status.state}")
    if status.state in _ALONE:
        return state
    if status.review_due is not None:
        return _review(w, status, w.day(status.review_due))
    return _days(w, status)


def whole_rhythm_line(w: Words, status: Status) -> str:
    """The same for the person's own page, with the day of what is still ahead: "…, by Mon, 22 Feb 2027"."""
    if status.state not in _AHEAD or status.due_on is None:
        return rhythm_line(w, status)
    day = w.day(status.due_on, year=True)
    if status.review_due is not None:
        return _review(w, status, day)
    return f"{_days(w, status)} · {w('rhythm.next', day=day)}"


def _days(w: Words, status: Status) -> str:
    if status.state is State.ROUND_RUNS:
        state = w("log.rhythm.running", state=w("state.round_runs"))
        allowed = f"{status.allowed} ({status.target} + {status.window})" if status.window else f"{status.allowed}"
        return w("log.rhythm", state=state, days=status.elapsed, target=allowed)
    known = {"state": w(f"state.{status.state}"), "days": status.elapsed, "target": status.target}
    if status.window:
        return w("log.rhythm.window", allowed=status.allowed, window=status.window, **known)
    return w("log.rhythm", **known)


def _review(w: Words, status: Status, day: str) -> str:
    state = w(f"state.{status.state}")
    if status.review_missed:
        return w("log.rhythm.missed", state=state, day=day)
    if status.state is State.OVERDUE:
        return w("log.rhythm.late", state=state, day=day)
    return w("log.rhythm.review", state=state, day=day)
