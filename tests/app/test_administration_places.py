"""Clinics, groups and duty as administrators change them by forms, with what is wrong said before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.demo.clinic import GROUP, person_id
from bot.demo.player import form_of
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Group, Membership
from bot.domain.person import Person
from bot.domain.round import Round
from bot.ports.records import AuditEntry, SeriesEntry, Timer
from bot.ui.inbound import Done, Invalid, Outcome, Refused, Show
from bot.ui.model import Form, Items, plain
from tests.app.published_round import published
from tests.app.series_steps import begin
from tests.gate import rules_alone
from tests.world import World, make_world


async def send(world: World, form: Form, **values: Sequence[str]) -> Outcome:
    return await world.player("m").send(form, values)


async def clinic(world: World, name: str) -> Clinic:
    return (await world.find(Clinic, name=name))[0]


async def test_the_list_names_places_and_gaps_of_duty(world: World) -> None:
    shown = str(await world.player("m").press("places.list"))
    for name in ("Kiel", "Lund", "Aarhus", "Northern iCBT group"):
        assert name in shown


async def test_a_clinic_is_added_renamed_merged_and_closed(world: World) -> None:
    form = await world.player("m").open("places.add_clinic")
    added = {"name": "Malmö", "country": "se", "timezone": "Europe/Stockholm", "phone": "112"}
    assert isinstance(await send(world, form, **added), Show)
    made = await clinic(world, "Malmö")
    form = await world.player("m").open("places.rename", made.id)
    assert isinstance(await send(world, form, name="Malmö Syd"), Show)
    form = await world.player("m").open("places.merge", (await clinic(world, "Lund")).id)
    assert isinstance(await send(world, form, into=(made.id,), do=("do",)), Show)
    assert {p.clinic for p in await world.find(Person, id__in=[person_id("d"), person_id("e")])} == {made.id}
    assert (await clinic(world, "Lund")).closed_on
    refused = await world.player("m").press("places.close", made.id)
    assert isinstance(refused, Done)
    assert "People work at this clinic" in refused.note
    lines = await world.find(AuditEntry, actor=person_id("m"))
    assert len(lines) >= 2


async def test_an_empty_clinic_and_a_group_are_closed(world: World) -> None:
    form = await world.player("m").open("places.add_clinic")
    await send(world, form, name="Empty", country="DK", timezone="Europe/Copenhagen")
    assert isinstance(await world.player("m").press("places.close", (await clinic(world, "Empty")).id), Show)
    assert (await clinic(world, "Empty")).closed_on
    assert isinstance(await world.player("m").press("places.close", GROUP), Show)
    assert (await world.find(Group, id=GROUP))[0].closed_on
    assert isinstance(await world.player("m").press("places.show", GROUP), Refused)


async def test_a_group_is_added_and_merged_with_its_members(world: World) -> None:
    form = await world.player("m").open("places.add_group")
    assert isinstance(await send(world, form, name="Second", timezone="Europe/Berlin"), Show)
    (second,) = await world.find(Group, name="Second")
    form = await world.player("m").open("places.merge", GROUP)
    assert isinstance(await send(world, form, into=(second.id,), do=("do",)), Show)
    assert len(await world.find(Membership, group=second.id)) == 8


async def test_duty_is_named_with_whether_they_are_reachable_now(world: World) -> None:
    kiel = await clinic(world, "Kiel")
    form = await world.player("m").open("places.duty", kiel.id)
    s = person_id("s")
    assert isinstance(await send(world, form, duty=(s,), deputy=(s,)), Invalid)
    assert isinstance(await send(world, form, duty=("nobody",)), Invalid)
    shown = form_of(await send(world, form, duty=(s,), deputy=("nobody",), phone="+49 431 1"), "duty")
    changed = await clinic(world, "Kiel")
    assert (changed.duty_supervisor, changed.deputy_supervisor, changed.duty_phone) == (s, None, "+49 431 1")
    assert "Supervisor (Kiel) · " in str(shown)
    await world.player("s").type("/caseload leave from 2027-01-18 until 2027-01-29")
    assert "leave" in str(await world.player("m").press("places.show", kiel.id))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "kiel"}, "name"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"country": "Denmark"}, "country"),
        ({"country": "1"}, "country"),
    ],
)
async def test_what_cannot_be_is_said_at_its_field(world: World, values: dict[str, str], field: str) -> None:
    form = await world.player("m").open("places.add_clinic")
    good = {"name": "New", "country": "DK", "timezone": "Europe/Copenhagen"}
    outcome = await send(world, form, **{**good, **values})
    assert isinstance(outcome, Invalid)
    assert set(outcome.form.errors) == {field}


async def test_a_country_without_known_holidays_is_refused_in_a_sentence(world: World) -> None:
    form = await world.player("m").open("places.add_clinic")
    refused = await send(world, form, name="New", country="QQ", timezone="Europe/Copenhagen")
    assert isinstance(refused, Refused)
    assert "No public holidays" in refused.text
    assert not await world.find(Clinic, name="New")


async def facts(world: World) -> dict[str, list[Any]]:
    """Everything of the organisation that a merge may touch, without the numbers of its versions.

    Of timers those of series: people's own moments are set anew, whether they moved or not.
    """
    kinds: tuple[type[Any], ...] = (Clinic, Group, Membership, Person, Case, Round, SeriesEntry, Timer)
    found: dict[str, list[Any]] = {}
    for kind in kinds:
        rows = await world.find(kind, **({"what": "series.open"} if kind is Timer else {}))
        found[kind.__name__] = [replace(row, version=0) if hasattr(row, "version") else row for row in rows]
    return found


@pytest.mark.parametrize("kind", ["clinic", "group"])
async def test_a_merge_is_looked_at_first_then_done_and_undone(world: World, kind: str) -> None:
    await published(world)
    await begin(world)
    form = await world.player("m").open("places.add_group")
    await send(world, form, name="Second", timezone="Europe/Berlin")
    gone = "cli_lund" if kind == "clinic" else GROUP
    into = "cli_kiel" if kind == "clinic" else (await world.find(Group, name="Second"))[0].id
    before = await facts(world)
    form = await world.player("m").open("places.merge", gone)
    looked = form_of(await send(world, form, into=(into,), do=("look",)), "look")
    told = [plain(each) for block in looked.body if isinstance(block, Items) for each in block.lines]
    assert told[0] == ("2 people" if kind == "clinic" else "8 people")
    assert await facts(world) == before
    merged = form_of(await send(world, looked, into=(into,), do=("do",)), "do")
    assert await facts(world) != before
    undo = next(action for action in merged.actions if action.key == "places.undo")
    assert isinstance(await world.player("s").press(undo.key, undo.subject), Refused)
    assert isinstance(await world.player("m").press(undo.key, undo.subject), Show)
    assert await facts(world) == before


async def test_closing_a_group_is_looked_at_without_closing_it(world: World) -> None:
    before = await facts(world)
    looked = form_of(await world.player("m").press("places.close.look", GROUP), "look")
    assert "8 people" in str(looked.body)
    assert await facts(world) == before
    assert isinstance(await world.player("m").press("places.close.look", "cli_kiel"), Done)


async def _renamed(world: World) -> Outcome:
    form = await world.player("m").open("places.rename", "cli_lund")
    return await send(world, form, name="Lund Nord")


async def _duty(world: World) -> Outcome:
    form = await world.player("m").open("places.duty", "cli_kiel")
    return await send(world, form, duty=(person_id("s"),), deputy=("nobody",), phone="+49 431 1")


async def _closed_group(world: World) -> Outcome:
    await begin(world)
    return await world.player("m").press("places.close", GROUP)


async def _closed_clinic(world: World) -> Outcome:
    form = await world.player("m").open("places.add_clinic")
    await send(world, form, name="Empty", country="DK", timezone="Europe/Copenhagen")
    return await world.player("m").press("places.close", (await clinic(world, "Empty")).id)


ACTS = {"rename": _renamed, "duty": _duty, "close group": _closed_group, "close clinic": _closed_clinic}


def undo_of(outcome: Outcome) -> str:
    form = form_of(outcome, "undo")
    return next(action.subject for action in form.actions if action.key == "places.undo")


@pytest.mark.parametrize("name", ACTS)
async def test_what_was_done_to_a_place_is_undone_by_who_did_it_once(world: World, name: str) -> None:
    step = undo_of(await ACTS[name](world))
    after = await facts(world)
    assert isinstance(await world.player("s").press("places.undo", step), Refused)
    assert await facts(world) == after
    shown = await world.player("m").press("places.undo", step)
    assert isinstance(shown, Show)
    assert ("stay ended" in str(shown)) == (name == "close group"), "what cannot be put back is said"
    assert isinstance(await world.player("m").press("places.undo", step), Refused)
    back = await facts(world)
    assert back != after
    fresh = await make_world(rules_alone())
    if name == "close clinic":
        assert not (await clinic(world, "Empty")).closed_on
        return
    if name == "close group":
        await begin(fresh)
    ended = ("Round", "Case") if name == "close group" else ()
    back = {kind: rows for kind, rows in back.items() if kind not in ended}
    assert without_ids(back) == without_ids({kind: rows for kind, rows in (await facts(fresh)).items() if kind in back})
    assert (await world.find(AuditEntry, actor=person_id("m")))[-1].detail["change"].endswith(("back", "again"))


def without_ids(found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Two worlds count their ids on their own."""
    return {kind: [replace(row, id="") for row in rows] for kind, rows in found.items()}


