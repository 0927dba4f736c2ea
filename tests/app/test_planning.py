"""Planning as a supervisor meets it: fair over many rounds, shortages explained, try-outs, presenters asked in turn."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.app.context import Work
from bot.app.facts.round_planning import situation
from bot.demo.clinic import GROUP, MEMBERS, ORGANISATION, person_id
from bot.demo.story import Story
from bot.domain.assignment import Assignment
from bot.domain.organisation import Group, Membership, NeverAssign, Organisation
from bot.domain.person import Person, Role
from bot.domain.round import Round
from bot.ui.inbound import Done, Invalid, Show
from bot.ui.model import Form
from tests.app.planning_steps import present, preview, told
from tests.world import World


async def weigh(world: World, group: str = GROUP, round_id: str = "") -> dict[str, int]:
    """Everybody's balance as the next round sees it, in tenths of a review."""
    async with world.store.begin(ORGANISATION, write=False) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        (round_,) = await uow.find(Round, id=round_id)
        facts = await situation(work, await uow.get(Group, group), replace(round_, group=group))
    return {member.id: member.balance for member in facts.instance.members}


async def test_who_has_less_of_a_post_is_asked_less(world: World) -> None:
    round_ = await Story(world, lambda _: None)._open_round()
    await present(world, "a", "b", "c")
    before = await weigh(world, round_id=round_)
    async with world.store.begin(ORGANISATION) as uow:
        for person in await uow.find(Person, id=person_id("d")):
            await uow.save(replace(person, fte=0.3))
        await uow.commit()
    after = await weigh(world, round_id=round_)
    assert after[person_id("d")] > before[person_id("d")]
    assert all(after[id] < before[id] for id in after if id != person_id("d"))


async def test_who_reviews_in_two_groups_is_half_in_each(world: World) -> None:
    round_ = await Story(world, lambda _: None)._open_round()
    await present(world, "a", "b", "c")
    before = await weigh(world, round_id=round_)
    now = world.clock.now()
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(Group("grp_two", ORGANISATION, "Second group", "Europe/Berlin"))
        await uow.add(Membership("mem_two_d", ORGANISATION, "grp_two", person_id("d"), now.date() - timedelta(days=90)))
        await uow.commit()
    assert await weigh(world, round_id=round_) == before  # that group has no rounds
    async with world.store.begin(ORGANISATION) as uow:
        for weeks in range(8):
            at = now - timedelta(weeks=weeks)
            await uow.add(Round(f"two_{weeks}", ORGANISATION, "grp_two", at, at, at, 1, published_at=at))
        await uow.commit()
    after = await weigh(world, round_id=round_)
    assert after[person_id("d")] > before[person_id("d")]


@pytest.mark.slow
async def test_over_twenty_rounds_of_equal_availability_loads_differ_by_at_most_one(world: World) -> None:
    story = Story(world, lambda _: None)
    loads: Counter[str] = Counter()
    for number in range(20):
        round_ = await story._open_round()
        await present(world, *(MEMBERS[(number + step) % len(MEMBERS)] for step in (0, 2, 4, 6)))
        await preview(world, round_)
        await world.player("s").press("round.publish", round_)
        assignments = await world.find(Assignment, round=round_, ended_at=None)
        loads.update(s.reviewer for s in assignments)
        await world.player("s").press("round.close", round_)
        await world.advance(days=1)
    assert sum(loads.values()) == 160
    assert max(loads.values()) - min(loads.values()) <= 1


async def test_a_shortage_says_why_and_what_would_help(world: World) -> None:
    story = Story(world, lambda _: None)
    for key in "defg":
        await world.player(key).type("/caseload leave until 12 Feb")
    round_ = await story._open_round()
    await present(world, "a", "b", "c", "s")
    for key in ("b", "s"):
        await world.player(key).type("/caseload leave until 12 Feb")
    form = await preview(world, round_)
    text = told(form)
    assert "missing" in text
    assert "on leave" in text or "absent" in text
    assert "No plan finds more reviewers" in text
    assert "What would help" in text


