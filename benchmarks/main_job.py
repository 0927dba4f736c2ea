"""The main job on the embedded default: from a clone to the first page, starting, pages, memory."""

from __future__ import annotations

import asyncio
import math
import os
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter, sleep

from benchmarks.model import Section, Table
from benchmarks.service import GROUPS, ORGANISATION, PEOPLE, furnish, therapist
from bot.anonymise import GateSettings
from bot.app.dependencies import Tools
from bot.app.steps.sign_in import SignInService
from bot.demo.texts import CASES
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.person import Person as Colleague
from bot.runtime.holidays import HolidayCalendars
from bot.runtime.system import SystemClock, SystemIds, SystemRng
from storage import open_store
from storage.keys import KeyRing
from storage.migrate import upgrade
from tests.e2e.server.browser import Page, Person, at_browser
from tests.e2e.server.process import Server
from tests.gate import GateInAWorker

HERE = Path(__file__).parent.parent
TIMES = 60
"""Requests a page."""
PAUSE = 0.15
"""Seconds between them: the program turns away whoever asks faster than people do."""
TICKS = os.sysconf("SC_CLK_TCK")


def run() -> Section:
    """Measure everything of this subject in one run."""
    with tempfile.TemporaryDirectory() as folder:
        starts = (_clone_to_demo(Path(folder)), _help(), asyncio.run(_ready(Path(folder))))
        pages = asyncio.run(_pages(Path(folder)))
    return Section(
        title="The main job",
        intro="One process on SQLite: how soon a newcomer sees a page, and how fast pages stay with 10,000 cases.",
        tables=(Table(("from", "to", "s", "at most"), starts, "Starting"), *pages),
        notes=(
            "A clone with a warm package cache: `make demo` until its first page is answered, environment and all.",
            "Other starts: the median of five, from compiled bytecode as `pip install` leaves it.",
            "Pages: one request after another by somebody signed in, over HTTP, until its last byte.",
            "Each page is asked for once before: templates and statements are compiled at their first use.",
            "Processor time is the server's own, a request.",
        ),
    )


def _clone_to_demo(folder: Path) -> tuple[str, ...]:
    clone = folder / "clone"
    started = perf_counter()
    subprocess.run(["git", "clone", "--quiet", str(HERE), str(clone)], check=True)
    demo = subprocess.Popen(["make", "demo"], cwd=clone, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        _answered("http://127.0.0.1:8377/", demo)
        return ("git clone", "first page of `make demo`", f"{perf_counter() - started:.0f}", "180")
    finally:
        os.killpg(demo.pid, 15)
        demo.wait()


def _answered(url: str, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            with urllib.request.urlopen(url) as answer:
                answer.read()
                return
        except OSError:
            sleep(0.1)
    raise RuntimeError("the demo ended")


def _help() -> tuple[str, ...]:
    command = [str(Path(sys.executable).parent / "intervision"), "--help"]
    taken = [_seconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)) for _ in range(5)]
    return ("`intervision --help`", "its end", f"{statistics.median(taken):.2f}", "0.5")


async def _ready(folder: Path) -> tuple[str, ...]:
    server = Server(folder)
    upgrade(server.url)
    taken = []
    for _ in range(5):
        started = perf_counter()
        await server.start()
        await server.ready()
        taken.append(perf_counter() - started)
        await server.stop()
    return ("`intervision serve`", "ready", f"{statistics.median(taken):.1f}", "3")


