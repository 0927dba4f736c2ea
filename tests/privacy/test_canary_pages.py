"""The canary in what is fetched over HTTP and in files: pages of roles that read no text, exports, trail, anchors."""

from __future__ import annotations

import aiohttp
import pytest

from bot.anonymise import GateSettings
from bot.app.signin import SignInDesk
from bot.demo.clinic import KEYS, ORGANISATION, person_id
from bot.domain.person import Person, Role
from bot.dpo import Office, erase, export, find, trail
from bot.runtime.anonymiser import GateInAWorker
from bot.runtime.housekeeping import AnchorFile, Housekeeper
from tests.fuzz.test_fuzz import web_clinic
from tests.privacy.test_canary import CANARY, played
from tests.unit.web.client import Reading
from tests.world import World

GATE = GateInAWorker(GateSettings(allow=(CANARY,), name_model="", english_model=""))


async def test_pages_of_those_who_read_no_text_hold_none() -> None:
    async with web_clinic(GATE) as (world, url, _), aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        await played(world)
        people = {key: (await world.find(Person, id=person_id(key)))[0] for key in KEYS}
        blind = [p for p in people.values() if not p.has(Role.THERAPIST)]
        assert {role for p in blind for role in p.roles} >= {Role.DPO, Role.MANAGER}
        for person in blind:
            session = await _session(world, person)
            for path in ("/", "/notices"):
                async with http.get(f"{url}{path}", cookies={"intervision": session}) as answer:
                    page = await answer.text()
                assert answer.status == 200
                assert CANARY.casefold() not in page.casefold()
                for href in Reading(page).links.values():
                    if href.startswith("/open"):
                        async with http.get(f"{url}{href}", cookies={"intervision": session}) as opened:
                            assert CANARY.casefold() not in (await opened.text()).casefold()


async def _session(world: World, person: Person) -> str:
    return await SignInDesk(world.store, world.clock, world.tools).open_session(person)


async def test_files_of_an_officer_hold_no_text(tmp_path_factory: pytest.TempPathFactory) -> None:
    async with web_clinic(GATE) as (world, _, _):
        await played(world)
        email = (await world.find(Person, id=person_id("p")))[0].email
        anchors = AnchorFile(tmp_path_factory.mktemp("outside") / "anchors.jsonl")
        office = Office(world.store, world.clock, world.tools, ORGANISATION, email, anchors)
        await Housekeeper(world.store, world.clock, world.tools, world.log, anchors).run_if_due()
        presenter = (await world.find(Person, id=person_id("a")))[0]
        shown = [
            await export(office, presenter.email, texts=False),
            await find(office, presenter.email),
            await trail(office, None),
            await erase(office, presenter.email, dry_run=True),
            anchors.path.read_text(encoding="utf-8"),
            world.log.records,
        ]
        assert CANARY.casefold() not in repr(shown).casefold()