async def test_a_try_out_shows_what_would_change_and_keeps_nothing(world: World) -> None:
    story = Story(world, lambda _: None)
    round_ = await story._open_round()
    await present(world, "a", "b", "c", "d")
    form = await preview(world, round_)
    before = await world.find(Assignment, round=round_)
    someone = before[0].reviewer
    outcome = await world.player("s").send(form, {"absent": (someone,)})
    assert isinstance(outcome, Show)
    assert "instead" in told(outcome.form)
    assert await world.find(Assignment, round=round_) == before


async def test_what_was_tried_is_kept_for_the_round_and_published(world: World) -> None:
    supervisor = world.player("s")
    round_ = await Story(world, lambda _: None)._open_round()
    await present(world, "a", "b", "c", "d")
    form = await preview(world, round_)
    busy, other = sorted({assignment.reviewer for assignment in await world.find(Assignment, round=round_)})[:2]
    tried = await supervisor.send(form, {"absent": (busy,), "cap_person": (other,), "cap": "1"})
    assert isinstance(tried, Show)
    again = await supervisor.send(tried.form, {"absent": (busy,), "cap_person": (person_id("e"),), "cap": "0"})
    assert isinstance(again, Show)
    keep = next(action for action in again.form.actions if action.key == "round.keep")
    kept = await supervisor.press(keep.key, keep.subject, **keep.args)
    assert isinstance(kept, Show)
    assert "For this round only" in told(kept.form)
    await preview(world, round_)  # planning again keeps them
    await supervisor.press("round.publish", round_)
    loads = Counter(assignment.reviewer for assignment in await world.find(Assignment, round=round_))
    assert loads[busy] == 0
    assert loads[person_id("e")] == 0
    assert loads[other] <= 1


async def test_the_usual_caps_come_back(world: World) -> None:
    supervisor = world.player("s")
    round_ = await Story(world, lambda _: None)._open_round()
    await present(world, "a", "b")
    before = told(await preview(world, round_))
    await supervisor.press("round.keep", round_, absent=person_id("c"), **{f"cap.{person_id('d')}": "0", "cap.x": "2"})
    form = await preview(world, round_)
    assert "cap.x" not in form.state
    usual = next(action for action in form.actions if action.label == "Back to the usual limits")
    back = await supervisor.press(usual.key, usual.subject, **usual.args)
    assert isinstance(back, Show)
    assert told(back.form) == before


async def test_a_pair_on_the_private_list_never_meets(world: World) -> None:
    supervisor = world.player("s")
    form = await supervisor.open("pairs.open")
    invalid = await supervisor.send(form, {"one": (person_id("a"),), "other": (person_id("a"),)})
    assert isinstance(invalid, Invalid)
    for other in "bc":
        assert isinstance(await supervisor.send(form, {"one": (person_id("a"),), "other": (person_id(other),)}), Done)
    tells = await supervisor.send(form, {"one": (person_id("a"),), "other": (person_id("d"),)})
    assert isinstance(tells, Invalid)
    assert "fewer than 3 people" in tells.form.errors["other"], "a supervisor knows the list"
    async with world.store.begin(ORGANISATION) as uow:
        group = await uow.get(Group, GROUP)
        await uow.save(replace(group, policy={**group.policy, "small_group": 2}))
        await uow.commit()
    assert isinstance(await supervisor.send(form, {"one": (person_id("a"),), "other": (person_id("d"),)}), Done)
    again = await supervisor.send(form, {"one": (person_id("b"),), "other": (person_id("a"),)})
    assert isinstance(again, Invalid)
    too_few = await supervisor.send(form, {"one": (person_id("e"),), "other": (person_id("a"),)})
    assert isinstance(too_few, Invalid)
    assert "Therapist A (Kiel) only 3 colleagues" in too_few.form.errors["other"]
    round_ = await Story(world, lambda _: None)._open_round()
    await present(world, "a", "b")
    text = told(await preview(world, round_))
    assert "never" not in text.casefold()
    async with world.store.begin(ORGANISATION, write=False) as uow:
        authors = await uow.presenters([s.case for s in await uow.find(Assignment, round=round_)])
    for assignment in await world.find(Assignment, round=round_):
        pair = {assignment.reviewer, authors[assignment.case]}
        assert person_id("a") not in pair or not pair & {person_id(key) for key in "bcd"}
    for apart in await world.find(NeverAssign):
        assert isinstance(await supervisor.press("pairs.remove", apart.id), Done)
    assert not await world.find(NeverAssign)


