"""A supervisor of a whole service with very many groups: nothing lists them all, every group is still found by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.app.facts import permissions as relations
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.organisation import Group, Membership
from bot.domain.round import Round
from bot.ports.records import SeriesEntry
from bot.ui.inbound import Done, Invalid, Refused, Say, Show
from bot.ui.model import ChoiceField, Form, TextField
from tests.app.series_steps import begin, told
from tests.world import World

FEW = 5


@pytest.fixture
async def service(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The supervisor belongs to no group and so plans for all; here more than `FEW` are very many."""
    for module in ("bot.app.facts.permissions", "bot.app.facts.groups", "bot.app.rounds.views", "bot.app.series.views"):
        monkeypatch.setattr(f"{module}.MOST_GROUPS", FEW)
    monkeypatch.setattr("bot.app.rounds.handlers.MOST_GROUPS", FEW)
    async with world.store.begin(ORGANISATION) as uow:
        for membership in await uow.find(Membership, person=person_id("s")):
            await uow.save(replace(membership, left_on=date(2027, 1, 1)))
        await uow.add(*(Group(f"grp_{n:02}", ORGANISATION, f"Group {n:02}", "Europe/Berlin") for n in range(20)))
        await uow.commit()
    return world


def group_field(form: Form) -> Any:
    return next(field for field in form.fields if field.name == "group")


async def test_a_form_asks_for_the_name_of_one_of_very_many_groups(service: World) -> None:
    player = service.player("s")
    form = await player.open("round.new")
    assert isinstance(group_field(form), TextField)
    for wrong in ("", "Group 99"):
        refused = await player.send(form, {"publish_on": "2027-01-25", "group": wrong})
        assert isinstance(refused, Invalid)
        assert "group" in refused.form.errors
        assert group_field(refused.form).value.reveal() == wrong
    assert isinstance(await player.send(form, {"publish_on": "2027-01-25", "group": "Group 17"}), Done)
    (round_,) = await service.find(Round, closed_at=None)
    assert round_.group == "grp_17"


async def test_a_series_begins_for_a_group_named_and_is_found_again(service: World) -> None:
    entry = await begin(service, anchor="2027-02-01", group="Group 19")
    assert entry.group == "grp_19"
    shown = await service.player("s").press("series.show", entry.id)
    assert isinstance(shown, Say)
    assert isinstance(await service.player("s").type("/round change"), Show)


async def test_lists_say_that_they_go_on(service: World) -> None:
    for n in range(FEW + 1):
        await begin(service, anchor="2027-02-01", group=f"Group {n:02}")
    listed = await service.player("s").type("/round series")
    assert isinstance(listed, Say)
    assert "Only the first 5 are shown." in told(listed.card)
    assert len(await service.find(SeriesEntry)) == FEW + 1


async def test_members_of_every_group_are_theirs(service: World) -> None:
    shown = await service.player("s").press("supervision.member", person_id("a"))
    assert not isinstance(shown, Refused)


async def test_few_groups_are_a_choice(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(Group("grp_other", ORGANISATION, "Another group", "Europe/Berlin"))
        for membership in await uow.find(Membership, person=person_id("s")):
            await uow.save(replace(membership, left_on=date(2027, 1, 1)))
        await uow.commit()
    assert isinstance(group_field(await world.player("s").open("round.new")), ChoiceField)


async def test_a_group_of_somebody_elses_is_not_found_by_name(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(Group("grp_other", ORGANISATION, "Another group", "Europe/Berlin"))
        await uow.commit()
    form = await world.player("s").open("round.new")
    for given in ("grp_other", "Another group"):
        refused = await world.player("s").send(form, {"publish_on": "2027-01-25", "group": given})
        assert isinstance(refused, Invalid)
    assert relations.MOST_GROUPS > FEW
