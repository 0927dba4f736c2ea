"""The canary in what is fetched over HTTP and in files: pages of roles that read no text, exports, trail, anchors."""

from __future__ import annotations

import aiohttp
import pytest

from bot.admin.privacy import Office, erase, export, find, trail
from bot.app.steps.feeds import FeedService
from bot.app.steps.sign_in import SignInService
from bot.demo.clinic import KEYS, ORGANISATION, person_id
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.person import Person, Role
from bot.runtime.housekeeping import AnchorFile, Housekeeper
from bot.ui.inbound import Hand, Say
from bot.ui.model import ChoiceField
from tests.fuzz.web_clinic import web_clinic
from tests.gate import rules_alone
from tests.privacy.canary import CANARY, played
from tests.privacy.stored_bytes import in_every_writing
from tests.unit.web.client import Reading
from tests.world import World

GATE = rules_alone(allow=(CANARY,))


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
    return await SignInService(world.store, world.clock, world.tools).open_session(person)


async def test_files_of_an_officer_hold_no_text(tmp_path_factory: pytest.TempPathFactory) -> None:
    async with web_clinic(GATE) as (world, _, _):
        await played(world)
        email = (await world.find(Person, id=person_id("p")))[0].email
        anchors = AnchorFile(tmp_path_factory.mktemp("outside") / "anchors.jsonl")
        office = Office(
            world.store,
            world.clock,
            world.tools,
            ORGANISATION,
            email,
            anchors,
            reason="request",
            second="m@demo.example",
        )
        await Housekeeper(world.store, world.clock, world.tools, world.log, anchors).anchor_if_moved()
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


async def test_pages_hold_a_text_only_where_it_is_opened_by_who_takes_part() -> None:
    """Everybody's start page and notices hold none; what a bystander or an unasked supervisor opens holds none."""
    async with web_clinic(GATE) as (world, url, _), aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        await played(world)
        inside = {person_id("a")} | {
            assignment.reviewer for assignment in await world.find(Assignment, submitted_at__not=None)
        }
        case = next(c.id for c in await world.find(Case) if c.closed_at and not c.purged_at and c.round)
        of_case = {assignment.reviewer for assignment in await world.find(Assignment, case=case)}
        assert inside >= of_case
        opened = 0
        for person in await world.find(Person, removed_at=None):
            cookies = {"intervision": await _session(world, person)}
            for path in ("/", "/notices"):
                async with http.get(f"{url}{path}", cookies=cookies) as answer:
                    page = await answer.text()
                assert CANARY.casefold() not in page.casefold(), (person.id, path)
                for href in Reading(page).links.values():
                    if href.startswith("/open") and person.id not in {person_id("a")} | of_case:
                        async with http.get(f"{url}{href}", cookies=cookies) as answer:
                            assert CANARY.casefold() not in (await answer.text()).casefold(), (person.id, href)
                        opened += 1
        assert opened > 10


async def test_exports_feeds_and_reports_hold_no_text() -> None:
    async with web_clinic(GATE) as (world, _, _):
        await played(world)
        files: list[bytes] = []
        for key in "abcdefgs":
            player = world.player(key)
            for kind in ("csv", "ics", "pdf"):
                form = await player.open("log.export")
                first = form.fields[0]
                assert isinstance(first, ChoiceField), "the first field is the choice of rules"
                rules = first.options[0].value
                handed = await player.send(form, {"rules": (rules,), "format": (kind,)})
                assert isinstance(handed, Hand)
                files.append(handed.document.content)
            made = await player.press("feed.make")
            token = repr(made).rpartition("/calendar/")[2].partition(".ics")[0]
            feed = await FeedService(world.store, world.clock, world.tools).read(token)
            assert feed
            files.append(feed)
        manager = world.player("m")
        report = await manager.type("/report")
        assert isinstance(report, Say)
        for kind in ("csv", "pdf"):
            handed = await manager.press("report.show", report.card.actions[0].subject, format=kind)
            assert isinstance(handed, Hand)
            files.append(handed.document.content)
        bystander = await world.player("p").press("privacy.mine")
        assert isinstance(bystander, Hand)
        files.append(bystander.document.content)
        assert len(files) == 8 * 4 + 3
        for file in files:
            for writing in in_every_writing(CANARY):
                assert writing.lower() not in file.lower()
