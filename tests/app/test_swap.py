"""Somebody else, please: a review is offered to colleagues and changes hands only when somebody takes it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.app.context import Work
from bot.app.steps.swap_end import ask_only_who_can
from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.domain.assignment import Assignment, EndReason
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.domain.round import Round
from bot.domain.swap import Swap
from bot.ports.records import Timer
from bot.ui.inbound import Done, Invalid, Refused, Say, Show
from bot.ui.model import ChoiceField, Form, Notice, plain
from bot.ui.strings import LANGUAGES, words
from tests.app.published_round import published
from tests.app.swapping import (
    ASKER,
    FELLOW,
    OTHERS,
    PRESENTER,
    Stage,
    ask,
    asked,
    buttons,
    goes_on_leave,
    held_by,
    keys,
    last,
    press,
    staged,
)
from tests.gate import GateInAWorker
from tests.privacy.stages import Setting, reviewed
from tests.world import World


@pytest.fixture
async def stage(world: World) -> Stage:
    return await staged(world)


async def test_a_named_colleague_takes_it_and_everything_moves_together(stage: Stage) -> None:
    world = stage.world
    (case,) = await world.find(Case, id=stage.subjects["case"])
    await world.advance(days=1)
    before = await held_by(stage)
    assert isinstance(await ask(stage, "f"), Done)
    question = last(stage, "f")
    assert question.key == "notice.swap_asked"
    assert case.code not in repr(question), "its presenter may be the one who is asked"
    (asker,) = await world.find(Person, id=person_id(ASKER))
    assert asker.name not in repr(question)
    assert set(await held_by(stage)) == {ASKER, FELLOW}, "until somebody says yes it stays where it is"

    done = await press(stage, "f", "swap.take")
    assert isinstance(done, Done)
    assert done.card is not None
    after = await held_by(stage)
    assert set(after) == {"f", FELLOW}
    assert (before[FELLOW].id, before[FELLOW].due_at) == (after[FELLOW].id, after[FELLOW].due_at)
    due, earlier, letter = after["f"].due_at, before[ASKER].due_at, after["f"].letter
    assert due is not None
    assert earlier is not None
    assert due > earlier, "the full time"
    assert words("en").day(due.date()) in done.card.summary
    assert words("en").day(due.date()) in question.summary, "as it was said before"
    assert letter == before[ASKER].letter, "a gap would tell the presenter"

    assert (await world.told("f"))[-1] == "swap_yours", "the message that asked says so; nothing rings"
    assert "review_moved" in await world.told(ASKER), "the asker hears it is off the sign_in"
    (old,) = await world.find(Assignment, id=before[ASKER].id)
    assert old.end_reason == EndReason.SWAPPED
    assert isinstance(await world.player(ASKER).press("review.open", old.id), Refused)
    queue = await world.player("f").type("/review")
    assert case.code in repr(queue)
    assert case.code not in repr(await world.player(ASKER).type("/review"))
    assert await world.find(Swap) == []
    reminders = {each.subject for each in await world.find(Timer, what="person.remind")}
    assert person_id("f") in reminders

    told = len(await world.told(ASKER))
    await world.advance(days=9)
    assert [n for n in (await world.told(ASKER))[told:] if n.startswith("reminder")] == [], "no reminder follows"
    assert "reminder" in await world.told("f")


async def test_an_open_question_goes_to_whoever_takes_it_first(stage: Stage) -> None:
    world = stage.world
    await ask(stage)
    swap = await asked(stage)
    first, second, *_ = keys(swap)
    assert not {*keys(swap)} & {PRESENTER, FELLOW}, "they may not have it"
    assert isinstance(await press(stage, first, "swap.take"), Done)
    assert first in await held_by(stage)
    told = await world.told(first)
    assert told[-1] == "swap_yours"
    assert "swap_over" not in told, "nobody tells the taker that there is nothing to do"
    assert "review.open" in buttons(last(stage, first))
    late = await world.player(second).press("swap.take", swap.id)
    assert isinstance(late, Refused)
    assert late.key == "swap_over"
    assert (await world.told(second))[-1] == "swap_over", "the question is gone from the message that asked"
    assert buttons(last(stage, second)) == {}


async def test_the_asker_reads_at_once_how_many_are_asked(stage: Stage) -> None:
    outcome = await ask(stage)
    assert isinstance(outcome, Done)
    assert f"{len((await asked(stage)).asked)} colleagues are asked" in outcome.note
    assert "Tue 19 Jan, 16:00" in outcome.note
    page = await stage.world.player(ASKER).open("review.swap", stage.subjects["assignment"])
    assert f"{len((await asked(stage)).asked)} colleagues were asked" in repr(page.body)


@pytest.mark.parametrize("which", [0, 1])
async def test_an_open_question_asks_nobody_who_may_not_take_it(stage: Stage, which: int) -> None:
    await ask(stage)
    key = keys(await asked(stage))[which]
    assert isinstance(await press(stage, key, "swap.take"), Done)


async def test_asked_once_more_it_goes_to_the_same_colleagues(stage: Stage) -> None:
    """Those who are left over after many times would be the presenter and the reviewers."""
    await ask(stage)
    first = await asked(stage)
    for _ in range(3):
        await stage.world.player(ASKER).press("review.swap.end", stage.subjects["assignment"])
        await ask(stage)
        assert keys(await asked(stage)) == keys(first)
    left = {*OTHERS, PRESENTER} - {*keys(first), "s"}
    assert len(left) == 3, "so many may present, should all who were asked say so"


async def test_nobody_answers_and_the_asker_hears_it_the_next_working_day(stage: Stage) -> None:
    world = stage.world
    await ask(stage)
    swap = await asked(stage)
    await world.advance(days=1, hours=8)
    assert (await world.told(ASKER))[-1] == "swap_none"
    assert await world.find(Swap) == []
    for key in keys(swap):
        assert buttons(last(stage, key)) == {}, key


async def test_where_nobody_can_the_asker_reads_so_at_once(stage: Stage) -> None:
    async with stage.world.store.begin(ORGANISATION) as uow:
        round_ = await uow.get(Round, stage.subjects["round"])
        await uow.save(replace(round_, caps={person_id(key): 0 for key in OTHERS}))
        await uow.commit()
    outcome = await ask(stage)
    assert isinstance(outcome, Invalid)
    assert "nobody was asked" in outcome.form.errors["whom"]
    assert await stage.world.find(Swap) == []


async def _takes_leave(stage: Stage, key: str) -> None:
    await goes_on_leave(stage, stage.world.player(key))
    await stage.world.settle()


async def _has_enough(stage: Stage, key: str) -> None:
    """Another review fills their cap."""
    async with stage.world.store.begin(ORGANISATION) as uow:
        round_ = await uow.get(Round, stage.subjects["round"])
        await uow.save(replace(round_, caps={person_id(key): 0}))
        await ask_only_who_can(Work(uow, stage.world.clock.now(), stage.world.tools))
        await uow.commit()
    await stage.world.settle()


@pytest.mark.parametrize("meanwhile", [_takes_leave, _has_enough])
@pytest.mark.parametrize("whom", ["f", "anybody"])
async def test_whoever_cannot_any_more_is_asked_no_more(
    stage: Stage, meanwhile: Callable[[Stage, str], Awaitable[None]], whom: str
) -> None:
    await ask(stage, whom)
    for key in keys(await asked(stage)):
        assert {"swap.take", "swap.pass"} <= set(buttons(last(stage, key)))
        await meanwhile(stage, key)
        assert not {"swap.take", "swap.pass"} & set(buttons(last(stage, key)))
        if meanwhile is _has_enough and whom == "anybody":
            return
    assert await stage.world.find(Swap) == []
    assert "swap_none" in await stage.world.told(ASKER)


async def test_whoever_may_not_have_it_is_answered_like_whoever_was_too_late(stage: Stage) -> None:
    """The presenter, and who reviews the case already: neither they nor the asker learn which."""
    world = stage.world
    answers, heard = {}, {}
    for key, action in ((PRESENTER, "swap.take"), (FELLOW, "swap.take"), ("f", "swap.pass")):
        await ask(stage, key)
        assert last(stage, key).key == "notice.swap_asked"
        swap = await asked(stage)
        told = len(await world.told(ASKER))
        answers[key] = await press(stage, key, action)
        again = await world.player(key).press("swap.take", swap.id)
        assert isinstance(again, Refused)
        if action == "swap.take":
            assert replace(again, audited=True) == answers[key], "the same words as for a question that is over"
        heard[key] = (await world.told(ASKER))[told:]
    assert answers[PRESENTER] == answers[FELLOW]
    assert heard[PRESENTER] == heard[FELLOW] == heard["f"] == ["swap_none"]
    assert set(await held_by(stage)) == {ASKER, FELLOW}
    none = last(stage, ASKER)
    assert "review.swap" in buttons(none), "and the next may be asked at once"


async def test_an_answer_can_be_taken_back_for_ten_minutes(stage: Stage) -> None:
    world = stage.world
    await ask(stage)
    passed = await press(stage, "f", "swap.pass")
    assert isinstance(passed, Done)
    assert passed.card is not None
    assert set(buttons(last(stage, "f"))) == {"swap.undo"}
    await world.player("f").press("swap.undo", buttons(passed.card)["swap.undo"].subject)
    await world.settle()
    assert last(stage, "f").key == "notice.swap_asked"
    taken = await press(stage, "f", "swap.take")
    assert isinstance(taken, Done)
    assert taken.card is not None
    undo = buttons(taken.card)["swap.undo"].subject
    assert isinstance(await world.player("f").press("swap.undo", undo), Done)
    await world.settle()
    assert set(await held_by(stage)) == {ASKER, FELLOW}
    assert (await world.told(ASKER))[-1] == "assigned", "it is back, and they are told"
    assert isinstance(await world.player("f").press("swap.undo", undo), Refused)


async def test_a_review_that_was_begun_since_does_not_go_back(stage: Stage) -> None:
    await ask(stage, "f")
    taken = await press(stage, "f", "swap.take")
    assert isinstance(taken, Done)
    assert taken.card is not None
    mine = (await held_by(stage))["f"]
    taker = stage.world.player("f")
    await taker.send_and_confirm(await taker.open("review.open", mine.id), {"question": "Since when?"})
    undone = await taker.press("swap.undo", buttons(taken.card)["swap.undo"].subject)
    assert isinstance(undone, Done)
    assert "stays with you" in undone.note
    assert "f" in await held_by(stage)


async def test_asking_is_ended_by_whoever_asked(stage: Stage) -> None:
    world = stage.world
    await ask(stage, "f")
    page = await world.player(ASKER).open("review.swap", stage.subjects["assignment"])
    assert [action.key for action in page.actions] == ["review.swap.end"]
    await world.player(ASKER).press("review.swap.end", stage.subjects["assignment"])
    await world.settle()
    assert (await world.told("f"))[-1] == "swap_over"
    assert await world.find(Swap) == []
    assert set(await held_by(stage)) == {ASKER, FELLOW}


@pytest.mark.parametrize("presenter", ["d", "a"])
async def test_where_few_could_present_it_nobody_is_asked_whoever_presents(gate: GateInAWorker, presenter: str) -> None:
    setting = Setting(presenter=presenter, observer=ASKER, reviewers=(ASKER, FELLOW), size=4, suspects=("d", "a"))
    few = await reviewed(gate, setting)
    refused = await few.world.player(ASKER).press("review.swap", few.subjects["assignment"])
    assert isinstance(refused, Refused)
    assert refused.key == "too_few_for_a_swap"


async def _reads_another_language(stage: Stage, key: str = "f") -> None:
    async with stage.world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Person, person_id(key)), languages=("da",)))
        await uow.commit()


async def _is_away(stage: Stage) -> None:
    await goes_on_leave(stage, stage.world.player("f"))


@pytest.mark.parametrize("why", [_reads_another_language, _is_away])
async def test_who_could_not_review_it_is_not_asked(stage: Stage, why: Callable[[Stage], Awaitable[None]]) -> None:
    await why(stage)
    assert isinstance(await ask(stage, "f"), Invalid)
    assert await stage.world.find(Swap) == []
    assert isinstance(await ask(stage), Done)
    assert person_id("f") not in (await asked(stage)).asked


@pytest.mark.parametrize("why", [_reads_another_language, _is_away])
async def test_the_form_offers_only_who_can_be_asked(stage: Stage, why: Callable[[Stage], Awaitable[None]]) -> None:
    """Everybody who is there and has room, whoever presents; a typed name that cannot be asked is told so."""
    await why(stage)
    form = await stage.world.player(ASKER).open("review.swap", stage.subjects["assignment"])
    (field,) = form.fields
    assert isinstance(field, ChoiceField)
    offered = {option.value for option in field.options}
    assert person_id("f") not in offered
    assert {person_id(PRESENTER), person_id("c")} <= offered, "who presents is among them, or the list would tell"
    typed = await stage.world.player(ASKER).type(f"/review swap {stage.code} Therapist F (Aarhus)")
    assert isinstance(typed, Show)
    assert "away" in typed.form.errors["whom"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_can_be_typed(stage: Stage, language: str) -> None:
    asker = stage.world.player(ASKER)
    for word in words(language)("typed.swap").split():
        for typed in (word, word.replace("-", " ")):
            outcome = await asker.type(f"/review {typed} {stage.code} Therapist F (Aarhus)")
            assert isinstance(outcome, Show), typed
            assert chosen_in(outcome.form) == person_id("f")
            bare = await asker.type(f"/review {typed}")
            assert isinstance(bare, Show), typed
            assert chosen_in(bare.form) == "anybody"
    unknown = await asker.type(f"/review swap {stage.code} Nobody")
    assert isinstance(unknown, Show)
    assert "whom" in unknown.form.errors, "a name that is nobody's is said, not ignored"


@pytest.mark.parametrize("word", ["swap", "decline"])
async def test_a_known_word_without_a_single_review_says_how_one_is_named(world: World, word: str) -> None:
    nothing = await world.player("b").type(f"/review {word}")
    assert isinstance(nothing, Say)
    assert not any(isinstance(block, Notice) for block in nothing.card.body), "the word is known"
    owed = await published(world)
    busy = next(a.reviewer for a in owed if sum(b.reviewer == a.reviewer for b in owed) > 1)
    several = await world.player(busy.removeprefix("per_demo_")).type(f"/review {word}")
    assert isinstance(several, Say)
    (told,) = [block for block in several.card.body if isinstance(block, Notice)]
    (person,) = await world.find(Person, id=busy)
    own = words(person.language)(f"typed.{word}").split()[0]
    assert f"/review {own} " in plain(told.line)


def chosen_in(form: Form) -> str:
    (field,) = (field for field in form.fields if isinstance(field, ChoiceField))
    return field.value or ""


async def test_the_group_s_rule_is_looked_at_again_when_somebody_takes_it(stage: Stage) -> None:
    await ask(stage, "f")
    async with stage.world.store.begin(ORGANISATION) as uow:
        group = await uow.get(Group, GROUP)
        await uow.save(replace(group, policy={**group.policy, "small_group": 12}))
        await uow.commit()
    refused = await press(stage, "f", "swap.take")
    assert isinstance(refused, Refused)
    assert refused.key == "swap_over"
    assert set(await held_by(stage)) == {ASKER, FELLOW}


async def test_nobody_is_asked_for_a_review_that_is_in(stage: Stage) -> None:
    async with stage.world.store.begin(ORGANISATION) as uow:
        assignment = await uow.get(Assignment, stage.subjects["assignment"])
        await uow.save(replace(assignment, submitted_at=stage.world.clock.now()))
        await uow.commit()
    refused = await stage.world.player(ASKER).press("review.swap", stage.subjects["assignment"])
    assert isinstance(refused, Refused)
    assert refused.key == "not_your_review"


@pytest.mark.parametrize("since", ["started_at", "submitted_at", "ended_at"])
async def test_a_review_that_was_begun_sent_or_given_away_since_is_not_taken(stage: Stage, since: str) -> None:
    """Each of these ends the question; one that stayed open all the same moves nothing."""
    await ask(stage, "f")
    async with stage.world.store.begin(ORGANISATION) as uow:
        assignment = await uow.get(Assignment, stage.subjects["assignment"])
        changed: dict[str, Any] = {since: stage.world.clock.now()}
        await uow.save(replace(assignment, **changed))
        await uow.commit()
    before = await stage.world.find(Assignment)
    refused = await press(stage, "f", "swap.take")
    assert isinstance(refused, Refused)
    assert refused.key == "swap_over"
    assert await stage.world.find(Assignment) == before
