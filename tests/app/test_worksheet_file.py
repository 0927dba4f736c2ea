"""Scores of a FHIR file in the private worksheet: by number, as weeks, and nothing else of the file anywhere."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.app.cases.worksheet_file_handlers import LONGEST_FILE
from bot.app.steps.worksheet import ROWS
from bot.cli.main import app
from bot.demo.clinic import ORGANISATION, START, found
from bot.demo.clock import VirtualClock
from bot.demo.player import form_of
from bot.errors import SetupError
from bot.ports.records import Draft, Worksheet
from bot.ui.inbound import ActionPressed, Actor, Invalid, Outcome, Refused, Show
from bot.ui.model import Form, Heading, Items, Notice, Text, plain
from storage import open_store
from storage.keys import KeyRing
from tests.app.test_worksheet import ROW, add, button, policy, rows, typed
from tests.migrated import migrated
from tests.unit.reports.fhir_bundles import SECRET, bundle, observation, response
from tests.world import SequentialIds, World


async def give(world: World, text: str, number: str = "") -> Outcome:
    form = await world.player("a").open("pick.file")
    return await world.player("a").send(form, {"file": text, "number": number})


def said(outcome: Outcome) -> list[str]:
    lines: list[str] = []
    for block in form_of(outcome, "pick.file").body:
        match block:
            case Notice(line=words) | Text(line=words):
                lines.append(plain(words))
            case Heading(text=words):
                lines.append(words)
            case Items(lines=many):
                lines += [plain(each) for each in many]
            case _:
                raise AssertionError(block)
    return lines


async def row_of(world: World, number: str) -> Form:
    shown = rows(await world.player("a").type("/case pick"))
    (row,) = [row for row in shown if plain(row.line).startswith(f"{number} ")]
    return await world.player("a").open("pick.row", button(row, "pick.row").subject)


async def test_scores_come_in_by_the_number_that_the_file_calls_a_patient(world: World) -> None:
    await add(world, week="3", scores="")
    await add(world, number="P7", week="3", scores="")
    text = bundle(
        observation(18, "2027-01-04"),
        response([1, 2, 3, 0, 1, 2, 3, 0, 1], "2027-01-11"),
        observation(14, "2027-01-05", "70274-6", subject={"reference": "Patient/p7"}),
        observation(80, code="8867-4"),
    )
    assert said(await give(world, text)) == [
        "3 scores are in your sheet now: P12 and P7.",
        "1 other entry was left out.",
    ]
    assert typed(await row_of(world, "P12"))["scores"] == "PHQ-9 week 1: 18, week 2: 13"
    assert typed(await row_of(world, "P12"))["week"] == 3  # 18 January is the third week since the first score
    assert typed(await row_of(world, "P7"))["scores"] == "GAD-7 week 1: 14"


async def test_a_number_that_is_not_in_the_sheet_is_left_out_and_counted(world: World) -> None:
    other = {"reference": "Patient/123"}
    text = bundle(observation(18, subject=other), observation(9, "2027-01-11", subject=other))
    told = "2 scores of a number that is not in your sheet were left out."
    refused = await give(world, text)
    assert isinstance(refused, Invalid) and refused.form.errors == {"file": told}
    assert await world.find(Worksheet) == []
    await add(world, scores="")
    mixed = bundle(observation(), observation(18, subject=other), observation(9, subject=other))
    assert said(await give(world, mixed)) == ["1 score is in your sheet now: P12.", told]
    assert len(rows(await world.player("a").type("/case pick"))) == 1


async def test_weeks_are_those_of_the_programme_and_what_was_typed_stays(world: World) -> None:
    await add(world, week="3", scores="GAD-7 week 1: 12")
    text = bundle(observation(20, "2026-12-01"), observation(18, "2027-01-04"), observation(15, "2027-01-18"))
    await give(world, text, "p12")
    values = typed(await row_of(world, "P12"))
    assert values["scores"] == "GAD-7 week 1: 12; PHQ-9 week 0: 20, week 1: 18, week 3: 15"
    assert values["programme"] == ROW["programme"]


async def test_no_week_of_the_sheet_is_overwritten_unsaid(world: World) -> None:
    await add(world, week="3", scores="PHQ-9 week 1: 20, week 2: 17")
    text = bundle(
        observation(18, "2027-01-04"),
        observation(17, "2027-01-11"),
        observation(12, "2027-01-12", "70274-6"),
        observation(11, "2027-01-13", "70274-6"),
    )
    told = said(await give(world, text))
    assert told == [
        "3 scores are in your sheet now: P12.",
        "Two scores for one week",
        "P12, PHQ-9, week 1: 20 and 18; 20 is kept",
        "P12, GAD-7, week 2: 12 and 11; 11 is kept",
    ]
    assert typed(await row_of(world, "P12"))["scores"] == "PHQ-9 week 1: 20, week 2: 17; GAD-7 week 2: 11"
    form = await world.player("a").open("pick.file")
    taken = await world.player("a").send(form, {"file": text, "number": "P12", "differ": ("file",)})
    assert "P12, PHQ-9, week 1: 20 and 18; 18 is kept" in said(taken)
    assert "week 1: 18" in str(typed(await row_of(world, "P12"))["scores"])


async def test_an_id_that_is_no_own_number_is_never_kept(world: World) -> None:
    other = {"reference": "Patient/8503121234"}
    refused = await give(world, bundle(observation(18, subject=other)))
    assert isinstance(refused, Invalid)
    assert refused.form.errors["file"].startswith("Bundle.entry[0].resource.subject: this is not one of your numbers")
    assert "8503121234" not in str(refused)
    taken = await give(
        world, bundle(observation(18, subject=other), observation(9, subject={"reference": "P/1"})), "P3"
    )
    assert said(taken)[0] == "1 score is in your sheet now: P3."
    assert "Bundle.entry[1].resource.subject" in said(taken)[2]
    async with world.store.begin(ORGANISATION, write=False) as uow:
        (sheet,) = await uow.find(Worksheet)
        sealed = await uow.sealed(sheet.id, ROWS)
        assert sealed and b"8503121234" not in sealed and SECRET.encode() not in sealed and b"2027-01-04" not in sealed
        assert await uow.find(Draft) == []


@pytest.mark.parametrize(
    ("values", "name", "told"),
    [
        ({"file": ""}, "file", "fill this in"),
        ({"file": "{}"}, "file", "no FHIR file"),
        ({"file": bundle(observation(comment="x"))}, "file", "Bundle.entry[0].resource: this is another version"),
        ({"file": " " * 10 + "x" * (LONGEST_FILE + 1)}, "file", "400000"),
        ({"file": bundle(observation(99))}, "file", "Bundle.entry[0].resource.valueQuantity: there is no score"),
        ({"file": bundle(observation()), "number": "850312"}, "number", "at most two letters"),
        ({"file": bundle({"resourceType": "Patient", "name": SECRET})}, "file", "no score of a known"),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused_in_words(
    world: World, values: dict[str, Any], name: str, told: str
) -> None:
    form = await world.player("a").open("pick.file")
    outcome = await world.player("a").send(form, values)
    assert isinstance(outcome, Invalid) and set(outcome.form.errors) == {name}
    assert told in outcome.form.errors[name]
    assert SECRET not in str(outcome)
    assert await world.find(Worksheet) == []


async def test_five_mistakes_are_named_and_all_are_counted(world: World) -> None:
    await add(world, scores="")
    taken = await give(world, bundle(observation(), *(observation(99) for _ in range(7))))
    assert said(taken)[1] == "7 scores were not read:"
    assert len(said(taken)) == 2 + 5


async def test_a_chat_says_where_a_file_can_be_read(world: World) -> None:
    actor = Actor("slack", "T", "a")
    outcome = await world.player("a").press("pick.file")
    assert isinstance(outcome, Show) and outcome.form.fields
    event = ActionPressed(event_id="e", actor=actor, key="pick.file")
    assert isinstance(await world.entry.handle(event), Refused)  # nobody there is known


async def served(folder: Path) -> KeyRing:
    """A database with the demo's people, and its configuration beside it."""
    url = migrated(folder / "store.sqlite3")
    (folder / "our.toml").write_text(
        f'[database]\nurl = "{url}"\n[keys]\nfile = "{folder / "our.key"}"\n', encoding="utf-8"
    )
    ring = KeyRing.load(file=str(folder / "our.key"))
    store = await open_store(url, ring, VirtualClock(START))
    await found(store, SequentialIds(), history=False)
    await store.close()
    return ring


