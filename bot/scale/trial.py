"""`intervision check --scale N`: a throw-away database with so many invented people, and what hurts first in it.

Pages are asked for as the program answers them, without the wire; each is asked once before it counts, as
statements are compiled once. Nothing of the installation is read or changed.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

from bot.anonymise import GateSettings
from bot.app.dependencies import Tools
from bot.app.entry import Entry
from bot.app.steps.retention_run import purge, purge_expired
from bot.domain.organisation import Organisation
from bot.domain.person import Contact, Person, Role
from bot.log import Silent
from bot.runtime.gate_process import GateProcess
from bot.runtime.holidays import HolidayCalendars
from bot.runtime.system import SystemClock, SystemIds, SystemRng
from bot.runtime.ticker import Ticker
from bot.scale.service import MEMBERS, Size, group_id, notices, person_of, presenters, records
from bot.ui.inbound import ActionPressed, Actor, HomeOpened
from storage import open_store
from storage.cost import Meter
from storage.fill import fill
from storage.keys import KeyRing
from storage.migrate import upgrade
from storage.store import SqlStore

ORGANISATION = "org_invented"
PAGE, JOB = 100.0, 200.0
"""Milliseconds of processor time that a page, or one look of a job, should stay below."""
SMALLER = 4
"""Everything is asked of a service of this part of the size, too, to see how it grows."""
STEEP = 1.1
TIMES = 3
"""Each is asked so often, and the least of it told: other work on the machine only adds."""
LEAST = 1.0
"""Milliseconds below which growth is not worth a word."""


@dataclass(frozen=True)
class Asked:
    """What one page or job took: milliseconds of processor time, statements, rows read."""

    name: str
    milliseconds: float
    limit: float
    statements: int
    rows: int
    growth: float = 0.0
    """Exponent of its rows from the smaller service to this one; 1 is in step with the service."""

    @property
    def hurts(self) -> bool:
        """Whether it takes longer than it should, or grows faster than the service."""
        return self.milliseconds > self.limit or (self.growth > STEEP and self.milliseconds > LEAST)


@dataclass(frozen=True)
class Tried:
    """A service of a size with what was asked of it, what hurts most first."""

    people: int
    rows: int
    megabytes: float
    seconds: float
    asked: Sequence[Asked]


async def tried(people: int, folder: Path) -> Tried:
    """Fill two throw-away databases in a folder, ask everything, and compare."""
    _, small = await ask_all(max(MEMBERS, people // SMALLER), f"sqlite:///{folder / 'smaller.sqlite3'}")
    filled, large = await ask_all(people, f"sqlite:///{folder / 'service.sqlite3'}")
    before = {each.name: each.rows for each in small}
    found = [
        Asked(e.name, e.milliseconds, e.limit, e.statements, e.rows, _exponent(before[e.name], e.rows)) for e in large
    ]
    size = (folder / "service.sqlite3").stat().st_size / 1e6
    return Tried(
        people, filled.rows, size, filled.seconds, sorted(found, key=lambda each: -each.milliseconds / each.limit)
    )


def _exponent(small: int, large: int) -> float:
    return math.log(max(large, 1) / max(small, 1)) / math.log(SMALLER)


@dataclass(frozen=True)
class Service:
    """What an empty database was filled with, and the seconds that took."""

    rows: int
    seconds: float


async def ask_all(people: int, url: str, rounds: int = 6) -> tuple[Service, list[Asked]]:
    """Fill an empty database with a service of so many people and closed rounds of each group, and ask everything."""
    clock, size = SystemClock(), Size(-(-people // MEMBERS), rounds)
    began, now = perf_counter(), clock.now()
    upgrade(url)
    store = await open_store(url, KeyRing.of(b"throw away this key at the end.."), clock)
    assert isinstance(store, SqlStore)
    async with store.begin(ORGANISATION) as uow:
        await uow.add(Organisation(ORGANISATION, ORGANISATION, "Invented service", now))
        await uow.commit()
    keys = (key for _, key in notices(size, ORGANISATION))
    rows = fill(url, ORGANISATION, records(ORGANISATION, size, now), presenters(size), keys)
    async with store.begin(ORGANISATION) as uow:
        for id, roles in (("administrator", {Role.ADMIN, Role.MANAGER}), ("supervisor_of_all", {Role.SUPERVISOR})):
            email = f"{id}@service.example"
            await uow.add(Person(id, ORGANISATION, id.title(), email, "cli_00000", frozenset(roles), now))
            await uow.add(Contact(f"con_{id}", ORGANISATION, id, "web", ORGANISATION, id, seen_at=now))
        await uow.commit()
    seconds = perf_counter() - began
    asked = await _costs(store, clock, f"rnd_00000_{rounds}")
    await store.close()
    return Service(rows, seconds), asked


async def _costs(store: SqlStore, clock: SystemClock, under_review: str) -> list[Asked]:
    tools = Tools(SystemIds(), SystemRng(), GateProcess(GateSettings()), HolidayCalendars(), "http://127.0.0.1")
    entry, meter = Entry(store, clock, tools, Silent()), Meter(store)
    number = iter(range(1_000_000))

    def page(who: str, key: str, subject: str = "") -> Callable[[], Awaitable[object]]:
        actor = Actor("web", ORGANISATION, who)

        def ask() -> Awaitable[object]:
            id = f"scale-{next(number)}"
            if not key:
                return entry.handle(HomeOpened(event_id=id, actor=actor))
            return entry.handle(ActionPressed(event_id=id, actor=actor, key=key, subject=subject))

        return ask

    async def housekeeping() -> None:
        await purge_expired(store, clock.now())
        async for _ in purge(store, ORGANISATION, clock.now(), tools):
            pass

    therapist, supervisor = person_of(0, 1), person_of(0, 0)
    pages = {
        "a therapist's start page": page(therapist, ""),
        "a therapist's log": page(therapist, "log.open"),
        "a therapist's cases": page(therapist, "case.list"),
        "a supervisor's start page": page(supervisor, ""),
        "a supervisor's overview": page(supervisor, "supervision.overview"),
        "the weeks of a group": page(supervisor, "overview.weeks", group_id(0)),
        "a round": page(supervisor, "round.show", under_review),
        "a start page of who plans for all groups": page("supervisor_of_all", ""),
        "the overview of who plans for all groups": page("supervisor_of_all", "supervision.overview"),
        "an administrator's start page": page("administrator", ""),
        "people": page("administrator", "staff.list"),
        "clinics and groups": page("administrator", "places.list"),
        "what is not ready": page("administrator", "check.open"),
        "delivery": page("administrator", "operations.show"),
        "the quarter's report": page("administrator", "report.show"),
    }
    jobs: dict[str, Callable[[], Awaitable[object]]] = {
        "a look at what is due": Ticker(store, clock, tools, Silent()).tick,
        "an hour's housekeeping": housekeeping,
    }
    found = []
    for limit, all_ in ((PAGE, pages), (JOB, jobs)):
        for name, ask in all_.items():
            await ask()
            async with meter.measured() as cost:
                taken = [await _milliseconds(ask)]
            taken += [await _milliseconds(ask) for _ in range(TIMES - 1)]
            found.append(Asked(name, min(taken), limit, cost.statements, cost.rows))
    return found


async def _milliseconds(ask: Callable[[], Awaitable[object]]) -> float:
    began = process_time()
    await ask()
    return (process_time() - began) * 1000


def told(found: Tried) -> list[str]:
    """The sentences for the shell: the size, a line each, and what hurts first."""
    filled = f"{found.people:,} invented people: {found.rows:,} rows, {found.megabytes:.0f} MB, filled"
    lines = [
        f"{filled} in {found.seconds:.0f} s. Processor time of one request on this machine, with SQLite:",
        f"{'':44}{'ms':>8}{'statements':>12}{'rows read':>12}  grows",
    ]
    for each in found.asked:
        grows = "not" if each.growth < 0.3 else f"as size^{each.growth:.1f}"
        mark = " !" if each.hurts else ""
        lines.append(f"{each.name:44}{each.milliseconds:8.0f}{each.statements:12,}{each.rows:12,}  {grows}{mark}")
    first = found.asked[0]
    if first.hurts:
        lines.append(f"What hurts first: {first.name} ({first.milliseconds:.0f} ms, should be {first.limit:.0f}).")
    else:
        lines.append("Nothing takes longer than it should on this machine.")
    return lines
