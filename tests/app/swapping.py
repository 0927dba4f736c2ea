"""A review that its reviewer would rather give to somebody else: who is asked, presses and holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.demo.clinic import person_id
from bot.demo.player import Player
from bot.domain.assignment import Assignment
from bot.domain.swap import Swap
from bot.ui.inbound import Done, Outcome, Say
from bot.ui.model import Action, Buttons, Card
from tests.app.risk import scene
from tests.world import World

PRESENTER, ASKER, FELLOW = "a", "b", "e"
OTHERS = tuple("cdfgs")


@dataclass(frozen=True)
class Stage:
    """A case of A under review by B and E, in a group of eight; `subjects` are its ids."""

    world: World
    code: str
    subjects: Mapping[str, str]


async def staged(world: World) -> Stage:
    """Published this morning."""
    at = await scene(world, PRESENTER, (ASKER, FELLOW))
    (assignment,) = await world.find(Assignment, case=at.case.id, reviewer=person_id(ASKER))
    case = await at.now()
    return Stage(world, case.code, {"case": case.id, "assignment": assignment.id, "round": assignment.round})


async def ask(stage: Stage, whom: str = "anybody") -> Outcome:
    """B asks one colleague, or everybody."""
    asker = stage.world.player(ASKER)
    form = await asker.open("review.swap", stage.subjects["assignment"])
    outcome = await asker.send(form, {"whom": (whom if whom == "anybody" else person_id(whom),)})
    await stage.world.settle()
    return outcome


async def asked(stage: Stage) -> Swap:
    """The open question."""
    (swap,) = await stage.world.find(Swap)
    return swap


def keys(swap: Swap) -> list[str]:
    """The letters of those who are asked."""
    return [each.removeprefix("per_demo_") for each in swap.asked]


async def press(stage: Stage, key: str, action: str) -> Outcome:
    outcome = await stage.world.player(key).press(action, (await asked(stage)).id)
    await stage.world.settle()
    return outcome


def last(stage: Stage, key: str) -> Card:
    return stage.world.inbox(key)[-1]


def buttons(card: Card) -> dict[str, Action]:
    rows = [action for block in card.body if isinstance(block, Buttons) for action in block.actions]
    return {action.key: action for action in (*card.actions, *rows)}


async def held_by(stage: Stage) -> dict[str, Assignment]:
    """Who has a review of the case now."""
    found = await stage.world.find(Assignment, case=stage.subjects["case"], ended_at=None)
    return {each.reviewer.removeprefix("per_demo_"): each for each in found}


async def goes_on_leave(stage: Stage, who: Player) -> None:
    form = await who.open("caseload.leave")
    today = stage.world.clock.now().date()
    days = {"first_day": f"{today}", "last_day": f"{today + timedelta(days=9)}", "own_cases": ("keep",)}
    assert isinstance(await who.send(form, days), Done | Say)
