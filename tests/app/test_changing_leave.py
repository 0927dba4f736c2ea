"""Leave changed by typing and by buttons: moved, prolonged, shortened, undone, for oneself and for a member."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.demo.clinic import GROUP, ORGANISATION, START, person_id
from bot.domain.organisation import Membership
from bot.domain.person import Person
from bot.ports.records import LeaveEntry, ModeEntry
from bot.ui.inbound import Invalid, Refused, Say, Show
from bot.ui.model import ChoiceField
from tests.app.entered import Days, first_id, leaves, modes
from tests.app.shown import press, text
from tests.world import World

WEEK_8, MARCH = ("2027-02-22", "2027-02-28"), ("2027-03-08", "2027-03-09")


# typed today, Monday 18 January 2027 · what is typed before · what changes it · what holds then
CHANGES: list[tuple[list[str], str, Days]] = [
    (["leave 8-12 Feb"], "extend my leave until 19 Feb", [("2027-02-08", "2027-02-19")]),
    (["leave 8-12 Feb"], "extend my leave by a week", [("2027-02-08", "2027-02-19")]),
    (["leave 8-12 Feb"], "shorten my leave by two days", [("2027-02-08", "2027-02-10")]),
    (["leave 8-12 Feb"], "end my leave on 10 Feb", [("2027-02-08", "2027-02-10")]),
    (["leave 8-12 Feb"], "move my leave to week 8", [WEEK_8]),
    (["leave 8-12 Feb"], "move my leave a week later", [("2027-02-15", "2027-02-19")]),
    (["leave 8-12 Feb", "leave 8-9 Mar"], "move my leave from 8 Feb to week 8", [WEEK_8, MARCH]),
    (["leave 8-12 Feb", "leave 8-9 Mar"], "extend my leave until 14 Feb", [("2027-02-08", "2027-02-14"), MARCH]),
    # touching leaves are one leave
    (["leave 8-12 Feb", "leave 13-18 Feb"], "extend my leave until 20 Feb",
     [("2027-02-08", "2027-02-20")]),
    (["leave 8-12 Feb", "leave 13-18 Feb"], "move my leave to week 8", [WEEK_8]),
    (["leave 8-12 Feb", "leave 13-18 Feb"], "shorten my leave to 10 Feb", [("2027-02-08", "2027-02-10")]),
    (["leave until Friday"], "extend my leave until 29 Jan", [("2027-01-18", "2027-01-29")]),
    # to a day: as long as before
    (["leave 8-12 Feb"], "move my leave to 22 Feb", [("2027-02-22", "2027-02-26")]),
    # its end, earlier or later than planned: never a new leave until then
    (["leave 8-12 Feb"], "my leave ends on 10 Feb", [("2027-02-08", "2027-02-10")]),
    (["leave 8-12 Feb"], "my leave ends on 19 Feb", [("2027-02-08", "2027-02-19")]),
    (["leave until 29 Jan"], "my leave ends on Friday", [("2027-01-18", "2027-01-22")]),
    (["leave until Friday"], "my leave is over on 29 Jan", [("2027-01-18", "2027-01-29")]),
    (["leave until Friday", "leave 8-12 Feb"], "29 Jan is my last day of leave",
     [("2027-01-18", "2027-01-29"), ("2027-02-08", "2027-02-12")]),
    # asked: nothing is done
    (["leave 8-12 Feb", "leave 8-9 Mar"], "extend my leave by a week", [("2027-02-08", "2027-02-12"), MARCH]),
    (["leave 8-12 Feb"], "extend my leave until 10 Feb", [("2027-02-08", "2027-02-12")]),
    (["leave 8-12 Feb"], "shorten my leave to 19 Feb", [("2027-02-08", "2027-02-12")]),
    (["leave until Friday"], "move my leave to week 8", [("2027-01-18", "2027-01-22")]),
    (["leave 8-12 Feb"], "extend my leave", [("2027-02-08", "2027-02-12")]),
    (["leave 8-12 Feb"], "cancel my leave", [("2027-02-08", "2027-02-12")]),
    (["leave 8-12 Feb"], "my leave ends on Friday", [("2027-02-08", "2027-02-12")]),
    (["leave 8-12 Feb"], "my leave starts on 10 Feb", [("2027-02-08", "2027-02-12")]),
    (["leave 8-12 Feb"], "break off my leave on 10 Feb", [("2027-02-08", "2027-02-12")]),
    (["leave until Friday", "leave 8-12 Feb"], "my leave ends on 10 Feb",
     [("2027-01-18", "2027-01-22"), ("2027-02-08", "2027-02-12")]),
]  # fmt: skip


@pytest.mark.parametrize(("before", "typed", "after"), CHANGES, ids=lambda part: str(part)[:40])
async def test_leave_is_changed_by_typing(world: World, before: list[str], typed: str, after: Days) -> None:
    player = world.player("b")
    for each in before:
        await player.type(f"/caseload {each}")
    was = await leaves(world)
    answer = await player.type(f"/caseload {typed}")
    assert isinstance(answer, Say)
    assert whole(await leaves(world)) == after
    if after != whole(was):
        await press(player, answer, "Undo")
        assert await leaves(world) == was
    else:
        assert "Nothing is changed" in text(answer)


def whole(days: Days) -> Days:
    """Entries that follow each other at once, as the one leave they are."""
    found: Days = []
    for first, last in days:
        before = found[-1] if found else None
        if before and before[1] and (date.fromisoformat(first) - date.fromisoformat(before[1])).days <= 1:
            found[-1] = (before[0], last)
        else:
            found.append((first, last))
    return found


# language · it ends on Wednesday 20 January
ENDS = {
    "en": ["my leave ends on Wednesday", "leave finishes Wed", "my holiday is over on Wednesday",
           "Wednesday is my last day of leave", "my annual leave runs out on the 20th"],
    "de": ["mein Urlaub endet am 20.1.", "am Mittwoch endet mein Urlaub", "Urlaub ist am Mittwoch zu Ende",
           "mein letzter Urlaubstag ist Mittwoch", "Elternzeit endet Mittwoch"],
    "nl": ["mijn verlof eindigt woensdag", "vakantie loopt woensdag af", "laatste verlofdag is woensdag",
           "woensdag is mijn vakantie afgelopen", "verlof stopt op woensdag"],
    "da": ["min orlov slutter onsdag", "ferien er forbi på onsdag", "onsdag slutter min ferie",
           "min sidste feriedag er onsdag", "orloven er slut onsdag"],
    "nb": ["permisjonen min slutter onsdag", "ferien er over onsdag", "onsdag slutter ferien min",
           "siste feriedag er onsdag", "permisjonen er slutt på onsdag"],
    "sv": ["min ledighet slutar på onsdag", "semestern tar slut onsdag", "på onsdag slutar min semester",
           "sista semesterdagen är onsdag", "ledigheten är över på onsdag"],
}  # fmt: skip


@pytest.mark.parametrize("language", ENDS)
async def test_the_end_of_a_leave_is_no_new_leave(world: World, language: str) -> None:
    """Who is on leave gets another end; who is not is asked, and nothing is entered."""
    player = world.player("b")
    await speak(world, language)
    for typed in ENDS[language]:
        asked = await player.type(f"/caseload {typed}")
        assert isinstance(asked, Say), typed
        assert await leaves(world) == [], typed
        await player.type("/caseload leave until 29 Jan")
        assert await leaves(world) == [("2027-01-18", "2027-01-29")]
        done = await player.type(f"/caseload {typed}")
        assert await leaves(world) == [("2027-01-18", "2027-01-20")], typed
        assert isinstance(done, Say)
        await give_up(world)


async def test_the_end_of_no_leave_offers_a_new_one(world: World) -> None:
    player = world.player("b")
    asked = await player.type("/caseload my leave ends on Friday")
    assert "No leave is entered that this could change" in text(asked)
    await press(player, asked, "Leave: Mon 18 Jan – Fri 22 Jan")
    assert await leaves(world) == [("2027-01-18", "2027-01-22")]


async def test_a_leave_that_begins_on_another_day_is_asked(world: World) -> None:
    player = world.player("b")
    await player.type("/caseload leave 8-12 Feb")
    asked = await player.type("/caseload my leave starts on 10 Feb")
    await press(player, asked, "Leave: Wed 10 Feb – Fri 12 Feb")
    assert await leaves(world) == [("2027-02-10", "2027-02-12")]
    known = await player.type("/caseload my leave starts on 10 Feb")
    assert "Wed, 10 Feb 2027 to Fri, 12 Feb 2027" in text(known)


@pytest.mark.parametrize(
    ("before", "typed", "after"),
    [
        (["f2f"], "my f2f time ends on Friday", [("2027-01-18", "2027-01-22")]),
        (["f2f until 29 Jan"], "f2f ends Friday", [("2027-01-18", "2027-01-22")]),
        (["f2f until Friday"], "my f2f period is over on 29 Jan", [("2027-01-18", "2027-01-29")]),
        (["f2f 1-12 Feb"], "f2f ends on 10 Feb", [("2027-02-01", "2027-02-10")]),
        # asked: nothing is done
        ([], "f2f ends Friday", []),
        ([], "my icbt time ends on Friday", []),
        (["f2f 1-12 Feb"], "f2f ends Friday", [("2027-02-01", "2027-02-12")]),
        (["f2f 1-5 Feb", "f2f 15-19 Feb"], "f2f ends on 26 Feb",
         [("2027-02-01", "2027-02-05"), ("2027-02-15", "2027-02-19")]),
    ],
)  # fmt: skip
async def test_the_end_of_a_mode_is_no_new_period(world: World, before: list[str], typed: str, after: Days) -> None:
    player = world.player("b")
    for each in before:
        await player.type(f"/caseload {each}")
    was = await modes(world)
    answer = await player.type(f"/caseload {typed}")
    assert isinstance(answer, Say)
    assert await modes(world) == after
    if after != was:
        await press(player, answer, "Undo")
        assert await modes(world) == was


async def test_where_several_leaves_can_be_meant_each_is_a_button(world: World) -> None:
    player = world.player("b")
    await player.type("/caseload leave 8-12 Feb")
    await player.type("/caseload leave 1-5 Mar")
    asked = await player.type("/caseload extend my leave by a week")
    await press(player, asked, "Leave: Mon 1 Mar – Fri 12 Mar")
    assert await leaves(world) == [("2027-02-08", "2027-02-12"), ("2027-03-01", "2027-03-12")]


async def test_a_move_without_any_leave_is_refused(world: World) -> None:
    answer = await world.player("b").type("/caseload move my leave to week 8")
    assert isinstance(answer, Refused)
    assert answer.key == "no_leave_to_end"


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("extend my leave until 12 Feb", ("2027-01-18", "2027-02-12")),
        ("another three days", ("2027-01-18", "2027-01-20")),
        ("one more week of leave", ("2027-01-18", "2027-01-24")),
    ],
)
async def test_a_longer_leave_where_none_is_entered_is_only_offered(
    world: World, typed: str, taken: tuple[str, str]
) -> None:
    player = world.player("b")
    answer = await player.type(f"/caseload {typed}")
    assert await leaves(world) == []
    await press(player, answer, "Leave:")
    assert await leaves(world) == [taken]


# what is entered · typed on Monday 18 January · leave then, mode periods then; the same as before is asked about
MORE = [
    (["leave until Friday"], "another three days", [("2027-01-18", "2027-01-25")]),
    (["leave until Friday"], "one more week", [("2027-01-18", "2027-01-29")]),
    (["leave until Friday"], "two days longer", [("2027-01-18", "2027-01-24")]),
    (["leave 8-12 Feb"], "one more week of leave", [("2027-02-08", "2027-02-19")]),
    (["leave 8-12 Feb"], "one more week", [("2027-02-08", "2027-02-12")]),  # it has not begun
    (["f2f until Friday", "leave until Wednesday"], "one more week", [("2027-01-18", "2027-01-20")]),
]


@pytest.mark.parametrize(("before", "typed", "after"), MORE, ids=lambda part: str(part)[:40])
async def test_more_time_prolongs_the_leave_that_runs_or_asks(
    world: World, before: list[str], typed: str, after: Days
) -> None:
    player = world.player("b")
    for each in before:
        await player.type(f"/caseload {each}")
    was = await modes(world)
    answer = await player.type(f"/caseload {typed}")
    assert await leaves(world) == after
    assert await modes(world) == was
    if len(before) > 1:
        await press(player, answer, "Face-to-face ends on Fri 29 Jan")
        assert await modes(world) == [("2027-01-18", "2027-01-29")]


async def speak(world: World, language: str) -> None:
    """The therapist's language is another."""
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Person, person_id("b")), language=language))
        await uow.commit()


