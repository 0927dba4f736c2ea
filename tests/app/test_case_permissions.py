"""Who opens which case, review and round, and who decides about a hold."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.app.context import Context
from bot.app.facts import hold_permissions, permissions
from bot.demo.clinic import ORGANISATION, START, person_id
from bot.demo.texts import CASES
from bot.domain.assignment import Assignment, EndReason
from bot.domain.case import Case, NotYourCase, NotYourReview
from bot.domain.person import Role
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.ports.records import Draft
from bot.ui.inbound import Refused
from tests.app.permission_steps import SECOND, away, keep, keys, made, seen_by
from tests.app.planning_steps import OPTIONS
from tests.app.risk import scene
from tests.world import World


async def test_who_has_a_part_in_a_held_case_and_when_it_gives_way(world: World) -> None:
    now = world.clock.now()
    await keep(
        world,
        Assignment("asg_b", ORGANISATION, "cas_1", "rnd_1", person_id("b"), "A", now, published_at=now),
        Assignment("asg_c", ORGANISATION, "cas_1", "rnd_1", person_id("c"), "B", now),
        Assignment("asg_d", ORGANISATION, "cas_2", "rnd_1", person_id("d"), "A", now, published_at=now),
    )
    for key in "bcdef":
        await made(world, key, Role.SUPERVISOR)
    hold = Hold("hol_1", ORGANISATION, "cas_1", "concern", "cli_kiel", person_id("e"), now)

    async def part() -> str:
        async with seen_by(world, "s") as ctx:
            return "".join([key for key in "bcdefs" if await hold_permissions.has_part(ctx, hold, person_id(key))])

    async with seen_by(world, "s") as ctx:
        assert await hold_permissions.reviewers_of(ctx, hold) == {person_id("b")}
        assert await hold_permissions.reviewers_of(ctx, replace(hold, case=None)) == frozenset()
        assert keys(await hold_permissions.at_work(ctx, {person_id("s")})) == "bcdef"
        assert await hold_permissions.raised_it_themselves(ctx, hold, person_id("e"))
        assert not await hold_permissions.raised_it_themselves(ctx, hold, person_id("f"))
        await ctx.uow.set_presenter("cas_1", person_id("c"))
        assert await hold_permissions.concerned(ctx, hold, person_id("c"))
        assert not await hold_permissions.concerned(ctx, hold, person_id("d"))
    assert await part() == "be", "a reviewer and whoever raised it"
    for key in "cdfsb":
        await away(world, key)
    async with seen_by(world, "s") as ctx:
        assert not await hold_permissions.raised_it_themselves(ctx, hold, person_id("e")), "nobody else is there"
        await ctx.uow.set_presenter("cas_1", person_id("c"))
        assert not await hold_permissions.concerned(ctx, hold, person_id("c")), "nor another than who raised it"
    async with seen_by(world, "s") as ctx:
        assert keys(await hold_permissions.at_work(ctx, ())) == "e"
    assert await part() == "", "nobody without a part is there"


async def test_a_case_is_sent_to_a_group_of_ones_own_only(world: World) -> None:
    player = world.player("a")
    values: dict[str, Any] = {**CASES[0], **OPTIONS, "group": ("grp_of_others",)}
    refused = await player.send(await player.open("case.new"), values)
    assert isinstance(refused, Refused)
    assert refused.key == "not_in_a_group"
    assert "case" not in {draft.kind for draft in await world.find(Draft)}


async def test_what_a_message_was_about_is_a_round_only_for_whoever_plans_it(world: World) -> None:
    (round_, *_) = await world.find(Round)
    await keep(world, SECOND)
    await made(world, "g", Role.SUPERVISOR, group=SECOND.id)
    for key, found in (("s", round_.id), ("a", None), ("g", None), ("m", None)):
        async with seen_by(world, key) as ctx:
            matter = await permissions.my_matter(ctx, round_.id)
            assert (matter.id if isinstance(matter, Round) else matter) == found, key


async def test_a_concern_shows_a_round_to_supervisors_of_other_groups_and_opens_none_of_its_reviews(
    world: World,
) -> None:
    at = await scene(world)
    assert at.case.round
    await keep(world, SECOND)
    await made(world, "g", Role.SUPERVISOR, group=SECOND.id)

    async def found(key: str, load: Callable[[Context, str], Awaitable[Any]], id: str) -> bool:
        async with seen_by(world, key) as ctx:
            try:
                return bool((await load(ctx, id)).id == id)
            except permissions.NotFoundHere:
                return False

    async def seen() -> list[bool]:
        named = [(permissions.shown_round, at.case.round or ""), (permissions.planned_assignment, at.assignment.id)]
        return [await found(key, load, id) for load, id in named for key in "sg"]

    assert await seen() == [True, False, True, False]
    await at.concern()
    assert await seen() == [True, True, True, False]


@pytest.mark.parametrize(
    ("fact", "may"),
    [
        ({}, True),
        ({"submitted_at": START}, True),
        ({"published_at": None}, False),
        ({"ended_at": START, "end_reason": "declined"}, False),
        ({"submitted_at": START, "parted_at": START}, False),
        ({"submitted_at": START, "recused_at": START}, False),
        ({"reviewer": person_id("c")}, False),
    ],
    ids=["theirs", "in", "only planned", "ended", "parted", "recused", "another's"],
)
async def test_a_review_is_opened_by_its_reviewer_while_it_is_theirs(
    world: World, fact: dict[str, Any], may: bool
) -> None:
    at = await scene(world)
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Assignment, at.assignment.id), **fact))
        await uow.commit()
    async with seen_by(world, at.reviewer.key) as ctx:
        try:
            found, case = await permissions.my_assignment(ctx, at.assignment.id)
            assert may and (found.id, case.id) == (at.assignment.id, at.case.id)
        except NotYourReview:
            assert not may


async def test_a_supervisor_opens_no_case_they_review_or_stepped_out_of(world: World) -> None:
    at = await scene(world)
    now = world.clock.now()
    own = Assignment("asg_s", ORGANISATION, at.case.id, at.case.round or "", person_id("s"), "X", now)
    out = replace(own, published_at=now)
    standing = {
        "planned, not told": (own, True),
        "reviewing": (out, False),
        "declined": (out.end(now, EndReason.DECLINED), True),
        "taken away": (out.end(now, EndReason.REASSIGNED), True),
        "recognised the patient": (out.end(now, EndReason.RECOGNISED), False),
        "too near": (out.end(now, EndReason.CONFLICT), False),
    }
    found = {}
    for name, (assignment, _) in standing.items():
        async with seen_by(world, "s") as ctx:
            await ctx.uow.add(assignment)
            found[name] = bool(await permissions.may_read(ctx, [at.case]))
    assert found == {name: may for name, (_, may) in standing.items()}


async def test_a_supervisor_of_another_group_opens_a_case_only_while_a_concern_stands(world: World) -> None:
    at = await scene(world)
    await keep(world, SECOND)
    await made(world, "g", Role.SUPERVISOR, group=SECOND.id)
    await made(world, "f", Role.SUPERVISOR, group="")

    async def who() -> str:
        found = ""
        for key in "sgf":
            async with seen_by(world, key) as ctx:
                found += key * len(await permissions.may_read(ctx, [at.case]))
        return found

    assert await who() == "sf", "one without a group plans for all"
    await at.concern()
    assert await who() == "sgf"
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await at.hold(), released_at=world.clock.now()))
        await uow.commit()
    assert await who() == "sf"


async def test_what_a_group_shares_is_read_by_its_members_from_its_morning_until_it_is_taken_back(world: World) -> None:
    at = await scene(world)
    now = world.clock.now()
    await keep(world, SECOND)
    await made(world, "g", Role.THERAPIST, group=SECOND.id)
    shared = replace(at.case, id="cas_shared", code="SH-222", round=None, closed_at=now, shared_at=now)
    states = {
        "shared": (shared, True, True),
        "tomorrow": (replace(shared, shared_at=now + timedelta(days=1)), False, False),
        "taken back": (replace(shared, withdrawn_at=now), False, False),
        "its text is gone": (replace(shared, purged_at=now), True, False),
        "left by the reader": (replace(shared, stepped_out=(person_id("b"),)), False, False),
        "never shared": (replace(shared, shared_at=None), False, False),
    }

    async def reads(key: str, case: Case) -> tuple[bool, bool]:
        async with seen_by(world, key) as ctx:
            await ctx.uow.add(case)
            listed = bool(await permissions.shared_cases(ctx))
            try:
                return (await permissions.shared_case(ctx, case.id)).id == case.id, listed
            except permissions.NotFoundHere:
                return False, listed

    assert {name: await reads("b", case) for name, (case, *_) in states.items()} == {
        name: (opens, lists) for name, (_, opens, lists) in states.items()
    }
    assert await reads("g", shared) == (False, False), "of another group"


async def test_who_takes_part_in_a_case(world: World) -> None:
    at = await scene(world)
    await keep(world, SECOND)
    await made(world, "g", Role.THERAPIST, group=SECOND.id)
    found = ""
    for key in "abefgs":
        async with seen_by(world, key) as ctx:
            with suppress(NotYourCase):
                found += key * ((await permissions.takes_part(ctx, at.case.id)).id == at.case.id)
    assert found == "abes", "presenter, reviewers, any supervisor"
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Assignment, at.assignment.id), ended_at=world.clock.now()))
        await uow.commit()
    async with seen_by(world, "b") as ctx:
        with pytest.raises(NotYourCase):
            await permissions.takes_part(ctx, at.case.id)
