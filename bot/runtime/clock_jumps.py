"""A clock that jumped: what is over by it stays until it has gone on evenly for a day, or an administrator accepts it.

A step that is taken too early can be taken back, a deleted text cannot. So the moment is noted in the database once a
minute; one that does not follow from the last is doubted, and what deletes waits (`bot.runtime.housekeeping`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.ports.unit_of_work import SystemWork

EVEN_FOR = timedelta(hours=24)
OFF_FOR = timedelta(days=3)
"""For so long no program may have been at work (a weekend): what is further ahead of the last moment is doubted."""
TOLERANCE = timedelta(hours=1)
"""Corrections by a time service are smaller."""
REMEDY = "correct the clock, or if it is right: intervision clock accept"
_SEEN, _TRUSTED, _DOUBTED = "clock_seen", "clock_trusted", "clock_doubted"


@dataclass(frozen=True)
class Doubt:
    """A jump: the last moment before it, and the moment by the clock of today when it was noticed."""

    before: datetime
    since: datetime

    @property
    def until(self) -> datetime:
        """When the clock is believed if it goes on evenly."""
        return self.since + EVEN_FOR

    @property
    def fault(self) -> str:
        """What happened, for administrators."""
        before, since, until = (f"{at.astimezone(UTC):%Y-%m-%d %H:%M}" for at in (self.before, self.since, self.until))
        return f"the clock jumped from {before} to {since} UTC, so nothing is deleted before {until}"


async def doubted(system: SystemWork) -> Doubt | None:
    """The jump that is not settled yet."""
    since, before = await system.last_done(_DOUBTED), await system.last_done(_TRUSTED)
    return Doubt(before, since) if since and before else None


async def would_doubt(system: SystemWork, now: datetime) -> Doubt | None:
    """As `doubted`, also where no program has looked yet."""
    seen = await _seen(system)
    if seen and not _follows(now, seen, OFF_FOR):
        return Doubt(seen, now)
    return await doubted(system)


async def look(system: SystemWork, now: datetime, elapsed: timedelta | None) -> Doubt | None:
    """Note the moment; the doubt about it. `elapsed` since this program's last look by its uptime, None at the first.

    A clock that comes back to where it was believed is believed at once.
    """
    doubt, seen = await doubted(system), await _seen(system)
    ahead = OFF_FOR if elapsed is None else elapsed + TOLERANCE
    if seen and not _follows(now, seen, ahead):
        back = doubt is not None and _follows(now, doubt.before, OFF_FOR)
        doubt = None if back else Doubt(doubt.before if doubt else seen, now)
    elif doubt and now >= doubt.until:
        doubt = None
    await _keep(system, doubt)
    await system.done(_SEEN, now)
    return doubt


async def accept(system: SystemWork, now: datetime) -> None:
    """Believe the clock as it stands."""
    await _keep(system, None)
    await system.done(_SEEN, now)


async def _seen(system: SystemWork) -> datetime | None:
    """The last moment that was noted; by programs of before, the last housekeeping."""
    return await system.last_done(_SEEN) or await system.last_done("housekeeping")


def _follows(now: datetime, earlier: datetime, ahead: timedelta) -> bool:
    return earlier - TOLERANCE <= now <= earlier + ahead


async def _keep(system: SystemWork, doubt: Doubt | None) -> None:
    if doubt is None:
        await system.forget(_DOUBTED)
        await system.forget(_TRUSTED)
    else:
        await system.done(_TRUSTED, doubt.before)
        await system.done(_DOUBTED, doubt.since)
