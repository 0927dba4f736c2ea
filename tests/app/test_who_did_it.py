"""Whoever did something reads so in the answer: nothing rings for them, and their messages show what holds now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app.context import Work
from bot.app.steps.missed_reviews import note_missed
from bot.delivery.decide import ended
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.assignment import Assignment, EndReason
from bot.domain.organisation import Group
from bot.domain.person import Person, Role
from bot.domain.swap import Swap
from bot.ports.records import OutboxEntry
from bot.ui.inbound import Invalid, Outcome, Refused
from tests.app.risk import Scene, scene
from tests.tables.test_messages_stay_true import shown, standing
from tests.world import World


async def asked(at: Scene, whom: str = person_id("c")) -> Swap:
    form = await at.reviewer.open("review.swap", at.assignment.id)
    await at.reviewer.send(form, {"whom": (whom,)})
    await at.world.settle()
    (swap,) = await at.world.find(Swap)
    return swap


async def takes(at: Scene) -> Outcome:
    return await at.world.player("c").press("swap.take", (await asked(at)).id)


async def says_no(at: Scene) -> Outcome:
    return await at.world.player("c").press("swap.pass", (await asked(at)).id)


async def covers(at: Scene) -> Outcome:
    return await at.world.player("s").press("review.cover", at.assignment.id)


async def raises(at: Scene) -> Outcome:
    return await at.concern()


async def raises_and_deals(at: Scene) -> Outcome:
    supervisor = at.world.player("s")
    await at.concern(supervisor)
    await at.world.settle()
    return await supervisor.press("risk.acknowledge", (await at.hold()).id)


async def goes_on_leave(at: Scene) -> Outcome:
    form = await at.reviewer.open("caseload.leave")
    values = {"first_day": "2027-01-18", "last_day": "2027-02-28", "own_cases": ("keep",), "cover": ()}
    return await at.reviewer.send(form, values)


async def goes_on_leave_tomorrow(at: Scene) -> Outcome:
    form = await at.reviewer.open("caseload.leave")
    values = {"first_day": "2027-01-19", "last_day": "2027-01-21", "own_cases": ("keep",), "cover": ()}
    outcome = await at.reviewer.send(form, values)
    await at.world.advance(days=5)
    return outcome


async def closes(at: Scene) -> Outcome:
    return await at.world.player("s").press("round.close", at.case.round or "")


ACTS: dict[str, tuple[Callable[[Scene], Awaitable[Outcome]], str, tuple[str, str], frozenset[str]]] = {
    "takes a review over": (takes, "c", ("b", "e"), frozenset({"swap_asked"})),
    "says no to a review": (says_no, "c", ("b", "e"), frozenset({"swap_asked"})),
    "covers a review": (covers, "s", ("b", "e"), frozenset()),
    "raises a concern": (raises, "b", ("b", "e"), frozenset({"assigned"})),
    "raises and deals with a concern": (raises_and_deals, "s", ("b", "e"), frozenset()),
    "goes on leave today": (goes_on_leave, "b", ("b", "e"), frozenset({"assigned"})),
    "goes on leave tomorrow": (goes_on_leave_tomorrow, "b", ("b", "e"), frozenset({"assigned"})),
    "closes a round that they review in": (closes, "s", ("s", "e"), frozenset({"assigned"})),
}
"""What somebody does, who, who reviews, and what rang for them about it before."""


SPARED = {"round_spared"}
"""The round was published before."""


@pytest.mark.parametrize("act", ACTS)
async def test_nobody_is_told_as_news_what_they_did(world: World, act: str) -> None:
    does, who, reviewers, before = ACTS[act]
    at = await scene(world, "a", reviewers)
    outcome = await does(at)
    assert not isinstance(outcome, Refused | Invalid), outcome
    await world.settle()
    rang = [m.card.key for user, m in world.platform.sent if user == person_id(who) and not m.replaces]
    assert {key.removeprefix("notice.") for key in rang} - before - SPARED <= {"risk_alert_case", "alert_nobody_left"}


def latest(world: World, key: str) -> str:
    return [card.summary for user, card in standing(world) if user == person_id(key)][-1]


async def test_asker_asked_and_taker_each_read_what_is_true(world: World) -> None:
    at = await scene(world)
    swap = await asked(at, "anybody")
    passes, taker = (each.removeprefix("per_demo_") for each in swap.asked)
    await world.player(passes).press("swap.pass", swap.id)
    await world.settle()
    assert "You do not take this review over" in latest(world, passes)
    assert {a.key for a in shown(world, passes)} == {"swap.undo"}
    await world.player(taker).press("swap.take", swap.id)
    await world.settle()
    assert "A colleague has taken case KQ-472 over" in latest(world, "b")
    assert {a.key for a in shown(world, "b")} == {"matter.show"}
    (mine,) = await world.find(Assignment, case=at.case.id, reviewer=person_id(taker))
    assert [a.subject for a in shown(world, taker)] == [mine.id, mine.id], "open it, and why"
    assert shown(world, passes) == []
    assert "no longer is" in latest(world, passes)


async def test_a_review_that_was_taken_over_and_written_leaves_no_button(world: World) -> None:
    at = await scene(world)
    await world.player("c").press("swap.take", (await asked(at)).id)
    await world.advance(days=3)
    (mine,) = await world.find(Assignment, case=at.case.id, reviewer=person_id("c"))
    taker = world.player("c")
    form = await taker.open("review.open", mine.id)
    await taker.send_and_confirm(form, {"reflection": "It moves.", "suggestion": "Ask her."})
    await world.settle()
    assert [a.key for a in shown(world, "c") if a.subject == mine.id] == []


async def test_no_list_of_a_supervisor_names_its_reader(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        other = await uow.get(Person, person_id("g"))
        await uow.save(replace(other, roles=other.roles | {Role.SUPERVISOR}))
        await uow.commit()
    await scene(world, "a", ("s", "g"))
    await world.advance(days=12)
    names = {key: (await world.find(Person, id=person_id(key)))[0].name for key in "sg"}
    late = {key: [c for u, c in standing(world) if u == person_id(key) and "late" in c.key] for key in "sg"}
    assert all(late.values()), "each is told of the other"
    for key, cards in late.items():
        for card in cards:
            assert names[key] not in str(card), "told about oneself like a stranger"


@pytest.mark.parametrize("card", ["missed_supervisor", "not_reached"])
async def test_a_supervisor_is_told_of_others_not_of_themselves(world: World, card: str) -> None:
    at = await scene(world, "a", ("s", "e"))
    (own,) = await world.find(Assignment, case=at.case.id, reviewer=person_id("s"))
    async with world.store.begin(ORGANISATION) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        if card == "not_reached":
            lost = OutboxEntry(
                "lost", ORGANISATION, "lost", own.reviewer, "assigned", own.id, work.now, work.now, failed_at=work.now
            )
            await ended(work, lost)
        else:
            policy = await work.policy()
            group = await uow.get(Group, at.case.group)
            await uow.save(
                replace(group, policy={**group.policy, "missed_before_question": 1, "missed_before_supervisor": 1})
            )
            assert policy.missed_before_supervisor
            await uow.save(replace(own, due_at=work.now - timedelta(days=9)))
            await note_missed(work, await uow.save(replace(at.case, closed_at=work.now)))
        await uow.commit()
    told = [entry.card for entry in await world.find(OutboxEntry, person=person_id("s"))]
    assert card not in told


WRITE: dict[str, tuple[str, str]] = {
    "both": ("be", "The reviews of case KQ-472 are ready to read."),
    "one, the other may come": ("b", "1 of 2 reviews of case KQ-472 are here. Another may still come; you are told."),
}


@pytest.mark.parametrize("who", WRITE)
async def test_a_release_says_how_many_came_and_whether_more_may_come(world: World, who: str) -> None:
    keys, says = WRITE[who]
    at = await scene(world)
    await world.advance(days=3)
    for key in keys:
        await write(at, key)
    await world.advance(days=8)
    said = [card.summary for user, card in standing(world) if user == person_id("a")]
    assert [each for each in said if "KQ-472 are" in each] == [says]
    if keys == "b":
        await write(at, "e")
        await world.advance(days=3)
        assert "A late review of case KQ-472 has come in." in latest(world, "a")


async def test_a_release_with_an_empty_place_promises_nothing(world: World) -> None:
    at = await scene(world)
    async with world.store.begin(at.case.organisation) as uow:
        (other,) = await uow.find(Assignment, case=at.case.id, reviewer=person_id("e"))
        await uow.save(other.end(world.clock.now(), EndReason.DECLINED))
        await uow.commit()
    await world.advance(days=3)
    await write(at, "b")
    assert latest(world, "a") == "1 of 2 reviews of case KQ-472 are here. No other is on its way."


async def write(at: Scene, key: str) -> None:
    (mine,) = await at.world.find(Assignment, case=at.case.id, reviewer=person_id(key), ended_at=None)
    player = at.world.player(key)
    form = await player.open("review.open", mine.id)
    await player.send_and_confirm(form, {"reflection": "It moves.", "suggestion": "Ask her.", "prompts": ("clear",)})
    await at.world.settle()
