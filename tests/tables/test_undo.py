"""Every act about leave, mode, working time and closed days: its answer can be undone, and changed where that is asked.

A row is an act, by somebody for themselves or by a supervisor for a member. Undone, everything is as it was.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from bot.app.context import Work
from bot.app.facts.caseload import caseload_of
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.player import Player
from bot.domain.organisation import Closure
from bot.domain.person import Person
from bot.ports.records import FteEntry, LeaveEntry, LimitEntry, ModeEntry, Timer
from bot.ui.inbound import Done, Outcome, Refused, Say
from bot.ui.model import Action, Buttons
from tests.gate import rules_alone
from tests.tables.crawl import actions
from tests.world import World, make_world

LEAVE = {"first_day": "2027-02-01", "last_day": "2027-02-12", "own_cases": ("keep",)}
MODE = {"mode": ("f2f",), "from_day": "2027-02-01", "until_day": "2027-02-12"}
WORK = {"fte": "60", "fte_from": "2027-02-01", "practising_since": "2020-01-01", "limit_cap": "1"}
CLOSED = {"clinic": ("cli_kiel",), "first_day": "2027-02-01", "last_day": "2027-02-05", "name": "repairs"}


@dataclass
class Acting:
    """Who acts, about whom."""

    world: World
    player: Player
    subject: str
    """A member's id, or nobody for oneself."""

    @property
    def person(self) -> str:
        return self.subject or person_id(self.player.key)

    async def fill(self, key: str, values: Mapping[str, Sequence[str]], subject: str | None = None) -> Outcome:
        form = await self.player.open(key, self.subject if subject is None else subject)
        return await self.player.send(form, values)

    async def held(self, kind: type[Any]) -> str:
        """The entry of a kind that holds."""
        given = {} if kind is Closure else {"person": self.person, "cancelled_at": None}
        return str((await self.world.find(kind, **given))[-1].id)

    async def change(self, key: str, kind: type[Any], values: Mapping[str, Sequence[str]]) -> Outcome:
        return await self.fill(key, values, await self.held(kind))

    async def press(self, key: str, kind: type[Any]) -> Outcome:
        return await self.player.press(key, await self.held(kind))


Act = Callable[[Acting], Awaitable[Outcome]]
SHORTER = {**LEAVE, "last_day": "2027-02-05"}
ACTS: Mapping[str, tuple[Act | None, Act]] = {
    "leave.enter": (None, lambda a: a.fill("caseload.leave", LEAVE)),
    "leave.today": (None, lambda a: a.fill("caseload.leave", {**LEAVE, "first_day": "2027-01-18"})),
    "leave.open": (None, lambda a: a.fill("caseload.leave", {**LEAVE, "last_day": ""})),
    "leave.change": (
        lambda a: a.fill("caseload.leave", LEAVE),
        lambda a: a.change("caseload.leave.change", LeaveEntry, SHORTER),
    ),
    "leave.give_up": (lambda a: a.fill("caseload.leave", LEAVE), lambda a: a.press("caseload.back", LeaveEntry)),
    "leave.end": (
        lambda a: a.fill("caseload.leave", {**LEAVE, "first_day": "2027-01-11"}),
        lambda a: a.press("caseload.back", LeaveEntry),
    ),
    "mode.plan": (None, lambda a: a.fill("caseload.plan", MODE)),
    "mode.today": (None, lambda a: a.fill("caseload.plan", {**MODE, "from_day": "2027-01-18"})),
    "mode.for_good": (None, lambda a: a.fill("caseload.plan", {**MODE, "until_day": ""})),
    "mode.change": (
        lambda a: a.fill("caseload.plan", MODE),
        lambda a: a.change("caseload.mode.change", ModeEntry, {**MODE, "mode": ("blended",)}),
    ),
    "mode.delete": (lambda a: a.fill("caseload.plan", MODE), lambda a: a.press("caseload.mode.delete", ModeEntry)),
    "work": (None, lambda a: a.fill("caseload.work", WORK)),
    "work.share.delete": (
        lambda a: a.fill("caseload.work", WORK),
        lambda a: a.press("caseload.work.delete", FteEntry),
    ),
    "work.limit.delete": (
        lambda a: a.fill("caseload.work", WORK),
        lambda a: a.press("caseload.limit.delete", LimitEntry),
    ),
}
OWN: Mapping[str, tuple[Act | None, Act]] = {
    "leave.typed": (None, lambda a: a.player.type("/caseload leave from 1 Feb 2027 until 12 Feb 2027")),
    "leave.back_typed": (
        lambda a: a.player.type("/caseload leave from 1 Feb 2027 until 12 Feb 2027"),
        lambda a: a.player.type("/caseload back on 8 Feb 2027"),
    ),
    "mode.typed": (None, lambda a: a.player.type("/caseload f2f until 12 Feb 2027")),
    "mode.pressed": (None, lambda a: a.player.press("caseload.switch", mode="f2f")),
    "week": (None, lambda a: a.fill("week.open", {"weekdays": ("0", "3")})),
}
CLOSURES: Mapping[str, tuple[Act | None, Act]] = {
    "closed.enter": (None, lambda a: a.fill("closures.add", CLOSED, "")),
    "closed.change": (
        lambda a: a.fill("closures.add", CLOSED, ""),
        lambda a: a.change("closures.edit", Closure, {**CLOSED, "last_day": "2027-02-12", "name": "painters"}),
    ),
    "closed.remove": (lambda a: a.fill("closures.add", CLOSED, ""), lambda a: a.press("closures.remove", Closure)),
}
ROWS = [
    *((name, "a", "", *acts) for name, acts in {**ACTS, **OWN}.items()),
    *((name, "s", "a", *acts) for name, acts in ACTS.items()),
    *((name, "s", "", *acts) for name, acts in CLOSURES.items()),
]
CHANGES = (
    "caseload.leave.change",
    "caseload.mode.change",
    "caseload.work",
    "week.open",
    "closures.edit",
    "closures.add",
)


