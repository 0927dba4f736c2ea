"""Notices reach people, or the core learns exactly what happened instead."""

import dataclasses

import pytest

from adapters.teams.outbound import SHUT
from bot.ui.model import Card, Text, line
from bot.ui.platform import DeliveryFailed, DeliveryUnknown, Message, SendingStopped
from tests import gallery
from tests.standins.teams.cards import OUR_LIMIT, cards_of, texts, utf16
from tests.standins.teams.connector import Fault, personal_chat
from tests.standins.teams.world import KIEL, world

NOTICE = Message("out_1", Card("review.due", "A review is due", summary="A review is due on Monday."))
CHAT = personal_chat(f"29:{KIEL}")


async def test_a_notice_opens_the_personal_chat_and_has_a_summary_for_lock_screens() -> None:
    async with world() as w:
        delivered = await w.platform.send(w.address(), NOTICE)
        posted = w.connector.messages(CHAT)[0]
        assert posted.id == delivered
        assert posted.activity["summary"] == "A review is due on Monday."
        assert "text" not in posted.activity


@pytest.mark.parametrize(("on", "urgent"), [(True, True), (True, False), (False, True)])
async def test_only_what_cannot_wait_rings_in_the_activity_feed_where_that_is_wanted(on: bool, urgent: bool) -> None:
    async with world(activity_feed=on) as w:
        await w.platform.send(w.address(), dataclasses.replace(NOTICE, urgent=urgent))
        posted = w.connector.messages(CHAT)[0].activity
        told = {"notification": {"alert": True}} if on and urgent else None
        assert posted.get("channelData") == told
        assert (posted.get("importance") == "urgent") == (on and urgent)


async def test_a_known_chat_is_used_without_asking() -> None:
    async with world() as w:
        await w.platform.send(w.address(conversation=CHAT), NOTICE)
        assert [path for _, path in w.connector.requests] == [f"/v3/conversations/{CHAT}/activities"]


async def test_an_update_redraws_the_same_message() -> None:
    async with world() as w:
        first = await w.platform.send(w.address(), NOTICE)
        again = Message("out_2", Card("review.due", "Nothing waits"), replaces=first)
        assert await w.platform.send(w.address(), again) == first
        assert [texts(c) for p in w.connector.messages(CHAT) for c in cards_of(p.activity)] == ["Nothing waits"]


async def test_the_update_of_a_deleted_message_posts_a_new_one() -> None:
    async with world() as w:
        first = await w.platform.send(w.address(), NOTICE)
        w.connector.deleted.add(first)
        second = await w.platform.send(w.address(), Message("out_2", NOTICE.card, replaces=first))
        assert second != first
        assert [p.id for p in w.connector.messages(CHAT)] == [second]


@pytest.mark.parametrize(("status", "ours"), [(400, True), (413, True), (403, False), (412, False), (503, False)])
async def test_what_was_refused_was_not_delivered_and_says_nothing_of_the_address(status: int, ours: bool) -> None:
    async with world() as w:
        w.connector.faults.append(Fault(status))
        with pytest.raises(DeliveryFailed) as failed:
            await w.platform.send(w.address(conversation=CHAT), NOTICE)
        assert (failed.value.permanent, failed.value.ours) == (False, ours)
        assert w.connector.messages(CHAT) == []


async def test_a_throttled_message_waits_as_long_as_teams_says() -> None:
    async with world() as w:
        w.connector.faults.append(Fault(429, {"Retry-After": "7"}))
        with pytest.raises(DeliveryFailed) as failed:
            await w.platform.send(w.address(conversation=CHAT), NOTICE)
        assert (failed.value.permanent, failed.value.retry_after) == (False, 7)


@pytest.mark.parametrize("code", sorted(SHUT))
async def test_only_a_code_that_says_so_shuts_an_address_and_only_on_a_post(code: str) -> None:
    async with world() as w:
        first = await w.platform.send(w.address(conversation=CHAT), NOTICE)
        w.connector.faults.append(Fault(403, code=code))
        again = await w.platform.send(w.address(conversation=CHAT), Message("out_2", NOTICE.card, replaces=first))
        assert again != first, "the refused edit was posted anew"
        w.connector.faults.append(Fault(403, code=code))
        with pytest.raises(DeliveryFailed) as failed:
            await w.platform.send(w.address(conversation=CHAT), NOTICE)
        assert failed.value.permanent


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "BadArgument"), (403, "ServiceError"), (404, "ActivityNotFoundInConversation"), (410, "Gone"), (405, "")],
)
async def test_a_refused_edit_is_posted_anew_unless_it_is_no_news(status: int, code: str) -> None:
    async with world() as w:
        first = await w.platform.send(w.address(conversation=CHAT), NOTICE)
        over = Message("out_2", NOTICE.card, replaces=first, only_edit=True)
        w.connector.faults.append(Fault(status, code=code))
        assert await w.platform.send(w.address(conversation=CHAT), over) == first
        assert len(w.connector.messages(CHAT)) == 1
        w.connector.faults.append(Fault(status, code=code))
        second = await w.platform.send(w.address(conversation=CHAT), Message("out_3", NOTICE.card, replaces=first))
        assert [p.id for p in w.connector.messages(CHAT)] == [first, second]


async def test_a_blocked_or_missing_installation_is_permanent() -> None:
    async with world() as w:
        w.connector.blocked.add(f"29:{KIEL}")
        with pytest.raises(DeliveryFailed) as failed:
            await w.platform.send(w.address(), NOTICE)
        assert failed.value.permanent


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_gateways_answer_leaves_the_fate_of_a_new_message_open(status: int) -> None:
    async with world() as w:
        w.connector.faults.append(Fault(status))
        with pytest.raises(DeliveryUnknown):
            await w.platform.send(w.address(conversation=CHAT), NOTICE)


