"""A page is pressed again after its step was undone or overtaken: the answer is true of today, and no text is dropped.

Every row presses, lets the counter-step happen, and presses the same button of the same page again within the minute.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bot.anonymise import Sensitive
from bot.app.access import Relation
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.player import Player
from bot.demo.story import Story
from bot.domain.assignment import Assignment, Question
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.domain.swap import Swap
from bot.ports.records import ModeEntry, UndoStep
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Invalid, Outcome, Refused, Show
from bot.ui.model import Form
from tests.app.laid_out import laid_out
from tests.app.risk import scene
from tests.app.test_exchange import close, released
from tests.app.test_publication import is_public, planned
from tests.world import World

Press = Callable[[], Awaitable[Outcome]]
Step = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Row:
    """A press, what undoes or overtakes it, and what must be so after the same press once more."""

    press: Press
    counter: Step
    holds: Callable[[Outcome, Outcome], Awaitable[bool]]


def button(player: Player, key: str, subject: str = "", **args: str) -> Press:
    event = ActionPressed(event_id=f"page {key}", actor=player.actor, key=key, subject=subject, args=args)
    return lambda: player._entry.handle(event)


def sent(player: Player, form: Form, **values: str | tuple[str, ...]) -> Press:
    """A form of a page that stays open; its event has the same name whatever is typed into it."""
    typed = {name: Sensitive(v) if isinstance(v, str) else v for name, v in values.items()}
    event = FormSubmitted(
        event_id=f"page {form.key}",
        actor=player.actor,
        key=form.key,
        subject=form.subject,
        state=form.state,
        values=typed,
    )
    return lambda: player._entry.handle(event)


async def newest_hold(world: World) -> Hold:
    return (await world.find(Hold, order=("-raised_at",)))[0]


async def alert_now(world: World) -> Row:
    async def closed() -> None:
        hold = await newest_hold(world)
        await world.player("s").press("risk.acknowledge", hold.id)
        await world.player("s").press("risk.release", hold.id)

    async def alerted(first: Outcome, again: Outcome) -> bool:
        return isinstance(again, Show) and len(await world.find(Hold, released_at=None)) == 1

    return Row(button(world.player("a"), "risk.alert_duty"), closed, alerted)


async def concern(world: World) -> Row:
    at = await scene(world)

    async def released() -> None:
        await world.player("s").press("risk.release", (await newest_hold(world)).id)

    async def alerted(first: Outcome, again: Outcome) -> bool:
        return isinstance(again, Show) and len(await world.find(Hold, released_at=None)) == 1

    return Row(sent(at.reviewer, await at.reviewer.open("risk.raise", at.case.id)), released, alerted)


async def dealing_with_it(world: World) -> Row:
    at = await scene(world)
    await at.concern()
    hold = await newest_hold(world)

    async def not_claimed(first: Outcome, again: Outcome) -> bool:
        return again != first and isinstance(again, Refused)

    supervisor = world.player("s")
    return Row(
        button(supervisor, "risk.acknowledge", hold.id), lambda: supervisor.press("risk.release", hold.id), not_claimed
    )


async def publish_soon(world: World) -> Row:
    round_, supervisor = await planned(world), world.player("s")

    async def waits_again(first: Outcome, again: Outcome) -> bool:
        return isinstance(await supervisor.press("round.publish.back", round_), Done)

    return Row(
        button(supervisor, "round.publish.soon", round_),
        lambda: supervisor.press("round.publish.back", round_),
        waits_again,
    )


async def taking_back(world: World) -> Row:
    round_, supervisor = await planned(world), world.player("s")
    await supervisor.press("round.publish.soon", round_)

    async def said_so(first: Outcome, again: Outcome) -> bool:
        return isinstance(again, Refused) and await is_public(world, round_)

    return Row(
        button(supervisor, "round.publish.back", round_), lambda: supervisor.press("round.publish", round_), said_so
    )


async def switching(world: World) -> Row:
    player = world.player("a")

    async def undone() -> None:
        (step,) = await world.find(UndoStep, person=player.actor.user)
        assert not isinstance(await player.press("caseload.undo", step.id), Refused)

    async def switched(first: Outcome, again: Outcome) -> bool:
        entries = await world.find(ModeEntry, person=player.actor.user)
        return [entry.mode for entry in entries if not entry.cancelled_at] == ["f2f"]

    return Row(button(player, "caseload.switch", mode="f2f"), undone, switched)


async def asking_somebody_else(world: World) -> Row:
    at = await scene(world)
    form = await at.reviewer.open("review.swap", at.assignment.id)

    async def taken() -> None:
        (swap,) = await world.find(Swap)
        for key in "cdfg":
            await world.player(key).press("swap.take", swap.id)

    async def refused(first: Outcome, again: Outcome) -> bool:
        return isinstance(again, Refused)

    return Row(sent(at.reviewer, form, whom=("anybody",)), taken, refused)


async def not_this_time(world: World) -> Row:
    id = await Story(world, lambda _: None)._open_round()
    (round_,) = await world.find(Round, id=id)
    player = world.player(round_.asked[0].removeprefix(person_id("")))

    async def refused(first: Outcome, again: Outcome) -> bool:
        return again != first and not (isinstance(again, Done) and again.card)

    return Row(button(player, "round.pass", id), lambda: world.player("s").press("round.cancel", id), refused)


async def reassigning(world: World) -> Row:
    at, supervisor = await scene(world), world.player("s")
    form = await supervisor.open("review.reassign", at.assignment.id)

    async def undone() -> None:
        (step,) = await world.find(UndoStep, what="hand_over", undone_at=None)
        assert not isinstance(await supervisor.press("supervision.hand_over.undo", step.id), Refused)

    async def moved_again(first: Outcome, again: Outcome) -> bool:
        (now,) = await world.find(Assignment, id=at.assignment.id)
        waiting = await world.find(UndoStep, what="hand_over", undone_at=None)
        return isinstance(again, Done) and now.ended_at is not None and len(waiting) == 1

    return Row(sent(supervisor, form), undone, moved_again)


async def beginning_a_round(world: World) -> Row:
    supervisor = world.player("s")
    form = await supervisor.open("round.new")

    async def cancelled() -> None:
        (round_,) = await world.find(Round, published_at=None, cancelled_at=None)
        assert isinstance(await supervisor.press("round.cancel", round_.id), Done)

    async def begun(first: Outcome, again: Outcome) -> bool:
        return len(await world.find(Round, published_at=None, cancelled_at=None)) == 1

    return Row(sent(supervisor, form), cancelled, begun)


async def asking_back(world: World) -> Row:
    at = await released(world)
    form = await at.presenter.open("ask_back.open", at.case.id)

    async def refused(first: Outcome, again: Outcome) -> bool:
        return isinstance(first, Done) and isinstance(again, Refused)

    return Row(sent(at.presenter, form, ask_back="Which would you begin with?"), lambda: close(at), refused)


async def agreeing_to_a_preview(world: World) -> Row:
    """*Check and send*: a preview is agreed to, its answer is replaced by another, and the preview is pressed again."""
    at = await scene(world)
    form = await at.reviewer.open("review.open", at.assignment.id)
    await at.reviewer.send_and_confirm(form, {"question": "Since when?"})
    form = await at.presenter.open("question.open", at.case.id)
    shown = await at.presenter.send(form, {form.fields[0].name: "Since 3 May 2026."})
    assert isinstance(shown, Show)

    async def replaced() -> None:
        await world.advance(seconds=1)
        other = await at.presenter.send(form, {form.fields[0].name: "Since her holidays."})
        assert isinstance(other, Invalid)
        await at.presenter.send_and_confirm(other.form, {form.fields[0].name: "Since her holidays."})

    async def stays(first: Outcome, again: Outcome) -> bool:
        async with world.store.begin(ORGANISATION, write=False) as uow:
            kept = await uow.texts(at.case.id, f"question:{form.fields[0].name}")
        return kept["answer"].text == "Since her holidays."

    return Row(sent(at.presenter, shown.form), replaced, stays)


ROWS = (
    *(alert_now, concern, dealing_with_it, publish_soon, taking_back, switching),
    *(asking_somebody_else, not_this_time, reassigning, beginning_a_round, asking_back, agreeing_to_a_preview),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.__name__)
async def test_a_press_after_the_counter_step_is_answered_as_things_are(
    world: World, row: Callable[[World], Awaitable[Row]]
) -> None:
    made = await row(world)
    first = await made.press()
    assert not isinstance(first, Refused), first
    assert await made.press() == first, "a lost answer is given again"
    world.clock.advance(timedelta(seconds=20))
    await made.counter()
    world.clock.advance(timedelta(seconds=20))
    again = await made.press()
    assert await made.holds(first, again), again


async def test_a_form_that_comes_with_another_text_is_not_answered_for_the_first(world: World) -> None:
    at = await scene(world)
    form = await at.reviewer.open("review.open", at.assignment.id)
    for text in ("How long has it lasted?", "Who else helps her?", "Who else helps her?"):
        outcome = await sent(at.reviewer, form, question=text)()
        if isinstance(outcome, Show):
            await at.reviewer.send(outcome.form, {})
    asked = await world.find(Question, case=at.case.id)
    assert len(asked) == 2, "the second text is a question of its own, its repetition is not"


async def test_a_button_pressed_again_after_two_minutes_is_a_press_of_its_own(world: World) -> None:
    player = world.player("a")
    press = button(player, "risk.alert_duty")
    await press()
    hold = await newest_hold(world)
    world.clock.advance(timedelta(minutes=3))
    async with world.store.begin(hold.organisation) as uow:
        await uow.save(replace(await uow.get(Hold, hold.id), acknowledged_at=world.clock.now()))
        await uow.commit()
    await press()
    assert len(await world.find(Hold)) == 2


async def test_a_retry_after_a_date_came_up_gets_the_first_answer(world: World) -> None:
    """A series notes by itself which date is next: that is no counter-step to what was just done to its plan."""
    _, about = await laid_out(world)
    again = button(world.player("s"), "series.end", about[Relation.SERIES])
    first = await again()
    await world.settle()
    assert isinstance(first, Done)
    assert await again() == first
