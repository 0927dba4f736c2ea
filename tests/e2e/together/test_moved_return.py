"""A parental leave whose return moves: typed in Slack, by form in Teams, by a supervisor; each step can be undone."""

from __future__ import annotations

from datetime import date

import pytest

from bot.app.dependencies import Anonymiser
from bot.demo.clinic import person_id
from bot.demo.player import Player
from bot.ports.records import LeaveEntry
from bot.ui.inbound import Outcome, Refused, Say
from bot.ui.model import Action, Buttons
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


async def ends(both: Both, key: str) -> list[date | None]:
    """The last days of the leaves that hold."""
    found = await both.world.find(LeaveEntry, person=person_id(key), cancelled_at=None, order=("first_day",))
    return [entry.last_day for entry in found]


async def test_a_parental_leave_with_a_moved_return_works_everywhere(gate: Anonymiser) -> None:
    async with both_chats(gate) as both:
        players = await both.everybody()
        for key in ("b", "e"):  # one in Slack, one in Teams
            member, supervisor = players[key], players["s"]
            form = await member.open("caseload.leave")
            entered = await member.send(
                form, {"first_day": "2027-02-01", "last_day": "2027-08-31", "own_cases": ("keep",)}
            )
            assert isinstance(entered, Say)
            assert await ends(both, key) == [date(2027, 8, 31)]
            # The return moves: another entry in the same days is asked about, by the supervisor's form.
            form = await supervisor.open("caseload.leave", person_id(key))
            asked = await supervisor.send(
                form, {"first_day": "2027-02-01", "last_day": "2027-06-30", "own_cases": ("keep",)}
            )
            assert await ends(both, key) == [date(2027, 8, 31)]
            moved = await press(supervisor, asked, "Replace")
            assert await ends(both, key) == [date(2027, 6, 30)]
            await press(supervisor, moved, "Undo")
            assert await ends(both, key) == [date(2027, 8, 31)]
            # Typed by the person themselves: back earlier, taken back, and back on another day.
            back = await member.type("/caseload back on 2027-05-03")
            assert await ends(both, key) == [date(2027, 5, 2)]
            await press(member, back, "Undo")
            assert await ends(both, key) == [date(2027, 8, 31)]
            again = await press(member, back, "Undo")
            assert isinstance(again, Refused)
