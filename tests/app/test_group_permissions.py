"""Who plans for which group, who acts for one whose supervisors are away."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.app.context import Context
from bot.app.facts import permissions
from bot.app.facts.supervisors import AT_ONCE, there_on
from bot.demo.clinic import GROUP, ORGANISATION, START, person_id
from bot.domain.organisation import Group, Membership
from bot.domain.person import Person, Role
from tests.app.permission_steps import MONDAY, SECOND, away, keep, keys, left, made, seen_by
from tests.world import World


async def test_people_who_are_away_on_a_day(world: World) -> None:
    await away(world, "a", 1, 3)
    await away(world, "b", 2, None)
    await away(world, "c", 0, 9, cancelled_at=world.clock.now())
    async with seen_by(world, "s") as ctx:
        people = [await ctx.uow.get(Person, person_id(key)) for key in "abc"]
        there = [keys(await there_on(ctx, people, MONDAY + timedelta(days=n))) for n in range(5)]
        assert there == ["abc", "bc", "c", "c", "ac"]
        assert await there_on(ctx, [], MONDAY) == []


async def test_a_supervisor_acts_for_the_members_of_their_groups_and_one_without_a_group_for_all(world: World) -> None:
    await keep(world, SECOND)
    await made(world, "g", Role.SUPERVISOR, group=SECOND.id)
    await made(world, "f", Role.SUPERVISOR, group="")
    for supervisor, member, may in (("s", "a", True), ("g", "a", False), ("f", "a", True), ("a", "b", False)):
        async with seen_by(world, supervisor) as ctx:
            if may:
                assert (await permissions.supervised(ctx, person_id(member))).id == person_id(member)
            else:
                with pytest.raises(permissions.NotFoundHere):
                    await permissions.supervised(ctx, person_id(member))


async def test_whoever_left_is_nobodys_member(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Person, person_id("a")), removed_at=world.clock.now()))
        await uow.commit()
    async with seen_by(world, "s") as ctx:
        with pytest.raises(permissions.NotFoundHere):
            await permissions.supervised(ctx, person_id("a"))


async def test_which_group_is_meant(world: World) -> None:
    await keep(world, SECOND, replace(SECOND, id="grp_old", name="Old group", closed_on=MONDAY))
    name = next(group.name for group in await world.find(Group) if group.id == GROUP)
    await made(world, "g", Role.SUPERVISOR, group="")

    async def meant(key: str, given: str = "") -> str | None:
        async with seen_by(world, key) as ctx:
            found = await permissions.planned_group(ctx, given)
            return found.id if found else None

    assert [await meant("s", given) for given in ("", GROUP, name, SECOND.id, SECOND.name, "nobody")] == [
        GROUP,
        GROUP,
        GROUP,
        None,
        None,
        None,
    ]
    assert [await meant("g", given) for given in ("", GROUP, name, SECOND.id, SECOND.name, "nobody")] == [
        None,
        GROUP,
        GROUP,
        SECOND.id,
        SECOND.id,
        None,
    ]
    await keep(world, Membership("mem_s2", ORGANISATION, SECOND.id, person_id("s"), MONDAY))
    assert [await meant("s", given) for given in ("", name, SECOND.name)] == [None, GROUP, SECOND.id]
    async with seen_by(world, "s") as ctx:
        assert (await permissions.planned_only(ctx))["group__in"] == sorted(
            [GROUP, SECOND.id], key={GROUP: name, SECOND.id: SECOND.name}.__getitem__
        )
        assert len(await permissions.groups_for_planning(ctx)) == 2
    async with seen_by(world, "g") as ctx:
        assert await permissions.planned_only(ctx) == {}
        assert {group.id for group in await permissions.groups_for_planning(ctx)} == {GROUP, SECOND.id}, "no closed one"


async def test_while_a_groups_supervisors_are_away_others_act_for_it_and_then_administrators(world: World) -> None:
    await keep(world, SECOND)
    await made(world, "g", Role.SUPERVISOR, group=SECOND.id)

    async def acting(group: str) -> tuple[str | None, list[str]]:
        async with seen_by(world, "g") as ctx:
            found = keys(await permissions.supervisors_of(ctx, await ctx.uow.get(Group, group)))
            return found, [each.id for each in await permissions.covered_groups(ctx)]

    assert await acting(GROUP) == ("s", [])
    await away(world, "s")
    assert await acting(GROUP) == ("g", [GROUP])
    async with seen_by(world, "g") as ctx:
        assert (await permissions.supervised(ctx, person_id("a"))).id == person_id("a")
        assert {group.id for group in await permissions.groups_for_planning(ctx)} == {GROUP, SECOND.id}
    async with seen_by(world, "a") as ctx:
        assert await permissions.covered_groups(ctx) == [], "a therapist acts for nobody"
    await made(world, "f", Role.SUPERVISOR)
    await left(world, "f")
    assert await acting(GROUP) == ("fg", [GROUP]), "who left the group is none of its own supervisors"
    await made(world, "f", Role.THERAPIST)
    await away(world, "g")
    assert await acting(GROUP) == ("m", []), "nobody acts who is away"
    async with seen_by(world, "m") as ctx:
        group = await ctx.uow.get(Group, GROUP)
        assert keys(await permissions.supervisors_of(ctx, group)) == "m"
        assert await permissions.covered_groups(ctx) == []


async def test_a_group_with_a_supervisor_still_there_is_covered_by_nobody(world: World) -> None:
    await keep(world, SECOND)
    await made(world, "g", Role.SUPERVISOR, group=SECOND.id)
    await made(world, "f", Role.SUPERVISOR)
    await away(world, "s")
    async with seen_by(world, "g") as ctx:
        assert await permissions.covered_groups(ctx) == []
        assert keys(await permissions.supervisors_of(ctx, await ctx.uow.get(Group, GROUP))) == "sf"


async def test_of_very_many_supervisors_those_of_the_members_clinics_act_and_no_others(world: World) -> None:
    await keep(
        world,
        SECOND,
        *[_supervisor(f"far{n:02}", "cli_oslo") for n in range(AT_ONCE)],
        *[_supervisor(f"near{n}", "cli_lund") for n in range(2)],
        _supervisor("left", "cli_lund", removed_at=world.clock.now()),
        *[Membership(f"mem_{key}", ORGANISATION, SECOND.id, person_id(key), MONDAY) for key in ("far00", "near0")],
    )

    async def acting() -> str | None:
        async with seen_by(world, "s") as ctx:
            return keys(await permissions.supervisors_of(ctx, await ctx.uow.get(Group, GROUP)))

    async def covered(key: str) -> list[str]:
        async with world.store.begin(ORGANISATION) as uow:
            person = await uow.get(Person, person_id(key))
            ctx = Context(uow, world.clock.now(), world.tools, person)
            return [group.id for group in await permissions.covered_groups(ctx)]

    assert await acting() == "s"
    assert await covered("near0") == []
    async with seen_by(world, "s") as ctx:
        group, person = await ctx.uow.get(Group, GROUP), await ctx.uow.get(Person, person_id("s"))
        would = await permissions.cover_for(ctx, group, person, MONDAY)
        assert keys(would) == "near0near1", "and never the one who is away then"
    await away(world, "s")
    assert await acting() == "near0near1"
    assert (await covered("near0"), await covered("far00")) == ([GROUP], [])
    await away(world, "near0")
    await away(world, "near1")
    assert await acting() == "".join(f"far{n:02}" for n in range(AT_ONCE)), "nobody near is there"


def _supervisor(key: str, clinic: str, **more: Any) -> Person:
    """Named behind everybody of the demo if near, before them if far."""
    name = f"{'Z' if clinic == 'cli_lund' else 'A'} {key}"
    email, roles = f"{key}@demo.example", frozenset({Role.SUPERVISOR})
    return Person(person_id(key), ORGANISATION, name, email, clinic, roles, START, **more)


async def test_who_would_act_for_a_group_is_asked_only_of_its_last_supervisor_who_is_there(world: World) -> None:
    async def would(key: str) -> str | None:
        async with seen_by(world, "s") as ctx:
            group, person = await ctx.uow.get(Group, GROUP), await ctx.uow.get(Person, person_id(key))
            return keys(await permissions.cover_for(ctx, group, person, MONDAY))

    assert await would("a") is None, "no supervisor of the group"
    assert await would("s") == "m", "no other supervisor, so an administrator"
    await made(world, "f", Role.SUPERVISOR)
    assert await would("s") is None, "a colleague is there"
    await away(world, "s")
    await away(world, "f")
    assert await would("a") is None, "nor while all of them are away"
    assert await would("s") == "m"
    await away(world, "m")
    assert await would("s") == "", "nobody would"


async def test_the_only_group_there_is_needs_no_name(world: World) -> None:
    await made(world, "g", Role.SUPERVISOR, group="")
    async with seen_by(world, "g") as ctx:
        found = await permissions.planned_group(ctx)
    assert found
    assert found.id == GROUP


async def test_the_numbers_of_the_first_group_hold_for_a_member_and_the_organisations_for_whoever_has_none(
    world: World,
) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Group, GROUP), policy={"reviewers_per_case": 3}))
        await uow.commit()
    async with seen_by(world, "s") as ctx:
        people = [await ctx.uow.get(Person, person_id(key)) for key in "am"]
        assert [(await permissions.person_policy(ctx, each)).reviewers_per_case for each in people] == [3, 2]


async def test_a_supervisor_without_a_group_plans_for_all_even_while_they_act_for_one(world: World) -> None:
    await keep(world, SECOND)
    await made(world, "g", Role.SUPERVISOR, group="")
    await away(world, "s")
    async with seen_by(world, "g") as ctx:
        assert [each.id for each in await permissions.covered_groups(ctx)] == [GROUP]
        assert {each.id for each in await permissions.groups_for_planning(ctx)} == {GROUP, SECOND.id}
        assert await permissions.planned_only(ctx) == {}


async def test_a_supervisor_with_a_group_plans_for_no_other(world: World) -> None:
    await keep(world, SECOND)
    async with seen_by(world, "s") as ctx:
        assert [each.id for each in await permissions.groups_for_planning(ctx)] == [GROUP]


async def test_who_left_a_group_is_no_member_and_plans_for_it_no_more(world: World) -> None:
    for key in "as":
        await left(world, key)
    async with seen_by(world, "m") as ctx:
        group = await ctx.uow.get(Group, GROUP)
        found = [await permissions.members(ctx, group), (await permissions.members_of(ctx, [group]))[GROUP]]
        assert [keys(each) for each in found] == ["bcdefg", "bcdefg"]
        assert await permissions.groups_of(ctx, await ctx.uow.get(Person, person_id("a"))) == []


async def test_while_nobody_at_all_is_there_a_groups_own_supervisors_act(world: World) -> None:
    await away(world, "s")
    await away(world, "m")
    async with seen_by(world, "a") as ctx:
        assert keys(await permissions.supervisors_of(ctx, await ctx.uow.get(Group, GROUP))) == "s"
