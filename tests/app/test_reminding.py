"""Reminding several at once: one press, nobody twice within a day, and whoever is left out is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.demo.clinic import GROUP, ORGANISATION, START, person_id
from bot.domain.case import Case
from bot.domain.round import Round
from bot.ports.records import OutboxEntry
from bot.ui.inbound import Done, Invalid, Outcome, Refused, Say
from bot.ui.model import Form, ManyField, Row, plain
from tests.app.published_round import published
from tests.app.risk import scene
from tests.gate import rules_alone
from tests.world import World, make_world


def note(outcome: Outcome) -> str:
    assert isinstance(outcome, Done), outcome
    return outcome.note


async def overdue(world: World, part: str = "overdue") -> set[str]:
    """Who stands in the overview's part of those who are overdue, the supervisor aside."""
    shown = await world.player("s").press("supervision.overview", show=part)
    assert isinstance(shown, Say)
    return {plain(b.cells[0]) for b in shown.card.body if isinstance(b, Row) and b.cells} - {"Supervisor (Kiel)"}


async def nudged(world: World) -> list[str]:
    """Who has a reminder by hand."""
    await world.settle()
    return [key for key in "abcdefg" for card in world.inbox(key) if card.key.startswith("notice.nudge")]


async def test_all_who_are_overdue_are_reminded_at_one_press_and_nobody_twice_within_a_day(world: World) -> None:
    await world.advance(days=16)
    late = await overdue(world)
    assert len(late) > 2
    assert f"{len(late)} people were reminded." in note(
        await world.player("s").press("supervision.remind.overdue", GROUP)
    )
    again = note(await world.player("s").press("supervision.remind.overdue", GROUP))
    assert "Nobody was reminded." in again
    assert all(name in again for name in late)
    assert len(await nudged(world)) == len(late)
    await world.advance(hours=20)
    assert "Nobody" in note(await world.player("s").press("supervision.remind.overdue", GROUP)), (
        "another day, not a day on"
    )
    await world.advance(hours=5)
    assert "Nobody" not in note(await world.player("s").press("supervision.remind.overdue", GROUP))


async def test_a_reminder_of_all_who_are_late_names_nothing_that_is_not(world: World) -> None:
    """The rhythm of everybody is late; the review that was given to B this morning is not."""
    await world.advance(days=42)
    at = await scene(world, "a", ("b", "e"))
    before = len(world.platform.sent)
    await world.player("s").press("supervision.remind.overdue", GROUP)
    await world.settle()
    sent = [(user, m.card) for user, m in world.platform.sent[before:] if m.card.key.startswith("notice.nudge")]
    assert sent, "somebody is late"
    assert [user for user, card in sent if at.case.code in str(card)] == []


async def test_one_reminder_within_a_day_is_said_by_the_single_button_too(world: World) -> None:
    await world.advance(days=16)
    await world.player("s").press("supervision.nudge", person_id("a"))
    said = note(await world.player("s").press("supervision.nudge", person_id("a")))
    assert said == "Reminded less than a day ago and so left out: Therapist A (Kiel)."


async def test_whoever_is_ticked_is_reminded_and_everybody_else_is_named(world: World) -> None:
    await world.advance(days=16)
    player = world.player("s")
    await player.press("supervision.nudge", person_id("a"))
    form = await player.open("supervision.remind", GROUP)
    said = note(await player.send(form, {"who": (person_id("a"), person_id("b"), person_id("s"))}))
    assert said == (
        "1 person was reminded. Reminded less than a day ago and so left out: Therapist A (Kiel). "
        "Nothing to remind of: Supervisor (Kiel)."
    )
    assert isinstance(await player.send(form, {"who": ()}), Invalid)


async def test_where_nobody_has_anything_to_do_a_sentence_stands_in_place_of_the_form() -> None:
    """Also for whoever sends ticks of a table that was drawn before."""
    world = await make_world(rules_alone(), start=START - timedelta(days=400))
    player = world.player("s")
    assert (
        note(await player.press("supervision.remind", GROUP)) == "Nobody in this group has anything to be reminded of."
    )
    for ticked in ((), (person_id("a"),)):
        form = Form("supervision.remind.send", "Remind several", GROUP)
        assert "Nobody" in note(await player.send(form, {"who": ticked}))


async def test_a_round_reminds_only_those_whose_review_is_overdue(world: World) -> None:
    assignments = await published(world)
    round_ = assignments[0].round
    assert "Nobody" in note(await world.player("s").press("round.remind", round_))
    await world.advance(days=12)
    late = {a.reviewer for a in assignments} - {person_id("s")}
    assert f"{len(late)} people" in note(await world.player("s").press("round.remind", round_))


async def test_only_who_plans_for_the_group_reminds(world: World) -> None:
    for key in "amp":
        for step, subject in (
            ("supervision.remind.overdue", GROUP),
            ("supervision.remind", GROUP),
            ("round.remind", "x"),
        ):
            assert isinstance(await world.player(key).press(step, subject), Refused)
    assert isinstance(await world.player("s").press("supervision.remind.overdue", "grp_other"), Refused)


async def late_in_a_round_that_goes_on(world: World, written: str) -> None:
    """Day 45 of a round in which nobody wrote a review but `written`; for all others know everybody may be overdue.

    Its cases stay open so long because takeaways, and cases without a review, have thirty working days.
    """
    assignments = await published(world)
    async with world.store.begin(ORGANISATION) as uow:
        round_ = await uow.get(Round, assignments[0].round)
        await uow.save(replace(round_, takeaway_days=30))
        for each in assignments:
            if each.reviewer == person_id(written):
                await uow.save(replace(each, submitted_at=world.clock.now()))
        await uow.commit()
    await world.advance(days=45)


@pytest.mark.parametrize("written", ["a", "g"], ids=["who presents", "who does not present"])
async def test_while_a_round_runs_the_answer_counts_up_to_and_does_not_tell_who_presents(
    world: World, written: str
) -> None:
    await late_in_a_round_that_goes_on(world, written)
    supervisor = world.player("s")
    late = await overdue(world) | await overdue(world, "round_runs")
    assert len(late) == 7
    said = note(await supervisor.press("supervision.remind.overdue", GROUP))
    assert said.startswith(f"Up to {len(late)} people are reminded:")
    assert len(await nudged(world)) <= len(late)
    await world.advance(days=2)
    assert "if something is due" in note(await supervisor.press("supervision.nudge", person_id(written)))


async def test_whoever_has_a_review_to_write_is_counted_exactly(world: World) -> None:
    await published(world)
    await world.advance(days=12)
    said = note(await world.player("s").press("supervision.remind.overdue", GROUP))
    await world.advance(days=3)
    arrived = await world.find(OutboxEntry, card="nudge", sent_at__not=None)
    assert said == f"{len(arrived)} people were reminded."


async def test_whoever_owes_only_a_review_that_is_on_hold_has_nothing_to_be_reminded_of(world: World) -> None:
    assignments = await published(world)
    async with world.store.begin(ORGANISATION) as uow:
        for case in await uow.find(Case, round=assignments[0].round):
            await uow.save(case.hold(world.clock.now()))
        await uow.commit()
    form = await world.player("s").open("supervision.remind", GROUP)
    (asked,) = [field for field in form.fields if isinstance(field, ManyField)]
    on_track = {p.value for p in asked.options if p.hint == "on track"}
    assert not on_track
