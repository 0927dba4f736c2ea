"""Every message of everybody, through every way in which a review or a case ends: what stands there may be pressed.

A reviewer has been told in every way there is: a message of its own, two reminders, a supervisor's word, several things
in one message. Then the matter ends, moves or is answered, and nothing that stands anywhere asks for it any more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app.context import Work
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.story import Story
from bot.domain.assignment import Assignment
from bot.domain.swap import Swap
from bot.ports.records import LeaveEntry
from bot.ui.inbound import Invalid, Outcome, Refused
from bot.ui.model import Action, Card
from tests.app.risk import Scene, scene
from tests.gate import rules_alone
from tests.tables.crawl import actions
from tests.world import World, make_world

TODAY = "matter.show"
"""The button of an older message that leads to what is true today, whatever that is."""


def standing(world: World) -> list[tuple[str, Card]]:
    """Everybody's messages as they stand now."""
    now: dict[str, tuple[str, Card]] = {}
    for number, (user, message) in enumerate(world.platform.sent, start=1):
        now[message.replaces or f"msg-{number}"] = user, message.card
    return list(now.values())


def shown(world: World, key: str) -> list[Action]:
    return [action for user, card in standing(world) if user == person_id(key) for action in actions(card)]


async def together(world: World, key: str, *told: tuple[str, str]) -> None:
    """Tell somebody several things in one message."""
    async with world.store.begin(ORGANISATION) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        for card, subject in told:
            slot = f"assignment:{subject}" if subject.startswith("assignment") else ""
            await work.tell(person_id(key), card, subject, key=world.tools.ids.new("key"), slot=slot)
        await work.tell(person_id(key), "leave_ended", world.tools.ids.new("news"), day="1 Dec")
        await uow.commit()
    await world.settle()


async def told_in_every_way(world: World) -> Scene:
    """Late by some days, with what that brings to the reviewer and to the supervisor."""
    at = await scene(world)
    await world.advance(days=3)
    await together(world, "b", ("answers_in", at.assignment.id), ("due_moved", person_id("b")))
    await world.advance(days=6)
    await together(world, "b", ("nudge", person_id("b")), ("swap_none", at.assignment.id))
    await world.player("s").press("supervision.nudge", person_id("b"))
    await world.advance(days=1)
    assert len([a for a in shown(world, "b") if a.subject == at.assignment.id]) > 3, "told in several ways"
    return at


async def press(at: Scene, key: str, command: str, subject: str) -> Outcome:
    return await at.world.player(key).press(command, subject)


async def withdrawn(at: Scene) -> Outcome:
    return await at.presenter.press("case.withdraw", at.case.id)


async def reassigned(at: Scene) -> Outcome:
    supervisor = at.world.player("s")
    return await supervisor.send(await supervisor.open("review.reassign", at.assignment.id), {})


async def covered(at: Scene) -> Outcome:
    return await press(at, "s", "review.cover", at.assignment.id)


async def declined(at: Scene) -> Outcome:
    return await at.reviewer.send(await at.reviewer.open("review.decline", at.assignment.id), {"reason": ("conflict",)})


async def recognised(at: Scene) -> Outcome:
    return await at.reviewer.press("review.recognise", at.assignment.id)


async def held(at: Scene) -> Outcome:
    return await at.concern()


async def closed(at: Scene) -> Outcome:
    return await press(at, "s", "round.close", at.case.round or "")


async def on_leave(at: Scene) -> Outcome:
    form = await at.reviewer.open("caseload.leave")
    return await at.reviewer.send(
        form, {"first_day": "2027-01-28", "last_day": "2027-02-28", "own_cases": ("keep",), "cover": ()}
    )


async def written(at: Scene) -> Outcome:
    form = await at.reviewer.open("review.open", at.assignment.id)
    _, outcome = await at.reviewer.send_and_confirm(form, {"reflection": "It moves.", "suggestion": "Ask."})
    return outcome


