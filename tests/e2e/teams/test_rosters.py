"""Teams' rosters: a team's members are found by e-mail later, too, and a silent roster makes nobody a stranger."""

from __future__ import annotations

import asyncio

import pytest

from adapters.teams import installations
from adapters.teams.tokens import LOOK_UP
from bot.ui.inbound import ActionPressed, Arrived, Done, Event, Outcome, Refused, Say
from bot.ui.model import Card
from bot.ui.platform import Introduction
from tests.standins.slack.world import until
from tests.standins.teams.connector import BOT, personal_chat
from tests.standins.teams.world import KIEL, World, world

TEAM = "19:team@thread.tacv2"
MEMBERS = [
    {"id": f"29:{KIEL}", "aadObjectId": KIEL, "name": "Anna", "email": "anna@clinic.example", "userRole": "user"},
    {"id": "29:bo", "aadObjectId": "bo", "name": "Bo", "email": "bo@clinic.example", "userRole": "user"},
    {"id": "29:guest", "aadObjectId": "guest", "name": "G", "email": "g@else.example", "userRole": "guest"},
]


async def added(w: World, action: str = "add") -> None:
    """The app is added to, or removed from, a team."""
    owner = w.person("owner", chat=TEAM, kind="channel", extra={"channelData": {"tenant": {"id": w.person().tenant}}})
    activity = owner.activity("installationUpdate", action=action)
    activity["channelData"] |= {"team": {"id": TEAM}}
    await owner.post(activity)


def nobody(event: Event) -> Outcome:
    """A core that knows nobody yet."""
    return Refused("not_a_member", "You are not a member")


async def test_somebody_imported_later_is_found_in_a_team_that_has_the_app() -> None:
    async with world(nobody) as w:
        w.connector.members[TEAM] = MEMBERS
        await added(w)
        await until(lambda: len(w.core.events) >= len(MEMBERS))
        w.core.answer = lambda _: Done()
        before = len(w.core.events)
        assert await w.platform.introduce("ANNA@clinic.example") is Introduction.FOUND
        (arrived,) = w.core.events[before:]
        assert isinstance(arrived, Arrived)
        assert arrived.met
        assert (arrived.actor.user, arrived.profile.email) == (KIEL, "anna@clinic.example")
        assert arrived.reference["service"] == w.connector.url
        assert arrived.reference["bot"] == BOT
        assert w.connector.posted == {}
        assert await w.platform.introduce("nobody@clinic.example") is Introduction.UNKNOWN


async def test_after_the_app_has_left_the_team_nobody_is_found_there() -> None:
    async with world() as w:
        w.connector.members[TEAM] = MEMBERS
        await added(w)
        await added(w, "remove")
        assert await w.platform.introduce("anna@clinic.example") is Introduction.UNKNOWN


@pytest.mark.parametrize(("status", "says"), [(503, "silent"), (429, "silent"), (500, "silent"), (403, "unknown")])
async def test_a_roster_that_does_not_answer_is_silence_and_a_closed_one_is_an_answer(status: int, says: str) -> None:
    async with world(nobody) as w:
        w.connector.members[TEAM] = MEMBERS
        w.connector.rosters_down = status
        await added(w)
        assert (await w.platform.introduce("anna@clinic.example")).value == says


async def test_a_silent_roster_makes_nobody_a_stranger_and_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    known: set[str] = set()

    def answer(event: Event) -> Outcome:
        if isinstance(event, Arrived) and event.profile.email:
            known.add(event.actor.user)
        if event.actor.user not in known:
            return Refused("not_a_member", "You are not a member")
        greeting = isinstance(event, ActionPressed) and event.key == "welcome.open"
        return Say(Card("home", "Hello, Anna", summary="Hello")) if greeting else Done("Done so")

    monkeypatch.setattr(installations, "ASK_AGAIN", (0.1, 0.1, 0.1, 0.1))
    async with world(answer) as w:
        anna = w.person()
        w.connector.members[personal_chat(anna.id)] = MEMBERS[:1]
        w.connector.rosters_down = 503
        await anna.types("home")
        assert any("Teams did not answer" in said for said in anna.reads())
        assert not any("not a member" in said for said in anna.reads())
        w.connector.rosters_down = 0
        await until(lambda: bool(anna.sees()))
        assert "Hello, Anna" in str(anna.sees()[-1])


async def test_a_slow_roster_keeps_no_answer_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Teams gives an invoke five seconds; the budget is two, here a tenth of a second."""
    assert LOOK_UP <= 2
    monkeypatch.setattr(installations, "LOOK_UP", 0.1)
    async with world(nobody) as w:
        anna = w.person()
        await anna.types("home")  # the keys are known from now on
        w.connector.slow, begun = 5, asyncio.get_running_loop().time()
        answer = await anna.invokes("composeExtension/fetchTask", {"commandId": "newCase", "commandContext": "compose"})
        await anna.types("home")
        assert asyncio.get_running_loop().time() - begun < 2
        assert "Teams did not answer" in str(answer.body), "and it is not taken for a no"


async def test_who_installs_the_app_before_they_were_added_hears_so_once() -> None:
    async with world(nobody) as w:
        anna = w.person()
        w.connector.members[personal_chat(anna.id)] = MEMBERS[:1]
        await anna.installs()
        assert anna.reads() == ["You are not a member"]


async def test_where_the_roster_is_closed_a_stranger_hears_so_at_once() -> None:
    async with world(nobody) as w:
        w.connector.rosters_down = 403
        await w.person().types("home")
        assert w.person().reads() == ["You are not a member"]
