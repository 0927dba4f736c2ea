"""A calendar of absences by its address: read daily, its changes proposed, nothing of a title kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.app.steps.absence_calendars import NoCalendarAddress, checked_address
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.player import form_of
from bot.ports.records import AbsenceCalendar, LeaveEntry
from bot.ports.web_files import FileUnread, WhyNot
from bot.runtime.absence_calendars import AbsenceReader
from bot.ui.inbound import Done, Invalid, Outcome, Say, Show
from bot.ui.model import Buttons, Form, ManyField
from tests.unit.calendars.calendar_files import calendar
from tests.world import World

ADDRESS = "https://calendar.example.org/secret-of-mine.ics"


class Published:
    """What the address shows: a calendar, or a failure."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, str]] | WhyNot | bytes = []
        self.asked: list[str] = []

    async def __call__(self, address: str) -> bytes:
        self.asked.append(address)
        if isinstance(self.shown, WhyNot):
            raise FileUnread(self.shown)
        if isinstance(self.shown, bytes):
            return self.shown
        entries = [f"DTSTART;VALUE=DATE:{a}\r\nDTEND;VALUE=DATE:{b}\r\nSUMMARY:private matter" for a, b in self.shown]
        return calendar(*entries).encode()


async def connected(world: World, *shown: tuple[str, str]) -> tuple[Published, AbsenceReader]:
    """Therapist A's calendar, with a reader that knows its page."""
    page = Published()
    page.shown = list(shown)
    form = await world.player("a").open("absences.address")
    assert isinstance(await world.player("a").send(form, {"address": ADDRESS}), Done)
    return page, AbsenceReader(world.store, world.clock, world.tools, world.log, page)


async def read(world: World, reader: AbsenceReader) -> list[str]:
    """One reading; the notices that came of it."""
    before = len(world.inbox("a"))
    await reader.run_if_due()
    await world.advance(hours=24)
    return [card.key for card in world.inbox("a")[before:] if "absences" in card.key]


async def leave_of(world: World) -> list[tuple[date, date | None]]:
    found = await world.find(LeaveEntry, person=person_id("a"), cancelled_at=None, order=("first_day",))
    return [(entry.first_day, entry.last_day) for entry in found]


async def proposed(world: World) -> Form:
    return form_of(await world.player("a").press("absences.proposed"), "absences.settle")


async def take_all(world: World, form: Form) -> Outcome:
    values = {f.name: tuple(o.value for o in f.options) for f in form.fields if isinstance(f, ManyField)}
    return await world.player("a").send(form, values)


async def test_what_is_new_is_proposed_and_taken_by_choice(world: World) -> None:
    page, reader = await connected(world, ("20270201", "20270206"), ("20270301", "20270302"))
    assert await read(world, reader) == ["notice.absences_changed"]
    assert await leave_of(world) == []  # nothing by itself
    form = await proposed(world)
    (field,) = form.fields
    assert isinstance(field, ManyField)
    done = await world.player("a").send(form, {"take": (field.options[0].value,)})
    assert isinstance(done, Say)
    assert "Undo" in str(done)
    assert await leave_of(world) == [(date(2027, 2, 1), date(2027, 2, 5))]
    assert await read(world, reader) == []  # what was declined is not asked again
    assert page.asked == [ADDRESS, ADDRESS]


async def test_it_is_read_once_a_day(world: World) -> None:
    page, reader = await connected(world)
    for _ in range(3):
        await reader.run_if_due()
        await world.advance(hours=1)
    assert len(page.asked) == 1
    await world.advance(hours=22)
    await reader.run_if_due()
    assert len(page.asked) == 2


@pytest.mark.parametrize(
    ("after", "leave"),
    [
        ([("20270201", "20270204")], [("2027-02-01", "2027-02-03")]),  # shorter
        ([("20270201", "20270213")], [("2027-02-01", "2027-02-12")]),  # longer
        ([("20270203", "20270210")], [("2027-02-03", "2027-02-09")]),  # moved, with days in common
        ([("20270301", "20270306")], [("2027-03-01", "2027-03-05")]),  # moved to other days
        ([], []),  # given up
    ],
)
async def test_what_changes_in_the_calendar_changes_the_leave_when_it_is_taken_over(
    world: World, after: list[tuple[str, str]], leave: list[tuple[str, str]]
) -> None:
    page, reader = await connected(world, ("20270201", "20270206"))
    await read(world, reader)
    await take_all(world, await proposed(world))
    page.shown = after
    before = await leave_of(world)
    assert await read(world, reader) == ["notice.absences_changed"]
    assert await leave_of(world) == before
    done = await take_all(world, await proposed(world))
    assert isinstance(done, Say)
    assert await leave_of(world) == [(date.fromisoformat(a), date.fromisoformat(b)) for a, b in leave]
    assert await read(world, reader) == []


