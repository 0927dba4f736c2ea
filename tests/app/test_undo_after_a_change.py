"""An older Undo never undoes a later step, and no review comes back to somebody who is on leave."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from bot.demo.clinic import person_id
from bot.domain.assignment import Assignment
from bot.domain.organisation import Closure
from bot.ports.records import LeaveEntry
from bot.ui.inbound import Done, Outcome, Refused, Show
from bot.ui.strings import words
from tests.app.published_round import published
from tests.app.shown import press, text
from tests.tables.crawl import actions
from tests.tables.test_messages_stay_true import standing
from tests.world import World


async def holders(world: World) -> set[tuple[str, str]]:
    """Who has which case to review."""
    return {(s.case, s.reviewer) for s in await world.find(Assignment, ended_at=None, submitted_at=None)}


async def moved(world: World) -> tuple[Outcome, Assignment]:
    """A supervisor moves a review of B's to the best choice left: the answer, and the review of whoever has it now."""
    before = {s.id for s in await world.find(Assignment)}
    review = (await world.find(Assignment, reviewer=person_id("b"), ended_at=None, submitted_at=None))[0]
    outcome = await reassigned(world, review.id)
    (heir,) = [s for s in await world.find(Assignment, ended_at=None, submitted_at=None) if s.id not in before]
    return outcome, heir


async def reassigned(world: World, review: str) -> Outcome:
    supervisor = world.player("s")
    return await supervisor.send(await supervisor.open("review.reassign", review), {"to": ()})


async def undone(world: World, outcome: Outcome) -> Outcome:
    assert isinstance(outcome, Done)
    assert outcome.card
    (undo,) = [action for action in actions(outcome.card) if action.key.endswith(".undo")]
    return await world.player("s").press(undo.key, undo.subject)


async def test_an_older_undo_gives_no_review_to_whoever_is_still_on_leave(world: World) -> None:
    await published(world)
    player = world.player("b")
    first = await player.type("/caseload leave until 12 Feb")
    assert "taken off" in text(first)
    second = await player.type("/caseload back 8 Feb")
    away = await holders(world)
    refused = await press(player, first, "Undo")
    assert isinstance(refused, Refused)
    assert refused.key == "changed_since"
    assert "On leave until Sun, 7 Feb 2027" in refused.text
    assert await holders(world) == away
    assert person_id("b") not in {reviewer for _, reviewer in away}
    await press(player, second, "Undo")
    assert await holders(world) == away, "still on leave, until 12 Feb again"
    await press(player, first, "Undo")
    assert person_id("b") in {reviewer for _, reviewer in await holders(world)}


async def test_a_later_change_by_a_supervisor_counts_too(world: World) -> None:
    await published(world)
    player = world.player("b")
    first = await player.type("/caseload leave until 12 Feb")
    (entry,) = await world.find(LeaveEntry, cancelled_at=None)
    supervisor = world.player("s")
    form = await supervisor.open("caseload.leave.change", entry.id)
    last = f"{entry.first_day.replace(month=2, day=20)}"
    await supervisor.send(form, {"first_day": f"{entry.first_day}", "last_day": last, "own_cases": ("keep",)})
    refused = await press(player, first, "Undo")
    assert isinstance(refused, Refused)
    assert "caseload.undo" not in {action.key for action in refused.way}, "a step of somebody else is not theirs"
    typed = await player.type("/caseload undo")
    assert isinstance(typed, Refused)


async def test_a_review_that_was_moved_again_stays_where_it_is(world: World) -> None:
    await published(world)
    first, heir = await moved(world)
    second = await reassigned(world, heir.id)
    now = await holders(world)
    refused = await undone(world, first)
    assert isinstance(refused, Refused)
    assert refused.key == "changed_since"
    assert await holders(world) == now
    await undone(world, second)
    assert heir.id in {s.id for s in await world.find(Assignment, ended_at=None, submitted_at=None)}


async def test_a_review_stays_with_others_while_whoever_had_it_is_away(world: World) -> None:
    await published(world)
    outcome, _ = await moved(world)
    await world.player("b").type("/caseload leave until 12 Feb")
    now = await holders(world)
    said = await undone(world, outcome)
    assert isinstance(said, Done)
    assert "stays where it is" in said.note
    assert await holders(world) == now


