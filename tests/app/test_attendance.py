"""The attendance sheet of a round that is over."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from bot.app.context import Work
from bot.app.steps.closing import settle_round
from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.domain.round import Round
from bot.ports.records import Audited, AuditEntry, LogEntry, OutboxEntry
from bot.reports.attendance import Attendance, attendance_pdf
from bot.ui.inbound import Hand, Invalid, Refused
from bot.ui.strings import words
from tests.app.looking import ruled
from tests.world import World


async def closed_round(world: World) -> Round:
    rounds = await world.find(Round, closed_at__not=None, order=("published_at",))
    return rounds[0]


async def test_the_sheet_names_who_took_part_and_nobodys_part(world: World) -> None:
    round_ = await closed_round(world)
    handed = await world.player("s").press("round.sheet", round_.id)
    assert isinstance(handed, Hand)
    assert handed.document.name.endswith(".pdf")
    page = "".join(p.extract_text() for p in PdfReader(io.BytesIO(handed.document.content)).pages)
    took_part = {entry.person for entry in await world.find(LogEntry, round=round_.id)}
    assert took_part
    for key in "abcdefgs":
        assert (f"Therapist {key.upper()}" in page) == (person_id(key) in took_part and key != "s")
    assert "presenter" not in page.lower()
    assert not any(f" {minutes}" in page for minutes in ("20 ", "30 ")), "minutes would tell the parts apart"
    noted = await world.find(AuditEntry, what=Audited.EXPORTED.value, subject=round_.id)
    assert [line.actor for line in noted] == [person_id("s")]


async def test_only_a_supervisor_and_only_when_the_round_is_over(world: World) -> None:
    round_ = await closed_round(world)
    assert isinstance(await world.player("a").press("round.sheet", round_.id), Refused)
    assert isinstance(await world.player("m").press("round.sheet", round_.id), Refused)
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Round, round_.id), closed_at=None))
        await uow.commit()
    refused = await world.player("s").press("round.sheet", round_.id)
    assert isinstance(refused, Refused)
    assert refused.key == "round_not_over"


async def test_a_groups_sheet_lists_the_rounds_of_its_days_and_who_took_part(world: World) -> None:
    round_ = await closed_round(world)
    assert round_.closed_at
    player, day = world.player("s"), round_.closed_at.date()
    form = await player.open("sheet.group", GROUP)
    handed = await player.send(form, {"first": f"{day - timedelta(days=1)}", "last": f"{day + timedelta(days=1)}"})
    assert isinstance(handed, Hand)
    page = "".join(p.extract_text() for p in PdfReader(io.BytesIO(handed.document.content)).pages)
    took_part = {entry.person for entry in await world.find(LogEntry, round=round_.id)}
    for key in "abcdefgs":
        assert (f"Therapist {key.upper()}" in page) == (person_id(key) in took_part and key != "s")
    assert "presenter" not in page.lower()
    noted = await world.find(AuditEntry, what=Audited.EXPORTED.value, subject=GROUP)
    assert [line.actor for line in noted] == [person_id("s")]


async def test_a_groups_sheet_without_a_round_or_for_somebody_else_is_refused(world: World) -> None:
    player = world.player("s")
    form = await player.open("sheet.group", GROUP)
    none = await player.send(form, {"first": "2019-01-01", "last": "2019-12-31"})
    assert isinstance(none, Invalid)
    assert none.form.errors["last"] == "No round of this group ended within these days."
    assert isinstance(await player.send(form, {"first": "2027-01-02", "last": "2027-01-01"}), Invalid)
    for key in "am":
        assert isinstance(await world.player(key).press("sheet.group", GROUP), Refused)


@pytest.mark.parametrize("wanted", [True, False])
async def test_the_sheet_comes_by_itself_on_the_morning_after_where_the_policy_says_so(
    world: World, wanted: bool
) -> None:
    await ruled(world, attendance_sheets=wanted)
    round_ = await closed_round(world)
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Round, round_.id), closed_at=None))
        await settle_round(Work(uow, world.clock.now(), world.tools), round_.id)
        await uow.commit()
    waiting = await world.find(OutboxEntry, card="sheet_ready")
    assert [entry.person for entry in waiting] == ([person_id("s")] if wanted else [])
    for entry in waiting:
        assert entry.due_at.date() > world.clock.now().date()
    await world.advance(days=2)
    assert ("sheet_ready" in await world.told("s")) == wanted


@pytest.mark.parametrize(("people", "pages"), [(0, 1), (16, 1), (30, 2)])
def test_there_is_room_to_sign_in(people: int, pages: int) -> None:
    """Nine millimetres a person: 16 and the leader's line on a page of A4, 30 on two; nobody took part on one."""
    names = tuple(f"Person {n:02}" for n in range(people))
    sheet = Attendance("Service", "Group", 1, date(2027, 1, 4), date(2027, 1, 11), 4, (), names)
    printed = attendance_pdf(sheet, words=words("en").sentences(), language="en_GB")
    shown = PdfReader(io.BytesIO(printed)).pages
    assert len(shown) == pages
    assert all(any(name in page.extract_text() for page in shown) for name in names)
