"""A series of rounds as a supervisor lives with it: begun, opened by itself, skipped, moved, paused, ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.app.context import Work
from bot.app.steps.series_store import as_plan, phases_of, plan_of, series_of
from bot.demo.clinic import GROUP, MEMBERS, ORGANISATION
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Closure, Group, Organisation
from bot.domain.person import Person
from bot.domain.round import Round, RoundStatus
from bot.ports.records import OutboxEntry, SeriesEntry
from bot.ui.inbound import Done, Invalid, Refused, Show
from bot.ui.model import Notice, Row, plain
from tests.app.planning_steps import present
from tests.app.series_steps import KIEL, begin, card_of, days, rounds, told
from tests.gate import GateInAWorker
from tests.world import World, make_world

DECEMBER = datetime(2026, 12, 1, 8, tzinfo=UTC)
WINTER = (date(2026, 12, 21), date(2027, 1, 6))


@pytest.fixture
async def winter(gate: GateInAWorker) -> World:
    """The clinics on 1 December 2026, all of them closed from 21 December to 6 January."""
    world = await make_world(gate, start=DECEMBER)
    async with world.store.begin(ORGANISATION) as uow:
        for clinic in await uow.find(Clinic):
            await uow.add(Closure(f"clo_{clinic.id}", ORGANISATION, clinic.id, *WINTER, "winter closure"))
        await uow.commit()
    return world


async def test_the_winter_closure_of_the_issue(winter: World) -> None:
    """2-weekly from Monday 14 December 2026, closed 21 December – 6 January."""
    form = await winter.player("s").open("series.new")
    preview = await winter.player("s").send(form, {"rhythm": ("2",), "anchor": "2026-12-14", "at": "09:00"})
    assert isinstance(preview, Show)
    shown = [plain(b.line) + " / " + plain(b.detail) for b in preview.form.body if isinstance(b, Row)]
    assert shown[0].startswith("Mon, 14 Dec 2026, 09:00")
    assert shown[1].startswith("Mon, 28 Dec 2026 — cancelled")
    assert "winter closure" in shown[1]
    assert shown[2].startswith("Mon, 11 Jan 2027, 09:00")
    assert not await winter.find(SeriesEntry)
    await winter.player("s").send(preview.form, {})
    (entry,) = await winter.find(SeriesEntry)
    assert entry.next_at == datetime(2026, 12, 7, 8, tzinfo=UTC)  # five working days before
    await winter.advance(days=6, hours=1)
    assert days(await rounds(winter)) == [date(2026, 12, 14)]
    await present(winter, "a", "b", "c")
    await winter.advance(days=7)
    assignments = await winter.find(Assignment, ended_at=None)
    zones = {ZoneInfo(p.timezone) for p in await winter.find(Person)}
    assert {s.due_at for s in assignments} <= {datetime(2027, 1, 7, 23, 59, tzinfo=z).astimezone(UTC) for z in zones}
    assert (await winter.told("s")).count("occurrence_left_out") == 1
    (left_out,) = {c.summary for c in winter.inbox("s") if c.key == "notice.occurrence_left_out"}
    assert "28 Dec 2026" in left_out
    await winter.advance(days=35)
    assert days(await rounds(winter)) == [date(2026, 12, 14), date(2027, 1, 11), date(2027, 1, 25)]
    assert {r.occurrence for r in await rounds(winter)} == {date(2026, 12, 14), date(2027, 1, 11), date(2027, 1, 25)}


async def test_nine_stays_nine_and_easter_monday_moves(world: World) -> None:
    entry = await begin(world, anchor="2027-03-15")
    await world.advance(days=100)
    local = [r.publish_at.astimezone(KIEL) for r in await rounds(world)]
    assert [at.date() for at in local][:3] == [date(2027, 3, 15), date(2027, 3, 30), date(2027, 4, 12)]
    assert {(at.hour, at.minute) for at in local} == {(9, 0)}
    assert local[0].astimezone(UTC).hour == 8
    assert local[1].astimezone(UTC).hour == 7
    assert entry.handled is not None


async def test_preview_says_what_moved_and_why(world: World) -> None:
    await begin(world, anchor="2027-03-15")
    (entry,) = await world.find(SeriesEntry)
    card = card_of(await world.player("s").press("series.show", entry.id))
    assert "Easter Monday" in told(card)
    assert "Planned for Mon, 29 Mar 2027" in told(card)


async def test_a_skipped_date_keeps_the_anchor_and_ends_its_open_round(world: World) -> None:
    await begin(world, anchor="2027-02-01")
    await world.advance(days=8)  # collecting for 1 February since 25 January
    await present(world, "a")
    outcome = await world.player("s").type("/round skip")
    assert "1 Feb" in told(card_of(outcome))
    await world.settle()
    (round_,) = await rounds(world)
    assert round_.status is RoundStatus.CANCELLED
    assert [c for c in world.inbox("b") if c.key == "notice.round_off"]
    (case,) = await world.find(Case, closed_at=None)
    assert case.round is None
    await world.advance(days=14)
    assert days(await rounds(world)) == [date(2027, 2, 15)]
    (case,) = await world.find(Case, closed_at=None)
    assert case.round == (await rounds(world))[-1].id  # the case joined the next round


async def test_moving_a_date_moves_its_round_and_tells_the_members(world: World) -> None:
    await begin(world, anchor="2027-02-01")
    await world.advance(days=8)
    refused = await world.player("s").type("/round move 1 Feb to 6 Feb")
    assert isinstance(refused, Refused)
    assert refused.key == "move_onto_closed_day"
    refused = await world.player("s").type("/round move 1 Feb to 16 Feb")
    assert isinstance(refused, Refused)
    assert refused.key == "move_past_another"
    await world.player("s").type("/round move 1 Feb to 3 Feb")
    await world.settle()
    assert days(await rounds(world)) == [date(2027, 2, 3)]
    assert [c for c in world.inbox("b") if c.key == "notice.round_moved"]
    await world.advance(days=14)
    assert days(await rounds(world)) == [date(2027, 2, 3), date(2027, 2, 15)]


async def test_a_pause_ends_by_itself_or_by_hand_on_the_same_dates(world: World) -> None:
    await begin(world, anchor="2027-02-01")
    await world.player("s").type("/round pause until 20 Feb")
    await world.advance(days=60)
    assert days(await rounds(world))[:2] == [date(2027, 3, 1), date(2027, 3, 15)]
    (entry,) = await world.find(SeriesEntry)
    form = await world.player("s").open("series.pause", entry.id)
    await world.player("s").send(form, {"first_day": "2027-03-20"})
    await world.advance(days=40)
    before = days(await rounds(world))
    await world.player("s").type("/round resume")
    await world.advance(days=20)
    after = days(await rounds(world))
    assert before == [date(2027, 3, 1), date(2027, 3, 15)]
    assert after[:2] == before
    assert all((day - date(2027, 2, 1)).days % 14 == 0 for day in after)
    assert len(after) > 2


async def test_an_ended_series_opens_nothing_more_and_lets_its_round_go_on(world: World) -> None:
    entry = await begin(world, anchor="2027-02-01")
    await world.advance(days=8)
    await world.player("s").press("series.end", entry.id)
    await world.advance(days=60)
    assert days(await rounds(world)) == [date(2027, 2, 1)]
    refused = await world.player("s").press("series.skip", entry.id, day="2027-02-15")
    assert isinstance(refused, Refused)
    assert refused.key == "series_ended"


async def test_a_series_with_a_last_date_ends_by_itself(world: World) -> None:
    entry = await begin(world, anchor="2027-02-01", last_day="2027-02-20")
    await world.advance(days=60)
    assert days(await rounds(world)) == [date(2027, 2, 1), date(2027, 2, 15)]
    (entry,) = await world.find(SeriesEntry, id=entry.id)
    assert entry.ended_at is not None


async def test_phases_have_their_own_days(world: World) -> None:
    await begin(world, anchor="2027-02-01", collect="3", clarify="1", review="8", takeaway="4")
    await world.advance(days=9, hours=2)
    (round_,) = await rounds(world)
    assert round_.opened_at.astimezone(KIEL) == datetime(2027, 1, 27, 9, tzinfo=KIEL)
    await present(world, "a")
    await world.advance(days=6)
    (case,) = await world.find(Case, round=round_.id)
    assignments = await world.find(Assignment, round=round_.id, ended_at=None)
    assert case.clarify_until == datetime(2027, 2, 2, 23, 59, tzinfo=KIEL).astimezone(UTC)
    assert {s.due_at.astimezone(KIEL).date() for s in assignments if s.due_at} == {date(2027, 2, 11)}


async def test_whoever_plans_a_round_is_told_which_targets_it_cannot_meet(world: World) -> None:
    for weeks in (2, 4):
        async with world.store.begin(ORGANISATION) as uow:
            await uow.save(replace(await uow.get(Group, GROUP), policy={"cadence_weeks": weeks}))
            await uow.commit()
        told = [plain(b.line) for b in (await world.player("s").open("round.new")).body if isinstance(b, Notice)]
        assert any("one novice" in each for each in told) == (weeks == 4), (
            "seven days and the seven of a round's window"
        )


async def test_a_single_round_may_set_its_own_phases(world: World) -> None:
    player = world.player("s")
    form = await player.open("round.new")
    wrong = await player.send(form, {"publish_on": "soon", "clarify": "8", "review": "3"})
    assert isinstance(wrong, Invalid)
    assert set(wrong.form.errors) == {"publish_on", "clarify"}
    assert isinstance(await player.send(form, {"publish_on": "2027-01-25", "clarify": "1", "review": "3"}), Done)
    (round_,) = await world.find(Round, closed_at=None)
    assert (round_.clarify_days, round_.review_days, round_.series) == (1, 3, None)


async def test_a_round_begun_by_hand_stands_in_for_the_date_it_reaches(world: World) -> None:
    await begin(world, anchor="2027-02-01")
    player = world.player("s")
    await player.send(await player.open("round.new"), {"publish_on": "2027-02-03"})
    await world.advance(days=24)
    assert [c for c in world.inbox("s") if c.key == "notice.occurrence_left_out" and "by hand" not in c.summary]
    assert days(await rounds(world)) == [date(2027, 2, 15)]


async def test_a_closure_added_later_moves_the_open_round_and_tells_its_members(world: World) -> None:
    await begin(world, anchor="2027-02-01")
    await world.advance(days=8)
    form = await world.player("m").open("closures.add")  # the administrator, who plans no rounds
    values = {"clinic": ("cli_kiel",), "first_day": "2027-01-29", "last_day": "2027-02-02", "name": "move of premises"}
    assert isinstance(await world.player("m").send(form, values), Done)
    await world.settle()
    (round_,) = await rounds(world)
    assert round_.status is RoundStatus.CANCELLED  # an occurrence inside a closure does not take place
    await world.advance(days=14)
    assert days(await rounds(world)) == [date(2027, 2, 15)]


async def test_missed_openings_are_named_and_the_latest_is_held(world: World) -> None:
    await begin(world, anchor="2027-02-01", rhythm=("1",))
    world.clock.advance(timedelta(days=31))  # the program was down until 18 February
    await world.settle()
    found = await rounds(world)
    assert days(found) == [date(2027, 2, 22)]
    assert (await world.told("s")).count("occurrence_missed") == 3


async def test_rounds_that_collect_longer_than_their_rhythm_open_one_after_another(world: World) -> None:
    await begin(world, anchor="2027-02-01", rhythm=("1",), collect="9")
    await world.advance(days=42)
    assert days(await rounds(world)) == [date(2027, 2, 1) + timedelta(weeks=n) for n in range(5)]
    assert not [c for c in world.inbox("s") if c.key == "notice.occurrence_missed"]


async def test_two_replicas_and_a_clock_that_jumps_back_open_each_round_once(world: World) -> None:
    await begin(world, anchor="2027-02-01")
    other = replace(world.ticker)
    for _ in range(30):
        world.clock.advance(timedelta(days=1))
        await other.tick()
        world.clock._now -= timedelta(hours=30)
        await world.ticker.tick()
        world.clock._now += timedelta(hours=30)
        await world.settle()
    found = await rounds(world)
    assert days(found) == [date(2027, 2, 1), date(2027, 2, 15)]
    entries = await world.find(OutboxEntry, card__in=["round_open", "please_present"])
    assert len({(entry.person, entry.subject) for entry in entries}) == len(found) * len(MEMBERS)
    assert len(entries) == len(found) * len(MEMBERS), "nobody is invited twice"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"rhythm": ("rule",), "rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rule"),  # never fires
        ({"rhythm": ("rule",), "rule": "every other Tuesday"}, "rule"),
        ({"rhythm": ("rule",), "rule": "FREQ=DAILY"}, "rule"),  # nobody can keep up
        ({"at": "25:00"}, "at"),
        ({"anchor": "31 February"}, "anchor"),
        ({"anchor": "2027-02-01", "last_day": "2027-01-31"}, "last_day"),
        ({"clarify": "6", "review": "5"}, "clarify"),
        ({"collect": "400"}, "collect"),
        ({"rhythm": ("3",)}, "rhythm"),
    ],
)
async def test_impossible_series_are_answered_at_the_field(world: World, values: dict[str, Any], field: str) -> None:
    form = await world.player("s").open("series.new")
    outcome = await world.player("s").send(form, {"rhythm": ("2",), "at": "09:00", **values})
    assert isinstance(outcome, Invalid)
    assert field in outcome.form.errors
    assert not await world.find(SeriesEntry)


async def test_times_the_clock_change_skips_or_doubles_are_said_and_happen_once(world: World) -> None:
    """Egypt changes its clocks on working days of ours: a Friday at 00:00 in spring, a Thursday at 24:00 in autumn."""
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Group, GROUP), timezone="Africa/Cairo"))
        await uow.commit()
    form = await world.player("s").open("series.new")
    skipped = await world.player("s").send(form, {"rhythm": ("1",), "anchor": "2027-04-16", "at": "00:30"})
    assert isinstance(skipped, Show)
    assert "Fri, 30 Apr 2027, 01:30" in told(skipped.form)
    assert told(skipped.form).count("The clocks change") == 1
    doubled = await world.player("s").send(form, {"rhythm": ("1",), "anchor": "2027-10-21", "at": "23:30"})
    assert isinstance(doubled, Show)
    assert told(doubled.form).count("28 Oct 2027") == 1
    await world.player("s").send(doubled.form, {})
    (entry,) = await world.find(SeriesEntry)
    async with world.store.begin(ORGANISATION, write=False) as reading:
        plan = await plan_of(Work(reading, world.clock.now(), world.tools), entry)
    first = next(o for o in plan.held(date(2027, 10, 28)))
    assert first.at == datetime(2027, 10, 28, 20, 30, tzinfo=UTC)  # of the two 23:30 the first
    assert as_plan(series_of(entry), phases_of(entry)) == entry.plan


async def test_a_zone_that_does_not_exist_is_named(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Group, GROUP), timezone="Europe/Atlantis"))
        await uow.commit()
    refused = await world.player("s").press("series.new")
    assert isinstance(refused, Refused)
    assert (refused.key, "Europe/Atlantis" in refused.text) == ("unknown_zone", True)


async def test_a_closure_that_swallows_a_whole_round_is_counted_over(world: World) -> None:
    """Published on the last day before the closure: everything waits for the days after it."""
    await begin(world, anchor="2027-02-01")
    form = await world.player("s").open("closures.add")
    values = {"first_day": "2027-02-02", "last_day": "2027-03-05"}
    for clinic in ("cli_kiel", "cli_lund", "cli_aarhus"):
        await world.player("s").send(form, {**values, "clinic": (clinic,)})
    await world.advance(days=8)
    await present(world, "a", "b")
    await world.advance(days=7)
    assignments = await world.find(Assignment, ended_at=None, published_at__gt=datetime(2027, 1, 31, tzinfo=UTC))
    assert {s.due_at.astimezone(KIEL).date() for s in assignments if s.due_at} == {date(2027, 3, 12)}
    await world.advance(days=50)
    assert days(await rounds(world))[:2] == [date(2027, 2, 1), date(2027, 3, 15)]


async def test_a_series_of_another_group_is_not_found(world: World) -> None:
    entry = await begin(world, anchor="2027-02-01")
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(Group("grp_other", ORGANISATION, "Another group", "Europe/Berlin"))
        await uow.save(replace(await uow.get(SeriesEntry, entry.id), group="grp_other"))
        await uow.commit()
    refused = await world.player("s").press("series.show", entry.id)
    assert isinstance(refused, Refused)
    assert refused.key == "not_found_here"


async def asking(world: World, every: str) -> SeriesEntry:
    (entry,) = await world.find(SeriesEntry)
    form = await world.player("s").open("series.messages", entry.id)
    assert isinstance(await world.player("s").send(form, {"every": (every,)}), Done)
    return (await world.find(SeriesEntry))[0]


async def test_every_second_round_of_a_series_asks_for_a_message(world: World) -> None:
    await begin(world, rhythm=("1",), anchor="2027-02-01")
    entry = await asking(world, "2")
    shown = [
        plain(row.detail)
        for row in (card_of(await world.player("s").press("series.show", entry.id))).body
        if isinstance(row, Row)
    ]
    assert ["asks for a message" in each for each in shown[:4]] == [False, True, False, True]
    await world.advance(days=40)
    held = sorted(await world.find(Round, series=entry.id), key=lambda each: each.publish_at)
    assert len(held) >= 4
    assert [each.kind for each in held[:4]] == ["case", "message", "case", "message"]


async def test_a_round_that_is_left_out_shifts_no_message_and_without_the_rule_none_is_asked_for(world: World) -> None:
    await begin(world, rhythm=("1",), anchor="2027-02-01")
    entry = await asking(world, "2")
    skipped = series_of(entry).anchor
    await world.player("s").press("series.skip", entry.id, day=skipped.isoformat())
    await world.advance(days=29)
    held = {each.occurrence: each.kind for each in await world.find(Round, series=entry.id)}
    assert held[skipped + timedelta(days=7)] == "message"
    assert held[skipped + timedelta(days=14)] == "case"
    async with world.store.begin(ORGANISATION) as uow:
        own = await uow.get(Organisation, ORGANISATION)
        await uow.save(replace(own, policy={**own.policy, "message_reviews": False}))
        await uow.commit()
    await world.advance(days=14)
    later = [each for each in await world.find(Round, series=entry.id) if each.occurrence not in held]
    assert later
    assert {each.kind for each in later} == {"case"}
    assert isinstance(await world.player("s").press("series.messages.send", entry.id), Refused)
    assert "series.messages" not in [
        action.key for action in (card_of(await world.player("s").press("series.show", entry.id))).actions
    ]
