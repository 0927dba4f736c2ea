"""Old buttons, pressed where they stood: a message whose matter is over stays dead and says what holds today.

A chat may still show somebody a message as it was before it was edited. In every state each button that a message has
ever shown is pressed in its message, and what the answer puts there asks for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

import bot
from bot.app.context import Work
from bot.app.rounds.handlers import publish
from bot.delivery.shown_now import MATTERS
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.story import Story
from bot.domain.case import Case
from bot.domain.round import Round
from bot.domain.swap import Swap
from bot.ports.records import OutboxEntry
from bot.ui.inbound import ActionPressed, Actor, Done, Outcome, Refused, Say, Show
from bot.ui.model import Action, Card
from tests.app.risk import Scene, change, scene
from tests.gate import rules_alone
from tests.tables.crawl import actions
from tests.tables.test_every_notice_ends import PAGES
from tests.tables.test_messages_stay_true import standing
from tests.tables.test_offered_buttons import STATES
from tests.world import World, make_world

BOT = Path(bot.__file__).parent
WAYS = PAGES | {"case.reviews", "review.list", "case.mine", "why"}
"""What a dead message may lead to: pages that say what holds."""


@dataclass
class Messages:
    """Every message as it stands now, and the buttons that each has ever shown."""

    world: World
    now: dict[str, tuple[str, Card]] = field(default_factory=dict)
    ever: dict[tuple[str, str, str], tuple[str, Action]] = field(default_factory=dict)

    def read(self) -> None:
        for number, (user, message) in enumerate(self.world.platform.sent, start=1):
            at = message.replaces or f"msg-{number}"
            self.now[at] = user, message.card
            self.ever |= {(at, a.key, a.subject): (user, a) for a in actions(message.card)}

    def shown(self) -> list[tuple[str, str, Action]]:
        """Every button that a message shows now, with whose message it is."""
        return [(at, user, action) for at, (user, card) in self.now.items() for action in actions(card)]

    def old(self) -> list[tuple[str, str, Action]]:
        """Buttons that a message showed once and does not show now, with whose message it is."""
        shown = {(at, a.key, a.subject) for at, _, a in self.shown()}
        return [(at, user, action) for (at, *which), (user, action) in self.ever.items() if (at, *which) not in shown]

    async def press(self, at: str, user: str, action: Action) -> tuple[Outcome, Card]:
        """The answer, and what the message shows after it, once everything is settled."""
        event = ActionPressed(
            event_id=self.world.tools.ids.new("event"),
            actor=Actor("web", ORGANISATION, user),
            key=action.key,
            subject=action.subject,
            args=action.args,
            message=at,
        )
        outcome = await self.world.entry.handle(event)
        sent = len(self.world.platform.sent)
        await self.world.settle()
        later = [m.card for _, m in self.world.platform.sent[sent:] if m.replaces == at]
        drawn = [outcome.card] if isinstance(outcome, Done) and outcome.card else []
        return outcome, [self.now[at][1], *drawn, *later][-1]

    async def alive(self) -> list[tuple[str, ...]]:
        """Which old button brought which message to life, or led nowhere."""
        self.read()
        found, kept = [], self.world.kept()
        for at, user, action in self.old():
            outcome, card = await self.press(at, user, action)
            before = {(a.key, a.subject) for a in actions(self.now[at][1])}
            new = [a.key for a in actions(card) if a.key not in WAYS and (a.key, a.subject) not in before]
            if new:
                found.append((user, self.now[at][1].key, action.key, "now shows", *new))
            if isinstance(outcome, Refused) and not outcome.way:
                found.append((user, self.now[at][1].key, action.key, "leads nowhere", outcome.key))
            if isinstance(outcome, Done) and not list(actions(card)):
                found.append((user, self.now[at][1].key, action.key, "no way on", outcome.note))
            self.world.restore(kept)
        return found


@pytest.mark.parametrize("state", STATES)
async def test_an_old_button_brings_no_message_to_life(state: str) -> None:
    world = await make_world(rules_alone())
    at = await scene(world)
    messages = Messages(world)
    messages.read()
    await STATES[state](at)
    await world.settle()
    assert await messages.alive() == []


# ---- invitations and swaps, whose buttons act at once -----------------------------------------


async def asked_by_name(world: World) -> str:
    """B and D are asked by name to present in a round that collects cases."""
    round_ = await Story(world, lambda _: None)._open_round()
    async with world.store.begin(ORGANISATION) as uow:
        found = await uow.get(Round, round_)
        await uow.save(replace(found, asked=(person_id("b"), person_id("d"))))
        work = Work(uow, world.clock.now(), world.tools)
        for key in "bd":
            await work.tell(person_id(key), "please_present", round_, slot=f"round:{round_}")
        await uow.commit()
    await world.settle()
    return round_


async def passed(world: World, round_: str) -> None:
    await world.player("b").press("round.pass", round_)


async def passed_and_after_all(world: World, round_: str) -> None:
    await passed(world, round_)
    await world.settle()
    await world.player("b").press("round.pass.undo", round_)


async def presented(world: World, round_: str) -> None:
    await passed_and_after_all(world, round_)
    await world.settle()
    form = await world.player("b").open("case.new")
    texts = {"title": "Stuck halfway", "background": "Messages come.", "key_question": "What now?"}
    answers = {"mode": ("icbt",), "language": ("en",), "objection": ("no",), "risk": ("no",)}
    await world.player("b").send_and_confirm(form, {**texts, **answers})


async def presented_and_withdrawn(world: World, round_: str) -> None:
    await presented(world, round_)
    await world.settle()
    (case,) = await world.find(Case, round=round_)
    await world.player("b").press("case.withdraw", case.id)


async def planned(world: World, round_: str) -> None:
    await passed(world, round_)
    await world.settle()
    await world.player("s").press("round.preview", round_)


async def published(world: World, round_: str) -> None:
    await planned(world, round_)
    await world.settle()
    async with world.store.begin(ORGANISATION) as uow:
        found = await uow.save(replace(await uow.get(Round, round_), planned_at=world.clock.now()))
        await publish(Work(uow, world.clock.now(), world.tools), found)
        await uow.commit()


async def cancelled(world: World, round_: str) -> None:
    await passed(world, round_)
    await world.settle()
    await world.player("s").press("round.cancel", round_)


INVITED: Mapping[str, Callable[[World, str], Awaitable[None]]] = {
    each.__name__: each
    for each in (*(passed, passed_and_after_all, presented, presented_and_withdrawn, planned, published, cancelled),)
}


@pytest.mark.parametrize("state", INVITED)
async def test_an_old_invitation_stays_dead(state: str) -> None:
    world = await make_world(rules_alone())
    messages = Messages(world)
    round_ = await asked_by_name(world)
    messages.read()
    await INVITED[state](world, round_)
    await world.settle()
    assert await messages.alive() == []


async def swap_of(at: Scene) -> Swap:
    await at.reviewer.send(await at.reviewer.open("review.swap", at.assignment.id), {"whom": (person_id("c"),)})
    await at.world.settle()
    (swap,) = await at.world.find(Swap)
    return swap


async def took_it(at: Scene, swap: Swap) -> None:
    await at.world.player("c").press("swap.take", swap.id)


async def said_no(at: Scene, swap: Swap) -> None:
    await at.world.player("c").press("swap.pass", swap.id)


async def ended(at: Scene, swap: Swap) -> None:
    await at.reviewer.press("review.swap.end", at.assignment.id)


async def not_answered(at: Scene, swap: Swap) -> None:
    await at.world.advance(days=2)


SWAPPED: Mapping[str, Callable[[Scene, Swap], Awaitable[None]]] = {
    each.__name__: each for each in (took_it, said_no, ended, not_answered)
}


@pytest.mark.parametrize("state", SWAPPED)
async def test_an_old_question_of_a_swap_stays_dead(state: str) -> None:
    world = await make_world(rules_alone())
    at = await scene(world)
    messages = Messages(world)
    swap = await swap_of(at)
    messages.read()
    await SWAPPED[state](at, swap)
    await world.settle()
    assert await messages.alive() == []


async def test_an_overtaken_invitation_stays_the_line_that_points_on() -> None:
    """The newer message asks; pressed in the older one, the answer stands there and the newer one shows it."""
    world = await make_world(rules_alone())
    messages = Messages(world)
    round_ = await asked_by_name(world)
    messages.read()
    await world.advance(minutes=2)
    async with world.store.begin(ORGANISATION) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        await work.tell(person_id("b"), "please_present", round_, slot=f"round:{round_}", key="again")
        await uow.commit()
    await world.advance(minutes=2)
    assert len(await world.find(OutboxEntry, person=person_id("b"), card="please_present")) == 2
    assert await messages.alive() == []


# ---- lines that point on ----------------------------------------------------------------------


async def test_every_line_that_points_on_names_the_newest_message() -> None:
    world = await make_world(rules_alone())
    at = await scene(world)
    for kind in ("answers_in", "swap_none"):
        await world.advance(minutes=2)
        async with world.store.begin(ORGANISATION) as uow:
            work = Work(uow, world.clock.now(), world.tools)
            await work.tell(person_id("b"), kind, at.assignment.id, slot=f"assignment:{at.assignment.id}")
            await uow.commit()
        await world.advance(minutes=2)
    cards = [card for user, card in standing(world) if user == person_id("b")]
    newest = cards[-1]
    lines = [card.summary for card in cards if card.key == "notice.overtaken"]
    assert len(lines) == 2
    assert all(newest.title in each for each in lines), lines


async def part_of_a_long_message(world: World) -> ActionPressed:
    """Pressed in the second of the messages that one long card became in a chat."""
    (entry,) = await world.find(OutboxEntry, person=person_id("b"), card="please_present")
    await change(world, entry, delivered_id="D1:1.0,2.0")
    actor = Actor("web", ORGANISATION, person_id("b"))
    return ActionPressed(event_id="pressed", actor=actor, key="round.pass", subject=entry.subject, message="D1:2.0")


async def test_a_button_in_a_part_of_a_long_message_is_known() -> None:
    world = await make_world(rules_alone())
    round_ = await asked_by_name(world)
    await world.player("s").press("round.cancel", round_)
    await world.settle()
    outcome = await world.entry.handle(await part_of_a_long_message(world))
    assert isinstance(outcome, Done)
    assert outcome.card
    assert [action.key for action in actions(outcome.card)] == ["home.open"]


async def test_a_press_in_a_message_of_several_leaves_the_others_in_place() -> None:
    world = await make_world(rules_alone())
    at = await scene(world)
    messages = Messages(world)
    await Story(world, lambda _: None)._open_round()
    (collecting,) = await world.find(Round, published_at=None)
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Round, collecting.id), asked=(person_id("b"),)))
        work = Work(uow, world.clock.now(), world.tools)
        await work.tell(person_id("b"), "answers_in", at.assignment.id)
        await work.tell(person_id("b"), "please_present", collecting.id, slot=f"round:{collecting.id}")
        await uow.commit()
    await world.settle()
    messages.read()
    ((where, action),) = [
        (at, a) for at, user, a in messages.shown() if (user, a.key) == (person_id("b"), "round.pass")
    ]
    outcome, card = await messages.press(where, person_id("b"), action)
    assert isinstance(outcome, Done)
    assert outcome.card
    for drawn in (outcome.card, card):
        assert {"review.open", "round.pass.undo"} <= {each.key for each in actions(drawn)}


async def a_review_that_moved(world: World) -> tuple[str, str]:
    at = await scene(world)
    await STATES["moved"](at)
    return "b", at.assignment.id


async def an_invitation_of_a_round_that_is_planned(world: World) -> tuple[str, str]:
    round_ = await asked_by_name(world)
    await planned(world, round_)
    return "d", round_


async def an_invitation_of_a_round_that_is_cancelled(world: World) -> tuple[str, str]:
    round_ = await asked_by_name(world)
    await cancelled(world, round_)
    return "d", round_


async def a_swap_that_is_open(world: World) -> tuple[str, str]:
    return "c", (await swap_of(await scene(world))).id


async def a_swap_that_ended(world: World) -> tuple[str, str]:
    at = await scene(world)
    swap = await swap_of(at)
    await ended(at, swap)
    return "c", swap.id


async def a_concern(world: World) -> tuple[str, str]:
    at = await scene(world)
    await at.concern()
    return "s", (await at.hold()).id


GONE: Mapping[str, Callable[[World], Awaitable[tuple[str, str]]]] = {
    each.__name__: each
    for each in (
        *(a_review_that_moved, an_invitation_of_a_round_that_is_planned, an_invitation_of_a_round_that_is_cancelled),
        *(a_swap_that_is_open, a_swap_that_ended, a_concern),
    )
}
"""Whose message points to which matter that is not theirs to open."""


@pytest.mark.parametrize("matter", GONE)
async def test_show_where_it_stands_shows_where_it_stands(matter: str) -> None:
    world = await make_world(rules_alone())
    key, subject = await GONE[matter](world)
    await world.settle()
    outcome = await world.player(key).press("matter.show", subject)
    assert isinstance(outcome, Say | Show)
    if isinstance(outcome, Say):
        assert outcome.card.key != (await world.player(key).home()).key
        assert outcome.card.summary
        assert "home.open" in {each.key for each in actions(outcome.card)}


def test_every_matter_of_a_message_can_be_shown() -> None:
    """What a slot begins with stands in the list that *Show where it stands* looks through."""
    begun = {kind for file in BOT.rglob("*.py") for kind in re.findall(r'slot=f"([a-z_]+):\{', file.read_text())}
    assert begun - {"x"} <= {*MATTERS, "sign_in"}
