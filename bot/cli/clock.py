"""`intervision clock …`: a jump of the clock that is doubted, and the decision about it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.common import ConfigOption, command_group, run_async

if TYPE_CHECKING:
    from bot.runtime.clock_jumps import Doubt

clock = command_group("A jump of the clock: what is over by it is not deleted until the clock is believed again.")


@clock.command("show")
def show(config: ConfigOption = None) -> None:
    """Say whether the clock is believed."""
    from bot.runtime.clock_jumps import REMEDY

    found, now = run_async(_doubt(config, accepting=False))
    print(f"It is {now:%Y-%m-%d %H:%M} UTC by the clock that counts.")
    print(f"Doubted: {found.fault}. Remedy: {REMEDY}." if found else "The clock is believed.")


@clock.command("accept")
def accept(config: ConfigOption = None) -> None:
    """Believe the clock as it stands now: what is over by it is deleted within the hour."""
    found, now = run_async(_doubt(config, accepting=True))
    before = "" if found else " It was not doubted."
    print(f"The clock is believed: {now:%Y-%m-%d %H:%M} UTC.{before}")


async def _doubt(config: Path | None, *, accepting: bool) -> tuple[Doubt | None, datetime]:
    """The doubt before the decision, and the time by the database, by the machine where it has none."""
    from bot.config import load
    from bot.main import open_without_keys
    from bot.runtime.clock_jumps import accept as believe
    from bot.runtime.clock_jumps import would_doubt
    from bot.runtime.system import SystemClock

    machine = SystemClock()
    store = await open_without_keys(load(config), machine)
    try:
        async with store.system(write=accepting) as system:
            now = (await system.time() or machine.now()).astimezone(UTC)
            found = await would_doubt(system, now)
            if accepting:
                await believe(system, now)
                await system.commit()
    finally:
        await store.close()
    return found, now
