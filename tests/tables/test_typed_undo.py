"""Typed "undo" puts the newest step back whatever it was, and says which: a row for every kind that a button undoes."""

from __future__ import annotations

import ast
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import bot
from bot.app.overview.undo_last import UNDO
from bot.demo.clinic import person_id
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Closure, Group
from bot.domain.round import Round
from bot.domain.swap import Swap
from bot.ports.records import FteEntry, LeaveEntry, ModeEntry, Timer
from bot.ui.inbound import Done, Refused, Say
from bot.ui.strings import words
from tests.app.risk import Scene, scene
from tests.app.test_publication import planned
from tests.gate import rules_alone
from tests.tables.test_cause_undone import Told, place_empty_by_leave
from tests.tables.test_undo import CLOSED, LEAVE, MODE, WORK
from tests.world import World, make_world

BOT = Path(bot.__file__).parent
W = words("en")


@dataclass(frozen=True)
class Row:
    """Who acts, the act, what of the world it changes."""

    key: str
    act: Callable[[World], Awaitable[object]]
    state: Callable[[World], Awaitable[object]]


def filled(
    key: str, form: str, values: Mapping[str, object], subject: str = ""
) -> Callable[[World], Awaitable[object]]:
    async def act(world: World) -> object:
        player = world.player(key)
        return await player.send(await player.open(form, subject), values)  # type: ignore[arg-type]  # texts and choices

    return act


def all_of(kind: type[Any], **conditions: Any) -> Callable[[World], Awaitable[object]]:
    async def state(world: World) -> object:
        return [repr(each) for each in await world.find(kind, **conditions)]

    return state


async def hand_over(world: World) -> None:
    at = await scene(world)
    supervisor = world.player("s")
    await supervisor.send(await supervisor.open("review.reassign", at.assignment.id), {})


async def reviewers(world: World) -> object:
    return sorted(each.reviewer for each in await world.find(Assignment, ended_at=None, submitted_at=None))


async def take(world: World) -> None:
    at = await scene(world)
    await at.reviewer.send(await at.reviewer.open("review.swap", at.assignment.id), {"whom": (person_id("c"),)})
    (swap,) = await world.find(Swap)
    await world.player("c").press("swap.take", swap.id)


async def say_no(world: World) -> None:
    at = await scene(world)
    await at.reviewer.send(await at.reviewer.open("review.swap", at.assignment.id), {"whom": ("anybody",)})
    (swap,) = await world.find(Swap)
    assert len(swap.asked) > 1
    key = next(key for key in "abcdefghs" if person_id(key) in swap.asked)
    await world.player(key).press("swap.pass", swap.id)


async def fewer(world: World) -> None:
    t = Told(world)
    await place_empty_by_leave(t)
    await world.player("s").press("round.fewer", t.scene.case.round or "", case=t.scene.case.id)


async def wanted(world: World) -> object:
    return [case.reviewers for case in await world.find(Case, closed_at=None, withdrawn_at=None)]


async def publish_soon(world: World) -> None:
    round_ = await planned(world)
    await world.player("s").press("round.publish.soon", round_)


async def publication(world: World) -> object:
    timers = await world.find(Timer, what="round.publish")
    return any(each.at - world.clock.now() < timedelta(minutes=15) for each in timers)


async def asked_still(world: World) -> object:
    return [each.passed for each in await world.find(Swap)]


async def who_said_no(world: World) -> str:
    (swap,) = await world.find(Swap)
    return next(key for key in "abcdefghs" if person_id(key) in swap.passed)


ROWS: Mapping[str, Row] = {
    "leave": Row("b", filled("b", "caseload.leave", LEAVE), all_of(LeaveEntry, cancelled_at=None)),
    "mode": Row("b", filled("b", "caseload.plan", MODE), all_of(ModeEntry, cancelled_at=None)),
    "work": Row("b", filled("b", "caseload.work", WORK), all_of(FteEntry, cancelled_at=None)),
    "closure": Row("s", filled("s", "closures.add", CLOSED), all_of(Closure)),
    "hand_over": Row("s", hand_over, reviewers),
    "swap.taken": Row("c", take, reviewers),
    "swap.passed": Row("", say_no, asked_still),
    "round.fewer": Row("s", fewer, wanted),
    "round.publish": Row("s", publish_soon, publication),
}
BY_TESTS_OF_ADMINISTRATION = {"staff", "added", "policy", "renamed", "merge", "closed", "duty"}
"""Undone by the same command as their buttons, which tests/app/test_administration*.py press."""
NAMED = {"leave": "1 Feb", "mode": "Face-to-face"}


