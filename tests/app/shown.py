"""What an answer shows in plain text, the buttons on it, and a case that goes on."""

from __future__ import annotations

from bot.demo.clinic import person_id
from bot.demo.player import Player
from bot.demo.story import lines_of
from bot.domain.case import Case
from bot.ui.inbound import Outcome, Say, Show
from bot.ui.model import Buttons
from tests.world import World


def text(outcome: Outcome) -> str:
    """Everything a person reads in a card or form."""
    assert isinstance(outcome, Say | Show), outcome
    shown = outcome.card if isinstance(outcome, Say) else outcome.form
    return "\n".join([shown.title, *(line for block in shown.body for line in lines_of(block))])


async def press(player: Player, shown: Outcome, label: str) -> Outcome:
    """Press the button of an answer whose label begins like this."""
    assert isinstance(shown, Say), shown
    buttons = [a for block in shown.card.body if isinstance(block, Buttons) for a in block.actions]
    action = next(a for a in (*buttons, *shown.card.actions) if a.label.startswith(label))
    return await player.press(action.key, action.subject, **action.args)


async def open_case_of(world: World, presenter: str) -> Case:
    async with world.store.begin("org_demo", write=False) as uow:
        mine = await uow.cases_of(person_id(presenter))
        return next(c for c in await uow.find(Case, id__in=mine) if c.open)