async def give_up(world: World) -> None:
    """No leave is entered any more."""
    async with world.store.begin(ORGANISATION) as uow:
        for entry in await uow.find(LeaveEntry, person=person_id("b"), cancelled_at=None):
            await uow.save(replace(entry, cancelled_at=START))
        await uow.commit()


# ---- touching leaves


async def touching(world: World) -> None:
    """Two entries that are one leave, from 8 to 18 February."""
    player = world.player("b")
    await player.type("/caseload leave 8-12 Feb")
    await player.type("/caseload leave 13-18 Feb")
    assert len(await leaves(world)) == 2


async def test_touching_leaves_stand_as_one_in_every_list(world: World) -> None:
    await touching(world)
    player = world.player("b")
    one = "Mon, 8 Feb 2027 to Thu, 18 Feb 2027"
    for answer in (
        await player.type("/caseload"),
        await player.press("caseload.leave"),
        await player.type("/caseload extend my leave"),
    ):
        assert text(answer).count(one) == 1
        assert "12 Feb" not in text(answer)
        assert "13 Feb" not in text(answer)


async def test_touching_leaves_are_changed_in_one_form(world: World) -> None:
    await touching(world)
    player = world.player("b")
    form = await player.press("caseload.leave.change", await first_id(world))
    assert isinstance(form, Show)
    values = {"first_day": "2027-02-09", "last_day": "2027-02-19", "own_cases": ("keep",), "cover": ("nobody",)}
    assert isinstance(await player.send(form.form, values), Say)
    assert whole(await leaves(world)) == [("2027-02-09", "2027-02-19")]


