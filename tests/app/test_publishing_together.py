"""Rounds of the same minute share a unit of work: each is planned as it would be alone, with fewer questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.app.caching_uow import Remembering
from bot.app.timers import TOGETHER
from bot.demo.clinic import ORGANISATION
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Membership
from bot.domain.round import Round
from bot.ports.records import Session, Timer
from bot.ports.unit_of_work import NotFound
from bot.scale.service import PUBLISHED_IN, Size, group_id, person_of, presenters, records
from storage.memory.work import MemoryWork
from tests.gate import rules_alone
from tests.world import World, make_world

GROUPS = 5
ASKS = ("find", "columns", "get", "presenters")


async def due_rounds() -> World:
    """Five groups whose rounds are published in a moment; two people belong to two of them."""
    world = await make_world(rules_alone())
    size = Size(GROUPS, 3)
    async with world.store.begin(ORGANISATION) as uow:
        for record in records(ORGANISATION, size, world.clock.now()):
            if isinstance(record, Timer):
                await uow.wake(record.what, record.subject, record.at)
            elif not isinstance(record, Session) and type(record).__name__ != "AuditEntry":
                await uow.add(record)
        for case, person in presenters(size):
            await uow.set_presenter(case, person)
        today = world.clock.now().date() - timedelta(days=40)
        for n, (group, person) in enumerate(((1, person_of(0, 1)), (0, person_of(1, 2)))):
            await uow.add(Membership(f"mem_twice_{n}", ORGANISATION, group_id(group), person, today))
        await uow.commit()
    world.clock.advance_to(world.clock.now() + PUBLISHED_IN + timedelta(seconds=1))
    return world


async def given(world: World) -> Mapping[str, set[str]]:
    """Who reviews which case of the rounds that went out now."""
    await world.ticker.tick()
    fresh = [r.id for r in await world.find(Round, published_at__ge=world.clock.now() - timedelta(minutes=1))]
    assert len(fresh) == GROUPS
    found: dict[str, set[str]] = {}
    for each in await world.find(Assignment, round__in=fresh, ended_at=None, published_at__not=None):
        found.setdefault(each.case, set()).add(each.reviewer)
    return found


def counting(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    counted: Counter[str] = Counter()
    for name in ASKS:
        original = getattr(MemoryWork, name)

        def ask(self: Any, *args: Any, _name: str = name, _original: Any = original, **given: Any) -> Any:
            counted[_name] += 1
            return _original(self, *args, **given)

        monkeypatch.setattr(MemoryWork, name, ask)
    return counted


async def test_rounds_published_together_are_planned_as_they_are_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where somebody's reviews of one count against their cap in the next; and less is asked for each."""
    assert TOGETHER["round.publish"] == GROUPS
    plans, questions = [], []
    for together in (TOGETHER, {}):
        world = await due_rounds()
        with monkeypatch.context() as patched:
            patched.setattr("bot.runtime.ticker.TOGETHER", together)
            counted = counting(patched)
            plans.append(await given(world))
            questions.append(counted.total())
    assert plans[0] == plans[1]
    assert len(plans[0]) > GROUPS
    assert questions[0] < 0.8 * questions[1], questions


async def test_one_round_that_breaks_keeps_none_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await due_rounds()
    broken = f"rnd_{2:05}_4"
    real = MemoryWork.save

    async def save(self: Any, record: Any) -> Any:
        if isinstance(record, Round) and record.id == broken:
            raise ZeroDivisionError
        return await real(self, record)

    with monkeypatch.context() as patched:
        patched.setattr(MemoryWork, "save", save)
        await world.ticker.tick()
    rounds = await world.find(Round, published_at__ge=world.clock.now() - timedelta(minutes=1))
    assert broken not in {each.id for each in rounds}
    assert len(rounds) == GROUPS - 1


async def test_who_presents_is_remembered_until_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await due_rounds()
    counted = counting(monkeypatch)
    async with world.store.begin(ORGANISATION) as uow:
        case, other = (await uow.find(Case, limit=2))[:2]
        before, reads = await uow.presenter(case.id), Remembering(uow)
        counted.clear()
        found = [await reads.presenter(case.id), *(await reads.presenters([case.id])).values()]
        assert found == [before, before]
        assert counted["presenters"] == 1
        await reads.set_presenter(case.id, person_of(4, 4))
        assert await reads.presenter(case.id) == person_of(4, 4)
        await reads.forget_presenter(case.id)
        assert await reads.presenters([case.id, other.id]) == {other.id: await uow.presenter(other.id)}
        with pytest.raises(NotFound):
            await reads.presenter(case.id)


async def test_what_was_found_among_others_is_read_anew_once_it_was_saved() -> None:
    world = await due_rounds()
    async with world.store.begin(ORGANISATION) as uow:
        reads = Remembering(uow)
        case = (await reads.find(Case))[0]
        assert await reads.get(Case, case.id) is case
        await reads.save(replace(case, week=7))
        assert (await reads.get(Case, case.id)).week == 7
