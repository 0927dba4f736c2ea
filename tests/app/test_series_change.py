"""A living series gets another rhythm: what it would move is seen first, open rounds stay, nothing happens twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.demo.clinic import MEMBERS, ORGANISATION
from bot.domain.organisation import Closure
from bot.domain.round import RoundStatus
from bot.ports.records import SeriesEntry
from bot.ui.inbound import Done, Invalid, Refused, Show
from bot.ui.model import Form, Notice, Row, plain
from tests.app.planning_steps import present
from tests.app.series_forms import sent
from tests.app.series_steps import KIEL, begin, card_of, days, rounds, told
from tests.world import World


async def previewed(world: World, entry: SeriesEntry, **values: Any) -> Form:
    """What a change would move."""
    shown = await sent(world, entry, **values)
    assert isinstance(shown, Show), shown
    return shown.form


async def change(world: World, entry: SeriesEntry, **values: Any) -> SeriesEntry:
    """Change a series by its form and preview."""
    form = await previewed(world, entry, **values)
    kept = await world.player("s").send(form, {})
    assert isinstance(kept, Done), kept
    await world.settle()
    (entry,) = await world.find(SeriesEntry, id=entry.id)
    return entry


def rows(form: Form) -> list[str]:
    return [plain(b.line) + " / " + plain(b.detail) for b in form.body if isinstance(b, Row)]


def news(world: World, key: str) -> list[str]:
    return [c.summary for c in world.inbox(key) if c.key == "notice.series_changed"]


async def test_every_date_that_moves_is_shown_before_anything_is_kept(world: World) -> None:
    entry = await begin(world, anchor="2027-02-01")
    form = await previewed(world, entry, rhythm=("4",), at="10:00")
    assert rows(form)[:2] == [
        "Mon, 1 Feb 2027, 10:00 / Until now: Mon, 1 Feb 2027, 09:00.",
        "Mon, 1 Mar 2027, 10:00 / Until now: Mon, 1 Mar 2027, 09:00.",
    ]
    assert "Mon, 15 Feb 2027, 09:00 / Not a date of the new rhythm." in rows(form)
    assert "every 2 weeks on Monday at 09:00 → every 4 weeks on Monday at 10:00" in told(form)
    assert "Tue, 30 Mar 2027, 10:00 / Until now: Tue, 30 Mar 2027, 09:00. Moved to" in " ".join(rows(form))
    (unchanged,) = await world.find(SeriesEntry)
    assert unchanged == entry
    assert not news(world, "a")


async def test_closures_and_clock_changes_are_named_for_the_new_dates(world: World) -> None:
    """A Friday at 00:30 in Cairo, where clocks go forward at midnight; a closure swallows a date of the new rhythm."""
    entry = await begin(world, anchor="2027-02-01")
    async with world.store.begin(ORGANISATION) as uow:
        closure = Closure("clo_x", ORGANISATION, entry.clinic, date(2027, 4, 19), date(2027, 4, 23), "move of premises")
        await uow.add(closure)
        await uow.commit()
    await world.advance(days=74)  # 2 April
    form = await previewed(world, entry, rhythm=("1",), anchor="2027-04-16", at="00:30", zone="Africa/Cairo")
    shown = rows(form)
    assert "Fri, 16 Apr 2027, 00:30 / New." in shown
    assert "Fri, 23 Apr 2027 — cancelled / The clinic is closed. move of premises" in shown
    assert "Fri, 30 Apr 2027, 01:30 / New. The clocks change: this is 01:30." in shown
    await change(world, entry, rhythm=("1",), anchor="2027-04-16", at="00:30", zone="Africa/Cairo")
    await world.advance(days=30)
    found = [r for r in await rounds(world) if r.opened_at > datetime(2027, 4, 3, tzinfo=UTC)]
    held = [r.publish_at for r in found if r.status is not RoundStatus.CANCELLED]
    assert held[-2:] == [datetime(2027, 4, 29, 22, 30, tzinfo=UTC), datetime(2027, 5, 6, 21, 30, tzinfo=UTC)]


async def test_an_open_round_stays_and_the_new_rhythm_goes_on_from_there(world: World) -> None:
    entry = await begin(world, anchor="2027-02-01")
    await world.advance(days=8)  # collecting for 1 February since 25 January
    await present(world, "a")
    form = await previewed(world, entry, rhythm=("1",), anchor="2027-02-03", at="13:30", review="7")
    assert "The round of Mon, 1 Feb 2027, 09:00 is open already and stays as it is." in told(form)
    assert "Wed, 3 Feb 2027 / Less than 5 days after a round that is open or was held; left out." in rows(form)
    assert "Mon, 15 Feb 2027, 09:00 / Not a date of the new rhythm." in rows(form)
    await change(world, entry, rhythm=("1",), anchor="2027-02-03", at="13:30", review="7")
    (open_round,) = await rounds(world)
    assert open_round.status is RoundStatus.COLLECTING
    assert (open_round.publish_at.astimezone(KIEL).hour, open_round.review_days) == (9, 5)
    await world.advance(days=28)
    found = await rounds(world)
    assert days(found) == [date(2027, 2, 1), date(2027, 2, 10), date(2027, 2, 17), date(2027, 2, 24)]
    local = found[1].publish_at.astimezone(KIEL)
    assert (local.hour, local.minute, found[1].review_days) == (13, 30, 7)


async def test_an_open_round_of_the_old_rhythm_is_still_skipped_and_moved_by_hand(world: World) -> None:
    entry = await begin(world, anchor="2027-02-01")
    await world.advance(days=8)
    await change(world, entry, rhythm=("1",), anchor="2027-02-09")
    await world.player("s").type("/round move 1 Feb to 2 Feb")
    assert days(await rounds(world)) == [date(2027, 2, 2)]
    await world.player("s").type("/round skip 1 Feb")
    await world.settle()
    assert days(await rounds(world)) == []
    await world.advance(days=14)
    assert days(await rounds(world))[:1] == [date(2027, 2, 9)]


async def test_members_are_told_once_when_a_date_they_were_shown_changes(world: World) -> None:
    entry = await begin(world, anchor="2027-02-01")
    entry = await change(world, entry, rhythm=("1",))
    assert all(len(news(world, key)) == 1 for key in MEMBERS if key != "s")
    assert news(world, "s") == []  # whoever changes it has seen it
    assert "every week on Monday at 09:00; next Mon, 1 Feb 2027, 09:00" in news(world, "a")[0]
    await change(world, entry, takeaway="4")
    assert len(news(world, "a")) == 1  # no date changed


async def test_of_two_changes_in_a_row_only_the_last_is_told(world: World) -> None:
    entry = await begin(world, anchor="2027-02-01")
    world.clock.advance(timedelta(hours=12))  # in the evening nobody is written to
    for rhythm in ("1", "4"):
        form = await previewed(world, entry, rhythm=(rhythm,))
        await world.player("s").send(form, {})
        world.clock.advance(timedelta(minutes=1))
    await world.advance(days=1)
    (told_once,) = news(world, "a")
    assert "every 4 weeks on Monday" in told_once


async def test_what_was_skipped_moved_and_paused_stays_where_the_new_rhythm_plans_it(world: World) -> None:
    entry = await begin(world, anchor="2027-02-01")
    for words in ("skip 15 Feb", "move 1 Mar to 3 Mar", "move 15 Mar to 24 Mar", "pause from 2027-04-10"):
        await world.player("s").type(f"/round {words}")
    entry = await change(world, entry, rhythm=("1",))
    await world.advance(days=75)
    held = days(await rounds(world))
    assert held[:5] == [date(2027, 2, 1), date(2027, 2, 8), date(2027, 2, 22), date(2027, 3, 3), date(2027, 3, 8)]
    assert date(2027, 3, 15) in held  # moved to the 24th it would have passed the 22nd
    assert date(2027, 3, 24) not in held


async def test_another_zone_another_rule_and_a_last_date(world: World) -> None:
    entry = await begin(world, anchor="2027-02-01")
    rule = {"rhythm": ("rule",), "rule": "FREQ=MONTHLY;BYDAY=2TU", "zone": "Europe/Helsinki", "last_day": "2027-04-30"}
    entry = await change(world, entry, **rule)
    assert entry.plan["zone"] == "Europe/Helsinki"
    await world.advance(days=120)
    found = await rounds(world)
    assert days(found) == [date(2027, 2, 9), date(2027, 3, 9), date(2027, 4, 13)]
    assert found[0].publish_at.astimezone(UTC) == datetime(2027, 2, 9, 7, tzinfo=UTC)
    (entry,) = await world.find(SeriesEntry)
    assert entry.ended_at is not None


async def test_a_paused_series_can_be_changed(world: World) -> None:
    entry = await begin(world, anchor="2027-02-01")
    await world.player("s").type("/round pause")
    entry = await change(world, entry, rhythm=("1",))
    await world.advance(days=20)
    assert days(await rounds(world)) == []
    await world.player("s").type("/round resume")
    await world.advance(days=20)
    assert days(await rounds(world))[0] == date(2027, 2, 8)


async def test_what_is_due_by_the_old_rhythm_is_opened_first_and_the_preview_shown_again(world: World) -> None:
    entry = await begin(world, anchor="2027-02-01")
    form = await previewed(world, entry, rhythm=("4",), anchor="2027-02-08")
    world.clock.advance(timedelta(days=8))  # the tick has not come by yet
    again = await world.player("s").send(form, {})
    assert isinstance(again, Show)
    assert next(plain(b.line) for b in again.form.body if isinstance(b, Notice)).startswith("The series changed")
    assert isinstance(await world.player("s").send(again.form, {}), Done)
    await world.advance(days=30)
    assert days(await rounds(world)) == [date(2027, 2, 1), date(2027, 2, 8)]


async def test_no_date_that_is_over_is_made_up_by_a_denser_rhythm(world: World) -> None:
    entry = await begin(world, anchor="2027-02-01", rhythm=("4",))
    await world.advance(days=35)  # 22 February; the round of 1 March opens today
    await change(world, entry, rhythm=("1",))
    await world.advance(days=16)
    assert days(await rounds(world)) == [date(2027, 2, 1), date(2027, 3, 1), date(2027, 3, 8), date(2027, 3, 15)]
    assert not [c for c in world.inbox("s") if c.key == "notice.occurrence_missed"]


async def test_the_form_opens_by_word_too_and_an_ended_series_takes_no_change(world: World) -> None:
    entry = await begin(world, anchor="2027-02-01")
    shown = await world.player("s").type("/round change")
    assert isinstance(shown, Show)
    assert shown.form.key == "series.change.preview"
    assert "series.change" in {a.key for a in card_of(await world.player("s").press("series.show", entry.id)).actions}
    await world.player("s").press("series.end", entry.id)
    refused = await world.player("s").press("series.change", entry.id)
    assert isinstance(refused, Refused)
    assert refused.key == "series_ended"


async def test_a_plan_stored_before_rhythms_could_change_reads_as_it_is(world: World) -> None:
    entry = await begin(world, anchor="2027-02-01")
    async with world.store.begin(ORGANISATION) as uow:
        entry = await uow.get(SeriesEntry, entry.id)
        await uow.save(replace(entry, plan={name: value for name, value in entry.plan.items() if name != "earlier"}))
        await uow.commit()
    await world.advance(days=30)
    assert days(await rounds(world)) == [date(2027, 2, 1), date(2027, 2, 15)]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"zone": "Europe/Kiel"}, "zone"),
        ({"zone": "../etc"}, "zone"),
        ({"at": "24:30"}, "at"),
        ({"rhythm": ("rule",), "rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rule"),
        ({"rhythm": ("rule",), "rule": "FREQ=DAILY"}, "rule"),
        ({"rhythm": ("rule",), "rule": "FREQ=WEEKLY;UNTIL=20270101", "anchor": "2026-12-01"}, "rule"),
        ({"anchor": "31 February"}, "anchor"),
        ({"anchor": "0001-01-01"}, "anchor"),
        ({"anchor": "2127-02-01"}, "anchor"),
        ({"last_day": "2027-01-19", "anchor": "2027-01-18"}, "anchor"),
        ({"clarify": "6", "review": "5"}, "clarify"),
        ({}, "rhythm"),
    ],
)
async def test_impossible_changes_are_answered_at_the_field(world: World, values: dict[str, Any], field: str) -> None:
    entry = await begin(world, anchor="2027-02-01")
    outcome = await sent(world, entry, **values)
    assert isinstance(outcome, Invalid), outcome
    assert field in outcome.form.errors
    (after,) = await world.find(SeriesEntry)
    assert after == entry