def buttons(outcome: Outcome) -> list[Action]:
    """What can be pressed in an answer."""
    card = outcome.card if isinstance(outcome, Say | Done) else None
    assert card, outcome
    inside = [a for block in card.body if isinstance(block, Buttons) for a in block.actions]
    rows = [a for block in card.body for a in getattr(block, "actions", ()) if not isinstance(block, Buttons)]
    return [*inside, *rows, *card.actions]


async def state(acting: Acting) -> list[Any]:
    """Everything that holds for the person, with the moments that are set, and the closed days."""
    world = acting.world
    async with world.store.begin(ORGANISATION, write=False) as uow:
        person = await uow.get(Person, acting.person)
        caseload = await caseload_of(Work(uow, world.clock.now(), world.tools), person)
    leaves = {e.id for e in await world.find(LeaveEntry, person=acting.person)}
    timers = sorted((t.what, f"{t.at}") for t in await world.find(Timer) if t.subject in leaves)
    return [caseload, person.weekdays, timers, await world.find(Closure)]


@pytest.mark.parametrize(("name", "by", "member", "before", "act"), ROWS, ids=lambda v: v if isinstance(v, str) else "")
async def test_every_act_is_undone_by_its_answer(name: str, by: str, member: str, before: Act | None, act: Act) -> None:
    world = await make_world(rules_alone())
    acting = Acting(world, world.player(by), person_id(member) if member else "")
    if before:
        await before(acting)
    was = await state(acting)
    done = await act(acting)
    assert await state(acting) != was
    (undo,) = [action for action in buttons(done) if action.key.endswith(".undo")]
    if "delete" not in name and name not in {"leave.give_up", "leave.end"}:
        assert any(action.key in CHANGES for action in buttons(done)), "nothing to change it by"
    await world.player("b").press(undo.key, undo.subject)  # somebody else's step is not theirs
    assert await state(acting) != was
    await acting.player.press(undo.key, undo.subject)
    assert await state(acting) == was
    assert isinstance(await acting.player.press(undo.key, undo.subject), Refused)


async def test_after_ten_minutes_there_is_nothing_to_undo() -> None:
    world = await make_world(rules_alone())
    acting = Acting(world, world.player("a"), "")
    done = await acting.fill("week.open", {"weekdays": ("0", "3")})
    (undo,) = [action for action in buttons(done) if action.key.endswith(".undo")]
    await world.advance(minutes=11)
    assert isinstance(await acting.player.press(undo.key, undo.subject), Refused)


