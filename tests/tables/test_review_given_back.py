"""A review that a supervisor moved and brought back at once: whoever heard that it was gone hears that it is theirs."""

from __future__ import annotations

import pytest

from bot.demo.clinic import person_id
from bot.ui.inbound import Done, Say
from bot.ui.platform import Address, Message
from tests.app.risk import scene
from tests.gate import rules_alone
from tests.tables.test_cause_undone import Told
from tests.tables.test_messages_stay_true import standing
from tests.world import make_world

B = person_id("b")


@pytest.mark.parametrize("wait", [0, 1, 5])
async def test_a_review_brought_back_once_its_reviewer_was_told_rings_again(wait: int) -> None:
    world = await make_world(rules_alone())
    t = Told(world, await scene(world))
    await world.advance(hours=1)
    supervisor = world.player("s")
    await supervisor.send(await supervisor.open("review.reassign", t.scene.assignment.id), {})
    await world.settle()
    assert (await world.told("b"))[-1] == "review_moved"
    await world.advance(minutes=wait)
    sent = len(world.platform.sent)
    assert isinstance(await supervisor.type("undo"), Done | Say)
    await world.settle()
    new = [m.card.key for user, m in world.platform.sent[sent:] if user == B and not m.replaces]
    assert new == ["notice.assigned"]
    stands = [card.key for user, card in standing(world) if user == B]
    assert "notice.review_moved" not in stands


@pytest.mark.parametrize("posted", [False, True], ids=["before it is posted", "after it is posted"])
async def test_a_review_brought_back_while_the_message_that_it_is_gone_is_being_sent_rings_again(
    monkeypatch: pytest.MonkeyPatch, posted: bool
) -> None:
    """The Undo comes between the start of a send and its end: the message arrives all the same."""
    world = await make_world(rules_alone())
    t = Told(world, await scene(world))
    await world.advance(hours=1)
    supervisor, send = world.player("s"), world.platform.send
    await supervisor.send(await supervisor.open("review.reassign", t.scene.assignment.id), {})
    undone: list[object] = []

    async def undo_meanwhile(to: Address, message: Message) -> str:
        arrived = await send(to, message) if posted else ""
        if (to.actor.user, message.card.key) == (B, "notice.review_moved") and not undone:
            undone.append(await supervisor.type("undo"))
        return arrived or await send(to, message)

    monkeypatch.setattr(world.platform, "send", undo_meanwhile)
    sent = len(world.platform.sent)
    await world.settle()
    assert len(undone) == 1
    assert isinstance(undone[0], Done | Say)
    new = [m.card.key for user, m in world.platform.sent[sent:] if user == B and not m.replaces]
    assert new == ["notice.review_moved", "notice.assigned"]
    stands = [card.key for user, card in standing(world) if user == B]
    assert "notice.review_moved" not in stands
    assert stands[-1] == "notice.assigned"


async def test_a_review_brought_back_before_its_reviewer_was_told_is_no_news() -> None:
    world = await make_world(rules_alone())
    t = Told(world, await scene(world))
    await world.advance(hours=1)
    supervisor = world.player("s")
    await supervisor.send(await supervisor.open("review.reassign", t.scene.assignment.id), {})
    sent = len(world.platform.sent)
    assert isinstance(await supervisor.type("undo"), Done | Say)
    await world.settle()
    assert [m.card.key for user, m in world.platform.sent[sent:] if user == B and not m.replaces] == []
    mine = [card.actions for user, card in standing(world) if user == B and card.key == "notice.assigned"]
    assert mine
    assert all(mine)


async def test_a_review_moved_brought_back_and_moved_again_tells_each_time() -> None:
    world = await make_world(rules_alone())
    t = Told(world, await scene(world))
    await world.advance(hours=1)
    supervisor = world.player("s")
    sent = len(world.platform.sent)
    for _ in range(2):
        await supervisor.send(await supervisor.open("review.reassign", t.scene.assignment.id), {})
        await world.advance(minutes=1)
        assert isinstance(await supervisor.type("undo"), Done | Say)
        await world.advance(minutes=1)
    new = [m.card.key for user, m in world.platform.sent[sent:] if user == B and not m.replaces]
    assert new == ["notice.review_moved", "notice.assigned"] * 2
