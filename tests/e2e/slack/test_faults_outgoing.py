"""What goes wrong when a message goes out to Slack, one test each: nothing lost, nothing doubled."""

from __future__ import annotations

import asyncio

import pytest

from adapters.slack.outbound import SHUT
from bot.ui.model import Card, Text, line
from bot.ui.platform import Address, DeliveryFailed, DeliveryUnknown, Message, SendingStopped
from tests.e2e.slack.sending import NOTICE, send
from tests.standins.slack.world import World, connected


async def test_a_rate_limit_is_passed_on_and_the_method_rests(http: World) -> None:
    anna = http.person()
    http.slack.fail("chat.postMessage", "rate", seconds=30)
    with pytest.raises(DeliveryFailed) as failed:
        await send(http)
    assert (failed.value.permanent, failed.value.retry_after) == (False, 30)
    with pytest.raises(DeliveryFailed):
        await send(http)
    assert len(http.slack.called("chat.postMessage")) == 1
    assert anna.inbox == []


@pytest.mark.parametrize(("fault", "error"), [("error", DeliveryUnknown), ("unavailable", DeliveryFailed)])
async def test_a_server_error_is_uncertain_and_an_unavailable_one_certain(
    http: World, fault: str, error: type[Exception]
) -> None:
    http.person()
    http.slack.fail("chat.postMessage", fault)
    with pytest.raises(error):
        await send(http)
    assert len(http.slack.called("chat.postMessage")) == 1


async def test_a_lost_reply_is_uncertain_and_never_posted_twice_by_itself(http: World) -> None:
    anna = http.person()
    http.slack.fail("chat.postMessage", "lost")
    with pytest.raises(DeliveryUnknown):
        await send(http)
    assert len(anna.inbox) == 1
    assert not http.platform.can_be_asked


@pytest.mark.parametrize("fault", ["error", "unavailable", "lost"])
@pytest.mark.parametrize("method", ["conversations.open", "conversations.history", "chat.update"])
async def test_only_a_post_leaves_open_whether_it_arrived(method: str, fault: str) -> None:
    """Opening a chat, looking and updating may be repeated; counted as unknown they ended messages never posted."""
    async with connected("http", typed_messages=True) as world:
        world.person()
        world.slack.kept.tokens["xoxb-clinic"].scopes += ",im:history"
        delivered = await send(world) if method == "chat.update" else ""
        posts = len(world.slack.called("chat.postMessage"))
        world.slack.fail(method, fault, fault)
        with pytest.raises(DeliveryFailed) as failed:
            await send(world, replaces=delivered, retried=method == "conversations.history")
        assert failed.value.away
        assert len(world.slack.called("chat.postMessage")) == posts
        assert world.platform.can_be_asked


@pytest.mark.parametrize("method", ["auth.test", "chat.update"])
async def test_a_look_at_the_workspace_goes_the_way_of_messages(http: World, method: str) -> None:
    await http.platform.probe("T0CLINIC")
    http.slack.fail(method, "error")
    with pytest.raises(DeliveryFailed):
        await http.platform.probe("T0CLINIC")
    await http.platform.probe("T0CLINIC")
    assert http.slack.kept.messages == {}


async def test_the_mark_is_set_when_everything_else_is_done(http: World) -> None:
    anna = http.person()
    marked: list[tuple[int, list[str]]] = []

    async def posting() -> None:
        marked.append((len(anna.inbox), [method for method, _ in http.slack.calls]))

    await send(http, posting=posting)
    assert marked == [(0, ["conversations.open"])]


async def test_a_message_that_is_stopped_at_the_mark_is_not_posted(http: World) -> None:
    anna = http.person()

    async def posting() -> None:
        raise SendingStopped("out_1")

    with pytest.raises(SendingStopped):
        await send(http, posting=posting)
    assert anna.inbox == []


