"""What goes wrong between Slack and us, one test each: nothing lost, nothing doubled, nothing unanswered."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.ui.inbound import Actor, CommandTyped, Done, Event, FormSubmitted, Gone, HomeOpened, Outcome, Say, Show
from bot.ui.model import Action, Card, Form, Text, TextField, line
from bot.ui.platform import Address, DeliveryFailed, DeliveryUnknown, Message, SendingStopped
from tests.standins.slack.world import World, connected, until

CASE = Form("case.submit", "Present a case", fields=(TextField("title", "Title"),), submit="Send")
NOTICE = Card("review.due", "A review is due", actions=(Action("review.open", "Open", "asg_1"),), summary="Due")
SECRET_WORDS = "Zanzibar told her doctor"


def send(world: World, *, to: str = "U0ANNA", **about: object) -> asyncio.Task[str]:
    message = Message("out_1", NOTICE, **about)  # type: ignore[arg-type]
    return asyncio.ensure_future(world.platform.send(Address(world.actor(to), {}), message))


# ---- outgoing --------------------------------------------------------------------------------


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


@pytest.mark.parametrize("code", ["cant_update_message", "edit_window_closed", "is_inactive", "message_not_found"])
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


# ---- incoming --------------------------------------------------------------------------------


async def test_an_event_brought_again_acts_once(world: World) -> None:
    anna = world.person()
    world.core.answer = lambda _: Say(Card("home", "Home"))
    for retry in range(3):
        event = {"type": "app_home_opened", "user": "U0ANNA", "tab": "home"}
        assert (await anna.brings(event, "Ev1", retry)).status == 200
    assert len({e.event_id for e in world.core.of(HomeOpened)}) == 1


async def test_a_press_brought_twice_is_one_event(world: World) -> None:
    anna = world.person()
    await send(world)
    body = anna.press_body("Open", world.slack.kept.inbox("U0ANNA")[0])
    await asyncio.gather(world.slack.bring("interaction", body), world.slack.bring("interaction", body))
    await until(lambda: len(world.core.heard) >= 3)
    assert len([k for k in world.core.acted if k.endswith(".trigger")]) == 1


async def test_an_event_that_failed_is_asked_for_again(http: World) -> None:
    anna = http.person()
    http.slack.fail("views.publish", "error", "error")
    http.core.answer = lambda _: Say(Card("home", "Home at last"))
    assert (await anna.opens_home("Ev1")).status == 500
    assert (await anna.opens_home("Ev1")).status == 200
    assert "Home at last" in anna.home


async def test_a_slow_core_shows_one_moment_and_then_the_form(world: World) -> None:
    anna = world.person()
    world.core.answer, world.core.delay = lambda _: Show(CASE), 1.6
    answer = await anna.types("/case new")
    assert answer.seconds < 1
    await anna.until("One moment")
    await anna.until("Present a case")
    assert len(world.slack.kept.stacks["U0ANNA"]) == 1


async def test_a_slow_submission_is_acknowledged_in_time(world: World) -> None:
    anna = world.person()
    world.core.answer = lambda e: Show(CASE) if isinstance(e, CommandTyped) else Done("At last.")
    await anna.types("/case")
    await anna.until("Present a case")
    world.core.delay = 2.4
    answer = await anna.sends(title="t")
    assert answer.seconds < 3
    assert "One moment" in anna.reads
    await anna.until("At last.")


async def test_an_expired_trigger_is_told(world: World) -> None:
    anna = world.person()
    world.slack.kept.trigger_life = -1
    world.core.answer = lambda _: Show(CASE)
    await anna.types("/case")
    await anna.until("Please type the command again")
    assert world.slack.kept.view("U0ANNA") is None
    await send(world)
    await anna.presses("Open", on=world.slack.kept.inbox("U0ANNA")[0])
    await anna.until("Please press again")


async def test_an_older_drawing_does_not_replace_a_newer_one(http: World) -> None:
    anna = http.person()
    http.core.answer = lambda _: Say(Card("home", "First"))
    await anna.opens_home()
    stale = anna.slack.kept.homes["U0ANNA"].payload()
    http.core.answer = lambda _: Say(Card("home", "Newer"))
    await anna.opens_home()
    http.core.answer = lambda _: Say(Card("home", "Old news"))
    await anna.brings({"type": "app_home_opened", "user": "U0ANNA", "tab": "home", "view": stale})
    assert "Newer" in anna.home


@pytest.mark.parametrize("forged", [{"secret": "guessed"}, {"age": 400}], ids=["signature", "replay"])
async def test_a_forged_or_replayed_request_is_refused_and_not_logged(
    http: World, forged: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = {"command": "/case", "text": SECRET_WORDS, "team_id": "T0CLINIC", "user_id": "U0ANNA", "trigger_id": "1"}
    assert (await http.slack.bring("command", body, **forged)).status == 401
    assert http.core.heard == []
    assert SECRET_WORDS not in logged(caplog)


async def test_an_exception_behind_an_acknowledgement_becomes_a_sentence_and_has_a_place(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    def breaks(_: Event) -> Outcome:
        raise RuntimeError(SECRET_WORDS)

    anna = world.person()
    world.core.answer = breaks
    with capture_logs() as records:
        answer = await anna.types(f"/case new {SECRET_WORDS}")
        assert answer.status == 200
        await anna.until("That did not work")
    (failed,) = [record for record in records if record["event"] == "slack.event_failed"]
    assert failed["error"] == "RuntimeError"
    assert failed["place"].startswith("tests/e2e/slack/test_faults.py:")
    assert SECRET_WORDS not in logged(caplog) + repr(records)


async def test_nothing_typed_or_shown_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    anna = world.person()
    world.core.answer = lambda e: Show(CASE) if isinstance(e, CommandTyped) else Done("Thank you.")
    with capture_logs() as records:
        await anna.types("/case")
        await anna.until("Present a case")
        world.slack.fail("users.info", "error", "error")
        await anna.sends(title=SECRET_WORDS)
        await send(world)
    assert world.core.of(FormSubmitted)
    assert SECRET_WORDS not in logged(caplog) + repr(records)
    assert "xoxb" not in logged(caplog) + repr(records)


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Everything in the log but the test's own client and server."""
    ours = [r for r in caplog.records if r.name.startswith(("intervision", "slack"))]
    return "\n".join(f"{r.getMessage()} {r.__dict__} {r.exc_text}" for r in ours)


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        ({"is_restricted": True}, "guests of the workspace"),
        ({"is_ultra_restricted": True}, "guests of the workspace"),
        ({"is_stranger": True}, "not across organisations"),
        ({"team_id": "T0ELSEWHERE"}, "not across organisations"),
    ],
)
async def test_guests_and_strangers_are_refused_politely(http: World, about: dict[str, object], sentence: str) -> None:
    bert = http.person("U0BERT", **about)
    http.slack.kept.channel("C0TEAM")
    http.slack.methods.chat_postMessage({"channel": "C0TEAM", "text": "x", "blocks": _blocks()}, _token(http))
    message = next(iter(http.slack.kept.messages["C0TEAM"].values()))
    await bert.presses("Open", on=message)
    await bert.until(sentence)
    assert [e for e in http.core.heard if not isinstance(e, Gone)] == []


