"""A correction into a quarter that was reported already: the number changes, and every form of the report says so."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable

import pytest
from pypdf import PdfReader

from bot.demo.clinic import person_id
from bot.ports.records import LogEntry
from bot.ui.inbound import Hand
from tests.app.closure_steps import close
from tests.app.log_steps import add
from tests.app.shown import text
from tests.world import World

CLINICS = ("cli_kiel", "cli_lund", "cli_aarhus")
LATE = "2026-12-30"


async def withdrawn(world: World) -> object:
    """An own case that never was."""
    entry = (await world.find(LogEntry, role="presenter", person=person_id("a"), order=("day",)))[0]
    return await world.player("a").press("log.withdraw", entry.id)


async def entered(world: World) -> object:
    """Supervision of the last days of the year, entered in January: a gap ends earlier."""
    return [await add(world.player(key), day=LATE, members=(), role=("presenter",)) for key in "abcd"]


async def moved_away(world: World) -> object:
    """The day of an entry, corrected out of the quarter."""
    (mine,) = [e for e in await world.find(LogEntry) if e.recorded_by == person_id("e") and e.day.isoformat() == LATE]
    form = await world.player("e").open("log.correct", mine.id)
    days = {"day": "2027-01-04", "type": (mine.type,), "medium": (mine.medium,), "minutes": "60", "group_size": "4"}
    return await world.player("e").send(form, days)


async def closed(world: World) -> object:
    """Days on which a clinic was closed, entered afterwards: they are not counted in gaps."""
    return [await close(world, clinic, "2026-11-10", "2026-12-18") for clinic in CLINICS]


async def switched(world: World) -> object:
    """A mode corrected into the past: a longer target."""
    values = {"mode": ("f2f",), "from_day": "2026-10-01", "until_day": "", "note": "Forgot to switch."}
    for key in "abcd":
        form = await world.player(key).open("caseload.plan")
        await world.player(key).send(form, values)
    return None


TABLE: dict[str, tuple[Callable[[World], Awaitable[object]], set[str]]] = {
    "an entry withdrawn": (withdrawn, {"own_within"}),
    "an entry made late": (entered, {"own_within"}),
    "a day corrected out of the quarter": (moved_away, {"own_within"}),
    "closed days entered afterwards": (closed, {"gap_median"}),
    "a mode corrected": (switched, {"own_within"}),
}


@pytest.mark.parametrize("what", TABLE)
async def test_a_correction_into_a_reported_quarter_shows_as_revised(world: World, what: str) -> None:
    act, changes = TABLE[what]
    await add(world.player("e"), day=LATE, members=(), role=("presenter",))
    before = await report(world, "q4")
    assert before["revised"] == ""
    await act(world)
    after = await report(world, "q4")
    revised = set(after["revised"].split())
    assert changes <= revised
    assert revised == {name for name in before if before[name] != after[name]} - {"revised"}
    year = next(line for line in await lines(world, "2026") if line["span"] == "2026-Q4")
    assert set(year["revised"].split()) == revised
    for typed in ("q4", "2026"):
        assert "* revised since it was first published" in text(await world.player("m").type(f"/report {typed}"))
        assert "* revised since it was first published" in await printed(world, typed)


async def confirmed(world: World) -> object:
    """An estimate that is declared, and longer."""
    rounds = await world.find(LogEntry, person=person_id("a"), recorded_by="round", order=("-day",))
    mine = next(entry for entry in rounds if entry.day.year == 2026)
    return await world.player("a").send(await world.player("a").open("log.correct", mine.id), {"minutes": "300"})


YEARS = {
    **TABLE,
    "an entry made long after": (entered, {"hours", "hours_per_post"}),
    "minutes corrected": (confirmed, {"hours", "hours_per_post"}),
}


@pytest.mark.parametrize("what", YEARS)
async def test_every_figure_of_a_published_year_that_reads_otherwise_later_is_marked(world: World, what: str) -> None:
    act, changes = YEARS[what]
    await add(world.player("e"), day=LATE, members=(), role=("presenter",))
    before = (await lines(world, "2026"))[-1]
    assert (before["span"], before["revised"]) == ("2026", "")
    assert "*" not in text(await world.player("m").type("/report 2026"))
    await act(world)
    after = (await lines(world, "2026"))[-1]
    revised = set(after["revised"].split())
    assert changes & set(before) <= revised
    assert revised == {name for name in before if before[name] != after[name]} - {"revised"}
    for shown in (text(await world.player("m").type("/report 2026")), await printed(world, "2026")):
        assert shown.count("* revised since it was first published") == 1
    assert (await lines(world, "2026"))[-1] == after, "the first page stays the first"


async def lines(world: World, typed: str) -> list[dict[str, str]]:
    handed = await world.player("m").type(f"/report {typed} csv")
    assert isinstance(handed, Hand), handed
    return list(csv.DictReader(io.StringIO(handed.document.content.decode("utf-8-sig"))))


async def report(world: World, typed: str) -> dict[str, str]:
    """The line of the whole service."""
    return next(line for line in await lines(world, typed) if (line["clinic"], line["mode"]) == ("All", "All"))


async def printed(world: World, typed: str) -> str:
    handed = await world.player("m").type(f"/report {typed} pdf")
    assert isinstance(handed, Hand), handed
    pages = PdfReader(io.BytesIO(handed.document.content)).pages
    return " ".join(page.extract_text() for page in pages).replace("\n", " ")
