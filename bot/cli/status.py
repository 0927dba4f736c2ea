"""`intervision status`: how an installation stands, read from its database; exit code 1 when somebody should look."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.common import ConfigOption, run_async

if TYPE_CHECKING:
    from bot.ports.records import Queue, Replica, Timer
    from bot.ports.unit_of_work import SystemWork
    from bot.runtime.clock_jumps import Doubt

LATE = timedelta(minutes=5)
BACKUP_OLD = timedelta(hours=26)
"""A nightly backup is older than that only when a night was left out."""
OFF = 2.0
"""Seconds beyond which a machine's clock is worth a word."""
STEPS = 5
FAR = timedelta(days=400)


@dataclass(frozen=True)
class Standing:
    """The numbers, and what is wrong with them, one sentence each."""

    now: datetime
    queue: Queue
    replicas: list[Replica]
    next_steps: list[Timer]
    backup: datetime | None
    clock_doubted: Doubt | None
    away: list[str]
    troubles: list[str]
    hints: list[str]
    """What will be wrong some day, which ends with 0."""


def status(
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Programs at work, queue and its age, what failed, what comes next; exit code 1 when somebody should look."""
    standing = run_async(_read(config))
    if as_json:
        print(json.dumps(asdict(standing), indent=1, default=_plain))
    else:
        _print(standing)
    sys.exit(1 if standing.troubles else 0)


def troubles(
    now: datetime,
    queue: Queue,
    replicas: list[Replica],
    backup: datetime | None = None,
    held: tuple[int, int] = (0, 0),
    doubt: Doubt | None = None,
    away: Sequence[str] = (),
    wanted: int = 1,
) -> list[str]:
    """What somebody should look at."""
    from bot.runtime.clock_jumps import REMEDY

    found = []
    if not replicas:
        found.append("No program is at work: start intervision serve.")
    elif all(r.ticked_at is None or now - r.ticked_at > LATE for r in replicas):
        found.append("No program has looked at what is due for five minutes: see its log for tick.* lines.")
    if replicas and len(replicas) < wanted:
        found.append(f"{len(replicas)} of {wanted} programs are at work ([monitor] replicas): see the others' logs.")
    if len(releases := sorted({r.version for r in replicas})) > 1:
        found.append(
            f"Programs of different versions are at work ({', '.join(releases)}): bring all to one; they may plan "
            "different moments where their time zones differ."
        )
    found += [
        f"{name} does not answer: its messages wait and go out when it is back, alerts are tried all the same. Look at "
        f"the status page of {name}; intervision check asks it now."
        for name in away
    ]
    if queue.oldest and now - queue.oldest > LATE:
        found.append(f"A message has been due for {_age(now - queue.oldest)}: see the log for dispatch.* lines.")
    if queue.failed:
        found.append(f"Given up in the last 7 days: {queue.failed}. Send them again from the page Delivery.")
    if queue.uncertain:
        found.append(
            f"May not have arrived: {queue.uncertain}. They come again by themselves within a working day, or at once "
            "from the page Delivery."
        )
    found += [f"The clock of {r.id} is off: let its machine's time service correct it." for r in replicas if _clock(r)]
    if doubt:
        found.append(f"{doubt.fault[0].upper()}{doubt.fault[1:]}: {REMEDY}.")
    if any(held):
        found.append(
            f"{held[0]} messages and {held[1]} steps are held after a restore: intervision outbox release | drop."
        )
    if backup and now - backup > BACKUP_OLD:
        found.append(f"The last backup is {_age(now - backup)} old: see the log of intervision backup (its timer).")
    return found


async def _read(config: Path | None) -> Standing:
    from bot.config import load
    from bot.main import open_without_keys
    from bot.runtime.size import REMEDY, people_of, too_many
    from bot.runtime.system import SystemClock
    from storage.engine import sqlite_file

    clock = SystemClock()
    settings = load(config)
    store = await open_without_keys(settings, clock)
    try:
        async with store.system(write=False) as system:
            standing = await stands(system, clock.now(), sorted(settings.adapters), settings.monitor.replicas)
        people = await people_of(store) if sqlite_file(settings.database.url) else 0
    finally:
        await store.close()
    hints = [f"{what[0].upper()}{what[1:]}: {REMEDY}." for what in too_many(people)]
    return replace(standing, hints=hints)


async def stands(system: SystemWork, now: datetime, adapters: Sequence[str], wanted: int) -> Standing:
    """The installation's numbers, and what they show to be wrong."""
    from bot.runtime.clock_jumps import would_doubt
    from bot.runtime.heartbeat import ALIVE, AWAY

    queue, replicas = await system.queue(now), await system.replicas(now - ALIVE)
    steps = await system.due_timers(now + FAR, STEPS)
    backup, held = await system.last_done("backup"), await system.held()
    doubt = await would_doubt(system, await system.time() or now)
    noted = {name: await system.last_done(AWAY + name) for name in adapters}
    away = [name for name, at in noted.items() if at and now - at < ALIVE]
    found = troubles(now, queue, replicas, backup, held, doubt, away, wanted)
    return Standing(now, queue, replicas, steps, backup, doubt, away, found, [])


def _print(standing: Standing) -> None:
    now, queue = standing.now, standing.queue
    print(f"Programs at work: {len(standing.replicas)}")
    for replica in standing.replicas:
        looked = f"looked {_age(now - replica.ticked_at)} ago" if replica.ticked_at else "has not looked yet"
        print(f"  {replica.id}  {replica.version}  up {_age(now - replica.started_at)}, {looked}{_clock(replica)}")
    oldest = f", the oldest for {_age(now - queue.oldest)}" if queue.oldest else ""
    print(f"Messages: {queue.due} due now{oldest}; {queue.waiting - queue.due} for later")
    print(f"Last 7 days: {queue.failed} given up, {queue.uncertain} of unknown fate")
    print(f"Last backup: {_age(now - standing.backup)} ago" if standing.backup else "Last backup: none by this program")
    print("Next steps:" if standing.next_steps else "Next steps: none")
    for timer in standing.next_steps:
        print(f"  {timer.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC  {timer.what}  {timer.subject}")
    for said in (*standing.troubles, *standing.hints):
        print(said)


def _clock(replica: Replica) -> str:
    return f", its clock {replica.clock_offset:+.0f} s off the database's" if abs(replica.clock_offset) >= OFF else ""


def _age(by: timedelta) -> str:
    seconds = max(0, int(by.total_seconds()))
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
