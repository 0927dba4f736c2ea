"""The Teams adapter against the stand-in of the connector."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.contract.kits import Stand, Trouble
from tests.standins.teams.connector import Fault, personal_chat
from tests.standins.teams.world import KIEL, world

FAULTS: dict[Trouble, Fault] = {
    "refused for good": Fault(404, code="ConversationNotFound"),
    "refused for now": Fault(429, headers={"Retry-After": "7"}),
    "unanswered": Fault(0),
}


@asynccontextmanager
async def stand() -> AsyncIterator[Stand]:
    """A personal chat that is known already."""
    chat = personal_chat(f"29:{KIEL}")
    async with world() as w:
        yield Stand(
            w.platform,
            w.address(conversation=chat),
            lambda: len(w.connector.messages(chat)),
            lambda what: w.connector.faults.append(FAULTS[what]),
        )
