"""Buttons of messages, through everything that becomes of a round: what a message shows now works, what it showed once
is answered with a way on.

The states come from the story of a round; in each state every button of every message is tried by its person, and the
world is put back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from bot.demo.story import Story
from bot.ui.inbound import ActionPressed, Actor, Done, Outcome, Refused, Say
from bot.ui.model import Action
from tests.app.risk import Scene, scene
from tests.gate import rules_alone
from tests.tables.crawl import actions
from tests.world import World, make_world

Button = tuple[str, Action]
"""Whose message shows it, and what it does."""


@dataclass
class Messages:
    """What people's messages show now, and every button that one of them ever showed."""

    world: World
    now: dict[str, tuple[str, tuple[Action, ...]]] = field(default_factory=dict)
    ever: dict[tuple[str, str, str], Button] = field(default_factory=dict)

    def read(self) -> None:
        self.now.clear()
        for number, (user, message) in enumerate(self.world.platform.sent, start=1):
            shown = tuple(actions(message.card))
            self.now[message.replaces or f"msg-{number}"] = user, shown
            self.ever |= {(user, action.key, action.subject): (user, action) for action in shown}

    async def press(self, user: str, action: Action) -> Outcome:
        kept = self.world.kept()
        actor = Actor("web", "org_demo", user)
        event = ActionPressed(event_id=self.world.tools.ids.new("event"), actor=actor, key=action.key)
        outcome = await self.world.entry.handle(
            ActionPressed(**{**event.__dict__, "subject": action.subject, "args": dict(action.args)})
        )
        self.world.restore(kept)
        return outcome

    async def check(self, state: str) -> None:
        """Nothing that is shown is refused, and no button that was shown ends nowhere."""
        self.read()
        refused, tried = [], set()
        for user, shown in list(self.now.values()):
            for action in shown:
                tried.add((user, action.key, action.subject))
                outcome = await self.press(user, action)
                if isinstance(outcome, Refused):
                    refused.append((user, action.key, outcome.key))
        assert refused == [], (state, "a message still shows what is over")
        dead = []
        for user, action in [button for which, button in self.ever.items() if which not in tried]:
            outcome = await self.press(user, action)
            if isinstance(outcome, Refused) and not outcome.way:
                dead.append((user, action.key, outcome.key))
        assert dead == [], (state, "an old button leads nowhere")


@pytest.mark.slow
async def test_buttons_through_a_whole_round() -> None:
    world = await make_world(rules_alone())
    messages, story = Messages(world), Story(world, lambda _: None)
    round_ = await story._open_round()
    await messages.check("collecting")
    await story._present()
    await messages.check("presented")
    await story._plan_and_publish(round_)
    await messages.check("published")
    await story._clarify(round_)
    await messages.check("clarified")
    await story._review(round_)
    await messages.check("reviewed")
    await story._take_away(round_)
    await world.advance(days=4)
    await messages.check("closed")
    await world.advance(days=40)
    await messages.check("texts erased")


@pytest.mark.slow
async def test_buttons_of_a_plan_that_is_published_on_its_day_or_cancelled() -> None:
    world = await make_world(rules_alone())
    messages, story = Messages(world), Story(world, lambda _: None)
    round_ = await story._open_round()
    await story._present()
    await world.advance(days=4)
    await messages.check("plan ready")
    kept = world.kept()
    await world.player("s").press("round.cancel", round_)
    await world.settle()
    await messages.check("cancelled")
    world.restore(kept)
    await world.advance(days=3)
    await messages.check("published by itself")


async def withdrawn(at: Scene) -> None:
    assert isinstance(await at.presenter.press("case.withdraw", at.case.id), Done)


async def moved(at: Scene) -> None:
    supervisor = at.world.player("s")
    form = await supervisor.open("review.reassign", at.assignment.id)
    assert isinstance(await supervisor.send(form, {}), Done)


async def declined(at: Scene) -> None:
    form = await at.reviewer.open("review.decline", at.assignment.id)
    assert isinstance(await at.reviewer.send(form, {"reason": ("conflict",)}), Done)


async def held(at: Scene) -> None:
    await at.concern()


async def asked_and_withdrawn(at: Scene) -> None:
    form = await at.reviewer.open("review.open", at.assignment.id)
    await at.reviewer.send_and_confirm(form, {"question": "What has she tried so far?"})
    await at.world.settle()
    await withdrawn(at)


async def closed_round(at: Scene) -> None:
    await at.world.player("s").press("round.close", at.case.round or "")


async def left(at: Scene) -> None:
    form = await at.reviewer.open("caseload.leave")
    values = {"first_day": "2027-01-18", "last_day": "2027-02-28", "own_cases": ("keep",), "cover": ()}
    assert isinstance(await at.reviewer.send(form, values), Say)


STATES: dict[str, Callable[[Scene], Awaitable[None]]] = {
    "withdrawn": withdrawn,
    "withdrawn with a question": asked_and_withdrawn,
    "moved": moved,
    "declined": declined,
    "on hold": held,
    "round closed": closed_round,
    "on leave": left,
}


@pytest.mark.parametrize("state", STATES)
async def test_buttons_after(state: str) -> None:
    world = await make_world(rules_alone())
    at = await scene(world)
    messages = Messages(world)
    await messages.check("published")
    await STATES[state](at)
    await world.settle()
    await messages.check(state)
