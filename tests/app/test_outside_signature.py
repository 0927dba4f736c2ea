"""Somebody outside signs entries of a log with a link, without an account, and can take it back."""

from __future__ import annotations

import csv
import io

import pytest

from bot.app.steps.outside_signature import LASTS, OutsideSigning
from bot.demo.clinic import person_id
from bot.domain.supervision import CannotSignOwnEntry
from bot.ports.records import Audited, AuditEntry, LogEntry, Signature
from bot.ui.inbound import Invalid, Show
from bot.ui.model import Text, plain
from tests.app.log_steps import add, export, mine, options, read
from tests.world import World

NAME, QUALIFICATION = "Ingrid Holm", "specialist in clinical psychology"


async def link(world: World, *picked: str) -> str:
    """The token of a new link for these entries, all of them if none is named."""
    player = world.player("a")
    form = await player.open("log.sign.outside")
    shown = await player.send(form, {"entries": picked or tuple(options(form))})
    assert isinstance(shown, Show)
    address = plain(next(block for block in shown.form.body if isinstance(block, Text)).line)
    assert address.startswith(f"{world.tools.public_url}/sign/")
    return address.rsplit("/", 1)[-1]


@pytest.fixture
def service(world: World) -> OutsideSigning:
    return OutsideSigning(world.store, world.clock, world.tools)


async def test_somebody_outside_signs_with_name_and_qualification(world: World, service: OutsideSigning) -> None:
    await add(world.player("a"))
    await add(world.player("a"), day="2027-01-12", minutes="50")
    (first, second) = sorted(await mine(world), key=lambda entry: entry.day)
    token = await link(world, first.id)
    asked = await service.asked(token, "en")
    assert asked is not None
    assert (asked.person, [id for id, _ in asked.entries], asked.signed) == ("Therapist A (Kiel)", [first.id], ())
    assert "60 min, group of 4" in asked.entries[0][1]
    assert all(hidden not in asked.entries[0][1] for hidden in ("Ask one question only", "Therapist B"))
    assert await service.sign(token, [first.id, second.id, "log_nowhere"], NAME, QUALIFICATION) == 1
    await world.settle()
    assert "entries_signed" in await world.told("a")
    rows = list(csv.DictReader(io.StringIO(read(await export(world.player("a"), "plain", "csv")).decode("utf-8-sig"))))
    signed = [" ".join(row.values()) for row in rows if NAME in " ".join(row.values())]
    assert len(signed) == 1
    assert f"{NAME}, {QUALIFICATION}, by a link without an account" in signed[0]
    assert f"{NAME}, {QUALIFICATION}" in repr(await world.player("a").open("log.entry", first.id))
    held = (await world.find(LogEntry, id=first.id))[0]
    assert held.signed_by is not None
    assert held.signed_by.startswith("outside_")
    assert NAME not in repr(await world.find(LogEntry)) + repr(await world.find(AuditEntry))
    assert [line.actor for line in await world.find(AuditEntry, what=Audited.ENTRY_SIGNED.value)] == ["outside"]
    assert await service.sign(token, [first.id], NAME, QUALIFICATION) == 0, "signed once"


@pytest.mark.parametrize("name", ["Therapist A (Kiel)", "therapist a kiel", "Kiel, Therapist A", "Therapíst A (Kiell)"])
async def test_nobody_signs_outside_with_the_name_of_whose_log_it_is(
    world: World, service: OutsideSigning, name: str
) -> None:
    await add(world.player("a"))
    (entry,) = await mine(world)
    token = await link(world)
    with pytest.raises(CannotSignOwnEntry):
        await service.sign(token, [entry.id], name, QUALIFICATION)
    assert (await mine(world))[0].signed_by is None


async def test_the_signature_is_taken_back_with_the_same_link_only(world: World, service: OutsideSigning) -> None:
    await add(world.player("a"))
    (entry,) = await mine(world)
    token, other = await link(world), await link(world)
    await service.sign(token, [entry.id], NAME, QUALIFICATION)
    assert await service.take_back(other) == 0
    again = await service.asked(token, "en")
    assert again is not None
    assert NAME in again.signed[0]
    assert await service.take_back(token) == 1
    assert await world.find(Signature, entry=entry.id) == []
    await world.settle()
    assert "signature_gone" in await world.told("a")


async def test_a_link_opens_nothing_else_and_ends(world: World, service: OutsideSigning) -> None:
    """Entries of rounds are never offered; the link signs nobody in, and is over after its days or with the person."""
    form = await world.player("a").open("log.sign.outside")
    assert form.fields == ()
    await add(world.player("a"))
    token = await link(world)
    assert await service.asked("nothing", "en") is None
    (found,) = await mine(world)
    round_entry = next(e for e in await world.find(LogEntry, person=person_id("a")) if e.recorded_by == "round")
    assert await service.sign(token, [round_entry.id], NAME, QUALIFICATION) == 0
    assert (await world.find(LogEntry, id=round_entry.id))[0].signed_by is None
    await world.advance(days=LASTS.days - 1)
    assert await service.asked(token, "en") is not None
    await world.advance(days=2)
    assert await service.asked(token, "en") is None
    assert await service.sign(token, [found.id], NAME, QUALIFICATION) == 0


async def test_without_a_tick_no_link_is_made(world: World) -> None:
    await add(world.player("a"))
    player = world.player("a")
    refused = await player.send(await player.open("log.sign.outside"), {"entries": ("log_of_somebody",)})
    assert isinstance(refused, Invalid)
    assert refused.form.errors["entries"]
