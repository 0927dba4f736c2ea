"""A member hears of what a supervisor enters for them: in their hours, on leave or not, with what holds now."""

from __future__ import annotations

import pytest

from bot.demo.clinic import person_id
from bot.ports.records import LeaveEntry
from bot.ui.inbound import Outcome, Refused
from bot.ui.model import Card
from tests.app.shown import press, text
from tests.tables.crawl import actions
from tests.world import World

OPEN, SHORT, LATER = "", "2027-01-19", "2027-02-12"


async def entered(world: World, last: str, first: str = "2027-01-18") -> Outcome:
    """What a supervisor is answered who enters B's leave; the world's day is Monday 18 January 2027."""
    supervisor = world.player("s")
    days = {"first_day": first, "last_day": last, "own_cases": ("keep",)}
    return await supervisor.send(await supervisor.open("caseload.leave", person_id("b")), days)


def newest(world: World, key: str) -> Card:
    return [card for card in world.inbox("b") if card.key == f"notice.{key}"][-1]


def everything(card: Card) -> str:
    return repr(card)


@pytest.mark.parametrize("last", [OPEN, SHORT, LATER])
@pytest.mark.parametrize("hours", [0, 13])
async def test_leave_that_starts_today_is_told_on_leave(world: World, last: str, hours: int) -> None:
    if hours:
        await world.advance(hours=hours)  # at night: told in the morning, on leave or not
    assert "will be told" in text(await entered(world, last))
    await world.advance(hours=hours)
    assert newest(world, "leave_entered").title


async def test_the_buttons_of_the_notice_answer_when_the_leave_is_over(world: World) -> None:
    await entered(world, SHORT)
    await world.settle()
    (entry,) = await world.find(LeaveEntry)
    offered = {action.key for action in actions(newest(world, "leave_entered"))}
    assert {"caseload.back", "caseload.leave.change"} <= offered
    await world.advance(days=3)
    for key in offered:
        assert not isinstance(await world.player("b").press(key, entry.id), Refused), key


async def test_the_notice_of_an_undo_names_the_leave_that_holds(world: World) -> None:
    await world.player("b").type("/caseload leave from 1 Mar 2027 until 5 Mar 2027")
    said = await entered(world, LATER, "2027-02-01")
    await world.settle()
    await press(world.player("s"), said, "Undo")
    await world.settle()
    told = everything(newest(world, "leave_undone"))
    assert "1 Mar 2027" in told
    assert "12 Feb" not in told


async def test_the_notice_of_an_ended_leave_names_the_leave_to_come(world: World) -> None:
    await world.player("b").type("/caseload leave from 1 Mar 2027 until 5 Mar 2027")
    await world.player("b").type("/caseload leave from 1 Feb 2027 until 5 Feb 2027")
    first = min(await world.find(LeaveEntry), key=lambda entry: entry.first_day)
    await world.player("s").press("caseload.back", first.id)
    await world.settle()
    assert "1 Mar 2027" in everything(newest(world, "leave_ended"))


async def test_a_change_of_mode_says_that_the_member_is_told_and_the_notice_names_it(world: World) -> None:
    supervisor = world.player("s")
    values = {"mode": ("f2f",), "from_day": "2027-02-01", "until_day": "2027-02-12", "note": ""}
    said = await supervisor.send(await supervisor.open("caseload.plan", person_id("b")), values)
    assert "will be told" in text(said)
    await world.settle()
    told = everything(newest(world, "mode_entered"))
    assert "1 Feb 2027" in told
    assert "Face-to-face" in told or "face-to-face" in told


async def test_leave_of_days_that_are_over_is_said_to_be_entered(world: World) -> None:
    said = text(await entered(world, "2027-01-15", "2027-01-11"))
    assert "Leave entered; at work now" in said
    assert "11 Jan 2027 to Fri, 15 Jan 2027 · 5 days" in said
    assert "No leave entered" not in said


async def test_a_message_about_leave_that_was_changed_says_what_holds_now(world: World) -> None:
    await entered(world, LATER, "2027-02-01")
    await world.settle()
    await world.player("b").type("/caseload extend my leave by a week")
    await world.settle()
    edited = [message.card for _, message in world.platform.sent if message.replaces]
    told = everything(edited[-1])
    assert "Out of date. This holds now" in told
    assert "Fri, 19 Feb 2027" in told
