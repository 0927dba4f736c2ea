"""The operations page: what did not arrive is shown by name and reason, and can be sent again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.app.context import Work
from bot.app.entry import Entry
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Contact
from bot.ports.records import OutboxEntry, Replica
from bot.ui.inbound import Done, Outcome, Refused, Say
from bot.ui.model import Buttons, Card, Facts, Notice, Row, plain
from bot.ui.platform import DeliveryFailed, DeliveryUnknown
from tests.world import World

UNKNOWN = DeliveryUnknown("timeout")


def card(outcome: Outcome) -> Card:
    assert isinstance(outcome, Say)
    return outcome.card


def rows(shown: Card) -> list[tuple[str, str]]:
    return [(plain(b.line), plain(b.detail)) for b in shown.body if isinstance(b, Row)]


async def tell(world: World, to: str) -> OutboxEntry:
    async with world.store.begin(ORGANISATION) as uow:
        await Work(uow, world.clock.now(), world.tools).tell(person_id(to), "not_reached", to, name="X", code="AB-1")
        await uow.commit()
    return (await world.find(OutboxEntry, person=person_id(to)))[0]


async def test_a_message_of_unknown_fate_is_shown_and_sent_again_on_demand(world: World) -> None:
    entry = await tell(world, "b")
    world.platform.failures = [DeliveryUnknown("timeout")]
    await world.advance(minutes=1)
    supervisor = world.player("s")
    shown = card(await supervisor.press("operations.show"))
    assert [(who, "not known" in detail) for who, detail in rows(shown)] == [("Therapist B (Kiel)", True)]
    done = await supervisor.press("operations.again", entry.id)
    assert isinstance(done, Done)
    await world.settle()
    assert len(world.inbox("b")) == 1
    assert rows(card(await supervisor.press("operations.show"))) == []
    refused = await supervisor.press("operations.again", entry.id)
    assert isinstance(refused, Refused)
    assert refused.key == "already_delivered"


async def test_a_person_without_a_working_address_is_named_and_reached_again(world: World) -> None:
    entry = await tell(world, "b")
    world.platform.failures = [DeliveryFailed("user_disabled", permanent=True)]
    await world.settle()
    manager = world.player("m")  # an administrator too
    shown = card(await manager.press("operations.show"))
    assert rows(shown)[0][0] == "Therapist B (Kiel)"
    assert "no working address" in rows(shown)[0][1]
    assert any("Therapist B (Kiel)" in plain(getattr(b, "line", ())) for b in shown.body if not isinstance(b, Row))
    await manager.press("operations.again", entry.id)
    await world.settle()
    assert len(world.inbox("b")) == 1
    (contact,) = await world.find(Contact, person=person_id("b"))
    assert contact.failed_at is None


async def test_the_kind_of_a_message_is_not_named(world: World) -> None:
    """ "Your case was published" would say who presented one."""
    async with world.store.begin(ORGANISATION) as uow:
        await Work(uow, world.clock.now(), world.tools).tell(person_id("b"), "sign_in", "x")
        (entry,) = await uow.find(OutboxEntry)
        await uow.save(replace(entry, card="case_published", failed_at=world.clock.now(), failure="rate_limited"))
        await uow.commit()
    shown = card(await world.player("s").press("operations.show"))
    assert "published" not in repr(rows(shown))


async def test_nobody_at_work_or_an_old_queue_is_said_aloud(world: World) -> None:
    supervisor = world.player("s")
    assert any(isinstance(b, Notice) for b in card(await supervisor.press("operations.show")).body)
    now = world.clock.now()
    async with world.store.system() as system:
        await system.beat(Replica("r1", "1.0", now, now, now))
        await system.commit()
    shown = card(await supervisor.press("operations.show"))
    assert not any(isinstance(b, Notice) for b in shown.body)
    assert ("Programs at work", "1") in [(k, plain(v)) for b in shown.body if isinstance(b, Facts) for k, v in b.rows]
    await tell(world, "b")
    world.clock.advance(timedelta(seconds=30))
    assert not any(isinstance(b, Notice) for b in card(await supervisor.press("operations.show")).body)
    world.clock.advance(timedelta(minutes=6))
    assert any(isinstance(b, Notice) for b in card(await supervisor.press("operations.show")).body)


async def test_no_number_moves_when_somebody_is_told(world: World) -> None:
    """A supervisor who looks before and after an act would read whom it concerned."""
    before = card(await world.player("s").press("operations.show"))
    await tell(world, "b")
    async with world.store.begin(ORGANISATION) as uow:
        later = world.clock.now() + timedelta(hours=5)
        await Work(uow, world.clock.now(), world.tools).tell(person_id("c"), "not_reached", "c", at=later, name="X")
        await uow.commit()
    assert card(await world.player("s").press("operations.show")) == before
    await world.advance(minutes=1)
    assert card(await world.player("s").press("operations.show")) == before


async def test_home_shows_a_supervisor_what_stays_unknown_and_sends_all_of_it_again(world: World) -> None:
    supervisor = world.player("s")

    async def on_home() -> list[str]:
        shown = await supervisor.home()
        return [name for name, detail in rows(shown) if "not known" in detail or "refused" in detail]

    assert await on_home() == []
    for key, failure in (("a", UNKNOWN), ("b", UNKNOWN), ("c", DeliveryFailed("invalid_blocks", ours=True))):
        await tell(world, key)
        world.platform.failures = [failure]
        await world.advance(minutes=1)
    assert len(await on_home()) == 3
    buttons = [a.key for b in (await supervisor.home()).body if isinstance(b, Buttons) for a in b.actions]
    assert "operations.again_all" in buttons
    assert "operations.again_all" not in str(await world.player("a").home()), "therapists have their own to look after"
    assert isinstance(await supervisor.press("operations.again_all"), Done)
    await world.settle()
    assert {user for user, _ in world.platform.sent} >= {person_id(key) for key in "abc"}
    assert await on_home() == []


async def test_all_of_these_are_all_of_these(world: World) -> None:
    """An outage leaves more than one list shows."""
    entries = [await tell(world, "a") for _ in range(1)]
    now = world.clock.now()
    lost = [
        replace(entries[0], id=f"out_{n}", dedupe=str(n), subject=str(n), failed_at=now, failure="refused")
        for n in range(45)
    ]
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(*lost)
        await uow.commit()
    await world.player("s").press("operations.again_all")
    assert await world.find(OutboxEntry, failed_at__not=None) == []


async def test_home_does_not_nag_about_whoever_has_no_address(world: World) -> None:
    await tell(world, "b")
    world.platform.failures = [DeliveryFailed("user_disabled", permanent=True)]
    await world.settle()
    assert "operations.again" not in str(await world.player("s").home())


async def test_where_no_program_gives_signs_of_life_none_is_missed(world: World) -> None:
    """The demo: whoever looks at it moves the time."""
    world.entry = Entry(world.store, world.clock, replace(world.tools, beats=False), world.log)
    await tell(world, "b")
    world.clock.advance(timedelta(minutes=6))
    shown = card(await world.player("s").press("operations.show"))
    assert not any(isinstance(b, Notice) for b in shown.body)
    assert "Programs at work" not in [k for b in shown.body if isinstance(b, Facts) for k, _ in b.rows]


async def test_the_page_says_when_the_last_invitation_of_today_is_out(world: World) -> None:
    """Going out: at the pace until now, or when the last one is due; out: by when, in steps of five minutes."""

    def said(shown: Card) -> str:
        rows = [row for block in shown.body if isinstance(block, Facts) for row in block.rows]
        return next((plain(value) for label, value in rows if label == "Today's invitations"), "")

    manager = world.player("m")
    assert said(card(await manager.press("operations.show"))) == ""
    morning = world.clock.now().replace(hour=8, minute=0, second=0, microsecond=0)  # 09:00 in Berlin
    entries = []
    async with world.store.begin(ORGANISATION) as uow:
        for n in range(10):
            sent = morning + timedelta(minutes=n) if n < 5 else None
            entry = OutboxEntry(f"o{n}", ORGANISATION, f"o{n}", person_id("a"), "round_open", f"r{n}", morning, morning)
            entries.append(replace(entry, sent_at=sent, slot=f"s{n}"))
            await uow.add(entries[-1])
        await uow.commit()
    world.clock.advance_to(morning + timedelta(minutes=10))
    assert "09:20" in said(card(await manager.press("operations.show"))), "five in ten minutes, five are left"
    async with world.store.begin(ORGANISATION) as uow:
        later = morning + timedelta(hours=2)
        await uow.save(replace(await uow.get(OutboxEntry, "o9"), due_at=later))
        await uow.commit()
    assert "11:00" in said(card(await manager.press("operations.show"))), "in another zone it is not morning yet"
    async with world.store.begin(ORGANISATION) as uow:
        for entry in await uow.find(OutboxEntry, sent_at=None):
            await uow.save(replace(entry, sent_at=morning + timedelta(minutes=11)))
        await uow.commit()
    told = said(card(await manager.press("operations.show")))
    assert told.startswith("the last one went out by")
    assert "09:15" in told
    world.clock.advance_to(morning + timedelta(days=1))
    assert said(card(await manager.press("operations.show"))) == "", "that was yesterday"
