"""A person's own days: the working week, the calendar feed, absences from a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import icalendar

from bot.app.steps.feeds import FeedService
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.player import form_of
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.person import Contact, Person
from bot.ports.records import CalendarFeed, LeaveEntry
from bot.ui.inbound import ActionPressed, Actor, Done, Invalid, Refused, Say, Show
from bot.ui.model import Buttons, ManyField
from tests.app.feeds import address_in, read
from tests.app.published_round import published
from tests.app.series_steps import begin
from tests.unit.calendars.calendar_files import calendar
from tests.world import World


async def test_the_feed_shows_due_days_and_rounds_and_no_case(world: World) -> None:
    assignments = await published(world)
    await begin(world, anchor="2027-02-15")
    reviewer = next(s.reviewer for s in assignments if s.reviewer != person_id("d"))  # who reads Swedish
    secret = address_in(await world.player(reviewer.rpartition("_")[2]).press("feed.make"))
    shown = await read(world, secret)
    assert [day for day, title in shown if title == "Review is due"] == [
        date(2027, 1, 25) for s in assignments if s.reviewer == reviewer
    ]
    rounds = [day for day, title in shown if title.startswith("Supervision round")]
    assert datetime(2027, 2, 15, 8, tzinfo=UTC) in rounds
    assert datetime(2027, 3, 30, 7, tzinfo=UTC) in rounds  # Easter Monday moved
    body = await FeedService(world.store, world.clock, world.tools).read(secret)
    assert body is not None
    for case in await world.find(Case):
        assert case.code.encode() not in body
        assert case.id.encode() not in body


async def test_a_date_keeps_its_entry_when_its_round_opens(world: World) -> None:
    await begin(world, anchor="2027-02-15")
    secret = address_in(await world.player("a").press("feed.make"))
    sign_in = FeedService(world.store, world.clock, world.tools)

    async def uid() -> set[str]:
        events = icalendar.Calendar.from_ical(await sign_in.read(secret) or b"").walk("VEVENT")
        first = datetime(2027, 2, 15, 8, tzinfo=UTC)
        return {str(e["UID"]) for e in events if e.decoded("DTSTART") == first}

    before = await uid()
    await world.advance(days=22)  # the round collects cases
    assert await uid() == before
    assert len(before) == 1


async def test_the_address_is_kept_as_a_hash_and_ends_when_renewed_revoked_or_removed(world: World) -> None:
    sign_in = FeedService(world.store, world.clock, world.tools)
    first = address_in(await world.player("a").press("feed.make"))
    assert first not in str(await world.find(CalendarFeed))
    second = address_in(await world.player("a").press("feed.make"))
    assert await sign_in.read(first) is None
    assert await sign_in.read(second) is not None
    await world.player("a").press("feed.end")
    assert await sign_in.read(second) is None
    third = address_in(await world.player("a").press("feed.make"))
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Person, person_id("a")), removed_at=world.clock.now()))
        await uow.commit()
    assert await sign_in.read(third) is None
    assert await sign_in.read("guessed" * 5) is None


async def test_a_working_week_is_kept_and_shown(world: World) -> None:
    form = form_of(await world.player("a").type("/caseload days"), "days")
    assert isinstance(await world.player("a").send(form, {"weekdays": ()}), Invalid)
    assert isinstance(await world.player("a").send(form, {"weekdays": ("0", "2", "3")}), Say)
    assert (await world.find(Person, id=person_id("a")))[0].weekdays == (0, 2, 3)
    card = await world.player("a").type("/caseload")
    assert "Monday, Wednesday and Thursday" in str(card)


async def test_a_due_day_moves_on_to_a_day_the_reviewer_works(world: World) -> None:
    for key in "abcdefgs":
        form = await world.player(key).open("week.open")
        await world.player(key).send(form, {"weekdays": ("1", "3")})
    assignments = await published(world)  # five working days end on Monday 25 January
    assert {
        s.due_at.astimezone(UTC).date() for s in await world.find(Assignment, id=assignments[0].id) if s.due_at
    } == {date(2027, 1, 26)}


async def test_absences_of_a_file_become_leave_by_choice(world: World) -> None:
    player = world.player("a")
    form = await player.open("absences.open")
    text = calendar(
        "DTSTART;VALUE=DATE:20270201\r\nDTEND;VALUE=DATE:20270206\r\nSUMMARY:a private matter",
        "DTSTART;VALUE=DATE:20270301\r\nDTEND;VALUE=DATE:20270302",
        "DTSTART;VALUE=DATE:20270401\r\nRRULE:FREQ=WEEKLY",
    )
    found = await player.send(form, {"file": text})
    assert isinstance(found, Show)
    assert "a private matter" not in str(found)
    (field,) = found.form.fields
    assert isinstance(field, ManyField)
    assert [o.label for o in field.options] == ["Mon, 1 Feb 2027 to Fri, 5 Feb 2027", "Mon, 1 Mar 2027"]
    taken = await player.send(found.form, {"periods": (field.options[0].value,)})
    assert isinstance(taken, Say)
    (leave,) = await world.find(LeaveEntry, person=person_id("a"))
    assert (leave.first_day, leave.last_day) == (date(2027, 2, 1), date(2027, 2, 5))
    again = await player.send(found.form, {"periods": (field.options[0].value, "nonsense", "2027-02-09/2027-02-01")})
    assert isinstance(again, Done)
    assert len(await world.find(LeaveEntry, person=person_id("a"))) == 1


async def test_a_file_that_is_none_is_answered_at_the_field(world: World) -> None:
    player = world.player("a")
    form = await player.open("absences.open")
    for text in ("", "hello", calendar()):
        outcome = await player.send(form, {"file": text})
        assert isinstance(outcome, Invalid)
        assert set(outcome.form.errors) == {"file"}


async def test_all_absences_of_a_file_are_taken_back_together(world: World) -> None:
    player = world.player("a")
    form = await player.open("absences.open")
    text = calendar(
        "DTSTART;VALUE=DATE:20270201\r\nDTEND;VALUE=DATE:20270206",
        "DTSTART;VALUE=DATE:20270301\r\nDTEND;VALUE=DATE:20270302",
    )
    found = await player.send(form, {"file": text})
    assert isinstance(found, Show)
    (field,) = found.form.fields
    assert isinstance(field, ManyField)
    taken = await player.send(found.form, {"periods": tuple(option.value for option in field.options)})
    assert isinstance(taken, Say)
    assert len(await world.find(LeaveEntry, cancelled_at=None)) == 2
    undo = next(a for b in taken.card.body if isinstance(b, Buttons) for a in b.actions if a.key == "caseload.undo")
    assert isinstance(await player.press(undo.key, undo.subject), Say)
    assert await world.find(LeaveEntry, cancelled_at=None) == []
    assert isinstance(await player.press(undo.key, undo.subject), Refused)


async def test_a_chat_says_where_files_are_taken(world: World) -> None:
    chat = Actor("slack", "T1", "U1")
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(Contact("con_chat", ORGANISATION, person_id("a"), chat.platform, chat.tenant, chat.user))
        await uow.commit()
    outcome = await world.entry.handle(ActionPressed(event_id="1", actor=chat, key="absences.open"))
    form = form_of(outcome, "absences.open")
    assert (form.fields, form.submit) == ((), "")
    assert world.tools.public_url in str(form.body)
