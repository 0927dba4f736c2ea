"""Days typed after `/round` and into forms: read by the one grammar, and asked about where they leave a doubt."""

from __future__ import annotations

from datetime import date

import pytest

from bot.app.steps.series_store import series_of
from bot.domain.organisation import Closure
from bot.ports.records import SeriesEntry
from bot.ui.inbound import Done, Invalid, Refused, Show
from bot.ui.model import Action, Buttons, Card, ChoiceField, Form
from tests.app.series_steps import begin, card_of, days, rounds, told
from tests.world import World


def asked(card: Card) -> list[Action]:
    """The readings that a question offers."""
    return [action for block in card.body if isinstance(block, Buttons) for action in block.actions]


def choices(form: Form, name: str) -> list[tuple[str, str]]:
    """What a field offers to choose from, value and label; nothing where it is filled in."""
    (found,) = [each for each in form.fields if each.name == name]
    return [(option.value, option.label) for option in found.options] if isinstance(found, ChoiceField) else []


async def entry_of(world: World) -> SeriesEntry:
    (entry,) = await world.find(SeriesEntry)
    return entry


async def press(world: World, action: Action) -> None:
    await world.player("s").press(action.key, action.subject, **action.args)
    await world.settle()


async def test_a_weekday_with_two_readings_is_asked_about_and_done_when_chosen(world: World) -> None:
    """The story's clock stands on a Monday, so "next Monday" is in a week or in two."""
    today = world.clock.now().date()
    await begin(world, anchor=today.isoformat())
    before = await entry_of(world)
    card = card_of(await world.player("s").type("/round skip next monday"))
    assert len(asked(card)) == 2
    assert await entry_of(world) == before
    first = next(a for a in asked(card) if (date.fromisoformat(a.args["first"]) - today).days % 14 == 0)
    await press(world, first)
    assert series_of(await entry_of(world)).skipped == frozenset({date.fromisoformat(first.args["first"])})


async def test_the_days_of_a_move_may_each_be_doubtful(world: World) -> None:
    await begin(world, anchor="2027-02-01")
    card = card_of(await world.player("s").type("/round move Mon 1 Feb to Tue 3 Feb"))
    (reading,) = asked(card)
    assert (reading.args["first"], reading.args["last"]) == ("2027-02-01", "2027-02-03")
    assert not series_of(await entry_of(world)).moved
    await press(world, reading)
    assert series_of(await entry_of(world)).moved == {date(2027, 2, 1): date(2027, 2, 3)}


async def test_a_pause_is_a_length_a_range_or_an_end_but_a_single_day_is_asked_about(world: World) -> None:
    await begin(world, anchor="2027-02-01")
    today = world.clock.now().date()
    card = card_of(await world.player("s").type("/round pause 20 Feb"))
    assert [(a.args["first"], a.args["last"]) for a in asked(card)] == [
        (today.isoformat(), "2027-02-20"),
        ("2027-02-20", "2027-02-20"),
    ]
    assert not series_of(await entry_of(world)).pauses
    await world.player("s").type("/round pause 1-20 Feb")
    (pause,) = series_of(await entry_of(world)).pauses
    assert (pause.first_day, pause.last_day) == (date(2027, 2, 1), date(2027, 2, 20))


@pytest.mark.parametrize("typed", ["skip soon", "move", "move 1 Feb", "restore", "restore 31 Feb", "end maybe friday",
                                   "pause cancelled", "move someday to 3 Feb"])  # fmt: skip
async def test_words_that_are_no_day_change_nothing_and_bring_examples(world: World, typed: str) -> None:
    await begin(world, anchor="2027-02-01")
    before = await entry_of(world)
    card = card_of(await world.player("s").type(f"/round {typed}"))
    assert asked(card) == []
    assert "12 Jan" in told(card)
    assert await entry_of(world) == before


async def test_a_forged_reading_finds_nothing(world: World) -> None:
    entry = await begin(world, anchor="2027-02-01")
    for args in (
        {},
        {"word": "skip", "first": "soon", "last": ""},
        {"word": "begin", "first": "2027-02-01", "last": ""},
    ):
        refused = await world.player("s").press("series.said", entry.id, **args)
        assert isinstance(refused, Refused)
        assert refused.key == "not_found_here"


async def test_a_date_typed_into_a_form_is_read_by_the_same_grammar(world: World) -> None:
    """A browser without a calendar sends what was typed."""
    form = await world.player("s").open("closures.add")
    place = {"clinic": ("cli_lund",), "name": "away day"}
    refused = await world.player("s").send(form, {**place, "first_day": "next friday"})
    assert isinstance(refused, Invalid)
    assert refused.form.errors == {}
    assert [label for _, label in choices(refused.form, "first_day")][-1] == "Something else"
    again = await world.player("s").send(refused.form, {**place, "first_day": ("?",)})
    assert isinstance(again, Invalid)
    assert again.form.errors == {}
    assert not choices(again.form, "first_day")
    day = choices(refused.form, "first_day")[1][0]
    assert isinstance(await world.player("s").send(refused.form, {**place, "first_day": (day,)}), Done)
    assert [c.first_day.isoformat() for c in await world.find(Closure)] == [day]
    refused = await world.player("s").send(form, {"first_day": "someday", "last_day": "", "name": "away day"})
    assert isinstance(refused, Invalid)
    assert "12 Jan" in refused.form.errors["first_day"]


async def test_a_time_of_day_is_read_as_people_say_it(world: World) -> None:
    await begin(world, anchor="2027-02-01", at="kl. 9")
    await world.advance(days=40)
    assert date(2027, 2, 1) in days(await rounds(world))
    form = await world.player("s").open("series.new")
    refused = await world.player("s").send(form, {"rhythm": ("2",), "anchor": "2027-02-01", "at": "half ten"})
    assert isinstance(refused, Invalid)
    assert [value for value, _ in choices(refused.form, "at")] == ["10:30", "09:30", "?"]
    chosen = {"rhythm": ("2",), "anchor": "2027-02-01", "at": ("09:30",)}
    preview = await world.player("s").send(refused.form, chosen)
    assert isinstance(preview, Show)
    assert "09:30" in told(preview.form)
    shown = await world.player("s").send(form, {"rhythm": ("2",), "anchor": "2027-02-01", "at": "half past ten"})
    assert isinstance(shown, Show)
    assert "10:30" in told(shown.form)