async def test_who_is_not_known_here_is_answered_in_the_language_of_their_slack() -> None:
    async def nobody(_: Actor) -> str:
        return ""

    async with connected("http", language_of=nobody) as world:
        bert = world.person("U0BERT", is_restricted=True, locale="sv-SE")
        await bert.types("/review")
        await bert.until("gäster i arbetsytan")
        assert world.core.of(CommandTyped) == []


async def test_a_guest_sees_why_on_the_home_tab(http: World) -> None:
    bert = http.person("U0BERT", is_restricted=True)
    await bert.opens_home()
    assert "guests of the workspace" in bert.home


async def test_a_command_in_a_shared_channel_is_refused() -> None:
    async with connected("http", announcements=True) as world:
        world.slack.kept.tokens["xoxb-clinic"].scopes += ",channels:read,groups:read"
        anna = world.person()
        await anna.types("/case new", channel=world.slack.kept.channel("C0SHARED", is_ext_shared=True))
        await anna.until("shared with another organisation")
        assert world.core.of(CommandTyped) == []


async def test_too_much_at_once_is_shed_with_a_sentence_and_what_was_typed_is_kept() -> None:
    async with connected("http", most_under_way=10) as world:
        people = [world.person(f"U{i}") for i in range(40)]
        world.core.answer = lambda _: Show(CASE)
        await people[0].types("/case")
        await people[0].until("Present a case")
        world.core.delay = 1.0
        answers = await asyncio.gather(*(p.types("/case") for p in people[1:]))
        assert all(a.status == 200 and a.seconds < 3 for a in answers)
        assert sum("very busy" in " ".join(p.whispers) for p in people) >= 20
        await people[0].sends(title="kept")
        assert "very busy" in people[0].reads
        await until(lambda: len(world.core.of(CommandTyped)) >= 10)


