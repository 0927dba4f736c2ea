"""Closed days change: what was counted in working days is counted again, and only who is affected hears of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.demo.clinic import ORGANISATION
from bot.demo.story import lines_of
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Closure
from bot.domain.person import Person
from bot.ports.records import UndoStep
from bot.ui.inbound import Done, Invalid, Refused, Say
from tests.app.closure_steps import close, due_days
from tests.app.planning_steps import present
from tests.app.published_round import published
from tests.app.series_steps import begin
from tests.gate import GateInAWorker
from tests.world import World, make_world


async def test_a_closure_redates_open_reviews_of_its_clinic_and_tells_only_their_reviewers(world: World) -> None:
    assignments = await published(world)  # Monday 18 January 2027: due on Monday the 25th
    clinics = {p.id: p.clinic for p in await world.find(Person)}
    before = await due_days(world, assignments)
    assert set(before.values()) == {date(2027, 1, 25)}
    outcome = await close(world, "cli_lund", "2027-01-21", "2027-01-22")
    assert isinstance(outcome, Done)
    after = await due_days(world, assignments)
    lund = {s.id for s in assignments if clinics[s.reviewer] == "cli_lund"}
    assert lund
    assert {after[id] for id in lund} == {date(2027, 1, 27)}
    assert {after[s.id] for s in assignments if s.id not in lund} == {date(2027, 1, 25)}
    told = {user for user, message in world.platform.sent if message.card.key == "notice.due_moved"}
    assert told == {s.reviewer for s in assignments if s.id in lund}
    for person in told:
        count = sum(m.card.key == "notice.due_moved" for user, m in world.platform.sent if user == person)
        assert count == 1


async def test_taking_a_closure_back_counts_as_if_it_had_never_been(world: World) -> None:
    assignments = await published(world)
    before = await due_days(world, assignments)
    await close(world, "cli_kiel", "2027-01-20", "2027-02-05")
    (closure,) = await world.find(Closure)
    form = await world.player("s").open("closures.edit", closure.id)
    assert isinstance(await world.player("s").send(form, {"first_day": "2027-01-22", "last_day": "2027-01-22"}), Done)
    shorter = await due_days(world, assignments)
    assert set(shorter.values()) == {date(2027, 1, 25), date(2027, 1, 26)}
    await world.player("s").press("closures.remove", closure.id)
    assert await due_days(world, assignments) == before
    assert await world.find(Closure) == []


async def test_clarifying_days_and_the_release_follow_too(world: World) -> None:
    assignments = await published(world)
    await close(world, "cli_kiel", "2027-01-19", "2027-01-22")
    cases = await world.find(Case, id__in=[s.case for s in assignments])
    kiel = ZoneInfo("Europe/Berlin")
    days = {c.clarify_until.astimezone(kiel).date() for c in cases if c.clarify_until}
    assert days == {date(2027, 1, 26)}  # alike for every case: the presenter's clinic must not show
    await world.advance(days=8)
    assert all(c.released_at is None for c in await world.find(Case, id__in=[s.case for s in assignments]))


async def test_reminders_follow_a_moved_due_date(world: World) -> None:
    assignments = await published(world)
    for clinic in ("cli_kiel", "cli_lund", "cli_aarhus"):
        await close(world, clinic, "2027-01-19", "2027-01-29")
    await world.advance(days=12)
    assert not [m for _, m in world.platform.sent if m.card.key == "notice.reminder"]
    await world.advance(days=14)
    assert [m for _, m in world.platform.sent if m.card.key == "notice.reminder"]
    assert set((await due_days(world, assignments)).values()) == {date(2027, 2, 5)}


async def test_sweden_works_on_24_and_31_december_until_they_are_listed(gate: GateInAWorker) -> None:
    world = await make_world(gate, start=datetime(2026, 11, 30, 8, tzinfo=UTC))
    await begin(world, anchor="2026-12-21", clinic=("cli_lund",))
    await world.advance(days=16)
    await present(world, "a", "b", "c")
    await world.advance(days=6)
    lund = [s for s in await world.find(Assignment, ended_at=None) if s.reviewer in {"per_demo_d", "per_demo_e"}]
    assert set((await due_days(world, lund)).values()) == {date(2026, 12, 29)}  # 22, 23, 24, 28, 29
    await close(world, "cli_lund", "2026-12-24")
    await close(world, "cli_lund", "2026-12-31", name="New Year's Eve")
    assert set((await due_days(world, lund)).values()) == {date(2026, 12, 30)}


async def test_the_list_shows_holidays_by_law_and_what_was_written(world: World) -> None:
    await close(world, "cli_kiel", "2027-05-07", name="bridge day")
    card = await world.player("s").press("closures.show")
    assert isinstance(card, Say)
    text = "\n".join(line for block in card.card.body for line in lines_of(block))
    assert "Fri, 7 May 2027 — bridge day" in text
    assert "Mon 29 Mar (Easter Monday)" in text


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"first_day": ""}, "first_day"),
        ({"first_day": "soon"}, "first_day"),
        ({"first_day": "2027-02-02", "last_day": "2027-02-01"}, "last_day"),
        ({"first_day": "2027-02-02", "name": "x" * 61}, "name"),
        ({"first_day": "2027-02-02", "clinic": ("cli_elsewhere",)}, "clinic"),
    ],
)
async def test_mistakes_are_answered_at_the_field(world: World, values: dict[str, Any], field: str) -> None:
    form = await world.player("s").open("closures.add")
    outcome = await world.player("s").send(form, {"clinic": ("cli_kiel",), **values})
    assert isinstance(outcome, Invalid)
    assert set(outcome.form.errors) == {field}


async def test_closures_that_leave_no_working_day_are_refused_and_change_nothing(world: World) -> None:
    assignments = await published(world)
    before = await due_days(world, assignments)
    refused = await close(world, "cli_kiel", "2027-01-20", "2028-03-01")
    assert isinstance(refused, Refused)
    assert refused.key == "closure_too_long"
    await close(world, "cli_kiel", "2027-02-15", "2028-01-31")
    refused = await close(world, "cli_kiel", "2028-02-01", "2028-12-31")
    assert isinstance(refused, Refused)
    assert refused.key == "no_working_days"
    assert await due_days(world, assignments) == before
    assert len(await world.find(Closure, organisation=ORGANISATION)) == 1


async def test_a_therapist_does_not_write_closures(world: World) -> None:
    refused = await world.player("a").press("closures.add")
    assert isinstance(refused, Refused)
    assert refused.key == "not_allowed"


async def test_closed_days_are_undone_by_their_own_step_and_by_no_other(world: World) -> None:
    supervisor = world.player("s")
    form = await supervisor.open("week.open")
    assert isinstance(await supervisor.send(form, {"weekdays": ("0", "3")}), Say | Done)
    await close(world, "cli_kiel", "2027-02-01", "2027-02-05")
    steps = {step.what: step.id for step in await world.find(UndoStep)}
    closed = await world.find(Closure)
    (other,) = steps.keys() - {"closure"}
    refused = await supervisor.press("closures.undo", steps[other])
    assert isinstance(refused, Refused)
    assert refused.key == "nothing_to_undo"
    assert await world.find(Closure) == closed
    assert isinstance(await supervisor.press("closures.undo", steps["closure"]), Done)
    assert await world.find(Closure) == []
