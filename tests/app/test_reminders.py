"""Reminders as people get them: in their own working hours, one message a day, quiet when they should be."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.demo.texts import REVIEWS
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Closure, Group
from bot.domain.person import Person
from bot.domain.round import Round
from bot.ports.records import OutboxEntry
from bot.ui.inbound import Done
from tests.app.published_round import published, who
from tests.world import World

KIEL = ZoneInfo("Europe/Berlin")
THURSDAY_BEFORE_EASTER_WEEK = datetime(2027, 3, 18, 9, tzinfo=UTC)


async def to(world: World, moment: datetime) -> None:
    await world.advance(seconds=(moment - world.clock.now()).total_seconds())


async def sent(world: World, card: str, person: str = "") -> list[OutboxEntry]:
    """Notices that went out, each with the moment at which it did, alone or among others."""
    conditions = {"person": person} if person else {}
    entries = await world.find(OutboxEntry, card=card, **conditions)
    carriers = {e.id: e for e in await world.find(OutboxEntry, sent_at__not=None)}
    out = [replace(e, sent_at=carriers[by].sent_at) for e in entries if (by := e.args.get("carrier", e.id)) in carriers]
    return sorted(out, key=lambda e: (e.sent_at, e.id))


async def reminded_at(world: World, person: str) -> list[datetime]:
    return [e.sent_at.astimezone(KIEL) for e in await sent(world, "reminder", person) if e.sent_at]


async def test_the_reminder_of_easter_monday_goes_out_on_tuesday_at_nine_summer_time(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        group = await uow.get(Group, GROUP)
        await uow.save(replace(group, policy={"reminder_after_days": 4}))  # four days after Thursday is Easter Monday
        await uow.commit()
    await to(world, THURSDAY_BEFORE_EASTER_WEEK)
    assignments = await published(world)
    reviewer = next(s.reviewer for s in assignments if s.reviewer in {person_id("a"), person_id("b"), person_id("s")})
    due = {s.due_at for s in assignments if s.reviewer == reviewer}
    assert due == {datetime(2027, 3, 25, 23, 59, tzinfo=KIEL).astimezone(UTC)}
    await to(world, datetime(2027, 4, 5, tzinfo=UTC))
    assert await reminded_at(world, reviewer) == [
        datetime(2027, 3, 23, 9, tzinfo=KIEL),
        datetime(2027, 3, 25, 9, tzinfo=KIEL),
        datetime(2027, 3, 30, 9, tzinfo=KIEL),
    ]
    assert (await reminded_at(world, reviewer))[-1].astimezone(UTC).hour == 7


async def test_one_message_a_day_in_working_hours_and_the_supervisor_is_told_at_plus_three(world: World) -> None:
    assignments = await published(world)
    twice = Counter(s.reviewer for s in assignments)
    assert max(twice.values()) == 2  # somebody has two reviews and still gets one message
    await world.advance(days=15)
    for reviewer in twice:
        days = [at.date() for at in await reminded_at(world, reviewer)]
        assert len(days) == len(set(days)) == 3
        person = (await world.find(Person, id=reviewer))[0]
        for entry in await sent(world, "reminder", reviewer):
            assert entry.sent_at is not None
            local = entry.sent_at.astimezone(ZoneInfo(person.timezone))
            assert (local.hour, local.weekday() < 5) == (9, True)
    told = await sent(world, "reviewer_late", person_id("s"))
    assert {e.sent_at.astimezone(KIEL).date().isoformat() for e in told if e.sent_at} == {"2027-01-28"}
    late = [m for _, m in world.platform.sent if m.card.key == "notice.late_reviews"]
    assert sum(not message.replaces for message in late) == 1  # one message, brought up to date
    others = [a for a in assignments if a.reviewer != person_id("s")]  # nobody is told of their own like a stranger's
    assert len(late[-1].card.body[1:]) == len(others)


async def test_a_case_on_hold_is_quiet_for_everybody(world: World) -> None:
    assignments = await published(world)
    held = assignments[0]
    form = await who(held, world).open("risk.raise", held.case)
    await who(held, world).send(form, {})
    await world.settle()
    for assignment in assignments:
        if assignment.case != held.case:
            await world.player("s").press("review.reassign", assignment.id)
    await world.advance(days=15)
    late = [card for card in world.inbox("s") if card.key == "notice.late_reviews"]
    (case,) = await world.find(Case, id=held.case)
    assert case.held_at is not None
    assert case.code not in str(late[-1])
    (assignment,) = await world.find(Assignment, id=held.id)
    assert assignment.supervisor_told_at is None


async def test_a_person_who_works_monday_to_wednesday_is_not_written_to_on_a_thursday(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        for key in "abcdefgs":
            person = await uow.get(Person, person_id(key))
            await uow.save(replace(person, weekdays=(0, 1, 2)))
        await uow.commit()
    assignments = await published(world)  # Monday 18 January: due on the 25th, a Monday
    await world.advance(days=15)
    for assignment in assignments:
        assert {at.weekday() for at in await reminded_at(world, assignment.reviewer)} <= {0, 1, 2}
        assert assignment.due_at is not None
        assert assignment.due_at.astimezone(KIEL).weekday() in {0, 1, 2}


async def test_reminders_missed_while_the_program_was_down_are_one(world: World) -> None:
    assignments = await published(world)
    world.clock.advance(timedelta(days=10, hours=3))  # nobody ticked
    await world.settle()
    await world.advance(days=1)
    for reviewer in {s.reviewer for s in assignments}:
        assert (await world.told(reviewer.removeprefix(person_id("")))).count("reminder") == 1


@pytest.mark.slow
async def test_missed_reviews_are_asked_about_in_private_and_nobody_is_removed(world: World) -> None:
    question: list[int] = []
    told: list[int] = []
    silent = ""
    for number in range(3):
        assignments = await published(world)
        silent = silent or assignments[0].reviewer
        await world.advance(days=3)
        for count, assignment in enumerate(await world.find(Assignment, round=assignments[0].round, ended_at=None)):
            if assignment.reviewer != silent:
                form = await who(assignment, world).open("review.open", assignment.id)
                reflection, suggestion = REVIEWS[count % len(REVIEWS)]
                await who(assignment, world).send_and_confirm(
                    form, {"reflection": reflection, "suggestion": suggestion}
                )
        await world.advance(days=25)
        assert not [r for r in await world.find(Round, closed_at=None) if number]
        question.append(len(await sent(world, "missed_question")))
        told.append(len(await sent(world, "missed_supervisor")))
    assert question[0] <= question[1]
    assert (question[-1], told[-1]) == (1, 1)
    assert {e.person for e in await sent(world, "missed_question")} == {silent}
    assert {e.person for e in await sent(world, "missed_supervisor")} == {person_id("s")}
    key = silent.rpartition("_")[2]
    assert isinstance(await world.player(key).press("missed.help"), Done)
    await world.settle()
    assert [c for c in world.inbox("s") if c.key == "notice.missed_help"]


async def test_the_supervisor_hears_three_working_days_before_somebody_returns_from_a_long_leave(world: World) -> None:
    await world.player("a").type("/caseload leave for 10 weeks")  # ten weeks; back on Easter Monday, so on Tuesday
    await world.player("b").type("/caseload leave until 29 Jan")
    await to(world, datetime(2027, 4, 1, tzinfo=UTC))
    told = await sent(world, "returning")
    assert [e.person for e in told] == [person_id("s")]
    assert told[0].sent_at == datetime(2027, 3, 23, 8, tzinfo=UTC)


async def test_nothing_is_sent_in_a_closure(world: World) -> None:
    assignments = await published(world)
    async with world.store.begin(ORGANISATION) as uow:
        for clinic in await uow.find(Clinic):
            first = world.clock.now().date() + timedelta(days=1)
            await uow.add(Closure(f"clo_{clinic.id}", ORGANISATION, clinic.id, first, first + timedelta(days=20)))
        await uow.commit()
    await world.advance(days=20)
    assert await sent(world, "reminder") == []
    assert await sent(world, "reviewer_late") == []
    assert assignments
