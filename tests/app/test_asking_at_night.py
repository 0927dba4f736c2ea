"""Whoever asks for sign-in links in somebody's name at night makes their telephone ring once, and fills no inbox."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.app.steps.sign_in import LINKS_AT_ONCE, SignInService
from bot.demo.clinic import person_id
from bot.domain.person import Person
from bot.ui.platform import Message
from tests.app.risk import Chats, chats
from tests.gate import GateInAWorker

WHO = person_id("a")


async def asked(place: Chats, times: int, every: timedelta) -> list[Message]:
    """What somebody who asks so often in Therapist A's name brings them in the chat."""
    world, before = place.world, len(place.slack.sent)
    (person,) = await world.find(Person, id=WHO)
    service = SignInService(world.store, world.clock, world.tools)
    for _ in range(times):
        await service.request(person.email)
        await world.settle()
        world.clock.advance(every)
    return [message for user, message in place.slack.sent[before:] if user == WHO]


@pytest.fixture
async def night(gate: GateInAWorker) -> Chats:
    """Therapist A reads a chat, and it is after hours."""
    place = await chats(gate)
    await place.connect("a", "slack")
    await place.world.advance(seconds=timedelta(hours=14).total_seconds())
    return place


def rung(messages: list[Message]) -> list[Message]:
    return [message for message in messages if not message.replaces]


async def test_many_in_a_quarter_of_an_hour_ring_once_and_the_newest_link_is_there(night: Chats) -> None:
    told = await asked(night, 24, timedelta(seconds=20))
    assert len(rung(told)) == 1
    assert len(told) == LINKS_AT_ONCE
    assert len({repr(message.card) for message in told}) == LINKS_AT_ONCE, "each shows a link that works"
    assert "If you did not ask for it" in repr(told[0].card)


async def test_all_night_long_it_rings_ever_more_rarely(night: Chats) -> None:
    told = await asked(night, 12 * 8, timedelta(minutes=5))
    assert 3 <= len(rung(told)) <= 12


async def test_whoever_signs_in_between_rings_again_at_once(night: Chats) -> None:
    await asked(night, 2, timedelta(seconds=20))
    (person,) = await night.world.find(Person, id=WHO)
    await SignInService(night.world.store, night.world.clock, night.world.tools).open_session(person)
    night.world.clock.advance(timedelta(minutes=1))
    assert len(rung(await asked(night, 1, timedelta(seconds=20)))) == 1


async def test_by_day_each_of_a_few_rings(gate: GateInAWorker) -> None:
    place = await chats(gate)
    await place.connect("a", "slack")
    assert len(rung(await asked(place, 5, timedelta(seconds=20)))) == LINKS_AT_ONCE
