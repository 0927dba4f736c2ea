"""How hard faults with the real adapters are played, short in CI and long in `make soak`, and how they are counted."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from functools import partial

from bot.delivery import dispatcher
from bot.delivery.in_flight import MOST_IN_FLIGHT
from tests.faults.fleet import Fleet
from tests.faults.receivers import Counted, SlackRow, TeamsRow, counted

LONG = "INTERVISION_SOAK" in os.environ
KILLS = int(os.environ.get("INTERVISION_SOAK_KILLS", "500")) if LONG else 8
REPLICAS, A_SECOND = (3, 25) if LONG else (2, 15)
OUTAGE = float(os.environ.get("INTERVISION_SOAK_OUTAGE", "60")) if LONG else 4.0
"""Seconds of each outage."""
PATIENCE = 900.0 if LONG else 240.0
"""Seconds until what waits must be gone: kills without a pause let a queue grow where posts go one by one."""
SEED, PEOPLE = 20, 120
LEASE = dispatcher.LEASE.total_seconds()
HEALED_AFTER = 5
"""Hours until everything that may not have arrived has come again."""
IN_FLIGHT = MOST_IN_FLIGHT * REPLICAS
Row = SlackRow | TeamsRow
ROWS: dict[str, Callable[[], Row]] = {
    "slack-asked": partial(SlackRow, can_be_asked=True),
    "slack": partial(SlackRow, can_be_asked=False),
    "teams": TeamsRow,
}


async def settled(ships: Fleet, row: Row, replicas: int = REPLICAS) -> Counted:
    """What stands there once all is done, and hours later what may not have arrived has come again."""
    await ships.at_work(replicas)
    await ships.opened(within=PATIENCE)
    await ships.drained(within=PATIENCE, for_now=True)
    await ships.hours_later(HEALED_AFTER)
    await ships.drained(within=PATIENCE)
    await asyncio.sleep(0.5)
    return counted(ships.owed(), row.shown())