@pytest.mark.parametrize("later", ["8", ""])
async def test_an_older_undo_of_a_number_leaves_the_later_value(world: World, later: str) -> None:
    admin = world.player("m")

    async def change(value: str) -> str:
        if not value:
            shown = await admin.press("policies.reset", "", name="comment_working_days")
        else:
            opened = await admin.press("policies.change", "", name="comment_working_days")
            assert isinstance(opened, Show)
            shown = await admin.send(opened.form, {"value": (value,)})
        assert isinstance(shown, Show)
        return next(each.subject for each in shown.form.actions if each.key == "policies.undo")

    first = await change("7")
    second = await change(later)
    refused = await admin.press("policies.undo", first)
    assert isinstance(refused, Refused)
    assert refused.key == "changed_since"
    assert ("policies.undo", second) in {(action.key, action.subject) for action in refused.way}
    assert not isinstance(await admin.press("policies.undo", second), Refused)
    assert not isinstance(await admin.press("policies.undo", first), Refused)


async def test_an_older_undo_of_roles_leaves_the_later_ones(world: World) -> None:
    admin = world.player("m")
    undos = []
    for roles in (("therapist", "supervisor"), ("supervisor",)):
        shown = await admin.send(await admin.open("staff.roles", person_id("a")), {"roles": roles})
        assert isinstance(shown, Show)
        undos += [each.subject for each in shown.form.actions if each.key == "staff.undo"]
    refused = await admin.press("staff.undo", undos[0])
    assert isinstance(refused, Refused)
    assert refused.key == "changed_since"
    assert not isinstance(await admin.press("staff.undo", undos[1]), Refused)
    assert not isinstance(await admin.press("staff.undo", undos[0]), Refused)


async def test_the_message_about_a_review_has_its_due_day_after_every_undo(world: World) -> None:
    """Closed days are entered, removed, put back and entered anew: message and page name the same day each time."""
    await published(world)
    await world.settle()
    (review, *_) = await world.find(Assignment, reviewer=person_id("b"), ended_at=None, submitted_at=None)
    supervisor, seen = world.player("s"), set()
    closed = {"clinic": ("cli_kiel",), "first_day": "2027-01-20", "last_day": "2027-01-22", "name": "repairs"}

    async def names_its_day() -> None:
        await world.settle()
        (now,) = await world.find(Assignment, id=review.id)
        assert now.due_at
        day = words("en").day(now.due_at.astimezone(ZoneInfo("Europe/Berlin")).date())
        about = [card for user, card in standing(world) if user == person_id("b") and review.id in repr(card)]
        assert about
        assert all(day in repr(card) for card in about if card.key != "notice.reminder"), (day, about)
        seen.add(day)

    await names_its_day()
    outcome = await supervisor.send(await supervisor.open("closures.add"), closed)
    for _ in range(2):
        await names_its_day()
        (entry,) = await world.find(Closure, name="repairs")
        outcome = await supervisor.press("closures.remove", entry.id)
        await names_its_day()
        await undone(world, outcome)
    await names_its_day()
    assert len(seen) == 2


@pytest.mark.parametrize("heard", [False, True])
@pytest.mark.parametrize("ends", [False, True])
async def test_a_member_is_told_of_an_undo_only_if_they_heard_of_the_step(
    world: World, heard: bool, ends: bool
) -> None:
    supervisor = world.player("s")
    days = {"first_day": "2027-02-01", "last_day": "2027-02-12", "own_cases": ("keep",)}
    if ends:
        await world.player("b").type("/caseload leave from 1 Feb 2027 until 12 Feb 2027")
        (entry,) = await world.find(LeaveEntry)
        said = await supervisor.press("caseload.back", entry.id)
    else:
        said = await supervisor.send(await supervisor.open("caseload.leave", person_id("b")), days)
    assert "will be told" in text(said)
    if heard:
        await world.settle()
    await press(supervisor, said, "Undo")
    await world.settle()
    told = await world.told("b")
    first = "leave_ended" if ends else "leave_entered"
    assert [name for name in told if name.startswith("leave_")] == ([first, "leave_undone"] if heard else [])