async def test_touching_leaves_are_given_up_together_and_come_back_together(world: World) -> None:
    await touching(world)
    player = world.player("b")
    gone = await player.press("caseload.back", await first_id(world))
    assert await leaves(world) == []
    await press(player, gone, "Undo")
    assert await leaves(world) == [("2027-02-08", "2027-02-12"), ("2027-02-13", "2027-02-18")]


async def test_each_part_of_a_leave_keeps_what_becomes_of_the_cases(world: World) -> None:
    player = world.player("b")
    form = await player.press("caseload.leave")
    assert isinstance(form, Show)
    values = {"first_day": "2027-02-08", "last_day": "2027-02-12", "own_cases": ("keep",), "cover": ("nobody",)}
    await player.send(form.form, values)
    await player.send(
        form.form, values | {"first_day": "2027-02-13", "last_day": "2027-02-18", "own_cases": ("withdraw",)}
    )
    await player.type("/caseload extend my leave until 20 Feb")
    entries = await world.find(LeaveEntry, person=person_id("b"), cancelled_at=None)
    kept = sorted((e.first_day.day, e.last_day.day if e.last_day else 0, e.own_cases) for e in entries)
    assert kept == [(8, 12, "keep"), (13, 20, "withdraw")]


# ---- undo


@pytest.mark.parametrize("word", ["undo", "Undo!", "rückgängig", "ångra", "fortryd", "angre", "ongedaan maken"])
async def test_undo_typed_puts_the_last_step_back(world: World, word: str) -> None:
    player = world.player("b")
    await player.type("/caseload leave 8-12 Feb")
    await world.advance(minutes=1)
    await player.type("/caseload f2f from Friday")
    assert "taken back" in text(await player.type(f"/caseload {word}")).casefold()
    assert await world.find(ModeEntry, person=person_id("b"), cancelled_at=None) == []
    assert await leaves(world) == [("2027-02-08", "2027-02-12")]
    await player.type(f"/caseload {word}")
    assert await leaves(world) == []
    nothing = await player.type(f"/caseload {word}")
    assert isinstance(nothing, Refused)
    assert nothing.key == "nothing_to_take_back"


