"""A place without a reviewer: why, for all a supervisor may know, what can be done, and what its presenter hears."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import pytest

from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.assignment import Assignment, EndReason
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.ports.records import LeaveEntry
from bot.ui.inbound import Done, Say
from bot.ui.model import Action, Card, Span
from tests.app.risk import Scene, scene
from tests.tables.crawl import actions
from tests.tables.test_messages_stay_true import standing
from tests.world import World


async def emptied(world: World) -> Scene:
    """E stepped out and nobody was looked for."""
    at = await scene(world)
    async with world.store.begin(ORGANISATION) as uow:
        (other,) = await uow.find(Assignment, case=at.case.id, reviewer=person_id("e"))
        await uow.save(other.end(world.clock.now(), EndReason.DECLINED))
        await uow.commit()
    return at


async def page(at: Scene) -> Card:
    outcome = await at.world.player("s").press("round.show", at.case.round or "")
    assert isinstance(outcome, Say)
    return outcome.card


def button(card: Card, key: str) -> Action | None:
    return next((action for action in actions(card) if action.key == key), None)


def spans(view: object) -> Iterator[str]:
    """Every word that a card shows in its lines."""
    if isinstance(view, Span):
        yield view.text
    elif dataclasses.is_dataclass(view):
        for field in dataclasses.fields(view):
            yield from spans(getattr(view, field.name))
    elif isinstance(view, tuple | list):
        for part in view:
            yield from spans(part)


async def press(at: Scene, action: Action | None) -> Done:
    assert action is not None
    outcome = await at.world.player("s").press(action.key, action.subject, **dict(action.args))
    assert isinstance(outcome, Done), outcome
    await at.world.settle()
    return outcome


async def others(world: World, change: Callable[[Person], Person]) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        for key in "acdfgs":
            await uow.save(change(await uow.get(Person, person_id(key))))
        await uow.commit()


async def read_no_english(at: Scene) -> None:
    await others(at.world, lambda person: replace(person, languages=("da",)))


async def are_away(at: Scene) -> None:
    now = at.world.clock.now()
    async with at.world.store.begin(ORGANISATION) as uow:
        for key in "acdfgs":
            await uow.add(LeaveEntry(f"lve_{key}", ORGANISATION, person_id(key), now.date(), None, now, "s"))
        await uow.commit()


async def nothing(at: Scene) -> None: ...


WHY: dict[str, tuple[Callable[[Scene], Awaitable[None]], str, bool]] = {
    "a colleague can": (nothing, "A colleague can take the place.", True),
    "language": (read_no_english, "Nobody who is free reviews in its language.", False),
    "away": (are_away, "Colleagues are away.", False),
}


@pytest.mark.parametrize("why", WHY)
async def test_the_rounds_page_says_why_and_offers_what_can_be_done(world: World, why: str) -> None:
    make, says, can_be_filled = WHY[why]
    at = await emptied(world)
    await make(at)
    card = await page(at)
    assert f"A reviewer is missing. {says}" in "".join(spans(card))
    assert (button(card, "round.fill") is not None) == can_be_filled
    assert (button(card, "review.cover") is not None) == (why != "away"), "not while the supervisor is away, too"
    fewer = button(card, "round.fewer")
    assert fewer is not None
    assert fewer.label == "1 reviewer is enough"


async def test_a_place_of_a_released_case_is_closed_and_nothing_else(world: World) -> None:
    at = await emptied(world)
    await world.advance(days=3)
    form = await at.reviewer.open("review.open", at.assignment.id)
    await at.reviewer.send_and_confirm(form, {"reflection": "It moves.", "suggestion": "Ask."})
    await world.settle()
    card = await page(at)
    assert "nobody new is asked" in "".join(spans(card))
    assert button(card, "round.fill") is button(card, "review.cover") is None
    done = await press(at, button(card, "round.fewer"))
    assert done.card is not None
    assert "A reviewer is missing" not in "".join(spans(done.card))


@pytest.mark.parametrize("few", [False, True])
async def test_a_late_review_says_what_can_be_done_about_it(world: World, few: bool) -> None:
    """Nobody is told to give it to somebody else where no colleague may take it."""
    at = await scene(world)
    if few:
        async with world.store.begin(ORGANISATION) as uow:
            group = await uow.get(Group, at.case.group)
            await uow.save(replace(group, policy={**group.policy, "small_group": 6}))
            await uow.commit()
    await world.advance(days=10)
    (late,) = [card for user, card in standing(world) if user == person_id("s") and "late_reviews" in card.key]
    offered = {action.key for action in actions(late)}
    assert ("review.reassign" in offered) != few
    assert ("no colleague can take it over" in "".join(spans(late))) == few
    assert not few or {"review.cover", "supervision.nudge"} <= offered


async def test_somebody_is_found_and_only_they_are_told(world: World) -> None:
    at = await emptied(world)
    before = len(world.platform.sent)
    done = await press(at, button(await page(at), "round.fill"))
    assert "filled" in done.note
    active = await world.find(Assignment, case=at.case.id, ended_at=None)
    new = ({each.reviewer for each in active} - {person_id("b")}).pop()
    assert {user for user, m in world.platform.sent[before:] if not m.replaces} == {new}
    assert done.card is not None
    assert button(done.card, "round.fill") is None


async def test_fewer_reviewers_are_enough_and_nobody_waits_for_another(world: World) -> None:
    at = await emptied(world)
    fewer = button(await page(at), "round.fewer")
    done = await press(at, fewer)
    assert done.card is not None
    assert "A reviewer is missing" not in "".join(spans(done.card))
    assert (await world.find(Case, id=at.case.id))[0].reviewers == 1
    again = await press(at, fewer)
    assert again.note == done.note, "pressed again it says what holds"


async def test_fewer_reviewers_can_be_taken_back_from_the_start_page_for_ten_minutes(world: World) -> None:
    at = await emptied(world)
    await press(at, button(await page(at), "round.fewer"))
    home = await world.player("s").home()
    await press(at, button(home, "round.fewer.undo"))
    assert (await world.find(Case, id=at.case.id))[0].reviewers == 2
    assert "A reviewer is missing" in "".join(spans(await page(at)))
    assert button(await world.player("s").home(), "round.fewer.undo") is None
    await press(at, button(await page(at), "round.fewer"))
    await world.advance(minutes=11)
    assert button(await world.player("s").home(), "round.fewer.undo") is None


async def test_whoever_presents_hears_at_publication_that_a_reviewer_is_missing_and_why(world: World) -> None:
    at = await short(world)
    said = [card.summary for user, card in standing(world) if user == person_id("a")][-1]
    assert said == (
        f"Case {at.code} is with 1 of 2 reviewers. Nobody who is free reviews in its language. "
        "Questions come first, reviews follow together."
    )


async def short(world: World) -> Case:
    """A round in which all but one do not read the case's language."""
    supervisor = world.player("s")
    await supervisor.send(await supervisor.open("round.new"), {})
    presenter = world.player("a")
    form = await presenter.open("case.new")
    texts = {"title": "Stuck halfway", "background": "Messages come every week.", "key_question": "What now?"}
    options = {"mode": ("icbt",), "language": ("en",), "objection": ("no",), "risk": ("no",)}
    await presenter.send_and_confirm(form, {**texts, **options})
    async with world.store.begin(ORGANISATION) as uow:
        for key in "cdefgs":
            await uow.save(replace(await uow.get(Person, person_id(key)), languages=("da",)))
        await uow.commit()
    await world.advance(days=9)
    (case,) = await world.find(Case, closed_at=None)
    assert case.published_at is not None
    return case
