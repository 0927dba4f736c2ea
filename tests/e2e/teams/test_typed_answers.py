"""A typed command is answered although the connector fails: Microsoft asks bots to repeat what a gateway lost.

An answer that is shown twice harms nobody; one that is lost leaves a person waiting.
"""

from __future__ import annotations

import pytest

from adapters.teams import activity_handler
from bot.ui.inbound import CommandTyped
from tests.e2e.teams.script import clinic
from tests.standins.teams.cards import texts
from tests.standins.teams.connector import Fault
from tests.standins.teams.world import world

REPEATED = [0, 401, 408, 412, 429, 500, 502, 503, 504]
"""0: the connection is dropped, and the answer arrived or not."""


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activity_handler, "PAUSES", (0.0, 0.01))


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("status", REPEATED)
async def test_a_typed_answer_survives_a_fault_of_the_connector(status: int, times: int) -> None:
    async with world(clinic) as w:
        person = w.person()
        w.connector.faults.extend(Fault(status, {"Retry-After": "0"}) for _ in range(times))
        await person.types("review")
        assert texts(person.sees()[-1]).startswith("One review waits")
        assert len(w.core.heard(CommandTyped)) == 1


@pytest.mark.parametrize("status", [400, 403, 413])
async def test_what_is_refused_for_good_is_not_repeated(status: int) -> None:
    async with world(clinic) as w:
        w.connector.faults.extend([Fault(status)])
        await w.person().types("review")
        assert w.person().sees() == []


async def test_after_the_last_try_it_is_given_up() -> None:
    async with world(clinic) as w:
        person = w.person()
        w.connector.faults.extend(Fault(502) for _ in range(3))
        assert (await person.types("review")).status == 200
        assert person.sees() == []
        await person.types("review")
        assert len(person.sees()) == 1


def test_all_tries_together_end_before_teams_sends_the_message_again() -> None:
    assert sum(activity_handler.PAUSES) <= 5
