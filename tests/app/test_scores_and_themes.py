"""Scores and themes of a case: checked by field, drawn with bands for who reads the case, never kept by a platform."""

from __future__ import annotations

import pytest

from adapters.slack.pictures import Gallery
from bot.demo.clinic import ORGANISATION
from bot.demo.texts import CASES
from bot.domain.organisation import Organisation
from bot.ui.inbound import Invalid, Show
from bot.ui.model import ManyField, Passage, Picture, Preview, Table, plain
from tests.app.presenting import newest, present
from tests.app.shown import text
from tests.world import World


async def test_scores_become_a_chart_with_bands_and_numbers(world: World) -> None:
    await present(world, scores="PHQ-9: 18, 15, 12\nGAD-7 week 1: 14, week 4: 9")
    page = await world.player("a").press("case.page", (await newest(world)).id)
    assert isinstance(page, Show)
    charts = [b for b in page.form.body if isinstance(b, Picture)]
    tables = [b for b in page.form.body if isinstance(b, Table)]
    assert ["PHQ-9" in c.alt for c in charts] == [True, False]
    assert [plain(cell) for cell in tables[0].rows[0]][:2] == ["1", "18"]
    assert [plain(row[0]) for row in tables[1].rows] == ["1", "4"]


async def test_the_dates_of_a_pasted_table_reach_nobody(world: World) -> None:
    _, preview = await present(world, scores="Date\tPHQ-9\n01.02.2027\t18\n15.02.2027\t15")
    assert preview is not None
    assert not any("2027" in mark.text for b in preview.body if isinstance(b, Preview) for mark in b.marks)
    page = await world.player("a").press("case.page", (await newest(world)).id)
    assert isinstance(page, Show)
    (table,) = [b for b in page.form.body if isinstance(b, Table)]
    assert [plain(row[0]) for row in table.rows] == ["1", "3"]


async def test_a_text_carries_its_language_to_readers_of_another(world: World) -> None:
    german = {
        "title": "Kaum Antworten",
        "background": "Sie hat die ersten Module sorgfältig bearbeitet und schreibt seit zwei Wochen nicht mehr. "
        "Am 3. Mai war sie noch zuversichtlich.",
        "key_question": "Wie spreche ich das an, ohne dass sie sich unter Druck gesetzt fühlt?",
        "excerpt": "",
    }
    _, preview = await present(world, language=("de",), **german)
    assert preview is not None
    assert {b.language for b in preview.body if isinstance(b, Preview)} == {"de"}
    page = await world.player("a").press("case.page", (await newest(world)).id)
    assert isinstance(page, Show)
    assert {b.language for b in page.form.body if isinstance(b, Passage)} == {"de"}


async def test_a_cases_chart_is_never_uploaded(world: World) -> None:
    await present(world, scores="PHQ-9: 18, 15, 12")
    page = await world.player("a").press("case.page", (await newest(world)).id)
    assert isinstance(page, Show)
    gallery = Gallery(None, None)  # type: ignore[arg-type]  # neither may be touched
    assert await gallery.upload("T1", page.form) == {}


@pytest.mark.parametrize(
    ("scores", "told"),
    [
        ("18, 15, 12", "Begin with the instrument"),
        ("PHQ-9: 28", "PHQ-9 goes from 0 to 27"),
        ("PHQ-9: 12.1. 18", "week numbers instead of dates"),
        ("WHO-5: 51", "steps of 4"),
        ("PHQ-9: better", "not understood in line 1"),
        ("PHQ-9: 3 PHQ-9: 4", "twice"),
        ("PHQ-9:", "no scores"),
    ],
)
async def test_scores_that_cannot_be_read_are_told_by_field(world: World, scores: str, told: str) -> None:
    outcome, _ = await present(world, scores=scores)
    assert isinstance(outcome, Invalid)
    assert set(outcome.form.errors) == {"scores"}
    assert told in outcome.form.errors["scores"]


async def test_themes_come_from_the_list_and_reach_case_log_and_report(world: World) -> None:
    await present(world, themes=("drop_out", "Jane Doe"))
    case = await newest(world)
    assert case.themes == ("drop_out",)
    assert "Drop-out" in text(await world.player("a").press("case.page", case.id))


async def test_an_organisation_offers_its_own_themes(world: World) -> None:
    from dataclasses import replace

    async with world.store.begin(ORGANISATION) as uow:
        found = await uow.get(Organisation, ORGANISATION)
        await uow.save(replace(found, themes=("tone", "Our own words")))
        await uow.commit()
    form = await world.player("a").open("case.new")
    field = next(f for f in form.fields if f.name == "themes")
    assert isinstance(field, ManyField)
    assert [(o.value, o.label) for o in field.options] == [
        ("tone", "Tone of a message"),
        ("Our own words", "Our own words"),
    ]


async def test_themes_survive_the_way_back_from_the_preview(world: World) -> None:
    player = world.player("a")
    form = await player.open("case.new")
    values = {**CASES[0], "mode": ("icbt",), "language": ("en",), "objection": ("no",), "risk": ("no",)}
    shown = await player.send(form, {**values, "themes": ("tone", "ending")})
    assert isinstance(shown, Show)
    back = await player.open("text.edit", shown.form.subject)
    field = next(f for f in back.fields if f.name == "themes")
    assert isinstance(field, ManyField)
    assert field.values == ("tone", "ending")
