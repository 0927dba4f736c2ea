"""After the release: asking back once, thanks for suggestions, and what became of a case some weeks later."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.anonymise import AnonText
from bot.app.context import Work
from bot.app.steps.erasure_request import erase_person
from bot.app.steps.retention_rules import RULES
from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.follow_up import FollowUp
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.ports.records import OutboxEntry
from bot.ui.inbound import Done, Invalid, Outcome, Refused, Show
from bot.ui.model import Form, ManyField
from tests.app.risk import Scene, scene, words_of
from tests.world import World

PRESENTER, ONE, OTHER = "a", "b", "e"
ASKED = "Which of the two would you begin with?"
ANSWER = "With the diary, I think."
TOLD = "The diary helped after a week."
TAKEAWAY = "I will ask less."


async def policy(world: World, **numbers: object) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        group = await uow.get(Group, GROUP)
        await uow.save(replace(group, policy={**group.policy, **numbers}))
        await uow.commit()


async def released(world: World) -> Scene:
    """A case of A with the reviews of B and E, released."""
    at = await scene(world, PRESENTER, (ONE, OTHER))
    await world.advance(days=3)
    for key in (ONE, OTHER):
        player = world.player(key)
        form = await player.open("review.open", (await of(at, key)).id)
        await player.send_and_confirm(form, {"reflection": "I see effort.", "suggestion": f"Keep a diary, {key}."})
        await world.settle()
    return at


async def of(at: Scene, key: str) -> Assignment:
    (found,) = await at.world.find(Assignment, case=at.case.id, reviewer=person_id(key), ended_at=None)
    return found


async def ask_back(at: Scene) -> None:
    form = await at.presenter.open("ask_back.open", at.case.id)
    await at.presenter.send_and_confirm(form, {"ask_back": ASKED})
    await at.world.settle()


async def answer_back(at: Scene, key: str) -> None:
    player = at.world.player(key)
    form = await player.open("answer_back.open", (await of(at, key)).id)
    await player.send_and_confirm(form, {"answer_back": f"{ANSWER} {key}"})
    await at.world.settle()


async def close(at: Scene, **also: tuple[str, ...]) -> None:
    form = await at.presenter.open("takeaway.open", at.case.id)
    await at.presenter.send_and_confirm(form, {"takeaway": TAKEAWAY, **also})
    await at.world.settle()


async def tell(at: Scene) -> None:
    form = await at.presenter.open("follow_up.open", at.case.id)
    await at.presenter.send_and_confirm(form, {"follow_up": TOLD})
    await at.world.settle()


async def page(at: Scene, key: str, action: str, subject: str) -> Form:
    outcome = await at.world.player(key).press(action, subject)
    assert isinstance(outcome, Show), outcome
    return outcome.form


def refused(outcome: Outcome) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.key


async def test_the_presenter_asks_back_once_and_each_reviewer_answers_once_by_letter(world: World) -> None:
    at = await released(world)
    await ask_back(at)
    for key in (ONE, OTHER):
        card = world.inbox(key)[-1]
        assert card.key == "notice.asked_back"
        assert ASKED not in repr(card), "no text outside the page"
    assert refused(await at.presenter.press("ask_back.open", at.case.id)) == "already_asked_back"
    assert "ask_back.open" not in repr(await at.presenter.press("case.page", at.case.id))

    await answer_back(at, ONE)
    assert "answered_back" in await world.told(ONE)
    shown = words_of(await page(at, ONE, "review.open", (await of(at, ONE)).id))
    assert ASKED in shown
    mine = await of(at, ONE)
    assert refused(await world.player(ONE).press("answer_back.open", mine.id)) == "already_answered_back"

    before = words_of(await page(at, OTHER, "answer_back.open", (await of(at, OTHER)).id))
    assert ASKED in before
    assert f"{ANSWER} {ONE}" not in before, "the others' answers once one's own is in"
    await answer_back(at, OTHER)
    after = words_of(await page(at, OTHER, "review.open", (await of(at, OTHER)).id))
    assert f"{ANSWER} {ONE}" in after

    assert world.inbox(PRESENTER)[-1].key == "notice.answers_back"
    read = words_of(await page(at, PRESENTER, "case.reviews", at.case.id))
    assert f"{ANSWER} {ONE}" in read
    assert f"{ANSWER} {OTHER}" in read
    names = [person.name for person in await world.find(Person)]
    assert not any(name in read or name in after for name in names)


async def test_an_answer_comes_after_the_takeaway_too_until_the_text_is_gone(world: World) -> None:
    at = await released(world)
    await ask_back(at)
    await close(at)
    await answer_back(at, ONE)
    await world.advance(days=1)
    assert "answers_back" in await world.told(PRESENTER)
    await world.advance(days=31)
    other = await of(at, OTHER)
    assert refused(await world.player(OTHER).press("answer_back.open", other.id)) == "nothing_asked_back"


@pytest.mark.parametrize("typed", ["", "   ", "x" * 2001])
async def test_nothing_and_too_much_are_refused_with_a_sentence_in_the_form(world: World, typed: str) -> None:
    at = await released(world)
    form = await at.presenter.open("ask_back.open", at.case.id)
    outcome = await at.presenter.send(form, {"ask_back": typed})
    assert isinstance(outcome, Invalid)
    assert outcome.form.errors["ask_back"]
    (case,) = await world.find(Case, id=at.case.id)
    assert case.asked_back_at is None


async def test_what_is_ticked_is_thanks_for_that_reviewer_alone(world: World) -> None:
    at = await released(world)
    one, other = await of(at, ONE), await of(at, OTHER)
    await close(at, used=(one.letter,))
    await world.advance(days=2)
    thanks = "Thank you: the presenter uses your suggestion."
    (card,) = [card for card in world.inbox(ONE) if card.key == "notice.takeaway_in"]
    assert thanks in repr(card)
    assert thanks in words_of(await page(at, ONE, "review.open", one.id))
    assert thanks not in repr(world.inbox(OTHER))
    assert thanks not in words_of(await page(at, OTHER, "review.open", other.id))
    assert [(each.used_at is not None) for each in (await of(at, ONE), await of(at, OTHER))] == [True, False]


@pytest.mark.parametrize("ticked", [("Z",), ("A", "nonsense")])
async def test_a_letter_that_nobody_has_is_no_thanks(world: World, ticked: tuple[str, ...]) -> None:
    at = await released(world)
    await close(at, used=ticked)
    assert {each.letter for each in await world.find(Assignment, case=at.case.id) if each.used_at} <= {"A"}


async def asked_weeks_later(world: World) -> Scene:
    at = await released(world)
    await close(at)
    await world.advance(days=28)
    await world.advance(hours=12)
    return at


async def test_four_weeks_later_one_question_and_its_answer_reaches_the_reviewers(world: World) -> None:
    at = await asked_weeks_later(world)
    (question,) = [card for card in world.inbox(PRESENTER) if card.key == "notice.follow_up_asked"]
    assert at.case.code in repr(question) or "KQ" in repr(question)
    await tell(at)
    await world.advance(days=1)
    for key in (ONE, OTHER):
        assert "follow_up_in" in await world.told(key)
        assert TOLD not in repr(world.inbox(key))
        assert TOLD in words_of(await page(at, key, "follow_up.read", (await of(at, key)).id))
    assert refused(await world.player("c").press("follow_up.read", (await of(at, ONE)).id)) == "not_your_review"
    assert refused(await at.presenter.press("follow_up.skip", at.case.id)) == "no_follow_up"


async def test_what_became_of_it_stands_on_the_page_of_the_case_and_of_each_review(world: World) -> None:
    at = await asked_weeks_later(world)
    mine = (await of(at, ONE)).id
    await tell(at)
    assert TOLD in words_of(await page(at, PRESENTER, "case.page", at.case.id))
    assert TOLD not in words_of(await page(at, ONE, "review.open", mine)), "not in the minute in which it was told"
    await world.advance(days=1)
    assert TOLD in words_of(await page(at, ONE, "review.open", mine))


async def test_a_thank_you_is_in_a_message_that_says_several_things(world: World) -> None:
    at = await released(world)
    letter = (await of(at, ONE)).letter
    await close(at, used=(letter,))
    (waits,) = await world.find(OutboxEntry, person=person_id(ONE), card="takeaway_in")
    async with world.store.begin(ORGANISATION) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        await work.tell(person_id(ONE), "passkey_added", person_id(ONE), at=waits.due_at)
        await uow.commit()
    await world.advance(days=2)
    thanked = [card for card in world.inbox(ONE) if "uses your suggestion" in repr(card)]
    assert thanked
    assert thanked[-1].key == "notice.merged"


@pytest.mark.parametrize("skips", [True, False])
async def test_skipping_and_silence_are_never_asked_about_again(world: World, skips: bool) -> None:
    at = await asked_weeks_later(world)
    if skips:
        assert isinstance(await at.presenter.press("follow_up.skip", at.case.id), Done)
    for _ in range(12):
        await world.advance(days=7)
    told = await world.told(PRESENTER)
    assert told.count("follow_up_asked") == 1
    assert "follow_up_in" not in await world.told(ONE)
    (kept,) = await world.find(FollowUp)
    assert kept.waits is not skips


async def test_without_a_takeaway_and_where_the_policy_says_no_nobody_is_asked(world: World) -> None:
    await policy(world, follow_up_days=0, ask_back=False, thank_for_suggestions=False)
    at = await released(world)
    assert refused(await at.presenter.press("ask_back.open", at.case.id)) == "not_asked_back_here"
    form = await at.presenter.open("takeaway.open", at.case.id)
    assert not any(isinstance(field, ManyField) for field in form.fields)
    assert "ask_back.open" not in repr(form)
    await close(at, used=("A",))
    assert not any(each.used_at for each in await world.find(Assignment, case=at.case.id))
    await world.advance(days=40)
    assert await world.find(FollowUp) == []


async def test_what_became_of_it_outlives_the_text_of_the_case_and_goes_by_the_same_days(world: World) -> None:
    at = await asked_weeks_later(world)
    await tell(at)
    (told,) = await world.find(FollowUp)
    await world.advance(days=10)
    async with world.store.begin(ORGANISATION) as uow:
        for rule in RULES:
            await rule.portion(Work(uow, world.clock.now(), world.tools))
        await uow.commit()
        assert await uow.texts(at.case.id, "case") == {}
        assert (await uow.texts(told.id, "follow_up"))["follow_up"] == AnonText.from_store(TOLD)
    await world.advance(days=25)
    async with world.store.begin(ORGANISATION) as uow:
        for rule in RULES:
            await rule.portion(Work(uow, world.clock.now(), world.tools))
        await uow.commit()
        assert await uow.texts(told.id, "follow_up") == {}
    assert TOLD not in words_of(await page(at, ONE, "follow_up.read", (await of(at, ONE)).id))


async def test_it_goes_with_its_presenter_and_an_answer_with_its_reviewer(world: World) -> None:
    at = await released(world)
    await ask_back(at)
    await answer_back(at, ONE)
    await close(at)
    await world.advance(days=28)
    await world.advance(hours=12)
    await tell(at)
    (told,) = await world.find(FollowUp)
    part = f"answer_back:{(await of(at, ONE)).id}"
    async with world.store.begin(ORGANISATION) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        assert await uow.texts(at.case.id, part)
        await erase_person(work, await uow.get(Person, person_id(ONE)), "per_demo_p", 0)
        assert await uow.texts(at.case.id, part) == {}
        await erase_person(work, await uow.get(Person, person_id(PRESENTER)), "per_demo_p", 0)
        assert await uow.texts(told.id, "follow_up") == {}


async def test_asking_back_is_for_whoever_reads_it_and_refused_with_the_form_open_as_well(world: World) -> None:
    at = await released(world)
    form = await at.presenter.open("ask_back.open", at.case.id)
    await world.player(OTHER).press("review.recognise", (await of(at, OTHER)).id)
    await world.settle()
    assert isinstance(await at.presenter.press("ask_back.open", at.case.id), Show), "one of them reads it still"
    await world.player(ONE).press("review.recognise", (await of(at, ONE)).id)
    await world.settle()
    assert refused(await at.presenter.press("ask_back.open", at.case.id)) == "not_asked_back_here"
    for typed in (ASKED, ""):
        assert refused(await at.presenter.send(form, {"ask_back": typed})) == "not_asked_back_here"


async def test_what_became_of_a_case_is_read_once_it_is_told(world: World) -> None:
    at = await released(world)
    await close(at)
    theirs = (await of(at, ONE)).id
    assert refused(await world.player(ONE).press("follow_up.read", theirs)) == "no_follow_up"
    async with world.store.begin(ORGANISATION) as uow:
        asked = FollowUp("fol_1", ORGANISATION, at.case.id, GROUP, world.clock.now())
        await uow.add(asked)
        await uow.commit()
    assert refused(await world.player(ONE).press("follow_up.read", theirs)) == "no_follow_up", "asked and not told"