Later = tuple[str, str, Act | None, Act, Act]
LATER: Mapping[str, Later] = {
    "leave.shortened": ("a", "", None, ACTS["leave.enter"][1], ACTS["leave.change"][1]),
    "leave.back_typed": ("a", "", None, OWN["leave.typed"][1], OWN["leave.back_typed"][1]),
    "leave.given_up": ("a", "", None, ACTS["leave.enter"][1], ACTS["leave.give_up"][1]),
    "leave.taken_anew": ("a", "", *ACTS["leave.give_up"], ACTS["leave.enter"][1]),
    "leave.of_a_member": ("s", "a", None, ACTS["leave.enter"][1], ACTS["leave.change"][1]),
    "mode.changed": ("a", "", None, ACTS["mode.plan"][1], ACTS["mode.change"][1]),
    "mode.switched_again": (
        "a",
        "",
        None,
        OWN["mode.pressed"][1],
        lambda a: a.player.press("caseload.switch", mode="blended"),
    ),
    "mode.of_a_member": ("s", "a", None, ACTS["mode.plan"][1], ACTS["mode.delete"][1]),
    "work.changed": ("a", "", None, ACTS["work"][1], lambda a: a.fill("caseload.work", {**WORK, "fte": "80"})),
    "work.deleted": ("s", "a", None, ACTS["work"][1], ACTS["work.share.delete"][1]),
    "week": ("a", "", None, OWN["week"][1], lambda a: a.fill("week.open", {"weekdays": ("1", "2")})),
    "closed.changed": ("s", "", None, CLOSURES["closed.enter"][1], CLOSURES["closed.change"][1]),
    "closed.removed": ("s", "", *CLOSURES["closed.change"], CLOSURES["closed.remove"][1]),
}


@pytest.mark.parametrize("name", LATER)
async def test_undo_after_a_later_change_is_refused_until_the_later_one_is_undone(name: str) -> None:
    by, member, before, earlier, later = LATER[name]
    world = await make_world(rules_alone())
    acting = Acting(world, world.player(by), person_id(member) if member else "")
    if before:
        await before(acting)
    began = await state(acting)
    (older,) = [action for action in buttons(await earlier(acting)) if action.key.endswith(".undo")]
    between = await state(acting)
    (newer,) = [action for action in buttons(await later(acting)) if action.key.endswith(".undo")]
    now = await state(acting)
    refused = await acting.player.press(older.key, older.subject)
    assert isinstance(refused, Refused)
    assert refused.key == "changed_since"
    assert (newer.key, newer.subject) in {(action.key, action.subject) for action in refused.way}
    assert await state(acting) == now, "nothing is changed by what is refused"
    await acting.player.press(newer.key, newer.subject)
    assert await state(acting) == between
    await acting.player.press(older.key, older.subject)
    assert await state(acting) == began


async def test_undo_of_one_leave_leaves_another_alone() -> None:
    world = await make_world(rules_alone())
    acting = Acting(world, world.player("a"), "")
    first = await acting.fill("caseload.leave", LEAVE)
    (undo,) = [action for action in buttons(first) if action.key.endswith(".undo")]
    await acting.fill("caseload.leave", {**LEAVE, "first_day": "2027-05-03", "last_day": "2027-05-07"})
    assert not isinstance(await acting.player.press(undo.key, undo.subject), Refused)
    (kept,) = await world.find(LeaveEntry, person=acting.person, cancelled_at=None)
    assert f"{kept.first_day}" == "2027-05-03"


async def test_the_refusal_of_an_older_undo_says_what_holds_today() -> None:
    world = await make_world(rules_alone())
    acting = Acting(world, world.player("a"), "")
    (undo,) = [a for a in buttons(await ACTS["leave.today"][1](acting)) if a.key.endswith(".undo")]
    await acting.player.type("/caseload back on 8 Feb 2027")
    refused = await acting.player.press(undo.key, undo.subject)
    assert isinstance(refused, Refused)
    assert "On leave until Sun, 7 Feb 2027" in refused.text


STEPS: Mapping[str, tuple[str, Mapping[str, Sequence[str]]]] = {
    "leave": ("caseload.leave", LEAVE),
    "mode": ("caseload.plan", MODE),
    "work": ("caseload.work", WORK),
}


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_can_be_undone_where_its_person_looks_next(step: str) -> None:
    """The start page has it for ten minutes, and not after a later step changed what it did."""
    world = await make_world(rules_alone())
    player, (form, values), key = world.player("b"), STEPS[step], "caseload.undo"
    before = await world.player("b").home()
    await player.send(await player.open(form), values)
    (undo,) = [action for action in actions(await player.home()) if action.key == key]
    assert not isinstance(await player.press(undo.key, undo.subject), Refused)
    assert [a.key for a in actions(await player.home())] == [a.key for a in actions(before)]
    await player.send(await player.open(form), values)
    await world.advance(minutes=11)
    assert key not in {action.key for action in actions(await player.home())}
