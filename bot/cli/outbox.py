"""`intervision outbox …`: what a restore holds back, and the decision about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.common import ConfigOption, command_group, run_async

if TYPE_CHECKING:
    from bot.ports.unit_of_work import SystemWork

outbox = command_group("Messages and steps that a restore holds back.")


@outbox.command("held")
def held(config: ConfigOption = None) -> None:
    """Say how many messages and steps are held."""
    messages, steps = run_async(_taking(config, None))
    print(f"{messages} messages and {steps} steps are held.")


@outbox.command("release")
def release(config: ConfigOption = None) -> None:
    """Send and take all of them now: for a backup after which nothing was sent."""

    async def decide(system: SystemWork) -> None:
        await system.release_held(_now())

    messages, steps = run_async(_taking(config, decide))
    print(f"{messages} messages go out and {steps} steps are taken now.")


@outbox.command("drop")
def drop(config: ConfigOption = None) -> None:
    """Drop the messages, and take the steps without telling anybody: what they tell was told before the restore."""

    async def decide(system: SystemWork) -> None:
        await system.drop_held(_now())

    messages, steps = run_async(_taking(config, decide))
    print(f"{messages} messages are dropped; {steps} steps are taken and tell nobody anything.")


async def _taking(config: Path | None, decide: Callable[[SystemWork], Awaitable[None]] | None) -> tuple[int, int]:
    """How many there were, and the decision about them."""
    from bot.config import load
    from bot.main import open_without_keys
    from bot.runtime.system import SystemClock

    store = await open_without_keys(load(config), SystemClock())
    try:
        async with store.system(write=decide is not None) as system:
            found = await system.held()
            if decide:
                await decide(system)
                await system.commit()
    finally:
        await store.close()
    return found


def _now() -> datetime:
    from bot.runtime.system import SystemClock

    return SystemClock().now()
