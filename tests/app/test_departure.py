"""People come, change and go: what they leave behind is settled, supervisors hear, whoever returns has a history."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.admin.context import AdminContext
from bot.admin.lifecycle import (
    change_person,
    close_clinic,
    close_group,
    merge_clinics,
    merge_groups,
    rename,
    split_group,
)
from bot.admin.people import join_group, leave_group, remove_person, return_person, stay
from bot.admin.rules import set_roles
from bot.app.steps.sign_in import SignInService
from bot.demo.clinic import GROUP, person_id
from bot.demo.texts import REVIEWS
from bot.domain.assignment import Assignment, EndReason
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Group, Membership
from bot.domain.person import Person
from bot.domain.round import Round
from bot.errors import SetupError
from bot.ports.records import LogEntry, OutboxEntry, SeriesEntry, Timer
from bot.ui.inbound import Refused, Show
from tests.app.published_round import published, who
from tests.app.risk import scene
from tests.app.shown import open_case_of, text
from tests.world import World

NAME = "Northern iCBT group"


@pytest.fixture
def admin(world: World) -> AdminContext:
    """An administrator's context in the demo clinic."""
    return AdminContext(world.store, world.clock, world.tools, SignInService(world.store, world.clock, world.tools))


async def person(world: World, key: str) -> Person:
    return (await world.find(Person, id=person_id(key)))[0]


async def review(world: World, assignment: Assignment) -> None:
    reviewer = who(assignment, world)
    form = await reviewer.open("review.open", assignment.id)
    await reviewer.send_and_confirm(form, {"reflection": REVIEWS[0][0], "suggestion": REVIEWS[0][1]})


async def told_of(world: World, key: str, card: str) -> bool:
    """Whether somebody is told, alone or in a message together with others."""
    await world.settle()
    return bool(await world.find(OutboxEntry, person=person_id(key), card=card, failed_at=None))


# ---- leaving the service ---------------------------------------------------------------------


async def test_a_leavers_case_does_not_go_on_and_the_supervisor_hears(world: World, admin: AdminContext) -> None:
    await published(world)
    case = await open_case_of(world, "a")
    held = await world.find(Assignment, reviewer=person_id("a"), ended_at=None, submitted_at=None)
    assert held
    await remove_person(admin, "", "a@demo.example")
    (after,) = await world.find(Case, id=case.id)
    assert after.withdrawn_at
    gone = await world.find(Assignment, id__in=[assignment.id for assignment in held])
    assert {assignment.end_reason for assignment in gone} == {EndReason.REMOVED}
    assert await told_of(world, "s", "person_left")
    assert "withdrawn" in admin.notes[0]
    before = len(await world.find(LogEntry, person=person_id("a")))
    await world.advance(days=60)
    assert len(await world.find(LogEntry, person=person_id("a"))) == before
    assert await world.find(Membership, person=person_id("a"), left_on=None) == []


async def test_reviews_that_are_in_count_when_their_presenter_leaves(world: World, admin: AdminContext) -> None:
    await published(world)
    case = await open_case_of(world, "a")
    await world.advance(days=4)
    assignments = await world.find(Assignment, case=case.id, ended_at=None)
    await review(world, assignments[0])
    await remove_person(admin, "", "a@demo.example")
    (after,) = await world.find(Case, id=case.id)
    assert after.closed_at
    logged = {e.person for e in await world.find(LogEntry, source=f"case:{case.id}:{assignments[0].reviewer}")}
    assert logged == {assignments[0].reviewer}
    today = world.clock.now().date()
    assert all(e.day <= today for e in await world.find(LogEntry, person=person_id("a")))
    assert (await world.find(Assignment, id=assignments[1].id))[0].end_reason == EndReason.WITHDRAWN


async def test_a_covering_therapist_takes_a_leavers_case_over(world: World, admin: AdminContext) -> None:
    await published(world)
    case = await open_case_of(world, "a")
    reviewing = {s.reviewer for s in await world.find(Assignment, case=case.id)}
    cover = next(k for k in "bcdefg" if person_id(k) not in reviewing)
    await remove_person(admin, "", "a@demo.example", cover=f"{cover}@demo.example")
    assert (await world.find(Case, id=case.id))[0].open
    assert isinstance(await world.player(cover).press("case.page", case.id), Show)
    assert await told_of(world, cover, "case_covered")


async def test_a_held_case_of_a_leaver_waits_for_the_supervisor(world: World, admin: AdminContext) -> None:
    at = await scene(world)
    await at.concern()
    await remove_person(admin, "", "a@demo.example")
    assert (await world.find(Case, id=at.case.id))[0].open
    assert "on hold" in admin.notes[0]
    hold = await at.hold()
    await world.player("s").press("risk.acknowledge", hold.id)
    await world.player("s").press("risk.release", hold.id)
    assert not (await world.find(Case, id=at.case.id))[0].open


