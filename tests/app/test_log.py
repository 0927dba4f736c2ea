"""The supervision log in the product: entries by hand, corrections, sign-off."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from bot.demo.clinic import ORGANISATION, person_id
from bot.ports.records import LogEntry
from bot.ui.inbound import Done, Invalid, Refused, Say, Show
from bot.ui.model import ChoiceField, DateField, ManyField, Row, TextField, plain
from bot.ui.strings import words
from tests.app.log_steps import GROUP_OF_FOUR, add, export, mine, read, sign_everything
from tests.app.shown import press, text
from tests.world import World

# ---- by hand


async def test_an_entry_by_hand_counts_and_keeps_its_learning_point_for_its_owner(world: World) -> None:
    before = text(await world.player("a").type("/supervision"))
    assert isinstance(await add(world.player("a")), Done)
    after = text(await world.player("a").type("/supervision"))
    assert "Mon, 11 Jan 2027" in after
    assert before != after
    entry = (await mine(world))[0]
    assert (entry.minutes, entry.group_size, entry.type, entry.minutes_estimated) == (60, 4, "group", False)
    page = text(await world.player("a").press("log.entry", entry.id))
    assert "Ask one question only." in page
    assert "Tone of a message" in page
    assert "Ask one question only." not in repr(await world.find(LogEntry))


async def test_names_in_a_learning_point_are_masked(world: World) -> None:
    await add(world.player("a"), learning_point="Write to lisa.holm@mail.example sooner")
    page = text(await world.player("a").press("log.entry", (await mine(world))[0].id))
    assert "lisa.holm" not in page
    assert "sooner" in page


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"day": "2027-02-01"}, {"day"}),
        ({"day": "never"}, {"day"}),
        ({"minutes": "0"}, {"minutes"}),
        ({"minutes": "1441"}, {"minutes"}),
        ({"group_size": "", "members": ()}, {"group_size"}),  # nobody knows how many
        ({"group_size": "1", "members": ()}, {"group_size"}),
        ({"group_size": "10", "type": ("individual",)}, {"group_size"}),
        ({"group_size": "2"}, {"group_size"}),  # with two colleagues there are three
        ({"type": ("team",)}, {"type"}),
        ({"role": (), "medium": ()}, {"role", "medium"}),
        ({"learning_point": "x" * 601}, {"learning_point"}),
    ],
)
async def test_what_cannot_be_is_told_by_field(world: World, changes: dict[str, str], errors: set[str]) -> None:
    sent = await add(world.player("a"), **changes)
    assert isinstance(sent, Invalid)
    assert set(sent.form.errors) == errors
    assert await mine(world) == []


async def test_a_foreign_theme_and_a_foreign_colleague_are_left_out(world: World) -> None:
    await add(world.player("a"), themes=("tone", "Jane Doe"), members=(person_id("b"), "per_nobody"))
    entry = (await mine(world))[0]
    assert (entry.themes, entry.members) == (("tone",), (person_id("b"),))


LENGTHS = {
    "90": 90, "90 min": 90, "1:30": 90, "1 h 30": 90, "1,5 h": 90, "ninety minutes": 90, "PT1H30M": 90,
    "half an hour": 30, "2 x 45 min": 90, "9:00-10:30": 90, "halvanden time": 90, "anderthalb Stunden": 90,
}  # fmt: skip


async def test_a_length_is_read_wherever_one_is_typed(world: World) -> None:
    player = world.player("a")
    of_round = (await world.find(LogEntry, person=person_id("a"), recorded_by="round"))[0]
    for n, (typed, minutes) in enumerate(LENGTHS.items()):
        assert isinstance(await add(player, day=f"2027-01-{n + 1:02}", minutes=typed), Done), typed
        entry = (await mine(world))[-1]
        assert entry.minutes == minutes, typed
        form = await player.open("log.correct", of_round.id)
        assert isinstance(await player.send(form, {"minutes": typed}), Done), typed
        assert [e for e in await world.find(LogEntry) if e.corrects == of_round.id][-1].minutes == minutes, typed
        shown = await player.type(f"/supervision add {typed}")
        assert isinstance(shown, Show)
        field = next(each for each in shown.form.fields if each.name == "minutes")
        assert isinstance(field, TextField)
        assert field.value.reveal() == str(minutes), typed


async def test_a_length_that_may_be_two_is_asked_and_one_that_is_none_stays_in_its_field(world: World) -> None:
    player = world.player("a")
    asked = await add(player, minutes="1.30 h")
    assert isinstance(asked, Invalid)
    field = next(each for each in asked.form.fields if each.name == "minutes")
    assert isinstance(field, ChoiceField)
    assert [o.label for o in field.options] == ["78 minutes", "90 minutes", "Something else"]
    assert isinstance(await player.send(asked.form, {**GROUP_OF_FOUR, "minutes": (field.options[1].value,)}), Done)
    assert [e.minutes for e in await mine(world)] == [90]
    refused = await add(player, minutes="a while")
    assert isinstance(refused, Invalid)
    assert "a while" in refused.form.errors["minutes"]
    kept = next(each for each in refused.form.fields if each.name == "minutes")
    assert isinstance(kept, TextField)
    assert kept.value.reveal() == "a while"
    unread = await player.type("/supervision add something")
    assert isinstance(unread, Show)
    assert "something" in unread.form.errors["minutes"]


# ---- twice the same


async def test_an_entry_like_another_one_is_asked_about_and_both_are_kept_if_wanted(world: World) -> None:
    player = world.player("a")
    await add(player)
    asked = await add(player, learning_point="Typed again.")
    assert isinstance(asked, Invalid)
    assert len(await mine(world)) == 1
    field = next(each for each in asked.form.fields if each.name == "same")
    assert isinstance(field, ManyField)
    assert field.label == "The same as Mon, 11 Jan 2027 · Group · 60 minutes"
    assert "Keep both?" in asked.form.errors["same"]
    assert "Typed again." in repr([f.value.reveal() for f in asked.form.fields if isinstance(f, TextField)])
    assert isinstance(await player.send(asked.form, {**GROUP_OF_FOUR, "same": (field.options[0].value,)}), Done)
    assert len(await mine(world)) == 2
    assert isinstance(await add(player, minutes="45"), Done), "another length is another entry"
    assert isinstance(await add(player), Invalid), "a third one is asked about too"


async def test_keeping_both_is_said_of_the_entry_that_was_named(world: World) -> None:
    player = world.player("a")
    await add(player)
    await add(player, minutes="30")
    asked = await add(player)
    assert isinstance(asked, Invalid)
    field = next(each for each in asked.form.fields if each.name == "same")
    assert isinstance(field, ManyField)
    other = {**GROUP_OF_FOUR, "minutes": "30", "same": (field.options[0].value,)}
    assert isinstance(await player.send(asked.form, other), Invalid)


async def test_a_correction_into_another_entry_is_asked_about_and_one_beside_it_is_not(world: World) -> None:
    player = world.player("a")
    await add(player)
    await add(player, minutes="45")
    second = (await mine(world))[-1]
    asked = await player.send(await player.open("log.correct", second.id), {"minutes": "1 h"})
    assert isinstance(asked, Invalid)
    field = next(each for each in asked.form.fields if each.name == "same")
    assert isinstance(field, ManyField)
    kept = {"minutes": "60", "same": (field.options[0].value,)}
    assert isinstance(await player.send(asked.form, kept), Done)
    again = await player.send(await player.open("log.correct", second.id), {"minutes": "60", "themes": ("ending",)})
    assert isinstance(again, Done), "what was kept once is not asked about for its themes"


async def test_a_withdrawn_entry_and_a_colleagues_are_no_duplicates(world: World) -> None:
    await add(world.player("b"))
    await add(world.player("a"))
    await world.player("a").press("log.withdraw", (await mine(world))[0].id)
    assert isinstance(await add(world.player("a")), Done)


# ---- corrections


async def test_minutes_are_corrected_with_history_and_the_estimate_ends(world: World) -> None:
    player = world.player("a")
    estimate = (await world.find(LogEntry, person=person_id("a"), order=("-day",)))[0]
    form = await player.open("log.correct", estimate.id)
    assert isinstance(await player.send(form, {"minutes": "45", "themes": ("ending",)}), Done)
    page = text(await player.press("log.entry", estimate.id))
    assert "45" in page
    assert "(estimate)" in page  # the earlier version
    again = await player.send(await player.open("log.correct", estimate.id), {"minutes": "50"})
    assert isinstance(again, Done)
    versions = [e for e in await world.find(LogEntry) if estimate.id in {e.id, e.corrects}]
    assert [e.minutes for e in versions if e.recorded_by != "round"] == [45, 50]
    assert not isinstance(await player.send(form, {"minutes": "x"}), Done)


async def test_what_was_entered_by_hand_is_corrected_altogether_with_history(world: World) -> None:
    player = world.player("a")
    nurses = "2 psychologists, 1 nurse"
    await add(player, method=("recording",), supervisor="Dr. Eva Lind, specialist", professions=nurses)
    (first,) = await mine(world)
    await sign_everything(world)
    page = text(await player.press("log.entry", first.id))
    assert "Dr. Eva Lind, specialist" in page
    assert "recording" in page
    assert nurses in page
    assert "Eva Lind" not in repr(await world.find(LogEntry))  # sealed beside the facts
    assert "nurse" not in repr(await world.find(LogEntry))
    form = await player.open("log.correct", first.id)
    changed = {"day": "2026-12-14", "type": ("individual",), "medium": ("phone",), "group_size": "3", "minutes": "50"}
    assert isinstance(await player.send(form, {**changed, "supervisor": "Dr. Eva Lind"}), Done)
    _, second = await mine(world)
    assert (second.day.isoformat(), second.type, second.medium, second.group_size) == (
        "2026-12-14", "individual", "phone", 3,
    )  # fmt: skip
    assert (second.moved_from, second.signed_by, second.method) == (first.day, None, "recording")
    page = text(await player.press("log.entry", second.id))
    assert "Dr. Eva Lind" in page
    rows = list(csv.DictReader(io.StringIO(read(await export(player, "plain", "csv")).decode("utf-8-sig"))))
    (row,) = [row for row in rows if row["Supervised by"]]
    assert (row["Date"], row["Method"], row["Supervised by"]) == ("2026-12-14", "recording", "Dr. Eva Lind")
    assert row["Professions of who took part"] == nurses, "what was not typed again stays"
    handed = await export(player, "plain", "pdf")
    printed = " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(read(handed))).pages).split())
    history = printed[printed.index("Earlier versions") :]
    assert "specialist" in history, "kind, size and supervisor as they were before the correction"
    assert "Dr. Eva Lind" in printed


async def test_a_rounds_day_and_size_stay(world: World) -> None:
    player = world.player("a")
    of_round = (await world.find(LogEntry, person=person_id("a"), recorded_by="round"))[0]
    form = await player.open("log.correct", of_round.id)
    assert {field.name for field in form.fields} == {"minutes", "themes", "learning_point"}
    await player.send(form, {"minutes": "35", "day": "2020-01-01", "group_size": "99"})
    (made,) = await mine(world)
    assert (made.minutes, made.day, made.group_size) == (35, of_round.day, of_round.group_size)


async def test_an_entry_counts_on_its_corrected_day_alone(world: World) -> None:
    """Moved across the window in which events are looked for, it counts once and where it is now."""
    player = world.player("a")
    for day, moved in (("2027-01-15", "2024-05-06"), ("2024-05-06", "2027-01-15")):
        await add(player, day=day)
        entry = next(e for e in await mine(world) if e.corrects is None and e.day.isoformat() == day)
        form = await player.open("log.correct", entry.id)
        await player.send(form, {"day": moved, "minutes": "50"})
        card = text(await player.type("/supervision"))
        assert ("on track, day 3 of 21 (14 + 7)" in card) == (moved == "2027-01-15")


async def test_the_log_lists_one_year_or_what_nobody_signed(world: World) -> None:
    player = world.player("a")
    await add(player, day="2025-03-03")
    await sign_everything(world)
    await add(player)

    log = await player.type("/supervision")
    unsigned = text(await press(player, log, "Not signed yet"))
    assert "Not signed yet · one entry, 1 h" in unsigned
    assert "11 Jan 2027" in unsigned
    assert "3 Mar 2025" not in unsigned
    narrowed = await press(player, log, "Year 2025")
    of_2025 = text(narrowed)
    assert "1 Jan 2025 to Wed, 31 Dec 2025 · one entry, 1 h" in of_2025
    assert "3 Mar 2025" in of_2025
    assert "11 Jan 2027" not in of_2025
    assert text(await press(player, narrowed, "All entries")) == text(log)
    none = text(await player.press("log.open", year="2019"))
    assert "No such entry." in none
    every = await player.press("log.open", year="x", skip="-1", unsigned="?")
    assert text(every) == text(await player.type("/supervision"))


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [("from 1 Mar to 31 Mar", date(2026, 3, 1), date(2026, 3, 31)),
     ("1 Mar 2025 - 31 Mar 2025", date(2025, 3, 1), date(2025, 3, 31)),
     ("from 1 Mar 2025 to 31 Mar 2025", date(2025, 3, 1), date(2025, 3, 31)),
     ("2025", date(2025, 1, 1), date(2025, 12, 31)), ("Q1 2025", date(2025, 1, 1), date(2025, 3, 31)),
     ("until 3 March 2025", date(2025, 3, 3), date(2025, 3, 3))],
)  # fmt: skip
async def test_the_log_lists_a_typed_span_of_days(world: World, typed: str, first: date, last: date) -> None:
    player = world.player("a")
    days = [date(2025, 3, 3), date(2025, 3, 31), date(2025, 4, 1), date(2026, 3, 31)]
    for day in days:
        await add(player, day=f"{day}")
    listed, w = await player.type(f"/supervision {typed}"), words("en")
    assert isinstance(listed, Say)
    assert f"{w.day(first, year=True)} to {w.day(last, year=True)} · " in text(listed)
    rows = {plain(row.line).partition(" ·")[0] for row in listed.card.body if isinstance(row, Row)}
    found = {day for day in days if w.day(day, year=True) in rows}
    assert found == {day for day in days if first <= day <= last}


async def test_days_of_the_log_are_chosen_in_a_form(world: World) -> None:
    player = world.player("a")
    await add(player, day="2025-03-03")
    await sign_everything(world)
    await add(player, day="2025-03-05", minutes="90")
    await add(player, day="2025-04-01")
    chosen = {"first": "1.3.2025", "last": "31.3.2025"}
    listed = await player.send(await player.open("log.span"), chosen)
    # A card of its own: the web page answers `Done` with the page the form was opened from, which lists other days.
    assert isinstance(listed, Say)
    assert "1 Mar 2025 to Mon, 31 Mar 2025 · 2 entries, 2.5 h" in text(listed)
    assert "1 Apr 2025" not in text(listed)
    unsigned = text(await player.send(await player.open("log.span"), {**chosen, "unsigned": ("yes",)}))
    assert "1 Mar 2025 to Mon, 31 Mar 2025 · Not signed yet · one entry, 1.5 h" in unsigned
    assert "3 Mar 2025" not in unsigned.partition("one entry, 1.5 h")[2]
    wrong = await player.send(await player.open("log.span"), {"first": "31.3.2025", "last": "1.3.2025"})
    assert isinstance(wrong, Invalid)
    unclear = text(await player.type("/supervision from 31 Mar 2025 to 1 Mar 2025"))
    assert "Which days is not clear" in unclear


async def test_a_day_has_24_hours_for_all_its_entries(world: World) -> None:
    player = world.player("a")
    assert isinstance(await add(player, day="2025-03-03", minutes="1400"), Done)
    full = await add(player, day="2025-03-03", minutes="41")
    assert isinstance(full, Invalid)
    assert set(full.form.errors) == {"minutes"}
    assert isinstance(await add(player, day="2025-03-03", minutes="40"), Done)
    longer = next(e for e in await mine(world) if e.minutes == 40)
    corrected = await player.send(await player.open("log.correct", longer.id), {"minutes": "60"})
    assert isinstance(corrected, Invalid)


async def test_a_file_is_made_of_the_days_that_are_listed(world: World) -> None:
    player = world.player("a")
    await add(player, day="2025-03-03")
    await add(player)
    year = await press(player, await player.type("/supervision"), "Year 2025")
    typed = await player.type("/supervision from 1 Mar 2025 to 31 Mar 2025")
    asked = {"2025-01-01 2025-12-31": year, "2025-03-01 2025-03-31": typed, "None None": await player.type("/log")}
    for days, listed in asked.items():
        form = await press(player, listed, "Export")
        assert isinstance(form, Show)
        assert " ".join(f"{f.value}" for f in form.form.fields if isinstance(f, DateField)) == days


async def test_withdrawing_takes_an_entry_out_of_the_totals(world: World) -> None:
    player = world.player("a")
    before = text(await player.type("/supervision"))
    await add(player)
    assert text(await player.type("/supervision")) != before
    await player.press("log.withdraw", (await mine(world))[0].id)
    assert text(await player.type("/supervision")) == before


async def test_another_persons_entry_is_refused_in_every_step(world: World) -> None:
    await add(world.player("a"))
    entry = (await mine(world))[0]
    form = await world.player("a").open("log.correct", entry.id)
    for step in ("log.entry", "log.correct", "log.withdraw"):
        refused = await world.player("b").press(step, entry.id)
        assert isinstance(refused, Refused)
        assert refused.key == "not_your_entry"
    assert isinstance(await world.player("b").send(form, {"minutes": "1"}), Refused)


# ---- sign-off


async def test_an_entry_of_a_round_names_nobody_one_made_by_hand_those_who_were_named(world: World) -> None:
    await add(world.player("a"))
    for entry in await world.find(LogEntry, person=person_id("a")):
        await change(world, entry.id, (person_id("b"),))
        page = text(await world.player("a").press("log.entry", entry.id))
        assert ("Therapist B" in page) == (entry.round is None)


async def change(world: World, entry: str, members: tuple[str, ...]) -> None:
    """An entry of an older version, which named who took part."""
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(LogEntry, entry), members=members))
        await uow.commit()