async def test_slack_is_acknowledged_while_the_store_hangs() -> None:
    """What is said when too much is under way must not wait for what is overloaded: the language is in the store."""
    hanging = asyncio.Event()

    async def language_of(_: Actor) -> str:
        if hanging.is_set():
            await asyncio.sleep(3600)
        return "da"

    async with connected("http", language_of=language_of, most_under_way=10) as world:
        people = [world.person(f"U{i}") for i in range(25)]
        world.core.answer = lambda _: Show(CASE)
        await people[0].types("/case")
        await people[0].until("Present a case")
        hanging.set()
        world.core.delay = 3600.0
        answers = await asyncio.gather(*(p.types("/case") for p in people[1:]))
        submitted = await people[0].sends(title="kept")
        assert all(a.status == 200 and a.seconds < 1 for a in [*answers, submitted])
        assert sum(bool(p.whispers) for p in people) >= 12
        assert "travlt" in people[0].reads, "in the language that was remembered"
        for task in [*world.platform._desk._work]:
            task.cancel()


async def test_closing_the_program_finishes_what_is_under_way() -> None:
    async with connected("http") as world:
        anna = world.person()
        world.core.answer, world.core.delay = lambda _: Done("Finished all the same."), 0.4
        await anna.types("/caseload icbt")
    assert "Finished all the same." in anna.everything


async def test_a_removed_account_can_no_longer_be_reached(world: World) -> None:
    anna = world.person()
    await anna.opens_home()
    gone = {**world.slack.kept.people["U0ANNA"], "deleted": True}
    await anna.brings({"type": "user_change", "user": gone})
    assert [e.actor.user for e in world.core.of(Gone)] == ["U0ANNA"]


async def test_a_changed_profile_is_announced_and_strangers_to_us_are_passed_over(world: World) -> None:
    anna = world.person()
    await anna.opens_home()
    before = len(world.core.heard)
    await anna.brings({"type": "user_change", "user": {**world.slack.kept.people["U0ANNA"], "tz": "Europe/Oslo"}})
    assert world.core.heard[-1].profile.timezone == "Europe/Oslo"  # type: ignore[union-attr]
    world.person("U0NEVERSEEN")
    await anna.brings({"type": "user_change", "user": world.slack.kept.people["U0NEVERSEEN"]})
    assert len(world.core.heard) == before + 1


@pytest.mark.parametrize("kind", ["message", "reaction_added", "app_mention", "team_join"])
async def test_events_we_do_not_need_are_acknowledged(world: World, kind: str) -> None:
    anna = world.person()
    answer = await anna.brings({"type": kind, "subtype": "message_changed", "channel": "C1"})
    assert answer.status == 200


@pytest.mark.parametrize("body", [{"type": "block_actions", "actions": [{"action_id": "do:x:0", "value": "no"}]}, {}])
async def test_nonsense_with_a_good_signature_is_acknowledged(http: World, body: dict[str, object]) -> None:
    full = {"team": {"id": "T0CLINIC"}, "user": {"id": "U0ANNA"}, "trigger_id": "1", "type": "other"} | body
    assert (await http.slack.bring("interaction", full)).status == 200


async def test_case_text_goes_to_our_pages_where_the_clinic_wants_that() -> None:
    async with connected("http", submit_via="web") as world:
        anna = world.person()
        world.core.answer = lambda _: Show(CASE)
        await anna.types("/case")
        await anna.until("Open the page")
        assert "Title" not in anna.reads
        assert "https://clinic.example/sign-in/U0ANNA" in str(anna.modal.body)


async def test_a_dropped_socket_is_connected_again() -> None:
    async with connected("socket") as world:
        await until(lambda: bool(world.slack.sockets))
        anna = world.person()
        await world.slack.sockets[-1].send_json({"type": "disconnect", "reason": "refresh_requested"})
        await until(lambda: world.slack.opened >= 2 and bool(world.slack.sockets))
        assert (await anna.types("/case")).status == 200


def _blocks() -> list[dict[str, object]]:
    from adapters.slack.render import messages

    return list(messages(NOTICE, {})[0]["blocks"])


def _token(world: World) -> Any:
    return world.slack.kept.tokens["xoxb-clinic"]
