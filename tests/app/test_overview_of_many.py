"""The overview of a supervisor who plans for very many groups: what is counted of each, the order, the search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.app.addresses import AddressBook
from bot.app.facts.group_standings import GroupStanding, group_standings
from bot.app.overview.views import TOGETHER
from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.demo.player import form_of
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Person, Role
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.ui.inbound import Outcome, Refused, Say, Show
from bot.ui.model import Columns, Form, Row, plain
from tests.app.published_round import published
from tests.app.shown import text
from tests.world import World


async def many(world: World, more: int = TOGETHER) -> None:
    """So many groups beside the clinic's, and a supervisor who belongs to none."""
    async with world.store.begin(ORGANISATION) as uow:
        manager = await uow.get(Person, person_id("m"))
        await uow.save(replace(manager, roles=manager.roles | {Role.SUPERVISOR}))
        for n in range(more):
            await uow.add(Group(f"grp_{n:02}", ORGANISATION, f"North {n:02}", "Europe/Berlin"))
        await uow.commit()


async def went_out(world: World, group: str, weeks_ago: int) -> str:
    """A round of a group that went out so long ago and is closed."""
    then = world.clock.now() - timedelta(weeks=weeks_ago)
    round_ = Round(
        id=f"rnd_{group}",
        organisation=ORGANISATION,
        group=group,
        opened_at=then,
        collect_until=then,
        publish_at=then,
        seed=1,
        number=1,
        planned_at=then,
        published_at=then,
        closed_at=then,
    )
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(round_)
        await uow.commit()
    return round_.id


async def standings(world: World) -> dict[str, GroupStanding]:
    """By the name of the group, in order."""
    async with world.entry.reading(world.player("m").actor) as ctx:
        assert ctx
        found = await group_standings(ctx, await ctx.uow.find(Group, closed_on=None))
    return {each.group.name: each for each in found}


def names(outcome: Outcome) -> Sequence[str]:
    assert isinstance(outcome, Show)
    assert isinstance(outcome.form, Form)
    return [plain(block.line) for block in outcome.form.body if isinstance(block, Row)]


async def test_few_groups_are_read_at_one_look_and_many_are_a_row_each(world: World) -> None:
    await many(world, TOGETHER - 1)
    few = await world.player("m").press("supervision.overview")
    assert isinstance(few, Say)
    await many_more(world)
    assert "North 00" in names(await world.player("m").press("supervision.overview"))
    typed = await world.player("m").type("/supervision overview")
    assert len(names(typed)) == TOGETHER + 1


async def many_more(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(Group("grp_more", ORGANISATION, "One more", "Europe/Berlin"))
        await uow.commit()


async def test_late_reviews_waiting_cases_and_concerns_are_counted_by_group(world: World) -> None:
    await many(world)
    assignments = await published(world)
    group = (await world.find(Group, id=GROUP))[0].name
    assert (await standings(world))[group].late == 0
    await world.advance(days=12)
    late = await world.find(Assignment, submitted_at=None, ended_at=None, published_at__not=None, not_reached_at=None)
    assert len(assignments) == len(late)
    assert (await standings(world))[group].late == len(late)
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Assignment, late[0].id), not_reached_at=world.clock.now()))
        await uow.commit()
    found = (await standings(world))[group]
    assert (found.late, found.undelivered) == (len(late) - 1, 1)
    held = late[1].case
    of_held = sum(each.case == held and each.id != late[0].id for each in late)
    async with world.store.begin(ORGANISATION) as uow:
        now = world.clock.now()
        await uow.save(replace(await uow.get(Case, held), held_at=now))
        clinic = (await uow.get(Person, late[0].reviewer)).clinic
        await uow.add(Hold("hold_x", ORGANISATION, held, "concern", clinic, late[0].reviewer, now))
        await uow.commit()
    found = (await standings(world))[group]
    assert (found.concerns, found.late) == (1, len(late) - 1 - of_held), "nobody is late with a case that is on hold"


async def test_a_case_that_waits_is_counted_from_the_next_morning_on(world: World) -> None:
    await many(world)
    group = (await world.find(Group, id=GROUP))[0].name
    before = (await standings(world))[group].waiting
    async with world.store.begin(ORGANISATION) as uow:
        sent = world.clock.now()
        await uow.add(Case("case_x", ORGANISATION, GROUP, "ZZ-999", "icbt", "en", 2, submitted_at=sent))
        await uow.commit()
    assert (await standings(world))[group].waiting == before
    await world.advance(days=1)
    assert (await standings(world))[group].waiting == before + 1


