"""The demo's whole round, played in Teams: the real core and gate behind the adapter, every request signed."""

from __future__ import annotations

import pytest

from bot.app.dependencies import Anonymiser
from bot.demo.clinic import KEYS
from bot.demo.story import Story
from tests.e2e.teams.player import InTeams
from tests.gate import rules_alone
from tests.standins.teams.clinic import teams_clinic


@pytest.fixture(scope="module")
def gate() -> Anonymiser:
    """One for all tests here."""
    return rules_alone()


async def test_a_whole_round_is_played_in_teams(gate: Anonymiser) -> None:
    async with teams_clinic(gate) as teams:
        players = {key: InTeams(teams.world, teams.witness, teams.person(key), key) for key in KEYS}
        for player in players.values():
            await player.person.installs()
            assert player.person.sees(), "the home card greets"
        said: list[str] = []
        await Story(teams.world, said.append, dict(players)).run()
        assert any("12 reviews written" in line for line in said)
        assert all(len(players[key].person.sees()) > 1 for key in "abcdefg"), "everybody in the round got notices here"
        posted = str([p.activity for p in teams.connector.posted.values()])
        for secret in ("twelve days", "07700", "client.reports@example.org", "door stays open"):
            assert secret not in posted
