"""The demo's whole round, played in Slack: the real core and gate behind the adapter, over both connections."""

from __future__ import annotations

import pytest

from bot.demo.clinic import KEYS
from bot.demo.story import Story
from tests.e2e.slack.player import InSlack
from tests.gate import GateInAWorker, rules_alone
from tests.standins.slack.workspace import texts
from tests.standins.slack.world import connected
from tests.witness import Witness
from tests.world import make_world


@pytest.fixture(scope="module")
def gate() -> GateInAWorker:
    """One for both ways."""
    return rules_alone()


@pytest.mark.parametrize("mode", ["http", "socket"])
async def test_a_whole_round_is_played_in_slack(mode: str, gate: GateInAWorker) -> None:
    platforms: dict[str, object] = {}
    world = await make_world(gate, platforms=platforms)  # type: ignore[arg-type]  # filled below
    witness = Witness(world)
    async with connected(mode, handle=witness.handle) as slack:
        platforms |= {"slack": slack.platform, "web": world.platform}
        players = {key: InSlack(world, slack, witness, key) for key in KEYS}
        for player in players.values():
            await player.person.opens_home()
            assert "Intervision is for" not in player.person.home
        said: list[str] = []
        await Story(world, said.append, dict(players)).run()
        assert any("12 reviews written" in line for line in said)
        refused = [r for r in slack.slack.refusals if r[1]["error"] not in {"hash_conflict", "not_found"}]
        assert refused == []
        assert all(players[key].person.inbox for key in "abcdefg"), "everybody in the round got notices here"
        posted = "\n".join(texts(m) for box in slack.slack.kept.messages.values() for m in box.values())
        for secret in ("twelve days", "07700", "client.reports@example.org", "door stays open"):
            assert secret not in posted
