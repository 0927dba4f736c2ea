"""Lines of the trail about what is done to the whole installation: every organisation's trail holds them."""

from __future__ import annotations

from bot.ports.records import Audited
from bot.ports.system import Clock
from bot.ports.unit_of_work import Store


async def note(store: Store, clock: Clock, what: Audited, login: str, **detail: str) -> None:
    """Say it in each trail: the shell knows no person, so the line names the account that ran the command."""
    async with store.system(write=False) as system:
        organisations = await system.organisations()
    by = {"login": login} if login else {}
    for organisation in organisations:
        async with store.begin(organisation) as uow:
            await uow.audit(what, "admin", organisation, clock.now(), **by, **detail)
            await uow.commit()
