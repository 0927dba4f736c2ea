"""Whoever comes by any door of a chat is known, a stranger, or not asked about yet: a row for each, in both chats.

A directory that does not answer makes nobody a stranger: it says so, and asks again by itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from adapters.slack import receiver
from adapters.teams import installations
from bot.ui.inbound import Arrived, Done, Event, Outcome, Refused, Say
from bot.ui.model import Card
from tests.standins.slack.person import Person as SlackPerson
from tests.standins.slack.world import connected, until
from tests.standins.teams.client import Person as TeamsPerson
from tests.standins.teams.connector import personal_chat
from tests.standins.teams.world import KIEL, world

HELLO, STRANGER = "Hello, Anna", "You are not a member"
SILENT = {"slack": "Slack did not answer", "teams": "Teams did not answer"}
SAID = {"found": HELLO, "unknown": STRANGER, "silent": "did not answer"}


def core(email: str) -> Callable[[Event], Outcome]:
    """A core that knows one address, once a directory named it."""
    known: set[str] = set()

    def answer(event: Event) -> Outcome:
        if isinstance(event, Arrived):
            if event.profile.email.casefold() != email:
                return Refused("not_a_member", STRANGER)
            known.add(event.actor.user)
            return Done()
        if event.actor.user not in known:
            return Refused("not_a_member", STRANGER)
        return Say(Card("home", HELLO, summary=HELLO))

    return answer


# ---- Slack ------------------------------------------------------------------------------------


async def home(person: SlackPerson) -> str:
    await person.opens_home()
    await until(lambda: person.user in person.slack.kept.homes)
    return person.home


async def typed(person: SlackPerson) -> str:
    await person.types("/case")
    return await _told(person)


async def written(person: SlackPerson) -> str:
    """A word written to the app itself."""
    channel = person.slack.kept.direct(person.user)
    event = {"type": "message", "channel_type": "im", "user": person.user, "text": "round status", "channel": channel}
    await person.brings({**event, "ts": "1.1"})
    return await _told(person)


async def shortcut(person: SlackPerson) -> str:
    await person.uses_shortcut("A message")
    return await _told(person)


async def _told(person: SlackPerson) -> str:
    await until(lambda: any(said in _everything(person) for said in SAID.values()))
    return _everything(person)


def _everything(person: SlackPerson) -> str:
    return "\n".join([person.shown, *person.whispers, *person.inbox])


DOORS: dict[str, Callable[[SlackPerson], Awaitable[str]]] = {
    each.__name__: each for each in (home, typed, written, shortcut)
}


@pytest.mark.parametrize("outcome", SAID)
@pytest.mark.parametrize("door", DOORS)
async def test_by_every_door_of_slack(door: str, outcome: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver, "ASK_AGAIN", ())
    async with connected("http", typed_messages=True) as at:
        at.core.answer = core("anna@clinic.example")
        email = "bo@else.example" if outcome == "unknown" else "anna@clinic.example"
        person = at.person(profile={"real_name": "Anna", "email": email}, locale="en-GB")
        if outcome == "silent":
            at.slack.fail("users.info", *["error"] * 9)
        said = await DOORS[door](person)
        assert SAID[outcome] in said
        assert not [each for key, each in SAID.items() if key != outcome and each in said], said


# ---- Teams ------------------------------------------------------------------------------------


async def writes(person: TeamsPerson) -> None:
    await person.types("home")


async def installs(person: TeamsPerson) -> None:
    await person.installs()


@pytest.mark.parametrize("outcome", SAID)
@pytest.mark.parametrize("door", [writes, installs], ids=lambda door: door.__name__)
async def test_by_every_door_of_teams(
    door: Callable[[TeamsPerson], Awaitable[None]], outcome: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installations, "ASK_AGAIN", ())
    async with world(core("anna@clinic.example")) as at:
        person = at.person()
        email = "bo@else.example" if outcome == "unknown" else "anna@clinic.example"
        named = {"id": f"29:{KIEL}", "aadObjectId": KIEL, "name": "Anna", "email": email, "userRole": "user"}
        at.connector.members[personal_chat(person.id)] = [named]
        at.connector.rosters_down = 503 if outcome == "silent" else 0
        await door(person)
        await until(lambda: bool(person.reads() or person.sees()))
        said = "\n".join([*person.reads(), *(str(each) for each in person.sees())])
        assert SAID[outcome] in said
        assert not [each for key, each in SAID.items() if key != outcome and each in said], said