async def test_a_lost_reply_leaves_the_fate_of_a_new_message_open() -> None:
    async with world() as w:
        w.connector.faults.append(Fault(0))
        with pytest.raises(DeliveryUnknown):
            await w.platform.send(w.address(conversation=CHAT), NOTICE)
        assert len(w.connector.messages(CHAT)) == 1, "it had arrived, and was sent once only"


async def test_an_uncertain_update_is_simply_tried_again_later() -> None:
    async with world() as w:
        first = await w.platform.send(w.address(conversation=CHAT), NOTICE)
        w.connector.faults.append(Fault(502))
        with pytest.raises(DeliveryFailed) as failed:
            await w.platform.send(w.address(conversation=CHAT), Message("out_2", NOTICE.card, replaces=first))
        assert not failed.value.permanent


async def test_a_retried_message_is_sent_because_nobody_can_look() -> None:
    """When that is, the core decides (`bot.delivery`)."""
    async with world() as w:
        assert not w.platform.can_be_asked
        await w.platform.send(w.address(conversation=CHAT), dataclasses.replace(NOTICE, retried=True))
        assert len(w.connector.messages(CHAT)) == 1


@pytest.mark.parametrize("status", [0, 500, 502, 503, 504])
async def test_a_chat_that_could_not_be_opened_leaves_nothing_unknown(status: int) -> None:
    async with world() as w:
        w.connector.faults.append(Fault(status))
        with pytest.raises(DeliveryFailed) as failed:
            await w.platform.send(w.address(), NOTICE)
        assert failed.value.away
        assert w.connector.messages(CHAT) == []


async def test_a_look_at_the_connector_is_harmless() -> None:
    async with world() as w:
        await w.platform.probe(w.address().actor.tenant)
        assert w.connector.requests == [], "nothing was ever written to: there is nobody to ask"
        await w.platform.send(w.address(), NOTICE)
        await w.platform.probe(w.address().actor.tenant)
        w.connector.faults.append(Fault(502))
        with pytest.raises(DeliveryFailed) as failed:
            await w.platform.probe(w.address().actor.tenant)
        assert failed.value.away
        assert len(w.connector.messages(CHAT)) == 1


async def test_the_mark_is_set_when_everything_else_is_done() -> None:
    async with world() as w:
        marked: list[list[str]] = []

        async def posting() -> None:
            marked.append([path for _, path in w.connector.requests])

        await w.platform.send(w.address(), dataclasses.replace(NOTICE, posting=posting))
        assert marked == [["/v3/conversations"]]


async def test_a_message_that_is_stopped_at_the_mark_is_not_posted() -> None:
    async with world() as w:

        async def posting() -> None:
            raise SendingStopped("out_1")

        with pytest.raises(SendingStopped):
            await w.platform.send(w.address(), dataclasses.replace(NOTICE, posting=posting))
        assert w.connector.messages(CHAT) == []


async def test_an_unreachable_connector_is_certainly_not_delivered() -> None:
    async with world() as w:
        with pytest.raises(DeliveryFailed) as failed:
            await w.platform.send(w.address(conversation=CHAT, service="http://127.0.0.1:9/"), NOTICE)
        assert not failed.value.permanent


async def test_a_kept_address_outside_the_allow_list_is_never_written_to() -> None:
    async with world() as w:
        with pytest.raises(DeliveryFailed) as failed:
            await w.platform.send(w.address(conversation=CHAT, service="https://evil.example/"), NOTICE)
        assert failed.value.permanent


async def test_an_oversized_card_becomes_several_small_ones_and_shrinks_again() -> None:
    async with world() as w:
        long = Message("out_1", gallery.cards()["many_rows"])
        delivered = await w.platform.send(w.address(), long)
        shown = w.connector.messages(CHAT)
        assert ",".join(p.id for p in shown) == delivered
        assert len(shown) > 1
        assert all(utf16(card) <= OUR_LIMIT for p in shown for card in cards_of(p.activity))
        await w.platform.send(w.address(), Message("out_2", NOTICE.card, replaces=delivered))
        assert len(w.connector.messages(CHAT)) == 1


async def test_a_card_that_broke_off_half_way_is_completed_and_not_repeated() -> None:
    async with world() as w:
        body = tuple(Text(line("w " * 3000)) for _ in range(4))
        message = Message("out_9", Card("k", "T", body))
        await w.platform.send(w.address(conversation=CHAT), message)
        whole = len(w.connector.messages(CHAT))
        w.connector.posted.clear()
        w.connector.fail_at = 2
        with pytest.raises(DeliveryFailed):
            await w.platform.send(w.address(conversation=CHAT), message)
        await w.platform.send(w.address(conversation=CHAT), message)
        assert len(w.connector.messages(CHAT)) == whole


async def test_a_refused_token_is_renewed_once() -> None:
    async with world() as w:
        w.connector.faults.append(Fault(401))
        await w.platform.send(w.address(conversation=CHAT), NOTICE)
        assert len(w.connector.messages(CHAT)) == 1
        w.connector.faults.extend([Fault(401), Fault(401)])
        with pytest.raises(DeliveryFailed) as failed:
            await w.platform.send(w.address(conversation=CHAT), NOTICE)
        assert not failed.value.permanent


@pytest.mark.slow
async def test_a_burst_into_one_chat_stays_within_teams_limits() -> None:
    async with world() as w:
        w.connector.enforce_rate = True
        for i in range(12):
            await w.platform.send(w.address(conversation=CHAT), Message(f"out_{i}", NOTICE.card))
        assert len(w.connector.messages(CHAT)) == 12