async def swapped(at: Scene) -> Outcome:
    form = await at.reviewer.open("review.swap", at.assignment.id)
    await at.reviewer.send(form, {"whom": (person_id("c"),)})
    await at.world.settle()
    (swap,) = await at.world.find(Swap)
    return await press(at, "c", "swap.take", swap.id)


ENDS: dict[str, Callable[[Scene], Awaitable[Outcome]]] = {
    "withdrawn": withdrawn,
    "reassigned": reassigned,
    "covered by the supervisor": covered,
    "declined": declined,
    "patient recognised": recognised,
    "on hold": held,
    "round closed": closed,
    "on leave": on_leave,
    "written": written,
    "taken over by a colleague": swapped,
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("hour", ["in hours", "at night"])
async def test_no_message_of_a_reviewer_keeps_a_button_of_a_review_that_is_over(end: str, hour: str) -> None:
    world = await make_world(rules_alone())
    at = await told_in_every_way(world)
    if hour == "at night":
        world.clock.advance(timedelta(hours=13))
    outcome = await ENDS[end](at)
    assert not isinstance(outcome, Refused | Invalid), outcome
    world.clock.advance(timedelta(seconds=1))
    await world.settle()
    left = [(c.key, [a.key for a in actions(c) if a.subject == at.assignment.id]) for u, c in standing(world)]
    left = [(key, [each for each in keys if each != TODAY]) for key, keys in left]
    kept = [(key, keys) for key, keys in left if keys]
    assert kept == [], "of its reviewer and of supervisors"


async def leave_entered(world: World) -> tuple[str, str]:
    supervisor = world.player("s")
    form = await supervisor.open("caseload.leave", person_id("b"))
    values = {"first_day": "2027-01-25", "last_day": "2027-02-28", "own_cases": ("keep",), "cover": ()}
    await supervisor.send(form, values)
    await world.settle()
    (leave,) = await world.find(LeaveEntry, cancelled_at=None)
    return "b", leave.id


async def end_leave(world: World, subject: str) -> Outcome:
    return await world.player("b").press("caseload.back", subject)


async def plan_ready(world: World) -> tuple[str, str]:
    round_ = await Story(world, lambda _: None)._open_round()
    await world.advance(days=6)
    return "s", round_


async def publish_plan(world: World, subject: str) -> Outcome:
    supervisor = world.player("s")
    await supervisor.press("round.preview", subject)
    return await supervisor.press("round.publish", subject)


async def cancel_plan(world: World, subject: str) -> Outcome:
    return await world.player("s").press("round.cancel", subject)


async def case_to_be_covered(world: World) -> tuple[str, str]:
    return "a", (await scene(world)).case.id


async def hand_case_over(world: World, subject: str) -> Outcome:
    form = await world.player("a").open("caseload.leave")
    values = {"first_day": "2027-01-18", "last_day": "2027-02-28", "own_cases": ("cover",), "cover": (person_id("c"),)}
    return await world.player("a").send(form, values)


async def place_open(world: World) -> tuple[str, str]:
    at = await scene(world)
    async with world.store.begin(ORGANISATION) as uow:
        await Work(uow, world.clock.now(), world.tools).tell(person_id("s"), "seat_empty", at.case.id)
        await uow.save(replace(await uow.get(Assignment, at.assignment.id), ended_at=world.clock.now()))
        await uow.commit()
    await world.settle()
    return "s", at.assignment.id


async def cover_place(world: World, subject: str) -> Outcome:
    return await world.player("s").press("review.cover", subject)


MATTERS: dict[str, tuple[Callable[[World], Awaitable[tuple[str, str]]], Callable[[World, str], Awaitable[Outcome]]]] = {
    "a leave that its person ended": (leave_entered, end_leave),
    "a plan that was published": (plan_ready, publish_plan),
    "a plan of a round that was cancelled": (plan_ready, cancel_plan),
    "a case that somebody else presents": (case_to_be_covered, hand_case_over),
    "a place that was taken": (place_open, cover_place),
}


@pytest.mark.parametrize("matter", MATTERS)
async def test_no_message_keeps_a_button_of_what_is_over(matter: str) -> None:
    world = await make_world(rules_alone())
    told, end = MATTERS[matter]
    key, subject = await told(world)
    before = [action.key for action in shown(world, key) if action.subject == subject]
    assert before, "it was told with a button"
    outcome = await end(world, subject)
    assert not isinstance(outcome, Refused | Invalid), outcome
    world.clock.advance(timedelta(seconds=1))
    await world.settle()
    left = [action.key for action in shown(world, key) if action.subject == subject]
    assert [action for action in left if action not in {"round.show", TODAY}] == []


async def test_one_message_about_several_things_names_each_review_once() -> None:
    world = await make_world(rules_alone())
    at = await scene(world)
    await world.advance(days=3)
    subject = at.assignment.id
    told = (("answers_in", subject), ("case_goes_on", subject), ("reminder", person_id("b")), ("nudge", person_id("b")))
    await together(world, "b", *told)
    last = [card for user, card in standing(world) if user == person_id("b")][-1]
    opens = [action.subject for action in actions(last) if action.key == "review.open"]
    assert opens == [subject], [card.summary for card in (last,)]
    assert sum(at.case.code in str(block) for block in last.body) == 1


async def test_an_old_reminder_says_nothing_of_a_review_that_came_later() -> None:
    """A reminder of a round that is over becomes no reminder of the next round's reviews."""
    world = await make_world(rules_alone())
    at = await scene(world)
    await world.advance(days=6)
    assert "reminder" in await world.told("b")
    await written(at)
    later, other = await scene(world, "c", ("b", "e"), "TR-118"), await scene(world, "d", ("b", "e"), "QF-309")
    await world.player("d").press("case.withdraw", other.case.id)
    await world.settle()
    old = [card for user, card in standing(world) if user == person_id("b") and "reminder" in card.key]
    assert old, "it stands there"
    assert [card.key for card in old if later.case.code in str(card)] == []


async def spared_and_then(world: World) -> Scene:
    """A case is published, and C has no part in it."""
    at = await scene(world)
    assert any("Nothing for you" in card.title for user, card in standing(world) if user == person_id("c"))
    return at


async def takes_it_over(at: Scene) -> None:
    await at.reviewer.send(await at.reviewer.open("review.swap", at.assignment.id), {"whom": (person_id("c"),)})
    (swap,) = await at.world.find(Swap)
    await press(at, "c", "swap.take", swap.id)


async def covers_the_case(at: Scene) -> None:
    form = await at.presenter.open("caseload.leave")
    days = {"first_day": "2027-01-18", "last_day": "2027-02-28", "own_cases": ("cover",), "cover": (person_id("c"),)}
    await at.presenter.send(form, days)


@pytest.mark.parametrize("then", [takes_it_over, covers_the_case])
async def test_nothing_for_you_stands_beside_no_part_of_the_round(then: Callable[[Scene], Awaitable[None]]) -> None:
    world = await make_world(rules_alone())
    at = await spared_and_then(world)
    await then(at)
    await world.settle()
    assert [card for user, card in standing(world) if user == person_id("c") and "Nothing for you" in card.title] == []


async def test_a_reminder_beside_a_new_review_counts_what_it_lists() -> None:
    world = await make_world(rules_alone())
    at = await scene(world)
    other = await scene(world, "c", ("b", "e"), "TR-118")
    await world.advance(days=3)
    await together(world, "b", ("answers_in", other.assignment.id), ("reminder", person_id("b")))
    last = [card for user, card in standing(world) if user == person_id("b")][-1]
    opens = sorted(action.subject for action in actions(last) if action.key == "review.open")
    assert opens == sorted([at.assignment.id, other.assignment.id])
    assert "One review is waiting for you." in str(last)
