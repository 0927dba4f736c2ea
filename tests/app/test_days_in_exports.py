"""Every way an entry comes to bear a day, in every file and list of the log, at every edge of a period.

By hand, corrected there, away, away and back, withdrawn, of a round, of a round and corrected: each stands in a period
whose first or last day is its own, and in none that ends the day before or begins the day after.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from icalendar import Calendar
from pypdf import PdfReader

from bot.app.context import Work
from bot.cli.reports import _log_file
from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.demo.player import Player
from bot.domain.person import Person
from bot.domain.round import Round
from bot.ports.records import LogEntry
from bot.ui.inbound import Done, Hand, Outcome, Show
from bot.ui.model import ChoiceField, DateField
from tests.app.log_steps import add, export, mine, read
from tests.app.shown import text
from tests.world import World

FAR = date(2026, 3, 3)
THERE = {"by hand": 61, "corrected there": 62, "corrected away and back": 63, "of a round, corrected": 64}
AWAY = {"corrected away": 65, "withdrawn": 66}
"""Minutes that name each entry: what is in on its day, and what is not."""


@dataclass(frozen=True)
class Edge:
    """A period by its distance in days from the day of the entries, and whether they are in it."""

    first: int
    last: int
    inside: bool

    def days(self, day: date) -> tuple[date, date]:
        return day + timedelta(self.first), day + timedelta(self.last)


EDGES = {
    "begins on it": Edge(0, 3, True),
    "ends on it": Edge(-3, 0, True),
    "is it": Edge(0, 0, True),
    "begins the day after": Edge(1, 4, False),
    "ends the day before": Edge(-4, -1, False),
}


async def corrected(player: Player, chain: str, **changes: str) -> None:
    assert isinstance(await player.send(await player.open("log.correct", chain), changes), Done)


async def entered(world: World) -> date:
    """One entry of each form on the day of an entry of a round; that day."""
    player = world.player("a")
    rounds = await world.find(LogEntry, person=person_id("a"), recorded_by="round", order=("-day",))
    of_round = next(entry for entry in rounds if entry.day < date(2027, 1, 12))
    day = of_round.day
    await corrected(player, of_round.id, minutes="64", learning_point="mark64")

    async def made(minutes: int, on: date) -> str:
        known = {entry.id for entry in await mine(world)}
        sent = await add(player, day=f"{on}", minutes=f"{minutes}", learning_point=f"mark{minutes}")
        assert isinstance(sent, Done), sent
        return next(entry.id for entry in await mine(world) if entry.id not in known)

    async def moved(chain: str, minutes: int, on: date) -> None:
        await corrected(player, chain, day=f"{on}", minutes=f"{minutes}", learning_point=f"mark{minutes}")

    await made(61, day)
    await moved(await made(62, FAR), 62, day)
    back = await made(63, day)
    await moved(back, 63, FAR)
    await moved(back, 63, day)
    await moved(await made(65, day), 65, FAR)
    await player.press("log.withdraw", await made(66, day))
    return day


def marks(found: str) -> set[int]:
    return {int(n) for n in re.findall(r"mark(\d\d)", found)}


def in_pdf(content: bytes) -> tuple[set[int], int]:
    """The marked entries of the table, earlier versions aside, and the number of entries of the period."""
    printed = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    table = printed.split("Earlier versions")[0]
    total = re.search(r"This period (\d+) ", printed)
    assert total, printed[:600]
    return marks(table), int(total[1])


def in_csv(content: bytes) -> tuple[set[int], int]:
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    return marks(" ".join(row["Learning point"] for row in rows)), len(rows)


def in_ics(content: bytes) -> tuple[set[int], int]:
    events = list(Calendar.from_ical(content.decode()).walk("VEVENT"))
    told = [re.search(r", (6\d) min", str(event["summary"])) for event in events]
    return {int(each[1]) for each in told if each}, len(events)


READ = {"pdf": in_pdf, "csv": in_csv, "ics": in_ics}


async def prefilled(player: Player, typed: str) -> Outcome:
    """A file asked for in words: the form as it comes, sent as it is."""
    shown = await player.type(typed)
    assert isinstance(shown, Show)
    days = {f.name: f"{f.value}" for f in shown.form.fields if isinstance(f, DateField)}
    chosen = {f.name: (f.value or "",) for f in shown.form.fields if isinstance(f, ChoiceField)}
    return await player.send(shown.form, {**chosen, **days})


async def in_shell(world: World, kind: str, first: date, last: date) -> bytes:
    async with world.store.begin(ORGANISATION) as uow:
        (person,) = await uow.find(Person, id=person_id("a"))
        work = Work(uow, world.clock.now(), world.tools)
        return (await _log_file(work, person.email, "plain", kind, first, last)).content


async def test_an_entry_is_in_every_file_of_the_periods_its_day_lies_in_and_in_no_other(world: World) -> None:
    day, player = await entered(world), world.player("a")
    stored = await world.find(LogEntry, person=person_id("a"))
    last = {e.corrects or e.id: e for e in sorted(stored, key=lambda e: (e.recorded_at, e.corrects is not None))}
    days = [entry.day for entry in last.values() if not entry.withdrawn]
    for name, edge in EDGES.items():
        first, until = edge.days(day)
        expected = set(THERE.values()) if edge.inside else set()
        count = sum(first <= each <= until for each in days)
        for kind, looked in READ.items():
            made = read(await export(player, "plain", kind, first=f"{first}", last=f"{until}"))
            assert looked(made) == (expected, count), (name, kind)
        typed = await prefilled(player, f"/supervision export from {first} to {until} csv")
        assert in_csv(read(typed)) == (expected, count), name
        assert in_csv(await in_shell(world, "csv", first, until)) == (expected, count), name
        listed = text(await player.type(f"/supervision from {first} to {until}"))
        told = re.search(r"· (one|no|\d+) entr(?:y|ies)", listed)
        assert told, listed
        assert {"one": 1, "no": 0}.get(told[1]) == count if told[1] in {"one", "no"} else int(told[1]) == count, name


@pytest.mark.parametrize("edge", EDGES)
async def test_a_round_is_on_the_sheet_of_the_periods_its_last_day_lies_in_and_on_no_other(
    world: World, edge: str
) -> None:
    rounds = [r for r in await world.find(Round, group=GROUP) if r.closed_at]
    over = max(rounds, key=lambda r: r.number)
    assert over.closed_at is not None
    first, last = EDGES[edge].days(over.closed_at.date())
    form = await world.player("s").open("sheet.group", GROUP)
    handed = await world.player("s").send(form, {"first": f"{first}", "last": f"{last}"})
    assert isinstance(handed, Hand) == EDGES[edge].inside