async def test_a_plan_that_is_not_published_shows_nowhere(world: World) -> None:
    """ "risk" lists the cases one reviews: with people left out of the plan it would tell who presents."""
    round_ = await Story(world, lambda _: None)._open_round()
    await present(world, "a", "d")
    before = {key: repr(await world.player(key).type("/risk")) for key in MEMBERS}
    await preview(world, round_)
    assert await world.find(Assignment, round=round_)
    assert {key: repr(await world.player(key).type("/risk")) for key in MEMBERS} == before


async def test_a_private_list_holds_from_the_round_after_the_next(world: World) -> None:
    """Whoever presents now must not be able to choose who reviews it; the supervisors' list holds at once."""
    first = await Story(world, lambda _: None)._open_round()
    await world.advance(hours=1)
    form = await world.player("a").open("apart.open")
    assert isinstance(await world.player("a").send(form, {"people": (person_id("c"),)}), Done)
    supervisor = world.player("s")
    pair = {"one": (person_id("a"),), "other": (person_id("b"),)}
    assert isinstance(await supervisor.send(await supervisor.open("pairs.open"), pair), Done)
    private, kept = {person_id("a"), person_id("c")}, {person_id("a"), person_id("b")}
    async with world.store.begin(ORGANISATION) as uow:
        group, now = await uow.get(Group, GROUP), await uow.get(Round, first)
        work = Work(uow, world.clock.now(), world.entry.tools)
        holds = []
        for week in range(4):
            round_ = replace(now, id=f"{first}_{week}", opened_at=now.opened_at + timedelta(weeks=week))
            if week:
                await uow.add(round_)
            pairs = [set(pair) for pair in (await situation(work, group, round_)).instance.never_assign]
            assert kept in pairs
            holds.append(private in pairs)
    assert holds == [False, False, True, True]


@pytest.mark.parametrize("own", [{"review_within_clinic": False}, {"load_before_repeats": False}, {"repeat_weight": 0}])
async def test_a_groups_own_rules_reach_the_plan(world: World, own: dict[str, Any]) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        group = await uow.save(replace(await uow.get(Group, GROUP), policy=own))
        await uow.commit()
    round_ = await Story(world, lambda _: None)._open_round()
    await present(world, "a", "d")
    await preview(world, round_)
    async with world.store.begin(ORGANISATION, write=False) as uow:
        facts = await situation(Work(uow, world.clock.now(), world.entry.tools), group, await uow.get(Round, round_))
        people = {p.id: p.clinic for p in await uow.find(Person)}
        assignments = await uow.find(Assignment, round=round_)
        authors = await uow.presenters([s.case for s in assignments])
    assert facts.instance.rules.pair_weight == (None if "review_within_clinic" in own else own.get("repeat_weight", 90))
    if "review_within_clinic" in own:
        assert all(people[s.reviewer] != people[authors[s.case]] for s in assignments)


