"""Doors that once did not open in Slack: leave, a member's leave, reassigning a review; each walked to its end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from bot.demo.clinic import KEYS, person_id
from bot.domain.assignment import Assignment
from bot.ports.records import LeaveEntry
from tests.app.published_round import published
from tests.e2e.slack.player import InSlack
from tests.gate import GateInAWorker, rules_alone
from tests.standins.slack.world import connected
from tests.witness import Witness
from tests.world import World, make_world


@dataclass
class Clinic:
    """The demo clinic in Slack; what Slack refused fails the test at its end."""

    world: World
    players: dict[str, InSlack]


@pytest.fixture(scope="module")
def gate() -> GateInAWorker:
    """One for all doors."""
    return rules_alone()


@asynccontextmanager
async def in_slack(gate: GateInAWorker) -> AsyncIterator[Clinic]:
    platforms: dict[str, object] = {}
    world = await make_world(gate, platforms=platforms)  # type: ignore[arg-type]  # filled below
    witness = Witness(world)
    async with connected("http", handle=witness.handle) as slack:
        platforms |= {"slack": slack.platform, "web": world.platform}
        players = {key: InSlack(world, slack, witness, key) for key in KEYS}
        for player in players.values():
            await player.person.opens_home()
        yield Clinic(world, players)
        assert [r for r in slack.slack.refusals if r[1]["error"] != "hash_conflict"] == []


async def test_leave_is_taken_by_the_form_that_opens_in_slack(gate: GateInAWorker) -> None:
    async with in_slack(gate) as clinic:
        person = clinic.players["b"].person
        await person.types("/caseload leave")
        await person.until("First day")
        await person.sends(first_day="2027-02-01", last_day="2027-02-12")
        await person.until("1 Feb")
        [leave] = await clinic.world.find(LeaveEntry, person=person_id("b"))
        assert (leave.own_cases, leave.cover) == ("keep", None)


async def test_a_covering_therapist_is_chosen_in_slack_and_nobody_is_a_choice(gate: GateInAWorker) -> None:
    async with in_slack(gate) as clinic:
        person = clinic.players["b"].person
        await person.types("/caseload leave")
        await person.until("First day")
        await person.sends(first_day="2027-02-01", own_cases="cover", cover="nobody")
        await person.until("Please choose who covers.")
        await person.sends(first_day="2027-02-01", own_cases="cover", cover=person_id("c"))
        await person.until("1 Feb")
        [leave] = await clinic.world.find(LeaveEntry, person=person_id("b"))
        assert leave.cover == person_id("c")


async def test_a_supervisor_enters_a_members_leave_in_slack(gate: GateInAWorker) -> None:
    async with in_slack(gate) as clinic:
        supervisor = clinic.players["s"]
        await supervisor.press("caseload.leave", person_id("b"))
        await supervisor.person.until("First day")
        await supervisor.person.sends(first_day="2027-02-01", last_day="2027-02-12")
        await supervisor.person.until("Therapist B")
        assert [e.person for e in await clinic.world.find(LeaveEntry)] == [person_id("b")]


@pytest.mark.parametrize("to", ["best", "named"])
async def test_a_review_is_reassigned_in_slack(gate: GateInAWorker, to: str) -> None:
    async with in_slack(gate) as clinic:
        assignments = await published(clinic.world)
        supervisor = clinic.players["s"]
        assignment = assignments[0]
        await supervisor.press("review.reassign", assignment.id)
        named = {} if to == "best" else {"to": [option["value"] for option in _options(supervisor)]}
        await supervisor.person.sends(**named)
        [old] = await clinic.world.find(Assignment, id=assignment.id)
        assert old.ended_at is not None


def _options(player: InSlack) -> list[dict[str, str]]:
    [block] = [b for b in player.person.modal.body["blocks"] if b["type"] == "input"]
    return list(block["element"]["options"])