@pytest.mark.parametrize("name", ["rename", "duty"])
async def test_what_somebody_changed_since_stays_and_it_is_said(world: World, name: str) -> None:
    step = undo_of(await ACTS[name](world))
    other = "cli_lund" if name == "rename" else "cli_kiel"
    if name == "rename":
        await send(world, await world.player("m").open("places.rename", other), name="Lund Syd")
    else:
        form = await world.player("m").open("places.duty", other)
        await send(world, form, duty=(person_id("s"),), deputy=("nobody",), phone="+49 431 2")
    before = await facts(world)
    assert "changed again meanwhile" in str(await world.player("m").press("places.undo", step))
    assert await facts(world) == before


async def test_a_name_that_another_place_has_by_now_is_not_taken_back(world: World) -> None:
    step = undo_of(await _renamed(world))
    form = await world.player("m").open("places.add_clinic")
    await send(world, form, name="lund", country="SE", timezone="Europe/Stockholm")
    await world.player("m").press("places.undo", step)
    assert (await clinic(world, "Lund Nord")).id == "cli_lund"


async def test_who_left_since_a_group_was_closed_is_no_member_of_it_again(world: World) -> None:
    step = undo_of(await _closed_group(world))
    form = await world.player("m").open("staff.remove", person_id("c"))
    await send(world, form)
    await world.player("m").press("places.undo", step)
    members = {m.person for m in await world.find(Membership, group=GROUP, left_on=None)}
    assert person_id("c") not in members
    assert person_id("b") in members
