"""A parental leave whose return moves: typed, by form, by a supervisor, in Slack, in Teams and on the page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest

from bot.app.dependencies import Anonymiser
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.player import Player, StoryBroken
from bot.domain.person import Person, Role
from bot.ports.records import LeaveEntry
from bot.ui.inbound import Outcome, Refused, Say
from bot.ui.model import Action, Buttons, Form
from tests.gate import rules_alone
from tests.standins.both import Both, both_chats


@pytest.fixture(scope="module")
def gate() -> Anonymiser:
    """One for all tests here."""
    return rules_alone()


def button(shown: Outcome, label: str) -> Action:
    """The button of an answer whose label begins like this."""
    assert isinstance(shown, Say), shown
    found = [a for block in shown.card.body if isinstance(block, Buttons) for a in block.actions]
    return next(a for a in found if a.label.startswith(label))


async def press(player: Player, shown: Outcome, label: str) -> Outcome:
    action = button(shown, label)
    return await player.press(action.key, action.subject, **action.args)


async def refused_or_gone(player: Player, shown: Outcome, label: str) -> bool:
    """Whether a button does nothing any more; where the answer stands in its card's place it is not there either."""
    try:
        return isinstance(await press(player, shown, label), Refused)
    except StoryBroken:
        return True


@dataclass
class Acting:
    """Somebody who enters and changes a leave, their own or a member's, and the day it ends as of now."""

    both: Both
    player: Player
    member: str

    @property
    def whose(self) -> str:
        """The subject of a form: nobody for one's own leave."""
        return "" if self.player.key == self.member else person_id(self.member)

    async def type(self, words: str) -> Outcome:
        """After `/caseload`; a supervisor names the member first."""
        name = (await self.both.world.find(Person, id=person_id(self.member)))[0].name
        return await self.player.type(f"/caseload for {name}: {words}" if self.whose else f"/caseload {words}")

    async def last(self) -> date | None:
        (entry,) = await self.both.world.find(LeaveEntry, person=person_id(self.member), cancelled_at=None)
        return entry.last_day

    async def new(self) -> Form:
        """The form for leave; a member's lies behind their line in the supervisor's overview."""
        if self.whose:
            await self.player.press("supervision.overview")
            await self.player.press("supervision.member", self.whose)
        return await self.player.open("caseload.leave", self.whose)

    async def fill(self, form: Form, last: str) -> Outcome:
        return await self.player.send(form, {"first_day": "2027-02-01", "last_day": last, "own_cases": ("keep",)})


async def typed(who: Acting, last: str) -> Outcome:
    """As somebody types it; in days that have leave already it is asked about."""
    said = await who.type(f"leave from 2027-02-01 until {last}")
    return await press(who.player, said, "Replace") if "Nothing is changed yet" in str(said) else said


async def changed(who: Acting, last: str) -> Outcome:
    """The same, but the new end is typed as a change of the leave that is entered."""
    known = await who.both.world.find(LeaveEntry, person=person_id(who.member), cancelled_at=None)
    return await who.type(f"end leave on {last}") if known else await typed(who, last)


async def by_form(who: Acting, last: str) -> Outcome:
    """By the form for leave; the answer's *Change* opens the form that changes it."""
    known = await who.both.world.find(LeaveEntry, person=person_id(who.member), cancelled_at=None)
    form = await who.player.open("caseload.leave.change", known[0].id) if known else await who.new()
    return await who.fill(form, last)


async def by_entering_again(who: Acting, last: str) -> Outcome:
    """By the form for a new leave, which asks when there is one in these days."""
    said = await who.fill(await who.new(), last)
    return await press(who.player, said, "Replace") if "Nothing is changed yet" in str(said) else said


WAYS = {"typing": typed, "change": changed, "form": by_form, "again": by_entering_again}
TABLE = """
place   acts  member way
slack   a     a      typing
slack   b     b      form
slack   s     c      form
slack   s     c      again
slack   s     c      typing
slack   s     c      change
slack   a     a      change
teams   d     d      typing
teams   e     e      form
teams   g     f      form
teams   g     f      again
teams   g     f      typing
teams   g     f      change
teams   d     d      change
page    a     a      typing
page    b     b      form
page    s     c      form
page    s     c      again
page    s     c      typing
page    s     c      change
page    a     a      change
"""
"""Who acts on which platform for whom, and how; s and g are supervisors."""


@pytest.mark.slow
async def test_a_parental_leave_with_a_moved_return_works_everywhere(gate: Anonymiser) -> None:
    async with both_chats(gate) as both:
        players = await both.everybody()
        await make_supervisor(both, "g")
        for line in TABLE.strip().splitlines()[1:]:
            place, acts, member, way = line.split()
            who = Acting(both, both.world.player(acts) if place == "page" else players[acts], member)
            enter = WAYS[way]
            entered = await enter(who, "2027-08-31")
            assert {"Undo", "Change"} <= labels(entered), line
            await both.world.advance(seconds=1)
            moved = await enter(who, "2027-06-30")
            assert await who.last() == date(2027, 6, 30), line
            assert {"Undo", "Change"} <= labels(moved), line
            await (who.player.type("/caseload undo") if way == "change" else press(who.player, moved, "Undo"))
            assert await who.last() == date(2027, 8, 31), line
            assert await refused_or_gone(who.player, moved, "Undo"), line  # once only
            if not who.whose:
                back = await who.player.type("/caseload back on 2027-05-03")
                assert await who.last() == date(2027, 5, 2), line
                await press(who.player, back, "Undo")
                assert await who.last() == date(2027, 8, 31), line
            (entry,) = await both.world.find(LeaveEntry, person=person_id(member), cancelled_at=None)
            await who.new()  # lists what is entered, each with its button
            given_up = await who.player.press("caseload.back", entry.id)
            assert not await both.world.find(LeaveEntry, person=person_id(member), cancelled_at=None), line
            assert "Undo" in labels(given_up), line


def labels(shown: Outcome) -> set[str]:
    """The first words of an answer's buttons."""
    assert isinstance(shown, Say), shown
    return {a.label.partition(" ")[0] for block in shown.card.body if isinstance(block, Buttons) for a in block.actions}


async def make_supervisor(both: Both, key: str) -> None:
    """Give a therapist the role of a supervisor as well."""
    async with both.world.store.begin(ORGANISATION) as uow:
        person = await uow.get(Person, person_id(key))
        await uow.save(replace(person, roles=person.roles | {Role.SUPERVISOR}))
        await uow.commit()
