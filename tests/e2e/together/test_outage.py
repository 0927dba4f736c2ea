"""One platform away for hours: the other goes on, nobody is late for what never came, and one message tells it all."""

from __future__ import annotations

from functools import partial

import pytest

from adapters.slack.pacing import Pacer
from bot.app.dependencies import Anonymiser
from bot.demo.clinic import person_id
from bot.demo.player import Player
from bot.demo.story import Story
from bot.domain.assignment import Assignment
from tests.e2e.slack.player import InSlack
from tests.e2e.teams.player import InTeams
from tests.gate import rules_alone
from tests.standins.both import IN_SLACK, IN_TEAMS, both_chats
from tests.standins.teams.cards import texts
from tests.world import World


@pytest.fixture(scope="module")
def gate() -> Anonymiser:
    """One for all tests here."""
    return rules_alone()


@pytest.fixture(autouse=True)
def pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hours pass in a moment here; the second that lies between two messages in a channel passes as fast."""
    monkeypatch.setattr("adapters.slack.platform.Pacer", partial(Pacer, interval=0.001))


async def test_slack_is_away_and_teams_goes_on(gate: Anonymiser) -> None:
    async with both_chats(gate) as both:
        players = await both.everybody()
        told = Story(both.world, lambda _: None, dict(players))
        round_ = await told._open_round()
        await told._present()
        await both.world.advance(hours=2)
        before = {key: len(_inbox(players[key])) for key in IN_SLACK}

        for method in ("chat.postMessage", "chat.update"):
            both.slack.slack.fail(method, *["unavailable"] * 1000)
        await told._plan_and_publish(round_)
        await both.world.advance(hours=3)
        reviewers = {
            assignment.reviewer.removeprefix(person_id("")) for assignment in await _assignments(both.world, round_)
        }
        assert reviewers & set(IN_TEAMS), "somebody in Teams has a case"
        for key in reviewers & set(IN_TEAMS):
            assert "A case for you to review" in "\n".join(_inbox(players[key])), key
        assert {key: len(_inbox(players[key])) for key in IN_SLACK} == before, "nothing reaches Slack"

        both.slack.slack.faults.clear()
        await both.world.advance(hours=2)
        for key in reviewers & set(IN_SLACK):
            fresh = _inbox(players[key])[before[key] :]
            assert len(fresh) == 1, f"{key} is told in one message: {fresh}"
        assert not [assignment for assignment in await _assignments(both.world, round_) if assignment.not_reached_at]


async def test_whoever_is_on_both_is_told_in_the_chat_that_works(gate: Anonymiser) -> None:
    async with both_chats(gate) as both:
        slack, teams = both.in_slack("a"), both.in_teams("a")
        await slack.person.opens_home()
        await teams.person.installs()
        await slack.send(await slack.open("settings.open"), {"language": ("profile",), "notices": ("slack",)})
        supervisor = both.in_slack("s")
        await supervisor.person.opens_home()
        await both.world.advance(minutes=1)
        both.slack.slack.fail("chat.postMessage", *["unavailable"] * 1000)
        await supervisor.send(await supervisor.open("round.new"), {})
        await both.world.advance(minutes=5)
        told = [text for text in _inbox(teams) if "A new round" in text]
        assert len(told) == 1, "told once, where it works"
        both.slack.slack.faults.clear()
        await both.world.advance(hours=1)
        assert not any("A new round" in text for text in _inbox(slack)), "and not again"


async def _assignments(world: World, round_: str) -> list[Assignment]:
    return await world.find(Assignment, round=round_, ended_at=None)


def _inbox(player: Player) -> list[str]:
    """The messages a person has from the app."""
    if isinstance(player, InSlack):
        return player.person.inbox
    assert isinstance(player, InTeams)
    return [texts(card) for card in player.person.sees()]
