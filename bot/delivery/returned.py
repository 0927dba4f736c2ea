"""Messages that came back after they had been taken for delivery: they were not delivered after all."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.steps.addresses import ADDRESS
from bot.app.steps.reachability import shut
from bot.delivery.decide import ended
from bot.domain.person import Contact, Reach
from bot.ports.records import OutboxEntry
from bot.ports.system import Clock
from bot.ports.unit_of_work import ChangedMeanwhile, Store
from bot.ui.platform import Returned

TRIES = 4


@dataclass
class Returns:
    """Takes what came back, in whatever organisation."""

    store: Store
    clock: Clock
    tools: Tools

    async def take(self, returned: Returned) -> None:
        """With the address shut the message goes another way; else it counts as failed, with all that follows."""
        async with self.store.system(write=False) as system:
            organisations = await system.organisations()
        for organisation in organisations:
            for _ in range(TRIES):
                try:
                    async with self.store.begin(organisation) as uow:
                        if await _taken(Work(uow, self.clock.now(), self.tools), returned):
                            await uow.commit()
                            return
                except ChangedMeanwhile:
                    continue
                break


async def _taken(work: Work, returned: Returned) -> bool:
    """Whether the message is of this organisation, went to that address and was thought delivered."""
    entry = await work.uow.one(OutboxEntry, id=returned.outbox_id)
    if entry is None or not entry.sent_at or entry.platform != returned.platform:
        return False
    found = await work.uow.find(Contact, person=entry.person, platform=returned.platform)
    contacts = [c for c in found if c.reference.get(ADDRESS, "").casefold() == returned.address.casefold()]
    if not contacts:
        return False
    if returned.shut:
        for contact in contacts:
            await shut(work, contact, Reach.LEFT, returned.reason)
        again = replace(entry, sent_at=None, delivered_id="", due_at=work.now, attempts=0)
        await work.uow.save(again if entry.urgent else replace(again, contact=""))
    else:
        failed = await work.uow.save(replace(entry, sent_at=None, failed_at=work.now, failure=returned.reason))
        await ended(work, failed)
    return True
