"""The caseload mode over time, from dated switches: for good, or for a period with its return.

A switch for good holds until the next one. A period lies over them: on its last day the mode of the switches comes
back. Of several periods on one day the one recorded last counts, and a switch recorded later that begins inside a
period ends it. Next: `caseload.py`, which asks for the mode of a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.policy import Mode
from bot.errors import Refusal


class UnknownMode(Refusal):
    """A word that names no caseload mode; `options` lists the modes that can be chosen (`given` is not echoed)."""


class ModeEndsBeforeItStarts(Refusal):
    """The last day of a mode lies before its first; `first_day`, `last_day`."""


@dataclass(frozen=True)
class ModeChange:
    """From `from_date` on the caseload is of this mode, for good or up to and including `until`.

    `recorded_at` is aware UTC; of several for one day the one recorded last counts. `id` names the stored fact.
    """

    person: str
    mode: Mode
    from_date: date
    note: str
    recorded_at: datetime
    until: date | None = None
    id: str = ""

    def __post_init__(self) -> None:
        if self.mode is Mode.PAUSED:
            raise UnknownMode(options=tuple(m.value for m in (Mode.ICBT, Mode.F2F, Mode.BLENDED)))
        if self.until is not None and self.until < self.from_date:
            raise ModeEndsBeforeItStarts(first_day=self.from_date, last_day=self.until)

    def covers(self, day: date) -> bool:
        """Whether the change says anything about this day."""
        return self.from_date <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class ModeStep:
    """From `day` to the next step this change decides; without one the caseload is as it was before all changes."""

    day: date
    change: ModeChange | None

    @property
    def mode(self) -> Mode:
        """The mode from this day on; iCBT where nothing was said."""
        return self.change.mode if self.change else Mode.ICBT


def mode_steps(changes: Sequence[ModeChange]) -> tuple[ModeStep, ...]:
    """Every day on which another change begins to decide, in order."""
    recorded = sorted(changes, key=lambda each: each.recorded_at)
    days = {change.from_date for change in recorded}
    days |= {change.until + timedelta(days=1) for change in recorded if change.until and change.until < date.max}
    steps: list[ModeStep] = []
    for day in sorted(days):
        decides = _deciding(recorded, day)
        if decides is not (steps[-1].change if steps else None):
            steps.append(ModeStep(day, decides))
    return tuple(steps)


def _deciding(recorded: Sequence[ModeChange], day: date) -> ModeChange | None:
    """Which of the changes, in the order they were recorded, decides a day."""
    for at in reversed(range(len(recorded))):
        period = recorded[at]
        if period.until is None or not period.covers(day):
            continue
        later = recorded[at + 1 :]
        if not any(each.until is None and period.from_date <= each.from_date <= day for each in later):
            return period
    lasting = [change for change in recorded if change.until is None and change.from_date <= day]
    latest = max((change.from_date for change in lasting), default=None)
    return next((change for change in reversed(lasting) if change.from_date == latest), None)
