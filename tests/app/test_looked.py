"""Who looked at me: everybody reads by whom, when and why they were looked up, and nobody reads it of anybody else."""

from __future__ import annotations

from typing import Any, cast

from bot.admin.context import AdminContext
from bot.admin.privacy import Office, export, trail, who_acted
from bot.admin.sign_in import sign_in_link
from bot.app.steps.sign_in import SignInService
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.risk import ReadReason, UnmaskReason
from bot.ports.records import Audited, AuditEntry
from bot.ui.inbound import Say
from bot.ui.model import Card, Table, plain
from tests.app.looking import sent
from tests.app.risk import scene
from tests.world import World


def rows(card: Card) -> list[list[str]]:
    return [[plain(cell) for cell in row] for block in card.body if isinstance(block, Table) for row in block.rows]


async def looked(world: World, key: str) -> list[list[str]]:
    outcome = await world.player(key).press("privacy.looked")
    assert isinstance(outcome, Say)
    return rows(outcome.card)


async def test_every_look_stands_there_with_its_reason_and_for_nobody_else(world: World) -> None:
    at = await scene(world)
    assert await looked(world, "a") == []
    supervisor = world.player("s")
    await at.concern()
    await supervisor.send(await supervisor.open("risk.unmask", at.case.id), {"reason": (UnmaskReason.REACH.value,)})
    await supervisor.send(await supervisor.open("case.read", at.case.id), {"reason": (ReadReason.SUPPORT.value,)})
    found = await looked(world, "a")
    assert [row[1] for row in found] == ["Supervisor (Kiel)", "Supervisor (Kiel)"]
    assert found[1][2:] == [
        "looked up who presents a case", "the presenter has to be talked to about the risk", at.case.code,
    ]  # fmt: skip
    assert not any(":" in row[0] for row in found), "days, not times"
    for other in "bcdefgmp":
        assert await looked(world, other) == []


async def test_a_sign_in_link_made_by_an_administrator_is_audited_and_told(world: World) -> None:
    admin = AdminContext(
        world.store, world.clock, world.tools, SignInService(world.store, world.clock, world.tools), "root"
    )
    (link,) = await sign_in_link(admin, "", "a@demo.example")
    (line,) = await world.find(AuditEntry, what=Audited.LINK_MADE.value)
    assert (line.actor, line.subject, line.detail["login"]) == ("admin", person_id("a"), "root")
    assert link.rpartition("/")[2] not in repr(line)
    await world.settle()
    (told,) = [card for card in world.inbox("a") if card.key == "notice.link_made"]
    assert "Whoever has it acts as you" in told.summary
    assert [row[2] for row in await looked(world, "a")] == ["made a sign-in link for somebody"]


async def test_the_trail_names_no_author_until_asked_with_a_reason_that_is_told(world: World) -> None:
    await sent(world, "a")
    office = Office(
        world.store, world.clock, world.tools, ORGANISATION, "p@demo.example", reason="request", second="m@demo.example"
    )
    line = next(each for each in await trail(office, None) if each.entry.what == Audited.CASE_SUBMITTED.value)
    assert (line.actor, line.name) == ("", "")
    assert ":" not in line.when
    for shown in await trail(office, None):
        assert "Therapist A" not in shown.name
    assert await who_acted(office, line.entry.number, "duty") == "Therapist A (Kiel)"
    await world.settle()
    (told,) = [card for card in world.inbox("a") if card.key == "notice.line_seen"]
    assert "Data-protection officer (Kiel)" in told.summary
    (looked_up,) = await world.find(AuditEntry, what=Audited.UNMASKED.value)
    assert (looked_up.actor, looked_up.detail["line"]) == (person_id("p"), str(line.entry.number))


async def test_an_officers_export_is_seen_by_the_person(world: World) -> None:
    office = Office(
        world.store, world.clock, world.tools, ORGANISATION, "p@demo.example", reason="request", second="m@demo.example"
    )
    await export(office, "a@demo.example", texts=False)
    await world.player("a").press("privacy.mine")
    found = await looked(world, "a")
    assert [(row[1], row[2]) for row in found] == [("Data-protection officer (Kiel)", "exported data")]
    assert cast("Any", await world.player("a").home())