async def test_leaving_on_a_day_takes_hold_after_it_and_can_be_given_up(world: World, admin: AdminContext) -> None:
    await published(world)
    last = world.clock.now().date() + timedelta(days=3)
    await remove_person(admin, "", "a@demo.example", last)
    assert (await person(world, "a")).active
    await world.advance(days=3)
    assert (await person(world, "a")).active
    await world.advance(days=1)
    assert not (await person(world, "a")).active
    await remove_person(admin, "", "b@demo.example", last + timedelta(days=9))
    await stay(admin, "", "b@demo.example")
    await world.advance(days=20)
    assert (await person(world, "b")).active


async def test_a_dry_run_says_what_would_happen_and_changes_nothing(world: World, admin: AdminContext) -> None:
    await published(world)
    await remove_person(admin, "", "a@demo.example", dry_run=True)
    assert "withdrawn" in admin.notes[0]
    assert (await person(world, "a")).active
    assert (await open_case_of(world, "a")).open


async def test_the_last_administrator_stays_and_a_group_without_supervisor_is_said(
    world: World, admin: AdminContext
) -> None:
    with pytest.raises(SetupError, match="last administrator"):
        await remove_person(admin, "", "m@demo.example")
    with pytest.raises(SetupError, match="last administrator"):
        await set_roles(admin, "", "m@demo.example", ["manager"])
    await remove_person(admin, "", "s@demo.example")
    assert any("has no supervisor of its own now" in note for note in admin.notes)


async def test_who_comes_back_has_the_history_and_no_gap_for_the_time_between(
    world: World, admin: AdminContext
) -> None:
    before = await world.find(LogEntry, person=person_id("b"))
    await remove_person(admin, "", "b@demo.example")
    assert isinstance(await world.player("b").type("/caseload"), Refused)
    await world.advance(days=150)
    await return_person(admin, "", "b@demo.example", NAME)
    assert [e.id for e in await world.find(LogEntry, person=person_id("b"))] == [e.id for e in before]
    log = text(await world.player("b").type("/supervision"))
    assert "150" not in log
    assert "151" not in log
    assert "overdue" not in log.casefold()


# ---- leaving a group, or the work of a therapist ---------------------------------------------


async def test_leaving_a_group_settles_its_cases_and_reviews(world: World, admin: AdminContext) -> None:
    await published(world)
    case = await open_case_of(world, "a")
    await leave_group(admin, "", "a@demo.example", NAME)
    assert (await world.find(Case, id=case.id))[0].withdrawn_at
    assert not await world.find(Assignment, reviewer=person_id("a"), ended_at=None, submitted_at=None)
    assert await told_of(world, "s", "member_left")


async def test_a_dated_leaving_and_joining_take_hold_on_their_days(world: World, admin: AdminContext) -> None:
    await published(world)
    today = world.clock.now().date()
    case = await open_case_of(world, "a")
    await leave_group(admin, "", "a@demo.example", NAME, today + timedelta(days=2))
    await world.advance(days=2)
    assert (await world.find(Case, id=case.id))[0].open
    await world.advance(days=1)
    assert not (await world.find(Case, id=case.id))[0].open
    await join_group(admin, "", "a@demo.example", NAME, world.clock.now().date() + timedelta(days=10))
    refused = await world.player("a").press("case.new")
    assert isinstance(refused, Refused)
    await world.advance(days=10)
    assert isinstance(await world.player("a").press("case.new"), Show)
    with pytest.raises(SetupError, match="already"):
        await join_group(admin, "", "a@demo.example", NAME)
    with pytest.raises(SetupError, match="is over"):
        await leave_group(admin, "", "a@demo.example", NAME, today)


async def test_losing_the_role_of_a_therapist_settles_what_goes_with_it(world: World, admin: AdminContext) -> None:
    await published(world)
    case = await open_case_of(world, "a")
    await set_roles(admin, "", "a@demo.example", ["manager"])
    assert not (await world.find(Case, id=case.id))[0].open
    assert "no therapist any more" in admin.notes[0]


# ---- people, groups and clinics change -------------------------------------------------------


async def test_a_person_changes_name_address_and_clinic_and_keeps_the_history(
    world: World, admin: AdminContext
) -> None:
    given = {"name": "Therapist A (Lund)", "email": "a.new@demo.example", "clinic": "Lund"}
    (changed,) = await change_person(admin, "", "a@demo.example", given)
    assert (changed.clinic, changed.timezone) == ("cli_lund", "Europe/Stockholm")
    assert await world.find(LogEntry, person=person_id("a"))
    with pytest.raises(SetupError, match="belongs to"):
        await change_person(admin, "", "b@demo.example", {"email": "A.NEW@demo.example"})
    with pytest.raises(SetupError, match="no clinic"):
        await change_person(admin, "", "b@demo.example", {"clinic": "Atlantis"})


