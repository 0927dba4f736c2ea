"""What people type into a chat, in both chats: a story or a danger, slips, and signs around a command."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.slack import receiver
from tests.gate import rules_alone
from tests.standins.both import Both, both_chats
from tests.standins.slack.person import Person as SlackPerson
from tests.standins.slack.world import until
from tests.standins.teams.cards import buttons, texts
from tests.standins.teams.client import Person as TeamsPerson

STORIES = (
    "My patient Anna has not slept for days and says that nobody would miss her",
    "she wrote that she will end her life tonight with the pills she kept",
    "my patient anna jensen 120385-2345 is not well",
)
OFFERED = {"Present a case", "Raise a risk concern", "Help"}
AROUND = (
    "case help",
    "/case help",
    "“case help”",
    "case\u00a0help.",
    "CASE HELP",
    "\u200bcase help\u200b",
    "case\nhelp",
)
SLIPS = {
    "revew": "Did you mean /review?",
    "case withdrw": "Did you mean /case withdraw?",
}


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine "One moment" would come first."""
    monkeypatch.setattr(receiver, "PATIENCE", 20.0)


@pytest.fixture
async def both() -> AsyncIterator[Both]:
    async with both_chats(rules_alone()) as made:
        yield made


async def anna(both: Both) -> SlackPerson:
    person = both.in_slack("b").person
    await person.opens_home()
    await both.settled()
    return person


async def dora(both: Both) -> TeamsPerson:
    person = both.in_teams("e").person
    await person.installs()
    return person


async def in_slack(both: Both, person: SlackPerson, typed: str) -> str:
    """What a slash command is answered with, to the person alone."""
    before = len(person.whispers)
    await person.types(typed)
    await until(lambda: len(person.whispers) > before, 20)
    return person.whispers[-1]


async def test_a_story_is_met_in_both_chats_and_nothing_of_it_leaves_the_program_again(both: Both) -> None:
    slack, teams = await anna(both), await dora(both)
    for story in STORIES:
        for typed in (f"/case {story}", f"/help {story}", f"/review {story}"):
            said = await in_slack(both, slack, typed)
            assert said.startswith("Nobody reads this chat"), typed
            assert "Please delete your message" in said
            assert all(label in said for label in OFFERED)
        await teams.types(story)
        card = teams.sees()[-1]
        assert texts(card).startswith("Nobody reads this chat"), story
        assert {each["title"] for each in buttons(card)} == OFFERED
    sent = f"{slack.everything}{both.slack.slack.calls}{[p.activity for p in both.teams.connector.posted.values()]}"
    assert [word for word in ("Anna", "jensen", "120385", "pills") if word in sent] == []


async def test_what_stands_around_a_command_does_not_matter_in_either_chat(both: Both) -> None:
    slack, teams = await anna(both), await dora(both)
    for typed in AROUND:
        await teams.types(typed)
        assert "/case  your cases" in texts(teams.sees()[-1]).replace("**", ""), typed
    for typed in ("/case help", "/case “help”", "/case help.", "/case HELP", "/case \u200bhelp", "/case ?"):
        assert (await in_slack(both, slack, typed)).startswith("What you can type /case"), typed


async def test_a_slip_is_answered_with_the_nearest_word_in_either_chat(both: Both) -> None:
    slack, teams = await anna(both), await dora(both)
    for typed, near in SLIPS.items():
        await teams.types(typed)
        assert near in texts(teams.sees()[-1]), typed
        assert near in await in_slack(both, slack, f"/{typed}"), typed