async def sheet_in(folder: Path, ring: KeyRing) -> bytes | None:
    store = await open_store(f"sqlite:///{folder / 'store.sqlite3'}", ring, VirtualClock(START))
    async with store.begin(ORGANISATION, write=False) as uow:
        sheets = await uow.find(Worksheet)
        sealed = await uow.sealed(sheets[0].id, ROWS) if sheets else None
    await store.close()
    return sealed


@pytest.mark.slow
def test_the_command_line_reads_a_file_and_shows_no_row(tmp_path: Path) -> None:
    ring = asyncio.run(served(tmp_path))
    file = tmp_path / "scores.json"
    file.write_text(bundle(observation(18, "2026-11-02"), observation(99, "2026-11-02")), encoding="utf-8")

    def read(*words: str) -> Result:
        return CliRunner().invoke(app, ["worksheet", "read", str(file), "--config", str(tmp_path / "our.toml"), *words])

    done = read("--for", "a@demo.example", "--number", "P12")
    assert done.exit_code == 1, done.output
    assert done.output.splitlines() == [
        "1 scores taken in; 0 other entries left out.",
        "Not read (value): Bundle.entry[1].resource.valueQuantity",
    ]
    assert b'"P12"' in (asyncio.run(sheet_in(tmp_path, ring)) or b"")
    for words, told in (
        (("--for", "nobody@demo.example"), "No therapist"),
        (("--for", "m@demo.example"), "No therapist"),
        (("--for", "a@demo.example", "--number", "850312"), "two letters"),
    ):
        refused = read(*words)
        assert isinstance(refused.exception, SetupError) and told in str(refused.exception)


async def test_without_the_policy_no_file_is_read(world: World) -> None:
    form = await world.player("a").open("pick.file")
    await policy(world, worksheet=False)
    outcome = await world.player("a").send(form, {"file": bundle(observation())})
    assert isinstance(outcome, Refused) and outcome.key == "worksheet_off"