async def _pages(folder: Path) -> tuple[Table, ...]:
    server = Server(folder)
    server.url = f"sqlite:///{folder / 'large.sqlite3'}"
    server.config.write_text(server.config.read_text().replace("clinic.sqlite3", "large.sqlite3"))
    upgrade(server.url)
    store = await open_store(server.url, KeyRing.load(file=str(server.key)), SystemClock())
    await furnish(store, SystemClock().now())
    tools = Tools(SystemIds(), SystemRng(), GateInAWorker(GateSettings()), HolidayCalendars(), server.address)
    desk = SignInService(store, SystemClock(), tools)
    async with store.begin(ORGANISATION, write=False) as uow:
        cases = await uow.count(Case)
        assignments = await uow.find(Assignment, ended_at=None, submitted_at=None)
        reviewer = next(
            s.reviewer for s in assignments if s.reviewer.startswith("g0_") and s.reviewer != therapist(0, 0)
        )
        people = [await uow.get(Colleague, id) for id in (reviewer, therapist(0, 0))]
    sessions = [await desk.open_session(each) for each in people]
    await store.close()
    await server.start()
    await server.ready()
    fresh = _memory(server.pid)
    async with at_browser(server.address, sessions[0]) as member, at_browser(server.address, sessions[1]) as supervisor:
        asked = await _asked(member, supervisor)
        rows = [await _page(server, name, who, ask, "50") for name, (who, ask) in asked.items()]
        await _case_sent(member)
        used = _memory(server.pid)
        rows.append(
            await _page(server, "a new plan of a round from four years of log", supervisor, _planning(supervisor), "–")
        )
        planned, gate = _memory(server.pid), _memory(_gate_of(server))
    await server.stop()
    columns = ("page", "median, ms", "p95, ms", "processor, ms", "p95 at most")
    caption = f"Pages with {cases:,} cases of {GROUPS * PEOPLE} people in {GROUPS} groups in the database"
    memory = (
        ("when ready", f"{fresh:.0f}", "150"),
        ("after these pages and a case sent", f"{used:.0f}", "150"),
        ("with the solver, after the first plan", f"{planned:.0f}", "–"),
        ("beside it the gate, once somebody has sent a case", f"{gate:.0f}", "–"),
    )
    return (
        Table(columns, tuple(rows), caption),
        Table(("resident memory of `serve`", "MB", "at most"), memory, "Memory"),
    )


async def _asked(member: Person, supervisor: Person) -> dict[str, tuple[Person, Callable[[], Awaitable[Page]]]]:
    """Pages by what they show; their links are read from a start page beforehand."""
    mine, theirs = await member.home(), await supervisor.home()
    return {
        "a therapist's home": (member, member.home),
        "a supervisor's home": (supervisor, supervisor.home),
        "the form for a case": (member, lambda: member.press(mine, "case.new")),
        "a case to review": (member, lambda: member.press(mine, "review.open")),
        "my supervision log": (member, lambda: member.press(mine, "log.open")),
        "where a round stands": (supervisor, lambda: supervisor.press(theirs, "round.show")),
    }


async def _case_sent(member: Person) -> None:
    """Its text goes through the gate and comes back."""
    form = await member.press(await member.home(), "case.new")
    options: dict[str, str | tuple[str, ...]] = {
        "mode": ("icbt",),
        "language": ("en",),
        "objection": ("no",),
        "risk": ("no",),
    }
    page = await member.send(form, "case.submit", {**CASES[0], **options})
    if page.has("text.confirm"):
        page = await member.send(page, "text.confirm", {})
    assert page.status == 200, page.text


def _planning(supervisor: Person) -> Callable[[], Awaitable[Page]]:
    async def plan() -> Page:
        return await supervisor.press(await supervisor.home(), "round.preview")

    return plan


async def _page(
    server: Server, name: str, who: Person, ask: Callable[[], Awaitable[Page]], most: str
) -> tuple[str, ...]:
    await ask()
    before = _processor(server)
    taken = []
    for _ in range(TIMES):
        await asyncio.sleep(PAUSE)
        page = await ask()
        taken.append(who.waited * 1000)
        assert page.status == 200, name
    cost = (_processor(server) - before) * 1000 / TIMES
    taken.sort()
    return (name, f"{statistics.median(taken):.0f}", f"{taken[math.ceil(0.95 * TIMES) - 1]:.0f}", f"{cost:.0f}", most)


def _gate_of(server: Server) -> int:
    """The process that reads texts; its own as soon as somebody opened a form to write in."""
    return int(Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()[0])


def _memory(pid: int) -> float:
    """Resident megabytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _processor(server: Server) -> float:
    """Seconds of processor time so far."""
    fields = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _seconds(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started