@pytest.mark.parametrize("row", ROWS)
async def test_undo_typed_puts_back_the_last_step_and_names_it(row: str) -> None:
    it, world = ROWS[row], await make_world(rules_alone())
    before = await it.state(world) if row in {"leave", "mode", "work", "closure", "round.publish"} else None
    await it.act(world)
    done = await it.state(world)
    key = it.key or await who_said_no(world)
    outcome = await world.player(key).type("undo")
    assert isinstance(outcome, Say | Done), outcome
    said = repr(outcome)
    assert (NAMED[row] if row in NAMED else W(UNDO[row].name)) in said
    now = await it.state(world)
    assert now != done
    assert before is None or now == before
    assert isinstance(await world.player(key).type("undo"), Refused), "once"


@pytest.mark.parametrize("row", ["hand_over", "swap.taken", "round.fewer", "round.publish"])
async def test_undo_names_the_case_or_the_round_that_the_step_touched(row: str) -> None:
    """On the start page, where it can be undone from there, and in the answer to the typed word."""
    it, world = ROWS[row], await make_world(rules_alone())
    await it.act(world)
    if row == "round.publish":
        (round_,) = [each for each in await world.find(Round) if not each.published_at]
        (group,) = await world.find(Group, id=round_.group)
        about = W("round.number", group=group.name, number=round_.number)
    else:
        about = "KQ-472"
    named = f"{W(UNDO[row].name)} · {about}"
    assert row == "round.publish" or named in repr(await world.player(it.key).home())
    assert named in repr(await world.player(it.key).type("undo"))


async def test_undo_takes_the_newest_of_several_kinds_first() -> None:
    world = await make_world(rules_alone())
    await ROWS["closure"].act(world)
    await world.advance(minutes=1)
    await filled("s", "caseload.leave", LEAVE)(world)
    first, second = await world.player("s").type("undo"), await world.player("s").type("/caseload undo")
    assert "1 Feb" in repr(first)
    assert W(UNDO["closure"].name) in repr(second)
    assert await world.find(Closure) == []


async def test_undo_is_refused_after_ten_minutes() -> None:
    world = await make_world(rules_alone())
    await ROWS["closure"].act(world)
    await world.advance(minutes=11)
    refused = await world.player("s").type("undo")
    assert isinstance(refused, Refused)
    assert refused.key == "nothing_to_take_back"


async def declines(at: Scene) -> None:
    await at.reviewer.send(await at.reviewer.open("review.decline", at.assignment.id), {"reason": ("conflict",)})


async def closes_the_round(at: Scene) -> None:
    await at.world.player("s").press("round.close", at.case.round or "")


async def does_nothing(at: Scene) -> None:
    """Nothing was ever done that could be undone."""


@pytest.mark.parametrize(("key", "act"), [("b", declines), ("s", closes_the_round), ("b", does_nothing)])
@pytest.mark.parametrize("typed", ["undo", "/caseload undo"])
async def test_undo_after_a_step_that_has_none_says_so(
    key: str, act: Callable[[Scene], Awaitable[None]], typed: str
) -> None:
    """Ten minutes are not over, nor was anything undone: nothing of theirs can be taken back."""
    world = await make_world(rules_alone())
    at = await scene(world)
    await act(at)
    refused = await world.player(key).type(typed)
    assert isinstance(refused, Refused)
    assert refused.key == "nothing_to_take_back"
    assert "undone already" not in refused.text


def test_every_kind_of_step_that_is_remembered_can_be_undone_by_the_word() -> None:
    """What `remember` is called with, in the whole program."""
    kinds, constants = set[str](), {"HANDED_OVER": "hand_over", "TAKEN": "swap.taken", "FEWER": "round.fewer"}
    constants |= {"PASSED": "swap.passed", "WHAT": "round.publish"}
    for file in BOT.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "remember":
                what = node.args[2]
                kinds.add(str(what.value) if isinstance(what, ast.Constant) else constants[ast.unparse(what)])
    assert kinds == set(UNDO)
    assert kinds == set(ROWS) | BY_TESTS_OF_ADMINISTRATION | {"leaves"}
