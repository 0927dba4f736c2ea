"""What goes wrong when Slack brings something, one test each: nothing done twice, nothing unanswered or logged."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.ui.inbound import (
    Actor,
    Arrived,
    CommandTyped,
    Done,
    Event,
    FormSubmitted,
    Gone,
    HomeOpened,
    Outcome,
    Say,
    Show,
)
from bot.ui.model import Card, Form, TextField
from tests.e2e.slack.sending import NOTICE, send
from tests.standins.slack.world import World, connected, until

CASE = Form("case.submit", "Present a case", fields=(TextField("title", "Title"),), submit="Send")
SECRET_WORDS = "Zanzibar told her doctor"


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
    await anna.until("Type the command again")
    assert world.slack.kept.view("U0ANNA") is None
    await send(world)
    await anna.presses("Open", on=world.slack.kept.inbox("U0ANNA")[0])
    await anna.until("Press the button again")


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
        await anna.until("Something went wrong on our side")
    (failed,) = [record for record in records if record["event"] == "slack.event_failed"]
    assert failed["error"] == "RuntimeError"
    assert failed["place"].startswith("tests/e2e/slack/test_faults_incoming.py:")
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
        ({"is_stranger": True}, "not for other organisations"),
        ({"team_id": "T0ELSEWHERE"}, "not for other organisations"),
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
        for task in [*world.platform._receiver._work]:
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
    assert world.core.of(Arrived)[-1].profile.timezone == "Europe/Oslo"
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
