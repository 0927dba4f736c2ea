"""The private worksheet: kept without identities, ranked, presented from, erased; nobody else reads of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.anonymise import Sensitive
from bot.app.commands import COMMANDS
from bot.app.context import Work
from bot.app.steps import worksheet
from bot.app.steps.departure import leave_service
from bot.app.steps.retention_run import purge
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.player import form_of
from bot.domain.organisation import Organisation
from bot.domain.person import Person
from bot.ports.records import Worksheet
from bot.ui.inbound import Hand, Invalid, Outcome, Refused, Say, Show
from bot.ui.model import Action, Form, Row, Table, TextField, plain
from tests.app.role_events import event
from tests.world import World

WEEKS = "PHQ-9 week 1: 15, week 2: 15, week 3: 14, week 4: 15"
ROW = {"number": "p12", "week": "5", "weeks": "10", "programme": "Depression", "scores": WEEKS}


async def add(world: World, key: str = "a", **values: str) -> Outcome:
    form = await world.player(key).open("pick.add")
    return await world.player(key).send(form, {**ROW, **values})


def rows(outcome: Outcome) -> list[Row]:
    return [block for block in form_of(outcome, "pick").body if isinstance(block, Row)]


def button(row: Row, key: str) -> Action:
    return next(action for action in row.actions if action.key == key)


def typed(form: Form) -> dict[str, object]:
    values = ((field.name, getattr(field, "value", None)) for field in form.fields)
    return {name: value.reveal() if isinstance(value, Sensitive) else value for name, value in values}


async def policy(world: World, **changes: object) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        organisation = await uow.get(Organisation, ORGANISATION)
        await uow.save(replace(organisation, policy={**organisation.policy, **changes}))
        await uow.commit()


async def test_a_row_is_kept_ranked_and_explained(world: World) -> None:
    await add(world, number="P3", scores="", week="1")
    (first, second) = rows(await add(world))
    assert plain(first.line) == "P12 week 5, weight 3"
    assert "PHQ-9 15 → 15 in week 4: no reliable change (less than 6 points better)" in plain(first.detail)
    assert plain(second.line) == "P3 week 1, weight 0"
    shown = form_of(await world.player("a").type("/case pick"), "pick")
    (rules,) = [block for block in shown.body if isinstance(block, Table)]
    assert [plain(weight) for _, weight, _ in rules.rows] == ["4", "3", "2", "1"]
    assert all(plain(source) for _, _, source in rules.rows)


async def test_scores_without_weeks_are_shown_with_them_before_anything_is_kept(world: World) -> None:
    asked = await add(world, scores="PHQ-9: 15, 15, 14, 15; GAD-7 week 2: 8", week="9")
    assert isinstance(asked, Invalid)
    assert set(asked.form.errors) == {"scores"}
    assert await world.find(Worksheet) == []
    assert typed(asked.form)["scores"] == f"{WEEKS}; GAD-7 week 2: 8"
    later = "PHQ-9 week 5: 15, week 6: 15, week 7: 14, week 8: 15"
    (row,) = rows(await world.player("a").send(asked.form, {**ROW, "week": "9", "scores": later}))
    assert "15 in week 8" in plain(row.detail)
    form = await world.player("a").open("pick.present", button(row, "pick.present").subject)
    assert typed(form)["scores"] == later


def scores_of(form: Form) -> dict[str, str]:
    return {"scores": str(typed(form)["scores"])}


@pytest.mark.parametrize("scores", ["PHQ-9 18", "pre PHQ-9 18; post PHQ-9 9", "PHQ-9; GAD-7\n18; 9\n15; 8"])
async def test_every_way_to_write_no_week_is_asked_about(world: World, scores: str) -> None:
    asked = await add(world, scores=scores)
    assert isinstance(asked, Invalid)
    assert "week 1: 18" in str(typed(asked.form)["scores"])
    assert isinstance(await world.player("a").send(asked.form, {**ROW, **scores_of(asked.form)}), Show)


async def test_time_goes_on_in_the_sheet(world: World) -> None:
    await add(world, heard="2027-01-18", scores="")
    await world.advance(days=15)
    (row,) = rows(await world.player("a").type("/case pick"))
    assert plain(row.line) == "P12 week 7, weight 3"
    assert plain(row.detail) == "no message for 15 days; not discussed for 43 days"
    (row,) = rows(await world.player("a").press("pick.discussed", button(row, "pick.discussed").subject))
    assert plain(row.detail) == "no message for 15 days"


async def test_the_case_form_opens_filled_in_without_number_or_day(world: World) -> None:
    (row,) = rows(await add(world, heard="2027-01-04"))
    form = await world.player("a").open("pick.present", button(row, "pick.present").subject)
    values = typed(form)
    assert form.key == "case.submit"
    assert (values["week"], values["weeks"], values["programme"]) == (5, 10, "Depression")
    assert values["scores"] == "PHQ-9 week 1: 15, week 2: 15, week 3: 15, week 4: 15".replace("3: 15", "3: 14")
    assert (
        values["start"] is None and "P12" not in str(values) and form.subject == "" and form.state.get("draft") is None
    )


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("number", "850312", "who the patient is"),
        ("number", "Anna", "who the patient is"),
        ("number", "12031985-1234", "who the patient is"),
        ("number", "ABC1", "at most two letters"),
        ("number", "P1234", "at most two letters"),
        ("number", "", "at most two letters"),
        ("programme", "Anna Lindqvist, Depression", "who the patient is"),
        ("programme", "born 12.03.1985", "who the patient is"),
        ("programme", "long " * 40, "199"),
        ("week", "", "fill this in"),
        ("week", "5000", "200"),
        ("weeks", "0", "1"),
        ("scores", "PHQ-9: 99", "27"),
        ("scores", "a good week", "PHQ-9"),
        ("heard", "2027-03-01", "not come yet"),
        ("discussed", "whenever", ""),
    ],
)
async def test_bad_input_is_refused_by_field_and_nothing_is_kept(
    world: World, name: str, value: str, told: str
) -> None:
    outcome = await add(world, **{name: value})
    assert isinstance(outcome, Invalid)
    assert set(outcome.form.errors) == {name}
    assert told in outcome.form.errors[name]
    assert await world.find(Worksheet) == []


async def test_a_number_stands_once_and_a_row_is_changed_in_place(world: World) -> None:
    await add(world)
    twice = await add(world, number="P12")
    assert isinstance(twice, Invalid) and "already" in twice.form.errors["number"]
    (row,) = rows(await world.player("a").type("/case pick"))
    form = await world.player("a").open("pick.row", button(row, "pick.row").subject)
    assert typed(form)["scores"] == "PHQ-9 week 1: 15, week 2: 15, week 3: 14, week 4: 15"
    (row,) = rows(await world.player("a").send(form, {**ROW, "scores": "", "week": "6"}))
    assert plain(row.line) == "P12 week 6, weight 1"


async def test_a_row_and_the_sheet_are_erased(world: World) -> None:
    await add(world)
    (first, _) = rows(await add(world, number="P13"))
    assert len(rows(await world.player("a").press("pick.delete", button(first, "pick.delete").subject))) == 1
    gone = await world.player("a").press("pick.row", button(first, "pick.row").subject)
    assert isinstance(gone, Refused) and gone.key == "no_such_row"
    assert rows(await world.player("a").press("pick.erase")) == []
    assert await world.find(Worksheet) == []


async def test_nobody_else_reads_a_row(world: World) -> None:
    (row,) = rows(await add(world))
    subject = button(row, "pick.row").subject
    for other in ("b", "s"):
        assert rows(await world.player(other).type("/case pick")) == []
        for key in ("pick.row", "pick.present", "pick.discussed", "pick.delete"):
            refused = await world.player(other).press(key, subject)
            assert isinstance(refused, Refused) and refused.key == "no_such_row"
    assert len(rows(await world.player("a").type("/case pick"))) == 1


async def test_rows_rest_sealed_and_stand_in_my_data(world: World) -> None:
    await add(world)
    (sheet,) = await world.find(Worksheet)
    assert "P12" not in str(sheet) and "Depression" not in str(sheet)
    handed = await world.player("a").press("privacy.mine")
    assert isinstance(handed, Hand)
    ((own,),) = [json.loads(handed.document.content)["Worksheet"]]
    assert own["rows"][0]["number"] == "P12"
    other = await world.player("b").press("privacy.mine")
    assert isinstance(other, Hand) and b"P12" not in other.document.content


async def test_a_row_left_alone_goes_after_the_days_of_the_policy(world: World) -> None:
    await add(world)
    await world.advance(days=10)
    await add(world, number="P13")
    await policy(world, worksheet_days=30)

    async def left() -> int:
        gone = [each async for each in purge(world.store, ORGANISATION, world.clock.now(), world.tools)]
        assert all(each.what != "worksheet rows" or each.subject for each in gone)
        return len(rows(await world.player("a").type("/case pick")))

    world.clock.advance(timedelta(days=19))
    assert await left() == 2
    world.clock.advance(timedelta(days=1))
    assert await left() == 1
    world.clock.advance(timedelta(days=10))
    assert await left() == 0
    assert await world.find(Worksheet) == []


async def test_who_leaves_leaves_no_sheet(world: World) -> None:
    await add(world)
    (sheet,) = await world.find(Worksheet)
    async with world.store.begin(ORGANISATION) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        await leave_service(work, await uow.get(Person, person_id("a")), by="admin")
        assert await uow.sealed(sheet.id, worksheet.ROWS) is None
        await uow.commit()
    assert await world.find(Worksheet) == []


async def test_without_the_policy_there_is_no_sheet_and_no_way_to_it(world: World) -> None:
    await add(world)
    await policy(world, worksheet=False)
    for outcome in (
        await world.player("a").type("/case pick"),
        await world.player("a").press("pick.open"),
        await world.player("a").press("pick.add"),
    ):
        assert isinstance(outcome, Refused) and outcome.key == "worksheet_off"
    card = await world.player("a").type("/case")
    assert isinstance(card, Say) and "pick.open" not in {action.key for action in card.card.actions}
    erased = await world.player("a").press("pick.erase")
    assert not isinstance(erased, Refused)
    assert await world.find(Worksheet) == []


async def test_a_long_series_fits_the_case_form_with_its_first_and_latest_scores(world: World) -> None:
    weeks = range(1, 41)
    long = "PHQ-9 " + ", ".join(f"week {n}: 15" for n in weeks) + "\nGAD-7 " + ", ".join(f"week {n}: 12" for n in weeks)
    (row,) = rows(await add(world, scores=long))
    form = await world.player("a").open("pick.present", button(row, "pick.present").subject)
    (scores,) = [f for f in form.fields if isinstance(f, TextField) and f.name == "scores"]
    text = scores.value.reveal()
    assert len(text) <= 300
    for part in ("PHQ-9 week 1: 15", "week 40: 15", "GAD-7 week 1: 12", "week 40: 12"):
        assert part in text


async def test_a_full_sheet_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worksheet, "MOST_ROWS", 1)
    await add(world)
    refused = await add(world, number="P13")
    assert isinstance(refused, Refused) and "1 rows" in refused.text


async def test_the_way_to_the_sheet_stands_with_the_cases(world: World) -> None:
    listed = await world.player("a").press("case.list")
    assert isinstance(listed, Show) and "pick.open" in {action.key for action in listed.form.actions}


async def test_where_the_policy_has_no_sheets_nothing_is_done_but_to_erase_one(world: World) -> None:
    (row,) = rows(await add(world))
    subject = row.actions[0].subject
    await policy(world, worksheet=False)
    before = await world.find(Worksheet)
    for command in COMMANDS:
        if command.key.startswith("pick.") and command.key != "pick.erase":
            outcome = await world.entry.handle(event(command, world.player("a").actor, subject, 1))
            assert isinstance(outcome, Refused) and outcome.key == "worksheet_off", (command.key, outcome)
    assert await world.find(Worksheet) == before
    await world.player("a").press("pick.erase")
    assert await world.find(Worksheet) == []
