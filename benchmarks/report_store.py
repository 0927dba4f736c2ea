"""The quarterly report and one therapist's state with everything read from a database, at the size of a service.

A service in groups of 25 and 120 clinics on SQLite: five years of log entries, the cases and reviews of
the last months, filled by plain inserts.
"""

from __future__ import annotations

import asyncio
import gc
import random
import statistics
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, insert

from bot.anonymise import GateSettings
from bot.app.context import Context, Work
from bot.app.dependencies import Tools
from bot.app.facts.caseload import rhythm_of
from bot.app.facts.report_input import service
from bot.app.reports.handlers import answer, keep, make_report, prepare, to_show
from bot.app.steps.recount import AT_A_TIME, recount
from bot.app.steps.shown_report import show
from bot.demo.clock import VirtualClock
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Group, Membership, Organisation
from bot.domain.person import Contact, Person, Role
from bot.domain.policy import Policy
from bot.domain.round import Round
from bot.ports.records import LeaveEntry, LogEntry
from bot.ports.unit_of_work import Store
from bot.reports.periods import Quarter
from bot.runtime.holidays import HolidayCalendars
from bot.runtime.system import SystemIds, SystemRng
from bot.ui.inbound import ActionPressed, Actor
from storage import open_store
from storage.keys import KeyRing
from storage.mapping import to_row
from storage.migrate import upgrade
from storage.tables import TABLES, authorship
from tests.gate import GateInAWorker

ORG = "org_1"
NOW = datetime(2027, 1, 4, 9, tzinfo=UTC)
QUARTER = Quarter(2026, 4)
BEGAN = date(2022, 1, 3)
CLINICS = 120
ASKED = 300
"""Therapists whose state is asked for one by one."""
CHANGED, PAGES = 100, 20
T = TypeVar("T")