async def test_with_the_history_scope_a_message_that_arrived_is_found() -> None:
    async with connected("http", typed_messages=True) as world:
        anna = world.person()
        world.slack.kept.tokens["xoxb-clinic"].scopes += ",im:history"
        world.slack.fail("chat.postMessage", "lost")
        with pytest.raises(DeliveryUnknown):
            await send(world)
        assert await send(world, retried=True)
        assert len(anna.inbox) == 1


async def test_an_update_is_repeated_when_its_reply_is_lost(http: World) -> None:
    anna = http.person()
    delivered = await send(http)
    http.slack.fail("chat.update", "lost")
    assert await send(http, replaces=delivered) == delivered
    assert len(anna.inbox) == 1


async def test_a_message_that_was_deleted_meanwhile_is_posted_anew(http: World) -> None:
    anna = http.person()
    delivered = await send(http)
    http.slack.kept.messages["DU0ANNA"].clear()
    assert await send(http, replaces=delivered) != delivered
    assert len(anna.inbox) == 1


async def test_a_long_card_that_gets_short_leaves_no_rest(http: World) -> None:
    anna = http.person()
    long = Card("k", "Long", tuple(Text(line(f"line {i}")) for i in range(120)), summary="Long")
    delivered = await http.platform.send(Address(http.actor(), {}), Message("out_1", long))
    assert len(anna.inbox) == 3
    await send(http, replaces=delivered)
    assert len(anna.inbox) == 1


@pytest.mark.parametrize("gone", ["archived", "removed user"])
async def test_an_address_that_is_gone_is_not_tried_again(http: World, gone: str) -> None:
    if gone == "archived":
        http.slack.kept.channel("C0TEAM", is_archived=True)
        address = Address(http.actor(), {"channel": "C0TEAM"})
    else:
        http.person("U0GONE", deleted=gone == "removed user")
        address = Address(http.actor("U0GONE"), {})
    with pytest.raises(DeliveryFailed) as failed:
        await http.platform.send(address, Message("out_1", NOTICE))
    assert failed.value.permanent


@pytest.mark.parametrize(
    "code",
    [
        "account_inactive",
        "token_revoked",
        "invalid_auth",
        "missing_scope",
        "messages_tab_disabled",
        "restricted_action",
    ],
)
async def test_what_is_wrong_with_the_app_shuts_nobodys_address(http: World, code: str) -> None:
    http.person()
    http.slack.refuse("chat.postMessage", code)
    with pytest.raises(DeliveryFailed) as failed:
        await send(http)
    assert not failed.value.permanent
    assert (failed.value.retry_after or 0) >= 60


NOT_EDITED = ["cant_update_message", "edit_window_closed", "is_inactive", "message_not_found", *sorted(SHUT)]
"""What says that one old message cannot be edited, and what of a new message would say that its address is shut."""


@pytest.mark.parametrize("code", NOT_EDITED)
async def test_a_refused_edit_is_posted_anew_unless_it_is_no_news(http: World, code: str) -> None:
    anna = http.person()
    delivered = await send(http)
    http.slack.refuse("chat.update", code)
    assert await send(http, replaces=delivered, only_edit=True) == delivered
    assert len(anna.inbox) == 1
    http.slack.refuse("chat.update", code)
    assert await send(http, replaces=delivered) != delivered
    assert len(anna.inbox) == 2


async def test_many_messages_to_one_person_are_paced_and_none_is_lost(http: World) -> None:
    anna = http.person()
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.gather(*(send(http) for _ in range(5)))
    assert len(anna.inbox) == 5
    assert loop.time() - began > 1.5


async def test_a_channel_shared_with_another_organisation_gets_no_announcement() -> None:
    async with connected("http", announcements=True) as world:
        world.slack.kept.tokens["xoxb-clinic"].scopes += ",channels:read,groups:read"
        world.slack.kept.channel("C0SHARED", is_ext_shared=True)
        with pytest.raises(DeliveryFailed) as failed:
            await world.platform.send(Address(world.actor(), {"channel": "C0SHARED"}), Message("o", NOTICE))
        assert failed.value.permanent
