"""Slack's directory: people are found by e-mail before they ever came, and its silence makes nobody a stranger."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack import people, receiver
from adapters.slack.directory import MOST_A_MINUTE
from bot.ui.inbound import Arrived, Done, Event, HomeOpened, Outcome, Refused, Say
from bot.ui.model import Card
from bot.ui.platform import Introduction
from tests.standins.slack.server import BOT
from tests.standins.slack.workspace import texts
from tests.standins.slack.world import World, connected, until

ANNA = {"real_name": "Anna", "email": "Anna@clinic.example"}


def members_only(event: Event) -> Outcome:
    """A core that knows Anna by her address, as the real one does."""
    match event:
        case Arrived(profile=profile):
            return Done() if profile.email.casefold() == "anna@clinic.example" else Refused("not_a_member", "no member")
        case HomeOpened():
            return Say(Card("home", "Hello, Anna"))
    return Done()


async def test_somebody_who_never_came_is_announced_with_an_open_chat_and_is_sent_nothing(http: World) -> None:
    http.core.answer = members_only
    anna = http.person(profile=ANNA, locale="sv-SE")
    assert await http.platform.introduce("anna@clinic.example") is Introduction.FOUND
    (arrived,) = http.core.of(Arrived)
    assert arrived.met
    assert (arrived.actor, arrived.profile.language) == (http.actor(), "sv-SE")
    assert arrived.reference == {"channel": f"D{anna.user}"}
    assert anna.inbox == []


@pytest.mark.parametrize(
    "about",
    [
        {"deleted": True},
        {"is_restricted": True},
        {"is_stranger": True},
        {"profile": {"real_name": "Bo", "email": "bo@clinic.example"}},
    ],
    ids=["closed", "guest", "stranger", "somebody else"],
)
async def test_who_is_no_member_of_the_workspace_is_not_introduced(http: World, about: dict[str, Any]) -> None:
    http.core.answer = members_only
    http.person(**({"profile": ANNA} | about))
    assert await http.platform.introduce("anna@clinic.example") is Introduction.UNKNOWN
    assert http.core.of(Arrived) == []


@pytest.mark.parametrize("fault", ["rate", "error", "unavailable", "missing_scope", "invalid_auth"])
@pytest.mark.parametrize("method", ["users.lookupByEmail", "users.info", "conversations.open", "auth.test"])
async def test_no_answer_is_silence_not_absence(http: World, method: str, fault: str) -> None:
    http.core.answer = members_only
    http.person(profile=ANNA)
    http.slack.fail(method, fault, fault, seconds=1)
    assert await http.platform.introduce("anna@clinic.example") is Introduction.SILENT


async def test_without_the_scope_nobody_is_looked_up(http: World) -> None:
    async with connected("http", read_email=False) as world:
        world.slack.kept.tokens[BOT].scopes = "chat:write,commands,files:write,im:write,users:read"
        assert await world.platform.introduce("anna@clinic.example") is Introduction.UNKNOWN
        assert world.slack.called("users.lookupByEmail") == []


async def test_look_ups_keep_slacks_pace(http: World, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def asleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("adapters.slack.directory.asyncio.sleep", asleep)
    for number in range(MOST_A_MINUTE + 1):
        await http.platform.introduce(f"{number}@clinic.example")
    assert len(waited) == 1
    assert 50 < waited[0] <= 60


async def test_a_silent_directory_makes_nobody_a_stranger_and_is_asked_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: set[str] = set()

    def answer(event: Event) -> Outcome:
        if isinstance(event, Arrived):
            known.add(event.actor.user)
            return Done()
        if event.actor.user not in known:
            return Refused("not_a_member", "You are not a member")
        return Say(Card("home", "Hello, Anna"))

    monkeypatch.setattr(receiver, "ASK_AGAIN", (0.1, 0.1, 0.1))
    world.core.answer = answer
    anna = world.person(profile=ANNA, locale="en-GB")
    world.slack.fail("users.info", *["error"] * 6)
    await anna.opens_home()
    await until(lambda: anna.user in world.slack.kept.homes)
    assert "Slack did not answer" in anna.home
    assert "not a member" not in anna.home
    await until(lambda: "Hello, Anna" in anna.home)
    shown = [texts(given["view"]) for given in world.slack.called("views.publish")]
    assert not [each for each in shown if "not a member" in each]


async def test_a_stranger_hears_that_they_are_one_once_the_directory_answers(
    http: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiver, "ASK_AGAIN", (0.1, 0.1))
    http.core.answer = lambda _: Refused("not_a_member", "You are not a member")
    bo = http.person("U0BO", locale="en-GB")
    http.slack.fail("users.info", *["error"] * 4)
    await bo.types("/case")
    await bo.until("Slack did not answer")
    await until(lambda: bo.user in http.slack.kept.homes)
    assert "not a member" in bo.home


async def test_who_came_before_they_were_added_is_known_when_they_come_again(
    http: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new member opens the app first, is told to ask the administrator, and comes back when that is done."""
    added: list[str] = []

    def core(event: Event) -> Outcome:
        if isinstance(event, Arrived) and event.profile.email in added:
            added.append(event.actor.user)
        return Say(Card("home", "Hello, Anna")) if event.actor.user in added else Refused("not_a_member", "no member")

    http.core.answer = core
    anna = http.person(profile=ANNA)
    await anna.opens_home()
    await anna.opens_home()
    assert "no member" in anna.home
    assert len(http.core.of(Arrived)) == 1, "who opens it again and again is asked for once in a while"
    monkeypatch.setattr(people, "REFUSED", 0.0)
    bea = http.person("U0BEA", profile=ANNA)
    await bea.opens_home()
    assert "no member" in bea.home
    added.append("Anna@clinic.example")
    await bea.opens_home()
    assert "Hello, Anna" in bea.home