def measure(therapists: int) -> tuple[tuple[str, str, str], ...]:
    """Rows of "what, CPU time, limit"."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder), therapists))


async def _measure(folder: Path, therapists: int) -> tuple[tuple[str, str, str], ...]:
    url = f"sqlite:///{folder / 'service.sqlite3'}"
    upgrade(url)
    _fill(url, therapists)
    store = await open_store(url, KeyRing.load(file=str(folder / "key")), VirtualClock(NOW))
    tools = Tools(SystemIds(), SystemRng(), GateInAWorker(GateSettings()), HolidayCalendars(), "")
    chance = random.Random(1)
    async with store.begin(ORG, write=False) as uow:
        work = Work(uow, NOW, tools)
        people = [await uow.get(Person, f"p{chance.randrange(therapists)}") for _ in range(ASKED)]
        policy = Policy()
    each = []
    for person in people:
        async with store.begin(ORG, write=False) as uow:
            asked = Work(uow, NOW, tools)
            each.append((await _timed(partial(rhythm_of, asked, person, policy, for_others=False)))[0])
    async with store.begin(ORG, write=False) as uow:
        work = Work(uow, NOW, tools)
        read, facts = await _timed(lambda: service(work, QUARTER))
        assert len(facts.people) == therapists
    gc.collect()
    gc.freeze()  # as `serve` does once it has started
    anew, _ = await _timed(lambda: recount(store, ORG, NOW, tools))
    async with store.begin(ORG) as uow:
        work = Work(uow, NOW, tools)
        first, (_, to_keep) = await _timed(lambda: make_report(work, QUARTER))
        await keep(work, to_keep)
        await uow.commit()
    async with store.begin(ORG) as uow:
        for n in range(CHANGED):
            who = f"p{n * therapists // CHANGED}"
            await uow.add(LeaveEntry(f"later{n}", ORG, who, QUARTER.first, QUARTER.last, NOW, who))
        await uow.commit()
    async with store.begin(ORG, write=False) as uow:
        work = Work(uow, NOW, tools)
        whole, (report, _) = await _timed(lambda: make_report(work, QUARTER))
        assert report.rows[0].numbers
    again, _ = await _timed(lambda: recount(store, ORG, NOW, tools))
    async with store.begin(ORG) as uow:
        work = Work(uow, NOW, tools)
        shown = await to_show(work, QUARTER)
        assert shown
        await show(work, shown)
        await uow.commit()
    page = await _page(store, tools)
    await store.close()
    gc.unfreeze()
    typical, slow = statistics.median(each) * 1000, statistics.quantiles(each, n=100)[98] * 1000
    return (
        ("state of one therapist from the database, median", f"{typical:.1f} ms", "5 ms"),
        ("the same, 99th percentile", f"{slow:.1f} ms", "–"),
        (f"facts of a quarter of {therapists:,} therapists from the database", f"{read:.2f} s", "–"),
        (
            f"rows of {therapists:,} therapists and {AT_A_TIME} quarters, made once in the background",
            f"{anew:.1f} s",
            "–",
        ),
        (f"quarterly report of {therapists:,} therapists, asked for the first time", f"{first:.2f} s", "0.7 s"),
        (f"the same again, {CHANGED} leaves entered since the last hour", f"{whole:.2f} s", "0.7 s"),
        (f"the hour's recount: these {CHANGED}, and {AT_A_TIME} earlier quarters of everybody", f"{again:.1f} s", "–"),
        ("a manager's page of the report (median)", f"{page * 1000:.0f} ms", "50 ms"),
    )


async def _page(store: Store, tools: Tools) -> float:
    """A manager of one clinic asks for the quarter, by the handler and with the card."""
    async with store.begin(ORG) as uow:
        manager = Person("boss", ORG, "Boss", "boss@x.example", "c5", frozenset({Role.MANAGER}), NOW)
        await uow.add(manager)
        await uow.commit()
    await recount(store, ORG, NOW, tools)
    async with store.begin(ORG) as uow:
        shown = await to_show(Work(uow, NOW, tools), QUARTER)
        if shown:
            await show(Work(uow, NOW, tools), shown)
            await uow.commit()
    times = []
    for _ in range(PAGES):
        async with store.begin(ORG) as uow:
            ctx = Context(uow, NOW, tools, manager)
            event = ActionPressed(
                event_id="press", actor=Actor("web", ORG, "boss"), key="report.show", subject="2026-q4"
            )
            times.append((await _timed(partial(_shown, ctx, event)))[0])
    return statistics.median(times)


async def _shown(ctx: Context, event: ActionPressed) -> None:
    ctx.prepared = await prepare(ctx, event)
    await answer(ctx, event)


async def _timed(work: Callable[[], Awaitable[T]]) -> tuple[float, T]:
    """CPU seconds of this process, its database included."""
    start = process_time()
    result = await work()
    return process_time() - start, result


def _fill(url: str, therapists: int) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        _insert(connection, [Organisation(ORG, ORG, "Service", NOW)])
        _insert(connection, [Clinic(f"c{n}", ORG, f"Clinic {n}", "SE", "Europe/Stockholm") for n in range(CLINICS)])
        groups = range(therapists // 25)
        _insert(connection, [Group(f"g{n}", ORG, f"Group {n}", "Europe/Stockholm") for n in groups])
        moment = _at(BEGAN)
        _insert(connection, [Round(f"r{n}", ORG, f"g{n}", moment, moment, moment, seed=n) for n in groups])
        for number in range(therapists):
            kinds: dict[type[Any], list[Any]] = {}
            for record in _therapist(number, therapists):
                kinds.setdefault(type(record), []).append(record)
            for kind in (Person, Contact, Membership, LeaveEntry, Case, Assignment, LogEntry):
                _insert(connection, kinds.get(kind, []))
            cases = [{"case_id": c.id, "organisation": ORG, "person": f"p{number}"} for c in kinds.get(Case, [])]
            if cases:
                connection.execute(insert(authorship), cases)
    engine.dispose()


def _insert(connection: Connection, records: list[Any]) -> None:
    if records:
        connection.execute(insert(TABLES[type(records[0])]), [to_row(record) for record in records])


def _therapist(number: int, therapists: int) -> Iterator[Any]:
    """An event every 7 to 28 days for five years, every third one an own case; cases themselves for half a year."""
    chance, id, group = random.Random(number), f"p{number}", number // 25 % (therapists // 25)
    clinic = f"c{int(CLINICS * chance.random() ** 3)}"
    began, zone = _at(BEGAN), "Europe/Stockholm"
    yield Person(id, ORG, id, f"{id}@x.example", clinic, frozenset({Role.THERAPIST}), began, timezone=zone)
    yield Contact(f"con_{id}", ORG, id, "web", ORG, id, seen_at=began)
    yield Membership(f"mem_{id}", ORG, f"g{group}", id, BEGAN)
    for leave in range(chance.randint(3, 12)):
        first = BEGAN + timedelta(days=chance.randrange(1800))
        yield LeaveEntry(f"l_{id}_{leave}", ORG, id, first, first + timedelta(days=chance.randint(4, 60)), began, id)
    day, turn = BEGAN + timedelta(days=chance.randrange(14)), 0
    while day < NOW.date():
        role = "presenter" if turn % 3 == 0 else "reviewer"
        yield LogEntry(
            f"e_{id}_{turn}",
            ORG,
            f"case:{id}_{turn}:{id}",
            id,
            clinic,
            role,
            "icbt",
            (day,),
            day,
            20,
            3,
            _at(day),
            "round",
        )
        if role == "presenter" and day >= QUARTER.first - timedelta(days=90):
            case = f"{id}_{turn}"
            out = _at(day - timedelta(days=12))
            yield Case(
                case, ORG, f"g{group}", f"C{case}", "icbt", "sv", 2, out, round=f"r{group}", published_at=out,
                released_at=_at(day - timedelta(days=4)), closed_at=_at(day),
            )  # fmt: skip
            for letter in "AB":
                yield Assignment(
                    f"s_{case}_{letter}", ORG, case, f"r{group}", f"p{chance.randrange(number + 1)}", letter, out,
                    published_at=out, submitted_at=_at(day - timedelta(days=6)),
                )  # fmt: skip
        day += timedelta(days=chance.randint(7, 28))
        turn += 1


def _at(day: date) -> datetime:
    return datetime.combine(day, time(10), UTC)