async def test_taken_over_changes_are_undone_together(world: World) -> None:
    page, reader = await connected(world, ("20270201", "20270206"))
    await read(world, reader)
    await take_all(world, await proposed(world))
    page.shown = [("20270301", "20270306")]
    await read(world, reader)
    before = await leave_of(world)
    done = await take_all(world, await proposed(world))
    assert isinstance(done, Say)
    (undo,) = [a for b in done.card.body if isinstance(b, Buttons) for a in b.actions if a.key == "caseload.undo"]
    await world.player("a").press(undo.key, undo.subject)
    assert await leave_of(world) == before


async def test_leave_of_ones_own_is_left_alone(world: World) -> None:
    _, reader = await connected(world)
    await world.player("a").type("/caseload leave from 1 Feb 2027 until 5 Feb 2027")
    assert await read(world, reader) == []
    assert await leave_of(world) == [(date(2027, 2, 1), date(2027, 2, 5))]


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (WhyNot.PRIVATE, "private network"),
        (WhyNot.SILENT, "Nobody answers"),
        (WhyNot.REFUSED, "not shared"),
        (WhyNot.LARGE, "too large"),
        (b"<html>", "no calendar"),
        (b"x" * 10_000_001, "too large"),
    ],
)
async def test_a_calendar_that_cannot_be_read_is_said_in_words_once(
    world: World, shown: WhyNot | bytes, words: str
) -> None:
    page, reader = await connected(world)
    page.shown = shown
    assert await read(world, reader) == ["notice.absences_unread"]
    assert words in str([card for card in world.inbox("a") if card.key == "notice.absences_unread"])
    assert await read(world, reader) == []
    assert words in str(await world.player("a").press("absences.address"))


async def test_an_outage_of_some_hours_is_not_told(world: World) -> None:
    page, reader = await connected(world, ("20270201", "20270206"))
    await read(world, reader)
    page.shown = WhyNot.SILENT
    told = []
    for _ in range(3):
        told += await read(world, reader)
    assert told == []
    assert await read(world, reader) == ["notice.absences_unread"]
    page.shown = [("20270201", "20270206")]
    assert await read(world, reader) == []
    assert "Nobody answers" not in str(await world.player("a").press("absences.address"))


async def test_neither_titles_nor_the_address_are_kept_or_shown_and_all_of_it_goes(world: World) -> None:
    _, reader = await connected(world, ("20270201", "20270206"))
    await read(world, reader)
    kept = await world.find(AbsenceCalendar)
    shown = [await world.player("a").press("absences.address"), await world.player("a").press("absences.proposed")]
    for text in (str(kept), str(shown), str(world.inbox("a")), str(world.log)):
        assert "private matter" not in text
        assert "secret-of-mine" not in text
    assert isinstance(await world.player("a").press("absences.address.end"), Done)
    assert await world.find(AbsenceCalendar) == []
    async with world.store.begin(ORGANISATION, write=False) as uow:
        assert await uow.sealed(kept[0].id, "address") is None
    assert isinstance(await world.player("a").press("absences.proposed"), Show)


async def test_a_new_address_takes_the_place_of_the_old_one(world: World) -> None:
    page, reader = await connected(world)
    form = await world.player("a").open("absences.address")
    await world.player("a").send(form, {"address": "webcal://other.example.org/x"})
    await reader.run_if_due()
    assert page.asked == ["https://other.example.org/x"]


@pytest.mark.parametrize(
    "text",
    [
        "", "calendar", "http://calendar.example.org/x", "ftp://calendar.example.org/x", "https://localhost/x",
        "https://printer/x", "https://10.0.0.1/x", "https://[::1]/x", "https://me:word@calendar.example.org/x",
        "https://calendar.example.org/a b", "https://nas.local/x", "https://calendar.example.org:port/x",
        "https://" + "x" * 3000 + ".org",
    ],
)  # fmt: skip
async def test_what_is_no_address_is_said_at_the_field(world: World, text: str) -> None:
    with pytest.raises(NoCalendarAddress):
        checked_address(text)
    form = await world.player("a").open("absences.address")
    outcome = await world.player("a").send(form, {"address": text})
    assert isinstance(outcome, Invalid)
    assert set(outcome.form.errors) == {"address"}
    assert await world.find(AbsenceCalendar) == []


async def test_years_of_a_calendar_are_read(world: World) -> None:
    page, reader = await connected(world)
    day = date(2015, 1, 5)
    page.shown = [(f"{day + timedelta(days=n):%Y%m%d}", f"{day + timedelta(days=n + 1):%Y%m%d}") for n in range(4500)]
    await reader.run_if_due()
    (kept,) = await world.find(AbsenceCalendar)
    assert (kept.fault, len(kept.periods)) == ("", 1)  # days that touch are one absence
