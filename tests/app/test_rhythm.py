"""What a person reads about their own rhythm is true the moment they have done something."""

from __future__ import annotations

from dataclasses import replace

from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.player import Player
from bot.demo.story import lines_of
from bot.demo.texts import REVIEWS
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Membership
from bot.ports.records import LogEntry
from bot.ui.inbound import Say
from tests.app.log_steps import add
from tests.app.published_round import published, who
from tests.world import World

SWEDISH = person_id("d")


async def asked(world: World) -> list[Assignment]:
    """A published round's assignments, of whoever reads Swedish last: these tests know the English words."""
    return sorted(await published(world), key=lambda each: each.reviewer == SWEDISH)


async def line_about(player: Player, what: str) -> str:
    """The line about one target on the person's start page."""
    return next(line for block in (await player.home()).body for line in lines_of(block) if what in line)


async def any_supervision(player: Player) -> str:
    return await line_about(player, "Supervision of any kind")


async def standing_of(world: World, name: str, kind: str = "Own case presented") -> str:
    """What the supervisor's overview says of one target of a member."""
    card = await world.player("s").type("/supervision overview")
    assert isinstance(card, Say)
    told = next(line for block in card.card.body for line in lines_of(block) if line.startswith(name))
    return next(part for part in told.split(" · ") if part.startswith(f"{kind}:") or f"— {kind}" in part)


async def review_everything(world: World, player: Player) -> None:
    for mine in await world.find(Assignment, reviewer=player.actor.user, submitted_at=None, ended_at=None):
        form = await player.open("review.open", mine.id)
        await player.send_and_confirm(form, {"reflection": REVIEWS[0][0], "suggestion": REVIEWS[0][1]})


async def test_who_was_asked_is_due_by_the_deadline_and_on_track_when_everything_is_in(world: World) -> None:
    player = who((await asked(world))[0], world)
    assert "on track" in await any_supervision(player)
    await world.advance(days=4)
    assert "due soon" in await any_supervision(player)
    assert "25 Jan 2027" in await any_supervision(player)  # five working days after Monday the 18th
    await review_everything(world, player)
    assert "on track" in await any_supervision(player)


async def test_who_let_the_deadline_pass_is_overdue_and_who_was_in_time_is_not(world: World) -> None:
    everybody = {a.reviewer: who(a, world) for a in await asked(world)}
    late, early, *_ = [everybody[id] for id in sorted(everybody)]
    await world.advance(days=4)
    await review_everything(world, early)
    await world.advance(days=4)
    assert "overdue" in await any_supervision(late)
    assert "overdue" not in await any_supervision(early)


async def test_an_own_case_counts_from_the_day_its_round_goes_out(world: World) -> None:
    """Neither the day it was written nor that of the takeaway, and long before the log entry is made."""
    player = world.player("a")
    before = await line_about(player, "Own case presented")
    await published(world)
    assert await line_about(player, "Own case presented") != before
    assert "by Mon, 22 Feb 2027" in await line_about(player, "Own case presented")  # 28 days and the round's 7
    assert not await world.find(LogEntry, person=person_id("a"), day=world.clock.now().date())


async def test_a_supervisor_does_not_see_whose_case_is_under_way(world: World) -> None:
    """Their overview counts an own case only once its round is over."""
    before = await standing_of(world, "Therapist A")
    await published(world)
    assert await standing_of(world, "Therapist A") == before


async def test_nobody_is_overdue_whom_no_round_asked(world: World) -> None:
    """Forty days after the last round of their group: no round, neither overdue nor to be nudged."""
    async with world.store.begin(ORGANISATION) as uow:
        for entry in await uow.find(LogEntry, person=person_id("b")):
            await uow.remove(LogEntry, entry.id)
        for membership in await uow.find(Membership, person=person_id("b")):
            await uow.save(replace(membership, joined_on=world.clock.now().date()))
        await uow.commit()
    await world.advance(days=40)
    assert "no round" in await any_supervision(world.player("b"))
    assert "no round" in await standing_of(world, "Therapist B", kind="Supervision of any kind")


async def test_a_review_missed_for_good_is_overdue_until_the_next_event_and_no_longer(world: World) -> None:
    """Its case is closed, so nobody can write it any more: what follows counts."""
    everybody = {a.reviewer: who(a, world) for a in await asked(world)}
    player, *others = everybody.values()
    await world.advance(days=4)
    for other in others:
        await review_everything(world, other)
    await world.advance(days=40)
    assert not any(case.open for case in await world.find(Case))
    assert "overdue" in await any_supervision(player)
    await add(player, day=world.clock.now().date().isoformat(), members=())
    assert "on track" in await any_supervision(player)


async def test_a_review_that_can_still_be_written_is_owed_whatever_was_done_since(world: World) -> None:
    """Days after its deadline, with events of both kinds since: its case is open, for nobody reviewed it."""
    player = who((await asked(world))[0], world)
    await world.advance(days=20)
    today = world.clock.now().date().isoformat()
    for role in ("presenter", "reviewer"):
        await add(player, day=today, role=(role,), members=())
    assert await world.find(Assignment, reviewer=player.actor.user, submitted_at=None, ended_at=None)
    assert "overdue" in await any_supervision(player)
