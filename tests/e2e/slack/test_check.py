"""`intervision check` finds what is wrong with Slack and says the remedy."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack import manifest
from adapters.slack.config import SlackSettings
from tests.standins.slack.workspace import APP_SCOPES
from tests.standins.slack.world import World, connected


async def found(world: World) -> list[str]:
    """What the check says, in words."""
    return [f"{p.where}: {p.what}" for p in await world.platform.check()]


async def test_all_is_well(world: World) -> None:
    assert await found(world) == []


@pytest.mark.parametrize(
    ("scopes", "words"),
    [
        (
            "commands,users:read,users:read.email",
            "lacks the scopes channels:read, chat:write, files:write, groups:read, im:write, usergroups:read",
        ),
        (f"{APP_SCOPES},channels:history", "more than this program needs"),
    ],
)
async def test_scopes_are_compared_with_the_manifest(http: World, scopes: str, words: str) -> None:
    http.slack.kept.tokens["xoxb-clinic"].scopes = scopes
    [problem] = await found(http)
    assert words in problem


async def test_a_dead_token_is_found(world: World) -> None:
    world.slack.kept.tokens["xoxb-clinic"].good = False
    assert await found(world) == ["adapters.slack.bot_token: Slack says: token_revoked"]


@pytest.mark.parametrize("how", ["gateway", "bad gateway", "reset", "refused"])
async def test_no_answer_says_nothing_against_the_token(world: World, how: str) -> None:
    """In an outage it said "install the app again"."""
    await world.slack.fall(how)
    problems = await world.platform.check()
    assert {problem.where for problem in problems} == {"adapters.slack"}
    assert all("does not answer" in p.what and "Install" not in p.remedy for p in problems)
    await world.slack.fall("")


async def test_an_app_token_without_its_scope_is_found() -> None:
    async with connected("socket") as world:
        world.slack.kept.tokens["xapp-clinic"].scopes = ""
        assert await found(world) == ["adapters.slack.app_token: Slack says: not_allowed_token_type"]


async def test_registered_commands_are_compared_with_ours() -> None:
    settings: dict[str, Any] = {"config_token": "xoxe.xoxp-1", "app_id": "A0APP"}
    async with connected("http", **settings) as world:
        world.slack.kept.tokens["xoxe.xoxp-1"] = world.slack.kept.tokens["xoxb-clinic"]
        ours = SlackSettings.model_validate({"mode": "http"}, context={"manifest": True})
        world.slack.methods.manifest = manifest.build(ours, "https://clinic.example")
        assert await found(world) == []
        world.slack.methods.manifest["features"]["slash_commands"][1]["command"] = "/old"
        [problem] = await found(world)
        assert "commands differ from our manifest: /case, /old" in problem
