"""The attendance sheet of a round that is over."""

from __future__ import annotations

import io

from pypdf import PdfReader

from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.round import Round
from bot.ports.records import Audited, AuditEntry, LogEntry
from bot.ui.inbound import Hand, Refused
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
        from dataclasses import replace

        await uow.save(replace(await uow.get(Round, round_.id), closed_at=None))
        await uow.commit()
    refused = await world.player("s").press("round.sheet", round_.id)
    assert isinstance(refused, Refused)
    assert refused.key == "round_not_over"
