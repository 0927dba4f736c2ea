"""Addresses shut on a platform's word and open at any sign of life; what waited arrives as one message."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.anonymise import Sensitive
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Contact
from bot.ports.records import OutboxEntry
from bot.ui.inbound import ActionPressed, Actor, Arrived, CommandTyped, Event, FormSubmitted, Gone, HomeOpened, Refused
from bot.ui.platform import DeliveryFailed
from tests.app.outbox_steps import tell, tell_of_one_matter
from tests.app.risk import Channel
from tests.world import World

ANNA = Actor("chat", "T1", "U1")
SIGNS: dict[str, Event] = {
    "a command": CommandTyped(event_id="e", actor=ANNA, name="home", text=Sensitive("")),
    "an unknown word": CommandTyped(event_id="e", actor=ANNA, name="hello", text=Sensitive("")),
    "a button": ActionPressed(event_id="e", actor=ANNA, key="settings.open"),
    "an old button": ActionPressed(event_id="e", actor=ANNA, key="no.such.button"),
    "a form": FormSubmitted(event_id="e", actor=ANNA, key="settings.send"),
    "the start page": HomeOpened(event_id="e", actor=ANNA),
    "an installation or a roster": Arrived(event_id="e", actor=ANNA, reference={"chat": "1"}),
    "the app in the workspace again": Arrived(event_id="e", actor=Actor("chat", "T1", "")),
}


async def only_in_chat(world: World) -> Channel:
    """Therapist a has one address, in a chat, and the page is switched off."""
    chat = Channel("chat")
    world.dispatcher.platforms = {"chat": chat}
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(Contact("con_chat", ORGANISATION, person_id("a"), "chat", "T1", "U1", {}, world.clock.now()))
        await uow.commit()
    return chat


async def address(world: World) -> Contact:
    return (await world.find(Contact, id="con_chat"))[0]


@pytest.mark.parametrize("sign", SIGNS)
async def test_a_sign_of_life_opens_a_shut_address_and_what_waited_arrives_as_one_message(
    world: World, sign: str
) -> None:
    chat = await only_in_chat(world)
    chat.failures = [DeliveryFailed("MessageWritesBlocked", permanent=True)]
    await tell(world, "not_reached")
    await world.settle()
    assert (await address(world)).failure == "MessageWritesBlocked"
    await world.advance(minutes=2)
    await tell(world, "risk_acknowledged", "leave_ended")
    await world.settle()
    assert chat.sent == []
    await world.advance(minutes=20)
    await world.entry.handle(SIGNS[sign])
    assert (await address(world)).failed_at is None
    await world.settle()
    ((_, message),) = chat.sent
    assert message.card.key == "notice.merged"
    assert len([e for e in await world.find(OutboxEntry, person=person_id("a")) if e.sent_at]) == 1


async def test_who_acts_often_is_not_written_down_each_time_but_a_shut_address_opens_at_once(world: World) -> None:
    await only_in_chat(world)
    await world.entry.handle(SIGNS["the start page"])
    seen = (await address(world)).seen_at
    await world.advance(minutes=5)
    await world.entry.handle(replace(SIGNS["the start page"], event_id="e2"))
    assert (await address(world)).seen_at == seen
    await world.entry.handle(Gone(event_id="g", actor=ANNA))
    assert (await address(world)).failed_at
    await world.entry.handle(replace(SIGNS["the start page"], event_id="e3"))
    assert (await address(world)).failed_at is None


async def test_a_refused_edit_shuts_no_address_whatever_the_platform_says(world: World) -> None:
    """Only the answer to a new message can say that an address is shut; an adapter may mistake an edit for one."""
    chat = await only_in_chat(world)
    await tell_of_one_matter(world)
    chat.failures = [DeliveryFailed("user_disabled", permanent=True)]
    await world.settle()
    assert chat.failures == [], "the edit of the older message was refused"
    assert (await address(world)).failed_at is None
    await tell(world, "not_reached")
    await world.settle()
    assert chat.sent[-1][1].card.key == "notice.not_reached"


async def test_what_waited_longer_than_a_month_is_not_brought_up_again(world: World) -> None:
    chat = await only_in_chat(world)
    await world.entry.handle(Gone(event_id="g", actor=ANNA))
    await tell(world, "not_reached")
    await world.settle()
    world.clock.advance_to(world.clock.now() + timedelta(days=31))
    await world.entry.handle(SIGNS["the start page"])
    await world.settle()
    assert chat.sent == []


async def test_a_disconnected_account_stays_a_strangers(world: World) -> None:
    await only_in_chat(world)
    async with world.store.begin(ORGANISATION) as uow:
        now = world.clock.now()
        await uow.save(replace(await uow.get(Contact, "con_chat"), ended_at=now, failed_at=now, failure="disconnected"))
        await uow.commit()
    for event in SIGNS.values():
        outcome = await world.entry.handle(event)
        assert isinstance(outcome, Refused) or not event.actor.user
        assert (await address(world)).failed_at
