"""Guards that no story meets: each refuses by name, and nothing changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from bot.app.command_row import Kind
from bot.app.commands import COMMANDS
from bot.app.steps.series_store import as_plan, series_of
from bot.app.steps.sign_in import SignInService
from bot.demo.clinic import GROUP, ORGANISATION, START, person_id
from bot.domain.case import Case
from bot.domain.organisation import Membership
from bot.domain.person import Contact, Person, Role
from bot.domain.round import Round
from bot.domain.series import EveryWeeks, PhaseDays, Series
from bot.ports.records import FteEntry, LeaveEntry, LimitEntry, ModeEntry, SeriesEntry
from bot.ui.inbound import ActionPressed, Actor, FormSubmitted, Refused
from tests.world import World

FORMS = [command.key for command in COMMANDS if command.kind is Kind.SENT]


def refused(outcome: object) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.key


@pytest.mark.parametrize("key", FORMS)
async def test_no_form_is_taken_from_where_others_read_along(world: World, key: str) -> None:
    """Whoever may send it is told to write in private; a form holds what is confidential."""
    command = next(each for each in COMMANDS if each.key == key and each.kind is Kind.SENT)
    for letter in "asmp":
        actor = world.player(letter).actor
        sent = FormSubmitted(event_id=f"e-{letter}", actor=actor, key=key, private=False)
        expected = "only_in_private" if command.roles & await roles_of(world, letter) else "not_allowed"
        assert refused(await world.entry.handle(sent)) == expected


async def roles_of(world: World, letter: str) -> frozenset[Role]:
    (person,) = await world.find(Person, id=person_id(letter))
    return frozenset(person.roles)


async def test_a_button_may_be_pressed_where_others_read_along(world: World) -> None:
    pressed = ActionPressed(event_id="e-1", actor=world.player("a").actor, key="home.open", private=False)
    assert not isinstance(await world.entry.handle(pressed), Refused)


@pytest.mark.parametrize(
    ("args", "key"),
    [
        ({"mode": "f2f", "first": "2027-02-01", "last": "2027-02-05"}, "no_such_switch"),
        ({"mode": "paused", "first": "2027-02-01", "last": "2027-02-05"}, "no_such_switch"),
        ({"mode": "f2f", "first": "", "last": "2027-02-05"}, "no_such_switch"),
    ],
)
async def test_an_answer_about_a_mode_that_was_never_asked_changes_nothing(
    world: World, args: dict[str, str], key: str
) -> None:
    assert refused(await world.player("a").press("caseload.mode.settle", person_id("a"), **args)) == key
    assert await world.find(ModeEntry, person=person_id("a")) == []


@pytest.mark.parametrize(
    "args",
    [
        {"how": "replace", "first": "", "last": "2027-02-05"},
        {"how": "never", "first": "2027-02-01", "last": "2027-02-05"},
        {"how": "replace", "first": "2027-02-01", "last": "2027-02-05", "own_cases": "lose"},
        {"how": "replace", "first": "2027-02-01", "own_cases": "cover", "cover": "per_nobody"},
    ],
    ids=["no day", "no such answer", "no such choice", "no colleague"],
)
async def test_an_answer_about_leave_that_was_never_asked_changes_nothing(world: World, args: dict[str, str]) -> None:
    assert refused(await world.player("a").press("caseload.leave.settle", person_id("a"), **args)) == "no_leave_to_end"
    assert await world.find(LeaveEntry, person=person_id("a")) == []


@pytest.mark.parametrize(
    ("key", "entry"),
    [
        ("caseload.mode.delete", ModeEntry("ent_1", ORGANISATION, person_id("a"), "f2f", START.date(), START, "x")),
        ("caseload.work.delete", FteEntry("ent_1", ORGANISATION, person_id("a"), 0.5, START.date(), START, "x")),
        ("caseload.limit.delete", LimitEntry("ent_1", ORGANISATION, person_id("a"), START.date(), START, "x", cap=1)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_was_recorded_is_deleted_once(world: World, key: str, entry: Any) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(entry)
        await uow.commit()
    assert not isinstance(await world.player("a").press(key, "ent_1"), Refused)
    (deleted,) = await world.find(type(entry), id="ent_1")
    assert deleted.cancelled_at == world.clock.now()
    await world.advance(minutes=1)
    assert refused(await world.player("a").press(key, "ent_1")) == "no_such_switch"
    assert await world.find(type(entry), id="ent_1") == [deleted]


async def test_a_colleague_named_in_the_question_presents_the_cases_of_the_leave(world: World) -> None:
    args = {
        "how": "replace",
        "first": "2027-02-01",
        "last": "2027-02-05",
        "own_cases": "cover",
        "cover": person_id("b"),
    }
    assert not isinstance(await world.player("a").press("caseload.leave.settle", person_id("a"), **args), Refused)
    (entry,) = await world.find(LeaveEntry, person=person_id("a"))
    assert (entry.first_day, entry.last_day, entry.cover) == (date(2027, 2, 1), date(2027, 2, 5), person_id("b"))


async def test_a_round_that_was_not_published_cannot_be_closed(world: World) -> None:
    round_ = Round("rnd_1", ORGANISATION, GROUP, START, START, START + timedelta(days=9), 1)
    case = Case("cas_1", ORGANISATION, GROUP, "KQ-472", "icbt", "en", 2, START, round="rnd_1")
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(round_, case)
        await uow.set_presenter("cas_1", person_id("a"))
        await uow.commit()
    assert refused(await world.player("s").press("round.close", "rnd_1")) == "no_such_round"
    assert (await world.find(Case, id="cas_1"))[0].open
    assert (await world.find(Round, id="rnd_1"))[0].open


async def test_an_account_that_was_disconnected_gets_no_link(world: World) -> None:
    service = SignInService(world.store, world.clock, world.tools)
    actor = Actor("web", ORGANISATION, person_id("a"))
    assert await service.link_for(actor)
    async with world.store.begin(ORGANISATION) as uow:
        (contact,) = await uow.find(Contact, person=person_id("a"))
        await uow.save(replace(contact, ended_at=world.clock.now()))
        await uow.commit()
    with pytest.raises(KeyError):
        await service.link_for(actor)
    with pytest.raises(KeyError):
        await service.link_for(Actor("web", ORGANISATION, "somebody else"))


DAY = date(2027, 2, 1)


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        ({}, None),
        ({"planned_at": START}, None),
        ({"planned_at": START, "published_at": START}, "occurrence_is_over"),
        ({"cancelled_at": START}, "occurrence_is_over"),
    ],
    ids=["collecting", "planned", "published", "cancelled"],
)
async def test_a_date_is_left_out_until_its_round_is_public_or_over(
    world: World, facts: dict[str, Any], key: str | None
) -> None:
    plan = as_plan(Series(EveryWeeks(2), date(2027, 1, 18), time(9), "Europe/Berlin"), PhaseDays())
    series = SeriesEntry("ser_1", ORGANISATION, GROUP, "cli_kiel", plan, START, handled=DAY)
    at = datetime(2027, 2, 1, 8, tzinfo=UTC)
    round_ = Round("rnd_1", ORGANISATION, GROUP, START, at, at, 1, series="ser_1", occurrence=DAY, **facts)
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(series, round_)
        await uow.commit()
    outcome = await world.player("s").press("series.skip", "ser_1", day=DAY.isoformat())
    assert (outcome.key if isinstance(outcome, Refused) else None) == key
    (kept,) = await world.find(SeriesEntry)
    assert (DAY in series_of(kept).skipped) == (key is None)


async def test_who_is_in_no_group_presents_nothing(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        for membership in await uow.find(Membership, person=person_id("a")):
            await uow.remove(Membership, membership.id)
        await uow.commit()
    assert refused(await world.player("a").press("case.new")) == "not_in_a_group"
