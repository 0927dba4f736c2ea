"""What every platform promises of a message, over every adapter that is discovered, another package's too."""

from __future__ import annotations

import pytest

from adapters import discover
from bot.ui.model import Card
from bot.ui.platform import DeliveryFailed, DeliveryUnknown, Message
from tests import gallery
from tests.contract.kits import Kit, kits

NOTICE = Card("review.due", "A review is due", summary="A review is due on Monday.")
LATER = Card("review.due", "Nothing waits", summary="Nothing waits.")


@pytest.fixture(params=sorted(kits()))
def kit(request: pytest.FixtureRequest) -> Kit:
    return kits()[request.param]


async def test_every_card_of_the_gallery_arrives(kit: Kit) -> None:
    async with kit() as at:
        for number, card in enumerate(gallery.cards().values()):
            assert await at.platform.send(at.address, Message(f"out_{number}", card))
        assert at.shown() >= len(gallery.cards())


async def test_two_intents_are_two_messages_and_an_update_is_none(kit: Kit) -> None:
    async with kit() as at:
        first = await at.platform.send(at.address, Message("out_1", NOTICE))
        assert at.shown() == 1
        second = await at.platform.send(at.address, Message("out_2", NOTICE))
        assert (first != second, at.shown()) == (True, 2)
        assert await at.platform.send(at.address, Message("out_3", LATER, replaces=first))
        edits = discover()[at.platform.name].capabilities.edits if at.platform.name in discover() else True
        assert at.shown() == (2 if edits else 3)


async def test_what_was_refused_for_good_is_said_so_and_nothing_was_shown(kit: Kit) -> None:
    async with kit() as at:
        if "refused for good" not in at.troubles:
            return
        at.trouble("refused for good")
        with pytest.raises(DeliveryFailed) as failed:
            await at.platform.send(at.address, Message("out_1", NOTICE))
        assert (failed.value.permanent, at.shown()) == (True, 0)


async def test_what_was_refused_for_now_may_be_sent_again(kit: Kit) -> None:
    async with kit() as at:
        if "refused for now" not in at.troubles:
            return
        at.trouble("refused for now")
        with pytest.raises(DeliveryFailed) as failed:
            await at.platform.send(at.address, Message("out_1", NOTICE))
        assert (failed.value.permanent, at.shown()) == (False, 0)


async def test_a_lost_answer_is_unknown_and_a_platform_that_can_be_asked_shows_one_message(kit: Kit) -> None:
    async with kit() as at:
        if "unanswered" not in at.troubles:
            return
        at.trouble("unanswered")
        with pytest.raises(DeliveryUnknown):
            await at.platform.send(at.address, Message("out_1", NOTICE))
        if at.platform.can_be_asked:
            assert await at.platform.send(at.address, Message("out_1", NOTICE, retried=True))
            assert at.shown() == 1
