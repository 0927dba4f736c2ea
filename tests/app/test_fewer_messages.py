"""Fewer messages for the same news: one invitation, answers when they are needed, takeaways together in the morning."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app.context import Context, Work
from bot.app.facts.round_messages import has_room
from bot.app.steps.holds import go_on, stand_still
from bot.delivery.notices import NOTICES
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.story import Story
from bot.demo.texts import ANSWER, QUESTION
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.person import Person, Role
from bot.domain.round import Round
from bot.ports.records import OutboxEntry
from bot.ui.model import Card, Text, line
from tests.app.risk import Scene, scene
from tests.world import World


async def sent(world: World, card: str) -> dict[str, list[OutboxEntry]]:
    found: dict[str, list[OutboxEntry]] = {}
    for entry in await world.find(OutboxEntry, card=card, order=("sent_at",)):
        if entry.sent_at or "carrier" in entry.args:
            found.setdefault(entry.person.removeprefix(person_id("")), []).append(entry)
    return found


async def test_whose_turn_it_is_gets_one_invitation_and_everybody_else_the_general_one(world: World) -> None:
    await Story(world, lambda _: None)._open_round()
    (round_,) = await world.find(Round, closed_at=None)
    asked = {person.removeprefix(person_id("")) for person in round_.asked}
    assert 0 < len(asked) < 8
    assert set(await sent(world, "please_present")) == asked
    assert set(await sent(world, "round_open")) == set("abcdefgs") - asked
    await world.advance(days=4)
    assert {len(entries) for entries in (await sent(world, "please_present")).values()} == {1}


async def test_halfway_others_are_asked_only_where_somebody_passed(world: World) -> None:
    await Story(world, lambda _: None)._open_round()
    (before,) = await world.find(Round, closed_at=None)
    await world.advance(days=4)
    (after,) = await world.find(Round, closed_at=None)
    assert after.asked == before.asked


async def test_answers_come_at_once_to_who_asked_and_to_the_others_when_they_can_write(world: World) -> None:
    at = await scene(world)
    b = world.player("b")
    form = await b.open("review.open", (await _seat(world, at.case.id, "b")).id)
    await b.send(form, {"question": QUESTION})
    await world.settle()
    form = await world.player("a").open("question.open", at.case.id)
    await world.player("a").send_and_confirm(form, {field.name: ANSWER for field in form.fields})
    await world.settle()
    assert set(await sent(world, "answers_in")) == {"b"}
    before = world.clock.now()
    await world.advance(days=3)
    (waited,) = (await sent(world, "answers_in"))["e"]
    assert waited.wanted - before > timedelta(days=1)
    (carrier,) = await world.find(OutboxEntry, id=waited.args.get("carrier", waited.id))
    assert carrier.sent_at is not None
    assert at.case.clarify_until is not None
    assert carrier.sent_at > at.case.clarify_until


async def test_answers_of_the_last_day_for_questions_come_in_the_morning_with_the_reminder(world: World) -> None:
    at = await scene(world)
    b = world.player("b")
    await b.send(await b.open("review.open", (await _seat(world, at.case.id, "b")).id), {"question": QUESTION})
    assert at.case.clarify_until is not None
    await world.advance(seconds=(at.case.clarify_until - world.clock.now()).total_seconds() - 8 * 3600)
    form = await world.player("a").open("question.open", at.case.id)
    await world.player("a").send_and_confirm(form, {field.name: ANSWER for field in form.fields})
    await world.settle()
    assert await sent(world, "answers_in") == {}
    await world.advance(days=1)
    (told,) = (await sent(world, "answers_in"))["b"]
    assert told.wanted > at.case.clarify_until


async def test_what_waited_for_the_morning_is_one_message_with_what_the_morning_brings(world: World) -> None:
    world.clock.advance_to(world.clock.now().replace(hour=21))
    async with world.store.begin(ORGANISATION) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        morning = work.now.replace(hour=8) + timedelta(days=1)  # 09:00 in Berlin, the time for reminders
        await work.tell(person_id("b"), "leave_ended", "night", day="1 Dec")
        await work.tell(person_id("b"), "leave_ended", "morning", day="2 Dec", at=morning)
        await uow.commit()
    await world.settle()
    await world.advance(hours=10)
    assert await sent(world, "leave_ended") == {}, "not at eight, an hour before the other"
    await world.advance(hours=3)
    entries = (await sent(world, "leave_ended"))["b"]
    assert len({entry.args.get("carrier", entry.id) for entry in entries}) == 1
    assert len(entries) == 2


async def _seat(world: World, case: str, key: str) -> Assignment:
    (found,) = await world.find(Assignment, case=case, reviewer=person_id(key), ended_at=None)
    return found


async def test_takeaways_of_one_round_are_one_message_in_the_morning(world: World) -> None:
    story = Story(world, lambda _: None)
    await story.run()
    several = [key for key in "abcdefgs" if len(await _mine(world, key)) > 1]
    assert several
    assert await sent(world, "takeaway_in") == {}
    await world.advance(days=1)
    told = await sent(world, "takeaway_in")
    assert "s" not in told, "a supervisor's come with the next thing they are told"
    await world.advance(days=4)
    told = await sent(world, "takeaway_in")
    for key in several:
        carriers = {entry.args.get("carrier", entry.id) for entry in told[key]}
        assert (len(told[key]) > 1, len(carriers)) == (True, 1), key


async def test_a_supervisors_takeaways_come_with_what_they_are_told_anyway(world: World) -> None:
    await Story(world, lambda _: None).run()
    (takeaway, *_) = await world.find(OutboxEntry, card="takeaway_in", person=person_id("s"))
    assert takeaway.sent_at is None
    await world.advance(days=1)
    async with world.store.begin(ORGANISATION) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        await work.tell(person_id("s"), "mode_entered", "x", mode="f2f", day="1 Dec", name="S")
        await uow.commit()
    await world.settle()
    (told,) = await world.find(OutboxEntry, id=takeaway.id)
    assert told.args.get("carrier") or told.sent_at, "the same message, days earlier than it would come alone"
    assert takeaway.due_at > world.clock.now()


async def _mine(world: World, key: str) -> list[Assignment]:
    rounds = await world.find(Round, order=("-number",), limit=1)
    return await world.find(Assignment, round=rounds[0].id, reviewer=person_id(key), ended_at=None)


async def _ask(world: World, at: Scene, key: str) -> None:
    player = world.player(key)
    await player.send(
        await player.open("review.open", (await _seat(world, at.case.id, key)).id), {"question": QUESTION}
    )
    await world.settle()


async def test_a_second_question_rings_when_the_first_is_answered(world: World) -> None:
    at = await scene(world)
    await _ask(world, at, "b")
    form = await world.player("a").open("question.open", at.case.id)
    await world.advance(hours=2)
    await _ask(world, at, "e")
    assert len(await world.find(OutboxEntry, card="question_asked")) == 1, "the message still asks for answers"
    await world.player("a").send_and_confirm(form, {field.name: ANSWER for field in form.fields})
    await world.settle()
    assert len((await sent(world, "question_asked"))["a"]) == 2, "the form knew nothing of the second"
    form = await world.player("a").open("question.open", at.case.id)
    await world.player("a").send_and_confirm(form, {field.name: ANSWER for field in form.fields})
    await world.settle()
    assert len(await world.find(OutboxEntry, card="question_asked")) == 2


async def test_who_answers_one_of_two_questions_is_told_once_that_the_other_is_open(world: World) -> None:
    at = await scene(world)
    await _ask(world, at, "b")
    await _ask(world, at, "e")
    form = await world.player("a").open("question.open", at.case.id)
    fields = [field.name for field in form.fields if field.name != ""]
    await world.player("a").send_and_confirm(form, {fields[-1]: ANSWER})
    await world.settle()
    assert len(await world.find(OutboxEntry, card="question_asked")) == 2, "one for the first, one for what is left"


@pytest.mark.parametrize(
    ("card", "after", "slot", "together"),
    [
        ("leave_ended", timedelta(seconds=40), "", True),
        ("leave_ended", timedelta(seconds=90), "", False),
        ("leave_ended", timedelta(seconds=40), "leave", False),  # of one matter the newer overtakes
        ("takeaway_in", timedelta(days=9), "", True),
        ("sheet_ready", timedelta(days=1), "", False),  # its moment would tell when the last presenter closed
        ("sign_in", timedelta(seconds=40), "", False),
    ],
)
async def test_what_comes_along_with_a_message(
    world: World, monkeypatch: pytest.MonkeyPatch, card: str, after: timedelta, slot: str, together: bool
) -> None:
    async def build(ctx: Context, entry: OutboxEntry) -> Card:
        return Card(f"notice.{entry.card}", entry.id, (Text(line(entry.id)),), (), entry.id)

    for name in (card, "leave_ended"):
        monkeypatch.setitem(NOTICES, name, replace(NOTICES[name], build=build))
    async with world.store.begin(ORGANISATION) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        await work.tell(person_id("b"), card, "waits", slot=slot, at=work.now + after)
        await work.tell(person_id("b"), "leave_ended", "now", slot=slot)
        await uow.commit()
    await world.settle()
    await world.advance(minutes=1)
    (waits,) = await world.find(OutboxEntry, subject="waits")
    (now,) = await world.find(OutboxEntry, subject="now")
    assert ("carrier" in waits.args or "carrier" in now.args) is together


async def test_where_a_round_has_brought_enough_a_reminder_comes_only_along_with_another_message(world: World) -> None:
    at = await scene(world)
    (round_,) = await world.find(Round, id=at.case.round)
    for person in "be":
        await _brought(world, person, round_.id, 5)
    await world.advance(days=7)  # two working days before the due day, and that day
    told = await sent(world, "reminder")
    assert set(told) & set("be") == set()
    async with world.store.begin(ORGANISATION) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        await work.tell(person_id("b"), "leave_ended", "now", day="1 Dec")
        await uow.commit()
    await world.settle()
    (carried,) = (await sent(world, "reminder"))["b"]
    assert carried.args["carrier"]
    assert "e" not in await sent(world, "reminder")


@pytest.mark.parametrize(("role", "most"), [(None, 5), (Role.SUPERVISOR, 6)])
async def test_how_much_a_round_may_bring(world: World, role: Role | None, most: int) -> None:
    at = await scene(world)
    (round_,) = await world.find(Round, id=at.case.round)
    async with world.store.begin(ORGANISATION) as uow:
        person = await uow.get(Person, person_id("e"))
        person = await uow.save(replace(person, roles=person.roles | ({role} if role else set())))
        await uow.commit()
    had = len({e.delivered_id for e in await world.find(OutboxEntry, person=person.id) if e.delivered_id})
    for number in range(had, most + 1):
        async with world.store.begin(ORGANISATION, write=False) as uow:
            room = await has_room(Work(uow, world.clock.now(), world.tools), person, round_.id)
        assert room is (number < most), number
        await _brought(world, "e", round_.id, 1, first=number)


async def _brought(world: World, key: str, round_: str, many: int, first: int = 0) -> None:
    """Messages of a round that somebody got."""
    now = world.clock.now()
    async with world.store.begin(ORGANISATION) as uow:
        for number in range(first, first + many):
            id = f"outbox_{key}_{number}"
            await uow.add(
                OutboxEntry(
                    id=id,
                    organisation=ORGANISATION,
                    dedupe=id,
                    person=person_id(key),
                    card="round_moved",
                    subject=round_,
                    created_at=now,
                    due_at=now,
                    sent_at=now,
                    delivered_id=id,
                )
            )
        await uow.commit()


async def test_one_date_brings_one_message_though_the_sender_looks_before_the_last_step_is_done(world: World) -> None:
    """As in a running program, where the ticker and the sender do not wait for each other."""
    tools = replace(world.tools, gather=timedelta(seconds=2))
    world.ticker.tools = world.dispatcher.tools = tools
    nine = world.clock.now() + timedelta(days=1)  # in Berlin
    world.clock.advance_to(nine - timedelta(hours=12))
    await _tells(world, "night", by_date=False)
    await world.dispatcher.drain()
    world.clock.advance_to(nine)
    await world.dispatcher.drain()
    world.clock.advance_to(nine + timedelta(seconds=1))
    await _tells(world, "first step", by_date=True)
    await world.dispatcher.drain()
    world.clock.advance_to(nine + timedelta(seconds=2))
    await _tells(world, "second step", by_date=True)
    for second in range(2, 8):
        world.clock.advance_to(nine + timedelta(seconds=second))
        await world.dispatcher.drain()
    entries = (await sent(world, "leave_ended"))["b"]
    assert len(entries) == 3
    assert len({entry.args.get("carrier", entry.id) for entry in entries}) == 1


async def _tells(world: World, what: str, *, by_date: bool) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        work = Work(uow, world.clock.now(), world.ticker.tools, by_date=by_date)
        await work.tell(person_id("b"), "leave_ended", what, day=what)
        await uow.commit()


async def test_what_a_risk_concern_brings_takes_no_room_from_the_round(world: World) -> None:
    at = await scene(world)
    for step in (stand_still, go_on, stand_still, go_on):
        async with world.store.begin(ORGANISATION) as uow:
            await step(Work(uow, world.clock.now(), world.tools), await uow.get(Case, at.case.id))
            await uow.commit()
        await world.advance(hours=1)
    rang = [m for user, m in world.platform.sent if user == person_id("e") and not m.replaces]
    assert len(rang) == 5, [m.card.title for m in rang]
    async with world.store.begin(ORGANISATION, write=False) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        assert await has_room(work, await uow.get(Person, person_id("e")), at.assignment.round)
