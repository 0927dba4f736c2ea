"""What a chat's dialog took and did not send: it waits, one message says so, and it is told of where one looks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.demo.clinic import person_id
from bot.demo.player import Player
from bot.demo.texts import CASES, QUESTION
from bot.domain.assignment import Assignment, Question
from bot.ports.records import OutboxEntry
from bot.ui.inbound import Done, Invalid, Refused, Say, Show
from bot.ui.model import Card, Form, Row, Text, TextField, plain
from tests.app.risk import Scene, scene
from tests.world import World

CHOICES = {"mode": ("icbt",), "language": ("en",), "objection": ("no",)}
Values = Mapping[str, Sequence[str]]
NAMED = "They called from +49 431 8801234, as agreed."
"""The gate finds something in it, so its preview is shown first."""


@pytest.fixture(autouse=True)
def everybody_is_in_a_chat(world: World) -> None:
    """No platform here shows our own pages, where the form itself stays."""
    world.entry.tools = replace(world.tools, platforms={})


async def a_case(world: World, at: Scene) -> tuple[Player, Form, Values]:
    player = world.player("c")
    case = {**CASES[0], "background": NAMED, **CHOICES, "risk": ("no",)}
    return player, await player.open("case.new"), case


async def a_case_at_risk(world: World, at: Scene) -> tuple[Player, Form, Values]:
    player, form, values = await a_case(world, at)
    return player, form, {**values, "risk": ("yes",)}


async def a_question(world: World, at: Scene) -> tuple[Player, Form, Values]:
    return at.reviewer, await at.reviewer.open("review.open", at.assignment.id), {"question": NAMED}


async def an_answer(world: World, at: Scene) -> tuple[Player, Form, Values]:
    form = await at.reviewer.open("review.open", at.assignment.id)
    await at.reviewer.send_and_confirm(form, {"question": QUESTION})
    (asked,) = await world.find(Question, case=at.case.id)
    return at.presenter, await at.presenter.open("question.open", at.case.id), {asked.id: NAMED}


async def a_review(world: World, at: Scene) -> tuple[Player, Form, Values]:
    await world.advance(days=3)
    form = await at.reviewer.open("review.open", at.assignment.id)
    return at.reviewer, form, {"reflection": NAMED, "suggestion": "Write less."}


async def a_takeaway(world: World, at: Scene) -> tuple[Player, Form, Values]:
    await world.advance(days=3)
    for assignment in await world.find(Assignment, case=at.case.id, ended_at=None):
        player = world.player(assignment.reviewer.removeprefix(person_id("")))
        form = await player.open("review.open", assignment.id)
        await player.send_and_confirm(form, {"reflection": "It works.", "suggestion": "Go on."})
    return at.presenter, await at.presenter.open("takeaway.open", at.case.id), {"takeaway": NAMED}


TEXTS: dict[str, Callable[[World, Scene], Awaitable[tuple[Player, Form, Values]]]] = {
    "a case": a_case,
    "a risk stop": a_case_at_risk,
    "a question": a_question,
    "an answer": an_answer,
    "a review": a_review,
    "a takeaway": a_takeaway,
}


def typed_text(form: Form) -> str:
    return " ".join(field.value.reveal() for field in form.fields if isinstance(field, TextField))


def rows(card: Card) -> list[Row]:
    return [b for b in card.body if isinstance(b, Row) and b.actions and b.actions[-1].key == "draft.discard"]


async def messages(world: World, player: Player) -> list[Card]:
    return [card for card in world.inbox(player.key) if card.key == "notice.draft_waits"]


@pytest.mark.parametrize("kind", TEXTS)
async def test_a_text_left_in_a_dialog_has_a_door_on_home_and_in_one_message(world: World, kind: str) -> None:
    player, form, values = await TEXTS[kind](world, await scene(world))
    left = await player.send(form, values)
    assert isinstance(left, Show), "the preview or the risk stop, and the person closes it"
    await world.advance(minutes=9)
    assert await messages(world, player) == [], "not while they may still be at it"
    await world.advance(hours=20)
    await player.type("language en")
    (told,) = await messages(world, player)
    (row,) = rows(told)
    assert "waits until" in plain(row.detail)
    go_on, discard = row.actions
    assert NAMED not in repr(told), "a message never holds the text"
    assert [each.line for each in rows(await player.home())] == [row.line]
    back = await player.press(go_on.key, go_on.subject, **go_on.args)
    assert isinstance(back, Show)
    assert "as agreed" in typed_text(back.form)
    assert discard.confirm, "it asks before it forgets"
    assert isinstance(await player.press(discard.key, discard.subject), Done)
    assert rows(await player.home()) == []


@pytest.mark.parametrize("kind", ["a case", "a review"])
async def test_the_lists_that_are_typed_name_it_too(world: World, kind: str) -> None:
    player, form, values = await TEXTS[kind](world, await scene(world))
    await player.send(form, values)
    listed = await player.type("case" if kind == "a case" else "review")
    assert isinstance(listed, Say)
    assert len(rows(listed.card)) == 1


async def test_a_text_that_was_refused_waits_and_is_told_of(world: World) -> None:
    player, form, values = await a_case(world, await scene(world))
    assert isinstance(await player.send(form, {**values, "key_question": ""}), Invalid)
    assert isinstance(await player.send(form, {**values, "objection": ("yes",)}), Refused)
    await world.advance(hours=20)
    assert len(await messages(world, player)) == 1, "of one form once, however often it was sent"


async def test_what_is_sent_is_not_told_of_and_a_message_about_it_says_so(world: World) -> None:
    at = await scene(world)
    player, form, values = await a_case(world, at)
    await player.send_and_confirm(form, values)
    await world.advance(hours=20)
    assert await messages(world, player) == []
    player, form, values = await a_review(world, at)
    await player.send(form, values)
    await world.advance(hours=20)
    (told,) = await messages(world, player)
    (go_on, _) = rows(told)[0].actions
    again = await player.press(go_on.key, go_on.subject, **go_on.args)
    assert isinstance(again, Show)
    await player.send_and_confirm(again.form, values)
    await world.advance(days=3)
    (over,) = await world.find(OutboxEntry, card="draft_over", person=player.actor.user)
    assert over.sent_at, "the message loses its buttons"


async def test_on_our_own_pages_the_form_stays_and_nothing_is_told(world: World) -> None:
    world.entry.tools = world.tools
    player, form, values = await a_case(world, await scene(world))
    await player.send(form, values)
    await world.advance(hours=20)
    assert await messages(world, player) == []
    assert len(rows(await player.home())) == 1


async def test_the_risk_stop_says_until_when_its_text_waits(world: World) -> None:
    player, form, values = await a_case_at_risk(world, await scene(world))
    await player.type("language en")
    stop = await player.send(form, values)
    assert isinstance(stop, Show)
    until = world.clock.now() + timedelta(hours=48)
    said = [plain(block.line) for block in stop.form.body if isinstance(block, Text)]
    assert any(f"{until:%a} {until:%-d}" in each and "waits until" in each for each in said), said


async def test_discarding_at_the_preview_asks_first(world: World) -> None:
    player, form, values = await a_case(world, await scene(world))
    shown = await player.send(form, values)
    assert isinstance(shown, Show)
    (discard,) = [action for action in shown.form.actions if action.key == "text.discard"]
    assert discard.confirm
