"""Whoever leaves takes along their log, hours and texts: before the last day, and for 90 days by a link."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest

from bot.admin.context import AdminContext
from bot.admin.people import remove_person, return_person, stay
from bot.app.steps.addresses import keep_all_addresses
from bot.app.steps.leavers_files import LASTS, LeaversFiles
from bot.app.steps.sign_in import SignInService
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.player import Player
from bot.demo.texts import REVIEWS
from bot.domain.assignment import Assignment
from bot.domain.person import Contact
from bot.ports.records import Audited, AuditEntry
from bot.ui.inbound import Actor, Hand, Refused
from bot.ui.model import Document, Text, plain
from tests.app.log_steps import add
from tests.app.published_round import published
from tests.app.shown import open_case_of
from tests.gate import rules_alone
from tests.world import RecordingPlatform, World, make_world

A = "a@demo.example"
MINE, THEIRS = REVIEWS[0][0], REVIEWS[1][0]


@pytest.fixture
async def world() -> World:
    """The demo clinic with pages and e-mail: our own pages are shut to whoever has left."""
    platform = RecordingPlatform()
    made = await make_world(rules_alone(), platforms={"web": platform, "email": platform}, by_address=("email",))
    await keep_all_addresses(made.store, made.clock.now(), made.tools)
    made.platform = platform
    return made


@pytest.fixture
def admin(world: World) -> AdminContext:
    """An administrator's context in the demo clinic."""
    return AdminContext(world.store, world.clock, world.tools, SignInService(world.store, world.clock, world.tools))


@pytest.fixture
def service(world: World) -> LeaversFiles:
    return LeaversFiles(world.store, world.clock, world.tools)


def inside(document: Document) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(document.content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


async def link(world: World) -> str:
    """The token that the leaver was sent last."""
    await world.settle()
    cards = [card for card in world.inbox("a") if card.key == "notice.left"]
    lines = [plain(block.line) for block in cards[-1].body if isinstance(block, Text)]
    return next(line for line in lines if "/leaving/" in line).rsplit("/", 1)[-1]


async def played(world: World) -> None:
    """A case of a's with two reviews in, a review of a's on somebody's case, and an entry made by hand."""
    await published(world)
    case = await open_case_of(world, "a")
    await world.advance(days=4)
    for n, assignment in enumerate(await world.find(Assignment, case=case.id, ended_at=None)):
        await _review(world, assignment, n + 1)
    for assignment in await world.find(Assignment, reviewer=person_id("a"), ended_at=None):
        await _review(world, assignment, 0)
    await add(world.player("a"))


async def _review(world: World, assignment: Assignment, which: int) -> None:
    reviewer = world.player(assignment.reviewer.rsplit("_", 1)[-1])
    form = await reviewer.open("review.open", assignment.id)
    await reviewer.send_and_confirm(form, {"reflection": REVIEWS[which][0], "suggestion": REVIEWS[which][1]})


async def test_after_the_last_day_a_link_hands_out_ones_own_and_nobody_elses(
    world: World, admin: AdminContext, service: LeaversFiles
) -> None:
    await played(world)
    await remove_person(admin, "", A)
    token = await link(world)
    asked = await service.asked(token)
    assert asked is not None
    assert "babcp" in dict(asked.rule_sets)
    document = await service.file(token, "babcp")
    assert document is not None
    files = inside(document)
    kinds = sorted(name.rsplit(".", 1)[-1] for name in files)
    assert kinds == ["csv", "json", "pdf", "txt"]
    everything = b"\n".join(content for name, content in files.items() if not name.endswith("pdf")).decode()
    assert MINE in everything
    assert "Ask one question only" in everything, "the learning point of the entry made by hand"
    assert THEIRS not in everything
    assert REVIEWS[2][0] not in everything
    assert all(f"Therapist {letter} (" not in everything for letter in "BCDEFG")
    data = json.loads(next(content for name, content in files.items() if name.endswith("json")))
    assert data["LogEntry"]
    exported = await world.find(AuditEntry, what=Audited.EXPORTED.value)
    assert [line.actor for line in exported] == [person_id("a")]
    assert isinstance(await world.player("a").type("/supervision"), Refused), "the link gives no access"


async def test_the_link_ends_by_its_days_by_its_holder_and_with_a_return(
    world: World, admin: AdminContext, service: LeaversFiles
) -> None:
    await remove_person(admin, "", A)
    token = await link(world)
    assert await service.asked("nothing") is None
    assert await service.file(token, "no-such-set") is None
    await world.advance(days=LASTS.days - 1)
    assert await service.asked(token) is not None
    await world.advance(days=2)
    assert await service.asked(token) is None
    assert await service.file(token, "plain") is None
    await return_person(admin, "", A)
    await remove_person(admin, "", A)
    again = await link(world)
    await service.end(again)
    assert await service.asked(again) is None
    await return_person(admin, "", A)
    await remove_person(admin, "", A)
    third = await link(world)
    await return_person(admin, "", A)
    assert await service.asked(third) is None


def chat(world: World) -> Player:
    """Therapist A in a chat."""
    player = world.player("a")
    player.actor = Actor("slack", "T1", "U1")
    return player


async def test_before_the_last_day_chat_and_page_offer_it(world: World, admin: AdminContext) -> None:
    await played(world)
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(Contact("con_x", ORGANISATION, person_id("a"), "slack", "T1", "U1"))
        await uow.commit()
    last = world.clock.now().date() + timedelta(days=9)
    assert "leaving.open" not in repr(await world.player("a").type("/supervision"))
    await remove_person(admin, "", A, last)
    await world.settle()
    assert "leaving" in await world.told("a")
    for view in ("/supervision", "/intervision"):
        assert "leaving.open" in repr(await world.player("a").type(view)), view
    form = await world.player("a").open("leaving.open")
    handed = await world.player("a").send(form, {"rules": ("plain",)})
    assert isinstance(handed, Hand)
    assert MINE in inside(handed.document)["my-texts.txt"].decode()
    in_chat = await chat(world).send(form, {"rules": ("plain",)})
    assert isinstance(in_chat, Hand)
    assert world.tools.public_url in in_chat.note
    assert "my-texts.txt" not in inside(in_chat.document), "a chat would keep the texts"
    assert MINE.encode() not in b"".join(inside(in_chat.document).values())
    await stay(admin, "", A)
    assert "leaving.open" not in repr(await world.player("a").type("/supervision"))


async def test_a_covering_therapist_takes_no_text_of_the_case_along(
    world: World, admin: AdminContext, service: LeaversFiles
) -> None:
    await published(world)
    case = await open_case_of(world, "a")
    reviewing = {s.reviewer for s in await world.find(Assignment, case=case.id)}
    cover = next(k for k in "bcdefg" if person_id(k) not in reviewing)
    await remove_person(admin, "", A, cover=f"{cover}@demo.example")
    form = await world.player(cover).open("leaving.open")
    handed = await world.player(cover).send(form, {"rules": ("plain",)})
    assert isinstance(handed, Hand)
    data = json.loads(next(c for name, c in inside(handed.document).items() if name.endswith("json")))
    (covered,) = [row for row in data["cases_presented"] if row["code"] == case.code]
    assert covered["texts"]["case"] == {}
    assert covered["answers"] == []
