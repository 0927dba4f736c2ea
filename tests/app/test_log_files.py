"""What the supervision log hands out: files for bodies and calendars, the chart of the rhythm, typed commands."""

from __future__ import annotations

import csv
import io

import pytest
from icalendar import Calendar
from pypdf import PdfReader

from bot.demo.clinic import person_id
from bot.ports.records import Audited, AuditEntry, LogEntry
from bot.ui.inbound import Done, Invalid, Say, Show
from bot.ui.model import Buttons, Picture, Row, Table, plain
from tests.app.log_steps import add, export, read, sign_everything
from tests.world import World


async def danish(world: World) -> dict[str, str]:
    """The line of the entry by hand as Psykolognævnet's rule set counts it."""
    content = read(await export(world.player("a"), "psykolognaevnet", "csv")).decode("utf-8-sig")
    return next(row for row in csv.DictReader(io.StringIO(content)) if row["Date"] == "2027-01-11")


async def test_sixty_signed_minutes_in_a_group_of_four_are_forty_for_denmark(world: World) -> None:
    await add(world.player("a"))
    rows = list(
        csv.reader(io.StringIO(read(await export(world.player("a"), "psykolognaevnet", "csv")).decode("utf-8-sig")))
    )
    line = next(row for row in rows if row[0] == "2027-01-11")
    counted = rows[0].index("Counted")
    assert line[counted] == "0.00"  # not signed yet
    await sign_everything(world)
    rows = list(
        csv.reader(io.StringIO(read(await export(world.player("a"), "psykolognaevnet", "csv")).decode("utf-8-sig")))
    )
    line = next(row for row in rows if row[0] == "2027-01-11")
    assert line[counted] == "40.00"
    assert "Ask one question only." in line


async def test_the_pdf_is_in_the_persons_language_and_says_that_it_claims_nothing(world: World) -> None:
    await add(world.player("d"))
    pdf = PdfReader(io.BytesIO(read(await export(world.player("d"), "babcp", "pdf"))))
    page = "\n".join(p.extract_text() for p in pdf.pages)
    assert "Handledningslogg" in page
    assert "Sida 1 av" in page
    assert "Räknar individuell handledning, direkt handledning och grupper om högst 6 medlemmar" in page.replace(
        "\n", " "
    )
    assert "Therapist D" in page


async def test_a_meeting_of_peers_outside_rounds_counts_where_peers_are_asked_for(world: World) -> None:
    """A chamber that asks for Intervision does not count led groups, so such a meeting needs its own kind."""
    await add(world.player("a"), type=("peer",), minutes="90", medium=("in_person",), documented=("yes",))
    for rules, counted in (("opk", "90"), ("babcp", "0")):
        read_back = csv.DictReader(io.StringIO(read(await export(world.player("a"), rules, "csv")).decode("utf-8-sig")))
        (row,) = [each for each in read_back if each["Minutes"] == "90"]
        assert float(row["Counted"]) == float(counted), rules


async def test_the_calendar_has_days_and_minutes_only(world: World) -> None:
    await add(world.player("a"))
    content = read(await export(world.player("a"), "plain", "ics", first="2027-01-11", last="2027-01-11"))
    events = Calendar.from_ical(content).walk("VEVENT")
    assert ["60 min" in str(e["summary"]) for e in events] == [True]
    assert b"question only" not in content


async def test_every_entry_can_be_reached_and_corrected_however_old(world: World) -> None:
    player = world.player("a")
    for n in range(14):
        await add(player, day=f"2026-{1 + n // 2:02}-{1 + n % 2:02}")
    stored = {e.id for e in await world.find(LogEntry, person=person_id("a"))}
    assert len(stored) > 20
    seen, view = [], await player.press("log.open")
    while True:
        assert isinstance(view, Say)
        seen += [a.subject for b in view.card.body if isinstance(b, Row) for a in b.actions if a.key == "log.entry"]
        turns = [a for b in view.card.body if isinstance(b, Buttons) for a in b.actions if a.label == "Older entries"]
        if not turns:
            break
        view = await player.press(turns[0].key, **turns[0].args)
    assert len(seen) == len(stored)
    assert set(seen) == stored
    oldest = await player.open("log.correct", seen[-1])
    assert isinstance(await player.send(oldest, {"minutes": "45"}), Done)


async def test_an_export_is_audited_and_its_days_are_checked(world: World) -> None:
    wrong = await export(world.player("a"), "plain", "pdf", first="2027-01-11", last="2027-01-01")
    assert isinstance(wrong, Invalid)
    assert set(wrong.form.errors) == {"last"}
    assert isinstance(await export(world.player("a"), "ours", "exe"), Invalid)
    for first, last, named in (
        ("2030-01-01", "2030-12-31", {"first"}),
        ("1800-01-01", "1800-12-31", {"first", "last"}),
    ):
        unreal = await export(world.player("a"), "plain", "pdf", first=first, last=last)
        assert isinstance(unreal, Invalid)
        assert set(unreal.form.errors) == named
    await export(world.player("a"), "opk", "csv")
    audited = await world.find(AuditEntry, what=Audited.EXPORTED.value)
    assert [a.detail for a in audited] == [{"rules": "opk", "format": "csv"}]


async def test_the_rhythm_is_a_chart_with_words_and_numbers(world: World) -> None:
    shown = await world.player("a").press("log.rhythm")
    assert isinstance(shown, Say)
    pictures = [b for b in shown.card.body if isinstance(b, Picture)]
    tables = [b for b in shown.card.body if isinstance(b, Table)]
    assert [p.png[:4] for p in pictures] == [b"\x89PNG"] * 2
    assert all(p.alt for p in pictures)
    assert {plain(row[2]) for t in tables for row in t.rows} == {"21 (14 + 7)", "35 (28 + 7)"}  # target and window
    assert [plain(t.rows[-1][3]) for t in tables] == ["still running"] * 2


@pytest.mark.parametrize(
    ("typed", "key"),
    [("add", "log.add.send"), ("sign", "log.sign.ask"), ("export csv babcp", "log.export.send")],
)
async def test_every_step_is_a_typed_command_too(world: World, typed: str, key: str) -> None:
    shown = await world.player("a").type(f"/supervision {typed}")
    assert isinstance(shown, Show)
    assert shown.form.key == key
