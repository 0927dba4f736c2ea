"""A drill reaches whoever is on duty on every channel at night, says what came of each, and changes nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.admin.context import AdminContext
from bot.admin.drill import begin, results, run_drill
from bot.app.steps.sign_in import SignInService
from bot.demo.clinic import ORGANISATION
from bot.domain.organisation import Clinic
from bot.domain.risk import Hold
from bot.errors import SetupError
from bot.ports.records import Audited, AuditEntry
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
    assert all("not sent yet" in line for line in lines)
    await place.world.settle()
    lines, over = await results(admin, ORGANISATION, "Kiel", drill)
    told = [line for line in lines if line.startswith("Supervisor")]
    assert over
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


async def test_a_clinic_without_duty_says_so(place: Chats) -> None:
    (kiel,) = await place.world.find(Clinic, id="cli_kiel")
    await change(place.world, kiel, duty_supervisor=None, deputy_supervisor=None)
    with pytest.raises(SetupError, match="nobody is on duty"):
        await begin(admin_of(place), ORGANISATION, "Kiel")