async def test_only_therapists_review(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        supervisor = await uow.get(Person, person_id("s"))
        await uow.save(replace(supervisor, roles=frozenset({Role.SUPERVISOR})))
        await uow.commit()
    round_ = await Story(world, lambda _: None)._open_round()
    await present(world, *MEMBERS[:6])
    text = told(await preview(world, round_))
    assignments = await world.find(Assignment, round=round_)
    assert len(assignments) == 12
    assert person_id("s") not in {assignment.reviewer for assignment in assignments}
    assert supervisor.name not in text


async def test_without_clarifying_days_reviewers_write_at_once(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        organisation = await uow.get(Organisation, ORGANISATION)
        await uow.save(replace(organisation, policy={"clarify_working_days": 0}))
        await uow.commit()
    round_ = await Story(world, lambda _: None)._open_round()
    await present(world, "a", "b")
    await preview(world, round_)
    await world.player("s").press("round.publish", round_)
    assignment = (await world.find(Assignment, round=round_))[0]
    form = await world.player(assignment.reviewer.rpartition("_")[2]).open("review.open", assignment.id)
    assert form.key == "review.send"


async def test_too_few_cases_lead_to_people_being_asked_in_turn(world: World) -> None:
    await Story(world, lambda _: None)._open_round()
    await world.advance(days=3)
    (round_,) = await world.find(Round, closed_at=None)
    assert round_.asked
    first = world.player(round_.asked[0].rpartition("_")[2])
    assert [c for c in world.inbox(first.key) if c.key == "notice.please_present"]
    assert isinstance(await first.press("round.pass", round_.id), Done)
    (after,) = await world.find(Round, closed_at=None)
    assert set(after.passed) == {round_.asked[0]}
    assert len(after.asked) == len(round_.asked) + 1


async def test_a_round_publishes_itself_when_nobody_pushes(world: World) -> None:
    await Story(world, lambda _: None)._open_round()
    await present(world, "a", "c")
    await world.advance(days=8)
    (round_,) = await world.find(Round, closed_at=None)
    assert round_.published_at is not None
    assert [c for c in world.inbox("s") if c.key == "notice.plan_ready"]
    assert len(await world.find(Assignment, round=round_.id, ended_at=None)) == 4


async def test_members_see_nothing_of_a_plan_before_it_is_published(world: World) -> None:
    round_ = await Story(world, lambda _: None)._open_round()
    await present(world, "a", "b")
    await preview(world, round_)
    for assignment in await world.find(Assignment, round=round_):
        player = world.player(assignment.reviewer.rpartition("_")[2])
        assert "waiting for you" in told(Form("x", "x", body=(await player.home()).body))
        assert not [c for c in world.inbox(player.key) if c.key == "notice.assigned"]


async def test_a_cap_is_the_persons_over_all_their_groups(world: World) -> None:
    """Somebody in two groups with a cap of one gets one review, whichever group plans first."""
    first = await Story(world, lambda _: None)._open_round()
    await present(world, "a", "b", "c")
    async with world.store.begin(ORGANISATION) as uow:
        today = world.clock.now().date()
        organisation = await uow.get(Organisation, ORGANISATION)
        await uow.save(replace(organisation, policy={"cap_icbt": 1}))
        await uow.add(Group("grp_two", ORGANISATION, "Second group", "Europe/Berlin"))
        for key in MEMBERS:
            await uow.add(Membership(f"mem_two_{key}", ORGANISATION, "grp_two", person_id(key), today))
        await uow.commit()
    await preview(world, first)
    await world.player("s").press("round.publish", first)
    async with world.store.begin(ORGANISATION, write=False) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        (round_,) = await uow.find(Round, id=first)
        other = replace(round_, id="round_two", group="grp_two")
        facts = await situation(work, await uow.get(Group, "grp_two"), other)
    room = {m.id: m.room for m in facts.instance.members}
    open_now = {s.reviewer for s in await world.find(Assignment, round=first, ended_at=None, submitted_at=None)}
    assert open_now
    assert {person for person, free in room.items() if free == 0} >= open_now


async def test_a_round_for_today_shows_its_plan_and_goes_out_by_the_button(world: World) -> None:
    """At nine on the day itself nothing is published in the same second."""
    await present(world, "a", "b", "c")
    supervisor, today = world.player("s"), f"{world.clock.now():%Y-%m-%d}"
    outcome = await supervisor.send(await supervisor.open("round.new"), {"publish_on": today})
    assert isinstance(outcome, Show)
    (round_,) = await world.find(Round, published_at=None, cancelled_at=None)
    assert "round.publish.soon" in {action.key for action in outcome.form.actions}
    await world.advance(hours=8)
    assert await world.find(Assignment, round=round_.id, published_at__not=None) == [], "nobody pressed it"
    assert isinstance(await supervisor.press("round.publish", round_.id), Done)
    assert await world.find(Assignment, round=round_.id, published_at__not=None)


async def test_without_a_case_a_round_for_today_collects_until_the_next_working_day(world: World) -> None:
    supervisor, today = world.player("s"), f"{world.clock.now():%Y-%m-%d}"
    outcome = await supervisor.send(await supervisor.open("round.new"), {"publish_on": today})
    assert isinstance(outcome, Done)
    assert "Tue 19 Jan, 09:00" in outcome.note
