"""Leave, decline, recusal, reassignment: one seat moves, everybody else keeps theirs, only those affected are told."""

from __future__ import annotations

from bot.demo.player import Player
from bot.demo.story import Story
from bot.domain.case import Assignment, Case
from bot.domain.round import Round
from bot.ui.inbound import Done, Refused
from tests.world import World


async def published(world: World) -> list[Assignment]:
    """A published round of six cases; its seats."""
    story = Story(world, lambda _: None)
    round_ = await story._open_round()
    await story._present()
    await story._plan_and_publish(round_)
    return await world.find(Assignment, round=round_, ended_at=None)


def who(seat: Assignment, world: World) -> Player:
    return world.player(seat.reviewer.rpartition("_")[2])


async def test_declining_moves_one_seat_and_nobody_elses(world: World) -> None:
    seats = await published(world)
    seat = seats[0]
    form = await who(seat, world).open("review.decline", seat.id)
    assert isinstance(await who(seat, world).send(form, {"reason": ("declined",)}), Done)
    after = await world.find(Assignment, round=seat.round, ended_at=None)
    kept = {s.id for s in seats} - {seat.id}
    new = [s for s in after if s.id not in kept]
    assert kept == {s.id for s in after} - {n.id for n in new}
    assert [n.case for n in new] == [seat.case]
    assert new[0].reviewer != seat.reviewer
    assert new[0].letter not in {s.letter for s in seats if s.case == seat.case}


async def test_the_second_decline_without_a_reason_is_refused_a_conflict_is_not(world: World) -> None:
    seats = await published(world)
    reviewer = next(s.reviewer for s in seats if sum(t.reviewer == s.reviewer for t in seats) > 1)
    first, second = [s for s in seats if s.reviewer == reviewer][:2]
    player = who(first, world)
    await player.send(await player.open("review.decline", first.id), {"reason": ("declined",)})
    refused = await player.send(await player.open("review.decline", second.id), {"reason": ("declined",)})
    assert isinstance(refused, Refused)
    assert refused.key == "decline_already_used"
    done = await player.send(await player.open("review.decline", second.id), {"reason": ("conflict",)})
    assert isinstance(done, Done)


async def test_recognising_the_patient_ends_access_at_once_and_nobody_is_told_why(world: World) -> None:
    seat = (await published(world))[0]
    player = who(seat, world)
    before = len(world.inbox(player.key))
    await player.press("review.recognise", seat.id)
    await world.settle()
    refused = await player.press("review.open", seat.id)
    assert isinstance(refused, Refused)
    assert refused.key == "not_your_review"
    assert len(world.inbox(player.key)) == before
    for card in [c for key in "abcdefgs" for c in world.inbox(key)]:
        assert "recogn" not in card.summary.casefold()


async def test_leave_from_today_moves_every_open_review(world: World) -> None:
    seats = await published(world)
    leaving = seats[0].reviewer
    player = who(seats[0], world)
    assert isinstance(await player.type("/caseload leave until 12 Feb"), Done)
    after = await world.find(Assignment, round=seats[0].round, ended_at=None)
    assert leaving not in {s.reviewer for s in after}
    await world.advance(days=4)
    assert not [c for c in world.inbox(player.key) if c.key == "notice.reminder"]


async def test_nobody_reviews_twice_or_their_own_case_after_a_repair(world: World) -> None:
    seats = await published(world)
    for seat in seats[:4]:
        await who(seat, world).press("review.recognise", seat.id)
    after = await world.find(Assignment, round=seats[0].round, ended_at=None)
    pairs = [(s.case, s.reviewer) for s in after]
    assert len(pairs) == len(set(pairs))
    async with world.store.begin("org_demo", write=False) as uow:
        for seat in after:
            assert await uow.presenter(seat.case) != seat.reviewer


async def test_a_supervisor_gives_a_review_to_a_named_person(world: World) -> None:
    seats = await published(world)
    supervisor = world.player("s")
    for seat in seats:
        form = await supervisor.open("review.reassign", seat.id)
        options = [o.value for o in form.fields[0].options if o.value]  # type: ignore[union-attr]
        if not options:
            continue
        outcome = await supervisor.send(form, {"to": (options[0],)})
        assert isinstance(outcome, Done)
        after = await world.find(Assignment, case=seat.case, ended_at=None)
        if options[0] in {s.reviewer for s in after}:
            return
    raise AssertionError("nobody could take any review over")


async def test_an_abandoned_case_and_a_cancelled_round_lose_nothing(world: World) -> None:
    story = Story(world, lambda _: None)
    round_ = await story._open_round()
    await story._present()
    assert isinstance(await world.player("s").press("round.cancel", round_), Done)
    assert {c.round for c in await world.find(Case, round=None, closed_at=None)} == {None}
    await story._open_round()
    (following,) = await world.find(Round, closed_at=None, cancelled_at=None)
    assert len(await world.find(Case, round=following.id)) == 6
