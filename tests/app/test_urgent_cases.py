"""Cases that cannot wait for the next round, and cases for information: who reads them, how often, and what is told."""

from __future__ import annotations

import pytest

from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.demo.player import form_of
from bot.domain.assignment import Assignment
from bot.domain.case import Case, CaseStatus
from bot.domain.round import Round
from bot.ports.records import LeaveEntry, LogEntry
from bot.ui.inbound import Done, Outcome, Refused, Show
from tests.app.risk import ANSWERS, TEXTS, change, words_of
from tests.app.test_exchange import policy
from tests.world import World

PRESENTER = "a"
SURE = {"guessable": ("yes",)}


async def waiting(world: World, key: str = PRESENTER) -> Case:
    """A case that was sent while no round collects."""
    author = world.player(key)
    known = {each.id for each in await world.find(Case)}
    await author.send_and_confirm(await author.open("case.new"), {**TEXTS, **ANSWERS, **SURE})
    await world.settle()
    (new,) = [each for each in await world.find(Case) if each.id not in known]
    return new


async def now(world: World, case: Case) -> Case:
    return (await world.find(Case, id=case.id))[0]


def refused(outcome: Outcome) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.key


async def test_an_urgent_case_goes_out_next_morning_to_whoever_has_room(world: World) -> None:
    case = await waiting(world)
    pressed = await world.player(PRESENTER).press("case.urgent", case.id)
    assert isinstance(pressed, Done)
    assert (await now(world, case)).published_at is None, "not the moment somebody pressed"
    before = await world.find(Assignment, ended_at=None, submitted_at=None)
    await world.advance(days=1)
    out = await now(world, case)
    assert out.status(world.clock.now()) is CaseStatus.REVIEWING, "no days for questions"
    got = await world.find(Assignment, case=case.id, ended_at=None)
    assert len(got) == 2
    assert person_id(PRESENTER) not in {each.reviewer for each in got}
    full = [each.reviewer for each in before]
    assert all(full.count(each.reviewer) < 3 for each in got), "nobody beyond their cap"
    (round_,) = await world.find(Round, id=out.round)
    assert round_.urgent
    one = world.player(got[0].reviewer.removeprefix("per_demo_"))
    form = await one.open("review.open", got[0].id)
    assert "this week" in words_of(form)
    assert not await world.find(LogEntry, round=round_.id)
    assert [
        card for key in "abcdefgs" for card in await world.told(key) if card in {"round_open", "round_spared"}
    ] == []


async def test_whom_an_urgent_case_names_is_said_before_it_is_written_and_before_it_is_asked_for(world: World) -> None:
    author = world.player(PRESENTER)
    told = "the group’s supervisors may then read that it is yours"
    assert told in words_of(await author.open("case.new"))
    case = await waiting(world)
    (ask,) = [
        each for each in form_of(await author.press("case.page", case.id), "page").actions if each.key == "case.urgent"
    ]
    assert ask.confirm
    assert "read that it is yours" in ask.confirm.text
    await policy(world, urgent_cases=0)
    assert told not in words_of(await author.open("case.new"))


async def test_urgent_cases_of_one_morning_share_a_round_so_that_it_names_nobody(world: World) -> None:
    first, second = await waiting(world), await waiting(world, "d")
    for key, case in ((PRESENTER, first), ("d", second)):
        assert isinstance(await world.player(key).press("case.urgent", case.id), Done)
    await world.advance(days=1)
    out = [await now(world, case) for case in (first, second)]
    assert all(case.published_at for case in out)
    assert out[0].round == out[1].round
    for case in out:
        assert len(await world.find(Assignment, case=case.id, ended_at=None)) == 2


async def test_who_reviewed_out_of_turn_is_spared_for_it_in_the_next_plan(world: World) -> None:
    """Fair in the balance: two urgent cases of the same person do not go to the same two colleagues."""
    got: list[str] = []
    for _ in range(2):
        case = await waiting(world)
        await world.player(PRESENTER).press("case.urgent", case.id)
        await world.advance(days=1)
        got += [each.reviewer for each in await world.find(Assignment, case=case.id, ended_at=None)]
    assert len(set(got)) == 4


async def test_an_urgent_wish_is_taken_back_until_the_case_goes_out(world: World) -> None:
    """It waits for its round as before, nobody is asked, and it does not count against the limit."""
    await policy(world, urgent_cases=1)
    case = await waiting(world)
    author = world.player(PRESENTER)
    assert refused(await author.press("case.urgent.back", case.id)) == "not_urgent"
    await author.press("case.urgent", case.id)
    assert "case.urgent.back" in repr(await author.press("case.page", case.id))
    assert refused(await world.player("b").press("case.urgent.back", case.id)) == "not_your_case"
    back = await author.press("case.urgent.back", case.id)
    assert isinstance(back, Done)
    assert "next round" in back.note
    assert "case.urgent.back" not in repr(await author.press("case.page", case.id))
    await world.advance(days=1)
    assert (await now(world, case)).published_at is None
    assert await world.find(Assignment, case=case.id) == []
    await author.press("case.urgent", case.id)
    await world.advance(days=1)
    assert (await now(world, case)).published_at
    assert refused(await author.press("case.urgent.back", case.id)) == "case_is_out"


