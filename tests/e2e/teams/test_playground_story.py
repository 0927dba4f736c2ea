"""The demo's whole round with Microsoft's Agents Playground as Teams: its connector for all, its page for Therapist A.

One Playground has six users, so two of them run. Dialogs opened from a card, which the Playground
cannot do, are posted to the bot in the connector's own form; every message of the bot goes through
a Playground and must be accepted by it.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import Page, async_playwright, expect

from adapters.teams import sdk
from adapters.teams.config import TeamsSettings
from adapters.teams.plugin import PLUGIN
from bot.anonymise import GateSettings
from bot.demo.clinic import KEYS
from bot.demo.story import Story
from bot.ui.inbound import Actor
from bot.ui.platform import Platform, Services
from tests.browser import FLAGS, found
from tests.e2e.teams.player import InTeams
from tests.e2e.teams.playground import aad_id, missing, playground, user_id
from tests.gate import GateInAWorker
from tests.needed import needed
from tests.standins.slack.world import until
from tests.standins.teams.cards import cards_of, faults
from tests.standins.teams.client import Answer, Json, Person
from tests.standins.teams.services import MemoryDrawer
from tests.witness import Witness
from tests.world import World, make_world

pytestmark = [pytest.mark.slow, pytest.mark.browser]
TENANT = "00000000-0000-0000-0000-000000000001"
USERS_EACH = 6


@dataclass
class Wire:
    """The Playground's connector, and what the bot got delivered through it, by conversation."""

    url: str
    delivered: dict[str, dict[str, Json]]

    def token(self, **claims: object) -> str:
        """The Playground signs nothing."""
        return ""


@dataclass
class PlaygroundPerson(Person):
    """Somebody in the Playground; the one at the keyboard types on its page."""

    number: int = 0
    page: Page | None = None

    @property
    def id(self) -> str:
        """The id from its configuration."""
        return user_id(self.number % USERS_EACH)

    async def types(self, text: str, **rest: object) -> Answer:
        """Write a message, on the page when there is one."""
        if self.page is None:
            return await super().types(text, **rest)
        await self.page.get_by_role("textbox").first.click()
        await self.page.keyboard.type(text)
        shown = len(self.sees())
        await self.page.keyboard.press("Enter")
        await until(lambda: len(self.sees()) > shown)
        return Answer(200, {})

    def sees(self) -> list[Json]:
        """The cards in their personal chat, oldest first."""
        shown = self.connector.delivered.get(self.chat, {}).values()  # type: ignore[attr-defined]  # a Wire
        return [card for activity in shown for card in cards_of(activity)]


@pytest.fixture
def delivered(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Json]]:
    """Everything the bot sends is noted after the Playground took it."""
    noted: dict[str, dict[str, Json]] = {}
    send, update = sdk.Connector.send, sdk.Connector.update

    async def noting_send(self: sdk.Connector, at: sdk.Place, activity: Json) -> str:
        message = await send(self, at, activity)
        noted.setdefault(at.conversation, {})[message] = activity
        return message

    async def noting_update(self: sdk.Connector, at: sdk.Place, activity_id: str, activity: Json) -> None:
        await update(self, at, activity_id, activity)
        noted[at.conversation][activity_id] = activity

    monkeypatch.setattr(sdk.Connector, "send", noting_send)
    monkeypatch.setattr(sdk.Connector, "update", noting_update)
    return noted


@dataclass
class Stage:
    """The running parts."""

    world: World
    witness: Witness
    page: Page
    people: dict[str, PlaygroundPerson]


@asynccontextmanager
async def clinic(folder: Path, delivered: dict[str, dict[str, Json]]) -> AsyncIterator[Stage]:
    """The demo clinic behind the bot, the bot behind the Playground, a browser in front of it."""
    needed(missing())
    platforms: dict[str, Platform] = {}
    world = await make_world(GateInAWorker(GateSettings()), platforms=platforms)
    witness = Witness(world)

    async def language_of(actor: Actor) -> str:
        return "en"

    services = Services(
        handle=witness.handle,
        drawer=MemoryDrawer(world.clock.now),
        now=world.clock.now,
        new_id=world.tools.ids.new,
        public_url="http://localhost:8377",
        language_of=language_of,
    )
    platform = PLUGIN.create(TeamsSettings(anonymous=True), services)
    platforms |= {"teams": platform, "web": world.platform}
    app = web.Application()
    platform.mount(app)
    runner = web.AppRunner(app)
    await runner.setup()
    await platform.start()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    emails = [f"{key}@demo.example" for key in KEYS] + ["spare1@demo.example", "spare2@demo.example"]
    folders = [folder / "first", folder / "second"]
    for each in folders:
        each.mkdir()
    endpoint = f"{base}/api/messages"
    try:
        async with (
            playground(endpoint, folders[0], emails[:USERS_EACH]) as url,
            playground(endpoint, folders[1], emails[USERS_EACH:], USERS_EACH, 56160) as other,
            aiohttp.ClientSession(base) as bot,
            async_playwright() as driver,
        ):
            wires = [Wire(f"{at}/_connector", delivered) for at in (url, other)]
            browser = await driver.chromium.launch(executable_path=found(), args=list(FLAGS))
            page = await browser.new_page(viewport={"width": 1300, "height": 1000})
            await page.route(re.compile(r"^https?://(?!localhost)"), lambda route: route.abort())
            await page.goto(url)
            await expect(page.get_by_text("Welcome to Intervision").last).to_be_visible(timeout=30_000)
            people = {
                key: await _person(bot, wires[i // USERS_EACH], i, page if i == 0 else None)
                for i, key in enumerate(KEYS)
            }
            yield Stage(world, witness, page, people)
            await browser.close()
    finally:
        await platform.stop()
        await runner.cleanup()


async def _person(bot: aiohttp.ClientSession, wire: Wire, number: int, page: Page | None) -> PlaygroundPerson:
    chat = "personal-chat-id"
    if page is None:
        asked = {
            "isGroup": False,
            "bot": {"id": "bot-id"},
            "members": [{"id": user_id(number % USERS_EACH)}],
            "tenantId": TENANT,
        }
        async with bot.post(f"{wire.url}/v3/conversations", json=asked) as answer:
            chat = (await answer.json())["id"]
    person = PlaygroundPerson(
        bot,  # type: ignore[arg-type]  # it posts, which is all that is asked of it
        wire,  # type: ignore[arg-type]  # the same
        aad_id(number),
        tenant=TENANT,
        chat=chat,
        number=number,
        page=page,
    )
    if page is None:
        await person.installs()
    return person


async def test_a_whole_round_is_played_in_the_playground(tmp_path: Path, delivered: dict[str, dict[str, Json]]) -> None:
    async with clinic(tmp_path, delivered) as stage:
        players = {key: InTeams(stage.world, stage.witness, person, key) for key, person in stage.people.items()}
        said: list[str] = []
        await Story(stage.world, said.append, dict(players)).run()
        assert any("12 reviews written" in line for line in said)
        await expect(stage.page.get_by_role("button", name="Show me an example")).to_be_visible()
        everything = [activity for chat in delivered.values() for activity in chat.values()]
        assert [fault for activity in everything for card in cards_of(activity) for fault in faults(card)] == []
        page = await stage.page.inner_text("body")
        for secret in ("twelve days", "07700", "client.reports@example.org", "door stays open"):
            assert secret not in str(everything)
            assert secret not in page