async def test_groups_without_a_round_for_weeks_come_before_those_with_one(world: World) -> None:
    await many(world)
    await went_out(world, "grp_00", 2)
    await went_out(world, "grp_01", 7)
    await went_out(world, "grp_02", 40)
    found = await standings(world)
    assert [found[f"North {n:02}"].stands_still for n in range(4)] == [False, True, True, True]
    assert found["North 02"].last_out is None, "so far back nobody looks"
    assert found["North 00"].last_out == world.clock.now().date() - timedelta(weeks=2)
    order = list(found)
    assert order.index("North 03") < order.index("North 01") < order.index("North 00")


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ({"concerns": 1}, {"stands_still": True}),
        ({"concerns": 2}, {"concerns": 1, "late": 9}),
        ({"stands_still": True}, {"late": 9}),
        ({"stands_still": True, "last_out": date(2026, 9, 1)}, {"stands_still": True, "last_out": date(2026, 10, 1)}),
        ({"late": 1}, {"undelivered": 9}),
        ({"undelivered": 1}, {"waiting": 9}),
        ({"waiting": 1}, {}),
    ],
)
def test_who_needs_somebody_first(worse: dict[str, object], better: dict[str, object]) -> None:
    def standing(name: str, has: dict[str, object]) -> GroupStanding:
        plain: dict[str, object] = {"concerns": 0, "late": 0, "undelivered": 0, "waiting": 0, "last_out": None}
        group = Group(name, ORGANISATION, name, "Europe/Berlin")
        return GroupStanding(group=group, **{**plain, "stands_still": False, **has})  # type: ignore[arg-type]  # by name

    assert standing("z", worse).needs < standing("a", better).needs


async def test_the_table_is_narrowed_down_sorted_and_leads_into_a_group(world: World) -> None:
    await many(world)
    await went_out(world, "grp_03", 1)
    player = world.player("m")
    still = names(await player.press("supervision.overview", show="still"))
    assert "North 03" not in still
    assert "North 04" in still
    by_name = names(await player.press("supervision.overview", by="name"))
    assert list(by_name) == sorted(by_name)
    shown = await player.press("supervision.overview")
    assert isinstance(shown, Show)
    (heads,) = [block for block in form_of(shown, "").body if isinstance(block, Columns)]
    assert all(heads.sorts)
    row = next(b for b in form_of(shown, "").body if isinstance(b, Row) and plain(b.line) != "North 00")
    (opens,) = row.actions
    inside = await player.press(opens.key, opens.subject)
    assert isinstance(inside, Say)
    assert inside.card.title == plain(row.line)


async def test_a_group_is_found_by_a_part_of_its_name(world: World) -> None:
    await many(world)
    player = world.player("m")
    shown = await player.press("supervision.overview")
    assert isinstance(shown, Show)
    assert names(await player.send(form_of(shown, "overview.find"), {"text": "rth 1 no"})) == [
        "North 01",
        "North 10",
        "North 11",
    ]
    assert "No group has this in its name" in text(await player.send(form_of(shown, ""), {"text": "south"}))
    typed = await player.type("/supervision overview North 04")
    assert isinstance(typed, Say)
    assert typed.card.title == "North 04"


async def test_a_group_that_is_not_theirs_is_refused(world: World) -> None:
    await many(world)
    for key, group in (("s", "grp_00"), ("s", "nowhere"), ("m", "nowhere"), ("a", GROUP)):
        assert isinstance(await world.player(key).press("overview.group", group), Refused), (key, group)
    assert isinstance(await world.player("s").press("overview.group", GROUP), Say)


async def test_the_box_on_every_page_finds_a_group_of_very_many_by_its_name(world: World) -> None:
    await many(world, 60)
    book = AddressBook(world.entry)
    (found,) = await book.find(world.player("m").actor, "north 57")
    assert (found.path, found.label) == ("/overview/grp_57", "North 57")
    place = await book.place(world.player("m").actor, found.path)
    assert place is not None
    assert (place.key, place.subject) == ("overview.group", "grp_57")
    assert await book.find(world.player("a").actor, "north 57") == [], "a therapist plans for none"
    assert await book.find(world.player("s").actor, "north 57") == [], "not theirs"
