"""Each shipped alarm is provoked and fires, and is quiet again when what it was about is over."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.app.timers import STEPS
from bot.cli.status import stands
from bot.demo.clinic import MEMBERS, ORGANISATION, person_id
from bot.log import Silent
from bot.ports.records import Audited, AuditEntry
from bot.runtime.clock_jumps import accept
from bot.runtime.dead_man import DeadManSwitch
from bot.runtime.health import Health
from bot.runtime.heartbeat import Heartbeat
from bot.runtime.housekeeping import AnchorFile, Housekeeper
from bot.ui.platform import DeliveryFailed, DeliveryUnknown
from tests.app.outbox_steps import outbox, tell
from tests.world import World

RULES = Path(__file__).parents[2] / "docs" / "deploy" / "alerts.yml"
AWAY = DeliveryFailed("no_answer", away=True)
_EXPRESSION = re.compile(
    r"(?P<how>max|min|sum)(?: by \(\w+\))? ?\((?:increase\()?(?P<metric>\w+)(?:\{result=\"broken\"\})?(?:\[\w+\]\))?\)"
    r" (?P<than>[<>=]+) (?P<limit>-?[\d *]+)"
)


def rules() -> dict[str, str]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return {rule["alert"]: rule["expr"] for rule in groups[0]["rules"]}


def fires(expression: str, page: bytes) -> bool:
    """A rule of the few forms that the shipped ones have, on one page of numbers."""
    if "_wanted" in expression:
        there, wanted = (value_of(name, page) for name in re.findall(r"max\((\w+)\)", expression))
        return there < wanted
    held = _EXPRESSION.search(expression)
    assert held, expression
    labels = {"result": "broken"} if "broken" in expression else {}
    values = [
        sample.value
        for family in text_string_to_metric_families(page.decode())
        for sample in family.samples
        if sample.name == held["metric"] and labels.items() <= sample.labels.items()
    ]
    if not values:
        return False
    over: dict[str, Callable[[list[float]], float]] = {"max": max, "min": min, "sum": sum}
    value = over[held["how"]](values)
    limit: float = eval(held["limit"])  # digits and stars of our own file
    return {">": value > limit, "<": value < limit, "==": value == limit}[held["than"]]


def value_of(metric: str, page: bytes) -> float:
    families = text_string_to_metric_families(page.decode())
    return next(s.value for family in families for s in family.samples if s.name == metric)


@pytest.fixture
def heart(world: World) -> Heartbeat:
    def away() -> set[str]:
        return {platform for platform, _ in world.dispatcher.outages.away}

    return Heartbeat(world.store, world.clock, Silent(), world.ticker, "replica-1", "1", away=away)


NUMBERS_ONLY = {
    "IntervisionAnchorsFailing",
    "IntervisionClockBehind",
    "IntervisionClockOff",
    "IntervisionStepsBroken",
    "IntervisionStoreNotWritable",
}
"""Alarms about what a program counts and the database does not hold as these tests provoke it."""


async def firing(world: World, heart: Heartbeat, *, looking: bool = True, wanted: int = 1) -> set[str]:
    """Which alarms would fire now, with a program that is still `looking` at what is due.

    While one does of which the database knows, `intervision status` ends with 1, and with 0 when none does.
    """
    await heart.beat()
    if looking:
        await world.ticker.tick()
    page = await Health(world.store, world.clock, heart, world.dispatcher.metrics, wanted=wanted).page()
    found = {name for name, expression in rules().items() if fires(expression, page)}
    async with world.store.system(write=False) as system:
        said = (await stands(system, world.clock.now(), ["web"], wanted)).troubles
    if found - NUMBERS_ONLY or not found:
        silent = found == {"IntervisionTickStale"}  # an alarm after a minute, a word after five
        short = not found and any("does not answer" in each for each in said)  # named at once, rings after minutes
        assert bool(said) == (bool(found) or short) or silent, (found, said)
    return found


async def test_a_quiet_installation_rings_nothing(world: World, heart: Heartbeat) -> None:
    await tell(world, "not_reached")
    await world.settle()
    assert await firing(world, heart) == set()


async def test_an_outage_rings_while_it_lasts(world: World, heart: Heartbeat) -> None:
    """Retries moved the moment an alarm looked at, so that it saw an age of one second throughout."""
    for key in MEMBERS:
        await tell(world, "not_reached", to=key)
    world.platform.failures = [AWAY] * 10_000
    world.platform.probes = [None, AWAY] * 10_000
    await world.advance(minutes=4)
    assert "IntervisionMessagesLate" not in await firing(world, heart)
    await world.advance(minutes=6)
    assert await firing(world, heart) == {"IntervisionMessagesLate", "IntervisionPlatformAway"}
    world.platform.failures, world.platform.probes = [], []
    await world.advance(minutes=20)
    assert await firing(world, heart) == set()
    delay = re.search(rb'delay_seconds_bucket{le="60.0",platform="web"} (\d+)', world.dispatcher.metrics.text())
    assert delay and int(delay[1]) == 0, "the delay counts from the moment it was wanted"


async def test_an_outage_in_which_no_look_is_answered_rings_too(world: World, heart: Heartbeat) -> None:
    """The breaker lets no message try then, and looks counted as nothing: the alarm could not fire."""
    await tell(world, "not_reached")
    world.platform.failures, world.platform.probes = [AWAY] * 10_000, [AWAY] * 10_000
    await world.advance(minutes=10)
    assert await firing(world, heart) == {"IntervisionMessagesLate", "IntervisionPlatformAway"}
    world.platform.failures, world.platform.probes = [], []
    await world.advance(minutes=2)
    assert await firing(world, heart) == set()


async def test_an_outage_is_over_for_a_program_to_which_nothing_is_left_to_send(world: World, heart: Heartbeat) -> None:
    """Another program sent what waited: this one heard no answer to a message, and would ring for ever."""
    await tell(world, "not_reached")
    world.platform.failures, world.platform.probes = [AWAY] * 10_000, [AWAY] * 10_000
    await world.advance(minutes=10)
    (entry,) = await outbox(world)
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(entry, sent_at=world.clock.now()))
        await uow.commit()
    world.platform.probes = []
    for _ in range(4):
        await world.advance(minutes=1)
    assert await firing(world, heart) == set()
    assert not world.dispatcher.outages.away


async def test_a_message_given_up_rings_until_it_is_sent_again(world: World, heart: Heartbeat) -> None:
    await tell(world, "not_reached", "risk_acknowledged")
    world.platform.failures = [DeliveryFailed("invalid_blocks", ours=True)]
    await world.settle()
    assert await firing(world, heart) == {"IntervisionMessagesGivenUp"}
    await world.player("s").press("operations.again_all")
    await world.settle()
    assert await firing(world, heart) == set()
    assert await world.told("a") == ["not_reached", "risk_acknowledged"]


async def test_a_message_of_unknown_fate_rings_until_it_came_again(world: World, heart: Heartbeat) -> None:
    await tell(world, "not_reached")
    world.platform.failures = [DeliveryUnknown("lost")]
    await world.advance(minutes=30)
    assert await firing(world, heart) == {"IntervisionMessagesUncertain"}, "it waits on purpose: it is not late"
    await world.advance(hours=4)
    assert await firing(world, heart) == set()


async def test_a_backup_left_out_rings_until_the_next(world: World, heart: Heartbeat) -> None:
    async def backed_up() -> None:
        async with world.store.system() as system:
            await system.done("backup", world.clock.now())
            await system.commit()

    await backed_up()
    world.clock.advance(timedelta(hours=25))
    assert await firing(world, heart) == set()
    world.clock.advance(timedelta(hours=2))
    assert await firing(world, heart) == {"IntervisionBackupOld"}
    await backed_up()
    assert await firing(world, heart) == set()


async def test_a_store_that_takes_no_writes_rings(
    world: World, heart: Heartbeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> bool:
        return False

    monkeypatch.setattr(world.store, "ready", broken)
    assert await firing(world, heart) == {"IntervisionStoreNotWritable"}
    monkeypatch.undo()
    assert await firing(world, heart) == set()


async def test_a_step_that_breaks_rings(world: World, heart: Heartbeat, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any) -> None:
        raise KeyError("a programming error")

    monkeypatch.setitem(STEPS, "person.remind", broken)
    async with world.store.begin(ORGANISATION) as uow:
        await uow.wake("person.remind", person_id("a"), world.clock.now())
        await uow.commit()
    await world.ticker.tick()
    assert await firing(world, heart) == {"IntervisionStepsBroken"}


@pytest.mark.parametrize(("offset", "alarm"), [(3.0, "IntervisionClockOff"), (-3.0, "IntervisionClockBehind")])
async def test_a_clock_that_is_off_rings(world: World, heart: Heartbeat, offset: float, alarm: str) -> None:
    heart.metrics = world.dispatcher.metrics
    heart.metrics.clock(offset)
    assert await firing(world, heart) == {alarm}
    heart.metrics.clock(0.0)
    assert await firing(world, heart) == set()


async def test_the_sign_of_life_outwards_stops_with_anything_that_is_not_well(
    world: World, heart: Heartbeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    pinged: list[bool] = []

    async def ping() -> bool:
        pinged.append(True)
        return False

    async def well() -> bool:
        health = Health(world.store, world.clock, heart, world.dispatcher.metrics)
        away = world.dispatcher.outages
        switch = DeadManSwitch(ping, health, world.ticker, world.clock, world.log, lambda: bool(away.away))
        pinged.clear()
        await switch.look()
        return bool(pinged)

    assert not await well(), "nothing was looked at yet"
    await world.settle()
    assert await well()
    assert "monitor.ping_failed" in {action for action, _ in world.log.records}
    world.clock.advance(timedelta(minutes=3))
    assert not await well(), "nobody looks any more"
    await tell(world, "not_reached")
    world.platform.failures, world.platform.probes = [AWAY], [AWAY] * 3
    await world.settle()
    assert not await well(), "a platform is away"
    await world.advance(minutes=10)
    await world.settle()
    assert await well()

    async def broken() -> bool:
        return False

    monkeypatch.setattr(world.store, "ready", broken)
    assert not await well()


async def test_fewer_programs_than_wanted_ring(world: World, heart: Heartbeat) -> None:
    assert await firing(world, heart, wanted=2) == {"IntervisionReplicasMissing"}
    await Heartbeat(world.store, world.clock, Silent(), world.ticker, "replica-2", "1").beat()
    assert await firing(world, heart, wanted=2) == set()
    world.clock.advance(timedelta(minutes=1))
    assert await firing(world, heart, wanted=2) == {"IntervisionReplicasMissing"}, "it is not seen any more"


async def test_a_look_at_what_is_due_that_does_not_end_rings(world: World, heart: Heartbeat) -> None:
    await world.settle()
    world.clock.advance(timedelta(seconds=90))
    assert await firing(world, heart, looking=False) == {"IntervisionTickStale"}
    assert await firing(world, heart) == set()


async def test_a_store_that_takes_seconds_puts_no_look_into_the_future(
    world: World, heart: Heartbeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slowly() -> bool:
        world.clock.advance(timedelta(seconds=4))
        await world.ticker.tick()
        return True

    monkeypatch.setattr(world.store, "ready", slowly)
    page = await Health(world.store, world.clock, heart, world.dispatcher.metrics).page()
    assert value_of("intervision_tick_age_seconds", page) == 0


async def test_ends_of_trails_that_are_not_noted_ring(world: World, heart: Heartbeat, tmp_path: Path) -> None:
    folder = tmp_path / "outside"
    folder.write_text("a file where the folder should be", encoding="utf-8")
    anchors = AnchorFile(folder / "anchors.jsonl")
    keeper = Housekeeper(world.store, world.clock, world.tools, world.log, anchors, metrics=world.dispatcher.metrics)

    async def line() -> None:
        async with world.store.begin(ORGANISATION) as uow:
            await uow.audit(Audited.ROLE_CHANGED, "admin", "per_demo_a", world.clock.now())
            await uow.commit()

    await line()
    await keeper.anchor_if_moved()
    assert await firing(world, heart) == {"IntervisionAnchorsFailing"}
    folder.unlink()
    await keeper.anchor_if_moved()
    assert await firing(world, heart) == set()
    async with world.store.begin(ORGANISATION) as uow:
        last = (await uow.find(AuditEntry, order=("-number",), limit=1))[0]
        await uow.remove(AuditEntry, last.id)
        await uow.commit()
    for _ in range(3):
        await keeper.anchor_if_moved()
    assert await firing(world, heart) == {"IntervisionAnchorsFailing"}, "a trail was put back: somebody must look"


async def test_a_clock_that_jumped_rings_until_somebody_accepts_it(world: World, heart: Heartbeat) -> None:
    keeper = Housekeeper(world.store, world.clock, world.tools, world.log, uptime=lambda: 0.0)
    await keeper.run_if_due()
    world.clock.advance(timedelta(days=1500))
    await keeper.run_if_due()
    assert "IntervisionClockJumped" in await firing(world, heart)
    async with world.store.system() as system:
        await accept(system, world.clock.now())
        await system.commit()
    assert "IntervisionClockJumped" not in await firing(world, heart)


def test_each_alarm_is_provoked_here() -> None:
    here = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in rules() if f'"{name}"' not in here.replace(f'"{name}",\n', "")] == []


async def test_no_program_rings(world: World, heart: Heartbeat) -> None:
    page = await Health(world.store, world.clock, heart, world.dispatcher.metrics).page()
    gone = re.sub(rb"\nintervision_replicas .*", b"\nintervision_replicas 0.0", page)
    assert fires(rules()["IntervisionDown"], gone)


async def test_the_page_tells_how_punctual_this_quarter_was(world: World) -> None:
    for key in ("a", "b", "c"):
        await tell(world, "not_reached", to=key)
    await world.settle()
    await tell(world, "risk_acknowledged")
    world.platform.failures = [DeliveryFailed("busy", retry_after=600)]
    await world.advance(hours=1)
    assert "of 4" not in str(await world.player("s").press("operations.show")), "counted up to last midnight"
    await world.advance(days=1)
    assert "75% of 4" in str(await world.player("s").press("operations.show"))
    assert len(await outbox(world)) == 4
