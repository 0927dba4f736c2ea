"""A drill reaches whoever is on duty on every channel at night, says what came of each, and changes nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.admin.context import AdminContext
from bot.admin.drill import begin, results, run_drill
from bot.app.context import Work
from bot.app.steps.drills import remind
from bot.app.steps.sign_in import SignInService
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.organisation import Clinic
from bot.domain.person import Person, Role
from bot.domain.risk import Hold
from bot.errors import SetupError
from bot.ports.records import Audited, AuditEntry, OutboxEntry
from bot.ui.inbound import Done, Refused
from bot.ui.platform import DeliveryFailed
from tests.app.risk import Chats, change, chats
from tests.gate import GateInAWorker


@pytest.fixture
async def place(gate: GateInAWorker) -> Chats:
    """The duty supervisor reads two chats, and it is night."""
    made = await chats(gate)
    await made.connect("s", "slack", "teams")
    await made.world.advance(seconds=timedelta(hours=16).total_seconds())
    return made


def admin_of(place: Chats) -> AdminContext:
    world = place.world
    return AdminContext(
        world.store, world.clock, world.tools, SignInService(world.store, world.clock, world.tools), "root"
    )


async def test_it_says_by_which_channel_it_arrived(place: Chats) -> None:
    place.teams.lost["per_demo_s"] = DeliveryFailed("blocked", permanent=True)
    admin = admin_of(place)
    drill = await begin(admin, ORGANISATION, "Kiel")
    lines, over = await results(admin, ORGANISATION, "Kiel", drill)
    assert not over
    assert all("not sent yet" in line or "not answered" in line for line in lines)
    await place.world.settle()
    lines, over = await results(admin, ORGANISATION, "Kiel", drill)
    told = [line for line in lines if line.startswith("Supervisor")]
    assert not over, "it has arrived, and nobody has said that it was heard"
    assert "not answered" in str(told)
    await place.world.advance(seconds=40)
    assert isinstance(await place.world.player("s").press("risk.drill_heard", "cli_kiel"), Done)
    lines, over = await results(admin, ORGANISATION, "Kiel", drill)
    told = [line for line in lines if line.startswith("Supervisor")]
    assert over
    assert "answered after 40 s" in str(told)
    assert [
        word for word in ("slack arrived after", "teams NOT delivered", "web lies on the page") if word in str(told)
    ]
    assert "slack arrived after" in str(told)
    assert "teams NOT delivered" in str(told)
    assert place.got(place.slack, "s")[-1] == "notice.risk_drill"


async def test_nothing_else_happens_and_it_is_a_line_of_the_trail(place: Chats) -> None:
    await run_drill(admin_of(place), ORGANISATION, "Kiel", 0)
    await place.world.settle()
    assert await place.world.find(Hold) == []
    assert len(await place.world.find(AuditEntry, what=Audited.ALERT_DRILL)) == 1
    assert "notice.risk_drill" not in place.got(place.world.platform, "a")


async def test_it_is_answered_once_and_by_whoever_is_on_duty_only(place: Chats) -> None:
    world = place.world
    deputy = world.player("g")
    assert isinstance(await world.player("s").press("risk.drill_heard", "cli_kiel"), Refused), "there was no drill"
    (kiel,) = await world.find(Clinic, id="cli_kiel")
    await change(world, kiel, deputy_supervisor=None)
    (other,) = await world.find(Person, id=person_id("g"))
    await change(world, other, roles=other.roles | {Role.SUPERVISOR})
    assert isinstance(await deputy.press("risk.drill", "cli_kiel"), Done)
    assert isinstance(await deputy.press("risk.drill_heard", "cli_kiel"), Refused)
    await world.settle()
    await world.advance(seconds=90)
    for _ in range(2):
        answer = await world.player("s").press("risk.drill_heard", "cli_kiel")
        assert isinstance(answer, Done)
        assert "90 seconds" in answer.note
        await world.advance(seconds=100)
    assert len(await world.find(AuditEntry, what=Audited.DRILL_HEARD)) == 1
    assert "drill_heard" in await world.told("g")
    assert place.got(place.slack, "s")[-1] == "notice.risk_drill_over", "the button is gone from the message"


async def test_whoever_began_it_hears_that_nobody_answered(place: Chats) -> None:
    world = place.world
    starter = world.player("s")
    (kiel,) = await world.find(Clinic, id="cli_kiel")
    (deputy,) = await world.find(Person, id=person_id("g"))
    await change(world, deputy, roles=deputy.roles | {Role.SUPERVISOR})
    await change(world, kiel, duty_supervisor=deputy.id, deputy_supervisor=None)
    assert isinstance(await starter.press("risk.drill", "cli_kiel"), Done)
    again = await starter.press("risk.drill", "cli_kiel")
    assert isinstance(again, Done)
    assert "No other was sent" in again.note
    await world.advance(seconds=29 * 60)
    assert "drill_unheard" not in await world.told("s")
    await world.advance(seconds=60)
    assert "drill_unheard" in await world.told("s")


async def test_supervisors_are_reminded_once_a_month_until_somebody_practises(place: Chats) -> None:
    world = place.world

    async def reminded() -> int:
        async with world.store.begin(ORGANISATION) as uow:
            await remind(Work(uow, world.clock.now(), world.tools))
            await uow.commit()
        await world.settle()
        return len(await world.find(OutboxEntry, card="drill_due", person=person_id("s")))

    assert [await reminded(), await reminded()] == [1, 1]
    await world.advance(seconds=timedelta(days=32).total_seconds())
    assert await reminded() == 2
    assert isinstance(await world.player("s").press("risk.drill", "cli_kiel"), Done)
    await world.advance(seconds=timedelta(days=25).total_seconds())
    assert await reminded() == 2, "less than a month ago"
    await world.advance(seconds=timedelta(days=7).total_seconds())
    assert await reminded() == 3


async def test_a_clinic_without_duty_says_so(place: Chats) -> None:
    (kiel,) = await place.world.find(Clinic, id="cli_kiel")
    await change(place.world, kiel, duty_supervisor=None, deputy_supervisor=None)
    with pytest.raises(SetupError, match="nobody is on duty"):
        await begin(admin_of(place), ORGANISATION, "Kiel")