async def test_undo_is_over_after_ten_minutes(world: World) -> None:
    player = world.player("b")
    await player.type("/caseload leave 8-12 Feb")
    await world.advance(minutes=11)
    assert isinstance(await player.type("/caseload undo"), Refused)
    assert await leaves(world) == [("2027-02-08", "2027-02-12")]


# ---- covering


async def test_only_therapists_are_offered_as_cover(world: World) -> None:
    joined = Membership("mem_9", ORGANISATION, GROUP, person_id("m"), date(2027, 1, 1))
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(joined)
        await uow.commit()
    form = await world.player("b").press("caseload.leave")
    assert isinstance(form, Show)
    cover = next(field for field in form.form.fields if isinstance(field, ChoiceField) and field.name == "cover")
    offered = {option.value for option in cover.options}
    assert person_id("a") in offered
    assert person_id("m") not in offered  # a manager can neither review nor present


# ---- for a member


SUPERVISED = "for Therapist B (Kiel): "


async def test_a_supervisor_types_it_for_a_member(world: World) -> None:
    supervisor = world.player("s")
    entered = text(await supervisor.type(f"/caseload {SUPERVISED}leave 8-12 Feb"))
    assert "Therapist B (Kiel) will be told" in entered
    for typed, after in (
        ("extend until 19 Feb", [("2027-02-08", "2027-02-19")]),
        ("extend my leave until 20 Feb", [("2027-02-08", "2027-02-20")]),
        ("back on 15 Feb", [("2027-02-08", "2027-02-14")]),
        ("move leave to week 8", [("2027-02-22", "2027-02-28")]),
    ):
        await supervisor.type(f"/caseload {SUPERVISED}{typed}")
        assert await leaves(world) == after
    assert await leaves(world, "s") == []
    await supervisor.type("/caseload Therapist B (Kiel): f2f until Friday")
    assert [e.mode for e in await world.find(ModeEntry, person=person_id("b"))] == ["f2f"]
    asked = await supervisor.type(f"/caseload {SUPERVISED}leave next Friday")
    await press(supervisor, asked, "Leave: Fri 29 Jan")
    assert ("2027-01-29", "2027-01-29") in await leaves(world)
    assert await leaves(world, "s") == []


