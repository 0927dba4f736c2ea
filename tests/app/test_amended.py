"""Leave and modes that are amended: moved, shortened, prolonged, deleted, asked about where they overlap, undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Group, Membership
from bot.domain.person import Person, Role
from bot.ports.records import FteEntry, LeaveEntry, LimitEntry, ModeEntry, Timer
from bot.ui.inbound import Invalid, Refused, Say, Show
from tests.app.known_leaves import MONDAY, leaves
from tests.app.published_round import published, who
from tests.app.shown import open_case_of, press, text
from tests.world import World

# ---- leave


async def test_an_open_leave_gets_an_end_by_the_same_form(world: World) -> None:
    """A parental leave whose return is set later: replaced when asked, and it ends on that day."""
    supervisor = world.player("s")
    form = await supervisor.open("caseload.leave", person_id("c"))
    await supervisor.send(form, {"first_day": "2027-01-20", "last_day": "", "own_cases": ("keep",), "cover": ()})
    form = await supervisor.open("caseload.leave", person_id("c"))
    asked = await supervisor.send(
        form, {"first_day": "2027-01-20", "last_day": "2027-08-15", "own_cases": ("keep",), "cover": ()}
    )
    assert "Nothing is changed yet" in text(asked)
    assert await leaves(world) == [(date(2027, 1, 20), None)]
    said = text(await press(supervisor, asked, "Replace"))
    assert "Sun, 15 Aug 2027" in said
    assert "208 days" in said
    assert await leaves(world) == [(date(2027, 1, 20), date(2027, 8, 15))]
    await world.advance(days=210)
    assert "Open reviews at most: 1 (in the first 14 days" in text(await world.player("c").type("/caseload"))
    assert sum(card.key == "notice.returning" for card in world.inbox("s")) == 1


@pytest.mark.parametrize(
    ("button", "expected"),
    [
        ("Replace", [(date(2027, 2, 1), date(2027, 2, 14))]),
        ("Join", [(date(2027, 2, 1), date(2027, 2, 28))]),
        ("Leave it as it is", [(date(2027, 2, 1), date(2027, 2, 28))]),
    ],
)
async def test_overlapping_leave_is_asked_about(
    world: World, button: str, expected: list[tuple[date, date | None]]
) -> None:
    player = world.player("b")
    await player.type("/caseload leave from 1 Feb to 28 Feb")
    asked = await player.type("/caseload leave from 1 Feb to 14 Feb")
    await press(player, asked, button)
    assert sorted(await leaves(world), key=str) == sorted(expected, key=str)


async def test_what_covers_everything_extends_without_a_question(world: World) -> None:
    player = world.player("b")
    await player.type("/caseload leave from 1 Feb to 14 Feb")
    said = text(await player.type("/caseload leave from 1 Feb to 28 Feb"))
    assert "28 days" in said
    assert await leaves(world) == [(date(2027, 2, 1), date(2027, 2, 28))]
    again = await player.type("/caseload leave from 1 Feb to 28 Feb")
    assert isinstance(again, Say)
    assert len(await world.find(LeaveEntry)) == 2  # the first one is history, the same again changes nothing


async def test_a_leave_is_changed_by_its_own_form_and_keeps_its_history(world: World) -> None:
    player = world.player("b")
    await player.type("/caseload leave from 1 Feb to 28 Feb")
    (entry,) = await world.find(LeaveEntry)
    form = await player.open("caseload.leave.change", entry.id)
    said = await player.send(
        form, {"first_day": "2027-02-08", "last_day": "2027-02-14", "own_cases": ("keep",), "cover": ()}
    )
    assert "7 days" in text(said)
    assert await leaves(world) == [(date(2027, 2, 8), date(2027, 2, 14))]
    (old,) = await world.find(LeaveEntry, id=entry.id)
    assert old.cancelled_at
    timers = {t.id for t in await world.find(Timer, what="leave.begins")}
    assert f"leave.begins:{entry.id}" not in timers  # nothing begins on the old day
    refused = await world.player("a").press("caseload.leave.change", entry.id)
    assert isinstance(refused, Refused)


@pytest.mark.parametrize(
    ("first", "taken"), [("0001-01-01", False), ("2019-03-01", False), ("2026-11-18", False), ("2026-11-19", True)]
)
@pytest.mark.parametrize("change", [False, True])
async def test_a_form_takes_no_leave_that_began_more_than_sixty_days_ago(
    world: World, first: str, taken: bool, change: bool
) -> None:
    player = world.player("b")
    if change:
        await player.type("/caseload leave from 1 Feb to 12 Feb")
        (entry,) = await world.find(LeaveEntry)
        form = await player.open("caseload.leave.change", entry.id)
    else:
        form = await player.open("caseload.leave")
    before = await leaves(world)
    sent = await player.send(form, {"first_day": first, "last_day": "2027-02-12", "own_cases": ("keep",), "cover": ()})
    assert isinstance(sent, Say) == taken
    if not taken:
        assert isinstance(sent, Invalid)
        assert set(sent.form.errors) == {"first_day"}
    assert await leaves(world) == ([(date.fromisoformat(first), date(2027, 2, 12))] if taken else before)


async def test_a_long_leave_gets_another_end_though_it_began_long_ago(world: World) -> None:
    player = world.player("b")
    form = await player.open("caseload.leave")
    await player.send(form, {"first_day": "2027-01-18", "last_day": "", "own_cases": ("keep",), "cover": ()})
    await world.advance(days=120)
    (entry,) = await world.find(LeaveEntry)
    form = await player.open("caseload.leave.change", entry.id)
    await player.send(form, {"first_day": "2027-01-18", "last_day": "2027-08-15", "own_cases": ("keep",), "cover": ()})
    assert await leaves(world) == [(MONDAY, date(2027, 8, 15))]


# ---- undo


async def test_undo_puts_reviews_back_that_nobody_has_begun(world: World) -> None:
    await published(world)
    before = {(s.case, s.reviewer) for s in await world.find(Assignment, ended_at=None)}
    player = world.player("b")
    said = await player.type("/caseload leave until 12 Feb")
    assert "taken off" in text(said)
    undone = text(await press(player, said, "Undo"))
    assert "back with" in undone
    assert await leaves(world) == []
    assert {(s.case, s.reviewer) for s in await world.find(Assignment, ended_at=None)} == before
    twice = await press(player, said, "Undo")
    assert isinstance(twice, Refused)
    assert twice.key == "nothing_to_undo"


async def test_undo_leaves_a_review_with_whoever_has_begun(world: World) -> None:
    await published(world)
    held = {s.case for s in await world.find(Assignment, reviewer=person_id("b"), ended_at=None)}
    player = world.player("b")
    said = await player.type("/caseload leave until 12 Feb")
    news = [
        s for s in await world.find(Assignment, ended_at=None) if s.case in held and s.assigned_at == world.clock.now()
    ]
    reviewer = who(news[0], world)
    form = await reviewer.open("review.open", news[0].id)
    await reviewer.send_and_confirm(form, {"question": "How often does this happen?"})
    (begun,) = await world.find(Assignment, id=news[0].id)
    assert begun.started_at
    undone = text(await press(player, said, "Undo"))
    assert "stays with a colleague who has begun" in undone
    assert (await world.find(Assignment, id=begun.id))[0].ended_at is None


async def test_undo_is_for_ten_minutes_and_for_whoever_did_it(world: World) -> None:
    player = world.player("b")
    said = await player.type("/caseload leave from 1 Feb to 12 Feb")
    for other in ("a", "s"):
        assert isinstance(await press(world.player(other), said, "Undo"), Refused)
    await world.advance(minutes=10)
    late = await press(player, said, "Undo")
    assert isinstance(late, Refused)
    assert await leaves(world) == [(date(2027, 2, 1), date(2027, 2, 12))]


async def test_undo_of_a_change_puts_the_old_leave_back_with_its_moments(world: World) -> None:
    player = world.player("b")
    await player.type("/caseload leave from 1 Feb to 28 Feb")
    changed = await player.type("/caseload leave from 25 Jan to 28 Feb")
    await press(player, changed, "Undo")
    assert await leaves(world) == [(date(2027, 2, 1), date(2027, 2, 28))]
    await world.advance(days=10)
    assert "On leave" not in text(await player.type("/caseload"))
    await world.advance(days=5)
    assert "On leave" in text(await player.type("/caseload"))


async def test_a_covered_case_comes_back_by_undo_and_a_withdrawn_one_does_not(world: World) -> None:
    await published(world)
    case = await open_case_of(world, "a")
    reviewing = {s.reviewer for s in await world.find(Assignment, case=case.id)}
    cover = next(k for k in "bcdefg" if person_id(k) not in reviewing)
    player = world.player("a")
    form = await player.open("caseload.leave")
    values = {
        "first_day": "2027-01-18",
        "last_day": "2027-02-12",
        "own_cases": ("cover",),
        "cover": (person_id(cover),),
    }
    values["first_day"] = world.clock.now().date().isoformat()
    said = await player.send(form, values)
    assert "presented by your colleague" in text(said)
    assert isinstance(await world.player(cover).press("case.page", case.id), Show)
    await press(player, said, "Undo")
    assert isinstance(await player.press("case.page", case.id), Show)
    await world.settle()
    assert "cover_over" in await world.told(cover)
    form = await player.open("caseload.leave")
    gone = await player.send(form, {**values, "own_cases": ("withdraw",), "cover": ()})
    assert "erased" in text(await press(player, gone, "Undo"))
    assert (await world.find(Case, id=case.id))[0].withdrawn_at


# ---- modes


async def test_a_mode_for_a_time_returns_by_itself(world: World) -> None:
    player = world.player("b")
    form = await player.open("caseload.plan")
    values = {"mode": ("f2f",), "from_day": "2027-01-18", "until_day": "2027-01-22", "note": ""}
    said = text(await player.send(form, values))
    assert "until Fri, 22 Jan 2027" in said
    assert "From Sat, 23 Jan 2027: iCBT" in said
    assert "Open reviews at most: 2" in text(await player.type("/caseload"))
    await world.advance(days=5)
    assert "Open reviews at most: 3" in text(await player.type("/caseload"))


async def test_a_recorded_switch_is_moved_shortened_deleted_and_undone(world: World) -> None:
    player = world.player("b")
    planned = await player.type("/caseload f2f from 1 Feb")
    (entry,) = await world.find(ModeEntry)
    form = await player.open("caseload.mode.change", entry.id)
    moved = await player.send(form, {"mode": ("f2f",), "from_day": "2027-02-08", "until_day": "2027-02-12", "note": ""})
    assert "From Mon, 8 Feb 2027: Face-to-face" in text(moved)
    (now,) = await world.find(ModeEntry, cancelled_at=None)
    assert (now.from_day, now.until_day, now.replaces) == (date(2027, 2, 8), date(2027, 2, 12), entry.id)
    gone = await player.press("caseload.mode.delete", now.id)
    assert await world.find(ModeEntry, cancelled_at=None) == []
    await press(player, gone, "Undo")
    assert [e.id for e in await world.find(ModeEntry, cancelled_at=None)] == [now.id]
    await press(player, moved, "Undo")
    assert [e.id for e in await world.find(ModeEntry, cancelled_at=None)] == [entry.id]
    await press(player, planned, "Undo")
    assert await world.find(ModeEntry, cancelled_at=None) == []
    assert "changed or deleted since" in text(await player.press("caseload.history"))


async def test_a_shorter_period_of_the_same_mode_is_asked_about(world: World) -> None:
    player = world.player("b")
    form = await player.open("caseload.plan")
    values = {"mode": ("f2f",), "from_day": "2027-01-18", "until_day": "2027-01-22", "note": ""}
    await player.send(form, values)
    asked = await player.send(form, {**values, "until_day": "2027-01-20"})
    assert "Nothing is changed yet" in text(asked)
    said = text(await press(player, asked, "Replace"))
    assert "From Thu, 21 Jan 2027: iCBT" in said


async def test_a_supervisor_does_all_of_it_for_a_member_and_nobody_else_does(world: World) -> None:
    supervisor, member = world.player("s"), world.player("b")
    form = await supervisor.open("caseload.plan", person_id("b"))
    values = {"mode": ("f2f",), "from_day": "2027-01-18", "until_day": "2027-01-22", "note": ""}
    said = await supervisor.send(form, values)
    assert "Therapist B (Kiel)" in text(said)
    await world.settle()
    assert any(card.key == "notice.mode_entered" for card in world.inbox("b"))
    assert "Face-to-face" in text(await member.type("/caseload"))
    (entry,) = await world.find(ModeEntry)
    for step in ("caseload.mode.change", "caseload.mode.delete"):
        assert isinstance(await world.player("a").press(step, entry.id), Refused)
    assert isinstance(await world.player("a").press("caseload.plan", person_id("b")), Refused)
    await press(supervisor, said, "Undo")
    assert "iCBT" in text(await member.type("/caseload"))


# ---- who supervises meanwhile


async def test_the_only_supervisor_who_leaves_learns_who_hears_meanwhile(world: World) -> None:
    said = text(await world.player("s").type("/caseload leave until 12 Feb"))
    assert "No other supervisor of Northern iCBT group" in said
    assert "Service manager (Kiel)" in said  # the administrator, as there is no other supervisor


async def test_the_end_before_the_start_and_the_far_future_are_refused_in_every_form(world: World) -> None:
    player = world.player("b")
    form = await player.open("caseload.plan")
    for values in ({"until_day": "2027-01-10"}, {"until_day": (MONDAY + timedelta(days=4000)).isoformat()}):
        sent = await player.send(form, {"mode": ("f2f",), "from_day": "2027-01-18", "note": "", **values})
        assert not isinstance(sent, Say)
    assert await world.find(ModeEntry) == []


async def test_a_recorded_share_of_full_time_is_deleted_and_put_back(world: World) -> None:
    player = world.player("a")
    form = await player.open("caseload.work")
    await player.send(form, {"fte": "50", "fte_from": "2027-01-18", "practising_since": ""})
    assert "50%" in text(await player.type("/caseload"))
    (entry,) = await world.find(FteEntry)
    assert isinstance(await world.player("b").press("caseload.work.delete", entry.id), Refused)
    gone = await player.press("caseload.work.delete", entry.id)
    assert "100%" in text(gone)
    assert "changed or deleted since" in text(await player.press("caseload.history"))
    await press(player, gone, "Undo")
    assert "50%" in text(await player.type("/caseload"))


async def test_a_limit_of_ones_own_holds_until_its_end_and_can_be_taken_away(world: World) -> None:
    player = world.player("a")
    form = await player.open("caseload.work")
    limit = {"limit_percent": "60", "limit_cap": "1", "limit_until": "2027-02-12"}
    await player.send(form, {"fte": "100", "fte_from": "2027-01-18", **limit})
    shown = text(await player.type("/caseload"))
    assert "60% of the reviews, open at most: 1, until Fri, 12 Feb 2027" in shown
    (entry,) = await world.find(LimitEntry)
    assert isinstance(await world.player("b").press("caseload.limit.delete", entry.id), Refused)
    gone = await player.press("caseload.limit.delete", entry.id)
    assert "60%" not in text(await player.type("/caseload"))
    assert "changed or deleted since" in text(await player.press("caseload.history"))
    await press(player, gone, "Undo")
    assert "60%" in text(await player.type("/caseload"))
    await world.advance(days=26)
    assert "60%" not in text(await player.type("/caseload"))


async def test_a_limit_that_says_nothing_or_has_ended_is_refused(world: World) -> None:
    player = world.player("a")
    form = await player.open("caseload.work")
    for values, field in (
        ({"limit_percent": "100", "limit_until": "2027-02-12"}, "limit_until"),
        ({"limit_percent": "50", "limit_until": "2027-01-12"}, "limit_until"),
        ({"limit_percent": "5"}, "limit_percent"),
        ({"limit_cap": "99"}, "limit_cap"),
    ):
        sent = await player.send(form, {"fte": "100", "fte_from": "2027-01-18", **values})
        assert isinstance(sent, Invalid)
        assert field in sent.form.errors
    assert await world.find(LimitEntry) == []


async def test_what_would_go_to_the_only_supervisor_goes_to_another_while_they_are_away(world: World) -> None:
    """Late reviews are told to somebody, and that supervisor sees the group and may act for it."""
    assignments = await published(world)
    async with world.store.begin(ORGANISATION) as uow:
        other = await uow.get(Person, person_id("m"))
        await uow.save(replace(other, roles=other.roles | {Role.SUPERVISOR}))
        today = world.clock.now().date()
        await uow.add(Group("grp_other", ORGANISATION, "Other group", "Europe/Berlin"))
        await uow.add(Membership("mem_other", ORGANISATION, "grp_other", other.id, today))
        await uow.commit()
    assert isinstance(await world.player("m").press("round.show", assignments[0].round), Refused)
    await world.player("s").type("/caseload leave until 2027-03-01")
    await world.advance(days=14)
    keys = {card.key for card in world.inbox("m")}
    assert "notice.late_reviews" in keys
    assert "Northern iCBT group" in text(await world.player("m").press("supervision.overview"))
    assert not isinstance(await world.player("m").press("round.show", assignments[0].round), Refused)
