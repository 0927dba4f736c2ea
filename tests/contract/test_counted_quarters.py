"""People's counted quarters are equal to the computation from the facts at all times, on every store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, cast

import pytest

from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.steps import recount as step
from bot.app.steps.quarter_rows import from_facts, sheets_of
from bot.app.steps.recount import differences, recount, recount_everything
from bot.demo.clock import VirtualClock
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Closure, Group, Membership, Organisation
from bot.domain.person import Person, Role
from bot.domain.round import Round
from bot.ports import recount as marking
from bot.ports.records import (
    CountedQuarter,
    ExperienceEntry,
    FteEntry,
    LeaveEntry,
    LimitEntry,
    LogEntry,
    ModeEntry,
    PersonQuarter,
    RecountMark,
)
from bot.ports.unit_of_work import Store, UnitOfWork
from bot.reports.periods import Quarter
from bot.reports.sheets import dump_sheet, load_sheet
from storage.memory import MemoryStore
from tests.gate import NOBODY
from tests.world import SeededRng, SequentialIds

ORG = "org"
BEGAN, NOW = date(2026, 5, 4), datetime(2027, 1, 18, 8, tzinfo=UTC)
QUARTERS = [Quarter(2026, 2), Quarter(2026, 3), Quarter(2026, 4), Quarter(2027, 1)]
PEOPLE, GROUPS, CLINICS = 6, 2, 2
TOOLS = Tools(SequentialIds(), SeededRng(1), NOBODY, NOBODY, "")


@dataclass
class Service:
    """A small service whose facts change by chance."""

    store: Store
    chance: Random
    number: int = 0

    async def founded(self) -> Service:
        """Two clinics, two groups, six people, a round a month."""
        async with self.store.begin(ORG) as uow:
            await uow.add(Organisation(ORG, ORG, "Service", self.at(BEGAN)))
            for n in range(CLINICS):
                await uow.add(Clinic(f"c{n}", ORG, f"Clinic {n}", "SE", "Europe/Stockholm"))
            for n in range(GROUPS):
                await uow.add(Group(f"g{n}", ORG, f"Group {n}", "Europe/Stockholm"))
            for n in range(PEOPLE):
                roles = frozenset({Role.THERAPIST})
                zone = ("Europe/Stockholm", "Pacific/Auckland")[n % 2]
                await uow.add(
                    Person(f"p{n}", ORG, f"P{n}", f"{n}@x.example", f"c{n % 2}", roles, NOW, timezone=zone),
                    Membership(f"m{n}", ORG, f"g{n % 2}", f"p{n}", BEGAN),
                )
            await uow.commit()
        return self

    def at(self, day: date) -> datetime:
        """A moment of a day; by chance at its edge, where the zones disagree about the day."""
        return datetime.combine(day, time(self.chance.choice((0, 9, 23))), UTC)

    def day(self) -> date:
        """Some day of the year."""
        return BEGAN + timedelta(days=self.chance.randrange(260))

    def person(self) -> str:
        return f"p{self.chance.randrange(PEOPLE)}"

    def new(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"

    async def change(self, uow: UnitOfWork) -> None:
        """One change of any kind of fact."""
        await self.chance.choice(CHANGES)(self, uow)

    async def read(self, quarter: Quarter) -> tuple[object, object]:
        """What readers get, and what the facts give."""
        async with self.store.begin(ORG, write=False) as uow:
            work = Work(uow, NOW, TOOLS)
            facts = await from_facts(work, quarter)
            return await sheets_of(work, quarter), {person: sheet for person, (_, sheet) in facts.items()}


async def a_case_goes_out(it: Service, uow: UnitOfWork) -> None:
    day, group = it.day(), f"g{it.chance.randrange(GROUPS)}"
    out, round_, case = it.at(day), it.new("r"), it.new("case")
    await uow.add(Round(round_, ORG, group, out, out, out, 1, published_at=out, passed=(it.person(),)))
    await uow.add(Case(case, ORG, group, case, "icbt", "en", 2, out - timedelta(days=3), round=round_))
    await uow.set_presenter(case, it.person())
    kept = await uow.get(Case, case)
    await uow.save(replace(kept, published_at=out, themes=("sleep",)))
    for letter in "AB":
        await uow.add(
            Assignment(
                it.new("s"), ORG, case, round_, it.person(), letter, out, published_at=out,
                due_at=it.at(day + timedelta(days=7)),
            )
        )  # fmt: skip


async def a_case_moves_on(it: Service, uow: UnitOfWork) -> None:
    cases = await uow.find(Case, closed_at=None, withdrawn_at=None)
    if cases:
        case = it.chance.choice(cases)
        later = (case.published_at or NOW) + timedelta(days=it.chance.randrange(1, 30))
        name = it.chance.choice(("released_at", "closed_at", "withdrawn_at", "held_at"))
        changes: dict[str, Any] = {name: later}
        await uow.save(replace(case, **changes))


async def a_review_moves_on(it: Service, uow: UnitOfWork) -> None:
    found = await uow.find(Assignment, submitted_at=None, ended_at=None)
    if not found:
        return
    review = it.chance.choice(found)
    later = it.at(review.assigned_at.date() + timedelta(days=it.chance.randrange(1, 40)))
    late = review.due_at is not None and later > review.due_at
    changes: tuple[dict[str, Any], ...] = (
        {"submitted_at": later, "late": late}, {"ended_at": later, "end_reason": "declined"}, {"not_reached_at": later},
        {"due_at": later},
    )  # fmt: skip
    await uow.save(replace(review, **it.chance.choice(changes)))


async def a_review_is_taken_away(it: Service, uow: UnitOfWork) -> None:
    if found := await uow.find(Assignment):
        await uow.remove(Assignment, it.chance.choice(found).id)


async def an_entry_is_made(it: Service, uow: UnitOfWork) -> None:
    id, day, who = it.new("e"), it.day(), it.person()
    counts_on = day - timedelta(days=it.chance.randrange(20)) if it.chance.random() < 0.5 else None
    role = it.chance.choice(("presenter", "reviewer", "supervisor"))
    await uow.add(LogEntry(id, ORG, id, who, "c0", role, "icbt", (day,), day, 20, 2, NOW, who, counts_on=counts_on))


async def an_entry_is_corrected(it: Service, uow: UnitOfWork) -> None:
    entries = await uow.find(LogEntry, corrects=None)
    if not entries:
        return
    first = it.chance.choice(entries)
    chain = [first, *await uow.find(LogEntry, corrects=first.id)]
    last = max(chain, key=lambda each: each.recorded_at)
    day = it.day() if it.chance.random() < 0.7 else last.day
    moved = first.days[0] if day != last.day or last.moved_from else None
    id, then = it.new("e"), last.recorded_at + timedelta(minutes=1)
    await uow.add(
        replace(
            last, id=id, source=id, day=day, days=(day,), corrects=first.id, recorded_at=then, moved_from=moved,
            counts_on=None if moved else last.counts_on, withdrawn=it.chance.random() < 0.3,
        )
    )  # fmt: skip


async def somebody_is_away(it: Service, uow: UnitOfWork) -> None:
    day, who = it.day(), it.person()
    last = day + timedelta(days=it.chance.randrange(60)) if it.chance.random() < 0.8 else None
    await uow.add(LeaveEntry(it.new("l"), ORG, who, day, last, NOW, who))


async def a_leave_is_given_up(it: Service, uow: UnitOfWork) -> None:
    if found := await uow.find(LeaveEntry, cancelled_at=None):
        await uow.save(replace(it.chance.choice(found), cancelled_at=NOW))


async def somebody_switches(it: Service, uow: UnitOfWork) -> None:
    who = it.person()
    await uow.add(ModeEntry(it.new("m"), ORG, who, it.chance.choice(("icbt", "f2f")), it.day(), NOW, who))


async def somebody_is_a_novice(it: Service, uow: UnitOfWork) -> None:
    who = it.person()
    await uow.add(ExperienceEntry(it.new("x"), ORG, who, it.day() - timedelta(days=it.chance.randrange(300)), NOW, who))


async def a_clinic_closes(it: Service, uow: UnitOfWork) -> None:
    day = it.day()
    last = day + timedelta(days=it.chance.randrange(20))
    await uow.add(Closure(it.new("z"), ORG, f"c{it.chance.randrange(CLINICS)}", day, last))


async def a_clinic_opens_again(it: Service, uow: UnitOfWork) -> None:
    if found := await uow.find(Closure):
        await uow.remove(Closure, it.chance.choice(found).id)


async def somebody_moves(it: Service, uow: UnitOfWork) -> None:
    person = await uow.get(Person, it.person())
    await uow.save(replace(person, clinic=f"c{it.chance.randrange(CLINICS)}"))


async def somebody_leaves_or_joins(it: Service, uow: UnitOfWork) -> None:
    held = it.chance.choice(await uow.find(Membership))
    if held.left_on is None and it.chance.random() < 0.5:
        await uow.save(replace(held, left_on=max(held.joined_on, it.day())))
    else:
        await uow.add(Membership(it.new("joined"), ORG, f"g{it.chance.randrange(GROUPS)}", held.person, it.day()))


async def a_presenter_changes(it: Service, uow: UnitOfWork) -> None:
    if found := await uow.find(Case):
        case = it.chance.choice(found).id
        if it.chance.random() < 0.5:
            await uow.set_presenter(case, it.person())
        else:
            await uow.forget_presenter(case)


async def a_group_has_other_targets(it: Service, uow: UnitOfWork) -> None:
    group = await uow.get(Group, f"g{it.chance.randrange(GROUPS)}")
    await uow.save(replace(group, policy={"comment_working_days": it.chance.randrange(3, 20)}))


async def the_organisation_has_other_targets(it: Service, uow: UnitOfWork) -> None:
    whole = await uow.get(Organisation, ORG)
    await uow.save(replace(whole, policy={"comment_working_days": it.chance.randrange(3, 20)}))


async def a_round_is_cancelled(it: Service, uow: UnitOfWork) -> None:
    if found := await uow.find(Round, cancelled_at=None):
        await uow.save(replace(it.chance.choice(found), cancelled_at=NOW))


Change = Callable[[Service, UnitOfWork], Awaitable[None]]
CHANGES: Sequence[Change] = (
    *[a_case_goes_out, a_case_moves_on, a_review_moves_on, an_entry_is_made, an_entry_is_corrected] * 3,
    *(a_review_is_taken_away, somebody_is_away, a_leave_is_given_up, somebody_switches, somebody_is_a_novice),
    *(a_clinic_closes, a_clinic_opens_again, somebody_moves, somebody_leaves_or_joins, a_presenter_changes),
    *(a_group_has_other_targets, the_organisation_has_other_targets, a_round_is_cancelled),
)


STEPS = 25
"""Times the facts change in one play."""


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(more, marks=pytest.mark.slow) for more in (2, 3))])
async def test_rows_are_what_the_facts_give_whatever_changes(store: Store, seed: int) -> None:
    """Facts change, are read and counted anew by chance; what is read is what the facts give."""
    it = await Service(store, Random(seed)).founded()
    for number in range(STEPS):
        async with it.store.begin(ORG) as uow:
            for _ in range(it.chance.randrange(1, 4)):
                await it.change(uow)
            await uow.commit()
        if it.chance.random() < 0.4:
            await recount(it.store, ORG, NOW, TOOLS)
        quarter = it.chance.choice(QUARTERS)
        read, facts = await it.read(quarter)
        assert read == facts, (number, quarter)
    await recount_everything(it.store, ORG, NOW, TOOLS)
    async with it.store.begin(ORG, write=False) as uow:
        work = Work(uow, NOW, TOOLS)
        assert await differences(work) == []
        assert await uow.count(CountedQuarter) == len(QUARTERS)
        assert await uow.count(PersonQuarter) == sum([len(await from_facts(work, each)) for each in QUARTERS])


async def test_every_kind_of_fact_that_is_counted_marks_what_it_overtakes() -> None:
    """Whatever counting asks for; a clinic's name is read with the rows, posts and limits change no number."""
    it = await Service(MemoryStore(VirtualClock(NOW)), Random(3)).founded()
    for _ in range(10):
        async with it.store.begin(ORG) as uow:
            await it.change(uow)
            await uow.commit()
    async with it.store.begin(ORG, write=False) as uow:
        asked = Asked(uow)
        await from_facts(Work(cast("UnitOfWork", asked), NOW, TOOLS), QUARTERS[1])
        await from_facts(Work(cast("UnitOfWork", asked), NOW, TOOLS), QUARTERS[1], ["p1"])
    assert {kind for kind in asked.kinds if not marking.counted(kind)} == {Clinic, FteEntry, LimitEntry}


