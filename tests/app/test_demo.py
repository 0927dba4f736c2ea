"""What `intervision demo` says of its own clinic is true."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.app.context import Work
from bot.app.facts.duty import duty_gaps
from bot.config import Settings
from bot.demo.clinic import MEMBERS, ORGANISATION, START, found, person_id
from bot.demo.clock import VirtualClock
from bot.demo.control import DemoControl
from bot.demo.player import Player
from bot.demo.seed import NEXT, play_until_today
from bot.domain.organisation import Clinic
from bot.domain.risk import Hold
from bot.main import build
from bot.ports.records import OutboxEntry
from storage.memory import MemoryStore
from tests.tables.crawl import actions
from tests.world import World


async def test_no_clinic_of_the_demo_has_a_gap_in_its_duty(world: World) -> None:
    async with world.store.begin(ORGANISATION, write=False) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        gaps = [gap for clinic in await uow.find(Clinic) for gap in await duty_gaps(work, clinic)]
    assert not gaps


async def test_an_alert_in_the_demos_mailbox_is_delivered(tmp_path: Path) -> None:
    """The pages alone interrupt nobody; in the demo all that they are given is mailed as well."""
    clock = VirtualClock(START)
    control = DemoControl(clock)
    settings = Settings.model_validate({"keys": {"file": str(tmp_path / "demo.key")}, "log": {"level": "warning"}})
    app = await build(settings, clock=clock, store=MemoryStore(clock), demo=control)
    control.app = app
    assert not app.tools.beats, "in the demo nobody misses a program at work"
    await found(app.store, app.tools.ids, history=False)
    try:
        reviewer, supervisor = Player(app.entry, "b"), Player(app.entry, "s")
        await reviewer.press("risk.alert_duty")
        await control.advance_by(timedelta(minutes=2))
        assert [mail for mail in await control.mails_of(supervisor.actor) if mail.id]
        async with app.store.begin(ORGANISATION, write=False) as uow:
            (hold,) = await uow.find(Hold)
            told = [entry.card for entry in await uow.find(OutboxEntry, person=person_id("b"))]
        assert (hold.called, hold.undelivered_at) == ((person_id("s"),), None)
        assert "risk_undelivered" not in told
    finally:
        await app.stop()


async def test_nobody_is_asked_for_a_case_twice_on_the_demos_first_day(world: World) -> None:
    await play_until_today(world)
    asked = {key: [c.key for c in world.inbox(key) if "round.pass" in {a.key for a in actions(c)}] for key in MEMBERS}
    assert {key: len(cards) for key, cards in asked.items() if len(cards) > 1} == {}
    assert any(asked.values())
    assert asked[NEXT[0]] == [], "whose case is in"
