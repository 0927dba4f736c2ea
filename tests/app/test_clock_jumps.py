"""A clock that jumps deletes nothing until it is believed again: by itself after a day, or by an administrator."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import main
from bot.cli import checks
from bot.cli.main import app as command_line
from bot.config import Settings
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.organisation import Organisation
from bot.errors import SetupError
from bot.log import Silent
from bot.ports.records import Draft
from bot.runtime.clock_jumps import accept, doubted
from bot.runtime.health import Health
from bot.runtime.heartbeat import Heartbeat
from bot.runtime.housekeeping import Housekeeper
from bot.runtime.system import SystemClock
from tests.migrated import migrated
from tests.world import World

MINUTE, YEARS = timedelta(minutes=1), timedelta(days=1500)


class Machine:
    """A program that looks around once a minute, on a machine whose clock and uptime are set apart."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.up = 0.0
        self.start()

    def start(self) -> None:
        """Another program, which remembers nothing."""
        world = self.world
        self.keeper = Housekeeper(world.store, world.clock, world.tools, world.log, uptime=lambda: self.up)

    async def minutes(self, count: int = 1, *, step: timedelta = MINUTE) -> None:
        for _ in range(count):
            self.world.clock.advance(step)
            self.up += step.total_seconds()
            await self.keeper.run_if_due()

    async def day(self) -> None:
        await self.minutes(25, step=timedelta(hours=1))

    async def jumps(self, by: timedelta) -> None:
        """Somebody sets the clock, also back."""
        self.world.clock._now += by

    async def off(self, for_: timedelta) -> None:
        self.world.clock.advance(for_)
        self.up += for_.total_seconds()
        self.start()

    async def drafts(self) -> int:
        return len(await self.world.find(Draft))


@pytest.fixture
async def machine(world: World) -> Machine:
    """At work for a while, with a half-written text that is kept for a week."""
    now = world.clock.now()
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(Draft("dra_1", ORGANISATION, person_id("a"), "case", "", now, now + timedelta(days=7)))
        await uow.commit()
    at_work = Machine(world)
    await at_work.minutes(3)
    return at_work


@pytest.mark.parametrize("restarted", [False, True], ids=["while it runs", "while it is off"])
async def test_a_clock_set_years_ahead_deletes_nothing_for_a_day(machine: Machine, *, restarted: bool) -> None:
    await machine.jumps(YEARS)
    if restarted:
        machine.start()
    await machine.minutes(90)
    assert await machine.drafts() == 1
    assert "clock.jumped" in repr(machine.world.log.records)
    await machine.day()
    await machine.day()
    assert await machine.drafts() == 0, "it has gone on evenly: it is the time"


async def test_a_clock_that_is_set_right_again_is_believed_at_once(machine: Machine) -> None:
    await machine.jumps(YEARS)
    await machine.minutes(30)
    await machine.jumps(-YEARS)
    await machine.minutes(1)
    assert await doubt(machine.world) is None
    await machine.minutes(65)
    assert await machine.drafts() == 1
    await machine.minutes(8 * 24, step=timedelta(hours=1))
    assert await machine.drafts() == 0


async def test_a_second_jump_begins_the_day_anew(machine: Machine) -> None:
    await machine.jumps(YEARS)
    await machine.minutes(20, step=timedelta(hours=1))
    await machine.jumps(YEARS)
    await machine.minutes(20, step=timedelta(hours=1))
    assert await machine.drafts() == 1


async def test_a_weekend_off_and_an_evening_asleep_are_no_jump(machine: Machine) -> None:
    await machine.off(timedelta(days=2, hours=20))
    await machine.minutes(1)
    assert await doubt(machine.world) is None
    machine.world.clock.advance(timedelta(hours=10))  # the program slept with its machine
    machine.up += 10 * 3600
    await machine.minutes(1)
    assert await doubt(machine.world) is None
    await machine.off(timedelta(days=30))
    await machine.minutes(1)
    assert await doubt(machine.world), "so long that it may as well be a wrong clock"


async def test_an_hour_ahead_while_it_runs_is_a_jump(machine: Machine) -> None:
    await machine.jumps(timedelta(hours=30))
    await machine.minutes(1)
    assert await doubt(machine.world)


async def test_another_program_s_look_does_not_hide_the_jump(machine: Machine) -> None:
    other = Machine(machine.world)
    await other.minutes(1)
    await machine.jumps(YEARS)
    for each in (other, machine, other, machine):
        await each.minutes(20)
    assert await machine.drafts() == 1


async def test_the_alarm_fires_and_clears_with_the_administrators_word(machine: Machine) -> None:
    world = machine.world
    heart = Heartbeat(world.store, world.clock, Silent(), world.ticker, "replica-1", "1")

    async def alarm() -> bool:
        page = await Health(world.store, world.clock, heart, world.dispatcher.metrics).page()
        return b"intervision_clock_jumped 1.0" in page

    assert not await alarm()
    await machine.jumps(YEARS)
    await machine.minutes(1)
    assert await alarm()
    async with world.store.system() as system:
        await accept(system, world.clock.now())
        await system.commit()
    assert not await alarm()
    await machine.minutes(65)
    assert await machine.drafts() == 0


async def doubt(world: World) -> object:
    async with world.store.system(write=False) as system:
        return await doubted(system)


async def test_commands_say_it_refuse_to_delete_and_take_the_word(tmp_path: Path) -> None:
    """The database was last looked at long ago by the clock of today."""
    url = migrated(tmp_path / "db.sqlite3")
    settings = Settings.model_validate({"database": {"url": url}, "keys": {"file": str(tmp_path / "key")}})
    app = await main.build(settings, log=Silent())
    async with app.store.begin("org_a") as uow:
        await uow.add(Organisation("org_a", "org_a", "A", SystemClock().now()))
        await uow.commit()
    async with app.store.system() as system:
        await system.done("clock_seen", SystemClock().now() - timedelta(days=800))
        await system.commit()
    assert "clock" in {problem.where for problem in await checks.check(app)}
    await app.store.close()
    config = tmp_path / "intervision.toml"
    config.write_text(f'[database]\nurl = "{url}"\n[keys]\nfile = "{tmp_path / "key"}"\n', encoding="utf-8")

    def run(*words: str) -> str:
        result = CliRunner().invoke(command_line, [*words, "--config", str(config)])
        return f"{result.output}{result.exception if isinstance(result.exception, SetupError) else ''}"

    async def said(*words: str) -> str:
        return await asyncio.to_thread(run, *words)

    assert "Doubted: the clock jumped" in await said("clock", "show")
    assert "intervision clock accept" in await said("status")
    assert "Nothing was deleted: the clock jumped" in await said("purge", "--org", "org_a")
    assert "The clock is believed" in await said("clock", "accept")
    assert "The clock is believed" in await said("clock", "show")
    assert "jumped" not in await said("status")
    assert "jumped" not in await said("purge", "--org", "org_a")
