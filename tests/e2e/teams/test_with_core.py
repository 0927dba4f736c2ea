"""The real core behind the Teams adapter: from installation to a case in the round, and a notice about it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.teams.config import TeamsSettings
from adapters.teams.platform import TeamsPlatform
from bot.anonymise import GateSettings
from bot.app.tools import Anonymiser
from bot.domain.case import Case
from bot.runtime.anonymiser import GateInAWorker
from bot.ui.inbound import Actor
from bot.ui.platform import Services
from tests.standins.teams.cards import buttons, elements, faults
from tests.standins.teams.client import Json, Person
from tests.standins.teams.connector import APP_ID, TENANT, Connector, personal_chat
from tests.standins.teams.services import MemoryDrawer
from tests.standins.teams.world import KIEL, GivenToken
from tests.world import World, make_world

NAME = "Annegret Petersen"


@pytest.fixture(scope="module")
def gate() -> Anonymiser:
    """The real gate."""
    return GateInAWorker(GateSettings())


@asynccontextmanager
async def clinic(gate: Anonymiser) -> AsyncIterator[tuple[World, Connector, Person]]:
    """The demo clinic, reached over Teams; Therapist A is in the tenant's roster with their e-mail address."""
    world = await make_world(gate)
    connector = Connector(world.clock.now)
    await connector.server.start_server()

    async def language_of(actor: Actor) -> str:
        return "en"

    services = Services(
        handle=world.entry.handle,
        drawer=MemoryDrawer(world.clock.now),
        now=world.clock.now,
        new_id=world.tools.ids.new,
        public_url="https://intervision.example.org",
        language_of=language_of,
    )
    settings = TeamsSettings(
        app_id=APP_ID,
        app_secret="s",
        tenant_id=TENANT,
        service_hosts=("127.0.0.1",),
        metadata_url=connector.metadata_url,
    )
    platform = TeamsPlatform(settings, services, GivenToken())
    world.dispatcher = replace_platforms(world, platform)
    app = web.Application()
    platform.mount(app)
    bot = TestClient(TestServer(app))
    await bot.start_server()
    await platform.start()
    person = Person(bot, connector, KIEL)
    roster = {"id": person.id, "name": "A", "aadObjectId": KIEL, "email": "a@demo.example", "userRole": "user"}
    connector.members[personal_chat(person.id)] = [roster]
    try:
        yield world, connector, person
    finally:
        await platform.stop()
        await bot.close()
        await connector.server.close()
        assert connector.wrong == []


def replace_platforms(world: World, platform: TeamsPlatform) -> object:
    """A dispatcher that sends over Teams."""
    from bot.runtime.dispatcher import Dispatcher

    both = {"web": world.platform, "teams": platform}
    return Dispatcher(world.store, world.clock, world.tools, world.log, both, "replica-1")


async def test_a_person_installs_switches_mode_and_presents_a_case(gate: Anonymiser) -> None:
    async with clinic(gate) as (world, connector, person):
        before = len(await world.find(Case))
        await person.installs()
        assert person.sees(), "the home card greets"
        await person.types("help")
        await person.types("caseload f2f")
        await person.types("case new")
        opener = person.sees()[-1]
        form = (await person.presses(opener, "Open")).dialog
        assert faults(form) == []
        preview = (await person.sends(form, send_title(form), **filled(form))).dialog
        assert faults(preview) == []
        done = await person.sends(preview, send_title(preview), **confirmed(preview))
        assert done.status == 200
        assert len(await world.find(Case)) == before + 1
        await world.settle()
        everything = str([p.activity for p in connector.posted.values()])
        assert NAME not in everything
        assert "never sends the homework" not in everything, "no case text in any chat message"


def send_title(dialog: Json) -> str:
    """The title of the dialog's submit button."""
    return str(next(b["title"] for b in buttons(dialog) if b["data"]["iv"].get("f")))


def confirmed(preview: Json) -> dict[str, str]:
    """Agree to every replacement that the gate proposes."""
    sets = [e for e in elements(preview) if e["type"] == "Input.ChoiceSet"]
    return {e["id"]: e.get("value") or e["choices"][0]["value"] for e in sets}


def filled(form: Json) -> dict[str, str]:
    """Something in every field that needs it."""
    values: dict[str, str] = {}
    for element in elements(form):
        if element["type"] == "Input.Text":
            values[element["id"]] = f"My patient {NAME} never sends the homework. What would help?"
        elif element["type"] == "Input.ChoiceSet" and element.get("choices"):
            values[element["id"]] = element.get("value") or element["choices"][0]["value"]
    values["c.risk"] = "no"
    values["c.objection"] = "no"
    return values