@pytest.mark.parametrize(
    ("change", "notice"),
    [
        ("nothing", "2027-04-28 07:00"),
        ("week", "2027-04-22 07:00"),  # three of their own working days before
        ("closure", "2027-04-22 07:00"),
        ("zone", "2027-04-28 13:00"),
        ("clinic", "2027-04-28 07:00"),
    ],
)
async def test_a_change_of_somebodys_days_or_clock_moves_what_was_set_by_them(
    world: World, admin: AdminContext, change: str, notice: str
) -> None:
    await world.player("a").type("/caseload leave from 1 Feb 2027 until 2 May 2027")
    match change:
        case "week":
            form = await world.player("a").open("week.open")
            await world.player("a").send(form, {"weekdays": ("0", "3")})
        case "closure":
            form = await world.player("s").open("closures.add")
            place = (await person(world, "a")).clinic
            values = {"clinic": (place,), "first_day": "2027-04-26", "last_day": "2027-04-29"}
            await world.player("s").send(form, values)
        case "zone":
            await change_person(admin, "", "a@demo.example", {"timezone": "America/New_York"})
        case "clinic":
            await change_person(admin, "", "a@demo.example", {"clinic": "Lund"})
    leave, tells = await world.find(Timer, what="leave.begins"), await world.find(Timer, what="leave.returns")
    assert [f"{timer.at:%Y-%m-%d %H:%M}" for timer in tells] == [notice]
    assert [f"{timer.at:%m-%d %H}" for timer in leave] == ["02-01 05" if change == "zone" else "01-31 23"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "x" * 101}, "1 to 100 characters"),
        ({"name": "A\x1b[31m"}, "can be printed"),
        ({"email": "nobody"}, "not an e-mail address"),
        ({"timezone": "Europe/Atlantis"}, "no time zone"),
        ({"language": "xx"}, "no language xx"),
        ({"language": "en de"}, "no language en de"),
        ({"languages": "en xx"}, "no language xx"),
        ({"languages": " , "}, "no language"),
        ({"personnel_id": "P-1"}, "belongs to Therapist A"),
        ({"personnel_id": "9" * 65}, "1 to 64 characters"),
        ({"roles": "admin"}, "roles cannot be changed here"),
    ],
)
async def test_what_cannot_be_true_of_a_person_is_refused_and_nothing_changes(
    world: World, admin: AdminContext, given: dict[str, str], said: str
) -> None:
    await change_person(admin, "", "a@demo.example", {"personnel_id": "p-1"})
    before = await world.find(Person)
    with pytest.raises(SetupError, match=said):
        await change_person(admin, "", "b@demo.example", given)
    assert await world.find(Person) == before


async def test_groups_merge_with_their_history_and_split_and_close(world: World, admin: AdminContext) -> None:
    await published(world)
    rounds = len(await world.find(Round, group=GROUP))
    (made, *_) = await split_group(admin, "", NAME, "Second group", ["b@demo.example", "c@demo.example"])
    assert {m.person for m in await world.find(Membership, group=made.id)} == {person_id("b"), person_id("c")}
    await merge_groups(admin, "", NAME, "Second group")
    assert len(await world.find(Round, group=made.id)) == rounds
    assert await world.find(Case, group=GROUP) == []
    holds = {m.person for m in await world.find(Membership, group=made.id) if m.left_on is None}
    assert {person_id(k) for k in "abcdefgs"} == holds
    with pytest.raises(SetupError, match="closed since"):
        await join_group(admin, "", "a@demo.example", NAME)
    await close_group(admin, "", "Second group")
    assert [c for c in await world.find(Case, group=made.id) if c.open] == []
    assert await world.find(SeriesEntry, ended_at=None) == []
    assert await world.find(Timer, what="round.publish") == []
    assert (await world.find(Group, id=made.id))[0].closed_on


async def test_clinics_are_renamed_merged_and_closed(world: World, admin: AdminContext) -> None:
    with pytest.raises(SetupError, match="people work at Lund"):
        await close_clinic(admin, "", "Lund")
    await rename(admin, "", Clinic, "Lund", "Lund University")
    await merge_clinics(admin, "", "Lund University", "Aarhus")
    assert {(await person(world, k)).clinic for k in "de"} == {"cli_aarhus"}
    assert (await world.find(Clinic, id="cli_lund"))[0].closed_on
    assert await world.find(LogEntry, clinic="cli_lund")  # what was logged there stays logged there
    with pytest.raises(SetupError, match="There is a clinic Kiel already"):
        await rename(admin, "", Clinic, "Aarhus", "kiel")
