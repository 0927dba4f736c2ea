"""The first day of treatment: its author may tell it, dates become weeks, peers never read it."""

from __future__ import annotations

import dataclasses
import json

from bot.anonymise import Known, Sensitive, TagBook
from bot.app.gate.handlers import TAGS
from bot.demo.clinic import ORGANISATION
from bot.ports.schema import RECORDS
from bot.ui.inbound import Invalid, Show
from bot.ui.model import DateField, Preview
from tests.app.presenting import newest, present
from tests.world import World


async def test_dates_become_weeks_of_treatment_and_the_day_itself_is_nowhere(world: World) -> None:
    _, preview = await present(world, background="She wrote on 14 January 2027 that it helps.", start="2027-01-05")
    assert preview is not None
    shown = "".join(mark.text for block in preview.body if isinstance(block, Preview) for mark in block.marks)
    assert "[DATE 1, week 2]" in shown
    case = await newest(world)
    page = await world.player("a").press("case.page", case.id)
    assert isinstance(page, Show)
    for kind in RECORDS:
        for record in await world.find(kind):
            assert "2027-01-05" not in json.dumps(dataclasses.asdict(record), default=str)


async def test_later_texts_of_the_case_count_from_the_same_day(world: World) -> None:
    await present(world, start="2027-01-05")
    case = await newest(world)
    async with world.store.begin(ORGANISATION, write=False) as uow:
        sealed = await uow.sealed(case.id, TAGS)
    assert sealed is not None
    book = TagBook.from_json(json.loads(sealed))
    examined = await world.tools.gate.examine(
        {"x": Sensitive("And on 19 January?")}, lang="en", known=Known(), tags=book, mask=[]
    )
    assert examined.redact()["x"].text.endswith(", week 3]?")


async def test_a_start_in_the_future_is_a_mistake_of_its_field(world: World) -> None:
    outcome, _ = await present(world, start="2031-01-05")
    assert isinstance(outcome, Invalid)
    assert set(outcome.form.errors) == {"start"}


async def test_the_day_is_there_again_when_the_case_is_edited(world: World) -> None:
    player = world.player("a")
    form = await player.open("case.new")
    values = {"mode": ("icbt",), "language": ("en",), "objection": ("no",), "risk": ("no",), "start": "2027-01-05"}
    texts = {"title": "Sleep", "background": "Slow progress since week 2.", "key_question": "What next?"}
    shown = await player.send(form, {**texts, **values})
    assert isinstance(shown, Show)
    back = await player.open("text.edit", shown.form.subject)
    field = next(f for f in back.fields if f.name == "start")
    assert isinstance(field, DateField)
    assert field.value is not None
    assert field.value.isoformat() == "2027-01-05"
