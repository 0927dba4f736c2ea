"""The real core with a memory: what it answered to each event, so that a story can read on."""

from __future__ import annotations

from bot.ui.inbound import Event, Outcome
from tests.world import World


class Witness:
    """Hands events to the core and keeps its outcomes by event id."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.outcomes: dict[str, Outcome] = {}

    async def handle(self, event: Event) -> Outcome:
        """The core's answer."""
        outcome = await self._world.entry.handle(event)
        self.outcomes[event.event_id] = outcome
        return outcome
