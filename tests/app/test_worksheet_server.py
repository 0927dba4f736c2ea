"""Scores of one patient from the health record: asked once, the record's id kept nowhere, the question audited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.app.steps.worksheet import ROWS
from bot.config import Mistakes, load
from bot.demo.clinic import ORGANISATION, person_id
from bot.ports.health_records import RecordsUnread, RecordsWhyNot
from bot.ports.records import AuditEntry, Draft, Worksheet
from bot.ui.inbound import Invalid, Refused
from tests.app.test_worksheet import policy, typed
from tests.app.test_worksheet_file import row_of, said
from tests.unit.reports.fhir_bundles import bundle, observation
from tests.world import World

ID = "a7f3-pseudonym"


class Asked:
    """A server of records with pages, or a reason why not."""

    def __init__(self, answer: Sequence[str] | RecordsWhyNot) -> None:
        self.answer = answer
        self.asked: list[str] = []

    async def __call__(self, patient: str) -> Sequence[str]:
        self.asked.append(patient)
        if isinstance(self.answer, RecordsWhyNot):
            raise RecordsUnread(self.answer)
        return self.answer


def connected(world: World, *pages: str, why: RecordsWhyNot | None = None) -> Asked:
    records = Asked(why or pages)
    world.entry.tools = world.tools = replace(world.tools, records=records)
    return records


async def audited(world: World) -> list[AuditEntry]:
    return await world.find(AuditEntry, what="record_read")


async def test_scores_come_in_and_the_id_stays_nowhere(world: World) -> None:
    of: dict[str, Any] = {"subject": {"reference": f"Patient/{ID}"}}
    records = connected(
        world,
        bundle(observation(18, "2027-01-04", **of), observation(99, **of)),
        bundle({"resourceType": "OperationOutcome"}),
    )
    form = await world.player("a").open("pick.server")
    taken = await world.player("a").send(form, {"number": "P5", "patient": ID})
    assert records.asked == [ID]
    assert said(taken)[0] == "1 score is in your sheet now: P5."
    assert said(taken)[2].startswith("1: Bundle.entry[1].resource.valueQuantity")
    assert typed(await row_of(world, "P5"))["scores"] == "PHQ-9 week 1: 18"
    async with world.store.begin(ORGANISATION, write=False) as uow:
        (sheet,) = await uow.find(Worksheet)
        assert ID.encode() not in (await uow.sealed(sheet.id, ROWS) or b"")
        assert await uow.find(Draft) == []
    (entry,) = await audited(world)
    assert (entry.actor, entry.subject) == (person_id("a"), person_id("a"))
    assert ID not in str(entry)


@pytest.mark.parametrize("why", list(RecordsWhyNot))
async def test_why_the_record_was_not_read_is_said(world: World, why: RecordsWhyNot) -> None:
    connected(world, why=why)
    form = await world.player("a").open("pick.server")
    outcome = await world.player("a").send(form, {"number": "P5", "patient": ID})
    told = said(outcome)
    assert len(told) == 2 and len(told[0]) > 20 and ID not in str(outcome)
    assert len(await audited(world)) == 1
    assert await world.find(Worksheet) == []


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"number": "", "patient": ID}, "number"),
        ({"number": "850312", "patient": ID}, "number"),
        ({"number": "P5", "patient": ""}, "patient"),
        ({"number": "P5", "patient": "Anna Lindqvist"}, "patient"),
    ],
)
async def test_an_incomplete_form_asks_nothing(world: World, values: dict[str, str], name: str) -> None:
    records = connected(world)
    outcome = await world.player("a").send(await world.player("a").open("pick.server"), values)
    assert isinstance(outcome, Invalid) and set(outcome.form.errors) == {name}
    assert records.asked == [] and await audited(world) == []


async def test_a_record_without_scores_says_so(world: World) -> None:
    connected(world, bundle(), bundle())
    form = await world.player("a").open("pick.server")
    outcome = await world.player("a").send(form, {"number": "P5", "patient": ID})
    assert "no score of a known" in said(outcome)[0]
    assert len(await audited(world)) == 1


async def test_without_a_server_or_the_policy_nothing_is_asked(world: World) -> None:
    refused = await world.player("a").press("pick.server")
    assert isinstance(refused, Refused) and refused.key == "no_record_server"
    records = connected(world)
    form = await world.player("a").open("pick.server")
    await policy(world, worksheet=False)
    outcome = await world.player("a").send(form, {"number": "P5", "patient": ID})
    assert isinstance(outcome, Refused) and outcome.key == "worksheet_off"
    assert records.asked == []
    again = await world.player("a").press("pick.server")
    assert isinstance(again, Refused) and again.key == "worksheet_off", "not a form that comes to nothing"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('server = "http://record.example"', "fhir.server"),
        ('server = "https://record.example"', "client_secret"),
        ('server = "https://u:p@record.example"', "fhir.server"),
        ('token_url = "http://record.example"', "fhir.token_url"),
    ],
)
def test_a_server_that_is_half_configured_or_not_encrypted_is_refused(tmp_path: Path, lines: str, told: str) -> None:
    file = tmp_path / "our.toml"
    file.write_text(f"[fhir]\n{lines}\n", encoding="utf-8")
    with pytest.raises(Mistakes) as mistakes:
        load(file)
    assert told in str(mistakes.value)