class Asked:
    """A unit of work that notes which kinds of records it was asked for."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self.kinds = set[type[Any]]()

    def __getattr__(self, name: str) -> Any:
        whole = getattr(self._uow, name)
        if name not in {"find", "columns", "get", "one", "count"}:
            return whole

        def noting(kind: type[Any], *args: Any, **conditions: Any) -> Any:
            self.kinds.add(kind)
            return whole(kind, *args, **conditions)

        return noting


async def test_a_fact_that_comes_while_rows_are_made_is_not_lost(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    it = await Service(store, Random(1)).founded()
    await recount_everything(store, ORG, NOW, TOOLS)
    entry = LogEntry("e", ORG, "e", "p0", "c0", "reviewer", "icbt", (BEGAN,), BEGAN, 20, 2, NOW, "p0")
    later = replace(entry, id="f", source="f", day=date(2026, 5, 20), days=(date(2026, 5, 20),))
    counted, waiting = from_facts, [later]

    async def meanwhile(*args: Any) -> Any:
        found = await counted(*args)
        if waiting:
            async with store.begin(ORG) as other:
                await other.add(waiting.pop())
                await other.commit()
        return found

    async with store.begin(ORG) as uow:
        await uow.add(entry)
        await uow.commit()
    monkeypatch.setattr(step, "from_facts", meanwhile)
    await recount(store, ORG, NOW, TOOLS)
    monkeypatch.undo()
    read, facts = await it.read(QUARTERS[0])
    assert read == facts
    await recount(store, ORG, NOW, TOOLS)
    async with store.begin(ORG, write=False) as uow:
        assert await differences(Work(uow, NOW, TOOLS)) == []
        assert await uow.count(RecountMark) == 0


async def test_a_row_that_was_spoilt_is_found(store: Store) -> None:
    await Service(store, Random(1)).founded()
    await recount_everything(store, ORG, NOW, TOOLS)
    async with store.begin(ORG) as uow:
        (row,) = await uow.find(PersonQuarter, person="p0", year=2026, number=3)
        await uow.save(replace(row, data=dump_sheet(load_sheet("", row.data)._replace(reviews=7))))
        (gone,) = await uow.find(PersonQuarter, person="p1", year=2026, number=3)
        await uow.remove(PersonQuarter, gone.id)
        await uow.commit()
    async with store.begin(ORG, write=False) as uow:
        found = await differences(Work(uow, NOW, TOOLS))
    assert [(each.person, each.what) for each in found] == [("p1", ("missing",)), ("p0", ("reviews",))]
