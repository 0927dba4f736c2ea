"""One's own cases and reviews, with titles, and looking for one: by words, code, state, theme and day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.player import Player
from bot.demo.story import Story
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.ui.inbound import Invalid, Outcome, Refused, Show
from bot.ui.model import Form, Row, TextField, Titled, plain
from tests.app.planning_steps import OPTIONS
from tests.app.published_round import published
from tests.world import World

SLEEP = {"title": "Nights without sleep", "background": "He writes at four.", "key_question": "How to answer at night?"}
DIARY = {"title": "The empty diary", "background": "Nothing came for weeks.", "key_question": "Ask again?"}


def form(outcome: Outcome) -> Form:
    assert isinstance(outcome, Show | Invalid), outcome
    return outcome.form


def titles(shown: Form) -> list[str]:
    """What is listed, by title or by code."""
    rows = [b for b in shown.body if isinstance(b, Row | Titled)]
    return [b.title.text if isinstance(b, Titled) else plain(b.line) for b in rows]


async def presented(player: Player, text: Mapping[str, str], *themes: str) -> None:
    values: dict[str, str | Sequence[str]] = {**text, **OPTIONS, "themes": themes}
    await player.send_and_confirm(await player.open("case.new"), values)


async def with_two(world: World) -> Player:
    """Somebody who presented one case on Monday and one on Thursday; what the history holds has no text."""
    player = world.player("a")
    await presented(player, SLEEP, "tone")
    await world.advance(days=3)
    await presented(player, DIARY, "homework")
    return player


FITS: Mapping[str, tuple[Mapping[str, str | tuple[str, ...]], list[str]]] = {
    "a word of the title": ({"words": "diary"}, ["The empty diary"]),
    "a word of the text": ({"words": "FOUR"}, ["Nights without sleep"]),
    "every word must stand there": ({"words": "four diary"}, []),
    "a theme": ({"theme": ("homework",)}, ["The empty diary"]),
    "a theme that nobody has": ({"theme": ("ending",)}, []),
    "a theme that is none": ({"theme": ("x" * 500,)}, []),
    "from a day": ({"since": "2027-01-19"}, ["The empty diary"]),
    "both ends count": ({"since": "2027-01-18", "until": "2027-01-18"}, ["Nights without sleep"]),
    "open": ({"state": ("open",)}, ["The empty diary", "Nights without sleep"]),
    "waiting": ({"state": ("waiting",)}, []),
    "all at once": ({"words": "sleep", "theme": ("tone",), "until": "2027-01-18"}, ["Nights without sleep"]),
}


@pytest.mark.parametrize(("values", "expected"), FITS.values(), ids=FITS)
async def test_what_fits_is_found(
    world: World, values: Mapping[str, str | tuple[str, ...]], expected: list[str]
) -> None:
    player = await with_two(world)
    found = form(await player.send(await player.open("case.list"), values))
    assert titles(found) == expected
    shown = {each.name: each for each in found.fields}
    if "words" in values:
        words = shown["words"]
        assert isinstance(words, TextField)
        assert words.value.reveal() == values["words"], "what was looked for stands there still"


async def test_the_list_shows_title_state_and_days_newest_first(world: World) -> None:
    player = await with_two(world)
    shown = await player.open("case.list")
    assert titles(shown)[:2] == ["The empty diary", "Nights without sleep"]
    assert all(each.startswith("Case ") for each in titles(shown)[2:]), "what is purged has a code and no title"
    first = next(b.row for b in shown.body if isinstance(b, Titled))
    assert [plain(cell) for cell in first.cells[1:]] == ["waiting for reviewers", "Thu 21 Jan", ""]


async def test_a_code_finds_one_and_an_end_before_the_beginning_is_said(world: World) -> None:
    player = await with_two(world)
    shown = await player.open("case.list")
    (code, *_) = [plain(b.row.cells[0]) for b in shown.body if isinstance(b, Titled)]
    assert titles(form(await player.send(shown, {"words": code.lower()}))) == ["The empty diary"]
    wrong = await player.send(shown, {"since": "2027-01-20", "until": "2027-01-19"})
    assert isinstance(wrong, Invalid)
    assert set(wrong.form.errors) == {"until"}


async def test_what_waits_for_its_presenter_is_marked_and_found(world: World) -> None:
    assignments = await published(world)
    await world.advance(days=3)
    await Story(world, lambda _: None)._review(assignments[0].round)
    async with world.store.begin(ORGANISATION, write=False) as uow:
        presenter = await uow.presenter(assignments[0].case)
    player = world.player(presenter.rpartition("_")[2])
    shown = await player.open("case.list")
    mine = [b.row for b in shown.body if isinstance(b, Titled)]
    assert plain(mine[0].cells[1]).startswith("new · ")
    assert len(titles(form(await player.send(shown, {"state": ("waiting",)})))) == 1


async def test_reviews_are_found_by_the_words_of_their_cases_and_nobody_elses(world: World) -> None:
    assignments = await published(world)
    mine = [each for each in assignments if each.reviewer == person_id("a")]
    player = world.player("a")
    shown = await player.open("review.list")
    assert titles(shown)[len(mine) :] == [each for each in titles(shown) if each.startswith("Case ")], "the history"
    everything = {b.title.text for b in shown.body if isinstance(b, Titled)}
    async with world.store.begin(ORGANISATION, write=False) as uow:
        wanted = {(await uow.texts(each.case, "case"))["title"].text for each in mine}
        others = {(await uow.texts(each.case, "case"))["title"].text for each in assignments} - wanted
    assert everything == wanted
    languages = {each.code: each.language for each in await world.find(Case)}
    for block in shown.body:
        if isinstance(block, Titled):
            assert block.language == languages[plain(block.row.cells[0])], "the title is in the case's language"
    for title in wanted:
        assert title in titles(form(await player.send(shown, {"words": title, "state": ("open",)})))
    for title in others:
        assert titles(form(await player.send(shown, {"words": title}))) == []


async def test_a_recognised_patient_leaves_the_list(world: World) -> None:
    assignments = await published(world)
    mine = next(each for each in assignments if each.reviewer == person_id("a"))
    player = world.player("a")
    before = len(titles(await player.open("review.list")))
    await player.press("review.recognise", mine.id)
    assert len(titles(await player.open("review.list"))) == before - 1
    assert await world.find(Assignment, id=mine.id, ended_at=None) == []


async def test_a_manager_has_no_cases_to_look_for(world: World) -> None:
    for key in ("case.list", "review.list"):
        assert isinstance(await world.player("m").press(key), Refused)


async def test_days_in_the_wrong_order_are_refused_and_nothing_is_said_of_what_was_found(world: World) -> None:
    player = await with_two(world)
    shown = form(await player.send(await player.open("case.list"), {"since": "2027-01-19", "until": "2027-01-18"}))
    assert "until" in shown.errors
    assert "Nothing fits" not in repr(shown.body)
    assert "The empty diary" in titles(shown), "the list stays as it was"