async def test_a_person_asks_so_often_and_no_more(world: World) -> None:
    await policy(world, urgent_cases=1)
    first = await waiting(world)
    assert isinstance(await world.player(PRESENTER).press("case.urgent", first.id), Done)
    assert refused(await world.player(PRESENTER).press("case.urgent", first.id)) == "already_urgent"
    second = await waiting(world)
    assert refused(await world.player(PRESENTER).press("case.urgent", second.id)) == "urgent_used_up"
    assert "case.urgent" not in repr(await world.player(PRESENTER).press("case.page", second.id))
    await world.advance(days=1)
    assert refused(await world.player(PRESENTER).press("case.urgent", first.id)) == "case_is_out"
    await world.advance(days=91)
    third = await waiting(world)
    assert isinstance(await world.player(PRESENTER).press("case.urgent", third.id), Done)


async def test_where_nobody_has_room_the_presenter_is_told_and_may_ask_again(world: World) -> None:
    case = await waiting(world)
    today = world.clock.now().date()
    async with world.store.begin(ORGANISATION) as uow:
        for key in "bcdefghs":
            who = person_id(key)
            await uow.add(LeaveEntry(f"lea_{key}", ORGANISATION, who, today, None, world.clock.now(), who))
        await uow.commit()
    await world.player(PRESENTER).press("case.urgent", case.id)
    rounds = len(await world.find(Round))
    await world.advance(days=1)
    left = await now(world, case)
    assert (left.urgent_at, left.published_at, left.round) == (None, None, case.round)
    assert len(await world.find(Round)) == rounds
    assert "urgent_nobody" in await world.told(PRESENTER)


async def test_a_case_for_information_is_read_by_the_group_and_reviewed_by_nobody(world: World) -> None:
    case = await waiting(world)
    assert isinstance(await world.player(PRESENTER).press("case.share", case.id), Done)
    assert refused(await world.player("b").press("shared.read", case.id)) == "not_found_here", "from the morning on"
    await world.advance(days=1)
    for key in "bce":
        assert "shared" in await world.told(key)
        assert TEXTS["background"] not in repr(world.inbox(key))
        shown = await world.player(key).press("shared.read", case.id)
        assert isinstance(shown, Show)
        assert TEXTS["background"] in words_of(shown)
        assert case.code in repr(await world.player(key).press("shared.list"))
    assert "shared" not in await world.told(PRESENTER)
    assert await world.find(Assignment, case=case.id) == []
    assert refused(await world.player("m").press("shared.read", case.id)) == "not_allowed"

    taken = await world.player(PRESENTER).press("case.withdraw", case.id)
    assert isinstance(taken, Done)
    assert refused(await world.player("b").press("shared.read", case.id)) == "not_found_here"
    async with world.store.begin(ORGANISATION, write=False) as uow:
        assert await uow.texts(case.id, "case") == {}


@pytest.mark.parametrize("key", ["b", "s"])
async def test_a_reader_who_recognises_the_patient_is_out_on_every_way_and_nobody_learns_it(
    world: World, key: str
) -> None:
    case = await waiting(world)
    await world.player(PRESENTER).press("case.share", case.id)
    await world.advance(days=1)
    reader = world.player(key)
    shown = await reader.press("shared.read", case.id)
    assert "shared.recognise" in repr(shown)
    told = {each: await world.told(each) for each in "abcefs"}
    done = await reader.press("shared.recognise", case.id)
    assert isinstance(done, Done)
    assert "no longer open to you" in done.note
    await world.settle()
    assert {each: await world.told(each) for each in "abcefs" if each != key} == {
        each: cards for each, cards in told.items() if each != key
    }
    assert refused(await reader.press("shared.read", case.id)) == "not_found_here"
    assert refused(await reader.press("shared.recognise", case.id)) == "not_found_here"
    assert case.code not in repr(await reader.press("shared.list"))
    assert "shared.list" not in repr(await reader.press("review.queue"))
    if key == "s":
        assert refused(await reader.press("case.read", case.id)) == "not_found_here"
    for other in "ce":
        assert TEXTS["background"] in words_of(await world.player(other).press("shared.read", case.id))
    assert "shared.recognise" not in repr(await world.player(PRESENTER).press("shared.read", case.id))


async def test_the_text_of_a_shared_case_goes_after_the_usual_days(world: World) -> None:
    case = await waiting(world)
    await world.player(PRESENTER).press("case.share", case.id)
    await world.advance(days=31)
    async with world.store.begin(ORGANISATION, write=False) as uow:
        assert await uow.texts(case.id, "case") == {}
    assert case.code not in repr(await world.player("b").press("shared.list"))


@pytest.mark.parametrize(
    ("numbers", "facts", "action", "key"),
    [
        ({"urgent_cases": 0}, {}, "case.urgent", "urgent_used_up"),
        ({"share_for_information": False}, {}, "case.share", "not_shared"),
        ({}, {"look_since": True}, "case.urgent", "case_kept_back"),
        ({}, {"sent_back_at": True}, "case.share", "case_kept_back"),
        ({}, {"held_at": True}, "case.urgent", "case_on_hold"),
        ({}, {"held_at": True}, "case.share", "case_on_hold"),
        ({}, {"published_at": True}, "case.share", "case_is_out"),
        ({}, {"closed_at": True}, "case.urgent", "case_ended"),
    ],
)
async def test_what_is_refused_says_why(
    world: World, numbers: dict[str, object], facts: dict[str, bool], action: str, key: str
) -> None:
    await policy(world, **numbers)
    case = await waiting(world)
    await change(world, case, **dict.fromkeys(facts, world.clock.now()))
    assert refused(await world.player(PRESENTER).press(action, case.id)) == key
    assert (await now(world, case)).group == GROUP