async def test_what_is_asked_about_a_member_names_them(world: World) -> None:
    supervisor = world.player("s")
    await supervisor.type(f"/caseload {SUPERVISED}leave 8-12 Feb")
    for typed in ("back on 1 Mar", "extend my leave", "leave next Friday"):
        asked = text(await supervisor.type(f"/caseload {SUPERVISED}{typed}"))
        assert "Therapist B (Kiel)" in asked
        assert "You have" not in asked
    assert await leaves(world) == [("2027-02-08", "2027-02-12")]


async def test_nobody_else_types_it_for_a_member(world: World) -> None:
    """A therapist, and a supervisor whose words name nobody they plan for, change nothing."""
    for letter, typed in (
        ("a", f"{SUPERVISED}leave 8-12 Feb"),
        ("s", "for Service manager (Kiel): leave 8-12 Feb"),
        ("s", "for Nobody Known: leave 8-12 Feb"),
        ("s", "Therapist B (Kiel) leave 8-12 Feb"),
    ):
        answer = await world.player(letter).type(f"/caseload {typed}")
        assert "nothing was changed" in text(answer).casefold()
    assert await world.find(LeaveEntry) == []


async def test_for_a_time_is_no_name(world: World) -> None:
    await world.player("s").type("/caseload for two weeks leave")
    assert await leaves(world, "s") == [("2027-01-18", "2027-01-31")]


async def test_a_forged_change_is_refused(world: World) -> None:
    player = world.player("b")
    await player.type("/caseload leave 8-12 Feb")
    form = await player.press("caseload.leave")
    assert not isinstance(form, Invalid)
    entry = (await world.find(LeaveEntry, person=person_id("b")))[0]
    answer = await player.press("caseload.leave.days", entry.id, first="soon", last="")
    assert isinstance(answer, Refused)
    assert await leaves(world) == [("2027-02-08", "2027-02-12")]


# ---- several leaves


# ---- steps of one moment


# ---- a word that cannot be read
